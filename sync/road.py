"""What delivery stands on: the ledger's books inside a transaction of its writer, and a road to one platform.

`sync/platform.py` is the road of EPCIS; another national interface would be another one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from ledger.outbox import Outbox
from sync.platform import Abilities, Job, Receipt

T = TypeVar("T")


class Books(Protocol):
    """What delivery needs of the ledger, inside one transaction of its writer."""

    @property
    def outbox(self) -> Outbox:
        """What is to be delivered."""
        ...

    def note(self, name: str, value: str) -> None:
        """Remember a small fact."""
        ...

    def noted(self, name: str) -> str | None:
        """What was remembered."""
        ...


Park = Callable[[int, list[tuple[str, str]], str], int]
"""Sets records of a batch aside with the platform's words, in one transaction; returns how many were."""


class Run(Protocol):
    """Executes a job in the writer's transaction and returns its result after COMMIT."""

    def __call__(self, job: Callable[[Books], T], /) -> T:
        """Run the job and wait for it."""
        ...


class Road(Protocol):
    """The adapter of one kind of platform: `sync/platform.py` is the EPCIS one."""

    def options(self) -> Abilities | None:
        """What the platform can do."""
        ...

    def capture(self, document: bytes) -> Receipt:
        """Hand over a document."""
        ...

    def job(self, url: str) -> Job:
        """What became of it."""
        ...

    def events(self, event_ids: Sequence[str]) -> list[dict[str, object]] | None:
        """What the platform holds under these ids."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...

    def abort(self) -> None:
        """End the request under way; callable from any thread."""
        ...
