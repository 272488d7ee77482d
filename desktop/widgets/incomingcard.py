"""What came from the platform: whether recalls are new, why they are not, and how much of each kind is here."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QLabel

from desktop.incoming import NEVER, Incoming
from desktop.localtime import day_and_minute
from desktop.widgets.card import Card, Said
from desktop.words import Words

_ACROSS = 2
"""Kinds side by side."""


class IncomingCard(Card):
    """Shows one `Incoming`."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setObjectName("incoming")
        self._words = words
        self._shown: Incoming | None = None
        self.state, self.why = Said(), Said()
        self._kinds: list[QLabel] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(28)
        self._grid.setVerticalSpacing(4)
        self.add(self.state, self.why)
        self.column.addLayout(self._grid)
        self.retranslate(words)

    def show_incoming(self, shown: Incoming) -> None:
        """Show how it stands now."""
        self._shown = shown
        self._render()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.title.setText(words.say("incoming_title"))
        self._render()

    def _render(self) -> None:
        shown, say = self._shown, self._words.say
        if shown is None:
            return
        at = day_and_minute(shown.last)
        if shown.old == NEVER:
            self.state.tell(say("incoming_never"), "stop")
        elif shown.old:
            self.state.tell(say("incoming_old", days=shown.old, at=at), "stop")
        elif shown.last:
            self.state.tell(say("incoming_new", at=at), "ask" if shown.why else "ok")
        else:
            self.state.tell(say("incoming_not_yet"), "quiet")
        told = [f"{say('incoming_why')} {say(shown.why)}"] if shown.why else []
        if shown.refused:
            told.append(say("incoming_refused", count=shown.refused))
        self.why.tell("\n".join(told), "ask")
        self._render_kinds(shown)

    def _render_kinds(self, shown: Incoming) -> None:
        for label in self._kinds:
            self._grid.removeWidget(label)
            label.deleteLater()
        self._kinds = []
        say = self._words.say
        for place, kind in enumerate(shown.kinds):
            word = "incoming_kind" if kind.whole else "incoming_kind_loading"
            name = say(f"incoming_{kind.name}")
            label = QLabel(say(word, kind=name, count=f"{kind.count:,}", at=day_and_minute(kind.moved)))
            label.setProperty("role", "quiet")
            self._kinds.append(label)
            self._grid.addWidget(label, place // _ACROSS, place % _ACROSS)
