"""A chart on the screen: pointed at with the mouse or walked with the arrows, it tells its numbers beside them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.charts import Chart, Look, cell_of, figure, label_at, paint
from desktop.charttip import paint_tip
from desktop.theme import Theme


class ChartView(QWidget):
    """Shows one chart on a card of its own."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._look = Look(theme.colour)
        self._at: int | None = None
        self._empty = ""
        self.chart = Chart("", (), ())
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumSize(QSize(220, 150))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_chart(self, chart: Chart, empty: str) -> None:
        """Show this; `empty` says why there may be nothing to see."""
        if chart.labels != self.chart.labels or chart.empty:
            self._at = None
        self.chart, self._empty = chart, empty
        self._name()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw card and chart."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = self.hasFocus()
        painter.setPen(QPen(QColor(self._theme.colour("accent" if focus else "line")), 2 if focus else 1))
        painter.setBrush(QColor(self._theme.colour("surface")))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
        room, at = self._room(), self._at
        paint(painter, room, self.chart, self._look, at, self._empty)
        if at is not None and not self.chart.empty:
            cell = cell_of(self.chart, room, self._look, at)
            paint_tip(painter, room, self.chart, self._look, at, cell)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Tell the numbers that are pointed at."""
        self._point(label_at(self.chart, self._room(), self._look, event.position()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing is pointed at."""
        super().leaveEvent(event)
        self._point(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Whoever goes on with the keyboard points at nothing here any more."""
        super().focusOutEvent(event)
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Walk along the labels."""
        back = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up)
        if not self.chart.empty and (back or event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down)):
            last = len(self.chart.labels) - 1
            start = last + 1 if back else -1
            step = (self._at if self._at is not None else start) + (-1 if back else 1)
            self._point(min(max(step, 0), last))
        else:
            super().keyPressEvent(event)

    def _point(self, place: int | None) -> None:
        if place != self._at:
            self._at = place
            self._name()
            self.update()

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(16, 11, -16, -10)

    def _name(self) -> None:
        chart = self.chart
        if self._at is not None and self._at < len(chart.labels):
            self.setAccessibleName(f"{chart.title}  {chart.said(self._at)}")
        else:
            totals = "  ".join(f"{one.name} {figure(sum(one.values))}" for one in chart.series)
            self.setAccessibleName(f"{chart.title}  {self._empty if chart.empty else totals}")
