"""This workstation in the words of the ledger and of the wire, as its settings have it."""

from __future__ import annotations

from collections.abc import Callable

from desktop.settings import Settings
from ledger.capture import Scanned, Workplace
from ledger.clock import Clock
from ledger.codes.code import Entry
from ledger.event import Event
from scanner.scan import Scan
from sync.epcis import Wire


def wire_of(settings: Settings, device_id: str) -> Wire:
    """How this site names itself and its packs to the platform."""
    return Wire(
        id_base=settings.text("platform.id_base"),
        org_base=settings.text("platform.org_base"),
        namespace=settings.text("platform.namespace"),
        gln=settings.text("site.gln") or None,
        usci=settings.text("site.usci") or None,
        device_id=device_id,
        party_gln=settings.text("site.party_gln") or None,
    )


def frozen_by(wire: Wire) -> Callable[[Event, bytes | None], bytes]:
    """What capture calls to freeze an event: its own form, or the declaration of the bytes that it voids."""

    def freeze(event: Event, voided: bytes | None) -> bytes:
        return (
            wire.event_bytes(event, event.told("subject"))
            if voided is None
            else wire.declaration_bytes(event, voided)
        )

    return freeze


def workplace_of(settings: Settings, clock: Clock, device_id: str) -> Workplace:
    """What capture needs to know of this workstation."""
    return Workplace(
        clock=clock,
        policy=settings.policy(),
        wire=frozen_by(wire_of(settings, device_id)),
        dock=settings.text("device.dock"),
        counter=settings.text("device.counter"),
        zone=settings.zone(),
        institution=settings.text("site.gln"),
    )


def scanned_of(scan: Scan) -> Scanned:
    """A device's scan in the ledger's words."""
    return Scanned(
        text=scan.text,
        entry=Entry(scan.source.value),
        symbology=scan.symbology,
        device=scan.device,
        aim=scan.aim,
        suspect=scan.suspect,
    )
