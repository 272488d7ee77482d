"""A question to the sandbox platform: the query parameters of EPCIS 2.0 section 8.2.7 that workstations use.

Several values of one parameter are joined by `|` and mean any of them. A parameter that is not known is refused,
as the standard wants it, so that nobody takes an unfiltered answer for a filtered one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Event = Mapping[str, Any]
Test = Callable[[Event, str], bool]

PAGE = 30
"""Events of a page where the client asks for no number (EPCIS 2.0 section 12.7.1)."""
MAX_PAGE = 100
MAX_IDS = 500


class BadQuestion(ValueError):
    """A question that cannot be answered, with what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for, checked."""

    ids: tuple[str, ...] = ()
    since: str = ""
    """Only what was recorded at or after this time, UTC with milliseconds; empty: whenever."""
    before: str = ""
    page: int = PAGE
    after: int = 0
    """Number of the last event of the page before; an offset where the answer is sorted."""
    order_by: str = ""
    descending: bool = False
    limit: int | None = None
    tests: tuple[tuple[Test, tuple[str, ...]], ...] = field(default=())

    def fits(self, event: Event) -> bool:
        """True for an event that is asked for."""
        return all(any(test(event, value) for value in values) for test, values in self.tests)


def question_of(query: Mapping[str, str]) -> Question:
    """Read the parameters of an address; BadQuestion where one will not do."""
    tests: list[tuple[Test, tuple[str, ...]]] = []
    for name, text in query.items():
        if name in _OTHERS:
            continue
        values = tuple(part for part in text.split("|") if part)
        if not values:
            raise BadQuestion(f"{name} is empty")
        tests.append((_test_of(name, values), values))
    ids = tuple(part for part in query.get("EQ_eventID", "").split("|") if part)
    if len(ids) > MAX_IDS:
        raise BadQuestion("too many ids")
    order_by = query.get("orderBy", "")
    if order_by not in ("", "recordTime", "eventTime"):
        raise BadQuestion("orderBy is recordTime or eventTime")
    direction = query.get("orderDirection", "DESC" if order_by else "ASC")
    if direction not in ("ASC", "DESC"):
        raise BadQuestion("orderDirection is ASC or DESC")
    limit = query.get("eventCountLimit") or query.get("maxEventCount")
    return Question(
        ids=ids,
        since=_utc(query.get("GE_recordTime", "")),
        before=_utc(query.get("LT_recordTime", "")),
        page=min(_whole("perPage", query.get("perPage", str(PAGE)), 1), MAX_PAGE),
        after=_whole("nextPageToken", query.get("nextPageToken", "0"), 0),
        order_by="" if order_by == "recordTime" and direction == "ASC" else order_by,
        descending=direction == "DESC",
        limit=None if limit is None else _whole("eventCountLimit", limit, 0),
        tests=tuple(tests),
    )


_OTHERS = frozenset(
    {
        "EQ_eventID",
        "GE_recordTime",
        "LT_recordTime",
        "perPage",
        "nextPageToken",
        "orderBy",
        "orderDirection",
        "eventCountLimit",
        "maxEventCount",
    }
)


def _test_of(name: str, values: tuple[str, ...]) -> Test:
    if name in _PLAIN:
        return _PLAIN[name]
    kind, _, rest = name.partition("_")
    if kind == "EQ" and rest.partition("_")[0] in _TYPED:
        listed, _, wanted = rest.partition("_")
        return _typed(listed, wanted)
    if name in _TIMES:
        if not all(_is_time(value) for value in values):
            raise BadQuestion(f"{name} is a time with an offset")
        at_least, time_of = _TIMES[name]
        return lambda event, value: _compare(time_of(event), value, at_least)
    if name == "EXISTS_errorDeclaration":
        if values not in (("true",), ("false",)):
            raise BadQuestion(f"{name} is true or false")
        return lambda event, value: ("errorDeclaration" in event) == (value == "true")
    raise BadQuestion(f"unknown parameter {name[:60]}")


def _id_of(event: Event, name: str) -> str:
    place = event.get(name)
    return str(place.get("id", "")) if isinstance(place, dict) else ""


def _within(place: str, site: str) -> bool:
    """True for a location and what lies in it, as far as its name tells (GLN extension, own paths)."""
    return place == site or place.startswith((f"{site}/254/", f"{site}.", f"{site}/"))


def _declared(event: Event, name: str) -> Any:
    declaration = event.get("errorDeclaration")
    return declaration.get(name) if isinstance(declaration, dict) else None


def _lasting(event: Event, name: str) -> list[str]:
    lasting = event.get("persistentDisposition")
    return list(lasting.get(name, ())) if isinstance(lasting, dict) else []


def _epcs(event: Event, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = event.get(name)
        yield from [value] if isinstance(value, str) else value or ()


def _classes(event: Event, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        for item in event.get(name) or ():
            yield str(item.get("epcClass", ""))


_ALL_EPCS = ("epcList", "childEPCs", "parentID", "inputEPCList", "outputEPCList")
_ALL_CLASSES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_PLAIN: dict[str, Test] = {
    "eventType": lambda event, value: event.get("type") == value,
    "EQ_action": lambda event, value: event.get("action") == value,
    "EQ_bizStep": lambda event, value: event.get("bizStep") == value,
    "EQ_disposition": lambda event, value: event.get("disposition") == value,
    "EQ_persistentDisposition_set": lambda event, value: value in _lasting(event, "set"),
    "EQ_persistentDisposition_unset": lambda event, value: value in _lasting(event, "unset"),
    "EQ_readPoint": lambda event, value: _id_of(event, "readPoint") == value,
    "EQ_bizLocation": lambda event, value: _id_of(event, "bizLocation") == value,
    "WD_readPoint": lambda event, value: _within(_id_of(event, "readPoint"), value),
    "WD_bizLocation": lambda event, value: _within(_id_of(event, "bizLocation"), value),
    "EQ_transformationID": lambda event, value: event.get("transformationID") == value,
    "EQ_errorReason": lambda event, value: _declared(event, "reason") == value,
    "EQ_correctiveEventID": lambda event, value: value in (_declared(event, "correctiveEventIDs") or ()),
    "MATCH_epc": lambda event, value: value in _epcs(event, ("epcList", "childEPCs")),
    "MATCH_parentID": lambda event, value: event.get("parentID") == value,
    "MATCH_anyEPC": lambda event, value: value in _epcs(event, _ALL_EPCS),
    "MATCH_epcClass": lambda event, value: value in _classes(event, ("quantityList", "childQuantityList")),
    "MATCH_anyEPCClass": lambda event, value: value in _classes(event, _ALL_CLASSES),
}
_TYPED = {
    "bizTransaction": ("bizTransactionList", "bizTransaction"),
    "source": ("sourceList", "source"),
    "destination": ("destinationList", "destination"),
}
_TIMES: dict[str, tuple[bool, Callable[[Event], Any]]] = {
    "GE_eventTime": (True, lambda event: event.get("eventTime")),
    "LT_eventTime": (False, lambda event: event.get("eventTime")),
    "GE_errorDeclarationTime": (True, lambda event: _declared(event, "declarationTime")),
    "LT_errorDeclarationTime": (False, lambda event: _declared(event, "declarationTime")),
}


def _typed(listed: str, wanted: str) -> Test:
    """EQ_source_possessing_party and its kin: one type, or any where none is named."""
    name, key = _TYPED[listed]
    return lambda event, value: any(
        item.get(key) == value and (not wanted or item.get("type") == wanted)
        for item in event.get(name) or ()
    )


def _compare(time: object, value: str, at_least: bool) -> bool:
    if not isinstance(time, str) or not _is_time(time):
        return False
    return (datetime.fromisoformat(time) >= datetime.fromisoformat(value)) == at_least


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _utc(text: str) -> str:
    """A time as the store writes it: UTC, milliseconds, so that texts compare like times."""
    if not text:
        return ""
    if not _is_time(text):
        raise BadQuestion("recordTime is a time with an offset")
    try:
        at = datetime.fromisoformat(text).timestamp()
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        raise BadQuestion("recordTime is out of reach") from None


def _whole(name: str, text: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= least):
        raise BadQuestion(f"{name} is a whole number from {least}")
    return int(text)


def sort_key(question: Question) -> Callable[[Event], Any]:
    """What events are sorted by, where the order of arrival is not asked for."""
    name = question.order_by
    return lambda event: datetime.fromisoformat(str(event[name])) if name == "eventTime" else str(event[name])
