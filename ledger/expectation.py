"""A document's own facts, what it says of one pack, and what counts under which kind of document. Only values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.event import EventKind
from ledger.shipment import APPROVAL, PRESCRIPTION, Line

_ARRIVALS = (EventKind.RECEIVE.value, EventKind.TRANSFER_IN.value)
_COUNTED = {
    PRESCRIPTION: (EventKind.DISPENSE.value,),
    APPROVAL: (EventKind.DISPENSE.value,),
    "order": (EventKind.TRANSFER_OUT.value, EventKind.SUPPLIER_RETURN.value),
    "count": (EventKind.COUNT.value,),
}


def acts_of(kind: str) -> tuple[str, ...]:
    """What counts under a document of this kind: arrivals, unless it is of another nature."""
    return _COUNTED.get(kind, _ARRIVALS)


@dataclass(frozen=True, slots=True)
class Document:
    """A document's own facts."""

    document_id: int
    kind: str
    number: str
    partner: str | None
    """GLN of the sender, where known."""
    day: date | None
    finished: bool
    """A person has closed it (DOCUMENT_FINISHED) and not opened it again."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a document says of one pack."""

    known: bool = False
    """False where nobody has sent such a document; then nothing else is said but `already_seen`."""
    listed: bool = False
    """The pack is on the document, as exactly as the document tells: by serial, by lot or by product."""
    why: str = ""
    """Why it is not: `document_unknown`, `product_not_listed`, `lot_not_listed`, `serial_not_listed`."""
    line: Line | None = None
    """The line it counts on: hold lot and expiry against it. Without serials a full line still takes it (over)."""
    open_quantity: int | None = None
    """What the line still wants before this pack, in its unit; 1 or 0 where it lists serials; None: cannot be
    said, because the pack size is not known."""
    open_units: int | None = None
    """The same in units, where the pack size is known."""
    already_seen: bool = False
    """This very pack, case or heap has been counted under the document and not been taken back."""
    case: bool = False
    """It is one of the document's cases or pallets, or lies in one as a case."""
    finished: bool = False
    lots: tuple[str, ...] = ()
    """Lots of the product that the document names, for a person to choose from."""
