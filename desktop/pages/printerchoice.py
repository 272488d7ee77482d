"""The choice of printers on the devices page: looked up away from the window, kept in the settings, tried at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from desktop.keeping import keep
from desktop.room import Room
from desktop.widgets.printercard import PrinterCard

if TYPE_CHECKING:
    from desktop.packlabel import PackLabel
    from desktop.words import Words

_SETTINGS = ("print.label", "print.label_size", "print.paper", "print.folder")


class PrinterChoice(QObject):
    """Between the card and the system's printers."""

    def __init__(self, room: Room, card: PrinterCard) -> None:
        super().__init__(card)
        self._room, self._card = room, card
        card.chosen.connect(self._keep)
        card.tried.connect(self._try)

    def refresh(self) -> None:
        """Look for printers again and show what is set."""
        from desktop.printers import printers

        if self._room.station is None:
            return
        self._card.said.tell("")
        self._show_choice()
        self._room.away(printers, self._card.show_printers, self._failed)

    def _show_choice(self) -> None:
        self._card.show_choice({name: self._room.settings.text(name) for name in _SETTINGS})

    @Slot(str, str)
    def _keep(self, name: str, value: str) -> None:
        def kept() -> None:
            self._show_choice()
            self._card.said.tell(self._room.words.say("saved"), "ok")

        def refused(why: str) -> None:
            self._show_choice()
            self._card.said.tell(why, "stop")

        keep(self._room, name, value, kept, refused)

    @Slot(str)
    def _try(self, what: str) -> None:
        """Print a page that says what it is, the way that is set."""
        room = self._room
        if room.station is None:
            return
        words, settings, home, at = room.words, room.settings, room.home, datetime.now().astimezone()
        self._card.said.tell(words.say("printers_trying"))

        def label() -> tuple[str, str]:
            from desktop.packlabel import put_label

            return put_label(sample(words, at), settings, home, f"{at:%Y%m%d-%H%M%S}-test", words)

        def paper() -> tuple[str, str]:
            from desktop.paper import Heading, Text, put_paper

            blocks = (Heading(words.say("printers_test"), 1), Text(words.say("printers_test_text")))
            return put_paper(settings, home, words.say("printers_test"), f"{at:%Y-%m-%d %H:%M}", blocks)

        self._room.away(label if what == "label" else paper, self._tried, self._failed)

    def _tried(self, where: tuple[str, str]) -> None:
        printer, file = where
        say = self._room.words.say
        said = say("export_printed", printer=printer) if printer else say("export_saved", file=file)
        self._card.said.tell(said, "ok")

    def _failed(self, error: BaseException) -> None:
        self._card.said.tell(self._room.why(error), "stop")


def sample(words: Words, at: datetime) -> PackLabel:
    """A label on which everything stands that a real one can have; its code is one of the demonstration range."""
    from desktop.packlabel import PackLabel

    code = "010952123400001317291231" + "10TEST-1\x1d21TEST-0001"
    return PackLabel(
        words.say("printers_test"),
        "TraceDesk",
        "TEST-1",
        "2029-12-31",
        code,
        "TEST-0001",
        at,
        "TEST",
        7,
        28,
        21,
    )
