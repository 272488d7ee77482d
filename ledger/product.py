"""A product: what it is called, how it is to be treated, and by which identifiers it is known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """A product as people know it, and how it is to be treated."""

    product: str
    """The identifier it is mainly known by: GTIN-14, 7-digit drug identifier or device identifier."""
    name_zh: str
    name_en: str
    spec: str = ""
    maker: str = ""
    pack_size: int | None = None
    """Units in one sales pack, where known."""
    storage: str = ""
    """How it is kept, as printed: "2-8 °C"."""
    near_expiry_days: int | None = None
    """A pack of it that expires within so many days is near expiry; None: as the site says for all."""
    opened_days: int | None = None
    """Days within which an opened pack is to be used; None: as the site says for all."""
    needs_approval: bool = False
    """特许药械: leaves the bonded warehouse and is dispensed only under an approval."""
    second_person: bool = False
    """Controlled: a second person checks it."""
    prescription_only: bool = False
    split_allowed: bool = True
    """False where a pack must not be opened to hand out some of its units."""
    identifiers: tuple[tuple[str, str], ...] = ()
    """All its identifiers as (kind, identifier), sorted; kind is `gtin`, `drug`, `udi` or `ppn`."""


def kind_of(identifier: str) -> str:
    """The kind of an identifier by its form: `gtin` (14 digits), `drug` (7 digits), else `udi`."""
    if identifier.isascii() and identifier.isdigit():
        return {14: "gtin", 7: "drug"}.get(len(identifier), "udi")
    return "udi"


def meant(known: Product, identifiers: tuple[tuple[str, str], ...]) -> bool:
    """True when a known product, found by another identifier than the main one, is the one that bears all these.

    One that also bears identifiers that are not among them is another product, which gives up the shared one.
    """
    return set(known.identifiers) <= set(identifiers)


def all_identifiers(new: Product, known: Product | None = None) -> tuple[tuple[str, str], ...]:
    """What it is to bear: what it is given, else what it had; the main identifier always."""
    given = new.identifiers or (known.identifiers if known else ())
    if any(code == new.product for _, code in given):
        return tuple(sorted(given))
    return tuple(sorted((*given, (kind_of(new.product), new.product))))


def codes_of(product: Product) -> list[str]:
    """Every identifier it is given with, the main one among them."""
    return [*dict.fromkeys((product.product, *(code for _, code in product.identifiers)))]
