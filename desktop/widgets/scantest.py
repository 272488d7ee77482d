"""The test card: what a scanner really delivered, sign by sign, and what code that would be. Nothing is recorded."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QLabel

from desktop.scancode import code_of
from desktop.theme import Theme, mono, sans
from desktop.widgets.card import Card, Said
from desktop.words import Words
from ledger.codes.code import Code
from ledger.codes.escape import escape
from ledger.codes.zone import ZonePattern
from scanner.scan import Scan

_SHOWN, _SENTENCES = 150, 2
"""So many characters of a scan, and sentences about it, are shown; the last scans hold all of it."""
ROWS = ("device", "symbology", "aim", "length", "kind", "product", "lot", "serial")


class ScanTest(Card):
    """Shows the last scan that was made on its page."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("scan_test")
        self._words = words
        self._scan: Scan | None = None
        self._zone: ZonePattern | None = None
        self._why = QLabel()
        self._why.setProperty("role", "quiet")
        self._why.setFont(sans(14))
        self._why.setWordWrap(True)
        self._raw = QLabel()
        self._raw.setObjectName("raw")
        self._raw.setFont(mono(15))
        self._raw.setTextFormat(Qt.TextFormat.PlainText)
        self._raw.setWordWrap(True)
        self._raw.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._raw.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._verdict = Said()
        self._verdict.setFont(sans(15, QFont.Weight.DemiBold))
        self._names = {row: QLabel() for row in ROWS}
        self._values = {row: QLabel() for row in ROWS}
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(3)
        for place, row in enumerate(ROWS):
            self._names[row].setProperty("role", "quiet")
            self._names[row].setFont(sans(13))
            self._values[row].setFont(sans(14))
            self._values[row].setTextFormat(Qt.TextFormat.PlainText)
            self._values[row].setWordWrap(True)
            side = 2 * (place % 2)
            grid.addWidget(self._names[row], place // 2, side)
            grid.addWidget(self._values[row], place // 2, side + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.add(self._why, self._raw, self._verdict)
        self.column.addLayout(grid)
        self.column.addStretch(1)
        self.retranslate(words)

    def show_scan(self, scan: Scan, zone: ZonePattern | None) -> None:
        """Show what a scan delivered; `zone` is how the zone's own codes look here."""
        self._scan, self._zone = scan, zone
        self._render()

    def forget(self) -> None:
        """Wait for a scan again."""
        self._scan = None
        self._render()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.title.setText(words.say("devices_test"))
        for row in ROWS:
            self._names[row].setText(words.say(f"devices_test_{row}"))
        self._render()

    def _render(self) -> None:
        say, scan = self._words.say, self._scan
        self._why.setText(say("devices_test_why"))
        for label in (*self._names.values(), *self._values.values(), self._raw):
            label.setVisible(scan is not None)
        if scan is None:
            self._verdict.tell("")
            return
        code = code_of(scan, self._zone, datetime.now().astimezone().date())
        self._raw.setText(_breakable(escape(scan.text)))
        self._raw.setToolTip(escape(scan.text))
        self._raw.setAccessibleName(say("devices_test_raw", text=escape(scan.text)))
        aim = scan.aim or (scan.text[:3] if scan.text.startswith("]") else "")
        values = {
            "device": scan.device or say(f"source_{scan.source}"),
            "symbology": scan.symbology
            or (say("devices_test_by_aim") if aim else say("devices_test_untold")),
            "aim": aim or say("devices_test_none"),
            "length": str(len(scan.text)),
            "kind": say(f"coding_{code.kind}"),
            "product": code.product or "–",
            "lot": code.lot or "–",
            "serial": code.serial or "–",
        }
        for row, value in values.items():
            self._values[row].setText(value)
        self._tell(code, scan)

    def _tell(self, code: Code, scan: Scan) -> None:
        problems = [self._words.problem(problem) for problem in code.problems]
        if scan.suspect:
            problems = [self._words.say(scan.suspect), *problems]
        problems = list(dict.fromkeys(problems))[:_SENTENCES]
        if code.accepted and not problems:
            self._verdict.tell(self._words.say("devices_test_good"), "ok")
        else:
            tone = "ask" if code.accepted else "stop"
            self._verdict.tell("\n".join(problems) or self._words.say("devices_test_bad"), tone)


def _breakable(text: str) -> str:
    """A code that a line may break after every sign of it; the middle of a very long one is left out."""
    if len(text) > _SHOWN:
        text = f"{text[: _SHOWN - 50]} … {text[-48:]}"
    return "\u200b".join(text)
