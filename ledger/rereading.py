"""Old scans read again by a newer parser: new facts beside the old ones, which stay as they were.

What was refused years ago and can be read today is found so, and what was accepted and would be refused today.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.codes.code import Code, Entry
from ledger.codes.identify import PARSER_VERSION, ZonePattern, identify
from ledger.scans import RawScan
from ledger.store import Store

PORTION = 2_000
"""Scans read in one transaction, so that a counter at work never waits long."""


@dataclass(frozen=True, slots=True)
class Reread:
    """How a portion of old scans reads today."""

    scans: int
    now_accepted: tuple[str, ...]
    """Texts that were refused then and would be taken today."""
    now_refused: tuple[str, ...]
    """Texts that were taken then and would be refused today."""


def reread(store: Store, zone: ZonePattern | None = None, parser: str = PARSER_VERSION) -> Reread:
    """Read a portion of the scans that this parser has not read yet, inside the writer's transaction."""
    portion = store.unread_by(parser, PORTION)
    accepted: list[str] = []
    refused: list[str] = []
    for number, scan in portion:
        code = _read(scan, zone)
        problem = code.problems[0].code if code.problems else ""
        store.keep_reading(number, parser, code.kind, code.key or "", problem)
        if code.accepted and scan.outcome == "refused":
            accepted.append(scan.text)
        elif not code.accepted and scan.outcome in ("accepted", "repeated"):
            refused.append(scan.text)
    return Reread(len(portion), tuple(accepted), tuple(refused))


def _read(scan: RawScan, zone: ZonePattern | None) -> Code:
    """The code as it would be identified today, dates seen from the day on which it was scanned."""
    is_aim = scan.symbology.startswith("]")
    return identify(
        scan.text,
        symbology="" if is_aim else scan.symbology,
        aim=scan.symbology if is_aim else "",
        entry=Entry(scan.source),
        zone=zone,
        today=date.fromisoformat(scan.at[:10]),
    )
