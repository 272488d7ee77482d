"""Verdicts and tasks: upgraded, contradicted, listed, settled with a reason; all of it events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.words import LANGUAGES, Words
from ledger.audit import check
from ledger.change import Change
from ledger.conflicts import Resolved, open_task, park, platform_says, resolve, take_recall
from ledger.correction import correct
from ledger.event import EventKind
from ledger.importing import load
from ledger.recalls import Recall
from ledger.roles import Role
from ledger.situation import Intent, TakeOut
from ledger.store import Store
from ledger.tasks.takeout import told_by
from ledger.worklist import STEPS, Task
from tests.ledger.counter import GTIN, TODAY, Counter, gs1
from tests.ledger.house import House

KEY = f"gs1:{GTIN}/S1"


def settle(counter: Counter, task: str, step: str, reason: str | None) -> object:
    intent = Intent(EventKind.TASK_RESOLVED, "op-1", reason=reason)
    return counter.writer.run(lambda store: resolve(store, counter.clock, task, step, intent))


def says(counter: Counter, confirmed: bool) -> object:
    return counter.writer.run(
        lambda store: platform_says(store, counter.clock, KEY, confirmed=confirmed, words="unknown serial")
    )


def verdict(counter: Counter) -> str:
    return counter.writer.run(lambda store: store.worklist.verdict(KEY))


def test_provisional_verdict_is_upgraded_once(counter: Counter) -> None:
    counter.receive(gs1())
    assert verdict(counter) == "provisional"
    assert says(counter, confirmed=True) is not None
    assert says(counter, confirmed=True) is None
    assert verdict(counter) == "confirmed"
    assert counter.writer.run(lambda store: store.worklist.confirmed()) == 1


def test_contradiction_becomes_a_task_with_its_legal_steps_and_never_a_silent_overwrite(
    counter: Counter,
) -> None:
    counter.receive(gs1())
    says(counter, confirmed=False)
    says(counter, confirmed=False)
    tasks = counter.writer.run(lambda store: store.worklist.open_tasks())
    assert [(task.kind, task.key, task.words) for task in tasks] == [("contradicted", KEY, "unknown serial")]
    assert tasks[0].steps == ("quarantine", "void", "verified_by_hand")
    assert verdict(counter) == "stop"
    assert counter.writer.run(lambda store: store.look_up(KEY).state) == "in_stock"  # type: ignore[union-attr]
    task = tasks[0].task_id
    assert settle(counter, task, "ignore", "x").problems[0].code == "task_step_unknown"  # type: ignore[attr-defined]
    assert settle(counter, task, "quarantine", None).needs == ("reason",)  # type: ignore[attr-defined]
    done = settle(counter, task, "quarantine", "set apart, photo taken")
    assert done.event is not None  # type: ignore[attr-defined]
    assert counter.writer.run(lambda store: store.worklist.open_tasks()) == ()
    assert settle(counter, task, "quarantine", "again").problems[0].code == "task_not_open"  # type: ignore[attr-defined]
    finding = counter.writer.run(check)
    assert finding.chain_ok and finding.projection_ok


RECALL = Recall("RC-1", GTIN, lot="L1", reason="particles", day=TODAY)


def tasks_of(counter: Counter) -> list[tuple[str, str, str]]:
    found = counter.writer.run(lambda store: store.worklist.open_tasks())
    return [(task.kind, task.key, task.words) for task in found]


def test_recall_of_dispensed_packs_opens_a_task_for_each(counter: Counter) -> None:
    for serial in "ABC":
        counter.receive(gs1(serial))
    counter.receive(gs1("D", lot="L2"))
    counter.dispense(gs1("A"))
    counter.dispense(gs1("B"), quantity=2, units=10)
    counter.dispense(gs1("D", lot="L2"))

    def take(recall: Recall) -> Change:
        return counter.writer.run(lambda store: take_recall(store, counter.clock, recall))

    assert take(RECALL) is Change.ADDED
    expected = [("recalled_dispensed", f"gs1:{GTIN}/{serial}", "RC-1 particles") for serial in "AB"]
    assert tasks_of(counter) == expected
    assert take(RECALL) is Change.SAME
    assert take(replace(RECALL, action="call back")) is Change.CHANGED
    assert tasks_of(counter) == expected, "told once"


def test_recall_by_serial_concerns_that_pack_alone(counter: Counter) -> None:
    for serial in "AB":
        counter.receive(gs1(serial))
        counter.dispense(gs1(serial))
    recall = replace(RECALL, serial="A")
    counter.writer.run(lambda store: take_recall(store, counter.clock, recall))
    assert [key for _, key, _ in tasks_of(counter)] == [f"gs1:{GTIN}/A"]


def test_recall_of_a_lot_tells_apart_what_may_be_meant(counter: Counter) -> None:
    counter.dispense(f"01{GTIN}17280131\x1d21A", reason="no lot on the code")
    counter.writer.run(lambda store: take_recall(store, counter.clock, RECALL))
    (task,) = counter.writer.run(lambda store: store.worklist.open_tasks())
    assert task.kind == "maybe_recalled_dispensed" and "not_concerned" in task.steps


def test_recalled_goods_without_serial_that_patients_have_are_a_task_for_the_heap(counter: Counter) -> None:
    counter.receive(f"01{GTIN}1728013110L1")
    counter.dispense(f"01{GTIN}1728013110L1")
    counter.writer.run(lambda store: take_recall(store, counter.clock, RECALL))
    assert [key for _, key, _ in tasks_of(counter)] == [f"heap:{GTIN}/L1"]


def test_withdrawn_recall_opens_nothing(counter: Counter) -> None:
    counter.receive(gs1("A"))
    counter.dispense(gs1("A"))
    counter.writer.run(lambda store: take_recall(store, counter.clock, replace(RECALL, withdrawn=True)))
    assert tasks_of(counter) == []


def test_recall_that_is_imported_looks_for_what_patients_have(counter: Counter) -> None:
    counter.receive(gs1("A"))
    counter.dispense(gs1("A"))
    item = {"number": "RC-2", "product": GTIN, "lot": "L1", "day": "2026-11-20", "reason": "particles"}
    counter.writer.run(lambda store: load(store, "recalls", [item], counter.clock))
    assert tasks_of(counter) == [("recalled_dispensed", f"gs1:{GTIN}/A", "RC-2 particles")]


def test_a_changed_task_is_found_by_the_audit(counter: Counter) -> None:
    counter.receive(gs1())
    counter.writer.run(lambda store: open_task(store, counter.clock, "parked", KEY, "no such GLN"))
    counter.store(lambda store: store._connection.execute("UPDATE task SET resolved = 1"))
    assert not counter.writer.run(check).projection_ok


# -- records that the platform refused


def refuse(counter: Counter, words: str = "no such GLN") -> int:
    """Post everything that is due, and have the platform refuse it; how many were set aside."""

    def job(store: Store) -> int:
        batch = store.outbox.next_batch(2e9, "now", 50, 65536)
        assert batch is not None
        return park(store, counter.clock, batch.batch_id, [one.key for one in batch.parcels], words)

    return counter.writer.run(job)


def due(counter: Counter) -> list[tuple[str, str]]:
    def job(store: Store) -> list[tuple[str, str]]:
        batch = store.outbox.next_batch(2e9, "now", 50, 65536)
        if batch is None:
            return []
        store.outbox.release(batch.batch_id)
        return [one.key for one in batch.parcels]

    return counter.writer.run(job)


def one_task(counter: Counter) -> Task:
    (task,) = counter.writer.run(lambda store: store.worklist.open_tasks())
    return task


def delivery(counter: Counter, seq: int) -> tuple[str, str]:
    return counter.writer.run(lambda store: store.outbox.delivery_of(seq))


def test_a_refused_record_opens_a_task_in_the_same_transaction(counter: Counter) -> None:
    received = counter.receive(gs1()).event
    assert received is not None
    assert refuse(counter) == 1
    task = one_task(counter)
    assert (task.kind, task.key, task.words, task.about) == ("parked", KEY, "no such GLN", received.event_id)
    assert task.steps == ("retry", "void", "hand_over")
    opened = counter.writer.run(lambda store: store.event_by_id(task.task_id))
    assert opened.kind is EventKind.TASK_OPENED and opened.told("about") == received.event_id
    assert counter.writer.run(check).projection_ok


def test_sending_again_settles_the_task_and_makes_the_record_due(counter: Counter) -> None:
    received = counter.receive(gs1()).event
    assert received is not None
    refuse(counter)
    assert due(counter) == []
    task = one_task(counter)
    assert settle(counter, task.task_id, "retry", None).needs == ("reason",)  # type: ignore[attr-defined]
    assert due(counter) == [], "nothing is done before the reason is given"
    assert settle(counter, task.task_id, "retry", "GLN registered").event is not None  # type: ignore[attr-defined]
    assert due(counter) == [(received.event_id, "")]
    refuse(counter, "still no such GLN")
    assert one_task(counter).words == "still no such GLN", "refused again, it is a task again"


def test_a_refused_record_that_is_voided_is_told_to_nobody_and_holds_nothing_up(counter: Counter) -> None:
    received = counter.receive(gs1()).event
    assert received is not None
    refuse(counter)
    task = one_task(counter)
    early = settle(counter, task.task_id, "void", "wrong site")
    assert early.problems[0].code == "task_void_first"  # type: ignore[attr-defined]
    voided = counter.scan(gs1(), EventKind.VOID, reason="wrong site").event
    assert voided is not None
    assert settle(counter, task.task_id, "void", "wrong site").event is not None  # type: ignore[attr-defined]
    assert delivery(counter, received.seq) == ("withdrawn", "no such GLN")
    assert delivery(counter, voided.seq) == ("", ""), "nothing was there to be declared wrong"
    again = counter.receive(gs1()).event
    assert again is not None
    assert due(counter) == [(again.event_id, "")], "the pack's next record is not held up"


def test_a_refused_record_that_is_corrected_is_delivered_as_it_should_have_been(counter: Counter) -> None:
    received = counter.receive(gs1(), place="A-1").event
    assert received is not None
    refuse(counter)
    right = Intent(EventKind.RECEIVE, "op-1", reason="other shelf", place="B-2")
    answer = counter.writer.run(lambda store: correct(store, counter.workplace, received, right))
    assert answer.event is not None
    assert delivery(counter, received.seq)[0] == "withdrawn"
    assert due(counter) == [(answer.event.event_id, "")], "the right one alone goes out"
    task = one_task(counter)
    assert settle(counter, task.task_id, "void", "corrected").event is not None  # type: ignore[attr-defined]


def test_correcting_a_take_out_keeps_what_it_was_agreed_under(counter: Counter) -> None:
    counter.receive(gs1())
    out = TakeOut(6, "F-1", consent=True, assessed=True, signed=True)
    given = counter.dispense(gs1(), take_out=out).event
    assert given is not None and told_by(given) == out
    right = Intent(EventKind.DISPENSE, "op-1", reason="wrong counter", place="C-1")
    answer = counter.writer.run(lambda store: correct(store, counter.workplace, given, right))
    assert answer.event is not None and told_by(answer.event) == out


def test_a_record_voided_before_its_refusal_needs_nobody(counter: Counter) -> None:
    received = counter.receive(gs1()).event
    assert received is not None
    batch = counter.writer.run(lambda store: store.outbox.next_batch(2e9, "now", 50, 65536))
    assert batch is not None
    counter.scan(gs1(), EventKind.VOID, reason="wrong site")
    keys = [one.key for one in batch.parcels]
    assert counter.writer.run(lambda store: park(store, counter.clock, batch.batch_id, keys, "no")) == 0
    assert tasks_of(counter) == [] and due(counter) == []
    assert delivery(counter, received.seq) == ("withdrawn", "no")


def test_a_refused_declaration_can_be_sent_again_or_handed_over_but_not_voided(counter: Counter) -> None:
    counter.receive(gs1())
    batch = counter.writer.run(lambda store: store.outbox.next_batch(2e9, "now", 50, 65536))
    assert batch is not None
    counter.writer.run(lambda store: store.outbox.accept(batch.batch_id))
    voided = counter.scan(gs1(), EventKind.VOID, reason="wrong site").event
    assert voided is not None
    assert delivery(counter, voided.seq) == ("pending", "")
    refuse(counter, "too late")
    assert delivery(counter, voided.seq) == ("parked", "too late")
    task = one_task(counter)
    assert task.declared and task.steps == ("retry", "hand_over")
    assert settle(counter, task.task_id, "retry", "agreed").event is not None  # type: ignore[attr-defined]
    assert delivery(counter, voided.seq)[0] == "pending"


def test_what_is_handed_over_waits_for_a_supervisor(tmp_path: Path) -> None:
    house = House(tmp_path / "home")
    try:
        admin = house.first()
        house.add(admin.id, "Pharma", Role.PHARMACIST)
        house.add(admin.id, "Super", Role.SUPERVISOR)
        house.run(lambda store: open_task(store, house.clock, "parked", KEY, "no", about="e1"))

        def open_one() -> Task:
            (task,) = house.run(lambda store: store.worklist.open_tasks())
            return task

        def settle_as(who: str, step: str) -> Resolved:
            intent, task_id = Intent(EventKind.TASK_RESOLVED, who, reason="why"), open_one().task_id
            return house.run(lambda store: resolve(store, house.clock, task_id, step, intent))

        assert settle_as("pharma", "hand_over").event is not None
        task = open_one()
        assert (task.kind, task.about) == ("parked_supervisor", "e1")
        assert settle_as("pharma", "settled_with_platform").problems[0].code == "not_allowed"
        assert settle_as("super", "retry").problems[0].code == "task_nothing_to_retry"
        assert settle_as("super", "settled_with_platform").event is not None
        assert house.run(lambda store: store.worklist.open_tasks()) == ()
    finally:
        house.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_task_and_step_has_its_words(language: str) -> None:
    words = Words(language)
    for kind, steps in STEPS.items():
        assert words.knows(f"task_{kind}") and words.knows(f"task_how_{kind}")
        assert all(words.knows(f"step_{step}") for step in steps)
