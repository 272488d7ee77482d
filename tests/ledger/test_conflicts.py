"""Verdicts and tasks: upgraded, contradicted, listed, settled with a reason; all of it events."""

from __future__ import annotations

from dataclasses import replace

from ledger.audit import check
from ledger.change import Change
from ledger.conflicts import open_task, platform_says, resolve, take_recall
from ledger.event import EventKind
from ledger.importing import load
from ledger.recalls import Recall
from ledger.situation import Intent
from tests.ledger.counter import GTIN, TODAY, Counter, gs1

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
