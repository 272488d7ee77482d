"""The ledger of a running program, read beside the program that writes it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from ledger.event import Event
from ledger.store import Store, open_reader

T = TypeVar("T")


def look(home: Path, question: Callable[[Store], T]) -> T:
    """Ask the ledger."""
    with closing(open_reader(home)) as store:
        return question(store)


def events(home: Path) -> list[Event]:
    """All that it has recorded."""
    return look(home, lambda store: [Event.from_canonical(body) for _, body, _ in store.chain()])
