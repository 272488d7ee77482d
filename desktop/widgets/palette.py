"""The command palette: type a few letters of anything the window can do, in either language, and press Enter.

It lies over the page, takes nothing from it, and is gone with the next scan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.theme import sans
from desktop.widgets.cover import Cover
from desktop.words import LANGUAGES, Words

_WIDTH, _ROW, _ROWS = 640, 42, 9
_CODE = 5
"""From so many characters on, what was typed may be part of a pack's code."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that the window can do."""

    words: str
    """Code word of its name; searched in every language."""
    act: Callable[[], object]
    key: str = ""


class Palette(Cover):
    """Finds commands by subsequence: `sz` finds `settings`, 备份 finds 备份."""

    def __init__(self, words: Words, parent: QWidget, look_up: Callable[[str], object]) -> None:
        super().__init__(parent, QColor(10, 20, 30, 110))
        self._words, self._look_up = words, look_up
        self._commands: tuple[Command, ...] = ()
        self._before: QWidget | None = None
        self._texts = {language: Words(language) for language in LANGUAGES}
        self._card = QFrame(self)
        self._card.setObjectName("palette")
        self._card.setFixedWidth(_WIDTH)
        self.field = QLineEdit()
        self.field.setMinimumHeight(48)
        self.field.setFont(sans(18))
        self.list = QListWidget()
        self.list.setObjectName("palette_list")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._none = QLabel()
        self._none.setProperty("role", "quiet")
        column = QVBoxLayout(self._card)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(10)
        column.addWidget(self.field)
        column.addWidget(self.list)
        column.addWidget(self._none)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 90, 0, 0)
        outer.addWidget(self._card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(1)
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self._do)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _: self._do())
        self.retranslate(words)
        self.hide()

    def offer(self, commands: Sequence[Command]) -> None:
        """These can be found from now on."""
        self._commands = tuple(commands)

    def begin(self) -> None:
        """It opens empty."""
        self._before = self._covered.focusWidget()
        self.field.clear()
        self._fill()

    def rest(self) -> None:
        """Whoever opens it types."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def put_away(self) -> None:
        """Close it, if it is open; the focus goes back to where it was, never on to whatever button comes next."""
        if self.isHidden():
            return
        before, self._before = self._before, None
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.field.setPlaceholderText(words.say("palette_ask"))
        self.field.setAccessibleName(words.say("palette_ask"))
        self.list.setAccessibleName(words.say("palette_found"))
        self._none.setText(words.say("palette_none"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The arrows walk through the list while the field is typed in."""
        if watched is self.field and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            by = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if by is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + by) % self.list.count())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.put_away()
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def _fill(self) -> None:
        typed = self.field.text().strip().lower()
        ranked = [(self._rank(command, typed), place) for place, command in enumerate(self._commands)]
        found = [self._commands[place] for rank, place in sorted(ranked) if rank < _NOT]
        self.list.clear()
        for command in found:
            item = QListWidgetItem(self._words.say(command.words))
            if command.key:
                item.setText(f"{item.text()}    {command.key}")
            item.setData(Qt.ItemDataRole.UserRole, command)
            self.list.addItem(item)
        if len(typed) >= _CODE:
            item = QListWidgetItem(self._words.say("palette_pack", code=self.field.text().strip()))
            self.list.addItem(item)
        for row in range(self.list.count()):
            self.list.item(row).setSizeHint(self.list.item(row).sizeHint().expandedTo(QSize(0, _ROW)))
        self.list.setCurrentRow(0)
        rows = min(_ROWS, self.list.count())
        self.list.setFixedHeight(rows * _ROW + 4)
        self.list.setVisible(bool(rows))
        self._none.setVisible(not rows)

    def _rank(self, command: Command, typed: str) -> int:
        """How well a command fits, smaller being better; in whichever language it fits best."""
        if not typed:
            return 0
        return min(_fit(words.say(command.words).lower(), typed) for words in self._texts.values())

    @Slot()
    def _do(self) -> None:
        row, typed = self.list.currentRow(), self.field.text().strip()
        self.put_away()
        if row < 0:
            return
        command = self.list.item(row).data(Qt.ItemDataRole.UserRole)
        if isinstance(command, Command):
            command.act()
        else:
            self._look_up(typed)


_NOT = 1_000_000


def _fit(text: str, typed: str) -> int:
    at = text.find(typed)
    if at >= 0:
        return at
    place, gaps = -1, 0
    for letter in typed:
        following = text.find(letter, place + 1)
        if following < 0:
            return _NOT
        gaps += following - place - 1
        place = following
    return 100 + gaps
