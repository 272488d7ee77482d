"""What may be packed into: an outer case, never a single pack that was scanned in its place.

By the GS1 General Specifications the indicator digit of a GTIN-14 (1 to 8) and the SSCC mark a grouping. A code that
does not tell its level, as China's 20 digits, is a case where something is declared or recorded to lie in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.codes.code import Code, Level
from ledger.pack import State

if TYPE_CHECKING:
    from ledger.store import Store


def may_hold(store: Store, code: Code) -> bool:
    """Whether packs may be put into what bears this code.

    A code that says nothing of its level and that nobody has seen is a new case; one that lies here as goods is none.
    """
    if code.level is Level.CASE or code.key is None:
        return code.key is not None
    if store.trees.knows(code.key) or store.site.inside(code.key):
        return True
    known = store.site.known(code.key)
    if known is not None and known.state is not State.UNKNOWN:
        return known.level is Level.CASE
    declared = store.trees.child(code.key)
    return code.level is Level.UNKNOWN and (declared is None or declared.level is not Level.UNIT)
