"""What is fetched for a long list: a window once, the one looked at last first, and no answer to an older question."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.fetched import KEEP, WINDOW, Fetched


@dataclass(frozen=True, slots=True)
class Named:
    """A row: its id and what the store says of it."""

    number: int
    name: str


@dataclass
class Shelf:
    """Keeps book of what is asked, and answers when the test says so."""

    rows: Fetched[Named] = field(init=False)
    asked: list[list[int]] = field(default_factory=list)
    answers: list[Callable[[str], None]] = field(default_factory=list)
    failures: list[Callable[[BaseException], None]] = field(default_factory=list)
    arrived: list[tuple[int, int]] = field(default_factory=list)
    owner: QObject = field(default_factory=QObject)

    def __post_init__(self) -> None:
        self.rows = Fetched(self.fetch, lambda row: row.number, self.owner)
        self.rows.arrived.connect(lambda first, last: self.arrived.append((first, last)))

    def fetch(
        self,
        ids: Sequence[int],
        then: Callable[[tuple[Named, ...]], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        wanted = list(ids)
        self.asked.append(wanted)
        self.answers.append(partial(_answer, wanted, then))
        self.failures.append(failed)

    def come(self, row: int, name: str = "a") -> Named | None:
        """Look at a row and let its window come."""
        self.rows.row(row)
        self.rows.ask()
        self.answers[-1](name)
        return self.rows.row(row)


def _answer(ids: list[int], then: Callable[[tuple[Named, ...]], None], name: str) -> None:
    then(tuple(Named(one, name) for one in reversed(ids)))  # a store answers in an order of its own


@pytest.fixture
def shelf(qapp: object) -> Shelf:
    """A list of a thousand windows; the ids run backwards."""
    made = Shelf()
    made.rows.begin(array("q", range(1000 * WINDOW, 0, -1)))
    return made


def test_a_window_is_fetched_once_and_its_rows_stand_in_the_order_of_the_ids(shelf: Shelf) -> None:
    assert shelf.come(1) == Named(1000 * WINDOW - 1, "a")
    assert shelf.arrived == [(0, WINDOW - 1)]
    for row in range(WINDOW):
        assert shelf.rows.row(row) == Named(1000 * WINDOW - row, "a")
        shelf.rows.ask()
    assert shelf.asked == [list(range(1000 * WINDOW, 999 * WINDOW, -1))]


def test_ids_and_rows_are_told_without_a_request(shelf: Shelf) -> None:
    assert (shelf.rows.id_at(0), shelf.rows.row_of(1)) == (1000 * WINDOW, 1000 * WINDOW - 1)
    assert (shelf.rows.id_at(-1), shelf.rows.id_at(len(shelf.rows)), shelf.rows.row_of(0)) == (None,) * 3
    assert shelf.rows.row(-1) is None and shelf.rows.row(len(shelf.rows)) is None
    shelf.rows.ask()
    assert shelf.asked == []


def test_it_asks_by_itself_for_the_window_looked_at_last(shelf: Shelf, qtbot: QtBot) -> None:
    for row in (0, 500 * WINDOW, 999 * WINDOW):
        assert shelf.rows.row(row) is None
    qtbot.waitUntil(lambda: len(shelf.asked) == 1, timeout=10_000)
    for row in (0, 3 * WINDOW):
        assert shelf.rows.row(row) is None
    shelf.rows.ask()
    assert len(shelf.asked) == 1, "one request at a time"
    shelf.answers[0]("a")
    qtbot.waitUntil(lambda: len(shelf.asked) == 2, timeout=10_000)
    assert [asked[0] for asked in shelf.asked] == [WINDOW, 997 * WINDOW]


def test_so_many_windows_are_kept_and_the_one_seen_longest_ago_goes(shelf: Shelf) -> None:
    for number in range(KEEP):
        shelf.come(number * WINDOW)
    assert shelf.rows.held == KEEP
    assert shelf.rows.row(0) is not None, "seen again"
    shelf.come(KEEP * WINDOW)
    assert shelf.rows.held == KEEP
    assert shelf.rows.row(0) is not None
    assert shelf.rows.row(WINDOW) is None
    shelf.rows.ask()
    assert shelf.asked[-1][0] == 999 * WINDOW, "asked for again"


def test_what_is_renewed_stands_until_the_new_answer_is_there(shelf: Shelf) -> None:
    shelf.come(0)
    shelf.come(WINDOW)
    assert not shelf.rows.stale
    shelf.rows.renew()
    assert shelf.rows.stale and shelf.rows.row(0) == Named(1000 * WINDOW, "a")
    shelf.rows.ask()
    shelf.answers[-1]("b")
    assert shelf.rows.row(0) == Named(1000 * WINDOW, "b") and len(shelf.asked) == 3
    assert shelf.rows.stale, "the other window was not looked at"
    assert shelf.come(WINDOW, "b") == Named(999 * WINDOW, "b")
    assert not shelf.rows.stale


@pytest.mark.parametrize("again", ["renew", "begin"])
def test_an_answer_to_an_older_question_is_dropped(shelf: Shelf, again: str) -> None:
    shelf.rows.row(0)
    shelf.rows.ask()
    if again == "renew":
        shelf.rows.renew()
    else:
        shelf.rows.begin(array("q", range(1000 * WINDOW)))
    shelf.answers[0]("old")
    shelf.failures[0](OSError())
    assert shelf.rows.row(0) is None and shelf.arrived == []
    assert shelf.come(0, "new") == Named(shelf.asked[1][0], "new")


def test_a_failure_leaves_room_for_the_next_request(shelf: Shelf) -> None:
    shelf.rows.row(0)
    shelf.rows.ask()
    shelf.failures[0](OSError())
    assert shelf.rows.row(0) is None and shelf.arrived == []
    assert shelf.come(0) is not None and len(shelf.asked) == 2


def test_another_list_forgets_what_was_held(shelf: Shelf) -> None:
    shelf.come(0)
    ids = array("q", (3, 1, 2))
    assert not shelf.rows.lists(ids)
    shelf.rows.begin(ids)
    assert shelf.rows.lists(ids) and shelf.rows.held == 0 and len(shelf.rows) == 3
    assert shelf.come(2) == Named(2, "a")
    assert shelf.arrived[-1] == (0, 2)
