"""What the desk hands to the ledger beside a scan: what is taken back, and raw scans of what is no pack.

A dispense is taken back by an UNDO, because the law knows that act; anything else by a VOID, which says that the
record was wrong. Both are records of their own.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from desktop.verdict import Verdict
from ledger.capture import Captured, Workplace, void_event
from ledger.event import Event, EventKind
from ledger.scans import RawScan
from ledger.situation import Intent
from scanner.scan import Scan

if TYPE_CHECKING:
    from ledger.store import Store
    from ledger.writer import Writer

MISTAKE = "did_not_occur"
"""Why a scan is taken back at once, in the words of EPCIS 2.0 error declarations."""


class Ledger(Protocol):
    """What the desk needs of a station."""

    writer: Writer

    @property
    def workplace(self) -> Workplace:
        """What stays the same from scan to scan."""
        ...

    def capture(
        self, scan: Scan, intent: Intent, *, other: Scan | None = None, product: str | None = None
    ) -> Future[Captured]:
        """Take one scan down the whole walk, with the other symbol of its pack where there is one; `product` names
        goods that bear no code."""
        ...


@dataclass(frozen=True, slots=True)
class Undoable:
    """A recorded scan that can be taken back."""

    scan: Scan
    other: Scan | None
    intent: Intent
    event: Event
    verdict: Verdict
    product: str | None = None
    """Goods without any code: the product."""

    @property
    def back(self) -> EventKind:
        """The act that takes it back."""
        return EventKind.UNDO if self.event.kind is EventKind.DISPENSE else EventKind.VOID

    @property
    def reason(self) -> str | None:
        """Why, where the act wants a reason."""
        return None if self.back is EventKind.UNDO else MISTAKE


def take_back(ledger: Ledger, done: Undoable, intent: Intent) -> Future[Captured]:
    """Take a recorded scan back; resolved in the writer's thread after COMMIT."""
    if done.back is EventKind.UNDO:
        facts = done.event.packs[0]
        by_lot = done.verdict.key == facts.key and not done.verdict.serial
        given = replace(
            intent,
            lot=done.intent.lot,
            expiry=done.intent.expiry,
            expiry_precision=done.intent.expiry_precision,
            quantity=facts.quantity if by_lot else None,
            beside=done.intent.beside,
        )
        return ledger.capture(done.scan, given, other=done.other, product=done.product)
    return ledger.writer.submit(lambda store: void_event(store, ledger.workplace, done.event, intent))


def keep_raw(ledger: Ledger, scan: Scan, operator: str, verb: EventKind, outcome: str) -> None:
    """Keep a raw scan that is no pack: `control`, `document`, `parent` or `label`."""
    raw = RawScan(
        at=ledger.workplace.clock.now().iso(),
        text=scan.text,
        symbology=scan.symbology or scan.aim,
        source=scan.source.value,
        device=scan.device,
        operator=operator,
        verb=str(verb),
        parser="",
        outcome=outcome,
        problem="",
        seq=None,
    )

    def keep(store: Store) -> None:
        store.keep_scan(raw)

    ledger.writer.submit(keep)
