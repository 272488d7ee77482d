"""The audit finds what somebody else than an event has changed, says where, and finds nothing in a whole ledger."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.audit import Finding, audit, audit_file, check
from ledger.backup import back_up
from ledger.errors import EnvironmentFault, LedgerDamaged, LedgerForeign, TraceDeskError
from ledger.event import EventKind
from ledger.link import link
from ledger.record import record
from ledger.stages import Cancelled
from ledger.store import FILE, Store
from tests.ledger.counter import Counter, gs1


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger at rest in which something of everything has happened."""
    counter = Counter(tmp_path_factory.mktemp("used") / "home")
    try:
        for number in range(12):
            counter.receive(gs1(f"S{number}"), document=f"PO-{number % 2}")
        counter.dispense(gs1("S0"), document="RX-1")
        counter.receive(gs1("S1"))  # repeated
        counter.receive("nonsense")  # refused
        counter.store(lambda store: record(store, counter.clock, EventKind.SIGNED_IN, "op-1"))
        counter.dispense(gs1("S2"), document="RX-2")

        def confirm(store: Store) -> None:
            for seq in (3, 9):
                store.anchor(seq, store.hash_at(seq) or b"", "2026-11-20", "platform")

        counter.store(confirm)
    finally:
        counter.close()
    return counter.home


@pytest.fixture
def home(used: Path, tmp_path: Path) -> Path:
    shutil.copytree(used, tmp_path / "home")
    return tmp_path / "home"


def forge(home: Path, *statements: str) -> None:
    """Change the file as somebody with SQLite's shell would, triggers or not."""
    with closing(sqlite3.connect(home / FILE, isolation_level=None)) as forger:
        triggers = forger.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            forger.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            forger.execute(statement)
        for _, made in triggers:
            forger.execute(made)


def only(finding: Finding) -> tuple[str, int | None]:
    assert len(finding.faults) == 1, finding.faults
    return finding.faults[0].code, finding.faults[0].seq


def test_a_whole_ledger_is_whole(home: Path) -> None:
    finding = audit(home)
    assert finding.whole and finding.chain_ok and finding.projection_ok
    assert (finding.events, finding.anchors, finding.doubtful, finding.broken_at) == (15, 2, 0, None)
    assert finding == audit_file(home / FILE)


def test_an_open_ledger_is_audited_from_inside_too(counter: Counter) -> None:
    counter.receive(gs1())
    assert counter.writer.run(check).whole
    assert counter.receive(gs1("S2")).outcome == "accepted"


def test_what_is_no_ledger(tmp_path: Path) -> None:
    assert audit(tmp_path / "absent").whole
    (tmp_path / FILE).write_bytes(b"")
    assert audit(tmp_path).whole
    (tmp_path / FILE).write_text("Dear mother, this is no ledger.")
    with pytest.raises(LedgerForeign):
        audit(tmp_path)


CHAIN: dict[str, tuple[str, str, int]] = {
    "a body": (
        "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'op-1', 'op-2') AS BLOB) WHERE seq = 7",
        "audit_changed",
        7,
    ),
    "a hash": ("UPDATE event SET hash = randomblob(32) WHERE seq = 7", "audit_changed", 7),
    "the kind beside the body": ("UPDATE event SET kind = 'move' WHERE seq = 7", "audit_columns", 7),
    "the time beside the body": ("UPDATE event SET at = '2020' WHERE seq = 7", "audit_columns", 7),
    "an event removed": ("DELETE FROM event WHERE seq = 7", "audit_missing", 7),
    "several events removed": ("DELETE FROM event WHERE seq BETWEEN 7 AND 9", "audit_missing", 7),
    "the first event removed": ("DELETE FROM event WHERE seq = 1", "audit_missing", 1),
    "the last events removed": ("DELETE FROM event WHERE seq > 8", "audit_cut", 9),
    "an anchor of another history": (
        "UPDATE anchor SET hash = randomblob(32) WHERE seq = 9",
        "audit_anchor",
        9,
    ),
    "the ledger's name": ("UPDATE meta SET value = 'x' WHERE name = 'ledger_id'", "audit_other_ledger", 15),
}


