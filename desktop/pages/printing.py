"""What the work page puts on paper: the label of what was handed out, and the card of control codes."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.packlabel import FOLDER, label_of, write_label
from desktop.room import Room
from desktop.verdict import Verdict


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
        path = self._room.home / FOLDER / f"{label.at:%Y%m%d}-{found.seq}.pdf"
        self._make(path, "label_saved", lambda: write_label(path, label, words))

    def card(self) -> None:
        """Make the card of control codes in the language at hand."""
        from desktop.controlcard import write_card

        words = self._room.words
        path = self._room.home / FOLDER / f"control-card-{words.language}.pdf"
        self._make(path, "control_card_saved", lambda: write_card(path, words))

    def _make(self, path: Path, says: str, make: Callable[[], None]) -> None:
        """Make a file in a thread of its own: what draws symbols takes half a second to load the first time."""

        def work() -> None:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            make()

        def failed(error: BaseException) -> None:
            logging.getLogger("printing").error("not made: %s", path.name, exc_info=error)
            why = os.strerror(error.errno or 0) if isinstance(error, OSError) else type(error).__name__
            self.noticed.emit("file_unwritable", {"file": str(path), "why": why})

        self._room.away(work, lambda _: self.done.emit(says, {"file": str(path)}), failed)
