"""Finds what is wrong with an EPCIS 2.0 event or document, above all what GS1's JSON Schema lets pass.

Check digits, the fineness of identifiers, the vocabulary, times and their offsets, duplicate ids, the rules of
error declarations. Findings are values; the same rules guard what we send and what the sandbox platform takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sync.fields import FIELDS
from sync.findings import Fault, Findings, instant_of
from sync.vocabulary import ACTIONS, CONTEXTS, EVENT_TYPES

_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d").fullmatch
_SEEN_APART = frozenset({"type", "eventID", "eventTime", "eventTimeZoneOffset", "action", "recordTime"})
_THINGS = {
    "ObjectEvent": ("epcList", "quantityList", "sensorElementList"),
    "AggregationEvent": ("childEPCs", "childQuantityList"),
    "AssociationEvent": ("childEPCs", "childQuantityList"),
    "TransactionEvent": ("epcList", "quantityList"),
    "TransformationEvent": ("inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList"),
}


def event_faults(
    event: object,
    prefixes: frozenset[str] = frozenset(),
    now: datetime | None = None,
    *,
    sound: dict[str, object] | None = None,
) -> tuple[Fault, ...]:
    """All faults of one event; empty when it may be sent.

    `prefixes` are the extension prefixes that the document declares. With `now` an event that lies more than a
    day in the future is a fault; without it the time is not judged, because a clerk's wrong clock must not
    stop a capture. `sound` spares whoever makes many events alike the second look at a field: the very same
    value (not an equal one) that was in order there before is in order still; it is kept up here.
    """
    found = Findings(prefixes)
    if not isinstance(event, dict):
        found.add("not_an_object", "")
        return tuple(found.faults)
    kind, action = event.get("type"), event.get("action")
    if not isinstance(kind, str) or kind not in EVENT_TYPES:
        found.add("event_type", "type", kind)
    found.uri(event.get("eventID"), "eventID")
    offset = found.time(event.get("eventTime"), "eventTime")
    stated = event.get("eventTimeZoneOffset")
    if not isinstance(stated, str) or not _OFFSET(stated):
        found.add("offset", "eventTimeZoneOffset", stated)
    elif offset is not None and offset not in (stated, "Z"):
        found.add("offset_contradicts", "eventTimeZoneOffset", stated)
    if now is not None and offset is not None:
        instant = instant_of(event["eventTime"])
        if instant is not None and instant > now + timedelta(days=1):
            found.add("future", "eventTime", event["eventTime"])
    if "recordTime" in event:
        found.add("record_time", "recordTime")
    if kind == "TransformationEvent":
        if action is not None:
            found.add("action", "action", action)
    elif not isinstance(action, str) or action not in ACTIONS:
        found.add("action", "action", action)
    before = sound if sound is not None else {}
    for key, value in event.items():
        if value is not None and before.get(key) is value:
            continue
        check = FIELDS.get(key)
        if check is not None:
            check(found, value, key)
        elif key not in _SEEN_APART:
            found.extension(key, value, key)
    _belongs(found, event, kind, action)
    if sound is not None and not found.faults:
        sound.update(event)
    return tuple(found.faults)


def _belongs(found: Findings, event: Mapping[str, object], kind: object, action: object) -> None:
    """What must and must not stand together."""
    things = _THINGS.get(str(kind), ())
    empty_all = kind in ("AggregationEvent", "AssociationEvent", "TransactionEvent") and action == "DELETE"
    if things and not empty_all:
        for thing in things:
            if event.get(thing):
                break
        else:
            found.add("about_nothing", things[0])
    if (
        kind in ("AggregationEvent", "AssociationEvent")
        and action in ("ADD", "DELETE")
        and not event.get("parentID")
    ):
        found.add("no_parent", "parentID")
    if kind == "TransactionEvent" and not event.get("bizTransactionList"):
        found.add("no_document", "bizTransactionList")
    if "ilmd" in event and not (kind == "TransformationEvent" or (kind == "ObjectEvent" and action == "ADD")):
        found.add("ilmd_misplaced", "ilmd")


def prefixes_of(context: object) -> frozenset[str]:
    """The prefixes that a document's or an event's @context declares."""
    items = context if isinstance(context, list) else [context]
    return frozenset(key for item in items if isinstance(item, dict) for key in item)


def events_in(document: Mapping[str, object]) -> Sequence[object]:
    """The events of a capture document; empty where its shape is not one."""
    body = document.get("epcisBody")
    events = body.get("eventList") if isinstance(body, dict) else None
    return events if isinstance(events, list) else ()


def identity(event: Mapping[str, object]) -> tuple[str, str]:
    """What makes an event one and the same: its id, and for an error declaration the declaration's time.

    A declaration carries the id of the event it voids (EPCIS 2.0 section 7.4.1.2).
    """
    declaration = event.get("errorDeclaration")
    time = declaration.get("declarationTime") if isinstance(declaration, dict) else None
    return str(event.get("eventID", "")), str(time or "")


def document_faults(document: object, now: datetime | None = None) -> tuple[Fault, ...]:
    """All faults of an EPCISDocument and of the events in it."""
    found = Findings(frozenset())
    if not isinstance(document, dict):
        found.add("not_an_object", "")
        return tuple(found.faults)
    if document.get("type") != "EPCISDocument":
        found.add("document_type", "type", document.get("type"))
    if document.get("schemaVersion") not in ("2.0", "2.0.0", "2.0.1"):
        found.add("schema_version", "schemaVersion", document.get("schemaVersion"))
    context = document.get("@context")
    named = context if isinstance(context, list) else [context]
    if not any(isinstance(item, str) and item in CONTEXTS for item in named):
        found.add("no_context", "@context")
    found.time(document.get("creationDate"), "creationDate")
    if "id" in document:
        found.uri(document["id"], "id")
    events = events_in(document)
    header = document.get("epcisHeader")
    if not events and not (isinstance(header, dict) and "epcisMasterData" in header):
        found.add("no_events", "epcisBody.eventList")
    prefixes = prefixes_of(context)
    for index, event in enumerate(events):
        own = prefixes_of(event.get("@context")) if isinstance(event, dict) else frozenset()
        found.faults.extend(
            Fault(fault.code, f"eventList.{index}.{fault.at}", fault.value)
            for fault in event_faults(event, prefixes | own, now)
        )
    _twice(found, [event for event in events if isinstance(event, dict)])
    return tuple(found.faults)


def _twice(found: Findings, events: Iterable[Mapping[str, object]]) -> None:
    """No event twice, and no declaration beside the event that it voids."""
    seen: dict[str, set[str]] = {}
    for event in events:
        event_id, declared = identity(event)
        times = seen.setdefault(event_id, set())
        if declared in times:
            found.add("event_twice", "eventID", event_id)
        elif times and (declared == "" or "" in times):
            found.add("declaration_beside_original", "eventID", event_id)
        times.add(declared)
