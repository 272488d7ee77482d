"""The list of a task's scans: newest on top, every row with its outcome in colour, sign and words."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
)

from desktop.icons import icon
from desktop.models import COLUMNS, VERDICT, ScanTable
from desktop.theme import Theme, mono, sans
from desktop.verdict import Verdict
from desktop.widgets.looks import LOOKS
from desktop.words import Words

ROW = 38
_WIDTHS = {"time": 92, "outcome": 124, "lot": 112, "expiry": 112, "serial": 152, "delivery": 124}
_DELIVERY = {
    "delivery_pending": ("wait", "quiet"),
    "delivery_sent": ("outbox", "accent"),
    "delivery_accepted": ("check", "ok_text"),
    "delivery_parked": ("fault", "stop_text"),
    "delivery_local": ("check", "quiet"),
}
_INKS = (
    *("text", "quiet", "accent", "chosen", "ground"),
    *("ok_text", "ask_text", "stop_text", "repeated_text", "held_text"),
)
_PAD, _SIGN = 11, 16
_MIDDLE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


KEPT = 64
"""Rows kept painted: those in sight and a few more. A row is painted once, not with every scan above it."""


class _Rows:
    """Paints rows: sign, colour and words. By hand, because a style sheet costs five times as much a cell."""

    def __init__(self, theme: Theme) -> None:
        self._inks = {name: QColor(theme.colour(name)) for name in _INKS}
        self._fonts = {"mono": mono(14), "bold": sans(14, QFont.Weight.DemiBold), "plain": sans(14)}
        self._metrics = {name: QFontMetrics(font) for name, font in self._fonts.items()}
        self._kept: dict[tuple[int, str, bool], tuple[Verdict, QPixmap]] = {}
        self._columns: tuple[tuple[int, int], ...] = ()
        self._ratio = 1.0

    def forget(self) -> None:
        """Paint every row anew, as in another language."""
        self._kept.clear()

    def lay_out(self, columns: tuple[tuple[int, int], ...], ratio: float) -> None:
        """From now on the columns stand at these places, so wide; `ratio` is that of the screen's pixels."""
        if (columns, ratio) != (self._columns, self._ratio):
            self._columns, self._ratio = columns, ratio
            self.forget()

    def row(self, table: ScanTable, row: int, *, selected: bool) -> QPixmap:
        """The picture of a row of the view."""
        verdict = table.verdict(row)
        assert verdict is not None
        key = (verdict.ticket, table.delivery(row), selected)
        kept = self._kept.pop(key, None)
        if kept is None or kept[0] is not verdict:
            kept = (verdict, self._painted(table, row, selected=selected))
        self._kept[key] = kept  # the last one used stands last
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return kept[1]

    def _painted(self, table: ScanTable, row: int, *, selected: bool) -> QPixmap:
        wide = max((left + width for left, width in self._columns), default=1)
        picture = QPixmap(round(wide * self._ratio), round(ROW * self._ratio))
        picture.setDevicePixelRatio(self._ratio)
        picture.fill(self._inks["chosen"] if selected else Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setPen(self._inks["ground"])
        painter.drawLine(0, ROW - 1, wide, ROW - 1)
        for column, (left, width) in zip(COLUMNS, self._columns, strict=True):
            self._cell(painter, QRect(left, 0, width, ROW), table, row, column)
        painter.end()
        return picture

    def _cell(self, painter: QPainter, room: QRect, table: ScanTable, row: int, column: str) -> None:
        sign, ink, kind = self._look(table, row, column)
        room.adjust(_PAD, 0, -4, -1)
        if sign:
            middle = room.center().y() + 1
            icon(sign, self._inks[ink].name(), _SIGN).paint(
                painter, room.left(), middle - _SIGN // 2, _SIGN, _SIGN
            )
            room.adjust(_SIGN + 6, 0, 0, 0)
        painter.setPen(self._inks[ink])
        painter.setFont(self._fonts[kind])
        mode = Qt.TextElideMode.ElideMiddle if kind == "mono" else Qt.TextElideMode.ElideRight
        text = self._metrics[kind].elidedText(table.text(row, column), mode, room.width())
        painter.drawText(room, _MIDDLE, text)

    def _look(self, table: ScanTable, row: int, column: str) -> tuple[str, str, str]:
        """Sign, colour and type of a cell."""
        if column == "outcome":
            verdict = table.verdict(row)
            assert verdict is not None
            colour, sign = LOOKS[verdict.level]
            return sign, f"{colour}_text", "bold"
        if column == "delivery":
            return *_DELIVERY.get(table.delivery(row), ("", "quiet")), "plain"
        if column == "product":
            return "", "text", "plain"
        return "", "quiet" if column == "time" else "text", "mono"


class ScanList(QTableView):
    """Shows a `ScanTable`; Enter or a double click looks at a row again."""

    looked_at = Signal(object)
    """The `Verdict` of the row."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("scans")
        self._theme, self._words = theme, words
        self._empty = ""
        self._rows = _Rows(theme)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setMinimumHeight(34 + ROW)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW)
        self.activated.connect(self._look)
        self.retranslate(words)

    def show_table(self, table: ScanTable, empty: str) -> None:
        """Show this task's scans; `empty` says what will stand here."""
        self._empty = empty
        if self.model() is table:
            self.viewport().update()
            return
        self.setModel(table)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        for place, column in enumerate(COLUMNS):
            if column == "product":
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
            else:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(place, _WIDTHS[column])
        header.setFixedHeight(32)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._rows.forget()
        self.setAccessibleName(words.say("scans"))
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave typed characters to the page; arrows and Enter are ours."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._look(self.currentIndex())
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the rows in sight; say what will stand here while there is nothing."""
        table = self.model()
        painter = QPainter(self.viewport())
        if isinstance(table, ScanTable) and table.rowCount():
            self._paint_rows(painter, event.rect(), table)
        elif table is not None:
            painter.setPen(QColor(self._theme.colour("quiet")))
            painter.setFont(sans(15))
            room = QRect(self.viewport().rect()).adjusted(24, 8, -24, -8)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty)
        painter.end()

    def _paint_rows(self, painter: QPainter, part: QRect, table: ScanTable) -> None:
        places = range(len(COLUMNS))
        columns = tuple((self.columnViewportPosition(place), self.columnWidth(place)) for place in places)
        self._rows.lay_out(columns, self.devicePixelRatioF())
        chosen = {index.row() for index in self.selectedIndexes()}
        first, last = self.rowAt(max(part.top(), 0)), self.rowAt(part.bottom())
        for row in range(max(first, 0), (last if last >= 0 else table.rowCount() - 1) + 1):
            picture = self._rows.row(table, row, selected=row in chosen)
            painter.drawPixmap(0, self.rowViewportPosition(row), picture)

    def _look(self, index: QModelIndex | QPersistentModelIndex) -> None:
        verdict = index.data(VERDICT) if index.isValid() else None
        if isinstance(verdict, Verdict):
            self.looked_at.emit(verdict)
