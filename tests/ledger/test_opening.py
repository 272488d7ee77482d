"""That the ledger was opened stands in the chain: each window, each change of the program, no command."""

from __future__ import annotations

from ledger.event import Event, EventKind
from ledger.opening import program_version, tell_opening
from ledger.store import Store
from tests.ledger.counter import Counter


def test_window_is_told_each_time_and_a_command_only_when_the_program_has_changed(counter: Counter) -> None:
    def tell(version: str, *, window: bool) -> Event | None:
        return counter.writer.run(
            lambda store: tell_opening(store, counter.clock, window=window, version=version)
        )

    assert tell("1", window=False) is None, "the first one to open has changed nothing"
    assert tell("1", window=False) is None
    opened = tell("1", window=True)
    assert opened is not None and opened.kind is EventKind.LEDGER_OPENED
    assert (opened.told("why"), opened.told("version"), opened.told("before")) == ("window", "1", None)
    changed = tell("2", window=False)
    assert changed is not None
    assert (changed.told("why"), changed.told("version"), changed.told("before")) == ("version", "2", "1")
    assert tell("2", window=False) is None

    def kinds(store: Store) -> list[str]:
        return [Event.from_canonical(body).kind for _, body, _ in store.chain()]

    assert counter.writer.run(kinds) == ["ledger_opened", "ledger_opened"]


def test_version_tells_program_parser_and_tables() -> None:
    assert program_version().count("/") == 2
