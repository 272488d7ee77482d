"""Lot and expiry that a person read from a label: asked once for a product, then used for the packs that follow.

When receiving, the packs of one delivery share their label and it is used at once, visibly. At the counter each
pack may come from another lot, so there it is only offered: a person confirms it pack by pack.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from ledger.codes.code import Code
from ledger.event import EventKind
from ledger.situation import Intent


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on the label of a product's packs in this task."""

    lot: str | None
    expiry: date | None
    expiry_precision: str | None = None


class Labels:
    """The labels typed in one task, by product, and by the code's own lot where it has one."""

    def __init__(self) -> None:
        self._typed: dict[tuple[str, str | None], Label] = {}

    def keep(self, code: Code, label: Label) -> None:
        """Remember what was typed for a pack of this product."""
        if code.product and (label.lot or label.expiry):
            self._typed[code.product, code.lot] = label

    def of(self, code: Code) -> Label | None:
        """The label that fits a pack, by its product and, where the code has one, its lot."""
        return self._typed.get((code.product, code.lot)) if code.product else None

    def forget(self, code: Code) -> None:
        """Ask again from the next pack of this product on."""
        if code.product:
            self._typed.pop((code.product, code.lot), None)

    def clear(self) -> None:
        """Forget all, as with a new task."""
        self._typed.clear()


def with_label(intent: Intent, code: Code, label: Label | None) -> Intent:
    """The intent with the label put in, only where the code itself is silent and goods come in."""
    if label is None or intent.verb is not EventKind.RECEIVE:
        return intent
    return fill(intent, code, label)


def fill(intent: Intent, code: Code, label: Label) -> Intent:
    """The intent with the label put in where the code itself is silent."""
    if not code.lot and label.lot:
        intent = replace(intent, lot=label.lot)
    if not code.expiry and label.expiry:
        intent = replace(intent, expiry=label.expiry, expiry_precision=label.expiry_precision)
    return intent
