"""One attempt at reading, and what it will cost: a decoder cannot be interrupted, so the clock is asked
before."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from scanner.read import Read


@dataclass(frozen=True, slots=True)
class Step:
    """An attempt that has not been made yet."""

    cost_ms: float
    """What it takes on a processor of two GHz; the true speed is learnt while steps run."""
    run: Callable[[], list[Read]]


def run_until(steps: Iterable[Step], deadline: float | None) -> Iterator[list[Read]]:
    """Run the steps in order and yield what each read; those that would end after the deadline are left out.

    `deadline` in monotonic seconds, None for no limit.
    """
    spent = planned = 1.0
    for step in steps:
        began = time.monotonic()
        if deadline is not None:
            if began >= deadline:
                return
            if began + step.cost_ms * (spent / planned) / 1000 > deadline:
                continue
        yield step.run()
        spent += (time.monotonic() - began) * 1000
        planned += step.cost_ms
