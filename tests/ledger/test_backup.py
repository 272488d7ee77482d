"""A backup is one whole moment, proved before it is named; a restore deletes nothing and forks nothing."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import threading
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from ledger import headmark
from ledger.audit import audit, audit_file
from ledger.backup import back_up, nightly
from ledger.chain import Gap
from ledger.clock import Clock
from ledger.errors import (
    DiskFull,
    EnvironmentFault,
    LedgerDamaged,
    LedgerLocked,
    LedgerNewer,
    UserError,
)
from ledger.event import EventKind
from ledger.restore import restore
from ledger.stages import Cancelled
from ledger.store import FILE, open_reader
from tests.ledger.counter import TODAY, Counter, gs1
from tests.ledger.test_identity import events, receive


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_is_one_proved_file_for_the_owner_alone(counter: Counter, tmp_path: Path) -> None:
    for number in range(30):
        counter.receive(gs1(f"S{number}"))
    stages: list[str] = []
    made = back_up(counter.home, tmp_path / "to" / "copy", lambda stage, done, total: stages.append(stage))
    assert names(tmp_path / "to") == ["copy"], "no log, no draft is left beside it"
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert (made.events, made.head) == (30, counter.store(lambda store: store.head.hash.hex()))
    assert made.ledger_id == counter.store(lambda store: store.ledger_id)
    assert made.size == made.file.stat().st_size
    assert {"copying", "audit_chain", "audit_stock"} <= set(stages)
    assert audit_file(made.file).whole
    assert counter.receive(gs1("after")).outcome == "accepted"


def test_a_backup_beside_a_writer_at_work_is_one_moment(counter: Counter, tmp_path: Path) -> None:
    counter.receive(gs1("first"))
    stop = threading.Event()

    def scan() -> None:
        number = 0
        while not stop.is_set():
            counter.receive(gs1(f"S{number}"))
            number += 1

    scanning = threading.Thread(target=scan)
    scanning.start()
    try:
        made = [back_up(counter.home, tmp_path / f"copy{number}") for number in range(3)]
    finally:
        stop.set()
        scanning.join()
    counts = [backup.events for backup in made]
    assert counts == sorted(counts)
    assert all(audit_file(backup.file).whole for backup in made)


def test_nothing_is_overwritten(counter: Counter, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("to mother")
    with pytest.raises(UserError) as caught:
        back_up(counter.home, tmp_path / "letter")
    assert caught.value.code == "file_exists"
    assert (tmp_path / "letter").read_text() == "to mother"


def test_a_ledger_that_is_not_whole_gives_no_backup(counter: Counter, tmp_path: Path) -> None:
    for number in range(5):
        counter.receive(gs1(f"S{number}"))
    counter.close()
    with closing(sqlite3.connect(counter.home / FILE)) as forger:
        forger.execute("UPDATE pack SET lot = 'L9' WHERE pack_id = 3")
        forger.commit()
    with pytest.raises(LedgerDamaged) as caught:
        back_up(counter.home, tmp_path / "copy")
    assert caught.value.code == "backup_not_whole"
    assert names(tmp_path) == ["home"]


def test_a_backup_can_be_stopped_and_leaves_nothing(counter: Counter, tmp_path: Path) -> None:
    counter.receive(gs1())

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "audit_stock":
            raise Cancelled

    with pytest.raises(Cancelled):
        back_up(counter.home, tmp_path / "copy", stop)
    assert names(tmp_path) == ["home"]


def test_a_folder_that_cannot_be_written_is_said(counter: Counter, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(EnvironmentFault) as caught:
        back_up(counter.home, tmp_path / "file" / "copy")
    assert caught.value.code == "file_unwritable"


def test_no_room_for_the_copy_is_said(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.receive(gs1())
    real = sqlite3.connect

    def small(path: object, **options: object) -> sqlite3.Connection:
        connection = real(path, **options)  # type: ignore[call-overload]
        if str(path).endswith(".part"):
            connection.execute("PRAGMA max_page_count=20")
        return connection  # type: ignore[no-any-return]

    monkeypatch.setattr("ledger.backup.sqlite3.connect", small)
    with pytest.raises(DiskFull) as caught:
        back_up(counter.home, tmp_path / "copy")
    assert caught.value.code == "backup_no_room"
    assert names(tmp_path) == ["home"]


def test_one_backup_a_night_and_the_latest_are_kept(counter: Counter, tmp_path: Path) -> None:
    folder = tmp_path / "nights"
    counter.receive(gs1())
    for other in ("tracedesk-00000000-2020-01-01.sqlite3", "notes.txt"):
        folder.mkdir(exist_ok=True)
        (folder / other).write_text("not ours")
    made = [nightly(counter.home, folder, 3, TODAY + timedelta(days=day)) for day in range(6)]
    assert all(made)
    assert nightly(counter.home, folder, 3, TODAY + timedelta(days=5)) is None
    kept = [name for name in names(folder) if "00000000" not in name and name != "notes.txt"]
    assert [name[-18:-8] for name in kept] == [str(TODAY + timedelta(days=day)) for day in (3, 4, 5)]
    assert len(names(folder)) == 5, "what is not ours stays"
    back = nightly(counter.home, folder, 3, TODAY - timedelta(days=900))
    assert back is not None and back.file.exists(), "a clock that went back does not delete the new one"


def test_a_backup_restored_over_a_newer_ledger_goes_on_after_its_head(tmp_path: Path) -> None:
    home, saved = tmp_path / "home", tmp_path / "saved"
    receive(home, "A", "B")
    back_up(home, saved)
    receive(home, "C", "D")
    old = events(home)[-1]
    done = restore(home, saved, Clock(), "admin")
    assert (done.resumed.why, done.resumed.kept_seq, done.resumed.seq, done.resumed.lost) == (
        "restored",
        2,
        5,
        2,
    )
    told = events(home)
    assert [event.seq for event in told] == [1, 2, 5]
    assert (told[2].kind, told[2].operator) == (EventKind.LEDGER_RESUMED, "admin")
    assert (told[2].told("old_ledger"), told[2].told("old_seq")) == (old.ledger_id, "4")
    assert told[2].ledger_id != old.ledger_id
    finding = audit(home)
    assert finding.whole and finding.gaps == (Gap(3, 4),)
    assert done.set_aside is not None
    assert audit(done.set_aside).events == 4, "what stood there is whole and can be read"
    assert receive(home, "C") is None, "and the restored one is simply the ledger from now on"
    assert events(home)[-1].seq == 6
    assert saved.exists() and audit_file(saved).events == 2


def test_a_backup_restored_at_once_resumes_too(tmp_path: Path) -> None:
    """Nothing is lost, but two files could now go on from the same head."""
    home = tmp_path / "home"
    receive(home, "A")
    back_up(home, tmp_path / "saved")
    done = restore(home, tmp_path / "saved", Clock())
    assert (done.resumed.lost, done.resumed.seq) == (0, 2)
    assert audit(home).whole


def test_a_backup_restored_on_a_new_machine(tmp_path: Path) -> None:
    receive(tmp_path / "old", "A", "B")
    back_up(tmp_path / "old", tmp_path / "saved")
    device = events(tmp_path / "old")[0].device_id
    done = restore(tmp_path / "new", tmp_path / "saved", Clock())
    assert (done.resumed.why, done.set_aside) == ("restored", None)
    assert receive(tmp_path / "new", "C") is None
    assert audit(tmp_path / "new").whole
    assert events(tmp_path / "new")[-1].device_id != device


def test_a_ledger_that_is_broken_or_gone_can_be_restored(tmp_path: Path) -> None:
    home, saved = tmp_path / "home", tmp_path / "saved"
    receive(home, "A", "B")
    back_up(home, saved)
    receive(home, "C")
    clock = Clock()
    (home / FILE).write_bytes((home / FILE).read_bytes()[:5000])
    broken = restore(home, saved, clock)
    assert (broken.resumed.old.seq, broken.resumed.seq) == (3, 4), "the mark still knew the head"
    (home / FILE).unlink()
    gone = restore(home, saved, clock)
    assert (gone.resumed.old.seq, gone.resumed.seq, gone.set_aside) == (4, 5, None)
    assert audit(home).whole


def test_a_copied_backup_file_resumes_by_itself(tmp_path: Path) -> None:
    """Somebody copies the file by hand instead of restoring it."""
    receive(tmp_path / "home", "A", "B")
    back_up(tmp_path / "home", tmp_path / "saved")
    receive(tmp_path / "home", "C")
    shutil.copy(tmp_path / "saved", tmp_path / "home" / FILE)
    resumed = receive(tmp_path / "home", "D")
    assert resumed is not None and (resumed.why, resumed.seq) == ("set_back", 4)
    assert audit(tmp_path / "home").whole


@pytest.mark.parametrize("crash_after", ["aside", "named"])
def test_a_crash_in_the_middle_of_a_restore_forks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crash_after: str
) -> None:
    home, saved = tmp_path / "home", tmp_path / "saved"
    receive(home, "A", "B")
    back_up(home, saved)
    receive(home, "C")
    clock = Clock()

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(f"ledger.restore.{'flush_folder' if crash_after == 'aside' else '_go_on'}", crash)
        with suppress(KeyboardInterrupt):
            restore(home, saved, clock)
    if crash_after == "aside":
        with pytest.raises(LedgerDamaged) as caught:
            receive(home, "D")
        assert caught.value.code == "ledger_gone"
        assert restore(home, saved, clock).resumed.seq == 4
        assert receive(home, "D") is None
    else:
        resumed = receive(home, "D")
        assert resumed is not None and (resumed.why, resumed.seq) == ("restored", 4)
    assert audit(home).whole


def test_what_is_no_backup_of_this_ledger_is_refused(tmp_path: Path) -> None:
    home, clock = tmp_path / "home", Clock()
    receive(home, "A")
    receive(tmp_path / "other", "B")
    receive(tmp_path / "empty")
    for other in ("other", "empty"):
        back_up(tmp_path / other, tmp_path / f"{other}.saved")
    before = (home / FILE).read_bytes()
    (tmp_path / "letter").write_text("Dear mother, this is no database at all.")
    with closing(sqlite3.connect(tmp_path / "database")) as database:
        database.execute("CREATE TABLE somebody_elses (a)")
    back_up(home, tmp_path / "newer")
    with closing(sqlite3.connect(tmp_path / "newer")) as newer:
        newer.execute("PRAGMA user_version=99")
    back_up(home, tmp_path / "forged")
    with closing(sqlite3.connect(tmp_path / "forged")) as forged:
        forged.execute("DROP TRIGGER event_no_update")
        forged.execute("UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'op-1', 'op-2') AS BLOB)")
        forged.commit()
    for name, error, code in (
        ("other.saved", UserError, "backup_of_another"),
        ("empty.saved", UserError, "backup_empty"),
        ("nothing", UserError, "file_unreadable"),
        ("letter", UserError, "backup_foreign"),
        ("database", UserError, "backup_foreign"),
        ("newer", LedgerNewer, "ledger_newer"),
        ("forged", LedgerDamaged, "backup_not_whole"),
    ):
        with pytest.raises(error) as caught:
            restore(home, tmp_path / name, clock)
        assert caught.value.code == code, name
    assert (home / FILE).read_bytes() == before
    left = {name for name in names(home) if not name.endswith(("-wal", "-shm"))}  # what readers leave
    assert left == {FILE, headmark.FILE, "writer.lock"}


def test_no_restore_under_a_writer_at_work(counter: Counter, tmp_path: Path) -> None:
    counter.receive(gs1())
    back_up(counter.home, tmp_path / "saved")
    with pytest.raises(LedgerLocked):
        restore(counter.home, tmp_path / "saved", counter.clock)
    with closing(open_reader(counter.home)) as store:
        assert store.head.seq == 1
