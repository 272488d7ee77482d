"""The outbox: order, waiting, crash-safety of batches, and queries that stay flat."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import schema
from ledger.outbox import _DUE, CLOCK_SLACK, Backlog, Batch, Outbox

NOW = 1_800_000_000.0
AT = "2026-11-20T09:00:00.000+08:00"


class Ledger:
    """The real schema, filled with the least that an outbox needs."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        schema.migrate(self.connection)
        self.outbox = Outbox(self.connection)
        self.seq = 0

    def add(self, *packs: int, payload: bytes = b"{}") -> int:
        """An event about these packs; its id tells its number."""
        self.seq += 1
        execute = self.connection.execute
        at = f"2026-11-20T09:00:{self.seq % 60:02d}.000+08:00"
        execute("INSERT INTO event VALUES (?, ?, 'receive', ?, x'', x'')", (self.seq, f"e{self.seq}", at))
        for pack in packs:
            execute("INSERT INTO pack_event VALUES (?, ?)", (pack, self.seq))
        self.outbox.put(self.seq, f"e{self.seq}", payload)
        return self.seq

    def open_batches(self) -> tuple[Batch, ...]:
        """All that may have reached the platform."""
        found = (self.outbox.open_batch(one) for one in self.outbox.open_ids())
        return tuple(batch for batch in found if batch is not None)

    def next(self, events: int = 50, size: int = 65536, now: float = NOW) -> Batch | None:
        return self.outbox.next_batch(now, AT, events, size)

    def state(self, seq: int) -> str:
        state: str = self.connection.execute("SELECT state FROM outbox WHERE seq = ?", (seq,)).fetchone()[0]
        return state


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    made = Ledger()
    yield made
    made.connection.close()


def seqs(batch: Batch | None) -> list[int]:
    return [parcel.seq for parcel in batch.parcels] if batch else []


def test_what_is_due_goes_in_order_and_once(ledger: Ledger) -> None:
    for pack in range(5):
        ledger.add(pack)
    first, second = ledger.next(events=3), ledger.next(events=3)
    assert (seqs(first), seqs(second)) == ([1, 2, 3], [4, 5])
    assert ledger.next() is None


def test_a_batch_is_bounded_in_bytes_but_never_empty(ledger: Ledger) -> None:
    for pack, size in enumerate((40, 40, 40, 500, 10)):
        ledger.add(pack, payload=b"x" * size)
    batches = []
    while batch := ledger.next(size=100):
        batches.append(seqs(batch))
    assert batches == [[1, 2], [3], [4], [5]]


def test_a_later_event_of_a_pack_waits_for_the_earlier_one(ledger: Ledger) -> None:
    ledger.add(1)
    ledger.add(1)
    ledger.add(2)
    batch = ledger.next()
    assert seqs(batch) == [1, 3]
    assert ledger.next() is None
    assert batch is not None
    ledger.outbox.accept(batch.batch_id)
    assert seqs(ledger.next()) == [2]


def test_a_parked_event_holds_up_its_packs_and_nothing_else(ledger: Ledger) -> None:
    ledger.add(1, 2)
    batch = ledger.next()
    assert batch is not None
    ledger.outbox.park(batch.batch_id, [("e1", "")], "refused")
    ledger.add(2)
    ledger.add(3)
    ledger.add(2, 3)
    ledger.add(4)
    got = ledger.next()
    assert seqs(got) == [3, 5]
    assert got is not None
    ledger.outbox.accept(got.batch_id)
    assert ledger.next() is None
    assert ledger.outbox.retry_parked("e1")
    assert not ledger.outbox.retry_parked("e1")
    assert seqs(ledger.next()) == [1]


def test_a_declaration_waits_for_its_original(ledger: Ledger) -> None:
    ledger.add(1)
    ledger.outbox.put(1, "e1", b"{void}", "2026-11-20T10:00:00Z")
    first = ledger.next()
    assert first is not None
    assert [parcel.declaration_time for parcel in first.parcels] == [""]
    assert ledger.next() is None
    ledger.outbox.accept(first.batch_id)
    second = ledger.next()
    assert second is not None
    assert [parcel.key for parcel in second.parcels] == [("e1", "2026-11-20T10:00:00Z")]


def test_the_same_record_is_never_put_twice(ledger: Ledger) -> None:
    ledger.add(1)
    with pytest.raises(sqlite3.IntegrityError):
        ledger.outbox.put(1, "e1", b"{}")


