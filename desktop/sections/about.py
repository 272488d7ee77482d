"""About: what this is, which versions, which ledger. One button copies it all for whoever helps."""

from __future__ import annotations

import platform
import sqlite3
from importlib import metadata

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QApplication

from desktop.sections.section import Section
from desktop.widgets.card import Card, Said, press
from desktop.words import Words

_PACKAGES = ("zxing-cpp", "pyzbar", "opencv-python-headless", "sqlite-utils", "httpx", "cryptography")


class AboutSection(Section):
    """Facts, and the licence."""

    name = "about"

    def build(self) -> None:
        """Add the facts."""
        self._card, self._licence_card = Card(), Card()
        self._facts, self._licence = Said(), Said()
        self._copy = press(self._copied, name="about_copy")
        self._copied_said = Said()
        self._card.add(self._facts)
        self._card.line(self._copy, self._copied_said)
        self._licence_card.add(self._licence)
        self.column.addWidget(self._card)
        self.column.addWidget(self._licence_card)

    def enter(self) -> None:
        """Look the facts up."""
        super().enter()
        self._copied_said.tell("")
        self.room.look(lambda store: (store.ledger_id, store.device_id, store.head.seq), self._show)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        super().retranslate(words)
        self._card.title.setText(words.say("about_facts"))
        self._copy.setText(words.say("about_copy"))
        self._licence_card.title.setText(words.say("about_licence_title"))
        self._licence.tell(words.say("about_licence"))

    def _show(self, ledger: tuple[str, str, int]) -> None:
        say = self.room.words.say
        ledger_id, device_id, seq = ledger
        lines = [
            f"TraceDesk {_version('tracedesk')}",
            say("about_ledger", ledger=ledger_id, seq=seq),
            say("about_device", device=device_id),
            say("about_home", home=str(self.room.home)),
            f"Python {platform.python_version()}, Qt {qVersion()}, SQLite {sqlite3.sqlite_version}, "
            f"{platform.system()} {platform.release()}",
            ", ".join(f"{name} {_version(name)}" for name in _PACKAGES),
        ]
        self._facts.tell("\n".join(lines))

    def _copied(self) -> None:
        QApplication.clipboard().setText(self._facts.text())
        self._copied_said.tell(self.room.words.say("about_copied"), "ok")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "-"
