"""The code of a pack as its record, or its sender, completes it: a label need not say what is known already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.codes.code import Code, Level

if TYPE_CHECKING:
    from ledger.pack import Pack
    from ledger.store import Store


def as_known(code: Code, pack: Pack) -> Code:
    """The code of a known pack: what it does not say of product and level is known from the record.

    Where a second label was scanned, the pack's own identity counts; lot and expiry of that label stay, so that
    they are held against the record's.
    """
    if pack.key == code.key:
        if (code.product or not pack.product) and (
            code.level is not Level.UNKNOWN or code.level is pack.level
        ):
            return code
        level = pack.level if code.level is Level.UNKNOWN else code.level
        return replace(code, product=code.product or pack.product, level=level)
    product = pack.product or code.product
    return replace(code, key=pack.key, product=product, serial=pack.serial, level=pack.level)


def as_declared(store: Store, code: Code, key: str) -> Code:
    """The code of a pack that nobody has seen, as its sender declared it: a zone's label names no product."""
    told = store.trees.child(key)
    if told is None:
        return code
    expiry = code.expiry or told.expiry
    month = (code.expiry_precision if code.expiry else told.expiry_precision) == "month"
    return replace(
        code,
        product=told.product,
        lot=code.lot or told.lot,
        expiry=expiry,
        expiry_precision=("month" if month else "day") if expiry else None,
        level=told.level if code.level is Level.UNKNOWN else code.level,
    )
