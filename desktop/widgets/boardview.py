"""The board of a document: one row a line, ticked off by scanning; what is on no line stands on top in orange."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from desktop.paperboard import Item, Paper
from desktop.theme import Theme, mono, sans
from desktop.widgets.cellpaint import CellPaint
from desktop.widgets.lines import Lines
from desktop.widgets.listing import HEAD, Listing
from desktop.words import Words

COLUMNS = ("state", "product", "lot", "expected", "seen", "missing", "over")
ROW = 40
_WIDTHS = {"state": 116, "lot": 120, "expected": 80, "seen": 124, "missing": 80, "over": 60}
_FIRST_WIDTH = 212
_LOOKS = {
    "waiting": ("wait", "quiet"),
    "partial": ("step", "accent"),
    "complete": ("check", "ok_text"),
    "over": ("fault", "held_text"),
    "unclear": ("ask", "ask_text"),
    "extra": ("fault", "held_text"),
}
_ORDER = {"extra": 0, "over": 1}
_BAR = 48


class BoardTable(Lines):
    """The lines of one document."""

    def __init__(self, words: Words) -> None:
        super().__init__(words, COLUMNS, "board_column_")
        self._items: list[Item] = []
        self.prescription = False
        """A prescription's board: what is due, and what is to be handed out first."""

    def show_paper(self, paper: Paper | None) -> None:
        """Show this board; rows that stay are only brought up to date, so that a selection stays too."""
        self.prescription = paper is not None and paper.kind == "prescription"
        items = sorted(paper.items, key=lambda item: _ORDER.get(item.progress, 2)) if paper else []
        if len(items) == len(self._items):
            self._items = items
            self.changed()
            return
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def item(self, row: int) -> Item:
        """One line."""
        return self._items[row]

    def count(self) -> int:
        """How many lines."""
        return len(self._items)

    def column_name(self, column: str) -> str:
        """What stands above a column; a prescription's has names of its own."""
        if self.prescription:
            column = {"lot": "first", "expected": "due"}.get(column, column)
        return super().column_name(column)

    def text(self, row: int, column: str) -> str:
        """A cell in words."""
        item, say = self._items[row], self._words.say
        match column:
            case "state":
                if item.progress == "extra":
                    return say("board_not_listed")
                return say(f"{'rx' if self.prescription else 'board'}_{item.progress}")
            case "product":
                name = self._words.name(item.names)
                if not name:
                    name = say("product_number", product=item.product) if item.product else "–"
                return f"{name} {item.spec}".rstrip()
            case "lot":
                if self.prescription:
                    return item.first or "–"
                return item.lot or say("board_any_lot")
            case "expected":
                unit = "" if item.unit == "pack" else say("board_units")
                return f"{item.expected}{unit}" if item.progress != "extra" else "–"
            case "seen":
                return str(item.seen)
            case "missing":
                return str(item.missing) if item.missing else "–"
        return str(item.over) if item.over else "–"


class _Cells(CellPaint):
    """Paints a cell; the column of what was seen has its bar."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        fonts = {"bold": sans(15, QFont.Weight.DemiBold), "plain": sans(15), "mono": mono(14)}
        super().__init__(theme, fonts, parent)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell."""
        table = index.model()
        assert isinstance(table, BoardTable)
        item, column = table.item(index.row()), COLUMNS[index.column()]
        sign, look = _LOOKS[item.progress]
        room = self.ground(painter, option)
        if column == "state":
            self.sign(painter, room, sign, look)
        if column == "seen" and item.expected:
            track = QRectF(room.left(), room.center().y() - 4, _BAR, 8)
            self.bar(painter, track, item.seen / item.expected, "held" if item.over else "ok")
            room.adjust(_BAR + 8, 0, 0, 0)
        ink = look if column in ("state", "over") else "text"
        if column == "missing" and item.missing:
            ink = "stop_text"
        kind = {"state": "bold", "product": "plain"}.get(column, "mono")
        self.write(painter, room, table.text(index.row(), column), kind, ink)


class BoardView(Listing):
    """Shows a document's board."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__(theme, ROW)
        self.setObjectName("board")
        self.table = BoardTable(words)
        self.setModel(self.table)
        self.setItemDelegate(_Cells(theme, self))
        self.setMinimumHeight(HEAD + ROW)
        self.fit(COLUMNS, _WIDTHS)
        self.retranslate(words)

    def show_paper(self, paper: Paper | None) -> None:
        """Show this document's board."""
        self.table.show_paper(paper)
        wide = _FIRST_WIDTH if self.table.prescription else _WIDTHS["lot"]
        self.horizontalHeader().resizeSection(COLUMNS.index("lot"), wide)
        self.horizontalHeader().viewport().update()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.table.retranslate(words)
        self.setAccessibleName(words.say("board"))
        self.say_empty(words.say("board_empty"))
