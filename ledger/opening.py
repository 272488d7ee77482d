"""The ledger is opened for a day's work, or by another version of the program: both stand in the chain.

A command opens and closes the ledger many times a day, so only a window's start is told each time; a program that
has changed since the last time is told whoever opens.
"""

from __future__ import annotations

import importlib.metadata

from ledger.clock import Clock
from ledger.codes.identify import PARSER_VERSION
from ledger.event import Event, EventKind
from ledger.record import record
from ledger.roles import WORKSTATION
from ledger.schema import VERSION
from ledger.store import Store

_NOTE = "opened_by"


def program_version() -> str:
    """Version of the program, of what reads codes, and of the ledger's tables."""
    try:
        installed = importlib.metadata.version("tracedesk")
    except importlib.metadata.PackageNotFoundError:
        installed = "0"
    return f"{installed}/{PARSER_VERSION}/{VERSION}"


def tell_opening(store: Store, clock: Clock, *, window: bool, version: str | None = None) -> Event | None:
    """Record that the ledger was opened, where that is to be told; inside the writer's transaction."""
    now, before = version or program_version(), store.noted(_NOTE) or ""
    if now != before:
        store.note(_NOTE, now)
    changed = bool(before) and now != before
    if not (window or changed):
        return None
    detail = {"version": now, "why": "window" if window else "version"}
    if changed:
        detail["before"] = before
    opened = EventKind.LEDGER_OPENED
    return record(store, clock, opened, WORKSTATION, reason=None, second=None, documents=(), **detail)
