"""The list of a task's scans: newest on top, every row with its outcome in colour, sign and words."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.icons import icon
from desktop.models import COLUMNS, DELIVERY, VERDICT, ScanTable
from desktop.theme import Theme, mono, sans
from desktop.verdict import Verdict
from desktop.widgets.verdict import LOOKS
from desktop.words import Words

ROW = 38
_WIDTHS = {"time": 92, "outcome": 124, "lot": 112, "expiry": 112, "serial": 164, "delivery": 112}
_DELIVERY = {
    "delivery_pending": ("wait", "quiet"),
    "delivery_sent": ("outbox", "accent"),
    "delivery_accepted": ("check", "ok_text"),
    "delivery_parked": ("fault", "stop_text"),
    "delivery_local": ("check", "quiet"),
}


class _Cells(QStyledItemDelegate):
    """Gives each cell its sign and colour."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mono, self._bold = mono(14), sans(14, QFont.Weight.DemiBold)

    def initStyleOption(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Colour, icon and type of a cell."""
        super().initStyleOption(option, index)
        # The frame around a single cell says nothing in a list of rows.
        option.state &= ~QStyle.StateFlag.State_HasFocus
        column = COLUMNS[index.column()]
        if column == "outcome":
            verdict = index.data(VERDICT)
            assert isinstance(verdict, Verdict)
            colour, sign = LOOKS[verdict.level]
            self._mark(option, sign, f"{colour}_text")
            option.font = self._bold
        elif column == "delivery":
            look = _DELIVERY.get(index.data(DELIVERY) or "")
            if look:
                self._mark(option, *look)
        elif column in ("lot", "expiry", "serial", "time"):
            option.font = self._mono
            option.textElideMode = Qt.TextElideMode.ElideMiddle
            if column == "time":
                self._ink(option, "quiet")

    def _mark(self, option: QStyleOptionViewItem, sign: str, colour: str) -> None:
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        made: QIcon = icon(sign, self._theme.colour(colour), 16)
        option.icon = made
        option.decorationSize = QSize(16, 16)
        self._ink(option, colour)

    def _ink(self, option: QStyleOptionViewItem, colour: str) -> None:
        ink = QColor(self._theme.colour(colour))
        option.palette.setColor(QPalette.ColorRole.Text, ink)
        option.palette.setColor(QPalette.ColorRole.HighlightedText, ink)


class ScanList(QTableView):
    """Shows a `ScanTable`; Enter or a double click looks at a row again."""

    looked_at = Signal(object)
    """The `Verdict` of the row."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("scans")
        self._theme, self._words = theme, words
        self._empty = ""
        self.setItemDelegate(_Cells(theme, self))
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
        """Say what will stand here while there is nothing."""
        super().paintEvent(event)
        model = self.model()
        if model is None or model.rowCount():
            return
        painter = QPainter(self.viewport())
        painter.setPen(QColor(self._theme.colour("quiet")))
        painter.setFont(sans(15))
        room = QRect(self.viewport().rect()).adjusted(24, 8, -24, -8)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty)
        painter.end()

    def _look(self, index: QModelIndex | QPersistentModelIndex) -> None:
        verdict = index.data(VERDICT) if index.isValid() else None
        if isinstance(verdict, Verdict):
            self.looked_at.emit(verdict)
