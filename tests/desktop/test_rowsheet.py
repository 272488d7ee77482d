"""The picture of the rows in sight: whatever was moved and kept in it, it is what painting anew would give."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from desktop.widgets.rowsheet import RowSheet, Shown

HEIGHT, WIDTH, CAPACITY = 10, 60, 6
TAIL = (40, 20)
COLOURS = [QColor(10 + 12 * number, 255 - 12 * number, (70 * number) % 256) for number in range(20)]


class Rows:
    """A list that paints each row in a colour of its own, and its tail in another."""

    def __init__(self) -> None:
        self.values = [[number] for number in range(20)]
        self.rows_painted = self.tails_painted = 0
        self.sheet = RowSheet(HEIGHT, self._row, self._tail)

    def _row(self, painter: QPainter, room: QRect, shown: Shown) -> None:
        self.rows_painted += 1
        number = shown.row[0]  # type: ignore[index]
        painter.fillRect(room.adjusted(3 if shown.look else 1, 1, -TAIL[1], -1), COLOURS[number])

    def _tail(self, painter: QPainter, room: QRect, shown: Shown) -> None:
        self.tails_painted += 1
        painter.fillRect(room.adjusted(2, 4, -2, -2), QColor("red" if shown.tail == "sent" else "blue"))

    def show(self, rows: list[tuple[int, bool, str]], dress: str = "", capacity: int = CAPACITY) -> QImage:
        shown = [Shown(self.values[number], chosen, tail) for number, chosen, tail in rows]
        picture = self.sheet.picture(shown, (capacity, WIDTH), TAIL, 1.0, dress)
        return picture.copy(0, 0, WIDTH, capacity * HEIGHT).toImage()


Views = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.integers(0, 19), st.booleans(), st.sampled_from(["sent", "accepted"])),
            max_size=CAPACITY + 1,
            unique_by=lambda row: row[0],
        ),
        st.integers(1, CAPACITY + 2),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(Views)
def test_what_is_kept_looks_like_what_is_painted_anew(
    qapp: object, views: list[tuple[list[tuple[int, bool, str]], int]]
) -> None:
    kept = Rows()
    for view, capacity in views:
        assert kept.show(view, capacity=capacity) == Rows().show(view, capacity=capacity)


def test_a_list_that_is_lower_for_a_while_finds_its_rows_again(qtbot: QtBot) -> None:
    rows = Rows()
    view = [(number, False, "sent") for number in range(5, 11)]
    rows.show(view)
    rows.rows_painted = 0
    view = [(4, False, "sent"), *view]
    rows.show(view[:3], capacity=3)
    assert rows.show(view[:CAPACITY]) == Rows().show(view[:CAPACITY])
    assert rows.show(view, capacity=CAPACITY + 1) == Rows().show(view, capacity=CAPACITY + 1)
    assert rows.rows_painted == 2, "the one that came, and the one that had left the picture"


def test_a_row_on_top_and_a_new_state_cost_no_more_than_themselves(qtbot: QtBot) -> None:
    rows = Rows()
    view = [(number, False, "sent") for number in range(5, 11)]
    rows.show(view)
    rows.rows_painted = rows.tails_painted = 0
    view = [(4, False, "sent"), *view[:-1]]
    assert rows.show(view) == Rows().show(view)
    assert (rows.rows_painted, rows.tails_painted) == (1, 1)
    view[3] = (view[3][0], False, "accepted")
    assert rows.show(view) == Rows().show(view)
    assert (rows.rows_painted, rows.tails_painted) == (1, 2)
    rows.show(view, dress="dark")
    assert rows.rows_painted == 1 + CAPACITY
