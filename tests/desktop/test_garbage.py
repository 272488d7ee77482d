"""Cyclic garbage is collected by the window's thread: young garbage soon, old garbage when nothing is going on."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.garbage import OFTEN, QUIET_S, THOROUGH_S, Garbage


class Knot:
    """Refers to itself: only the collector frees it."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture
def garbage(qtbot: QtBot) -> Iterator[Garbage]:
    made = Garbage()
    made._timer.stop()
    yield made
    made.close()
    gc.collect()


def burst(count: int) -> None:
    """Make so many objects that have to be collected."""
    for _ in range(count):
        Knot()


def test_python_collects_nothing_by_itself_and_a_sweep_does(garbage: Garbage) -> None:
    lost = weakref.ref(Knot())
    burst(5_000)
    assert lost() is not None and not gc.isenabled()
    garbage.sweep()
    assert lost() is None


def test_what_has_outlived_others_is_set_aside_and_looked_through_when_it_is_quiet(
    garbage: Garbage,
) -> None:
    kept = Knot()
    gone = weakref.ref(kept)
    for _ in range(OFTEN + 1):
        gc.collect(0)
    garbage.sweep()
    assert not gc.get_objects(2), "the next full collection has next to nothing to look through"
    del kept
    gc.collect()
    assert gone() is not None
    garbage._thorough -= THOROUGH_S
    garbage.sweep()
    assert gone() is not None, "somebody works"
    garbage._swept -= QUIET_S + 1
    garbage.sweep()
    assert gone() is None


def test_python_takes_over_again(qtbot: QtBot) -> None:
    made = Garbage()
    made.close()
    assert gc.isenabled() and gc.get_freeze_count() == 0
