"""Goods that are told by product, lot and number, because they bear no code, or a code without a serial.

What can be meant is looked up in the reader's thread; what a person filled in becomes the intent of a scan. Pure
values without words for people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from desktop.tasksheet import TaskSheet
from ledger.codes.code import Code, Entry
from ledger.codes.identify import ZonePattern, identify
from ledger.event import EventKind
from ledger.pack import HEAP, Pack, heap_key
from ledger.situation import Intent
from ledger.tasks.heap import WHY_CODELESS
from scanner.scan import Scan, Source

if TYPE_CHECKING:
    from ledger.product import Product
    from ledger.store import Store

OFFERED = 40
"""So many products or lots are offered at once; typing narrows them down."""
_READ = 400
"""So many products are read to be narrowed down by the further words typed."""
_ARRIVALS = (EventKind.RECEIVE, EventKind.TRANSFER_IN)
_FROM_PATIENTS = (EventKind.RETURN, EventKind.UNDO)
_FROM_BOTH = (EventKind.DESTROY, EventKind.SUPPLIER_RETURN)


def by_number(verb: EventKind) -> bool:
    """Whether this task can be done by product, lot and number; packing, moving and voiding want one pack each."""
    return verb in HEAP or verb is EventKind.COUNT


@dataclass(frozen=True, slots=True)
class Good:
    """A product that can be meant."""

    product: str
    """The identifier that it is mainly known by."""
    names: tuple[str, str] = ("", "")
    spec: str = ""
    maker: str = ""


@dataclass(frozen=True, slots=True)
class Heap:
    """One lot of a product, and how much of it lies here without serial."""

    product: str
    """The identifier that the goods were recorded under."""
    lot: str
    expiry: date | None = None
    precision: str | None = None
    shelf: int = 0
    apart: int = 0
    out: int = 0
    """With patients."""
    set_apart: bool = False
    """COUNT: this is the heap in quarantine."""


@dataclass(frozen=True, slots=True)
class Goods:
    """What a person filled in, ready to be recorded."""

    product: str
    lot: str
    quantity: int
    expiry: date | None = None
    precision: str | None = None
    why: str = ""
    """Code word of why there is no code; empty where there is one."""
    apart: bool | None = None
    scan: Scan | None = None
    """The code without serial that it was read from."""

    @property
    def told_by(self) -> Scan:
        """The scan that stands for it in the ledger: the code, or none by hand."""
        return self.scan or Scan("", Source.MANUAL)

    @property
    def codeless(self) -> str | None:
        """The product where there is no code to name it."""
        return self.product if self.scan is None else None

    def intent(self, sheet: TaskSheet, verb: EventKind, operator: str) -> Intent:
        """What is done, under the sheet of the task."""
        return replace(
            sheet.intent(verb, operator, Code("")),
            lot=self.lot,
            expiry=self.expiry,
            expiry_precision=self.precision,
            quantity=self.quantity,
            apart=self.apart,
            beside=((WHY_CODELESS, self.why),) if self.scan is None and self.why else (),
        )


def find(store: Store, text: str, zone: ZonePattern | None, verb: EventKind) -> tuple[Good, ...]:
    """The products that are meant by parts of a name or by any identifier; without a text those that lie here."""
    parts = text.split()
    if not parts:
        return _lying_here(store, verb)
    known = _by_code(store, text.strip(), zone)
    if known is not None:
        return (known,)
    longest = max(parts, key=len)
    found = [_good(one) for one in store.catalog.search(longest, _READ)]
    low = [part.lower() for part in parts]
    fit = [one for one in found if all(part in _searched(one) for part in low)] if len(parts) > 1 else found
    fit.sort(key=lambda one: not any(name.lower().startswith(low[0]) for name in one.names))
    return tuple(fit[:OFFERED])


def good_of(store: Store, product: str) -> Good:
    """What the catalogue knows of a product."""
    known = store.catalog.product(product)
    return _good(known) if known else Good(product)


def heaps_of(store: Store, product: str, verb: EventKind) -> tuple[Heap, ...]:
    """The lots of a product that can be meant in this task, the one that expires first on top."""
    from ledger.stocklist import HERE, By, Stocklist, Wanted

    codes = store.catalog.identifiers(product)
    found: list[Heap] = []
    lots = Stocklist(store).groups(Wanted(states=HERE, product=product), By.LOT)
    for group in lots:
        if not group.lot:
            continue
        heaps = [_heap(store, code, group.lot) for code in codes]
        lying = [one for one in heaps if one is not None]
        if not lying and verb in _ARRIVALS:
            lying = [Heap(product, group.lot)]
        found += [
            replace(
                one,
                expiry=one.expiry or group.expiry,
                precision=one.precision if one.expiry else group.expiry_precision,
            )
            for one in lying
        ]
    fit = [one for one in found if _fits(one, verb)]
    if verb is EventKind.COUNT:
        fit = [half for one in fit for half in _halves(one)]
    return tuple(fit[:OFFERED])


def _heap(store: Store, product: str, lot: str) -> Heap | None:
    shelf = store.site.known(heap_key(product, lot))
    apart = store.site.known(heap_key(product, lot, quarantined=True))
    told = shelf or apart
    if told is None:
        return None
    return Heap(
        product,
        lot,
        told.expiry,
        told.expiry_precision,
        _left(shelf),
        _left(apart),
        (shelf.out or 0) if shelf else 0,
    )


def _left(heap: Pack | None) -> int:
    return (heap.remaining or 0) if heap else 0


def _fits(heap: Heap, verb: EventKind) -> bool:
    if verb in (*_ARRIVALS, EventKind.COUNT):
        return True
    if verb in _FROM_PATIENTS:
        return heap.out > 0
    if verb is EventKind.RELEASE:
        return heap.apart > 0
    return heap.shelf > 0 or (heap.apart > 0 and verb in _FROM_BOTH)


def _halves(heap: Heap) -> Iterable[Heap]:
    """What is counted one after the other: on the shelf, and in quarantine where something lies there."""
    yield heap
    if heap.apart:
        yield replace(heap, set_apart=True)


def _lying_here(store: Store, verb: EventKind) -> tuple[Good, ...]:
    """The products that lie here without serial, each once."""
    seen: dict[str, None] = {}
    for key in store.heaps():
        product = key.removeprefix("heap:").partition("/")[0]
        main = store.catalog.main(product)
        if main not in seen and len(seen) < OFFERED:
            heap = store.site.known(key)
            if verb in _ARRIVALS or (heap is not None and ((heap.remaining or 0) or (heap.out or 0))):
                seen[main] = None
    return tuple(good_of(store, product) for product in seen)


def _by_code(store: Store, text: str, zone: ZonePattern | None) -> Good | None:
    """The product that a whole identifier or a whole code names."""
    plain = text.strip()
    forms = [plain, plain.zfill(14)] if plain.isascii() and plain.isdigit() else [plain]
    for form in forms:
        known = store.catalog.product(form)
        if known is not None:
            return _good(known)
    code = identify(plain, entry=Entry.MANUAL, zone=zone, today=date.today())
    if code.product and code.accepted and len(plain) >= 8:
        return good_of(store, code.product)
    return None


def _good(product: Product) -> Good:
    return Good(product.product, (product.name_zh, product.name_en), product.spec, product.maker)


def _searched(good: Good) -> str:
    return " ".join((*good.names, good.spec, good.maker, good.product)).lower()
