"""What every list of the window is: whole rows, one chosen, arrows and Enter its own, typed text left to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import shiboken6
from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, QObject, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from desktop.theme import Theme, sans

HEAD = 32
"""Height of the names of the columns."""
LEAST = 140
"""Pixels that a product's name has, whatever else is left out for it."""


class Listing(QTableView):
    """A table of rows of one height; a list sets its own model, and a delegate that paints its cells."""

    def __init__(self, theme: Theme, row: int, *, head: int = HEAD, sortable: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._empty = ""
        self._fitted: tuple[str, ...] = ()
        self._widths: Mapping[str, int] = {}
        self._spare: tuple[str, ...] = ()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(row)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(sortable)
        header.setFixedHeight(head)

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802
        """Show this model, and let go of what chose in the one before.

        Qt makes a selection model for the view and for each header, and keeps them all: each would listen to every
        change of the model it was of for as long as the view lives. What stands for them in Python would stay as
        long, three with every change of task, if they were not taken from the view first.
        """
        super().setModel(model)
        for one in self.findChildren(QItemSelectionModel):
            if one is not self.selectionModel():
                QTimer.singleShot(0, self, partial(_let_go, one))

    def fit(self, columns: Sequence[str], widths: Mapping[str, int], spare: Sequence[str] = ()) -> None:
        """Give the columns of the model their widths in pixels; the one that has none takes what is left.

        Where that would be less than LEAST, the columns of `spare` are left out, one after the other.
        """
        self._fitted, self._widths, self._spare = tuple(columns), widths, tuple(spare)
        header = self.horizontalHeader()
        for place, column in enumerate(columns):
            self.setColumnHidden(place, False)  # another set of columns may have left this one out
            if column in widths:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(place, widths[column])
            else:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave columns out, or show them again."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        left = self.viewport().width() - sum(self._widths.get(column, 0) for column in self._fitted)
        for column in self._spare:
            place, narrow = self._fitted.index(column), left < LEAST
            if narrow:
                left += self._widths[column]
            if self.isColumnHidden(place) is not narrow:
                self.setColumnHidden(place, narrow)

    def say_empty(self, text: str) -> None:
        """What stands here while there is nothing."""
        self._empty = text
        self.viewport().update()

    def enter(self, row: int) -> None:
        """Enter was pressed on a row; -1 where none is chosen. A list that knows what to do then does it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave typed characters to the page; arrows and Enter are ours."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enter(self.currentIndex().row())
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the rows; say what will stand here while there are none."""
        super().paintEvent(event)
        if not self.model().rowCount():
            painter = QPainter(self.viewport())
            self.paint_empty(painter)
            painter.end()

    def paint_empty(self, painter: QPainter) -> None:
        """Write the sentence of an empty list into its middle."""
        painter.setPen(QColor(self._theme.colour("quiet")))
        painter.setFont(sans(15))
        room = QRect(self.viewport().rect()).adjusted(24, 8, -24, -8)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty)


def _let_go(one: QObject) -> None:
    if shiboken6.isValid(one):
        one.setParent(None)
        one.deleteLater()
