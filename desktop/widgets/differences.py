"""The differences of a stocktake: what the books have and nobody has scanned yet; a row can be given up as missing."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from desktop.countboard import CountItem, CountState
from desktop.theme import Theme, mono, sans
from desktop.widgets.cellpaint import CellPaint
from desktop.widgets.lines import Lines
from desktop.widgets.listing import Listing
from desktop.words import Words

COLUMNS = ("place", "product", "lot", "expiry", "serial", "state")
ROW = 38
_WIDTHS = {"place": 104, "lot": 112, "expiry": 116, "serial": 168, "state": 96}


class DifferenceTable(Lines):
    """What is still to be found."""

    def __init__(self, words: Words) -> None:
        super().__init__(words, COLUMNS, "difference_")
        self._items: tuple[CountItem, ...] = ()

    def show_state(self, state: CountState | None) -> None:
        """Show these."""
        self.beginResetModel()
        self._items = state.items if state else ()
        self.endResetModel()

    def item(self, row: int) -> CountItem | None:
        """What a row stands for."""
        return self._items[row] if 0 <= row < len(self._items) else None

    def row_of(self, key: str) -> int:
        """The row of a pack; -1 where it is not listed."""
        return next((row for row, item in enumerate(self._items) if item.key == key), -1)

    def count(self) -> int:
        """How many."""
        return len(self._items)

    def text(self, row: int, column: str) -> str:
        """A cell in words."""
        item = self._items[row]
        match column:
            case "product":
                return f"{item.name(self._words)} {item.spec}".strip()
            case "expiry":
                form = "%Y-%m" if item.expiry_precision == "month" else "%Y-%m-%d"
                return item.expiry.strftime(form) if item.expiry else "–"
            case "serial":
                return item.serial or (self._words.say("difference_heap", count=item.count or 0))
            case "state":
                return self._words.say(f"difference_state_{item.state}")
        return (item.place if column == "place" else item.lot) or "–"


class _Cells(CellPaint):
    """Paints a cell."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, {"plain": sans(14), "mono": mono(14)}, parent)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell."""
        table, column = index.model(), COLUMNS[index.column()]
        assert isinstance(table, DifferenceTable)
        kind = "plain" if column in ("product", "state") else "mono"
        ink = "quiet" if column == "state" else "text"
        self.write(painter, self.ground(painter, option), table.text(index.row(), column), kind, ink)


class DifferenceView(Listing):
    """Shows what is still to be found; Delete or the button gives the chosen one up."""

    given_up = Signal(object)
    """The `CountItem` that was not found."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__(theme, ROW)
        self.setObjectName("board")
        self._words = words
        self._state: CountState | None = None
        self.table = DifferenceTable(words)
        self.setModel(self.table)
        self.setItemDelegate(_Cells(theme, self))
        self.fit(COLUMNS, _WIDTHS)
        self.retranslate(words)

    def show_state(self, state: CountState | None) -> None:
        """Show how the count stands, and keep the chosen row where it is still open."""
        chosen = self.table.item(self.currentIndex().row())
        self._state = state
        self.table.show_state(state)
        row = self.table.row_of(chosen.key) if chosen else -1
        if row >= 0:
            self.selectRow(row)
        self._say_why_empty()

    def give_up(self) -> None:
        """Give the chosen one up as missing."""
        item = self.table.item(self.currentIndex().row())
        if item is not None:
            self.given_up.emit(item)

    def enter(self, row: int) -> None:
        """Enter gives up as well."""
        self.give_up()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.table.retranslate(words)
        self.setAccessibleName(words.say("differences"))
        self._say_why_empty()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Delete gives up; the rest as in every list."""
        if event.key() == Qt.Key.Key_Delete:
            self.give_up()
        else:
            super().keyPressEvent(event)

    def _say_why_empty(self) -> None:
        """All was found, or nothing is counted yet."""
        self.say_empty(self._words.say("differences_none" if self._state is not None else "board_empty"))
