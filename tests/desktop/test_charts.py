"""Charts: round axes, painted at any size without complaint, and pointed at where the bars are."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from desktop.charts import Chart, Look, Series, figure, label_at, paint, ticks
from desktop.theme import LIGHT, Theme
from desktop.widgets.chartview import ChartView

LOOK = Look(Theme(LIGHT).colour)
UPRIGHT = Chart(
    "Moves", ("1", "2", "3"), (Series("in", "receive", (5, 0, 10)), Series("out", "dispense", (1, 2, 3)))
)
LYING = Chart("By", ("a", "b"), (Series("in", "receive", (5, 7)),), lying=True, stacked=True)


@given(st.integers(min_value=1, max_value=10**9))
def test_axes_are_round_few_and_reach_the_top(top: int) -> None:
    marks = ticks(top)
    assert marks[0] == 0 and marks[-1] >= top and 2 <= len(marks) <= 6
    steps = {b - a for a, b in pairwise(marks)}
    assert len(steps) == 1 and str(steps.pop()).rstrip("0") in ("1", "2", "5")


def test_numbers_are_shown_as_people_write_them() -> None:
    assert [figure(n) for n in (0, 3, 2.25, 68.4, 1234567)] == ["0", "3", "2.2", "68", "1,234,567"]


def painted(chart: Chart, width: int = 400, height: int = 240, at: int | None = None) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint(painter, QRectF(0, 0, width, height), chart, LOOK, at, "nothing")
    painter.end()
    return image


def inks(image: QImage) -> set[str]:
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    }


@pytest.mark.parametrize("chart", [UPRIGHT, LYING])
def test_bars_are_painted_in_their_colours(qapp: object, chart: Chart) -> None:
    found = inks(painted(chart))
    assert all(LOOK.colour(series.colour) in found for series in chart.series)


def test_an_empty_chart_and_a_tiny_room_are_painted_too(qapp: object) -> None:
    nothing = Chart("Moves", ("1",), (Series("in", "receive", (0,)),))
    assert LOOK.colour("receive") not in inks(painted(nothing))
    for chart in (UPRIGHT, LYING, nothing, Chart("", (), ())):
        painted(chart, 60, 50, at=0)


def test_a_point_finds_its_label(qapp: object) -> None:
    room = QRectF(0, 0, 400, 240)
    assert label_at(UPRIGHT, room, LOOK, QPointF(390, 150)) == 2
    assert label_at(UPRIGHT, room, LOOK, QPointF(60, 150)) == 0
    assert label_at(UPRIGHT, room, LOOK, QPointF(200, 5)) is None
    assert label_at(LYING, room, LOOK, QPointF(100, 40)) == 0
    assert label_at(LYING, room, LOOK, QPointF(100, 70)) == 1
    assert label_at(LYING, room, LOOK, QPointF(100, 230)) is None


def test_the_arrows_walk_and_tell(qtbot: QtBot, theme: Theme) -> None:
    view = ChartView(theme)
    qtbot.addWidget(view)
    view.show_chart(UPRIGHT, "nothing")
    assert view.accessibleName() == "Moves  in 15  out 6"
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.pointed == 0 and view.accessibleName() == "Moves  1  in 5  out 1"
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.pointed == 0
    for _ in range(5):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.pointed == 2
