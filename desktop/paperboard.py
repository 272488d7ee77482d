"""Documents as the page shows them: made in the reader's thread from boards and lists, without words for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from desktop.countboard import product_of
from ledger.approval import Standing
from ledger.elsewhere import taken_in
from ledger.prescription import Prescription
from ledger.shipment import PRESCRIPTION, UNIT
from ledger.tasks.takeout import MOST_WEEKS, PLAIN_WEEKS

if TYPE_CHECKING:
    from ledger.board import Board
    from ledger.expectation import Document
    from ledger.partners import Partner
    from ledger.store import Store

LISTED = 200
"""So many documents are offered at once; a search narrows them down."""
_PAGE = 500
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a document, or what came and is on no line."""

    names: tuple[str, str]
    spec: str
    product: str
    lot: str
    expected: int
    seen: int
    missing: int
    over: int
    unit: str
    progress: str
    """`waiting`, `partial`, `complete`, `over`, `unclear`, or `extra` for what is on no line."""
    expiry: date | None = None
    """As the document names it."""
    expiry_precision: str | None = None
    first: str = ""
    """Prescriptions: lot, expiry and place of the pack that is to be handed out first."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence about a prescription: code word, parameters, and whether it stands in the way."""

    code: str
    params: tuple[tuple[str, str], ...] = ()
    grave: bool = False
    names: tuple[str, str] = ("", "")
    """Of the product that it is about."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document and how far it has come."""

    kind: str
    number: str
    partner: str
    partner_names: tuple[str, str]
    day: date | None
    finished: bool
    items: tuple[Item, ...]
    expected: int
    """Packs; lines of a prescription."""
    seen: int
    missing: int
    extra: int
    cases_expected: int = 0
    cases_seen: int = 0
    prescription: Prescription | None = None
    facts: tuple[Fact, ...] = ()
    """Prescriptions: what is to be known before the first pack is scanned. Deliveries: what others took in."""

    @property
    def complete(self) -> bool:
        """True when everything expected was seen and nothing else."""
        return all(item.progress == "complete" for item in self.items)


@dataclass(frozen=True, slots=True)
class Listed:
    """A document to choose from."""

    kind: str
    number: str
    partner_names: tuple[str, str]
    day: date | None
    finished: bool
    expected: int
    seen: int


def paper(store: Store, kind: str, number: str, institution: str, today: date) -> Paper | None:
    """A document with its board; None where nobody sent it."""
    board = store.boards.board(kind, number)
    if board is None:
        return None
    document = board.document
    items = (*_lines(store, board), *_extras(store, board))
    whole = kind == PRESCRIPTION
    prescription = store.documents.prescription(number) if whole else None
    if whole:
        items = tuple(replace(item, first=first_out(store, item.product, today)) for item in items)
    counted = [item for item in items if item.progress != "extra"]
    done = sum(item.progress in ("complete", "over") for item in counted)
    return Paper(
        kind,
        number,
        document.partner or "",
        _names(store, document.partner),
        document.day,
        document.finished,
        items,
        len(counted) if whole else board.expected,
        done if whole else board.seen,
        len(counted) - done if whole else board.missing,
        board.extra,
        board.cases_expected,
        board.cases_seen,
        prescription,
        facts(store, prescription, institution, today) if prescription else _elsewhere(store, kind, number),
    )


