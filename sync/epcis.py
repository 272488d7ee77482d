"""Ledger events as EPCIS 2.0 events, built once at capture and never rebuilt.

The bytes that `Wire.event_bytes` returns are frozen with the event: they are what is sent, sent again and
replayed by a void. A document is those bytes spliced into an envelope, not parsed and not re-serialised.
Field by field the events equal the golden documents in tests/golden.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ledger.errors import SettingsError, TraceDeskError
from ledger.event import DocumentRef, Event, PackFacts
from sync.findings import uri_fault
from sync.identifiers import GS1, encode, is_gln, is_usci, key_uri, pack_uri
from sync.lint import event_faults
from sync.steps import STEPS, Step, Way, disposition_of, reason_word, stays
from sync.vocabulary import CONTEXT, DOCUMENT_TYPES, ERROR_REASONS

PREFIX = "td"
"""Prefix of our extension fields. It must match a URI scheme: no underscore."""

_PREFIXES = frozenset({PREFIX})
_OBJECT = ("epcList", "quantityList")
_CHILDREN = ("childEPCs", "childQuantityList")
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


class UnfitEvent(TraceDeskError):
    """An event cannot be put on the wire: our own mistake or a setting that is missing.

    Raised inside the capture transaction, so that nothing is saved that could never be delivered.
    """


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
    _site: str = field(init=False, repr=False)
    _party: str = field(init=False, repr=False)
    _separator: str = field(init=False, repr=False)
    _context: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the parts and prepare what all events share."""
        put = partial(object.__setattr__, self)
        put("id_base", self.id_base.rstrip("/"))
        put("org_base", self.org_base.rstrip("/"))
        put("gln", self.gln or None)
        put("usci", self.usci or None)
        for name in ("id_base", "org_base", "namespace"):
            if uri_fault(getattr(self, name)):
                raise SettingsError("wire_base_no_uri", name=name, value=getattr(self, name))
        if self.gln is not None and not is_gln(self.gln):
            raise SettingsError("wire_gln_wrong", value=self.gln)
        if self.usci is not None and not is_usci(self.usci):
            raise SettingsError("wire_usci_wrong", value=self.usci)
        if self.gln:
            site, party, separator = f"{GS1}/414/{self.gln}", f"{GS1}/417/{self.gln}", "/254/"
        elif self.usci:
            host = f"{self.org_base}/cn/usci"
            site, party, separator = f"{host}/loc/{self.usci}", f"{host}/pty/{self.usci}", "."
        else:
            site, party, separator = f"{self.id_base}/loc/site", f"{self.id_base}/pty/site", ""
        put("_site", site)
        put("_party", party)
        put("_separator", separator)
        put("_context", _dumps([CONTEXT, {PREFIX: self.namespace}]).encode("utf-8"))

    def event_bytes(self, event: Event, subject: str | None = None) -> bytes:
        """One EPCIS event as compact JSON, checked; the bytes are frozen from here on.

        `subject` is the pseudonym (a UUID, keyed and rotating) of the person who got the pack. Raises
        UnfitEvent.
        """
        body = self._event(event, subject)
        _lint(body)
        return _dumps(body).encode("utf-8")

    def document(self, payloads: Sequence[bytes], created: datetime, doc_id: str) -> bytes:
        """An EPCISDocument around frozen events, whose bytes are copied as they are."""
        time = created.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return b"".join(
            (
                b'{"@context":',
                self._context,
                b',"id":',
                _dumps(f"{self.id_base}/doc/{encode(doc_id)}").encode("utf-8"),
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
        word = reason_word(event)
        if event.reason in ERROR_REASONS:
            declaration["reason"] = event.reason
        elif word:
            declaration["td:reason"] = word
        if event.operator:
            declaration["td:declaredBy"] = f"{self.id_base}/pty/{encode(event.operator)}"
        if not voided.endswith(b"}") or b'"errorDeclaration"' in voided:
            raise UnfitEvent("wire_unfit", fault="not_voidable", at="errorDeclaration", value="")
        bytes_ = voided[:-1] + b',"errorDeclaration":' + _dumps(declaration).encode("utf-8") + b"}"
        _lint(json.loads(bytes_))
        return bytes_

    def _event(self, event: Event, subject: str | None) -> dict[str, Any]:
        step = STEPS.get(event.kind)
        if step is None:
            raise UnfitEvent("wire_kind_unknown", kind=event.kind)
        at = event.moment.iso()
        body: dict[str, Any] = {
            "type": "AggregationEvent" if step.nested else "ObjectEvent",
            "eventID": f"urn:uuid:{event.event_id}",
            "eventTime": at,
            "eventTimeZoneOffset": at[-6:],
            "action": step.action,
            "bizStep": step.biz_step,
            "disposition": disposition_of(event, step),
        }
        scans = self._nested(event, body) if step.nested else self._packs(event.packs, body, *_OBJECT)
        body["readPoint"] = {"id": self._place(event.place)}
        if stays(event, step):
            place = event.packs[0].place if event.packs else ""
            body["bizLocation"] = {"id": self._place(place) if place else self._site}
        if event.documents:
            body["bizTransactionList"] = [self._document(ref) for ref in event.documents]
        if step.way is not Way.NONE and event.partner:
            theirs, ours = self._partner(event.partner), (self._party, self._site)
            source, destination = (theirs, ours) if step.way is Way.IN else (ours, theirs)
            body["sourceList"] = _parties("source", *source, owner=step.sold)
            body["destinationList"] = _parties("destination", *destination, owner=step.sold)
        self._extend(event, step, body)
        if subject:
            body["td:subjectPseudonym"] = f"urn:uuid:{subject}"
        if scans:
            body["td:scans"] = scans
        body["td:deviceID"] = f"urn:uuid:{self.device_id}"
        # Not decoration: two genuine equal events of one millisecond differ in nothing else, and a platform
        # that tells duplicates by content would drop the second.
        body["td:deviceSeq"] = event.seq
        if event.operator:
            body["td:operatorID"] = f"{self.id_base}/pty/{encode(event.operator)}"
        if event.second:
            body["td:witnessID"] = f"{self.id_base}/pty/{encode(event.second)}"
        return body

    def _extend(self, event: Event, step: Step, body: dict[str, Any]) -> None:
        """What the vocabulary has no field for: units of an opened pack, the reason, the event answered."""
        if len(event.packs) == 1:
            pack = event.packs[0]
            if pack.units is not None and pack.quantity is not None and step.amount:
                body[step.amount] = {"td:value": pack.quantity, "td:unit": "{unit}"}
                if pack.remaining is not None:
                    body["td:remainingAmount"] = {"td:value": pack.remaining, "td:unit": "{unit}"}
        if word := reason_word(event):
            body[step.reason] = word
        if event.detail:
            if related := event.told(step.related):
                body["td:relatedEventID"] = f"urn:uuid:{related}"
            if label := event.told("label"):
                body["td:label"] = key_uri(label, self.org_base)

    def _nested(self, event: Event, body: dict[str, Any]) -> list[dict[str, str]]:
        """Packs as children of the case that the event names."""
        parent = event.told("parent") or next((pack.parent for pack in event.packs if pack.parent), None)
        if parent is None:
            raise UnfitEvent("wire_unfit", fault="no_parent", at="parentID", value="")
        body["parentID"] = key_uri(parent, self.org_base)
        return self._packs([pack for pack in event.packs if pack.key != parent], body, *_CHILDREN)

    def _packs(
        self, packs: Iterable[PackFacts], body: dict[str, Any], instances_at: str, classes_at: str
    ) -> list[dict[str, str]]:
        """Put the packs into the lists where they belong and return what code or label said of them."""
        instances: list[str] = []
        classes: dict[str, int] = {}
        scans: list[dict[str, str]] = []
        for pack in packs:
            uri, instance = pack_uri(pack, self.org_base)
            if instance:
                instances.append(uri)
            else:
                classes[uri] = classes.get(uri, 0) + (pack.quantity or 1)
            if pack.lot or pack.expiry:
                scan = {"td:epc": uri}
                if pack.lot:
                    scan["td:lotNumber"] = pack.lot
                if pack.expiry:
                    scan["td:itemExpirationDate"] = pack.expiry.isoformat()
                if pack.symbology:
                    scan["td:symbology"] = pack.symbology
                scan["td:entryMode"] = pack.entry
                scans.append(scan)
        if instances:
            body[instances_at] = instances
        if classes:
            body[classes_at] = [{"epcClass": uri, "quantity": count} for uri, count in classes.items()]
        return scans

    def _place(self, place: str) -> str:
        if not place:
            return self._site
        if not self._separator:
            return f"{self.id_base}/loc/{encode(place)}"
        return f"{self._site}{self._separator}{encode(place)}"

    def _partner(self, partner: str) -> tuple[str, str]:
        """Party and location of the other side, known by GLN, by USCI, or by a name of this site's own."""
        if is_gln(partner):
            return f"{GS1}/417/{partner}", f"{GS1}/414/{partner}"
        host, name = self.id_base, encode(partner)
        if is_usci(partner):
            host = f"{self.org_base}/cn/usci"
        return f"{host}/pty/{name}", f"{host}/loc/{name}"

    def _document(self, ref: DocumentRef) -> dict[str, str]:
        kind = ref.kind if ref.kind in DOCUMENT_TYPES else f"{self.namespace}BTT-{encode(ref.kind)}"
        if ref.issuer and is_gln(ref.issuer):
            return {"type": kind, "bizTransaction": f"urn:epcglobal:cbv:bt:{ref.issuer}:{encode(ref.number)}"}
        return {"type": kind, "bizTransaction": f"{self.id_base}/bt/{encode(ref.kind)}/{encode(ref.number)}"}


def _parties(name: str, party: str, location: str, *, owner: bool) -> list[dict[str, str]]:
    parties = [{"type": "possessing_party", name: party}]
    if owner:
        parties.append({"type": "owning_party", name: party})
    parties.append({"type": "location", name: location})
    return parties


def _lint(body: dict[str, Any]) -> None:
    faults = event_faults(body, _PREFIXES)
    if faults:
        worst = faults[0]
        raise UnfitEvent("wire_unfit", fault=worst.code, at=worst.at, value=worst.value)
