"""What is expected: a shipment or another paper with lines, and where packs must match them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SHIPMENT = "desadv"
"""Kind of an expected shipment, as the CBV names a despatch advice."""
EXPECTED = (SHIPMENT, "po", "transfer", "order")
"""Kinds of papers with lines that packs are held against: what arrives, but for an order, which goes out."""
PRESCRIPTION = "prescription"
APPROVAL = "approval"

PACK, UNIT = "pack", "unit"
"""What a line counts: whole packs, or units such as tablets."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document: so many of a product, and of which lot where it says so."""

    line: int
    """From 1."""
    product: str
    """Any identifier of the product."""
    quantity: int
    lot: str | None = None
    expiry: date | None = None
    expiry_precision: str | None = None
    unit: str = PACK


@dataclass(frozen=True, slots=True)
class Shipment:
    """A delivery that is expected, or another paper whose lines packs are held against."""

    number: str
    lines: tuple[Line, ...]
    partner: str | None = None
    """GLN of the sender."""
    day: date | None = None
    """Day on which it is expected."""
    serials: tuple[tuple[str, int], ...] = ()
    """Keys of the packs with their line, sorted, where the sender told them: then for all packs of a product."""
    cases: tuple[str, ...] = ()
    """Keys of the cases and pallets that it comes in, sorted."""
    kind: str = SHIPMENT