@pytest.mark.parametrize("what", CHAIN)
def test_a_broken_chain_is_located(home: Path, what: str) -> None:
    statement, code, seq = CHAIN[what]
    forge(home, statement)
    finding = audit(home)
    assert not finding.chain_ok and finding.broken_at == seq
    assert (finding.faults[0].code, finding.faults[0].seq) == (code, seq)


def test_a_numbers_change_of_place_is_found(home: Path) -> None:
    forge(home, "UPDATE event SET seq = 99 WHERE seq = 7", "UPDATE event SET seq = 7 WHERE seq = 8")
    assert audit(home).broken_at == 7


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("DROP TRIGGER event_no_update", "event_no_update"),
        (
            "CREATE TRIGGER quiet AFTER INSERT ON outbox"
            " BEGIN UPDATE outbox SET state = 'accepted' WHERE seq = NEW.seq; END",
            "quiet",
        ),
        ("DROP INDEX outbox_open", "outbox_open"),
    ],
)
def test_a_rule_taken_out_of_the_file_or_put_into_it_is_found(home: Path, statement: str, name: str) -> None:
    with closing(sqlite3.connect(home / FILE, isolation_level=None)) as forger:
        forger.execute(statement)
    finding = audit(home)
    assert [(fault.code, fault.params) for fault in finding.faults] == [("audit_schema", (("name", name),))]
    with pytest.raises(LedgerDamaged) as caught:
        back_up(home, home / "backup.sqlite3")
    assert caught.value.params["fault"] == "audit_schema"


def test_what_others_keep_in_the_file_beside_ours_is_let_be(home: Path) -> None:
    with closing(sqlite3.connect(home / FILE, isolation_level=None)) as guest:
        guest.execute("CREATE INDEX theirs ON pack (serial)")
        guest.execute("CREATE TABLE notes (words TEXT)")
        guest.execute("ANALYZE")
    assert audit(home).whole


def rewrite(home: Path, edit: Callable[[dict[str, object]], None], at: int, upto: int) -> None:
    """Change an event and chain everything after it anew, as a careful forger would."""
    with closing(sqlite3.connect(home / FILE, isolation_level=None)) as forger:
        (rule,) = forger.execute("SELECT sql FROM sqlite_schema WHERE name = 'event_no_update'").fetchone()
        forger.execute("DROP TRIGGER event_no_update")
        rows = forger.execute("SELECT seq, body, hash FROM event ORDER BY seq").fetchall()
        previous = bytes(32)
        for seq, body, digest in rows:
            if seq == at:
                raw = json.loads(body)
                edit(raw)
                body = json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()  # noqa: PLW2901
            if at <= seq <= upto:
                digest = link(previous, body)  # noqa: PLW2901
                forger.execute("UPDATE event SET body = ?, hash = ? WHERE seq = ?", (body, digest, seq))
            previous = digest
        forger.execute(rule)


def test_a_history_written_anew_is_caught_by_the_anchors(home: Path) -> None:
    rewrite(home, lambda raw: raw.update(operator="op-2"), 5, 99)
    finding = audit(home)
    assert (finding.chain_ok, finding.broken_at) == (False, 9)
    assert only(finding) == ("audit_anchor", 9)


