"""The list of a task's scans: newest on top, every row with its outcome in colour, sign and words."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent

from desktop.models import COLUMNS, VERDICT, ScanTable
from desktop.theme import Theme, mono, sans
from desktop.verdict import Verdict
from desktop.widgets.cellpaint import PAD, CellPaint
from desktop.widgets.listing import HEAD, Listing
from desktop.widgets.looks import LOOKS
from desktop.widgets.rowsheet import RowSheet, Shown
from desktop.words import Words

ROW = 38
_WIDTHS = {"time": 84, "outcome": 124, "lot": 112, "expiry": 104, "serial": 148, "delivery": 124}
_SPARE = ("time", "expiry", "lot")
_DELIVERY = {
    "delivery_pending": ("wait", "quiet"),
    "delivery_sent": ("outbox", "accent"),
    "delivery_accepted": ("check", "ok_text"),
    "delivery_parked": ("fault", "stop_text"),
    "delivery_local": ("check", "quiet"),
}
_LAST = len(COLUMNS) - 1


class ScanList(Listing):
    """Shows a `ScanTable`; Enter or a double click looks at a row again."""

    looked_at = Signal(object)
    """The `Verdict` of the row."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__(theme, ROW)
        self.setObjectName("scans")
        self._words = words
        self._places: tuple[tuple[int, int], ...] = ()
        self._cells = CellPaint(
            theme,
            {"mono": mono(14), "bold": sans(14, QFont.Weight.DemiBold), "plain": sans(14)},
            self,
        )
        self._sheet = RowSheet(ROW, self._paint_row, self._paint_delivery)
        self.setMinimumHeight(HEAD + 2 + ROW)
        self.horizontalHeader().sectionResized.connect(self._resized)
        self.activated.connect(self._look)
        self.retranslate(words)

    def show_table(self, table: ScanTable, empty: str) -> None:
        """Show this task's scans; `empty` says what will stand here."""
        if self.model() is not table:
            self.setModel(table)
            self.fit(COLUMNS, _WIDTHS, _SPARE)
        self.say_empty(empty)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._sheet.forget()
        self.setAccessibleName(words.say("scans"))
        self.viewport().update()

    def enter(self, row: int) -> None:
        """Look at a row again."""
        self._look(self.model().index(row, 0))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the rows in sight; say what will stand here while there is nothing."""
        table = self.model()
        painter = QPainter(self.viewport())
        if isinstance(table, ScanTable) and table.rowCount():
            self._paint_rows(painter, table)
        elif table is not None:
            self.paint_empty(painter)
        painter.end()

    def _paint_rows(self, painter: QPainter, table: ScanTable) -> None:
        if not self._places:
            places = range(len(COLUMNS))
            self._places = tuple(
                (self.columnViewportPosition(place), self.columnWidth(place)) for place in places
            )
        first, above = divmod(self.verticalHeader().offset(), ROW)
        capacity = self.viewport().height() // ROW + 2
        current = self.currentIndex()
        chosen = current.row() if self.selectionModel().isSelected(current) else -1
        rows = [
            Shown(table.verdict(row), row == chosen, table.delivery(row))
            for row in range(first, min(first + capacity, table.rowCount()))
        ]
        left, width = self._places[_LAST]
        picture = self._sheet.picture(
            rows,
            (capacity, left + width),
            (left, width),
            self.devicePixelRatioF(),
            (id(table), self._places, id(self._theme.palette)),
        )
        painter.drawPixmap(0, -above, picture)

    def _paint_row(self, painter: QPainter, room: QRect, shown: Shown) -> None:
        """All cells but that of the delivery: sign, colour and words."""
        verdict, table = shown.row, self.model()
        assert isinstance(verdict, Verdict)
        assert isinstance(table, ScanTable)
        self._ground(painter, room, shown)
        colour, sign = LOOKS[verdict.level]
        for column, (left, width) in zip(COLUMNS[:_LAST], self._places, strict=False):
            if not width:
                continue  # left out
            cell = QRect(left + PAD, room.y(), width - PAD - 4, ROW - 1)
            kind, ink = "mono", "quiet" if column == "time" else "text"
            if column == "outcome":
                kind, ink = "bold", f"{colour}_text"
                self._cells.sign(painter, cell, sign, ink)
            elif column == "product":
                kind = "plain"
            self._cells.write(painter, cell, table.says(verdict, column), kind, ink)

    def _paint_delivery(self, painter: QPainter, room: QRect, shown: Shown) -> None:
        self._ground(painter, room, shown)
        if shown.tail:
            sign, ink = _DELIVERY[shown.tail]
            cell = room.adjusted(PAD, 0, -4, -1)
            self._cells.sign(painter, cell, sign, ink)
            self._cells.write(painter, cell, self._words.say(shown.tail), "plain", ink)

    def _ground(self, painter: QPainter, room: QRect, shown: Shown) -> None:
        if shown.look:
            painter.fillRect(room, self._cells.ink("chosen"))
        painter.setPen(self._cells.ink("ground"))
        painter.drawLine(room.bottomLeft(), room.bottomRight())

    @Slot()
    def _resized(self, *_section: int) -> None:
        self._places = ()

    def _look(self, index: QModelIndex | QPersistentModelIndex) -> None:
        verdict = index.data(VERDICT) if index.isValid() else None
        if isinstance(verdict, Verdict):
            self.looked_at.emit(verdict)
