"""An approval that two counters of one site dispense under: both say the same of it once both have synchronised."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.approval import Approval, Standing
from ledger.capture import Captured, Outcome, Scanned, Workplace, capture
from ledger.clock import Clock
from ledger.codes.code import Entry
from ledger.codes.identify import identify
from ledger.event import Event, EventKind
from ledger.product import Product
from ledger.pulled import Cursor
from ledger.store import Store
from sync.sandbox import Sandbox
from tests.ledger import papers
from tests.ledger.counter import CHINA, GTIN, NOON, intent_of, wire
from tests.sync.site import GLN, LENIENT, Workstation, gs1

NUMBER = "AP-1"
HEAP = gs1("X").partition("\x1d")[0]
DRUG = Product(GTIN, "滴眼液", "Drops", pack_size=10, needs_approval=True)


def granted(quantity: int | None, gln: str = GLN) -> Approval:
    return Approval(NUMBER, GTIN, gln, date(2026, 1, 1), date(2026, 12, 31), quantity=quantity)


def grant(desk: Workstation, quantity: int | None = 3) -> None:
    def put(store: Store) -> None:
        store.catalog.put(DRUG)
        store.documents.put(granted(quantity))

    desk.of(put)


def standing(desk: Workstation) -> Standing:
    found: Standing = desk.of(lambda store: store.documents.standing(NUMBER))
    return found


def counted(desk: Workstation) -> tuple[int, int, int | None]:
    """Dispensed here, elsewhere, and what is left."""
    found = standing(desk)
    return found.used_here, found.used_elsewhere, found.open


def refusals(answer: Captured) -> list[str]:
    return [one.code for one in answer.problems][:1] if answer.outcome is Outcome.REFUSED else []


def synchronise(*desks: Workstation) -> None:
    for desk in desks:
        assert desk.sync().why == ""


def test_what_the_other_counter_dispensed_is_gone_from_the_approval(
    pair: tuple[Workstation, Workstation],
) -> None:
    a, b = pair
    grant(a), grant(b)
    for serial in ("S1", "S2", "S3", "S4"):
        a.receive(gs1(serial))
    for serial in ("S1", "S2"):
        assert a.dispense(gs1(serial)).outcome is Outcome.ACCEPTED
    synchronise(a, b)
    assert (counted(a), counted(b)) == ((2, 0, 1), (0, 2, 1))
    assert b.dispense(gs1("S3")).outcome is Outcome.ACCEPTED
    refused = b.dispense(gs1("S4"))
    assert refusals(refused) == ["approval_used_up"]
    told = dict(refused.problems[0].params)
    assert (told["granted"], told["here"], told["elsewhere"], told["open"]) == ("3", "1", "2", "0")
    assert b.tasks() == a.tasks() == []
    synchronise(b, a)
    assert refusals(a.dispense(gs1("S4"))) == ["approval_used_up"]
    assert (counted(a), counted(b)) == ((2, 1, 0), (1, 2, 0))


def test_what_is_taken_back_anywhere_may_be_dispensed_again_anywhere(
    pair: tuple[Workstation, Workstation],
) -> None:
    a, b = pair
    grant(a, 1), grant(b, 1)
    a.receive(gs1("S1"))
    a.dispense(gs1("S1"))
    synchronise(a, b)
    assert b.scan(gs1("S1"), EventKind.UNDO).outcome is Outcome.ACCEPTED
    assert counted(b) == (0, 0, 1)
    synchronise(b, a)
    assert counted(a) == (0, 0, 1)
    assert b.scan(gs1("S1"), EventKind.VOID, reason="did_not_occur").outcome is Outcome.ACCEPTED
    assert counted(b) == (0, 1, 0), "the undo itself was wrong"
    synchronise(b, a)
    assert counted(a) == (1, 0, 0)
    assert a.scan(gs1("S1"), EventKind.VOID, reason="did_not_occur").outcome is Outcome.ACCEPTED
    synchronise(a, b)
    assert counted(a) == counted(b) == (0, 0, 1)


def test_an_undo_at_both_counters_takes_back_once(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    grant(a), grant(b)
    for serial in ("S1", "S2"):
        a.receive(gs1(serial))
        a.dispense(gs1(serial))
    synchronise(a, b)
    for desk in pair:
        assert desk.scan(gs1("S1"), EventKind.UNDO).outcome is Outcome.ACCEPTED
    synchronise(a, b, a)
    assert (counted(a), counted(b)) == ((1, 0, 2), (0, 1, 2))


def test_overdrawn_while_neither_could_know_is_said_at_both(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    grant(a, 1), grant(b, 1)
    for serial in ("S1", "S2"):
        a.receive(gs1(serial))
    synchronise(a, b)
    assert a.dispense(gs1("S1")).outcome is b.dispense(gs1("S2")).outcome is Outcome.ACCEPTED
    synchronise(a, b, a)
    assert [(one.used, one.open, one.over) for one in map(standing, pair)] == [(2, 0, 1)] * 2
    tasks = [("approval_overdrawn", f"gs1:{GTIN}/{serial}") for serial in ("S2", "S1")]
    assert [a.tasks(), b.tasks()] == [[tasks[0]], [tasks[1]]], "each is told of what the other did"
    b.scan(gs1("S2"), EventKind.UNDO)
    synchronise(b, a)
    assert [one.over for one in map(standing, pair)] == [0, 0]
    assert (len(a.tasks()), len(b.tasks())) == (1, 1), "a person says what was done"


def test_several_at_once_and_units_are_held_against_what_is_left(
    pair: tuple[Workstation, Workstation],
) -> None:
    a, b = pair
    grant(a), grant(b)
    a.scan(HEAP, EventKind.RECEIVE, quantity=9)
    a.receive(gs1("S1"))
    synchronise(a, b)
    assert refusals(b.scan(HEAP, EventKind.DISPENSE, quantity=4)) == ["approval_short"]
    done = b.scan(HEAP, EventKind.DISPENSE, quantity=2)
    assert done.outcome is Outcome.ACCEPTED
    assert [dict(one.params)["left"] for one in done.problems if one.code == "approval_low"] == ["1"]
    synchronise(b, a)
    assert a.dispense(gs1("S1"), quantity=4).outcome is Outcome.ACCEPTED
    assert counted(a) == (1, 2, 0)
    a.later(minutes=30)
    assert a.dispense(gs1("S1"), quantity=6, reason="other").outcome is Outcome.ACCEPTED, (
        "the same pack's rest"
    )
    b.scan(HEAP, EventKind.UNDO, quantity=1)
    synchronise(b, a, b)
    assert (counted(a), counted(b)) == ((1, 1, 1), (1, 1, 1))


def test_packs_sent_off_by_two_docks_are_counted_together(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    there = "9521999000013"
    for desk in pair:
        desk.of(lambda store: (store.catalog.put(DRUG), store.documents.put(granted(1, there))))
    for serial in ("S1", "S2"):
        a.receive(gs1(serial))
    assert a.scan(gs1("S1"), EventKind.TRANSFER_OUT, partner=there).outcome is Outcome.ACCEPTED
    synchronise(a, b)
    refused = b.scan(gs1("S2"), EventKind.TRANSFER_OUT, partner=there)
    assert refusals(refused) == ["approval_shipped_up"]
    assert (standing(b).shipped, standing(b).shipped_elsewhere) == (1, 1)


CASE, THERE = "00095212340000000013", "9521999000013"


def pack_case(desk: Workstation, *serials: str, gtin: str = GTIN) -> None:
    """Receive packs and put them into the case."""
    for serial in serials:
        text = gs1(serial, gtin=gtin)
        desk.receive(text)
        done = desk.scan(text, EventKind.PACK, parent=identify(CASE))
        assert done.outcome is Outcome.ACCEPTED


def test_a_case_leaves_under_an_approval_for_all_that_lies_in_it(
    pair: tuple[Workstation, Workstation],
) -> None:
    a, b = pair
    a.of(lambda store: store.catalog.put(DRUG))
    pack_case(a, "S1", "S2", "S3")
    assert refusals(a.scan(CASE, EventKind.TRANSFER_OUT, partner=THERE)) == ["approval_missing"]
    for desk, quantity in ((a, 2), (b, 2)):
        desk.of(lambda store, quantity=quantity: store.documents.put(granted(quantity, THERE)))
    short = a.scan(CASE, EventKind.TRANSFER_OUT, partner=THERE)
    assert refusals(short) == ["approval_short"]
    assert (dict(short.problems[0].params)["open"], dict(short.problems[0].params)["wanted"]) == ("2", "3")
    for desk in pair:
        desk.of(lambda store: store.documents.put(granted(4, THERE)))
    assert a.scan(CASE, EventKind.TRANSFER_OUT, partner=THERE).outcome is Outcome.ACCEPTED
    assert standing(a).shipped == 3, "the case itself is no further pack"
    synchronise(a, b)
    assert (standing(b).shipped, standing(b).shipped_elsewhere) == (3, 3)
    assert a.scan(CASE, EventKind.VOID, reason="did_not_occur").outcome is Outcome.ACCEPTED
    synchronise(a, b)
    assert standing(a).shipped == standing(b).shipped == 0


def test_a_case_that_mixes_is_unpacked_first(pair: tuple[Workstation, Workstation]) -> None:
    a, _ = pair
    a.of(lambda store: (store.catalog.put(DRUG), store.documents.put(granted(9, THERE))))
    pack_case(a, "S1")
    pack_case(a, "T1", gtin="09521234000020")
    assert refusals(a.scan(CASE, EventKind.TRANSFER_OUT, partner=THERE)) == ["approval_case_mixed"]


def test_hearing_everything_again_counts_nothing_twice(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    grant(a), grant(b)
    a.receive(gs1("S1"))
    a.dispense(gs1("S1"))
    synchronise(a, b)
    for desk in pair:
        desk.of(lambda store: store.pulled.move(Cursor("events")))
    synchronise(a, b)
    assert (counted(a), counted(b)) == ((1, 0, 2), (0, 1, 2))


def test_a_restored_backup_knows_from_the_platform_what_it_had_dispensed(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    import shutil

    a = Workstation(tmp_path / "a", sandbox.url)
    grant(a)
    for serial in ("S1", "S2"):
        a.receive(gs1(serial))
    a.dispense(gs1("S1"))
    a.close()
    shutil.copytree(tmp_path / "a", tmp_path / "kept")
    a = Workstation(tmp_path / "a", sandbox.url)
    a.dispense(gs1("S2"))
    synchronise(a)
    a.close()
    shutil.rmtree(tmp_path / "a")
    shutil.copytree(tmp_path / "kept", tmp_path / "a")
    (tmp_path / "a" / "ledger.head").unlink()
    a = Workstation(tmp_path / "a", sandbox.url)
    try:
        assert counted(a) == (1, 0, 2)
        synchronise(a)
        assert counted(a) == (1, 1, 1)
    finally:
        a.close()


ACTS = st.tuples(
    st.sampled_from((0, 1)),
    st.sampled_from(("dispense", "undo", "void", "units", "heap", "heap_back", "return", "sync", "sync")),
    st.integers(0, 2),
)
"""At which counter, what, and of which pack or how much."""


def act_on(scan: Callable[..., Captured], act: str, what: int) -> None:
    """One deed at a counter; it may well be refused."""
    text = gs1(f"S{what}")
    if act == "units":
        scan(text, EventKind.DISPENSE, quantity=1 + 3 * what, units=10, reason="other")
    elif act == "heap":
        scan(HEAP, EventKind.DISPENSE, quantity=1 + what)
    elif act == "heap_back":
        scan(HEAP, EventKind.UNDO, quantity=1 + what)
    elif act == "void":
        scan(text, EventKind.VOID, reason="did_not_occur")
    elif act == "return":
        scan(text, EventKind.RETURN, reason="unused", quantity=1)
    else:
        scan(text, EventKind.DISPENSE if act == "dispense" else EventKind.UNDO)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=4, max_size=16), number=st.integers(0, 10**9 - 1))
def test_whatever_happens_at_two_counters_both_say_the_same_in_the_end(
    sandbox: Sandbox, acts: list[tuple[int, str, int]], number: int
) -> None:
    from ledger.codes.check import mod10

    body = f"952{number:09d}"
    gln = f"{body}{mod10(body)}"
    with TemporaryDirectory() as folder:
        desks = [Workstation(Path(folder) / name, sandbox.url, gln=gln) for name in "ab"]
        try:
            for desk in desks:
                desk.of(lambda store: (store.catalog.put(DRUG), store.documents.put(granted(9, gln))))
            for serial in range(3):
                desks[0].receive(gs1(f"S{serial}"))
            desks[0].scan(HEAP, EventKind.RECEIVE, quantity=9)
            synchronise(*desks)
            for which, act, what in acts:
                if act == "sync":
                    synchronise(desks[which])
                else:
                    act_on(desks[which].scan, act, what)
            synchronise(*desks, *desks)
            one, other = map(counted, desks)
            assert (one[0] + one[1], one[2]) == (other[0] + other[1], other[2])
        finally:
            for desk in desks:
                desk.close()


class Counter:
    """A counter in memory, and what it has told: the platform's part is played by a list."""

    def __init__(self, name: str, quantity: int, told: list[Event], size: int | None) -> None:
        self.store, self.time = papers.store(), NOON
        self.store.device_id = name
        self.workplace = Workplace(Clock(lambda: self.time, CHINA), LENIENT, wire, institution=GLN)
        self.told, self.heard, self.sent = told, 0, 0
        with self.store.transaction():
            self.store.catalog.put(replace(DRUG, pack_size=size))
            self.store.documents.put(granted(quantity))

    def scan(self, text: str, kind: EventKind, **intent: object) -> Captured:
        with self.store.transaction():
            return capture(self.store, self.workplace, Scanned(text, Entry.WEDGE), intent_of(kind, **intent))

    def sync(self, shuffled: random.Random) -> None:
        """Tell what is new, hear what others told; what two others recorded may come in any order."""
        events = [Event.from_canonical(body) for _, body, _ in self.store.chain()]
        self.told += [one for one in events[self.sent :] if one.kind is not EventKind.ADOPTED]
        self.sent = len(events)
        news, self.heard = self.told[self.heard :], len(self.told)
        shuffled.shuffle(news)
        with self.store.transaction():
            for event in news:
                voids = event.told("voids")
                if voids and not self.store.site.is_own(voids):
                    self.store.site.hear_void(voids, "")
                elif not voids:
                    self.store.site.hear(event)

    def says(self) -> tuple[int, int | None]:
        found = self.store.documents.standing(NUMBER)
        assert found is not None
        return found.used, found.open


