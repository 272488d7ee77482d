"""One import from rows to report, whatever the kind: parse anywhere, save inside the writer's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ledger.clock import Clock
from ledger.errors import UserError
from ledger.importing import approvals, partners, patients, prescriptions, products, recalls, shipments, trees
from ledger.importing.columns import Columns
from ledger.importing.report import Report
from ledger.importing.rows import Row, rows_of
from ledger.shipment import APPROVAL, PRESCRIPTION, SHIPMENT
from ledger.store import Store


@dataclass(frozen=True, slots=True)
class _Kind:
    columns: Columns
    parse: Callable[[Iterable[Row], Report], list[Any]]
    save: Callable[[Store, Iterable[Any], Report, Clock], None]


def _timeless(save: Callable[[Store, Iterable[Any], Report], None]) -> Callable[..., None]:
    """How to save what opens no tasks, and so needs no clock."""
    return lambda store, items, report, _: save(store, items, report)


_KINDS = MappingProxyType(
    {
        "products": _Kind(products.COLUMNS, products.parse, _timeless(products.save)),
        "partners": _Kind(partners.COLUMNS, partners.parse, _timeless(partners.save)),
        "recalls": _Kind(recalls.COLUMNS, recalls.parse, recalls.save),
        "trees": _Kind(trees.COLUMNS, trees.parse, _timeless(trees.save)),
        "shipments": _Kind(shipments.COLUMNS, shipments.parse, _timeless(shipments.save)),
        "prescriptions": _Kind(prescriptions.COLUMNS, prescriptions.parse, _timeless(prescriptions.save)),
        "approvals": _Kind(approvals.COLUMNS, approvals.parse, _timeless(approvals.save)),
        "patients": _Kind(patients.COLUMNS, patients.parse, _timeless(patients.save)),
    }
)

KINDS = tuple(_KINDS)
"""What can be imported."""


_WITHDRAWN: Mapping[str, Callable[[Store, str], bool]] = MappingProxyType(
    {
        "products": lambda store, name: store.catalog.withdraw(name),
        "partners": lambda store, name: store.partners.withdraw(name),
        "recalls": lambda store, name: store.recalls.withdraw(name),
        "trees": lambda store, name: store.trees.forget(name) > 0,
        "shipments": lambda store, name: store.documents.filing.withdraw(SHIPMENT, name),
        "prescriptions": lambda store, name: store.documents.filing.withdraw(PRESCRIPTION, name),
        "approvals": lambda store, name: store.documents.filing.withdraw(APPROVAL, name),
    }
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """Rows that were read and understood, ready to be saved."""

    kind: str
    items: list[Any]
    report: Report


def columns_of(kind: str) -> Columns:
    """The columns of a kind. Raises UserError for an unknown one."""
    if kind not in _KINDS:
        raise UserError("kind_unknown", kind=kind, known=", ".join(KINDS))
    return _KINDS[kind].columns


def parse(kind: str, rows: Iterable[Row], ignored: tuple[str, ...] = ()) -> Parsed:
    """Understand rows; touches no ledger, so it may run in any thread."""
    columns_of(kind)
    report = Report(kind, ignored=ignored)
    return Parsed(kind, _KINDS[kind].parse(rows, report), report)


def save(store: Store, parsed: Parsed, clock: Clock) -> Report:
    """Put what was understood into the ledger, inside the caller's transaction, and say what came of it.

    A recall opens a task for every pack of it that patients have, at the time of the clock.
    """
    _KINDS[parsed.kind].save(store, parsed.items, parsed.report, clock)
    parsed.report.bad.sort(key=lambda bad: bad.line)
    return parsed.report


def load(store: Store, kind: str, items: Iterable[Mapping[str, object]], clock: Clock) -> Report:
    """Take items as the platform or a program gives them: mappings of columns, under any of their names.

    Runs inside the caller's transaction. Loading the same items twice changes nothing.
    """
    columns = columns_of(kind)
    return save(store, parse(kind, rows_of(columns.named(item) for item in items)), clock)


def withdraw(store: Store, kind: str, names: Iterable[str]) -> int:
    """Take items back that the platform no longer has, inside the caller's transaction; how many there were.

    A product is named by any identifier, a partner by GLN, a recall or document by number, a tree by its case.
    What happened stays recorded; a recall is only marked as withdrawn. A patient is erased by a person alone
    (ledger/erasure.py): UserError for that kind.
    """
    columns_of(kind)
    if kind not in _WITHDRAWN:
        raise UserError("kind_kept", kind=kind)
    return sum(_WITHDRAWN[kind](store, name) for name in names)
