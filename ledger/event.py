"""The event record: what happened to which packs, its canonical bytes and its link in the hash chain.

An event is a fact and never changes. Its canonical form is JSON with sorted keys, no blanks, no floats, in
UTF-8; the link is SHA-256(hash of the event before + canonical bytes), 32 zero bytes before the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import orjson

from ledger.codes.code import Kind, Level
from ledger.moment import Moment

FORMAT = 1
"""Version of the canonical form; a reader refuses a higher one."""


class EventKind(StrEnum):
    """What can happen: first to a pack, then to the workstation itself."""

    __hash__ = str.__hash__  # the text's own: as quick, and equal where the text is equal

    RECEIVE = "receive"
    DISPENSE = "dispense"
    UNDO = "undo"
    """A dispense is taken back: the pack never left, or came straight back."""
    RETURN = "return"
    """A patient brings a pack or a part of it back."""
    SUPPLIER_RETURN = "supplier_return"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    MOVE = "move"
    QUARANTINE = "quarantine"
    RELEASE = "release"
    DESTROY = "destroy"
    PACK = "pack"
    UNPACK = "unpack"
    COUNT = "count"
    LABEL = "label"
    """Another code, such as the zone's own, is put on a pack."""
    VOID = "void"
    """The record of an earlier event is declared wrong; what it did is undone."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    PERSON_CHANGED = "person_changed"
    SETTINGS_CHANGED = "settings_changed"
    CLOCK_SHIFTED = "clock_shifted"
    LEDGER_OPENED = "ledger_opened"
    LEDGER_RESUMED = "ledger_resumed"
    """The ledger goes on under a new id after a restore or a clone; names the old head."""
    EXPORTED = "exported"
    DOCUMENT_OPENED = "document_opened"
    DOCUMENT_FINISHED = "document_finished"
    """A receipt is closed, with its over and short lines and their reasons."""
    TASK_OPENED = "task_opened"
    TASK_RESOLVED = "task_resolved"
    PATIENT_SHOWN = "patient_shown"
    """Somebody had a patient's data shown in clear; who the patient is stands there as a keyed commitment."""
    PATIENT_ERASED = "patient_erased"
    """A patient's data were erased by law; the commitments of the patient tell nothing from then on."""
    CONFIRMED = "confirmed"
    """The platform was asked about a pack and confirmed it."""
    ADOPTED = "adopted"
    """What other workstations of the site have told of packs is built upon: how these packs stood by then."""


ABOUT_PACKS = frozenset(
    {
        EventKind.RECEIVE,
        EventKind.DISPENSE,
        EventKind.UNDO,
        EventKind.RETURN,
        EventKind.SUPPLIER_RETURN,
        EventKind.TRANSFER_OUT,
        EventKind.TRANSFER_IN,
        EventKind.MOVE,
        EventKind.QUARANTINE,
        EventKind.RELEASE,
        EventKind.DESTROY,
        EventKind.PACK,
        EventKind.UNPACK,
        EventKind.COUNT,
        EventKind.LABEL,
        EventKind.VOID,
    }
)
"""The kinds that the platform is told of; the others stay in the ledger."""


