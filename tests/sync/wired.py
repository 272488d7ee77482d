"""Golden documents, and the events that they tell."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from ledger.clock import Moment
from ledger.event import Event, EventKind, PackFacts

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def golden(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((GOLDEN / name).read_text("utf-8"))
    return document


def happened(
    seq: int, event_id: str, at: str, kind: EventKind, place: str, *packs: PackFacts, **more: Any
) -> Event:
    return Event(
        event_id=event_id,
        ledger_id="0195f0c0-0000-7000-8000-000000000000",
        seq=seq,
        kind=kind,
        moment=Moment(datetime.fromisoformat(at), 1, "boot"),
        device_id="any",
        operator="op-7f3a",
        place=place,
        packs=packs,
        **more,
    )
