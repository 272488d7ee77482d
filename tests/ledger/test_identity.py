"""A ledger that is not the one that was here goes on under a new id, and says so; one that is stays as it is."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ledger import headmark
from ledger.audit import audit
from ledger.chain import Gap
from ledger.errors import LedgerDamaged
from ledger.event import Event, EventKind
from ledger.export import Target, export
from ledger.exportcheck import check_export
from ledger.exportform import JsonLines
from ledger.headmark import Mark
from ledger.identity import Resumed, resume_if_behind, settle
from ledger.signing import SigningKey
from ledger.store import FILE, Store, open_reader
from tests.ledger.counter import Counter, gs1


class Site:
    """A workstation as the station starts it: settled before anything else."""

    def __init__(self, home: Path) -> None:
        self.counter = Counter(home)
        try:
            self.resumed: Resumed | None = self.run(lambda store: settle(store, home, self.counter.clock))
        except BaseException:
            self.counter.close()
            raise

    def run(self, job: object) -> object:  # type: ignore[override]
        return self.counter.writer.run(job)  # type: ignore[arg-type]

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *_: object) -> None:
        self.counter.close()


def receive(home: Path, *serials: str) -> Resumed | None:
    """One day at work; what the start said of the ledger."""
    with Site(home) as site:
        for serial in serials:
            assert site.counter.receive(gs1(serial)).outcome == "accepted"
        return site.resumed


def events(home: Path) -> list[Event]:
    with closing(open_reader(home)) as store:
        return [Event.from_canonical(body) for _, body, _ in store.chain()]


def whole(home: Path) -> bool:
    finding = audit(home)
    return finding.whole and finding.chain_ok and finding.projection_ok


def test_an_ordinary_start_changes_nothing(tmp_path: Path) -> None:
    assert receive(tmp_path) is None
    assert receive(tmp_path, "A") is None
    assert receive(tmp_path, "B") is None
    assert receive(tmp_path) is None
    told = events(tmp_path)
    assert [event.kind for event in told] == [EventKind.RECEIVE] * 2
    assert len({event.ledger_id for event in told}) == 1
    mark = headmark.read(tmp_path)
    assert mark is not None and (mark.ledger_id, mark.seq) == (told[0].ledger_id, 2)
    assert whole(tmp_path)


def test_a_mark_that_lags_after_a_crash_is_no_shift(tmp_path: Path) -> None:
    receive(tmp_path, "A")
    lagging = (tmp_path / headmark.FILE).read_bytes()
    receive(tmp_path, "B", "C")
    (tmp_path / headmark.FILE).write_bytes(lagging)
    assert whole(tmp_path)
    assert receive(tmp_path, "D") is None


def test_an_old_file_put_back_by_hand_goes_on_after_the_old_head(tmp_path: Path) -> None:
    receive(tmp_path, "A", "B")
    shutil.copy(tmp_path / FILE, tmp_path / "yesterday")
    receive(tmp_path, "C", "D", "E")
    old = headmark.read(tmp_path)
    assert old is not None and old.seq == 5
    (tmp_path / "yesterday").replace(tmp_path / FILE)
    finding = audit(tmp_path)
    assert (finding.chain_ok, finding.broken_at, finding.faults[0].code) == (False, 3, "audit_cut")

    resumed = receive(tmp_path, "F")
    assert resumed is not None
    assert (resumed.why, resumed.old, resumed.kept_seq, resumed.seq, resumed.lost) == (
        "set_back",
        old,
        2,
        6,
        3,
    )
    told = events(tmp_path)
    assert [event.seq for event in told] == [1, 2, 6, 7]
    event = told[2]
    assert event.kind is EventKind.LEDGER_RESUMED
    assert (event.told("old_ledger"), event.told("old_seq"), event.told("old_hash")) == (
        old.ledger_id,
        "5",
        old.hash.hex(),
    )
    assert told[3].ledger_id == event.ledger_id == resumed.ledger_id != old.ledger_id
    assert len({event.event_id for event in told}) == 4
    finding = audit(tmp_path)
    assert finding.whole and finding.gaps == (Gap(3, 5),)
    assert receive(tmp_path, "G") is None


def test_an_export_over_a_resumed_ledger_is_whole(tmp_path: Path) -> None:
    receive(tmp_path, "A", "B")
    shutil.copy(tmp_path / FILE, tmp_path / "yesterday")
    receive(tmp_path, "C")
    (tmp_path / "yesterday").replace(tmp_path / FILE)
    receive(tmp_path, "D")
    with (tmp_path / "out").open("wb") as file:
        export(tmp_path, SigningKey.of(tmp_path), [Target(file, JsonLines())], "now")
    checked = check_export(tmp_path / "out")
    assert (checked.fault, checked.events, checked.last_seq, checked.stock_ok) == (None, 4, 5, True)


def test_a_copied_folder_goes_on_under_names_of_its_own(tmp_path: Path) -> None:
    receive(tmp_path / "one", "A", "B")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    before = events(tmp_path / "one")[0]
    resumed = receive(tmp_path / "two", "C")
    assert resumed is not None and (resumed.why, resumed.seq, resumed.lost) == ("moved", 3, 0)
    assert receive(tmp_path / "one", "C") is None, "the one that stayed is still itself"
    here, there = events(tmp_path / "one")[-1], events(tmp_path / "two")[-1]
    assert here.ledger_id == before.ledger_id != there.ledger_id
    assert here.device_id == before.device_id != there.device_id
    assert receive(tmp_path / "two", "D") is None
    assert whole(tmp_path / "one") and whole(tmp_path / "two")


def test_a_ledger_alone_without_its_mark_is_not_trusted(tmp_path: Path) -> None:
    receive(tmp_path, "A", "B")
    (tmp_path / headmark.FILE).unlink()
    resumed = receive(tmp_path, "C")
    assert resumed is not None and (resumed.why, resumed.seq) == ("mark_gone", 3)
    assert whole(tmp_path)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"ledger_id": 1}', bytes(100)])
def test_a_torn_mark_is_none(tmp_path: Path, data: bytes) -> None:
    receive(tmp_path, "A")
    (tmp_path / headmark.FILE).write_bytes(data)
    assert headmark.read(tmp_path) is None
    assert receive(tmp_path) is not None
    assert receive(tmp_path) is None


def test_a_mark_with_one_changed_digit_is_none(tmp_path: Path) -> None:
    receive(tmp_path, "A")
    text = (tmp_path / headmark.FILE).read_text()
    (tmp_path / headmark.FILE).write_text(text.replace('"seq": 1', '"seq": 9'))
    assert headmark.read(tmp_path) is None


def test_another_history_of_the_same_length_is_found(tmp_path: Path) -> None:
    receive(tmp_path / "one", "A")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    receive(tmp_path / "one", "B", "C")
    counter = Counter(tmp_path / "two")  # without the check, as somebody else's program would
    for serial in ("X", "Y", "Z"):
        counter.receive(gs1(serial))
    counter.close()
    shutil.copy(tmp_path / "two" / FILE, tmp_path / "one" / FILE)
    assert audit(tmp_path / "one").faults[0].code == "audit_anchor"
    resumed = receive(tmp_path / "one")
    assert resumed is not None and (resumed.why, resumed.kept_seq, resumed.seq) == ("set_back", 4, 5)
    assert whole(tmp_path / "one")


def test_a_ledger_that_vanished_is_not_begun_anew(tmp_path: Path) -> None:
    receive(tmp_path, "A", "B")
    (tmp_path / FILE).unlink()
    finding = audit(tmp_path)
    assert (finding.chain_ok, finding.faults[0].code) == (False, "audit_ledger_gone")
    for _ in range(2):  # the second time an empty ledger stands there
        with pytest.raises(LedgerDamaged) as caught:
            Site(tmp_path)
        assert caught.value.code == "ledger_gone"
    (tmp_path / headmark.FILE).unlink()  # as the sentence says, for those who want it so
    assert receive(tmp_path, "A") is None


def test_a_crash_between_the_resumption_and_its_mark_resumes_once(tmp_path: Path) -> None:
    receive(tmp_path, "A", "B")
    shutil.copy(tmp_path / FILE, tmp_path / "yesterday")
    receive(tmp_path, "C", "D")
    (tmp_path / "yesterday").replace(tmp_path / FILE)
    old = (tmp_path / headmark.FILE).read_bytes()
    assert receive(tmp_path) is not None
    (tmp_path / headmark.FILE).write_bytes(old)
    assert whole(tmp_path)
    assert receive(tmp_path) is None
    mark = headmark.read(tmp_path)
    assert mark is not None and mark.seq == 5


@pytest.mark.parametrize(
    ("seq", "same", "expected"), [(0, True, None), (2, True, None), (9, True, 10), (2, False, 4)]
)
def test_what_the_platform_knows_counts(tmp_path: Path, seq: int, same: bool, expected: int | None) -> None:
    with Site(tmp_path) as site:
        for serial in ("A", "B", "C"):
            site.counter.receive(gs1(serial))

        def told(store: Store) -> Resumed | None:
            digest = (store.hash_at(seq) if same else None) or b"\x07" * 32
            return resume_if_behind(store, site.counter.clock, seq, digest)

        resumed = site.run(told)
        if expected is None:
            assert resumed is None
        else:
            assert isinstance(resumed, Resumed)
            assert (resumed.why, resumed.seq) == ("platform_ahead", expected)
        event = site.counter.receive(gs1("D")).event
        assert event is not None and event.seq == (expected or 3) + 1
    assert whole(tmp_path)
    assert receive(tmp_path) is None


def test_a_gap_that_no_event_explains_is_found(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        site.counter.receive(gs1("A"))

        def skip(store: Store) -> None:
            store.head = replace(store.head, seq=7)

        site.run(skip)
        site.counter.receive(gs1("B"))
    finding = audit(tmp_path)
    assert (finding.chain_ok, finding.broken_at, finding.faults[0].code) == (False, 2, "audit_missing")


def test_what_waits_is_asked_for_before_it_is_sent_again(tmp_path: Path) -> None:
    """After a restore nobody knows what was delivered since; batches keep the order within a pack."""
    with Site(tmp_path) as site:
        for number in range(250):
            site.counter.receive(gs1(f"S{number}"))
        site.counter.dispense(gs1("S0"), document="RX-1")
        site.counter.dispense(gs1("S1"), document="RX-1")

        def deliver(store: Store) -> None:
            batch = store.outbox.next_batch(0.0, "then", 2, 10**6)  # S0 and S1, the answer never came
            assert batch is not None
            store.outbox.note_job(batch.batch_id, "https://platform/job/1")
            parked = store.outbox.next_batch(0.0, "then", 1, 10**6)  # S2
            assert parked is not None
            store.outbox.park(parked.batch_id, [parked.parcels[0].key], "no")

        site.run(deliver)
        site.counter.dispense(gs1("S2"), document="RX-1")
        site.counter.dispense(gs1("S3"), document="RX-1")
        before = site.run(lambda store: store.outbox.summary())  # type: ignore[attr-defined]
        site.run(lambda store: resume_if_behind(store, site.counter.clock, 999, b"\x01" * 32))  # type: ignore[arg-type]
        after = site.run(lambda store: store.outbox.summary())  # type: ignore[attr-defined]
        batches = site.run(lambda store: [store.outbox.open_batch(one) for one in store.outbox.open_ids()])  # type: ignore[attr-defined]
        due = site.run(lambda store: store.outbox.next_batch(1e12, "now", 100, 10**6))  # type: ignore[attr-defined]
    assert (after.pending, after.parked) == (before.pending, before.parked) == (253, 1)  # type: ignore[attr-defined]
    assert after.sent == 252, "all but the one that waits for the parked one"  # type: ignore[attr-defined]
    assert due is None
    assert all(not batch.job_url and len(batch.parcels) <= 100 for batch in batches)  # type: ignore[attr-defined]
    place = {
        parcel.seq: number
        for number, batch in enumerate(batches)  # type: ignore[arg-type]
        for parcel in batch.parcels
    }
    assert len(place) == 252
    assert place[251] > place[1] and place[254] > place[4], "a dispense comes after its receipt"


def test_the_mark_of_another_installation_is_no_secret(tmp_path: Path) -> None:
    receive(tmp_path, "A")
    mark = headmark.read(tmp_path)
    assert isinstance(mark, Mark)
    assert str(tmp_path) not in (tmp_path / headmark.FILE).read_text()
    assert len(mark.installation) == 32
