"""Ledger events as EPCIS 2.0 events, built once at capture and never rebuilt.

The bytes that `Wire.event_bytes` returns are frozen with the event: they are what is sent, sent again and
replayed by a void. A document is those bytes spliced into an envelope, not parsed and not re-serialised.
Field by field the events equal the golden documents in tests/golden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson

from ledger.errors import SettingsError
from ledger.event import Event, EventKind
from ledger.pack import State
from sync.contents import CHILDREN, OBJECT, UnfitEvent, put
from sync.findings import uri_fault
from sync.identifiers import encode, is_gln, is_usci, key_uri
from sync.lint import event_faults
from sync.steps import (
    Step,
    Way,
    disposition_of,
    persistent_of,
    reason_told,
    reason_word,
    stays,
    step_of,
)
from sync.surroundings import Surroundings
from sync.vocabulary import CONTEXT, ERROR_REASONS

__all__ = ["PREFIX", "UnfitEvent", "Wire"]

PREFIX = "td"
"""Prefix of our extension fields. It must match a URI scheme: no underscore."""

_PREFIXES = frozenset({PREFIX})


@dataclass(frozen=True, slots=True)
class Wire:
    """Turns events of one device at one site into EPCIS; raises SettingsError when made from unusable parts."""

    id_base: str
    """Where this site's own ids are minted: `https://id.tracedesk.example/hospital-1`."""
    org_base: str
    """Where codes that are none of GS1's are minted, the same for all sites of a platform."""
    namespace: str
    """What the prefix `td:` stands for."""
    gln: str | None
    """The site's GLN; wins over the USCI."""
    usci: str | None
    """The site's unified social credit identifier."""
    device_id: str
    """UUID of this device as text."""
    party_gln: str | None = None
    """GLN of the organisation that the site belongs to, where that is not the site's own."""
    _around: Surroundings = field(init=False, repr=False, compare=False)
    _context: bytes = field(init=False, repr=False)
    _device: str = field(init=False, repr=False)
    _sound: dict[str, object] = field(init=False, repr=False, compare=False)
    """Field -> the value that was last found in order there."""

    def __post_init__(self) -> None:
        """Check the parts and prepare what all events share."""
        keep = partial(object.__setattr__, self)
        keep("id_base", self.id_base.rstrip("/"))
        keep("org_base", self.org_base.rstrip("/"))
        keep("gln", self.gln or None)
        keep("usci", self.usci or None)
        keep("party_gln", self.party_gln or None)
        for name in ("id_base", "org_base", "namespace"):
            if uri_fault(getattr(self, name)):
                raise SettingsError("wire_base_no_uri", name=name, value=getattr(self, name))
        for gln in (self.gln, self.party_gln):
            if gln is not None and not is_gln(gln):
                raise SettingsError("wire_gln_wrong", value=gln)
        if self.usci is not None and not is_usci(self.usci):
            raise SettingsError("wire_usci_wrong", value=self.usci)
        around = Surroundings(
            self.id_base, self.org_base, self.namespace, self.gln, self.usci, self.party_gln
        )
        keep("_around", around)
        keep("_device", f"urn:uuid:{self.device_id}")
        keep("_sound", {})
        keep("_context", orjson.dumps([CONTEXT, {PREFIX: self.namespace}]))

    @property
    def site(self) -> str:
        """The site's own location."""
        return self._around.site

    def is_here(self, place: str) -> bool:
        """True for a location of this site: its own, and every place inside it."""
        return self._around.is_here(place)

    def event_bytes(self, event: Event, subject: str | None = None) -> bytes:
        """One EPCIS event as compact JSON, checked; the bytes are frozen from here on.

        `subject` is the pseudonym (a UUID, keyed and rotating) of the person who got the pack. Raises
        UnfitEvent.
        """
        body = self._event(event, subject)
        _lint(body, self._sound)
        return orjson.dumps(body)

    def document(self, payloads: Sequence[bytes], created: datetime, doc_id: str) -> bytes:
        """An EPCISDocument around frozen events, whose bytes are copied as they are."""
        time = created.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return b"".join(
            (
                b'{"@context":',
                self._context,
                b',"id":',
                orjson.dumps(f"{self.id_base}/doc/{encode(doc_id)}"),
                b',"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"',
                time.encode("ascii"),
                b'","epcisBody":{"eventList":[',
                b",".join(payloads),
                b"]}}",
            )
        )

    def declaration_bytes(self, event: Event, voided: bytes) -> bytes:
        """The frozen bytes of an event again, unchanged but for a declaration that they are wrong.

        The declaration's time is the moment of `event`, the one that voids; EPCIS 2.0 section 7.4.1.2. Raises
        UnfitEvent.
        """
        declaration: dict[str, Any] = {"declarationTime": event.moment.iso()}
        corrective = event.told("corrected_by")
        declaration["reason"] = (
            "incorrect_data" if corrective or event.reason == "incorrect_data" else "did_not_occur"
        )
        if corrective:
            declaration["correctiveEventIDs"] = [f"urn:uuid:{corrective}"]
        if event.operator:
            declaration["td:declaredBy"] = self._around.person(event.operator)
        word = reason_word(event)
        if word and word not in ERROR_REASONS:
            declaration["td:voidReasonText"] = word.replace("_", " ")
        if not voided.endswith(b"}") or b'"errorDeclaration"' in voided:
            raise UnfitEvent("wire_unfit", fault="not_voidable", at="errorDeclaration", value="")
        bytes_ = voided[:-1] + b',"errorDeclaration":' + orjson.dumps(declaration) + b"}"
        _lint(orjson.loads(bytes_))
        return bytes_

    def _event(self, event: Event, subject: str | None) -> dict[str, Any]:
        step = step_of(event)
        if step is None:
            raise UnfitEvent("wire_kind_unknown", kind=event.kind)
        # An event that corrects another happened when that one did, whenever it was recorded.
        around, at = self._around, event.told("happened") or event.moment.iso()
        kind = "AggregationEvent" if step.nested else "TransactionEvent" if step.linked else "ObjectEvent"
        body: dict[str, Any] = {
            "type": kind,
            "eventID": f"urn:uuid:{event.event_id}",
            "eventTime": at,
            "eventTimeZoneOffset": at[-6:],
            "action": step.action,
            "bizStep": step.biz_step,
            "disposition": disposition_of(event, step),
        }
        if persistent := persistent_of(event):
            body["persistentDisposition"] = persistent
        scans = self._nested(event, body) if step.nested else self._listed(event, body)
        body["readPoint"] = around.place(event.place)
        if stays(event, step):
            place = event.packs[0].place if event.packs else ""
            body["bizLocation"] = around.place(place)
        elif event.kind is EventKind.DISPENSE and event.partner:  # a ward of the house, which has it now
            body["bizLocation"] = around.ward(event.partner)
        if event.documents:
            body["bizTransactionList"] = around.papers(event.documents)
        if step.way is not Way.NONE and event.partner:
            body["sourceList"], body["destinationList"] = around.sides(event.partner, step)
        self._extend(event, step, body)
        if subject:
            body["td:subjectPseudonym"] = f"urn:uuid:{subject}"
        if scans:
            body["td:scans"] = scans
        body["td:deviceID"] = self._device
        # Not decoration: two genuine equal events of one millisecond differ in nothing else, and a platform
        # that tells duplicates by content would drop the second.
        body["td:deviceSeq"] = event.seq
        if event.operator:
            body["td:operatorID"] = around.person(event.operator)
        if event.second:
            body["td:witnessID"] = around.person(event.second)
        return body

    def _extend(self, event: Event, step: Step, body: dict[str, Any]) -> None:
        """What the vocabulary has no field for: units of an opened pack, the reason, the event answered."""
        if len(event.packs) == 1:
            pack = event.packs[0]
            if pack.units is not None and pack.quantity is not None and step.amount:
                unit = f"{{{event.told('unit') or 'unit'}}}"
                body[step.amount] = {"td:value": pack.quantity, "td:unit": unit}
                if pack.remaining is not None:
                    body["td:remainingAmount"] = {"td:value": pack.remaining, "td:unit": unit}
        expected = event.told("expected")
        if expected and event.kind is EventKind.RECEIVE:
            body["td:expectedQuantity"] = int(expected)
        if word := reason_told(event):
            body["td:discrepancyReason" if "td:expectedQuantity" in body else step.reason] = word
        if step.set_apart and (
            event.kind is EventKind.RETURN or any(pack.state == State.QUARANTINED for pack in event.packs)
        ):
            body[step.set_apart] = "pending"
        if event.detail:
            if related := event.told(step.related):
                body["td:relatedEventID"] = f"urn:uuid:{related}"
            if label := event.told("label"):
                body["td:label"] = key_uri(label, self.org_base)
            if method := event.told("method"):
                body["td:destructionMethod"] = method

    def _nested(self, event: Event, body: dict[str, Any]) -> list[dict[str, str]]:
        """Packs as children of the case that the event names; a case alone stands for all that lies in it."""
        parent = event.told("parent") or next((pack.parent for pack in event.packs if pack.parent), None)
        if parent is None:
            raise UnfitEvent("wire_unfit", fault="no_parent", at="parentID", value="")
        body["parentID"] = key_uri(parent, self.org_base)
        children = [pack for pack in event.packs if pack.key != parent]
        if not children and body["action"] == "DELETE":
            body["childEPCs"] = []
        return put(event, children, self.org_base, body, CHILDREN)

    def _listed(self, event: Event, body: dict[str, Any]) -> list[dict[str, str]]:
        return put(event, event.packs, self.org_base, body, OBJECT)


def _lint(body: dict[str, Any], sound: dict[str, object] | None = None) -> None:
    faults = event_faults(body, _PREFIXES, sound=sound)
    if faults:
        worst = faults[0]
        raise UnfitEvent("wire_unfit", fault=worst.code, at=worst.at, value=worst.value)