def test_an_event_that_cannot_have_happened_is_found(home: Path) -> None:
    def dispense_twice(raw: dict[str, object]) -> None:
        raw["packs"][0]["key"] = "gs1:09521234000013/S0"  # type: ignore[index]

    rewrite(home, dispense_twice, 15, 99)
    finding = audit(home)
    assert (finding.chain_ok, finding.projection_ok, finding.broken_at) == (True, False, 15)
    assert finding.faults[0].code == "audit_impossible"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pack SET state = 'dispensed' WHERE pack_id = 4",
        "UPDATE pack SET lot = 'L9' WHERE pack_id = 4",
        "UPDATE pack SET expiry = '2099-01-01' WHERE pack_id = 4",
        "UPDATE pack SET last_seq = 3 WHERE pack_id = 4",
        "UPDATE pack SET place = 'ELSEWHERE' WHERE pack_id = 4",
        "INSERT INTO pack SELECT 99, key, state, product, serial, lot, expiry, expiry_precision, level, units,"
        " remaining, out, parent, place, last_seq FROM pack WHERE pack_id = 4",
        "UPDATE pack_code SET pack_id = 5 WHERE pack_id = 4",
        "INSERT INTO pack_code VALUES ('gs1:other/1', 4)",
        "DELETE FROM pack_event WHERE pack_id = 4",
        "UPDATE progress SET packs = 7 WHERE seq = 4",
        "DELETE FROM progress_sum",
    ],
)
def test_a_changed_projection_is_found(home: Path, statement: str) -> None:
    forge(home, statement)
    finding = audit(home)
    assert (finding.chain_ok, finding.projection_ok) == (True, False)
    assert only(finding)[0] == "audit_stock_differs"


@pytest.mark.parametrize(
    ("statement", "code", "seq"),
    [
        ("UPDATE outbox SET payload = 'x' WHERE seq = 4", "audit_payload", 4),
        ("UPDATE outbox SET payload_sha256 = randomblob(32) WHERE seq = 4", "audit_payload", 4),
        ("UPDATE outbox SET event_id = 'x' WHERE seq = 4", "audit_payload", 4),
        ("DELETE FROM outbox WHERE seq = 4", "audit_undelivered", 4),
        ("UPDATE raw_scan SET seq = 3 WHERE scan_id = 4", "audit_scan_changed", None),
        ("UPDATE raw_scan SET text = CAST('x' AS BLOB) WHERE scan_id = 4", "audit_scan_changed", None),
        ("UPDATE raw_scan SET outcome = 'accepted' WHERE scan_id = 15", "audit_scan_changed", None),
        ("DELETE FROM raw_scan WHERE scan_id = 14", "audit_scans_missing", None),
    ],
)
def test_outbox_and_scans_are_complete(home: Path, statement: str, code: str, seq: int | None) -> None:
    forge(
        home,
        statement.replace("'x' WHERE seq", "CAST('x' AS BLOB) WHERE seq")
        if "payload =" in statement
        else statement,
    )
    finding = audit(home)
    assert (finding.chain_ok, finding.projection_ok) == (True, True)
    assert only(finding) == (code, seq)


def test_the_audit_can_be_watched_and_stopped(home: Path) -> None:
    stages: list[str] = []
    audit(home, lambda stage, done, total: stages.append(stage))
    assert stages.index("audit_chain") < stages.index("audit_stock") < stages.index("audit_outbox")
    for stop_at in sorted(set(stages)):

        def stop(stage: str, done: int, total: int, stop_at: str = stop_at) -> None:
            if stage == stop_at:
                raise Cancelled

        with pytest.raises(Cancelled):
            audit(home, stop)


def test_the_audit_reads_one_moment_beside_a_writer(counter: Counter) -> None:
    counter.receive(gs1("A"))

    def scan(stage: str, done: int, total: int) -> None:
        if stage in ("audit_chain", "audit_stock"):
            counter.receive(gs1(f"{stage}{done}"))

    finding = audit(counter.home, scan)
    assert finding.whole and finding.events == 1
    assert audit(counter.home).events == 3


# Flipped bytes

TABLES = (
    "event",
    "raw_scan",
    "pack",
    "pack_code",
    "pack_event",
    "outbox",
    "anchor",
    "progress",
    "progress_sum",
    "progress_end",
)


