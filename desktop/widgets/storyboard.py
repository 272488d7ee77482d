"""What the history page shows below its search: what to do, packs to choose from, or one pack's story."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from desktop.stockmodel import StockModel
from desktop.theme import Theme
from desktop.widgets.listcard import ListCard
from desktop.widgets.nothing import Nothing
from desktop.widgets.packcard import AroundCard, PackCard
from desktop.widgets.proofcard import ProofCard
from desktop.widgets.scrolled import Scrolled
from desktop.widgets.stockview import StockView
from desktop.widgets.timeline import Timeline
from desktop.words import Words

_SIDE = (360, 480)
"""Least and greatest width of the cards beside the story."""


class StoryBoard(QStackedWidget):
    """Shows one of the three."""

    def __init__(self, theme: Theme, words: Words, model: StockModel) -> None:
        super().__init__()
        self.timeline = Timeline(theme, words)
        self.choices = StockView(theme, words, model)
        self.pack, self.proved, self.around = PackCard(theme), ProofCard(theme), AroundCard()
        self._title, self._count = QLabel(), QLabel()
        self._title.setProperty("role", "heading")
        self._count.setProperty("role", "quiet")
        self._nothing = Nothing(theme, "history")
        self.big = self._nothing.big
        self._lists = QStackedWidget()
        self._lists.addWidget(self.timeline)
        self._lists.addWidget(self.choices)
        self._side = QWidget()
        self._beside = Scrolled(self._side, "history_beside", "history_side")
        self._beside.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.addWidget(self._nothing)
        self.addWidget(self._both())

    @property
    def title(self) -> str:
        """What stands over the list."""
        return self._title.text()

    def show_nothing(self, big: str, small: str) -> None:
        """Say why there is nothing, and what to do."""
        self._nothing.say(big, small)
        self.setCurrentIndex(0)

    def show_choices(self, title: str) -> None:
        """Offer the packs of the model."""
        self._title.setText(title)
        self._count.clear()
        self._lists.setCurrentWidget(self.choices)
        self._beside.hide()
        self.setCurrentIndex(1)

    def show_story(self, title: str, count: str) -> None:
        """Show the story and its cards."""
        self._title.setText(title)
        self._count.setText(count)
        self._lists.setCurrentWidget(self.timeline)
        self._beside.show()
        self.setCurrentIndex(1)

    def retranslate(self, words: Words) -> None:
        """Speak another language; what is told comes from the page."""
        self.timeline.retranslate(words)
        self.choices.retranslate(words)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the room."""
        super().resizeEvent(event)
        self._beside.setFixedWidth(min(_SIDE[1], max(_SIDE[0], round(self.width() * 0.3))))

    def _both(self) -> QWidget:
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 16, 8)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._count)
        cards = QVBoxLayout(self._side)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(12)
        for one in (self.pack, self.proved, self.around):
            cards.addWidget(one)
        cards.addStretch(1)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(ListCard(head, below=self._lists), 1)
        row.addWidget(self._beside)
        return both
