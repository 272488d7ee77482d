"""A look at what may change meanwhile, at a real reader: one at a time, and no answer to what was asked before."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from desktop.freshlook import FreshLook
from ledger.store import Store
from tests.desktop.conftest import Place


class Asker:
    """Asks for whatever `wanted` says when a look begins; each look waits until it is let go."""

    def __init__(self, place: Place) -> None:
        self.wanted = 0
        self.begun: list[int] = []
        self.told: list[int] = []
        self.failures: list[BaseException] = []
        self.goes = threading.Semaphore(0)
        self.look = FreshLook(place.window.room, self.job, self.told.append, self.failures.append)

    def job(self) -> Callable[[Store], int]:
        wanted = self.wanted
        self.begun.append(wanted)

        def job(_: Store) -> int:
            assert self.goes.acquire(timeout=60)
            if wanted < 0:
                raise ValueError(wanted)
            return wanted

        return job


@pytest.fixture
def asker(place: Place) -> Asker:
    return Asker(place)


def test_asked_again_it_looks_once_more_and_tells_the_last_answer_alone(place: Place, asker: Asker) -> None:
    for wanted in (1, 2, 3):
        asker.wanted = wanted
        asker.look.begin()
    assert asker.look.busy and asker.begun == [1]
    asker.goes.release(2)
    place.bot.waitUntil(lambda: not asker.look.busy, timeout=10_000)
    assert (asker.begun, asker.told) == ([1, 3], [3])
    asker.look.begin()
    asker.goes.release()
    place.bot.waitUntil(lambda: not asker.look.busy, timeout=10_000)
    assert asker.told == [3, 3]


def test_a_failure_is_told_and_the_next_look_begins(place: Place, asker: Asker) -> None:
    asker.wanted = -1
    asker.look.begin()
    asker.goes.release()
    place.bot.waitUntil(lambda: not asker.look.busy, timeout=10_000)
    assert [type(one) for one in asker.failures] == [ValueError]
    asker.wanted = 4
    asker.look.begin()
    asker.goes.release()
    place.bot.waitUntil(lambda: not asker.look.busy, timeout=10_000)
    assert asker.told == [4]
