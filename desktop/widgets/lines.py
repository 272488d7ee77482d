"""What stands behind a short list: a table whose cells are texts of named columns, in the language at hand."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.words import Words

Index = QModelIndex | QPersistentModelIndex
_AT_TOP = QModelIndex()
_SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


class Lines(QAbstractTableModel):
    """Lines that are all held in memory; each kind says how many there are and what a cell says."""

    def __init__(self, words: Words, columns: tuple[str, ...], head: str) -> None:
        """`head` and a column's name are the code word of what stands above the column."""
        super().__init__()
        self._words, self._columns, self._head = words, columns, head

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

    def changed(self) -> None:
        """The lines stay, and say something else."""
        if self.count():
            last = self.index(self.count() - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = _AT_TOP) -> int:  # noqa: N802
        """How many lines."""
        return 0 if parent.isValid() else self.count()

    def columnCount(self, parent: Index = _AT_TOP) -> int:  # noqa: N802
        """How many columns."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The column's name, over the left of its cells."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.column_name(self._columns[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says, also for screen readers."""
        if index.isValid() and role in _SPOKEN:
            return self.text(index.row(), self._columns[index.column()])
        return None
