"""The reference data of a ledger as items: what another workstation can take in as if the platform had sent it.

What names people or patients one by one (operators, prescriptions) is not handed on; it comes from the platform.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from ledger.product import Product
from ledger.store import Store

Item = dict[str, Any]

_COLUMN_OF = MappingProxyType({"gtin": "gtin", "drug": "drug_id", "udi": "udi_di", "ppn": "ppn"})


def items(store: Store, kind: str) -> Iterator[Item]:
    """Every item of a kind, each with its `id`. Raises KeyError for a kind that is not handed on."""
    return _ITEMS[kind](store)


def shipment(store: Store, kind: str, number: str) -> Item | None:
    """An expected shipment as it is known now; None where nobody has sent it."""
    row = store.connection.execute(
        "SELECT document_id, partner, day FROM document WHERE kind = ? AND number = ? AND known",
        (kind, number),
    ).fetchone()
    if row is None:
        return None
    head = {"number": number, "kind": kind, "partner": row[1], "day": row[2]}
    return {"id": number, **head, "lines": _lines(store, row[0])}


def _products(store: Store) -> Iterator[Item]:
    for (code,) in _rows(store, "SELECT product FROM product ORDER BY product_id"):
        product = store.catalog.product(code)
        if product is not None:
            yield _product(product)


def _product(product: Product) -> Item:
    said: Item = {"id": product.product, "product": product.product}
    for name in ("name_zh", "name_en", "spec", "maker", "storage"):
        said[name] = getattr(product, name)
    for name in ("pack_size", "near_expiry_days", "opened_days"):
        said[name] = getattr(product, name)
    for name in ("needs_approval", "second_person", "prescription_only", "split_allowed"):
        said[name] = getattr(product, name)
    for kind, column in _COLUMN_OF.items():
        said[column] = [code for one, code in product.identifiers if one == kind]
    return said


def _partners(store: Store) -> Iterator[Item]:
    for one in store.partners.all():
        yield {
            "id": one.gln,
            "gln": one.gln,
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            "role": one.role,
        }


def _recalls(store: Store) -> Iterator[Item]:
    for (number,) in _rows(store, "SELECT DISTINCT number FROM recall ORDER BY number"):
        lines = [
            {
                "product": one.product,
                "lot": one.lot,
                "serial": one.serial,
                "level": one.level,
                "reason": one.reason,
                "day": one.day.isoformat(),
                "action": one.action,
                "withdrawn": one.withdrawn,
            }
            for one in store.recalls.notice(number)
        ]
        yield {"id": number, "number": number, "lines": lines}


def _trees(store: Store) -> Iterator[Item]:
    for (parent,) in _rows(store, "SELECT DISTINCT parent FROM tree ORDER BY parent"):
        lines = [
            {
                "code": child.key,
                "product": child.product,
                "lot": child.lot,
                "expiry": _expiry(child.expiry, child.expiry_precision),
            }
            for child in store.trees.children(parent)
        ]
        yield {"id": parent, "parent": parent, "lines": lines}


def _shipments(store: Store) -> Iterator[Item]:
    found = _rows(
        store,
        "SELECT document_id, kind, number, partner, day FROM document WHERE known AND kind IN"
        " ('desadv', 'po', 'transfer', 'order') ORDER BY document_id",
    )
    for document_id, kind, number, partner, day in found:
        head = {"number": number, "kind": kind, "partner": partner, "day": day}
        yield {"id": number, **head, "lines": _lines(store, document_id)}


def _lines(store: Store, document_id: int) -> list[Item]:
    execute = store.connection.execute
    cases = execute(
        "SELECT key FROM document_case WHERE document_id = ? ORDER BY key", (document_id,)
    ).fetchall()
    lines: list[Item] = []
    for line, product, lot, quantity, unit, expiry, precision in execute(
        "SELECT line, product, lot, quantity, unit, expiry, expiry_precision FROM document_line"
        " WHERE document_id = ? ORDER BY line",
        (document_id,),
    ).fetchall():
        serials = execute(
            "SELECT key FROM document_serial WHERE document_id = ? AND line = ? AND declared ORDER BY key",
            (document_id, line),
        ).fetchall()
        last_day = date.fromisoformat(expiry) if expiry else None
        said: Item = {"line": line, "product": product, "lot": lot, "quantity": quantity, "unit": unit}
        said["expiry"] = _expiry(last_day, precision)
        if serials:
            said["serials"] = [key for (key,) in serials]
        if cases and not lines:
            said["cases"] = [key for (key,) in cases]
        lines.append(said)
    return lines


def _approvals(store: Store) -> Iterator[Item]:
    for (number,) in _rows(
        store, "SELECT number FROM approval JOIN document USING (document_id) WHERE known ORDER BY number"
    ):
        one = store.documents.grants.approval(number)
        if one is not None:
            yield {
                "id": number,
                "number": number,
                "product": one.product,
                "institution": one.institution,
                "valid_from": one.valid_from.isoformat(),
                "valid_to": one.valid_to.isoformat(),
                "patient": one.patient,
                "lot": one.lot,
                "quantity": one.quantity,
                "suspended": one.suspended,
            }


def _rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    cursor: sqlite3.Cursor = store.connection.execute(query)
    return cursor.fetchall()


def _expiry(last_day: date | None, precision: str | None) -> str | None:
    """A last day of use as it is written down; a month for one that is known by its month alone."""
    if last_day is None:
        return None
    return last_day.strftime("%Y-%m") if precision == "month" else last_day.isoformat()


_ITEMS: Mapping[str, Callable[[Store], Iterator[Item]]] = MappingProxyType(
    {
        "recalls": _recalls,
        "products": _products,
        "partners": _partners,
        "approvals": _approvals,
        "trees": _trees,
        "shipments": _shipments,
    }
)
HANDED_ON = tuple(_ITEMS)
"""The kinds that are handed on, in the order in which they are taken in."""