def test_an_open_batch_outlives_everything_until_it_is_settled(ledger: Ledger) -> None:
    for pack in range(3):
        ledger.add(pack, payload=b"p%d" % pack)
    batch = ledger.next()
    assert batch is not None
    assert ledger.open_batches() == (batch,)
    ledger.outbox.note_job(batch.batch_id, "http://x/capture/1")
    (again,) = ledger.open_batches()
    assert again.job_url == "http://x/capture/1"
    assert [parcel.payload for parcel in again.parcels] == [b"p0", b"p1", b"p2"]
    assert ledger.outbox.accept(batch.batch_id, [("e1", "")]) == 1
    (rest,) = ledger.open_batches()
    assert seqs(rest) == [2, 3]
    assert ledger.outbox.accept(batch.batch_id) == 2
    assert ledger.open_batches() == ()
    assert ledger.outbox.summary() == Backlog(0, None, 0, 3, 0)


def test_a_released_batch_is_due_again_at_its_time(ledger: Ledger) -> None:
    ledger.add(1)
    batch = ledger.next()
    assert batch is not None
    ledger.outbox.release(batch.batch_id, NOW + 60, "platform_busy")
    assert ledger.next(now=NOW + 59) is None
    assert ledger.outbox.delivery_of(1) == ("pending", "platform_busy")
    assert ledger.open_batches() == ()
    assert seqs(ledger.next(now=NOW + 60)) == [1]


def test_a_retry_time_set_by_a_wrong_clock_holds_nothing_up(ledger: Ledger) -> None:
    ledger.add(1)
    batch = ledger.next()
    assert batch is not None
    ledger.outbox.release(batch.batch_id, NOW + 300)
    back = NOW - 2 * CLOCK_SLACK  # the clock was set back by half an hour
    assert seqs(ledger.next(now=back)) == [1]


def test_a_release_after_a_part_was_accepted_keeps_that_part(ledger: Ledger) -> None:
    for pack in range(3):
        ledger.add(pack)
    batch = ledger.next()
    assert batch is not None
    ledger.outbox.accept(batch.batch_id, [("e2", "")])
    ledger.outbox.release(batch.batch_id)
    assert [ledger.state(seq) for seq in (1, 2, 3)] == ["pending", "accepted", "pending"]
    assert seqs(ledger.next()) == [1, 3]


def test_halves_are_open_batches_too(ledger: Ledger) -> None:
    for pack in range(5):
        ledger.add(pack)
    batch = ledger.next()
    assert batch is not None
    halves = ledger.outbox.split(batch.batch_id, AT)
    assert [seqs(half) for half in halves] == [[1, 2, 3], [4, 5]]
    assert ledger.open_batches() == halves
    assert ledger.outbox.summary().sent == 5


def test_failures_are_counted_by_record_and_outlive_a_split(ledger: Ledger) -> None:
    ledger.add(1)
    ledger.add(2)
    batch = ledger.next()
    assert batch is not None
    ledger.outbox.count_failure(batch.batch_id, "platform_failing")
    ledger.outbox.count_failure(batch.batch_id, "platform_failing")
    left, right = ledger.outbox.split(batch.batch_id, AT)
    assert (left.attempts, right.attempts) == (2, 2)
    assert ledger.outbox.delivery_of(2) == ("sent", "platform_failing")


def test_a_settled_record_is_not_settled_again(ledger: Ledger) -> None:
    ledger.add(1)
    batch = ledger.next()
    assert batch is not None
    assert ledger.outbox.accept(batch.batch_id, [("e1", "")]) == 1
    assert ledger.outbox.accept(batch.batch_id, [("e1", "")]) == 0
    assert ledger.outbox.park(batch.batch_id, [("e1", "")], "late") == 0
    assert ledger.state(1) == "accepted"
    assert ledger.outbox.summary().accepted == 1


def test_the_summary_tells_the_oldest_that_waits(ledger: Ledger) -> None:
    assert ledger.outbox.summary() == Backlog(0, None, 0, 0, 0)
    for pack in range(4):
        ledger.add(pack)
    batch = ledger.next(events=2)
    assert batch is not None
    ledger.outbox.park(batch.batch_id, [("e1", "")], "no")
    assert ledger.outbox.summary() == Backlog(3, "2026-11-20T09:00:02.000+08:00", 1, 0, 1)


def test_long_words_of_a_platform_are_cut(ledger: Ledger) -> None:
    ledger.add(1)
    batch = ledger.next()
    assert batch is not None
    ledger.outbox.park(batch.batch_id, [("e1", "")], "x" * 100_000)
    assert len(ledger.outbox.delivery_of(1)[1]) == 1000


def test_a_parked_record_that_is_given_up_holds_nothing_up(ledger: Ledger) -> None:
    ledger.add(1)
    batch = ledger.next()
    assert batch is not None
    ledger.outbox.park(batch.batch_id, [("e1", "")], "no")
    ledger.add(1)
    assert ledger.next() is None
    assert ledger.outbox.withdraw_parked("e1") and not ledger.outbox.withdraw_parked("e1")
    assert ledger.outbox.is_withdrawn("e1") and not ledger.outbox.retry_parked("e1")
    assert ledger.outbox.delivery_of(1) == ("withdrawn", "no")
    backlog = ledger.outbox.summary()
    assert (backlog.parked, backlog.pending) == (0, 1)
    assert seqs(ledger.next()) == [2]


