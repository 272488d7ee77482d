"""The file itself: append-only, refused when foreign or newer, whole after any fault."""

from __future__ import annotations

import sqlite3
import stat
import threading
from datetime import date
from pathlib import Path

import pytest

from ledger.audit import audit
from ledger.capture import Outcome, Scanned, capture
from ledger.codes.code import Entry
from ledger.errors import DiskFull, EnvironmentFault, LedgerDamaged, LedgerForeign, LedgerLocked, LedgerNewer
from ledger.event import EventKind
from ledger.record import record
from ledger.store import FILE, Store, open_reader, open_store
from ledger.writer import Writer
from tests.ledger.counter import GTIN, Counter, gs1, intent_of, rows


def connect(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(home / FILE, isolation_level=None)


@pytest.mark.parametrize("table", ["event", "raw_scan"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {0} SET at = ''", "DELETE FROM {0}", "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"]
)
def test_facts_are_append_only(counter: Counter, table: str, statement: str) -> None:
    counter.receive(gs1())

    def meddle(store: object) -> None:
        store._connection.execute(statement.format(table))  # type: ignore[attr-defined]

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        counter.store(meddle)


def test_durability_settings_are_on(counter: Counter) -> None:
    def pragmas(store: object) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "recursive_triggers", "foreign_keys", "wal_autocheckpoint")
        return {name: store._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}  # type: ignore[attr-defined]

    assert counter.store(pragmas) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "recursive_triggers": 1,
        "foreign_keys": 1,
        "wal_autocheckpoint": 0,
    }


