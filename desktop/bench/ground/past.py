"""What happened in the past of a benchmark's ledger: which pack was received when, under what, and which left.

Packs are numbered from 1 as the ledger numbers them. A hundred make a lot, five lots an expected shipment; of five
packs received two are dispensed, most of them a thousand packs later, so that a pack's events lie apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.codes.check import mod10
from ledger.event import EventKind

PER_LOT = 100
PER_DOCUMENT = 500
_PRODUCTS = 200
_CYCLE = 7
_LAG = 200
"""Cycles between a receipt and the dispense of it."""
_FIRST_DAY = date(2031, 1, 1)


@dataclass(frozen=True, slots=True)
class Face:
    """What the code on a pack says."""

    product: str
    serial: str
    lot: str
    expiry: date

    @property
    def text(self) -> str:
        """The code as a scanner sends it."""
        return f"01{self.product}17{self.expiry:%y%m%d}10{self.lot}\x1d21{self.serial}"

    @property
    def key(self) -> str:
        """The pack's identity."""
        return f"gs1:{self.product}/{self.serial}"


def products() -> tuple[str, ...]:
    """The GTINs of all packs."""
    return tuple(_gtin(number) for number in range(_PRODUCTS))


def face(pack: int) -> Face:
    """The code on a pack. Serials are scrambled, because real ones do not come in order."""
    lot = pack // PER_LOT
    serial = f"{pack * 2_654_435_761 % 2**32:08X}{pack:07d}"
    return Face(_gtin(lot % _PRODUCTS), serial, f"LOT{lot:06d}", _FIRST_DAY + timedelta(days=lot % 300))


def document(pack: int) -> str:
    """The shipment that a pack comes with."""
    return f"ASN-{pack // PER_DOCUMENT:06d}"


def deeds(after: int, last: int) -> Iterator[tuple[int, EventKind, int]]:
    """Event number, what was done and to which pack, in order; the first pack is received and dispensed first."""
    for seq in range(after + 1, last + 1):
        if seq <= 2:
            yield seq, EventKind.RECEIVE if seq == 1 else EventKind.DISPENSE, 1
            continue
        cycle, place = divmod(seq - 3, _CYCLE)
        if place < 5:
            yield seq, EventKind.RECEIVE, 2 + cycle * 5 + place
        elif cycle < _LAG:
            yield seq, EventKind.DISPENSE, 2 + cycle * 5 + (place - 5) * 2
        else:
            yield seq, EventKind.DISPENSE, 2 + (cycle - _LAG) * 5 + (place - 5) * 2 + 1


def packs_by(events: int) -> int:
    """How many packs there are after so many events."""
    cycles, more = divmod(max(events - 2, 0), _CYCLE)
    return 1 + cycles * 5 + min(more, 5)


def dispensed(events: int, number: int) -> int:
    """One of the packs that were received and, long after, dispensed within so many events; any number picks one."""
    cycles = (events - 2) // _CYCLE - _LAG
    if cycles < 1:
        raise ValueError("the past is too short")
    return 3 + number % cycles * 5


def _gtin(number: int) -> str:
    body = f"0952{number:09d}"
    return f"{body}{mod10(body)}"
