"""Charts as values, and the one painter that draws them: on the screen, in a PDF, on paper.

Painted by hand with QPainter: bars are all that is needed, they wear the palette of the window, and nothing is
loaded for them (pyqtgraph would bring numpy's 30 MB into a window that promises 150).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from desktop.theme import sans

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of bar."""

    name: str
    colour: str
    """Palette name."""
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over labels."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    lying: bool = False
    """Horizontal bars, one below the other, with their numbers; else upright ones over an axis."""
    stacked: bool = False
    """The series of one label on top of each other; else beside each other."""
    tones: tuple[str, ...] = ()
    """Palette names by label, in place of the colours of a single series."""
    note: str = ""
    """What the numbers are; stands beside the title."""
    rest: bool = False
    """The last label is all that is not named: its number without a bar, which would dwarf the others."""
    wholes: tuple[str, ...] = ()
    """The labels in full, where there is less room for them on the axis."""

    @property
    def empty(self) -> bool:
        """True where there is nothing to see."""
        return not any(value for series in self.series for value in series.values)

    def said(self, place: int) -> str:
        """What stands over one label, in words."""
        told = (f"{one.name} {figure(one.values[place])}" for one in self.series)
        return f"{self.whole(place)}  {'  '.join(told)}"

    def whole(self, place: int) -> str:
        """One label in full."""
        return self.wholes[place] if self.wholes else self.labels[place]


def figure(number: float) -> str:
    """A number as it is shown: whole, or with one decimal where it is small and not whole."""
    return f"{number:,.1f}" if number < 10 and number != int(number) else f"{number:,.0f}"


@dataclass(frozen=True, slots=True)
class Look:
    """What a chart wears."""

    colour: Callable[[str], str]
    """A palette's colour by name."""
    scale: float = 1.0
    """Size of the type; 1 on the screen."""

    def font(self, pixels: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The type in this size."""
        return sans(max(1, round(pixels * self.scale)), weight)


def paint(
    painter: QPainter, room: QRectF, chart: Chart, look: Look, at: int | None = None, empty: str = ""
) -> None:
    """Draw the chart with its title and legend; `at` is the label that is pointed at."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = 22 * look.scale
    painter.setFont(look.font(15, QFont.Weight.DemiBold))
    painter.setPen(QColor(look.colour("text")))
    painter.drawText(QRectF(room.left(), room.top(), room.width(), line), _LEFT, chart.title)
    used = QFontMetricsF(painter.font()).horizontalAdvance(chart.title) + 12 * look.scale
    painter.setFont(look.font(13))
    painter.setPen(QColor(look.colour("quiet")))
    beside = QRectF(room.left() + used, room.top(), room.width() - used, line)
    if len(chart.series) > 1 and not _legend_below(chart, look, room.width()):
        _legend(painter, beside, chart, look)
    else:
        painter.drawText(beside, _RIGHT, _cut(painter, chart.note, beside.width()))
    if _legend_below(chart, look, room.width()):
        painter.setFont(look.font(13))
        _legend(painter, QRectF(room.left(), room.top() + line, room.width(), line), chart, look)
    body = room.adjusted(0, _head(chart, look, room.width()), 0, 0)
    if chart.empty:
        painter.setFont(look.font(14))
        painter.setPen(QColor(look.colour("quiet")))
        painter.drawText(body, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), empty)
    elif chart.lying:
        _lying(painter, body, chart, look, at)
    else:
        _upright(painter, body, chart, look, at)


def label_at(chart: Chart, room: QRectF, look: Look, point: QPointF) -> int | None:
    """The label that a point of the chart's room is over."""
    if chart.empty or not chart.labels:
        return None
    body = room.adjusted(0, _head(chart, look, room.width()), 0, 0)
    if chart.lying:
        place = int((point.y() - body.top()) / _row(body, chart, look))
    else:
        left = body.left() + _axis(chart, look)
        place = int((point.x() - left) / max(1.0, (body.right() - left) / len(chart.labels)))
    return place if body.contains(point) and 0 <= place < len(chart.labels) else None


