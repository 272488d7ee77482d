"""Everything known of one pack: its codes, its events and their delivery, the scans that came to nothing."""

from __future__ import annotations

from datetime import date, timedelta

from ledger.catalog import Product
from ledger.codes.code import Kind, Level
from ledger.codes.identify import identify
from ledger.dossier import ELSEWHERE, INSIDE, Dossier, dossier
from ledger.event import Event, EventKind, PackFacts
from ledger.moment import new_event_id
from ledger.pack import State
from ledger.partners import Partner
from ledger.people import Person
from ledger.recalls import Recall
from ledger.roles import Role
from ledger.store import Store
from ledger.trees import Child
from tests.ledger.counter import GTIN, Counter, gs1

KEY = f"gs1:{GTIN}/S1"
CASE = "sscc:095212340000000013"


def told(counter: Counter, code: str) -> Dossier:
    found = counter.writer.run(lambda store: dossier(store, code, (identify(code).key or "",)))
    assert found is not None
    return found


def kinds(found: Dossier) -> list[str]:
    return [chapter.event.kind for chapter in found.chapters]


def test_a_pack_is_told_with_its_product_codes_and_people(counter: Counter) -> None:
    counter.store(lambda store: store.catalog.load((Product(GTIN, "单抗", "Mab"),)))
    counter.store(lambda store: store.people.keep(Person("op-1", "王芳", frozenset({Role.PHARMACIST}))))
    counter.store(lambda store: store.partners.put(Partner("9521999000013", "供应链", "Supply")))
    counter.receive(gs1(), partner="9521999000013", place="A-01")
    counter.scan(gs1(), EventKind.LABEL, label=identify(gs1("Z9", gtin="09521234000020")))
    counter.store(lambda store: store.recalls.put(Recall("R-1", GTIN, "L1", day=date(2026, 11, 1))))
    found = told(counter, gs1())
    assert found.pack is not None and found.pack.place == "A-01"
    assert found.codes == (KEY, "gs1:09521234000020/Z9")
    assert found.product is not None and found.product.name_zh == "单抗"
    assert [one.number for one in found.recalls] == ["R-1"]
    assert (kinds(found), found.records) == (["receive", "label"], (1, 2))
    assert found.chapters[0].partner == ("供应链", "Supply")
    assert [chapter.delivery for chapter in found.chapters] == ["pending", "pending"]
    assert all(len(chapter.hash) == 32 for chapter in found.chapters)
    assert found.people == {"op-1": "王芳"}
    assert told(counter, "gs1:09521234000020/Z9").pack == found.pack


def test_a_voided_event_names_its_void(counter: Counter) -> None:
    counter.receive(gs1())
    counter.dispense(gs1())
    counter.scan(gs1(), EventKind.VOID, reason="incorrect_data")
    found = told(counter, KEY)
    assert [chapter.voided_by for chapter in found.chapters] == [None, 3, None]
    assert found.pack is not None and found.pack.state is State.IN_STOCK


def test_scans_that_came_to_nothing_are_told_by_whatever_text_they_had(counter: Counter) -> None:
    other = f"(01){GTIN}(17)280131(10)L1(21)S1"
    counter.receive(gs1())
    counter.time += timedelta(minutes=1)
    counter.dispense(gs1(), quantity=1)  # asks for the units
    counter.time += timedelta(minutes=1)
    counter.dispense(gs1(), quantity=1, units=10)
    counter.time += timedelta(hours=1)
    counter.dispense(other, quantity=20, document="RX-1")
    found = told(counter, KEY)
    assert [(one.scan.outcome, one.answered) for one in found.attempts] == [("asked", True)]
    found = told(counter, other)
    assert [(one.scan.outcome, one.answered) for one in found.attempts] == [
        ("asked", True),
        ("refused", False),
    ]


def test_a_code_that_was_only_refused_is_told_and_an_unknown_one_is_not(counter: Counter) -> None:
    counter.receive("6925265101481")
    found = told(counter, "6925265101481")
    assert found.pack is None and [one.scan.outcome for one in found.attempts] == ["refused"]
    assert counter.writer.run(lambda store: dossier(store, "4006381333931")) is None


def test_a_case_tells_what_lies_in_it_and_what_was_only_declared(counter: Counter) -> None:
    children = [
        Child(f"gs1:{GTIN}/C{n}", GTIN, f"C{n}", "L1", date(2028, 1, 31), "day", Level.UNIT) for n in range(3)
    ]

    def declare(count: int) -> None:
        for child in children[:count]:
            counter.store(lambda store, child=child: store.trees.put(CASE, child))

    declare(2)
    counter.receive(CASE.replace("sscc:", "00"))
    declare(3)
    found = told(counter, CASE)
    assert [one.serial for one in found.inside] == ["C0", "C1"] and found.inside_count == 2
    assert [one.key for one in found.declared] == [children[2].key]
    assert len(found.inside) <= INSIDE
    child = told(counter, children[0].key)
    assert child.around == (CASE,) and kinds(child) == ["receive"]
    assert child.chapters[0].facts is not None and child.chapters[0].facts.serial == "C0"


def test_what_the_platform_said_and_the_tasks_stand_among_the_events(counter: Counter) -> None:
    from ledger.record import record

    counter.receive(gs1())
    counter.store(
        lambda store: record(
            store, counter.clock, EventKind.TASK_OPENED, "op-1",
            reason=None, second=None, documents=(), task="contradicted", key=KEY, words="no such pack",
        )
    )  # fmt: skip
    found = told(counter, KEY)
    assert kinds(found) == ["receive", "task_opened"]
    assert (found.verdict, found.tasks, found.records) == ("stop", ("contradicted",), (1,))


def test_what_other_workstations_told_stands_among_the_events(counter: Counter) -> None:
    counter.receive(gs1())
    counter.time += timedelta(minutes=5)
    hear(counter, KEY, "dispensed", EventKind.DISPENSE)
    found = told(counter, gs1())
    assert [(chapter.event.kind, chapter.delivery == ELSEWHERE) for chapter in found.chapters] == [
        (EventKind.RECEIVE, False),
        (EventKind.DISPENSE, True),
    ]
    assert found.pack is not None and found.pack.state is State.DISPENSED
    assert found.records == (1,)


def test_a_pack_that_only_others_know_is_told(counter: Counter) -> None:
    other = f"gs1:{GTIN}/S77"
    hear(counter, other, "in_stock", EventKind.RECEIVE)
    found = told(counter, other)
    assert found.pack is not None and found.pack.state is State.IN_STOCK and found.records == ()
    assert [chapter.delivery == ELSEWHERE for chapter in found.chapters] == [True] and found.codes == (other,)


def hear(counter: Counter, key: str, state: str, kind: EventKind) -> None:
    facts = PackFacts(
        key, Kind.GS1, GTIN, key[-2:], "L1", date(2028, 1, 31), "day", level=Level.UNIT, state=state
    )

    def job(store: Store) -> None:
        moment = counter.clock.now(store.head.at)
        event_id = new_event_id(moment)
        store.site.hear(
            Event(event_id, "other", 7, kind, moment, "other-device", "op-9", "COUNTER-2", (facts,))
        )

    counter.store(job)
