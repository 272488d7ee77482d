"""How delivery stands, as plain values for whoever shows it: page, command, slip. No Qt, no words.

Every number is counted when asked for; nothing is remembered from the last attempt.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from desktop.settings import Settings
from desktop.status import Status, status_of
from ledger.daily import Daily
from ledger.outbox import Parcel
from ledger.store import Store, exists, open_reader
from ledger.worklist import Task

MOST = 200
"""Refused records that are spelled out; more are counted."""
ACTIONS = ("retry", "correct", "hand_over")
_TASKS = frozenset({"parked", "parked_supervisor"})


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """A record that the platform refused."""

    event_id: str
    declared: str
    """Time of the declaration where the record is one; empty for an event."""
    seq: int
    at: str
    kind: str
    operator: str
    packs: tuple[str, ...]
    """Keys of the packs that it is about."""
    words: str
    """What the platform said, in its own words, or a code word of ours (`platform_conflict`)."""
    task_id: str
    """The task that waits for a person; empty where it is settled or was never opened."""
    with_supervisor: bool
    actions: tuple[str, ...]
    """What may be done about it."""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """Everything that a delivery page, a command or a slip has to say."""

    status: Status
    parked: tuple[ParkedRecord, ...]
    """The refused records, the oldest first, `MOST` at most; `status.parked` counts them all."""

    @property
    def oldest_unsent(self) -> str | None:
        """When the oldest record happened that the platform does not have yet."""
        return self.status.oldest_pending


@dataclass(frozen=True, slots=True)
class DayReport:
    """One local day at this workstation, for the slip that closes a shift."""

    delivery: DeliveryReport
    day: date
    done: tuple[tuple[str, int], ...]
    """Kind of event -> how many, the most frequent first; events of packs only."""
    refusals: int
    """Scans of the day that were refused."""
    tasks: int
    """Tasks that wait for a person."""
    seq: int
    ledger_id: str
    device_id: str


def report_of(store: Store, settings: Settings) -> DeliveryReport:
    """How delivery stands now."""
    tasks = {
        (task.about, task.declared): task
        for task in store.worklist.open_tasks(limit=10_000)
        if task.kind in _TASKS and task.about
    }
    parked = tuple(_spelled(store, parcel, words, tasks) for parcel, words in store.outbox.parked(MOST))
    return DeliveryReport(status_of(store, settings), parked)


def read_report(home: Path, settings: Settings) -> DeliveryReport | None:
    """The report read beside a writer that may be running; None where there is no ledger yet."""
    if not exists(home):
        return None
    with closing(open_reader(home)) as store:
        return report_of(store, settings)


def day_of(store: Store, settings: Settings, day: date) -> DayReport:
    """One day, with how delivery stands now."""
    daily = Daily(store.connection)
    return DayReport(
        delivery=report_of(store, settings),
        day=day,
        done=tuple(daily.done(day).most_common()),
        refusals=daily.refused(day),
        tasks=len(store.worklist.open_tasks(limit=10_000)),
        seq=store.head.seq,
        ledger_id=store.ledger_id,
        device_id=store.device_id,
    )


def _spelled(store: Store, parcel: Parcel, words: str, tasks: dict[tuple[str, str], Task]) -> ParkedRecord:
    event = store.event_by_id(parcel.event_id)
    task = tasks.get(parcel.key)
    with_supervisor = task is not None and task.kind == "parked_supervisor"
    actions = tuple(
        action
        for action in ACTIONS
        if not (action == "correct" and parcel.declaration_time)
        and not (action == "hand_over" and with_supervisor)
    )
    return ParkedRecord(
        event_id=parcel.event_id,
        declared=parcel.declaration_time,
        seq=parcel.seq,
        at=parcel.declaration_time or event.moment.iso(),
        kind=str(event.kind),
        operator=event.operator,
        packs=tuple(pack.key for pack in event.packs),
        words=words,
        task_id=task.task_id if task else "",
        with_supervisor=with_supervisor,
        actions=actions if task else actions[:-1],
    )
