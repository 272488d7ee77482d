"""What the work page puts on paper: the label of what was handed out, and the card of control codes."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.packlabel import FOLDER, label_of, put_label
from desktop.room import Room
from desktop.verdict import Verdict
from ledger.errors import TraceDeskError


class Printing(QObject):
    """Makes the files; where they lie is told."""

    done = Signal(str, object)
    """Code word and parameters of a sentence about what went well."""
    noticed = Signal(str, object)
    """The same for the banner."""

    def __init__(self, room: Room, parent: QObject) -> None:
        super().__init__(parent)
        self._room = room

    def printable(self, verdict: Verdict | None) -> bool:
        """Whether there is a label for it."""
        return verdict is not None and label_of(verdict, self._room.words) is not None

    def label(self, *verdicts: Verdict | None) -> None:
        """Make the label of the first of these that was handed out, or say that none was."""
        words = self._room.words
        found = next((one for one in verdicts if one is not None and self.printable(one)), None)
        label = label_of(found, words) if found is not None else None
        if found is None or label is None:
            self.noticed.emit("label_none", {})
            return
        settings, home, name = self._room.settings, self._room.home, f"{label.at:%Y%m%d}-{found.seq}"
        self._make(lambda: put_label(label, settings, home, name, words), "label_printed", "label_saved")

    def card(self) -> None:
        """Make the card of control codes in the language at hand."""
        words, settings, home = self._room.words, self._room.settings, self._room.home

        def put() -> tuple[str, str]:
            from desktop.controlcard import paint_card, write_card
            from desktop.onepage import A4_MM
            from desktop.printers import any_printer, print_page

            printer = settings.text("print.paper")
            if any_printer(printer):
                title = words.say("control_card")
                return print_page(printer, title, A4_MM, lambda painter: paint_card(painter, words)), ""
            folder = settings.text("print.folder")
            path = (Path(folder) if folder else home / FOLDER) / f"control-card-{words.language}.pdf"
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_card(path, words)
            return "", str(path)

        self._make(put, "control_card_printed", "control_card_saved")

    def _make(self, put: Callable[[], tuple[str, str]], printed: str, saved: str) -> None:
        """Make it in a thread of its own: what draws symbols takes half a second to load the first time."""

        def done(where: tuple[str, str]) -> None:
            printer, file = where
            if printer:
                self.done.emit(printed, {"printer": printer})
            else:
                self.done.emit(saved, {"file": file})

        def failed(error: BaseException) -> None:
            if isinstance(error, TraceDeskError):
                self.noticed.emit(error.code, dict(error.params))
                return
            logging.getLogger("printing").error("not made", exc_info=error)
            file = str(getattr(error, "filename", "") or self._room.home)
            why = os.strerror(error.errno or 0) if isinstance(error, OSError) else type(error).__name__
            self.noticed.emit("file_unwritable", {"file": file, "why": why})

        self._room.away(put, done, failed)
