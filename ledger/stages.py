"""How long work tells how far it is, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called now and then with the stage's code word, how much of it is done and of how much (0 where unknown).
Raises Cancelled to stop the work; what was begun is then taken back."""


class Cancelled(Exception):
    """The work was told to stop."""


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