@settings(max_examples=80, deadline=None)
@given(
    st.lists(ACTS, max_size=24),
    st.integers(1, 9),
    st.sampled_from([10, None]),
    st.randoms(use_true_random=False),
)
def test_three_counters_that_hear_in_any_order_come_to_the_same_number(
    acts: list[tuple[int, str, int]], quantity: int, size: int | None, shuffled: random.Random
) -> None:
    told: list[Event] = []
    counters = [Counter(name, quantity, told, size) for name in "abc"]
    for serial in range(3):
        counters[0].scan(gs1(f"S{serial}"), EventKind.RECEIVE)
    counters[0].scan(HEAP, EventKind.RECEIVE, quantity=9)
    for one in counters:
        one.sync(shuffled)
    for place, (which, act, what) in enumerate(acts):
        one = counters[(which + place) % 3]
        if act == "sync":
            one.sync(shuffled)
        else:
            act_on(one.scan, act, what)
    for one in counters * 2:
        one.sync(shuffled)
    assert len({one.says() for one in counters}) == 1
    # A reader remembers nothing: what is held in memory is what stands in the file.
    for one in counters:
        remembered = one.says()
        one.store.memory.forget()
        assert one.says() == remembered


def test_what_is_taken_back_of_goods_without_serial_is_free_at_every_counter() -> None:
    told: list[Event] = []
    one, other = (Counter(name, 9, told, 10) for name in "ab")
    one.scan(HEAP, EventKind.RECEIVE, quantity=9)
    assert one.scan(HEAP, EventKind.DISPENSE, quantity=4).outcome is Outcome.ACCEPTED
    assert one.scan(HEAP, EventKind.UNDO, quantity=3).outcome is Outcome.ACCEPTED
    for each in (one, other):
        each.sync(random.Random(1))
    assert one.says() == other.says() == (1, 8)