@dataclass(frozen=True, slots=True)
class PackFacts:
    """A pack as one event saw it: identity and what code or label said of lot and expiry."""

    key: str
    kind: Kind
    product: str | None = None
    serial: str | None = None
    lot: str | None = None
    expiry: date | None = None
    expiry_precision: str | None = None
    production: date | None = None
    level: Level = Level.UNKNOWN
    symbology: str = ""
    """As the device named it; empty when it did not."""
    entry: str = "scan"
    """`scan` where code and lot were read, `manual` where a person typed the code or the lot."""
    state: str = ""
    """The state that the event led this pack to (ledger/pack.py)."""
    quantity: int | None = None
    """Units (split packs) or packs (goods without serial) that the event is about; None for one whole pack."""
    units: int | None = None
    """Units in a full pack, once somebody has opened it."""
    remaining: int | None = None
    """Units left in the pack after the event, for an opened one."""
    out: int | None = None
    """Units of an opened pack, or packs of goods without serial, that are with patients after the event."""
    parent: str | None = None
    """Key of the case that the pack lies in after the event."""
    place: str = ""
    """Where the pack lies after the event, where the site names places."""

    def seen_by(self, symbology: str, entry: str) -> PackFacts:
        """The same facts, read from such a symbol in such a way. Every scan does this: spelt out, it costs a third."""
        return PackFacts(
            self.key,
            self.kind,
            self.product,
            self.serial,
            self.lot,
            self.expiry,
            self.expiry_precision,
            self.production,
            self.level,
            symbology,
            entry,
            self.state,
            self.quantity,
            self.units,
            self.remaining,
            self.out,
            self.parent,
            self.place,
        )


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A business document that the event belongs to."""

    kind: str
    """`po`, `desadv`, `recadv`, `inv` as in CBV, or an own one: `prescription`."""
    number: str
    issuer: str | None = None
    """GLN of a partner who issued it; None for a document of this site."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact, ready to be chained and saved."""

    event_id: str
    """UUIDv7 as text, minted when the scan was captured and never changed after."""
    ledger_id: str
    seq: int
    """Position in this ledger, from 1 without gaps."""
    kind: EventKind
    moment: Moment
    device_id: str
    operator: str
    place: str
    """Read point inside the site: "DOCK-1", "COUNTER-2"; empty when not configured."""
    packs: tuple[PackFacts, ...]
    partner: str | None = None
    """GLN of the other side: who sent what was received."""
    documents: tuple[DocumentRef, ...] = ()
    reason: str | None = None
    second: str | None = None
    """The second person, where one confirmed."""
    flags: tuple[str, ...] = ()
    """Code words of what was remarkable: `expired`, `not_received`, `near_expiry`."""
    verdict: str = "provisional"
    detail: tuple[tuple[str, str], ...] = ()
    """What only this kind of event has, as (name, text) pairs: ("expected", "60")."""

    def told(self, name: str) -> str | None:
        """A detail by its name."""
        for key, value in self.detail:
            if key == name:
                return value
        return None

    def canonical(self) -> bytes:
        """The bytes that are hashed, stored and exported."""
        return orjson.dumps(
            {
                "v": FORMAT,
                "event_id": self.event_id,
                "ledger_id": self.ledger_id,
                "seq": self.seq,
                "kind": self.kind,
                "at": self.moment.iso(),
                "boot": self.moment.boot,
                "mono_ms": self.moment.mono_ms,
                "clock": self.moment.trust,
                "device": self.device_id,
                "operator": self.operator,
                "place": self.place,
                "packs": [_pack_json(pack) for pack in self.packs],
                "partner": self.partner,
                "documents": [[ref.kind, ref.number, ref.issuer] for ref in self.documents],
                "reason": self.reason,
                "second": self.second,
                "flags": self.flags,
                "verdict": self.verdict,
                "detail": self.detail,
            },
            option=orjson.OPT_SORT_KEYS,
        )

    @classmethod
    def from_canonical(cls, body: bytes) -> Event:
        """Read an event back from its stored bytes."""
        raw = orjson.loads(body)
        return cls(
            event_id=raw["event_id"],
            ledger_id=raw["ledger_id"],
            seq=raw["seq"],
            kind=_KINDS[raw["kind"]],
            moment=Moment(datetime.fromisoformat(raw["at"]), raw["mono_ms"], raw["boot"], raw["clock"]),
            device_id=raw["device"],
            operator=raw["operator"],
            place=raw["place"],
            packs=tuple(_pack_from(item) for item in raw["packs"]),
            partner=raw["partner"],
            documents=tuple(DocumentRef(kind, number, issuer) for kind, number, issuer in raw["documents"]),
            reason=raw["reason"],
            second=raw["second"],
            flags=tuple(raw["flags"]),
            verdict=raw["verdict"],
            detail=tuple((name, value) for name, value in raw["detail"]),
        )


_KINDS = {kind.value: kind for kind in EventKind}
_CODE_KINDS = {kind.value: kind for kind in Kind}
_LEVELS = {level.value: level for level in Level}


def _pack_json(pack: PackFacts) -> dict[str, str | int | None]:
    return {
        "key": pack.key,
        "kind": pack.kind,
        "product": pack.product,
        "serial": pack.serial,
        "lot": pack.lot,
        "expiry": pack.expiry.isoformat() if pack.expiry else None,
        "expiry_precision": pack.expiry_precision,
        "production": pack.production.isoformat() if pack.production else None,
        "level": pack.level,
        "symbology": pack.symbology,
        "entry": pack.entry,
        "state": pack.state,
        "quantity": pack.quantity,
        "units": pack.units,
        "remaining": pack.remaining,
        "out": pack.out,
        "parent": pack.parent,
        "place": pack.place,
    }


def _pack_from(raw: dict[str, Any]) -> PackFacts:
    expiry = raw["expiry"]
    return PackFacts(
        key=raw["key"],
        kind=_CODE_KINDS[raw["kind"]],
        product=raw["product"],
        serial=raw["serial"],
        lot=raw["lot"],
        expiry=date.fromisoformat(expiry) if expiry else None,
        expiry_precision=raw["expiry_precision"],
        production=date.fromisoformat(raw["production"]) if raw["production"] else None,
        level=_LEVELS[raw["level"]],
        symbology=raw["symbology"],
        entry=raw["entry"],
        state=raw["state"],
        quantity=raw["quantity"],
        units=raw["units"],
        remaining=raw["remaining"],
        out=raw["out"],
        parent=raw["parent"],
        place=raw["place"],
    )