def papers(store: Store, kind: str, text: str) -> tuple[Listed, ...]:
    """Documents of a kind whose number or partner contains the text: the open ones first.

    A shipment that is overdue comes before one that is not due yet, a prescription of today before an older one.
    """
    low, after, found = text.strip().lower(), "", list[tuple["Document", tuple[str, str]]]()
    for _ in range(_MOST // _PAGE):
        page = store.documents.all(kind, after=after, limit=_PAGE)
        for one in page:
            names = _names(store, one.partner)
            if low in f"{one.number} {' '.join(names)}".lower():
                found.append((one, names))
        if len(page) < _PAGE:
            break
        after = page[-1].number
    found.sort(key=lambda pair: pair[0].number)
    found.sort(key=lambda pair: pair[0].day or date.min, reverse=kind == PRESCRIPTION)
    found.sort(key=lambda pair: pair[0].finished)
    listed = [_listed(store, one, names) for one, names in found[:LISTED]]
    return tuple(sorted(listed, key=lambda one: one.finished or one.seen >= one.expected))


def facts(store: Store, one: Prescription, institution: str, today: date) -> tuple[Fact, ...]:
    """What is to be known of a prescription: take-out, approvals, a supply that is not used up yet."""
    told: list[Fact] = []
    if one.weeks:
        weeks = (("weeks", str(one.weeks)),)
        told.append(
            Fact("rx_too_long" if one.weeks > MOST_WEEKS else "rx_take_out", weeks, one.weeks > MOST_WEEKS)
        )
        if not one.filing or not one.consent:
            told.append(Fact("rx_filing_missing", grave=True))
        if PLAIN_WEEKS < one.weeks <= MOST_WEEKS and not (one.assessed and one.signed):
            told.append(Fact("rx_assessment_missing", grave=True))
    for line in one.lines:
        product = store.catalog.product(line.product)
        names = (product.name_zh, product.name_en) if product else (line.product, line.product)
        if product is not None and product.needs_approval:
            standing = store.documents.approvals_for(line.product, institution, one.patient, today)
            told.append(_approved(standing[0] if standing else None, names))
        if product is not None and product.second_person:
            told.append(Fact("rx_second_person", names=names))
        last = store.documents.last_supply(one.patient, line.product)
        if last and last.number != one.number and last.lasts_until and last.lasts_until > today:
            params = (("number", last.number), ("until", last.lasts_until.isoformat()))
            told.append(Fact("rx_early_refill", params, grave=True, names=names))
    return tuple(told)


def _approved(best: Standing | None, names: tuple[str, str]) -> Fact:
    """Whether an approval holds, and how many packs the whole site may still dispense under it."""
    if best is None or not best.holds():
        return Fact("rx_not_approved", grave=True, names=names)
    number = ("number", best.approval.number)
    if best.open is None:
        return Fact("rx_approved", (number,), names=names)
    return Fact("rx_approved_left", (number, ("open", str(best.open))), names=names)


def _elsewhere(store: Store, kind: str, number: str) -> tuple[Fact, ...]:
    """What other workstations took in under a delivery: told beside the board, which counts our own records."""
    count = taken_in(store, kind, number)
    return (Fact("paper_elsewhere", (("count", str(count)),)),) if count else ()


def first_out(store: Store, product: str, today: date) -> str:
    """Lot, last day and place of the pack of a product that expires first and still may be handed out."""
    pack = store.first_to_expire(product, today, date.max)
    if pack is None:
        return ""
    last_day = f"{pack.expiry:%Y-%m-%d}" if pack.expiry else ""
    return " · ".join(part for part in (pack.lot or "", last_day, pack.place) if part)


def find(store: Store, number: str, kinds: Sequence[str]) -> str | None:
    """The first of these kinds that has a document of this number."""
    return next((kind for kind in kinds if store.documents.find(kind, number) is not None), None)


def partners(store: Store) -> tuple[Partner, ...]:
    """Everybody who may be the other side."""
    return store.partners.all()


def _listed(store: Store, one: Document, names: tuple[str, str]) -> Listed:
    filled = store.documents.lines(one.kind, one.number)
    expected = sum(line.line.quantity for line in filled)
    seen = sum(min(line.seen or 0, line.line.quantity) for line in filled)
    return Listed(one.kind, one.number, names, one.day, one.finished, expected, seen)


def _names(store: Store, gln: str | None) -> tuple[str, str]:
    partner = store.partners.partner(gln) if gln else None
    return (partner.name_zh, partner.name_en) if partner else (gln or "", gln or "")


def _lines(store: Store, board: Board) -> list[Item]:
    return [
        Item(
            *product_of(store, row.line.product),
            row.line.product,
            row.line.lot or "",
            row.expected,
            row.seen,
            row.missing,
            row.over,
            row.line.unit,
            str(row.progress),
            row.line.expiry,
            row.line.expiry_precision,
        )
        for row in board.lines
    ]


def _extras(store: Store, board: Board) -> list[Item]:
    return [
        Item(
            *product_of(store, extra.product or ""),
            extra.product or "",
            extra.lot or "",
            0,
            extra.packs or extra.units,
            0,
            extra.packs or extra.units,
            UNIT if extra.units and not extra.packs else "pack",
            "extra",
        )
        for extra in board.extras
    ]
