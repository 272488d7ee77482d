"""The last scans, as the black box keeps them: a list, its export, and the way to the printers beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from desktop.theme import Theme
from desktop.widgets.card import Card, Said, press
from desktop.widgets.scanhistory import ScanHistory
from desktop.words import Words


class KeptCard(Card):
    """Head and list without margins between them."""

    def __init__(
        self, theme: Theme, words: Words, export: Callable[[], object], printers: Callable[[], object]
    ) -> None:
        super().__init__()
        self.history = ScanHistory(theme, words)
        self.export = press(export, name="export_scans")
        self.printers = press(printers, name="printers_open")
        self.said = Said()
        self.column.setContentsMargins(0, 14, 0, 0)
        self.column.removeWidget(self.title)
        head = QHBoxLayout()
        head.setContentsMargins(20, 0, 14, 0)
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addWidget(self.said, 1)
        head.addStretch(0)
        head.addWidget(self.printers)
        head.addWidget(self.export)
        self.column.addLayout(head)
        self.column.addWidget(self.history, 1)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.history.retranslate(words)
        self.title.setText(words.say("devices_kept"))
        self.export.setText(words.say("devices_export"))
        self.printers.setText(words.say("printers_title"))