def cell_of(chart: Chart, room: QRectF, look: Look, place: int) -> QRectF:
    """Where the bars over a label stand in the chart's room: a column, or a row of lying ones."""
    body = room.adjusted(0, _head(chart, look, room.width()), 0, 0)
    if chart.lying:
        row = _row(body, chart, look)
        return QRectF(body.left(), body.top() + place * row, body.width(), row)
    left = body.left() + _axis(chart, look)
    step = (body.right() - left) / len(chart.labels)
    return QRectF(left + place * step, body.top(), step, body.height())


def _head(chart: Chart, look: Look, width: float) -> float:
    """Height of title and legend."""
    return (52 if _legend_below(chart, look, width) else 30) * look.scale


def _legend_below(chart: Chart, look: Look, width: float) -> bool:
    """Whether the names of the series find no room beside the title."""
    if len(chart.series) < 2:
        return False
    title = QFontMetricsF(look.font(15, QFont.Weight.DemiBold)).horizontalAdvance(chart.title)
    metrics = QFontMetricsF(look.font(13))
    names = sum(metrics.horizontalAdvance(one.name) + 30 * look.scale for one in chart.series)
    return title + 16 * look.scale + names > width


def ticks(top: float, wanted: int = 4) -> list[int]:
    """Round numbers from 0 up to at least `top`, about so many of them."""
    step = 1
    while step * wanted < top:
        step = _next(step)
    last = -(-max(ceil(top), 1) // step) * step
    return list(range(0, last + 1, step))


def _next(step: int) -> int:
    first = int(str(step)[0])
    return step * 2 if first in (1, 5) else step // 2 * 5


def _top(chart: Chart) -> float:
    return _sum_top(chart) if chart.stacked else max(max(one.values) for one in chart.series)


def _sum_top(chart: Chart, rest: bool = False) -> float:
    return max(sum(one.values[place] for one in chart.series) for place in range(len(chart.labels) - rest))


def _axis(chart: Chart, look: Look) -> float:
    """Width of the numbers beside the axis."""
    return QFontMetricsF(look.font(12)).horizontalAdvance(f"{ticks(_top(chart))[-1]:,}") + 10 * look.scale


def _ink(chart: Chart, series: Series, place: int) -> str:
    return chart.tones[place] if chart.tones else series.colour


def _upright(painter: QPainter, room: QRectF, chart: Chart, look: Look, at: int | None) -> None:
    foot = 22 * look.scale
    marks = ticks(_top(chart))
    left = room.left() + _axis(chart, look)
    plot = QRectF(
        left, room.top() + 6 * look.scale, room.right() - left, room.height() - foot - 6 * look.scale
    )
    painter.setFont(look.font(12))
    for mark in marks:
        y = plot.bottom() - plot.height() * mark / marks[-1]
        painter.setPen(QPen(QColor(look.colour("line")), 0.8 * look.scale))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(QColor(look.colour("quiet")))
        side = QRectF(room.left(), y - 9 * look.scale, left - room.left() - 8 * look.scale, 18 * look.scale)
        painter.drawText(side, _RIGHT, f"{mark:,}")
    step = plot.width() / len(chart.labels)
    for place in range(len(chart.labels)):
        cell = QRectF(plot.left() + place * step, plot.top(), step, plot.height())
        if place == at:
            painter.fillRect(cell, QColor(look.colour("accent_tint")))
        _bars(painter, cell, chart, look, place, marks[-1])
    _labels(painter, plot, chart, look, step)


def _bars(painter: QPainter, cell: QRectF, chart: Chart, look: Look, place: int, top: int) -> None:
    gap = min(cell.width() * 0.2, 10 * look.scale)
    wide = cell.width() - 2 * gap / 2
    painter.setPen(Qt.PenStyle.NoPen)
    base = cell.bottom()
    many = 1 if chart.stacked else len(chart.series)
    wide = min(wide / many, 34 * look.scale)
    left = cell.center().x() - wide * many / 2
    for number, series in enumerate(chart.series):
        tall = cell.height() * series.values[place] / max(top, 1)
        if tall <= 0:
            continue
        x = left if chart.stacked else left + number * wide
        bar = QRectF(x + 0.5, base - max(tall, 1.5), max(wide - 1, 1), max(tall, 1.5))
        painter.setBrush(QColor(look.colour(_ink(chart, series, place))))
        round_by = min(3 * look.scale, bar.width() / 3, bar.height() / 2)
        painter.drawRoundedRect(bar, round_by, round_by)
        if chart.stacked:
            base -= tall


def _labels(painter: QPainter, plot: QRectF, chart: Chart, look: Look, step: float) -> None:
    """As many labels as fit without touching, the first one always."""
    painter.setFont(look.font(12))
    painter.setPen(QColor(look.colour("quiet")))
    metrics = QFontMetricsF(painter.font())
    widest = max(metrics.horizontalAdvance(label) for label in chart.labels) + 10 * look.scale
    for place in range(0, len(chart.labels), max(1, -(-int(widest) // max(1, int(step))))):
        middle = plot.left() + (place + 0.5) * step
        side = QRectF(middle - widest / 2, plot.bottom() + 4 * look.scale, widest, 18 * look.scale)
        painter.drawText(side, _CENTRE, chart.labels[place])


def _row(room: QRectF, chart: Chart, look: Look) -> float:
    return min(34 * look.scale, room.height() / len(chart.labels))


def _lying(painter: QPainter, room: QRectF, chart: Chart, look: Look, at: int | None) -> None:
    row, top, most = _row(room, chart, look), max(1.0, _sum_top(chart, chart.rest)), _sum_top(chart)
    painter.setFont(look.font(13))
    metrics = QFontMetricsF(painter.font())
    names = min(
        max(metrics.horizontalAdvance(label) for label in chart.labels) + 10 * look.scale, room.width() * 0.46
    )
    numbers = metrics.horizontalAdvance(figure(most)) + 12 * look.scale
    plot = QRectF(room.left() + names, room.top(), room.width() - names - numbers, room.height())
    for place, label in enumerate(chart.labels):
        y = room.top() + place * row
        if place == at:
            painter.fillRect(QRectF(room.left(), y, room.width(), row), QColor(look.colour("accent_tint")))
        painter.setPen(QColor(look.colour("text")))
        side = QRectF(room.left(), y, names - 8 * look.scale, row)
        painter.drawText(side, _LEFT, _cut(painter, label, side.width()))
        x, total = plot.left(), 0.0
        painter.setPen(Qt.PenStyle.NoPen)
        for series in chart.series:
            value = series.values[place]
            total += value
            long = plot.width() * value / top
            if long <= 0 or (chart.rest and place == len(chart.labels) - 1):
                continue
            painter.setBrush(QColor(look.colour(_ink(chart, series, place))))
            painter.drawRoundedRect(QRectF(x, y + row * 0.22, max(long, 1.5), row * 0.56), 3, 3)
            x += long
        painter.setPen(QColor(look.colour("quiet")))
        painter.drawText(QRectF(x + 6 * look.scale, y, numbers, row), _LEFT, figure(total))


def _legend(painter: QPainter, room: QRectF, chart: Chart, look: Look) -> None:
    """Names and sums of the series; the sums are left out where they do not fit."""
    metrics, mark = QFontMetricsF(painter.font()), 30 * look.scale
    names = [f"{series.name} {figure(sum(series.values))}" for series in chart.series]
    if sum(metrics.horizontalAdvance(name) + mark for name in names) > room.width():
        names = [series.name for series in chart.series]
    right = room.right()
    for series, name in reversed(list(zip(chart.series, names, strict=True))):
        wide = metrics.horizontalAdvance(name)
        painter.setPen(QColor(look.colour("quiet")))
        painter.drawText(QRectF(right - wide, room.top(), wide + 2, room.height()), _LEFT, name)
        right -= wide + 16 * look.scale
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.colour(series.colour)))
        side = 10 * look.scale
        painter.drawRoundedRect(QRectF(right, room.center().y() - side / 2, side, side), 2, 2)
        right -= 14 * look.scale


def _cut(painter: QPainter, text: str, width: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, width)
