"""Documents for tests, and what is asked of them."""

from __future__ import annotations

from datetime import date

from ledger.event import DocumentRef, EventKind
from ledger.expectation import Expectation
from ledger.shipment import Line, Shipment
from tests.ledger.papers import GTIN, Told

RECEIVE, DISPENSE = EventKind.RECEIVE, EventKind.DISPENSE
GLN = "9521999000006"
PATIENT = "3b241101-e2bb-4255-8caf-4136c566a962"
OTHER_PATIENT = "9b241101-e2bb-4255-8caf-4136c566a962"
DAY = date(2026, 11, 20)
AP = DocumentRef("approval", "AP-1")


def shipment(*lines: Line, **more: object) -> Shipment:
    return Shipment("ASN-1", lines, **more)  # type: ignore[arg-type]


def ask(
    told: Told, key: str | None = None, product: str | None = GTIN, lot: str | None = "L1"
) -> Expectation:
    return told.store.documents.expectation("ASN-1", key, product, lot)
