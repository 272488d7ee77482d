"""The rail: the pages of the window, one large button each, with what waits there as a number."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QVBoxLayout

from desktop.icons import drawing
from desktop.theme import Theme, sans
from desktop.words import Words

WIDTH = 88
_HEIGHT = 62


class RailButton(QAbstractButton):
    """One page: icon over word, a number where something waits."""

    def __init__(self, theme: Theme, name: str, key: str) -> None:
        super().__init__()
        self._theme, self._name, self.key = theme, name, key
        self.waiting = 0
        self.urgent = False
        self.setObjectName(f"rail_{name}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFont(sans(13, QFont.Weight.Medium))
        self.setFixedSize(QSize(WIDTH, _HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw it, filled when it is the page at hand."""
        chosen = self.isChecked()
        ink = self._theme.colour("accent" if chosen else "quiet")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = QRectF(self.rect()).adjusted(6, 2, -6, -2)
        if chosen or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.colour("accent_tint" if chosen else "ground")))
            painter.drawRoundedRect(side, 10, 10)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.colour("accent")), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(side, 10, 10)
        drawing(self._name, ink).render(painter, QRectF(WIDTH / 2 - 12, 9, 24, 24))
        painter.setPen(QColor(self._theme.colour("text" if chosen else "quiet")))
        painter.setFont(self.font())
        room = QRectF(4, 36, WIDTH - 8, 20)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, round(room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), text)
        if self.waiting:
            self._paint_number(painter)
        painter.end()

    def _paint_number(self, painter: QPainter) -> None:
        said = str(self.waiting) if self.waiting < 100 else "99+"
        tone = "stop" if self.urgent else "ask"
        painter.setFont(sans(11, QFont.Weight.Bold))
        width = max(18, painter.fontMetrics().horizontalAdvance(said) + 10)
        place = QRectF(WIDTH / 2 + 6, 4, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.colour(tone)))
        painter.drawRoundedRect(place, 9, 9)
        painter.setPen(QColor(self._theme.colour(f"on_{tone}")))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), said)


class Rail(QFrame):
    """All pages of the window."""

    chosen = Signal(str)
    """The name of the page that the person wants."""

    def __init__(self, theme: Theme, words: Words, names: tuple[str, ...]) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH)
        self._words = words
        self._group = QButtonGroup(self)
        self.buttons: dict[str, RailButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(2)
        for place, name in enumerate(names, 1):
            button = RailButton(theme, name, f"Ctrl+{place}")
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            column.addWidget(button)
            self.buttons[name] = button
        column.addStretch(1)
        self.retranslate(words)

    def show_page(self, name: str) -> None:
        """Mark this page as the one at hand; none where it has no button here."""
        if name in self.buttons:
            self.buttons[name].setChecked(True)
        elif (checked := self._group.checkedButton()) is not None:
            self._group.setExclusive(False)
            checked.setChecked(False)
            self._group.setExclusive(True)

    def show_waiting(self, name: str, number: int, *, urgent: bool = False) -> None:
        """Say how much waits on a page."""
        button = self.buttons.get(name)
        if button is not None and (button.waiting, button.urgent) != (number, urgent):
            button.waiting, button.urgent = number, urgent
            self._name(name)
            button.update()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.setAccessibleName(words.say("pages"))
        for name in self.buttons:
            self._name(name)

    def _name(self, name: str) -> None:
        button, say = self.buttons[name], self._words.say
        button.setText(say(f"page_{name}"))
        tip = say("page_tip", page=say(f"page_{name}_tip"), key=button.key)
        if button.waiting:
            tip = say("page_waiting", tip=tip, number=button.waiting)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.update()
