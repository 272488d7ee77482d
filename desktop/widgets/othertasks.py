"""The choice of the rarer tasks, over the page and gone with the next key or scan."""

from __future__ import annotations

from types import MappingProxyType

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.icons import icon
from desktop.tasksheet import TASKS
from desktop.theme import Theme
from desktop.widgets.cover import Cover
from desktop.widgets.tasks import COLOURS, KEYS
from desktop.words import Words

GROUPS = MappingProxyType(
    {
        "tasks_back": ("undo", "return", "supplier_return"),
        "tasks_between": ("transfer_out", "transfer_in", "move"),
        "tasks_fitness": ("quarantine", "release", "destroy"),
        "tasks_cases": ("pack", "unpack", "label"),
        "tasks_books": ("count", "void"),
    }
)
"""The tasks by what they are about, a column each."""
_SIGNS = "123456789ABCDE"

assert {*KEYS, *(verb for verbs in GROUPS.values() for verb in verbs)} == set(TASKS)


class OtherTasks(Cover):
    """All other tasks on a card before the dimmed page; a key chooses one."""

    chosen = Signal(str)
    """The name of the task."""

    def __init__(self, theme: Theme, words: Words, parent: QWidget) -> None:
        super().__init__(parent, QColor(0, 0, 0, 90))
        self._theme = theme
        self._card = QFrame(self)
        self._card.setObjectName("other_tasks")
        self._title, self._note = QLabel(), QLabel()
        self._title.setObjectName("other_tasks_title")
        self._note.setProperty("role", "quiet")
        self.buttons: dict[str, QPushButton] = {}
        self._heads: list[tuple[str, QLabel]] = []
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        for column, (name, verbs) in enumerate(GROUPS.items()):
            head = QLabel()
            head.setProperty("role", "caption")
            self._heads.append((name, head))
            grid.addWidget(head, 0, column)
            for row, verb in enumerate(verbs, 1):
                grid.addWidget(self._button(verb), row, column)
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(32, 26, 32, 26)
        inside.setSpacing(16)
        inside.addWidget(self._title)
        inside.addLayout(grid)
        inside.addWidget(self._note)
        self.middle(self._card)
        self.retranslate(words)
        self.hide()

    def _button(self, verb: str) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"choose_{verb}")
        button.setProperty("role", "choice")
        button.setIcon(icon(verb, self._theme.colour(f"{_ink(verb)}"), 24))
        button.setIconSize(QSize(24, 24))
        button.setMinimumHeight(52)
        button.installEventFilter(self)
        button.clicked.connect(lambda _=False: self._choose(verb))
        self.buttons[verb] = button
        return button

    def rest(self) -> None:
        """Begin with the first task."""
        next(iter(self.buttons.values())).setFocus(Qt.FocusReason.PopupFocusReason)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._title.setText(words.say("tasks_title"))
        self._note.setText(words.say("tasks_note"))
        for name, head in self._heads:
            head.setText(words.say(name))
        for sign, (verb, button) in zip(_SIGNS, self.buttons.items(), strict=True):
            button.setText(f"{sign}   {words.say(f'task_{verb}')}")
            button.setAccessibleName(words.say("task_choose", task=words.say(f"task_{verb}"), key=sign))
        self.setAccessibleName(words.say("tasks_title"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take the keys of the button that has the focus."""
        if isinstance(event, QKeyEvent) and event.key() != Qt.Key.Key_Tab and watched is not self.parent():
            if event.type() is QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()  # Esc is a shortcut of the window, but puts this away first
                return True
            if event.type() is QEvent.Type.KeyPress:
                self.keyPressEvent(event)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Signs choose, arrows walk, Enter takes, Esc puts it away."""
        verbs = list(self.buttons)
        sign = event.text().upper()
        if sign and sign in _SIGNS:
            self._choose(verbs[_SIGNS.index(sign)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = next((verb for verb, button in self.buttons.items() if button.hasFocus()), None)
            if focused is not None:
                self._choose(focused)
        elif event.key() in _STEPS:
            self._walk(*_STEPS[event.key()])
        elif event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _choose(self, verb: str) -> None:
        self.hide()
        self.chosen.emit(verb)

    def _walk(self, across: int, down: int) -> None:
        """Move the focus, staying within the columns."""
        columns = list(GROUPS.values())
        focused = next((verb for verb, button in self.buttons.items() if button.hasFocus()), "undo")
        column = next(place for place, verbs in enumerate(columns) if focused in verbs)
        row = columns[column].index(focused)
        verbs = columns[(column + across) % len(columns)]
        to = verbs[min(row, len(verbs) - 1) if across else (row + down) % len(verbs)]
        self.buttons[to].setFocus(Qt.FocusReason.OtherFocusReason)


def _ink(verb: str) -> str:
    colour = COLOURS[verb]
    return colour if colour == "receive" else f"{colour}_text"


_STEPS = {
    int(Qt.Key.Key_Left): (-1, 0),
    int(Qt.Key.Key_Right): (1, 0),
    int(Qt.Key.Key_Up): (0, -1),
    int(Qt.Key.Key_Down): (0, 1),
}
