"""The note beside what is pointed at in a chart: the day, product or hour in full, and its numbers by name."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from desktop.charts import Chart, Look, figure

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LINE, _PAD, _MARK, _BETWEEN = 20.0, 10.0, 18.0, 14.0


def paint_tip(painter: QPainter, room: QRectF, chart: Chart, look: Look, at: int, cell: QRectF) -> None:
    """Draw the note beside `cell`, the column or row that is pointed at, and wholly inside `room`."""
    bold, plain = look.font(13, QFont.Weight.DemiBold), look.font(13)
    wide, metrics = QFontMetricsF(bold), QFontMetricsF(plain)
    rows = [(one, one.name, figure(one.values[at])) for one in chart.series]
    names = max(metrics.horizontalAdvance(name) for _, name, _ in rows)
    numbers = max(wide.horizontalAdvance(number) for _, _, number in rows)
    width = max(wide.horizontalAdvance(chart.whole(at)), _MARK + names + _BETWEEN + numbers) + 2 * _PAD
    width, height = min(width, room.width()), _LINE * (len(rows) + 1) + 2 * _PAD - 4
    if chart.lying:
        left = cell.right() - width
        top = cell.bottom() if cell.bottom() + height <= room.bottom() else cell.top() - height
    else:
        left = cell.right() if cell.right() + width <= room.right() else cell.left() - width
        top = cell.top()
    left = max(room.left(), min(left, room.right() - width))
    top = max(room.top(), min(top, room.bottom() - height))
    box = QRectF(left, top, width, height)
    painter.setPen(QPen(QColor(look.colour("quiet")), 1))
    painter.setBrush(QColor(look.colour("surface")))
    painter.drawRoundedRect(box, 8, 8)
    line = QRectF(left + _PAD, top + _PAD - 2, width - 2 * _PAD, _LINE)
    painter.setFont(bold)
    painter.setPen(QColor(look.colour("text")))
    painter.drawText(line, _LEFT, wide.elidedText(chart.whole(at), Qt.TextElideMode.ElideRight, line.width()))
    for series, name, number in rows:
        line.translate(0, _LINE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.colour(chart.tones[at] if chart.tones else series.colour)))
        painter.drawRoundedRect(QRectF(line.left(), line.center().y() - 5, 10, 10), 2, 2)
        painter.setFont(plain)
        painter.setPen(QColor(look.colour("text")))
        painter.drawText(line.adjusted(_MARK, 0, 0, 0), _LEFT, name)
        painter.setFont(bold)
        painter.drawText(line, _RIGHT, number)
