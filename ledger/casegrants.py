"""The approval that a case of 特许药械 leaves under: that of what lies in it, for all of it at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from ledger.journal import Amount
from ledger.tasks.contents import leaves

if TYPE_CHECKING:
    from ledger.pack import Pack
    from ledger.store import Store


def case_grants(store: Store, institution: str, today: date, inside: tuple[Pack, ...]) -> dict[str, Any]:
    """What a situation holds of a case that leaves for an institution; nothing where its packs need no approval.

    A record counts as a whole under its approval; so a case that holds something else as well has none.
    """
    packs = leaves(inside)
    kinds = {one.product: store.catalog.product(one.product) if one.product else None for one in packs}
    special = [found for found in kinds.values() if found is not None and found.needs_approval]
    if not special:
        return {}
    product = special[0]
    if any(found != product for found in kinds.values()):
        return {"special_inside": product, "mixed_inside": True}
    lots = {one.lot for one in packs}
    found = store.documents.approvals_for(
        product.product,
        institution,
        None,
        today,
        lots.pop() if len(lots) == 1 else None,
        shipping=True,
        wanted=Amount(packs=len(packs)),
    )
    return {"special_inside": product, "approvals": found}
