"""What is known at the door: who is registered here, whose badges count, and what is kept of whom it turns away."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QLineEdit

from desktop.likeness import likeness
from ledger.badge import Badges
from ledger.roles import Operator, Refusal
from ledger.scans import RawScan
from ledger.signin import SignIn
from ledger.tiles import Tile
from ledger.verifier import LONGEST, SHORTEST

if TYPE_CHECKING:
    from desktop.station import Station
    from scanner.scan import Scan

_CODE = 13
"""Fewer digits are no pack's: an EAN-8 is not told from a PIN of eight."""


def look(way: SignIn) -> tuple[bool, tuple[Tile, ...], Badges]:
    """Whether anybody has to sign in, the people to choose from, and the badges. Reads files: not in the UI thread."""
    try:
        badges = way.badges()
    except Exception as error:  # noqa: BLE001 - a broken key file must not keep people with a PIN out
        logging.getLogger("gate").warning("badges cannot be used: %s", type(error).__name__)
        badges = Badges(b"", {})
    return way.wanted(), way.tiles(), badges


def turned_away(scan: Scan, who: Operator | None, station: Station | None) -> Refusal | None:
    """Why a scan goes no further, None where it does; a pack's that nobody was here to make is kept as refused.

    What may be a PIN, typed fast or shown to a scanner, is kept and shown nowhere: scans are there for all to read.
    """
    if (who is None or asks_secret()) and may_be_pin(scan.text):
        return Refusal("pin_scanned")
    if who is not None:
        return None
    if station is not None:
        _keep(station, scan)
    return Refusal("scan_before_sign_in")


def asks_secret() -> bool:
    """True while a field with the focus hides what is typed."""
    field = QApplication.focusWidget()
    return isinstance(field, QLineEdit) and field.echoMode() is QLineEdit.EchoMode.Password


def may_be_pin(text: str) -> bool:
    """Whether this has the form of a PIN and none of a pack's code."""
    plain = text.strip()
    digits = plain.isascii() and plain.isdigit() and SHORTEST <= len(plain) <= LONGEST
    return digits and (len(plain) < _CODE or not likeness(plain))


def _keep(station: Station, scan: Scan) -> None:
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
