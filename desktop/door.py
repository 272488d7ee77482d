"""What is known at the door: who is registered here, whose badges count, and what is kept of whom it turns away."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ledger.badge import Badges
from ledger.scans import RawScan
from ledger.signin import SignIn, Tile

if TYPE_CHECKING:
    from desktop.station import Station
    from scanner.scan import Scan


def look(way: SignIn) -> tuple[bool, tuple[Tile, ...], Badges]:
    """Whether anybody has to sign in, the people to choose from, and the badges. Reads files: not in the UI thread."""
    try:
        badges = way.badges()
    except Exception as error:  # noqa: BLE001 - a broken key file must not keep people with a PIN out
        logging.getLogger("gate").warning("badges cannot be used: %s", type(error).__name__)
        badges = Badges(b"", {})
    return way.wanted(), way.tiles(), badges


def keep_turned_away(station: Station, scan: Scan) -> None:
    """Keep a pack's scan that nobody was here to make, as a refused one."""
    raw = RawScan(
        at=station.clock.now().iso(),
        text=scan.text,
        symbology=scan.symbology or scan.aim,
        source=scan.source.value,
        device=scan.device,
        operator="",
        verb="",
        parser="",
        outcome="refused",
        problem="sign_in_first",
        seq=None,
    )
    station.writer.submit(lambda store: store.keep_scan(raw))
