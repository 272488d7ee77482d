"""What stands behind a list: a table whose cells are texts of named columns, in the language at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from desktop.words import Words

Index = QModelIndex | QPersistentModelIndex
_AT_TOP = QModelIndex()


class Lines(QAbstractTableModel):
    """Lines of named columns; each kind says how many there are and what a cell says."""

    spoken: tuple[Qt.ItemDataRole, ...] = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
    """Where the text of a cell is asked for."""

    def __init__(
        self,
        words: Words,
        columns: tuple[str, ...],
        head: str,
        numbers: Sequence[str] = (),
        parent: QObject | None = None,
    ) -> None:
        """`head` and a column's name are the code word of what stands above it; `numbers` stand to the right."""
        super().__init__(parent)
        self._words, self._columns, self._head, self._numbers = words, columns, head, numbers

    def count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def text(self, row: int, column: str) -> str:
        """A cell in words."""
        raise NotImplementedError

    def column_name(self, column: str) -> str:
        """What stands above a column."""
        return self._words.say(f"{self._head}{column}")

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.changed()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)

    @Slot(int, int)
    def changed(self, first: int = 0, last: int | None = None) -> None:
        """These lines stay, and say something else; all of them where it is not said which."""
        last = self.count() - 1 if last is None else last
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))

    def rowCount(self, parent: Index = _AT_TOP) -> int:  # noqa: N802
        """How many lines."""
        return 0 if parent.isValid() else self.count()

    def columnCount(self, parent: Index = _AT_TOP) -> int:  # noqa: N802
        """How many columns."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The column's name, over the side of its cells where their text begins."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.column_name(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in self._numbers else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says, also for screen readers."""
        if index.isValid() and role in self.spoken:
            return self.text(index.row(), self._columns[index.column()])
        return None