def content(path: Path) -> dict[str, object] | None:
    """What the proved tables say, read with all of SQLite's good will; None where it cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
            found: dict[str, object] = {
                table: hashlib.sha256(
                    repr(connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()).encode()
                ).hexdigest()
                for table in TABLES
            }
            return found
    except (sqlite3.Error, OverflowError, UnicodeDecodeError):
        return None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_bit_anywhere_in_the_file_is_found_or_changes_nothing(
    used: Path, tmp_path: Path, data: st.DataObject
) -> None:
    folder = tmp_path / "flipped"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    whole = bytearray((used / FILE).read_bytes())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= 1 << data.draw(st.integers(0, 7))
    (folder / FILE).write_bytes(whole)
    before, after = content(used / FILE), content(folder / FILE)
    with suppress(LedgerForeign, EnvironmentFault, TraceDeskError):  # refused at the door: found
        finding = audit(folder)
        assert not finding.whole or after == before, f"byte {at}"


def test_an_unreadable_page_is_located_to_the_event(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    for number in range(120):
        counter.receive(gs1(f"S{number}"))
    counter.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'event'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    whole = bytearray((tmp_path / FILE).read_bytes())
    # An interior page of a table ends with its cells: number of the child page, then its highest key.
    start = (root - 1) * size
    assert whole[start] == 5, "the table is larger than a page"
    middle = int.from_bytes(whole[start + 3 : start + 5], "big") // 2
    cell = int.from_bytes(whole[start + 12 + 2 * middle : start + 14 + 2 * middle], "big")
    child = int.from_bytes(whole[start + cell : start + cell + 4], "big")
    whole[(child - 1) * size : (child - 1) * size + 8] = bytes(8)
    (tmp_path / FILE).write_bytes(whole)
    finding = audit(tmp_path)
    assert not finding.chain_ok and finding.faults[0].code == "audit_file"
    assert finding.broken_at is not None and 20 < finding.broken_at < 120


def null(home: Path, column: int) -> None:
    """Make a column of the last event NULL, as one flipped bit of its record's head may: no table forbids that."""
    with closing(sqlite3.connect(home / FILE)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'event'").fetchone()
    whole = bytearray((home / FILE).read_bytes())
    page = (root - 1) * 4096
    while whole[page] == 5:  # down the right edge of the tree, to the page of the last row
        page = (int.from_bytes(whole[page + 8 : page + 12], "big") - 1) * 4096
    cells = int.from_bytes(whole[page + 3 : page + 5], "big")
    at = page + int.from_bytes(whole[page + 6 + 2 * cells : page + 8 + 2 * cells], "big")

    def varint() -> None:
        nonlocal at
        while whole[at] & 0x80:
            at += 1
        at += 1

    for _ in range(3 + column):  # length of the record, its number, length of its head, the columns before
        varint()
    start = at
    varint()
    whole[start:at] = bytes([0x80] * (at - start - 1)) + b"\0"
    (home / FILE).write_bytes(whole)


@pytest.mark.parametrize("column", ["event_id", "kind", "at", "body"])
def test_a_column_that_cannot_be_null_and_is_stops_nobody_from_saying_so(home: Path, column: str) -> None:
    null(home, ["seq", "event_id", "kind", "at", "body", "hash"].index(column))
    with closing(sqlite3.connect(home / FILE)) as connection:
        rows = connection.execute(f"SELECT {column} FROM event ORDER BY seq DESC LIMIT 1").fetchall()
    assert rows == [(None,)]
    finding = audit(home)
    assert not finding.whole


def test_a_message_of_sqlites_that_is_no_text_is_damage_too(used: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    whole = (used / FILE).read_bytes()
    assert whole.count(b"CREATE INDEX pack_product") == 1
    (tmp_path / "home" / FILE).write_bytes(
        whole.replace(b"CREATE INDEX pack_product", b"CREATE INDEX pack_pr\xefduct")
    )
    with suppress(TraceDeskError):
        assert not audit(tmp_path / "home").whole
