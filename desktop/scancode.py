"""What a scan or a typed text names: read in one and the same way wherever the window reads it."""

from __future__ import annotations

from datetime import date

from ledger.codes.code import Code, Entry
from ledger.codes.identify import ZonePattern, identify
from scanner.scan import Scan


def code_of(scan: Scan, zone: ZonePattern | None, today: date) -> Code:
    """The code of a scan; `zone` is how the zone's own codes look here."""
    return identify(
        scan.text,
        symbology=scan.symbology,
        aim=scan.aim,
        entry=Entry(scan.source.value),
        suspect=scan.suspect,
        zone=zone,
        today=today,
    )


def typed_code(text: str, zone: ZonePattern | None, today: date) -> Code:
    """The code that a person typed."""
    return identify(text, entry=Entry.MANUAL, zone=zone, today=today)
