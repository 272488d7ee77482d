"""A stocktake as the page shows it: what the books have and nobody has scanned yet; made in the reader's thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.words import Words
    from ledger.store import Store


@dataclass(frozen=True, slots=True)
class CountItem:
    """Something that a stocktake has not seen."""

    key: str
    names: tuple[str, str]
    spec: str
    product: str
    lot: str
    expiry: date | None
    expiry_precision: str | None
    serial: str
    place: str
    state: str
    count: int | None
    """Packs of a heap; None for a pack with a serial."""

    def name(self, words: Words) -> str:
        """The product as people know it."""
        return words.name(self.names) or (
            words.say("product_number", product=self.product) if self.product else self.key
        )


@dataclass(frozen=True, slots=True)
class CountState:
    """How a stocktake stands."""

    number: str
    items: tuple[CountItem, ...]
    open: int
    counted: int


def count_state(store: Store, number: str, place: str) -> CountState:
    """How a stocktake stands, and the first of what it has not seen."""
    from ledger.stocktake import uncounted

    found = uncounted(store, number, place)
    items = tuple(
        CountItem(
            pack.key,
            *product_of(store, pack.product or ""),
            pack.product or "",
            pack.lot or "",
            pack.expiry,
            pack.expiry_precision,
            pack.serial or "",
            pack.place,
            str(pack.state),
            pack.remaining if pack.is_heap else None,
        )
        for pack in found.packs
    )
    return CountState(number, items, found.open, found.counted)


def product_of(store: Store, identifier: str) -> tuple[tuple[str, str], str]:
    """Names and strength of a product, as the catalogue has them; empty where it has none."""
    known = store.catalog.product(identifier) if identifier else None
    return ((known.name_zh, known.name_en), known.spec) if known else (("", ""), "")
