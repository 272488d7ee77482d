"""The switch that says what is being done: receive, dispense, or another task. Large, because a wrong task is the
costliest slip at the desk."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QHBoxLayout, QSizePolicy

from desktop.icons import drawing
from desktop.theme import Theme, sans
from desktop.words import Words

if TYPE_CHECKING:
    from desktop.widgets.othertasks import OtherTasks

KEYS = {"receive": "F2", "dispense": "F3"}
"""The tasks with a key of their own, by the name of their event."""
MORE_KEY = "F10"
"""The key of all other tasks."""

COLOURS = MappingProxyType(
    {
        "receive": "receive",
        "dispense": "dispense",
        "undo": "held",
        "return": "held",
        "supplier_return": "held",
        "transfer_out": "repeated",
        "transfer_in": "repeated",
        "move": "repeated",
        "quarantine": "held",
        "release": "held",
        "destroy": "stop",
        "pack": "repeated",
        "unpack": "repeated",
        "label": "repeated",
        "count": "receive",
        "void": "stop",
    }
)
"""The palette's colour of each task; the rare ones share theirs with what they are akin to."""


class TaskButton(QAbstractButton):
    """One side of the switch: icon, word, key."""

    def __init__(self, theme: Theme, verb: str, key: str) -> None:
        super().__init__()
        self._theme, self._verb, self._key = theme, verb, key
        self.setObjectName(f"task_{verb or 'more'}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFont(sans(20, QFont.Weight.Bold))

    def show_verb(self, verb: str) -> None:
        """Stand for another task; empty for the choice of all others."""
        self._verb = verb
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for icon, word and key."""
        cap = 26 + 8 * len(self._key)
        return QSize(56 + cap + self.fontMetrics().horizontalAdvance(self.text()), 46)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the side, filled in the task's colour when it is the one at hand."""
        chosen = self.isChecked()
        name = COLOURS.get(self._verb, "repeated")
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
        drawing(self._verb or "more", ink).render(painter, QRectF(16, middle - 12, 24, 24))
        painter.setPen(QColor(ink))
        painter.setFont(self.font())
        room = QRectF(50, 0, self.width() - 50, self.height())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.text())
        painter.setFont(sans(12, QFont.Weight.Medium))
        width = 12 + 8 * len(self._key)
        cap = QRectF(self.width() - width - 14, middle - 10, width, 20)
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
        self._theme, self._words = theme, words
        self._choice: OtherTasks | None = None
        self._buttons = {verb: TaskButton(theme, verb, key) for verb, key in KEYS.items()}
        self.more = TaskButton(theme, "", MORE_KEY)
        self._other = ""
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.setSpacing(4)
        for verb, button in self._buttons.items():
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, verb=verb: self.chosen.emit(verb))
            row.addWidget(button)
        self._group.addButton(self.more)
        self.more.clicked.connect(self._more)
        row.addWidget(self.more)
        QShortcut(QKeySequence(MORE_KEY), self, self._more)
        self._at_hand = next(iter(KEYS))
        self.retranslate(words)

    @Slot(object)
    def show_task(self, verb: str) -> None:
        """Mark this task as the one at hand."""
        self._at_hand = str(verb)
        if self._at_hand not in self._buttons:
            self._other = self._at_hand
            self.more.show_verb(self._other)
        self._mark()
        self.retranslate(self._words)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        if self._choice is not None:
            self._choice.retranslate(words)
        self.setAccessibleName(words.say("task_switch"))
        for verb, button in self._buttons.items():
            self._name(button, words.say(f"task_{verb}"), KEYS[verb])
        self._name(self.more, words.say(f"task_{self._other}" if self._other else "task_more"), MORE_KEY)

    def _name(self, button: TaskButton, text: str, key: str) -> None:
        button.setText(text)
        button.setAccessibleName(self._words.say("task_choose", task=text, key=key))
        button.setToolTip(button.accessibleName())
        button.updateGeometry()
        button.setMinimumWidth(button.sizeHint().width())

    def _mark(self) -> None:
        self._buttons.get(self._at_hand, self.more).setChecked(True)

    @Slot()
    def put_away(self) -> None:
        """Hide the choice of all other tasks, as when a scan was made meanwhile."""
        if self._choice is not None:
            self._choice.hide()

    @Slot()
    def _more(self) -> None:
        self._mark()  # opening the choice does not yet choose
        if not self.isEnabled():
            return
        if self._choice is None:
            from desktop.widgets.othertasks import OtherTasks

            self._choice = OtherTasks(self._theme, self._words, self.window())
            self._choice.chosen.connect(self.chosen)
        self._choice.toggle()