def test_files_are_for_the_owner_alone(counter: Counter) -> None:
    assert stat.S_IMODE((counter.home / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(counter.home.stat().st_mode) == 0o700


def test_second_writer_is_turned_away_and_readers_are_not(counter: Counter) -> None:
    counter.receive(gs1())
    with pytest.raises(LedgerLocked) as caught:
        Writer(counter.home)
    assert caught.value.code == "ledger_locked"
    reader = open_reader(counter.home)
    try:
        assert reader.head.seq == 1
        with pytest.raises(sqlite3.OperationalError):
            reader.note("a", "b")
    finally:
        reader.close()


def test_a_writer_killed_in_opening_frees_the_folder(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all, but long enough")
    with pytest.raises(LedgerForeign):
        Writer(tmp_path)
    (tmp_path / FILE).unlink()
    Writer(tmp_path).close()


def test_foreign_file_is_left_alone(tmp_path: Path) -> None:
    words = b"Dear diary, this is no database."
    (tmp_path / FILE).write_bytes(words)
    with pytest.raises(LedgerForeign):
        open_store(tmp_path)
    assert (tmp_path / FILE).read_bytes() == words


def test_foreign_database_is_left_alone(tmp_path: Path) -> None:
    other = connect(tmp_path)
    other.execute("CREATE TABLE recipe (name TEXT)")
    other.close()
    with pytest.raises(LedgerForeign):
        open_store(tmp_path)


def test_newer_ledger_is_refused_untouched(tmp_path: Path) -> None:
    Writer(tmp_path).close()
    newer = connect(tmp_path)
    newer.execute("PRAGMA user_version=99")
    newer.close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(LedgerNewer) as caught:
        open_store(tmp_path)
    assert caught.value.params == {"found": "99", "known": "1"}
    assert (tmp_path / FILE).read_bytes() == before


def test_torn_file_is_damaged_not_a_traceback(counter: Counter) -> None:
    for number in range(200):
        counter.receive(gs1(f"S{number}"))
    counter.close()
    path = counter.home / FILE
    whole = bytearray(path.read_bytes())
    for at in range(4096, len(whole), 4096):
        whole[at : at + 64] = bytes(range(64))
    path.write_bytes(whole)
    with pytest.raises((LedgerDamaged, EnvironmentFault)):
        Writer(counter.home)


def test_read_only_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(EnvironmentFault) as caught:
        Writer(tmp_path / "home")
    assert caught.value.code == "home_unwritable"


def test_full_disk_loses_nothing_and_goes_on_when_there_is_room(counter: Counter) -> None:
    counter.receive(gs1("before"))

    def pages(store: object, limit: int) -> int:
        connection = store._connection  # type: ignore[attr-defined]
        return int(connection.execute(f"PRAGMA max_page_count={limit}").fetchone()[0])

    used = counter.store(lambda store: store._connection.execute("PRAGMA page_count").fetchone()[0])  # type: ignore[attr-defined]
    counter.store(lambda store: pages(store, used))  # type: ignore[arg-type]
    saved = 1
    with pytest.raises(DiskFull) as caught:  # noqa: PT012 - how many fit is what is found out
        for number in range(1000):
            counter.receive(gs1(f"S{number}"))
            saved += 1
    assert caught.value.code == "disk_full"
    counter.store(lambda store: pages(store, 10**6))
    assert counter.receive(gs1("after")).outcome == "accepted"
    assert counter.store(lambda store: store.head.seq) == saved + 1
    counter.close()
    finding = audit(counter.home)
    assert (finding.events, finding.chain_ok, finding.projection_ok) == (saved + 1, True, True)


def test_a_head_that_could_not_be_read_after_a_failed_commit_is_read_before_the_next_event(
    counter: Counter,
) -> None:
    counter.receive(gs1("S1"))
    refused: list[str] = []

    def fail(action: int, what: str | None, *_: str | None) -> int:
        commits = action == sqlite3.SQLITE_TRANSACTION and what == "COMMIT"
        if commits or (refused and action == sqlite3.SQLITE_READ and what == "event"):
            refused.append(what or "")
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    def lose(store: Store) -> None:
        wanted = intent_of(EventKind.RECEIVE)
        capture(store, counter.workplace, Scanned(gs1("S2"), Entry.WEDGE), wanted)
        store.connection.set_authorizer(fail)

    with pytest.raises(sqlite3.DatabaseError, match="event"):
        counter.store(lose)
    assert refused[:2] == ["COMMIT", "event"]
    # The disk is there again from here on; what comes next begins with the head.
    refused.clear()
    counter.store(lambda store: store.connection.set_authorizer(None))  # type: ignore[attr-defined]
    found = counter.receive(gs1("S3")).event
    assert found is not None and found.seq == 2
    counter.close()
    assert audit(counter.home).whole


def test_one_changed_byte_is_found_and_located(counter: Counter) -> None:
    for number in range(20):
        counter.receive(gs1(f"S{number}"))
    counter.close()
    forger = connect(counter.home)
    forger.execute("DROP TRIGGER event_no_update")
    forger.execute(
        "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'op-1', 'op-2') AS BLOB) WHERE seq = 13"
    )
    forger.close()
    finding = audit(counter.home)
    assert (finding.chain_ok, finding.broken_at) == (False, 13)


def test_a_changed_projection_is_found(counter: Counter) -> None:
    counter.receive(gs1())
    counter.close()
    forger = connect(counter.home)
    forger.execute("UPDATE pack SET state = 'dispensed'")
    forger.close()
    finding = audit(counter.home)
    assert (finding.chain_ok, finding.projection_ok) == (True, False)


def test_a_removed_event_is_found(counter: Counter) -> None:
    for number in range(5):
        counter.receive(gs1(f"S{number}"))
    counter.close()
    forger = connect(counter.home)
    forger.execute("DROP TRIGGER event_no_delete")
    forger.execute("DELETE FROM event WHERE seq = 3")
    forger.close()
    assert audit(counter.home).broken_at == 3


def test_jobs_that_wait_share_one_commit_and_one_failure_undoes_itself_alone(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    try:
        gate = threading.Event()
        commits: list[str] = []
        counter.store(lambda store: store._connection.set_trace_callback(commits.append))  # type: ignore[attr-defined]
        blocker = counter.writer.submit(lambda _: gate.wait(5))
        commits.clear()

        def fail(store: object) -> None:
            store.note("trace", "must be undone")  # type: ignore[attr-defined]
            raise RuntimeError("one job fails")

        jobs = [counter.writer.submit(lambda store, n=n: store.note(f"n{n}", "x")) for n in range(30)]
        bad = counter.writer.submit(fail)
        last = counter.writer.submit(lambda store: store.noted("trace"))
        gate.set()
        for job in (blocker, *jobs):
            job.result(5)
        with pytest.raises(RuntimeError, match="one job fails"):
            bad.result(5)
        assert last.result(5) is None
        assert counter.store(lambda store: store.noted("n29")) == "x"
        assert commits.count("COMMIT") <= 3
    finally:
        counter.close()


def test_close_saves_what_was_handed_over(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    jobs = [counter.writer.submit(lambda store, n=n: store.note(f"n{n}", "x")) for n in range(500)]
    counter.close()
    assert all(job.done() and job.exception() is None for job in jobs)
    with pytest.raises(EnvironmentFault):
        counter.writer.run(lambda store: store.noted("n1"))


def test_reopened_ledger_goes_on_where_it_stopped(tmp_path: Path) -> None:
    first = Counter(tmp_path)
    one = first.receive(gs1("A"))
    first.close()
    second = Counter(tmp_path)
    try:
        two = second.receive(gs1("B"))
        assert one.event is not None and two.event is not None
        assert (two.event.seq, two.event.ledger_id) == (2, one.event.ledger_id)
        known = second.store(lambda store: store.expiry_of("09521234000013", "L1"))
        assert known == (date(2028, 1, 31), "day")
    finally:
        second.close()
    assert audit(tmp_path).events == 2
    assert EventKind.RECEIVE == "receive"


def test_the_count_of_confirmed_packs_keeps_step_and_survives_what_is_undone(counter: Counter) -> None:
    counter.receive(gs1("S1"))
    counter.receive(gs1("S2"))

    def confirm(store: Store, *serials: str, fail: bool = False) -> int:
        for serial in serials:
            record(store, counter.clock, EventKind.CONFIRMED, "op-1", key=f"gs1:{GTIN}/{serial}")
        if fail:
            raise ValueError
        return store.worklist.confirmed()

    assert counter.writer.run(lambda store: store.worklist.confirmed()) == 0
    reader = open_reader(counter.home)
    assert reader.worklist.confirmed() == 0
    assert counter.writer.run(lambda store: confirm(store, "S1")) == 1
    assert reader.worklist.confirmed() == 1
    reader.close()
    assert counter.writer.run(lambda store: confirm(store, "S1")) == 1
    with pytest.raises(ValueError):
        counter.writer.run(lambda store: confirm(store, "S2", fail=True))
    assert counter.writer.run(lambda store: store.worklist.confirmed()) == 1
    assert counter.writer.run(lambda store: confirm(store, "S2")) == 2

    def contradict(store: Store) -> int:
        record(
            store,
            counter.clock,
            EventKind.TASK_OPENED,
            "op-1",
            key=f"gs1:{GTIN}/S1",
            task="contradicted",
            words="",
        )
        return store.worklist.confirmed()

    assert counter.writer.run(contradict) == 1


def test_what_the_table_does_not_know_is_refused_and_the_scan_kept(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger import pack

    counter.receive(gs1())
    table = {way: ends for way, ends in pack.TRANSITIONS.items() if way[1] is not EventKind.DISPENSE}
    monkeypatch.setattr(pack, "TRANSITIONS", table)
    answer = counter.dispense(gs1(), reason="r")
    assert answer.outcome is Outcome.REFUSED and answer.problems[0].code == "transition_unknown"
    scans = counter.store(lambda store: store.scans_of(gs1()))
    assert [one.outcome for one in scans] == ["accepted", "refused"]  # type: ignore[attr-defined]
    assert counter.store(lambda store: (store.head.seq, rows(store, "outbox"))) == (1, 1)
