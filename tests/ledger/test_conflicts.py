"""Verdicts and tasks: upgraded, contradicted, listed, settled with a reason; all of it events."""

from __future__ import annotations

from ledger.audit import check
from ledger.conflicts import open_task, platform_says, recall_from_patients, resolve
from ledger.event import EventKind
from ledger.situation import Intent
from ledger.store import Store
from tests.ledger.counter import GTIN, Counter, gs1

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


def test_recall_of_dispensed_packs_opens_a_task_for_each(counter: Counter) -> None:
    for serial in "ABC":
        counter.receive(gs1(serial))
    counter.dispense(gs1("A"))
    counter.dispense(gs1("B"), quantity=2, units=10)

    def recall(store: Store) -> int:
        return recall_from_patients(store, counter.clock, GTIN, "L1", "RC-1")

    assert counter.writer.run(recall) == 2
    assert counter.writer.run(recall) == 0, "told once"
    kinds = {task.kind for task in counter.writer.run(lambda store: store.worklist.open_tasks())}
    assert kinds == {"recalled_dispensed"}


def test_a_changed_task_is_found_by_the_audit(counter: Counter) -> None:
    counter.receive(gs1())
    counter.writer.run(lambda store: open_task(store, counter.clock, "parked", KEY, "no such GLN"))
    counter.store(lambda store: store._connection.execute("UPDATE task SET resolved = 1"))
    assert not counter.writer.run(check).projection_ok
