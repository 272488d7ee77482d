"""What a scan names, for the pages that only look things up. No Qt here."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import date

from desktop.scancode import code_of, typed_code
from desktop.stockpath import SCOPES
from ledger.codes.code import Code
from ledger.codes.zone import ZonePattern
from ledger.dossier import Dossier, dossier
from ledger.pack import State
from ledger.stocklist import Stocklist, Wanted
from ledger.stockrows import PackRow
from ledger.store import Store
from scanner.scan import Scan

_EVER = tuple(State)
"""Also what was voided: its story stays."""


Looked = tuple[Code, PackRow | None]
"""A scanned code and the pack that bears it."""


def looked_up(store: Store, scan: Scan, zone: ZonePattern | None) -> Looked:
    """The scanned pack as the stock lists it; also what only other workstations of the site have told of."""
    code = code_of(scan, zone, date.today())
    pack = store.look_up(code.key) if code.key else None
    listed = Stocklist(store)
    if pack is not None:
        rows = listed.packs((pack.pack_id,))
    elif code.key:
        rows = listed.packs(listed.sheet(Wanted(states=SCOPES["all"], text=code.key))[:1])
    else:
        rows = ()
    return code, rows[0] if rows else None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought: one pack, several to choose from, or nothing."""

    asked: str
    known: Dossier | None = None
    several: array[int] | None = None


def searched(store: Store, text: str, zone: ZonePattern | None) -> Found:
    """The one pack that the text is a code of, else all that have it as a part, else the scans of it."""
    code = typed_code(text, zone, date.today())
    known = dossier(store, text, (code.key or "",))
    if known is not None and known.pack is not None:
        return Found(text, known)
    wanted = Wanted(states=_EVER, text=text, order="at", falling=True)
    several = Stocklist(store).sheet(wanted)
    if len(several) == 1:
        (row,) = Stocklist(store).packs(several)
        return Found(text, dossier(store, row.key))
    return Found(text, None, several) if several else Found(text, known)