def test_an_unknown_event_has_no_delivery(ledger: Ledger) -> None:
    assert ledger.outbox.delivery_of(7) == ("", "")


events_of_packs = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True), max_size=14)
fates = st.lists(st.sampled_from(["accept", "park", "release", "split", "leave"]), max_size=40)


@settings(max_examples=60, deadline=None)
@given(events_of_packs, fates, st.integers(1, 4))
def test_whatever_happens_a_pack_is_told_in_order_and_nothing_is_lost(
    history: list[list[int]], fate: list[str], width: int
) -> None:
    ledger = Ledger()
    try:
        for packs in history:
            ledger.add(*packs)
        told: list[int] = []
        parked: set[int] = set()
        for step in fate:
            batch = ledger.next(events=width)
            if batch is None:
                batches = ledger.open_batches()
                if not batches:
                    break
                batch = batches[0]
            assert [a < b for a, b in pairwise(seqs(batch))] == [True] * (len(batch.parcels) - 1)
            for seq in seqs(batch):
                earlier = [n for n in range(1, seq) if set(history[n - 1]) & set(history[seq - 1])]
                assert set(earlier) <= set(told), "an earlier event of the same pack has not been told"
            match step:
                case "accept":
                    ledger.outbox.accept(batch.batch_id)
                    told += seqs(batch)
                case "park":
                    ledger.outbox.park(batch.batch_id, [batch.parcels[0].key], "no")
                    parked.add(batch.parcels[0].seq)
                case "release":
                    ledger.outbox.release(batch.batch_id)
                case "split":
                    ledger.outbox.split(batch.batch_id, AT)
        summary = ledger.outbox.summary()
        assert summary.accepted == len(told) == len(set(told))
        assert summary.parked == len(parked)
        assert summary.pending + summary.parked + summary.accepted == len(history)
        every = range(1, len(history) + 2)
        states = {seq: ledger.outbox.delivery_of(seq)[0] for seq in every}
        assert ledger.outbox.states_of(tuple(every)) == states
    finally:
        ledger.connection.close()


def test_no_query_walks_through_what_is_accepted(ledger: Ledger) -> None:
    statements = []
    ledger.connection.set_trace_callback(statements.append)
    ledger.add(1)
    batch = ledger.next()
    assert batch is not None
    ledger.outbox.note_job(batch.batch_id, "u")
    ledger.open_batches()
    ledger.outbox.count_failure(batch.batch_id, "e")
    ledger.outbox.split(batch.batch_id, AT)
    (half,) = ledger.open_batches()
    ledger.outbox.park(half.batch_id, [("e1", "")], "e")
    ledger.outbox.retry_parked("e1")
    again = ledger.next()
    assert again is not None
    ledger.outbox.release(again.batch_id)
    again = ledger.next()
    assert again is not None
    ledger.outbox.accept(again.batch_id)
    ledger.outbox.summary()
    ledger.outbox.delivery_of(1)
    ledger.outbox.states_of((1, 2, 3))
    ledger.connection.set_trace_callback(None)
    asked = {sql for sql in statements if "outbox" in sql or "batch" in sql}
    assert len(asked) > 12
    for sql in (*asked, _DUE):
        values = {"now": NOW, "far": NOW + 1} if sql is _DUE else ()
        plan = [row[3] for row in ledger.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
        for line in plan:
            whole = line.startswith("SCAN") and not line.endswith(
                ("USING INDEX outbox_open", "USING COVERING INDEX outbox_open", "USING INDEX batch_open")
            )
            assert not whole, f"{line} in {sql}"
            assert "AUTOMATIC" not in line, f"{line} in {sql}"


def test_work_does_not_grow_with_what_is_accepted(ledger: Ledger) -> None:
    """Counted in steps of SQLite's machine, not in time."""

    def steps() -> int:
        counted = 0

        def count() -> int:
            nonlocal counted
            counted += 1
            return 0

        base = ledger.seq
        for pack in range(10):
            ledger.add(base + pack)
        ledger.connection.set_progress_handler(count, 1)
        batch = ledger.next()
        ledger.outbox.summary()
        assert batch is not None
        ledger.outbox.accept(batch.batch_id)
        ledger.connection.set_progress_handler(None, 0)
        assert len(batch.parcels) == 10
        return counted

    few = steps()
    ledger.connection.execute("BEGIN")
    for pack in range(20_000):
        ledger.add(1_000_000 + pack)
    ledger.connection.execute("COMMIT")
    while batch := ledger.next(events=5000, size=10**9):
        ledger.outbox.accept(batch.batch_id)
    many = steps()
    assert many < 1.5 * few
