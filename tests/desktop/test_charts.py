"""Charts: round axes, painted at any size without complaint, and pointed at where the bars are."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from desktop.charts import Chart, Look, Series, cell_of, figure, label_at, paint, ticks
from desktop.charttip import paint_tip
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
    assert view.accessibleName() == "Moves  1  in 5  out 1"
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.accessibleName() == "Moves  1  in 5  out 1"
    for _ in range(5):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.accessibleName().startswith("Moves  3")
    view.show_chart(Chart("Moves", UPRIGHT.labels, (Series("in", "receive", (0, 0, 0)),)), "nothing")
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.accessibleName() == "Moves  nothing", "where nothing is to be seen, nothing is pointed at"


def test_a_mean_is_told_as_a_person_says_it() -> None:
    chart = Chart("Scans", ("8",), (Series("ok", "ok", (14 / 3,)),), wholes=("08:00 – 09:00",))
    assert chart.said(0) == "08:00 – 09:00  ok 4.7"


@pytest.mark.parametrize("chart", [UPRIGHT, LYING])
@pytest.mark.parametrize(("wide", "tall"), [(400, 240), (220, 150)])
def test_what_is_pointed_at_is_noted_beside_it_and_inside_the_room(
    qapp: object, chart: Chart, wide: int, tall: int
) -> None:
    room = QRectF(20, 20, wide - 40, tall - 40)
    for at in range(len(chart.labels)):
        image = QImage(wide, tall, QImage.Format.Format_RGB32)
        image.fill(QColor("#123456"))
        painter = QPainter(image)
        paint_tip(painter, room, chart, LOOK, at, cell_of(chart, room, LOOK, at))
        painter.end()
        touched = [
            QPointF(x, y)
            for x in range(wide)
            for y in range(tall)
            if QColor(image.pixel(x, y)).name() != "#123456"
        ]
        assert len(touched) > 1_000
        assert all(room.adjusted(-1, -1, 1, 1).contains(point) for point in touched)


def test_all_that_is_not_named_is_a_number_and_no_bar_that_dwarfs_the_others(qapp: object) -> None:
    def bars(*, rest: bool) -> list[int]:
        """Pixels of each row's bar."""
        series = (Series("in", "receive", (4.0, 4000.0)),)
        image = painted(Chart("By", ("a", "the rest"), series, lying=True, stacked=True, rest=rest))
        colour = QColor(LOOK.colour("receive"))
        return [
            sum(image.pixelColor(x, y) == colour for x in range(image.width()))
            for y in (30 + 17, 30 + 34 + 17)
        ]

    assert bars(rest=False)[0] < 5 and bars(rest=False)[1] > 100
    assert bars(rest=True)[0] > 100 and bars(rest=True)[1] == 0
