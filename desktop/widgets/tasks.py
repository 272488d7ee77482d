"""The two-way switch that says what is being done: receive or dispense. Large, because a wrong task is the
costliest slip at the desk."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QHBoxLayout, QSizePolicy

from desktop.icons import drawing
from desktop.theme import Theme, sans
from desktop.words import Words

KEYS = {"receive": "F2", "dispense": "F3"}
"""The tasks by the name of their event, and their keys."""


class TaskButton(QAbstractButton):
    """One side of the switch: icon, word, key."""

    def __init__(self, theme: Theme, verb: str, key: str) -> None:
        super().__init__()
        self._theme, self._verb, self._key = theme, verb, key
        self.setObjectName(f"task_{verb}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFont(sans(20, QFont.Weight.Bold))

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for icon, word and key."""
        return QSize(98 + self.fontMetrics().horizontalAdvance(self.text()), 46)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the side, filled in the task's colour when it is the one at hand."""
        chosen = self.isChecked()
        name = self._verb
        ink = self._theme.colour(f"on_{name}" if chosen else "quiet")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if chosen or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.colour(name if chosen else "surface")))
            painter.drawRoundedRect(side, 9, 9)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.colour("on_accent" if chosen else "accent")), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(side.adjusted(2, 2, -2, -2), 7, 7)
        middle = self.height() / 2
        drawing(name, ink).render(painter, QRectF(16, middle - 12, 24, 24))
        painter.setPen(QColor(ink))
        painter.setFont(self.font())
        room = QRectF(50, 0, self.width() - 50, self.height())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.text())
        painter.setFont(sans(12, QFont.Weight.Medium))
        cap = QRectF(self.width() - 42, middle - 10, 28, 20)
        line = QColor(ink)
        line.setAlphaF(0.45)
        painter.setPen(QPen(line, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(cap, 4, 4)
        painter.setPen(QColor(ink))
        painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), self._key)
        painter.end()


class TaskSwitch(QFrame):
    """Shows the task at hand and changes it."""

    chosen = Signal(str)
    """The name of the task that the person wants."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("task_switch")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._buttons = {verb: TaskButton(theme, verb, key) for verb, key in KEYS.items()}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.setSpacing(4)
        for verb, button in self._buttons.items():
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, verb=verb: self.chosen.emit(verb))
            row.addWidget(button)
        self.retranslate(words)

    @Slot(object)
    def show_task(self, verb: str) -> None:
        """Mark this task as the one at hand."""
        self._buttons[verb].setChecked(True)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.setAccessibleName(words.say("task_switch"))
        for verb, button in self._buttons.items():
            button.setText(words.say(f"task_{verb}"))
            button.setAccessibleName(words.say("task_choose", task=button.text(), key=KEYS[verb]))
            button.setToolTip(button.accessibleName())
            button.updateGeometry()
            button.setMinimumWidth(button.sizeHint().width())
