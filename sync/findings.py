"""Faults of a document on the wire, and the checks of the values that stand everywhere in it.

GS1's JSON Schema takes any URI for any identifier; here Digital Links are looked into, words are compared with
the vocabulary, and times must be times.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sync.identifiers import GS1, check_digit_holds
from sync.vocabulary import CBV

TEXT_LIMIT = 256
"""Longest text sent: FasTnT, a platform in use, stores extensions in columns of this width."""

_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+"
).fullmatch
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}").fullmatch
_PREFIX = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):[^\s:]+").fullmatch
_TIME = re.compile(
    r"\d{4}-(?:0\d|1[0-2])-[0-3]\d[T][0-2]\d:[0-5]\d:[0-6]\d(?:\.\d+)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)"
).fullmatch
_GS1_HOST = f"{GS1}/"
_SGTIN = re.compile(r"https://id\.gs1\.org/01/([0-9]{14})/21/(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+").fullmatch
_GS1_PATH = re.compile(r"https://id\.gs1\.org/(\d{2,4})/([^/?#]+)((?:/[^/?#]+/[^/?#]+)*)").fullmatch
_CHECKED = {
    "00": 18,
    "01": 14,
    "410": 13,
    "411": 13,
    "412": 13,
    "413": 13,
    "414": 13,
    "415": 13,
    "416": 13,
    "417": 13,
}
_SCHEMES = frozenset({"http", "https", "urn"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where."""

    code: str
    """Code word: `check_digit`, `not_a_uri` …"""
    at: str
    """Path of keys and indexes: `epcList.3`."""
    value: str = ""


def _fault_of(uri: str) -> str | None:
    if len(uri) > TEXT_LIMIT:
        return "too_long"
    if not _URI(uri):
        return "not_a_uri"
    if not uri.startswith(_GS1_HOST):
        return None
    match = _GS1_PATH(uri)
    if match is None:
        return "digital_link_form"
    key, value = match.group(1), match.group(2)
    length = _CHECKED.get(key)
    if length is not None:
        if len(value) != length or not (value.isascii() and value.isdigit()):
            return "digital_link_form"
        if not check_digit_holds(value):
            return "check_digit"
    return None


_fault_cached = lru_cache(maxsize=4096)(_fault_of)


def uri_fault(uri: str) -> str | None:
    """Code word for what is wrong with a URI; GS1 Digital Links are looked into. Remembered: most come again."""
    return None if _UUID(uri) else _fault_cached(uri)  # an event's own id never comes again


def epc_fault(uri: str) -> str | None:
    """An identifier of one instance: a class may not stand here, nor two levels at once."""
    match = _SGTIN(uri)  # nearly all of them, and each comes once
    if match is not None and len(uri) <= TEXT_LIMIT:
        return None if check_digit_holds(match.group(1)) else "check_digit"
    if fault := _fault_of(uri):
        return fault
    if uri.startswith(f"{_GS1_HOST}01/"):
        rest = uri[len(_GS1_HOST) + 18 :].split("/")
        if len(rest) != 2 or rest[0] != "21":
            return "two_levels" if "21" in rest else "class_for_instance"
    elif uri.startswith(("urn:epc:class:", "urn:epc:idpat:")):
        return "class_for_instance"
    return None


def class_fault(uri: str) -> str | None:
    """An identifier of a class: an instance may not stand here."""
    if fault := uri_fault(uri):
        return fault
    if uri.startswith(_GS1_HOST) and ("/21/" in uri or uri.startswith(_GS1_HOST + "00/")):
        return "instance_for_class"
    if uri.startswith("urn:epc:id:"):
        return "instance_for_class"
    return None


@lru_cache(maxsize=1024)
def _key_fault(key: str, prefixes: frozenset[str]) -> str | None:
    """Code word for what is wrong with the name of an extension field."""
    match = _PREFIX(key)
    if match is None:
        return "key_unknown"
    prefix = match.group(1)
    return None if prefix in prefixes or prefix in _SCHEMES else "prefix_undeclared"


class Findings:
    """Faults of one event, gathered with their place."""

    __slots__ = ("faults", "prefixes")

    def __init__(self, prefixes: frozenset[str]) -> None:
        self.faults: list[Fault] = []
        self.prefixes = prefixes

    def add(self, code: str, at: str, value: object = "") -> None:
        """Note a fault; the value is cut to a readable length."""
        self.faults.append(Fault(code, at, str(value)[:TEXT_LIMIT]))

    def uri(self, value: object, at: str, check: Callable[[str], str | None] = uri_fault) -> None:
        """A value that must be a URI and pass the check."""
        if not isinstance(value, str):
            self.add("not_a_uri", at, value)
        elif fault := check(value):
            self.add(fault, at, value)

    def uris(self, values: object, at: str, check: Callable[[str], str | None]) -> None:
        """A list of URIs that pass the check, none of them twice."""
        if not isinstance(values, list):
            self.add("not_a_list", at)
            return
        for index, value in enumerate(values):
            if not isinstance(value, str):
                self.add("not_a_uri", f"{at}.{index}", value)
            elif fault := check(value):
                self.add(fault, f"{at}.{index}", value)
        if len(values) > 1:
            texts = [value for value in values if isinstance(value, str)]
            if len(set(texts)) != len(texts):
                self.add("listed_twice", at)

    def word(self, value: object, at: str, words: frozenset[str], name: str) -> None:
        """A bare CBV word, or a URI of somebody else's vocabulary."""
        if not isinstance(value, str):
            self.add("not_a_word", at, value)
        elif value in words:
            return
        elif value.startswith(CBV):
            if value[len(CBV) :].partition("-")[::2] not in [(name, word) for word in words]:
                self.add("not_a_word", at, value)
        elif (scheme := value.partition(":")[0]) == value:
            self.add("not_a_word", at, value)
        elif scheme not in _SCHEMES and scheme not in self.prefixes:
            self.add("prefix_undeclared", at, value)
        elif fault := uri_fault(value):
            self.add(fault, at, value)

    def time(self, value: object, at: str) -> str | None:
        """The time's offset, None when it is no time."""
        match = _TIME(value) if isinstance(value, str) else None
        if match is None or instant_of(str(value)) is None:
            self.add("not_a_time", at, value)
            return None
        return match.group(1)

    def extension(self, key: str, value: object, at: str) -> None:
        """A key of ours or somebody else's: its prefix is declared, its texts are short enough."""
        if fault := _key_fault(key, self.prefixes):
            self.add(fault, at)
        if isinstance(value, str):
            if len(value) > TEXT_LIMIT:
                self.add("too_long", at, value)
        elif not isinstance(value, int):
            self._inside(value, at)

    def _inside(self, value: object, at: str) -> None:
        """The texts and keys inside the value of an extension."""
        if isinstance(value, dict):
            for key, item in value.items():
                if ":" not in key:
                    self.add("key_unknown", f"{at}.{key}")
                if not isinstance(item, str):
                    self._inside(item, at)
                elif len(item) > TEXT_LIMIT:
                    self.add("too_long", at, item)
        elif isinstance(value, list):
            for item in value:
                self._inside(item, at)
        elif isinstance(value, str):
            if len(value) > TEXT_LIMIT:
                self.add("too_long", at, value)
        elif isinstance(value, float):
            self.add("not_exact", at, value)


def instant_of(text: str) -> datetime | None:
    """The instant that an ISO 8601 text names, None where it names none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
