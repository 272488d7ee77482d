"""The golden documents, field for field, one for every kind of event that the ledger has.

Documents that no event of the ledger stands for (implants, samples, kits, repacking, query results) have no
builder and are not here.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.codes.code import Kind
from ledger.event import DocumentRef, Event, EventKind, PackFacts
from ledger.moment import Moment
from sync.epcis import Wire
from sync.lint import document_faults
from tests.sync.books import WIRE

FOLDER = Path(__file__).resolve().parents[1] / "golden"
CREATED = datetime(2026, 11, 20, 10, 15, 30, tzinfo=UTC)
SUPPLIER, SITE, WARD, SECOND, CARRIER = (
    "9521234000006",
    "9521999000006",
    "9521999000013",
    "9521999000020",
    "9521888000001",
)
CASE = PackFacts("sscc:095212340000000013", Kind.SSCC)
RECALL = DocumentRef("recall-notice", "RN-2026-3")
TRANSFER = DocumentRef("transfer", "TR-18")
SHIPPED = DocumentRef("desadv", "DN-502")
HOSPITAL = replace(WIRE, party_gln=SITE)
_K = EventKind


def pack(serial: str, **more: Any) -> PackFacts:
    return PackFacts(f"gs1:09521234000013/{serial}", Kind.GS1, "09521234000013", serial, **more)


def lot(quantity: int, product: str = "09521234000020", number: str = "L2026/07", **more: Any) -> PackFacts:
    return PackFacts(f"heap:{product}/{number}", Kind.GS1, product, None, number, quantity=quantity, **more)


E5, E6, ODD = pack("A1B2C3D4E5"), pack("A1B2C3D4E6"), pack("X/9+%2")
LABELLED = replace(E5, lot="AB-123", expiry=date(2028, 1, 31), symbology="GS1 DataMatrix")
OPENED = replace(E6, state="opened", units=28, quantity=10, remaining=18)


def made(
    seq: int, number: int, at: str, kind: EventKind, place: str, *packs: PackFacts, **more: Any
) -> Event:
    return Event(
        event_id=f"0195f0c0-{number:04x}-7{number:03x}-8000-{number:012x}",
        ledger_id="0195f0c0-0000-7000-8000-000000000000",
        seq=seq,
        kind=kind,
        moment=Moment(datetime.fromisoformat(f"2026-11-20T{at}+08:00"), 1, "boot"),
        device_id="any",
        place=place,
        packs=packs,
        **{"operator": "op-7f3a", **more},
    )


def doc(kind: str, number: str, issuer: str | None = None) -> DocumentRef:
    return DocumentRef(kind, number, issuer)


DISPENSED = replace(
    made(1004, 4, "10:11:12.345", _K.DISPENSE, "COUNTER-2", LABELLED),
    documents=(doc("prescription", "RX-20261120-0007"),),
)
PARTLY = replace(
    made(1005, 5, "10:15:00.001", _K.DISPENSE, "COUNTER-2", OPENED),
    documents=(doc("prescription", "RX-20261120-0008"),),
    detail=(("unit", "tablet"),),
)
SENT = made(
    1012, 12, "14:00:00.007", _K.TRANSFER_OUT, "DOCK-1", CASE, lot(50),
    partner=SECOND, documents=(TRANSFER, SHIPPED),
)  # fmt: skip
BULK = lot(1, "09521234000013", "BULK.9")

PLAIN: dict[str, tuple[str, tuple[Event, ...]]] = {
    "02-receive-lot-level": (
        "receive-2",
        (
            made(
                1002, 2, "09:05:00.500", _K.RECEIVE, "DOCK-1",
                lot(200, expiry=date(2027, 12, 31), symbology="GS1-128", entry="manual"), BULK,
                partner=SUPPLIER, documents=(doc("po", "PO-2026-0043"), doc("recadv", "GRN-000914")),
                detail=((f"measure {BULK.key}", "2.5 KGM"),),
            ),
        ),
    ),
    "03-receive-discrepancy": (
        "receive-3",
        (
            made(
                1003, 3, "09:07:00.000", _K.RECEIVE, "DOCK-1", lot(190, place="QUAR"),
                documents=(doc("po", "PO-2026-0043"), doc("recadv", "GRN-000915")),
                reason="short_delivery", detail=(("expected", "200"),),
            ),
        ),
    ),
    "06-dispense-lot-level-to-ward": (
        "dispense-3",
        (
            made(
                1006, 6, "10:20:00.002", _K.DISPENSE, "COUNTER-2", lot(12),
                partner=WARD, documents=(doc("ward-order", "WO-551"),),
            ),
        ),
    ),
    "08-return-inbound": (
        "return-1",
        (
            made(
                1008, 8, "12:00:00.004", _K.RETURN, "COUNTER-2", replace(E5, state="quarantined", place="QUAR"),
                partner=WARD, documents=(doc("return-slip", "RET-77"),), reason="dose_changed",
                detail=(("returns", DISPENSED.event_id),),
            ),
        ),
    ),
    "09-return-restock": (
        "return-2",
        (
            made(1009, 9, "12:30:00.005", _K.RELEASE, "QUAR", replace(E5, place="QUAR")),
            made(1010, 10, "12:31:00.005", _K.MOVE, "VAULT", replace(E5, place="VAULT"), reason="restock"),
        ),
    ),
    "10-return-to-supplier": (
        "return-3",
        (
            made(
                1011, 11, "13:00:00.006", _K.SUPPLIER_RETURN, "DOCK-1", E6,
                partner=SUPPLIER, documents=(doc("rma", "RMA-31"), doc("desadv", "DN-501")),
            ),
        ),
    ),
    "11-transfer-out": ("transfer-1", (SENT,)),
    "14-destroy": (
        "destroy-1",
        (
            made(
                1015, 15, "16:00:00.010", _K.DESTROY, "DESTR", ODD, lot(3),
                second="op-91bc", documents=(doc("cert", "DESTR-CERT-2026-9"),), reason="expired",
                detail=(("method", "incineration"),),
            ),
        ),
    ),
    "15-send-to-disposal": (
        "destroy-2",
        (
            made(
                1016, 16, "16:10:00.011", _K.DESTROY, "DOCK-1", ODD,
                partner=CARRIER, documents=(doc("waste-note", "W-12"),),
            ),
        ),
    ),
    "17-void-shipping": (
        "void-1",
        (
            made(
                1020, 20, "16:30:00.013", _K.UNDO, "DOCK-1", CASE, documents=SENT.documents,
                detail=(("undoes", SENT.event_id), ("undone", "transfer_out")),
            ),
        ),
    ),
    "18-pack": (
        "pack-1",
        (
            made(
                1021, 21, "17:00:00.014", _K.PACK, "PACK",
                replace(E5, parent=CASE.key), replace(E6, parent=CASE.key), lot(10, parent=CASE.key),
            ),
        ),
    ),
    "20-unpack-all": (
        "unpack-2",
        (made(1023, 23, "17:20:00.016", _K.UNPACK, "PACK", CASE, detail=(("parent", CASE.key),)),),
    ),
    "23-recall-quarantine": (
        "recall-1",
        (
            made(
                1027, 27, "18:00:00.019", _K.QUARANTINE, "QUAR", replace(E6, place="QUAR"), lot(138),
                documents=(RECALL,), reason="recalled",
            ),
        ),
    ),
    "24-quarantine-release": (
        "recall-2",
        (made(1028, 28, "18:30:00.020", _K.RELEASE, "QUAR", E6, documents=(RECALL,)),),
    ),
    "25-mark-expired": (
        "expired-1",
        (made(1029, 29, "18:40:00.021", _K.QUARANTINE, "QUAR", replace(ODD, place="QUAR"), reason="expired"),),
    ),
    "26-stock-count": (
        "count-1",
        (made(1030, 30, "19:00:00.022", _K.COUNT, "VAULT", replace(E5, place="VAULT"), E6, lot(138)),),
    ),
    "27-txn-link": (
        "txn-1",
        (
            made(
                1031, 31, "19:10:00.023", _K.DOCUMENT_FINISHED, "DOCK-1", E5, E6,
                documents=(doc("inv", "INV-1"), doc("po", "PO-2026-0042")),
            ),
        ),
    ),
}  # fmt: skip
"""Name of the golden document -> its own id and the events in it, of the hospital of all examples."""


def golden(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.jsonld").read_text("utf-8"))
    return document


def document(wire: Wire, doc_id: str, *payloads: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(wire.document(payloads, CREATED, doc_id))
    return told


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_a_golden_document(name: str) -> None:
    doc_id, events = PLAIN[name]
    assert document(HOSPITAL, doc_id, *map(HOSPITAL.event_bytes, events)) == golden(name)


def test_golden_05_a_part_of_a_pack() -> None:
    subject = "9a7d1c52-5a36-5e0e-8f2b-2f6f3f0c7d12"
    assert document(WIRE, "dispense-2", WIRE.event_bytes(PARTLY, subject)) == golden("05-dispense-partial")


def test_golden_12_a_transfer_arrives_at_the_second_site() -> None:
    second = replace(WIRE, gln=SECOND, party_gln=SITE)
    documents = (TRANSFER, doc("recadv", "GRN-000920"))
    one = made(1013, 13, "15:30:00.008", _K.TRANSFER_IN, "", CASE, lot(50), partner=SITE, documents=documents)
    assert document(second, "transfer-2", second.event_bytes(one)) == golden("12-transfer-in")


def test_golden_28_the_same_bytes_with_a_declaration() -> None:
    frozen = WIRE.event_bytes(DISPENSED, "9a7d1c52-5a36-5e0e-8f2b-2f6f3f0c7d11")
    void = made(2000, 99, "10:40:00.000", _K.VOID, "", operator="op-91bc", reason="scanned_twice")
    assert document(WIRE, "error-1", WIRE.declaration_bytes(void, frozen)) == golden(
        "28-void-record-did-not-occur"
    )


def test_golden_29_the_corrective_event_and_the_declaration_in_one_document() -> None:
    subject = "9a7d1c52-5a36-5e0e-8f2b-2f6f3f0c7d12"
    frozen = WIRE.event_bytes(PARTLY, subject)
    right = replace(
        PARTLY,
        seq=2001,
        event_id="0195f0c0-0028-7028-8000-000000000028",
        packs=(replace(OPENED, quantity=8, remaining=20),),
    )
    void = made(
        2000, 99, "11:00:00.000", _K.VOID, "",
        operator="", reason="incorrect_data", detail=(("corrected_by", right.event_id),),
    )  # fmt: skip
    declared = WIRE.declaration_bytes(void, frozen)
    told = document(WIRE, "error-2", WIRE.event_bytes(right, subject), declared)
    assert told == golden("29-correct-record-incorrect-data")


def test_golden_32_codes_that_are_none_of_gs1s() -> None:
    wire = replace(WIRE, gln=None, usci="91310000MA1FL0000X")
    packs = (
        PackFacts("cn20:81234560123456789012", Kind.CN20, "8123456", "012345678"),
        PackFacts("ppn:111234567842/AB12CD", Kind.PPN, "111234567842", "AB12CD"),
        PackFacts("hibc:A123BJC5D6E71/77D/99", Kind.HIBC, "A123BJC5D6E71", "77D/99"),
        PackFacts("ma:MA.156.M0.100221.10101/SN0001", Kind.MA, "MA.156.M0.100221.10101", "SN0001"),
        PackFacts("opaque:urn:tracedesk:cn:obj:81234560123456789012", Kind.OPAQUE),
        PackFacts("opaque:urn:oid:1.2.156.99999.1.81234560123456789013", Kind.OPAQUE),
        PackFacts("heap:hibc", Kind.HIBC, "A123BJC5D6E71", None, "LOT 9$", quantity=5),
        PackFacts("heap:cn20", Kind.CN20, "8123456", None, "AB-77", quantity=5),
    )
    one = made(1033, 0x33, "10:13:00.025", _K.RECEIVE, "", *packs)
    assert document(wire, "nongs1-1", wire.event_bytes(one)) == golden("32-nongs1-mixed")


def test_every_golden_document_here_is_clean() -> None:
    names = [path.stem for path in FOLDER.glob("*.jsonld")]
    assert len(names) == 28
    for name in names:
        assert document_faults(golden(name)) == (), name
