"""The choice of a document: a search field and a list, the open ones first; Enter takes, Esc goes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.paperboard import Listed
from desktop.theme import Theme, mono, sans
from desktop.widgets.cellpaint import CellPaint
from desktop.words import Words

ROW = 50
SOON_MS = 120
"""A search begins when the typing pauses for so long."""
_Index = QModelIndex | QPersistentModelIndex
_LISTED = int(Qt.ItemDataRole.UserRole)


class _Papers(QAbstractListModel):
    """The documents found."""

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[Listed, ...] = ()

    def show_found(self, found: Sequence[Listed]) -> None:
        """Offer these."""
        self.beginResetModel()
        self.found = tuple(found)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """How many."""
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The document of a row, and what a screen reader says of it."""
        if not index.isValid():
            return None
        one = self.found[index.row()]
        if role == _LISTED:
            return one
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{one.number} {one.seen}/{one.expected}"
        return None


class _Rows(CellPaint):
    """Paints a document: number, day and partner, and how far it has come."""

    def __init__(self, theme: Theme, words: Words, parent: QWidget) -> None:
        super().__init__(theme, {"number": mono(16, QFont.Weight.DemiBold), "plain": sans(14)}, parent)
        self.words = words

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:  # noqa: N802
        """Touch-size rows."""
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw the row."""
        one: Listed = index.data(_LISTED)
        self.ground(painter, option)
        room = QRect(option.rect)
        share = one.seen / one.expected if one.expected else 0.0
        done = one.finished or share >= 1
        number, about = room.adjusted(16, 0, 0, 0), room.adjusted(260, 0, -300, 0)
        self.write(painter, number, one.number, "number", "quiet" if done else "text")
        day = f"{one.day:%m-%d}" if one.day else ""
        told = "  ".join(part for part in (day, self.words.name(one.partner_names)) if part)
        self.write(painter, about, told, "plain", "quiet")
        self.bar(painter, QRectF(room.right() - 270, room.center().y() - 4, 130, 8), share, "ok")
        come = self.words.say("paper_finished") if one.finished else f"{one.seen} / {one.expected}"
        right = QRect(room.right() - 130, room.top(), 118, room.height())
        self.write(painter, right, come, "plain", "ok_text" if one.finished else "text")


class PaperChooser(QWidget):
    """Lets a person choose a document."""

    searched = Signal(str)
    """Look for documents with this text."""
    chosen = Signal(str)
    """The number of the document."""
    left = Signal()
    card_wanted = Signal()
    """The card of control codes is to be made."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("paper_chooser")
        self._words = words
        self._kind = ""
        self._listed: str | None = None
        """What was searched for to find what is listed; None before the first answer."""
        self._entered: str | None = None
        """The text with which Enter was pressed before it was answered: the first that is found for it is taken."""
        self._papers = _Papers()
        self.field = QLineEdit()
        self.field.setObjectName("paper_search")
        self.field.setClearButtonEnabled(True)
        self.field.installEventFilter(self)
        self._blind = QPushButton()
        self._blind.setObjectName("paper_none")
        self._blind.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._blind.clicked.connect(self._without)
        self._card = QPushButton()
        self._card.setObjectName("control_card")
        self._card.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._card.clicked.connect(self.card_wanted)
        self.list = QListView()
        self.list.setObjectName("papers")
        self.list.setModel(self._papers)
        self._rows = _Rows(theme, words, self.list)
        self.list.setItemDelegate(self._rows)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(self._take)
        self._empty = QLabel()
        self._empty.setProperty("role", "quiet")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(lambda: self.searched.emit(self.field.text()))
        self.field.textEdited.connect(self._typed)
        top = QHBoxLayout()
        top.setContentsMargins(14, 6, 14, 8)
        top.setSpacing(10)
        top.addWidget(self.field, 1)
        top.addWidget(self._blind)
        top.addWidget(self._card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addWidget(self._empty, 1)
        self.retranslate(words)

    def begin(self, kind: str) -> None:
        """Offer the documents of this kind."""
        self._kind = kind
        self._listed = self._entered = None
        self.field.clear()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.retranslate(self._words)
        self.searched.emit("")

    @Slot()
    def _typed(self) -> None:
        self._entered = None
        self._soon.start()

    def show_found(self, found: Sequence[Listed], text: str) -> None:
        """What was found for this text."""
        self._listed = text
        self._papers.show_found(found)
        self.list.setVisible(bool(found))
        self._empty.setVisible(not found)
        if found:
            self.list.setCurrentIndex(self._papers.index(0, 0))
        if text == self._entered:
            self._entered = None
            self.take_current()

    def choose(self, number: int) -> bool:
        """Take the document in this place of the list, from 1; False where there is none."""
        if not 1 <= number <= self._papers.rowCount():
            return False
        self._take(self._papers.index(number - 1, 0))
        return True

    def take_current(self) -> None:
        """Take the marked document."""
        self._take(self.list.currentIndex())

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        prescription = self._kind == "prescription"
        self.field.setPlaceholderText(words.say("chooser_hint_dispense" if prescription else "chooser_hint"))
        self.field.setAccessibleName(words.say("chooser_search"))
        self.list.setAccessibleName(words.say("chooser_list"))
        self._card.setText(words.say("print_card"))
        self._blind.setText(words.say("chooser_without_dispense" if prescription else "chooser_without"))
        self._empty.setText(words.say("chooser_empty_dispense" if prescription else "chooser_empty"))
        self._rows.words = words
        self.list.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Arrows walk the list and Enter takes, while the cursor stays in the search field."""
        if watched is self.field and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter()
                return True
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -5, Qt.Key.Key_PageDown: 5}
            if Qt.Key(event.key()) in step:
                rows = self._papers.rowCount()
                to = min(max(0, self.list.currentIndex().row() + step[Qt.Key(event.key())]), rows - 1)
                if rows:
                    self.list.setCurrentIndex(self._papers.index(to, 0))
                return True
        return super().eventFilter(watched, event)

    def _enter(self) -> None:
        """Take the marked document; never one that was found for what was typed before."""
        text = self.field.text()
        if text == self._listed:
            self.take_current()
        else:
            self._entered = text
            self._soon.stop()
            self.searched.emit(text)

    @Slot(QModelIndex)
    def _take(self, index: QModelIndex) -> None:
        one = index.data(_LISTED) if index.isValid() else None
        if isinstance(one, Listed):
            self.chosen.emit(one.number)

    @Slot()
    def _without(self) -> None:
        self.chosen.emit("")
