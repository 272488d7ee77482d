"""The backups of a folder, and what restoring one would mean, counted before anything is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger import headmark
from ledger.backup import back_up
from ledger.backups import kept_in, look_at, outlook
from ledger.errors import LedgerDamaged
from ledger.headmark import Mark
from ledger.patients import Patient, Patients
from ledger.restore import restore
from ledger.store import FILE
from tests.ledger.counter import Counter, gs1


def accept(counter: Counter, upto: int) -> None:
    counter.store(
        lambda store: store.connection.execute("UPDATE outbox SET state = 'accepted' WHERE seq <= ?", (upto,))
    )


def test_a_folder_tells_its_backups_the_latest_first(counter: Counter, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    counter.receive(gs1("A"))
    made = back_up(counter.home, folder / "one.sqlite3")
    other = Counter(tmp_path / "other")
    other.receive(gs1("Z"))
    back_up(other.home, folder / "two.sqlite3")
    other.close()
    (folder / "three.sqlite3").write_bytes(b"no ledger at all")
    (folder / "notes.txt").write_text("x")
    kept = {one.file.name: one for one in kept_in(counter.home, folder)}
    assert set(kept) == {"one.sqlite3", "two.sqlite3", "three.sqlite3"}
    one = kept["one.sqlite3"]
    assert (one.events, one.seq, one.size, one.ours, one.fault) == (
        made.events,
        made.events,
        made.size,
        True,
        "",
    )
    assert not kept["two.sqlite3"].ours and not kept["two.sqlite3"].fault
    assert kept["three.sqlite3"].fault
    assert look_at(counter.home, folder / "gone.sqlite3").fault == "backup_gone"
    assert kept_in(counter.home, tmp_path / "nowhere") == ()
    assert len(kept_in(counter.home, folder, most=1)) == 1
    assert all(one.ours for one in kept_in(tmp_path / "empty home", folder) if not one.fault)


def test_what_would_be_lost_is_counted_by_where_else_it_is(counter: Counter, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite3"
    counter.receive(gs1("A"))
    counter.store(lambda store: Patients.of(store).put("9a7d1c52-5a36-4e0e-8f2b-2f6f3f0c7d11", Patient("王")))
    back_up(counter.home, file)
    kept = look_at(counter.home, file)
    same = outlook(counter.home, kept)
    assert (same.proved, same.after, same.delivered, same.alone, same.sealed) == (kept.events, 0, 0, 0, 1)
    for serial in "BCD":
        counter.receive(gs1(serial))
    accept(counter, kept.seq + 2)
    told = outlook(counter.home, kept)
    assert (told.after, told.delivered, told.alone) == (3, 2, 1)
    nothing = outlook(tmp_path / "empty", kept)
    assert (nothing.after, nothing.counted) == (0, True)


def test_nobody_counts_what_a_ledger_that_cannot_be_read_has(counter: Counter, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite3"
    counter.receive(gs1("A"))
    back_up(counter.home, file)
    counter.close()
    kept = look_at(counter.home, file)
    (counter.home / FILE).write_bytes(b"torn")
    told = outlook(counter.home, kept)
    assert (told.counted, told.noted, told.after) == (False, 0, 0)
    headmark.write(counter.home, Mark(kept.ledger_id, 7, bytes(32)))
    assert outlook(counter.home, kept).noted == 7, "what the mark beside the ledger knows"
    (counter.home / FILE).unlink()
    told = outlook(counter.home, kept)
    assert (told.counted, told.noted) == (False, 7)


def test_a_backup_from_before_an_earlier_restore_is_compared_where_both_part(
    counter: Counter, tmp_path: Path
) -> None:
    early, late = tmp_path / "early.sqlite3", tmp_path / "late.sqlite3"
    counter.receive(gs1("A"))
    back_up(counter.home, early)
    for serial in "BC":
        counter.receive(gs1(serial))
    back_up(counter.home, late)
    counter.close()
    restore(counter.home, early, counter.clock)
    again = Counter(counter.home)
    try:
        again.receive(gs1("D"))
        told = outlook(again.home, look_at(again.home, late))
    finally:
        again.close()
    assert told.after == 2, "the event that resumes, and D"


def test_a_backup_that_was_changed_is_not_proved(counter: Counter, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite3"
    counter.receive(gs1("AAAA"))
    back_up(counter.home, file)
    file.write_bytes(file.read_bytes().replace(b'"serial":"AAAA"', b'"serial":"AAAB"', 1))
    with pytest.raises(LedgerDamaged):
        outlook(counter.home, look_at(counter.home, file))
    assert (counter.home / FILE).exists()
