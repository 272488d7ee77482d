"""What a scan on the stock page found, in a line over the list."""

from __future__ import annotations

from desktop.lookup import Looked
from desktop.widgets.elided import Elided
from desktop.words import Words


class ScanFound(Elided):
    """Hidden while nothing is scanned."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stock_found")
        self.hide()

    def show_scan(self, scan: Looked | None, words: Words) -> None:
        """Tell of the scanned code and its pack; None for no scan."""
        self.setVisible(scan is not None)
        if scan is None:
            return
        say, (code, pack) = words.say, scan
        if pack is not None:
            text, tone = say("stock_scan_found"), "ok"
        elif code.key is not None:
            text, tone = say("stock_scan_unknown", code=code.input), "ask"
        else:
            problem = next(iter(code.problems), None)
            why = words.problem(problem) if problem else ""
            text, tone = say("stock_scan_no_pack", code=code.input, why=why), "ask"
        self.setText(text)
        self.setProperty("tone", tone)
        self.style().polish(self)
