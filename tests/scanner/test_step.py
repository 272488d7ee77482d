"""The clock is asked before every attempt, and between the pieces of a long one."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.read import Read
from scanner.step import Step, pieces, run_until

READ = Read("DataMatrix", b"x", "x", "]d1", ((0, 0), (1, 0), (1, 1), (0, 1)), "zxing")


class _Clock:
    """Goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def spend(self, seconds: float) -> list[Read]:
        self.now += seconds
        return []


def test_without_a_deadline_everything_is_run() -> None:
    clock = _Clock()
    steps = [Step(1000, lambda: clock.spend(1)) for _ in range(20)]
    assert list(run_until(steps, None, clock)) == [[]] * 20


def test_nothing_is_begun_that_would_end_too_late() -> None:
    clock = _Clock()
    steps = [
        Step(10, lambda: clock.spend(0.01)),
        Step(500, lambda: clock.spend(0.5)),
        Step(10, lambda: [READ]),
    ]
    assert list(run_until(steps, 0.1, clock)) == [[], [READ]]


def test_the_speed_of_the_machine_is_learnt() -> None:
    clock = _Clock()
    steps = [Step(10, lambda: clock.spend(0.03)) for _ in range(10)]  # three times as slow as planned
    assert len(list(run_until(steps, 0.1, clock))) == 3
    assert clock.now <= 0.1


def test_a_long_attempt_ends_at_the_deadline_and_later_ones_still_have_their_chance() -> None:
    clock, done = _Clock(), []

    def work() -> Iterator[list[Read]]:
        for piece in range(100):
            done.append(piece)
            yield clock.spend(0.01)

    def steps() -> Iterator[Step]:
        yield from pieces(work(), 10)
        yield Step(0.1, lambda: [READ])

    results = list(run_until(steps(), 0.0985, clock))
    assert len(done) == 9
    assert results[-1] == [READ]


def test_a_long_attempt_gives_what_its_pieces_read() -> None:
    clock = _Clock()
    assert list(run_until(pieces(iter([[], [READ], []]), 1), 1.0, clock)) == [[], [READ], [], []]
