"""One attempt at reading, and what it will cost: a decoder cannot be interrupted, so the clock is asked
before."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from scanner.read import Read

Clock = Callable[[], float]
"""Seconds that only ever grow."""


@dataclass(frozen=True, slots=True)
class Step:
    """An attempt that has not been made yet."""

    cost_ms: float
    """What it takes on a processor of two GHz; the true speed is learnt while steps run."""
    run: Callable[[], list[Read]]


def pieces(work: Iterator[list[Read]], cost_ms: float) -> Iterator[Step]:
    """A long attempt as many steps, so that the clock is asked between its pieces of about `cost_ms` each.

    `work` yields what each piece has read, mostly nothing. Ends with the work, or where a piece was left out.
    """
    ended = ran = False

    def run() -> list[Read]:
        nonlocal ended, ran
        ran = True
        try:
            return next(work)
        except StopIteration:
            ended = True
            return []

    while not ended:
        ran = False
        yield Step(cost_ms, run)
        if not ran:
            return


def run_until(
    steps: Iterable[Step], deadline: float | None, clock: Clock = time.monotonic
) -> Iterator[list[Read]]:
    """Run the steps in order and yield what each read; those that would end after the deadline are left out.

    `deadline` in seconds of the clock, None for no limit.
    """
    spent = planned = 1.0
    for step in steps:
        began = clock()
        if deadline is not None:
            if began >= deadline:
                return
            if began + step.cost_ms * (spent / planned) / 1000 > deadline:
                continue
        yield step.run()
        spent += (clock() - began) * 1000
        planned += step.cost_ms
