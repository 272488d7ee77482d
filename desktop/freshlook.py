"""Looking something up that may change meanwhile: asked again while it goes on, it looks once more afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from desktop.room import Room
from ledger.store import Store

T = TypeVar("T")


class FreshLook(Generic[T]):
    """Has one look under way at most, and tells only an answer to what was asked last."""

    def __init__(
        self,
        room: Room,
        wanted: Callable[[], Callable[[Store], T]],
        then: Callable[[T], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """`wanted` says, each time a look begins, what the reader is to do."""
        self._room, self._wanted, self._then, self._failed = room, wanted, then, failed
        self._again = False
        self.busy = False
        """Whether a look is under way."""

    def begin(self) -> None:
        """Look it up; where a look is under way, once more after it."""
        if self.busy:
            self._again = True
        elif self._room.look(self._wanted(), self._come, self._gone_wrong) is not None:
            self.busy, self._again = True, False

    def _come(self, answer: T) -> None:
        self.busy = False
        if self._again:
            self.begin()
        else:
            self._then(answer)

    def _gone_wrong(self, error: BaseException) -> None:
        self.busy = False
        self._failed(error)
