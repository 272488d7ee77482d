"""The reference contract, read strictly: pages of items, the answer to a meeting, verdicts. See sync/REFERENCE.md.

The platform is not trusted: whatever is not exactly of the promised form is refused by name and as a whole, so
that nothing half understood is taken. Pure; what the items mean is judged by ledger/importing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.errors import PlatformFault

VERSION = 1
"""The version of the contract that this program speaks."""
HEADER = "Reference-Version"
"""The header in which a request names it."""

KINDS = (
    "recalls",
    "operators",
    "products",
    "partners",
    "approvals",
    "trees",
    "shipments",
    "prescriptions",
)
"""The kinds of reference data, in the order in which they are pulled: what protects people comes first, and what
others refer to before those others."""

PAGE_ITEMS = 200
"""Items asked for at once, so that the writer is held only for moments."""
MOST_ITEMS = 1000
"""Items in one page at most, whatever was asked for."""
PAGE_BYTES = 8 * 1024 * 1024
CURSOR_LIMIT = 500
NAME_LIMIT = 200
VERDICTS = ("confirmed", "stop", "unknown")
AT_ONCE = 100
"""Packs asked about in one request."""

_HASH = re.compile("[0-9a-f]{64}").fullmatch


class Unreadable(PlatformFault):
    """A reply is not what the contract promises; nothing of it is taken, and no cursor moves."""

    def __init__(self, what: str, at: str) -> None:
        super().__init__("reference_unreadable", what=what, at=at)


class UpdateNeeded(PlatformFault):
    """The platform speaks versions of the contract that this program does not."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is new of one kind since a cursor."""

    items: tuple[tuple[str, Mapping[str, object]], ...]
    """Name and item; the name is what the item is taken back by."""
    gone: tuple[str, ...]
    """Names of items that are no more."""
    cursor: str
    """Where to go on."""
    more: bool
    """True when there is more at once."""
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a ledger has come, in the eyes of one side."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Met:
    """What the platform says when a ledger tells who it is."""

    state: str
    """`known`, `new`; `prove`: it knows a head that was not named; `retired`: the device is out of service."""
    head: Head | None
    """The highest that the platform knows of this ledger."""
    heads: Mapping[str, str] | None
    """Kind -> the newest cursor, so that what has not moved is not asked for; None where it does not tell."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the platform says of one pack."""

    key: str
    verdict: str
    """One of VERDICTS; `unknown` leaves the pack provisional."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a device gets for its one-time code."""

    token: str
    """Never shown, logged or stored outside the keyring."""
    settings: Mapping[str, str]
    """Settings of the site that the platform knows: `site.gln`, `site.name`."""
    signer: str
    """Public key, in hexadecimal, that signs the platform's snapshots; empty where it has none."""


def read(body: bytes) -> dict[str, Any]:
    """A reply as a JSON object in UTF-8. Raises Unreadable."""
    try:
        told = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Unreadable("encoding", "") from None
    except (ValueError, RecursionError):
        raise Unreadable("json", "") from None
    if not isinstance(told, dict):
        raise Unreadable("object", "")
    return told


def page_of(told: Mapping[str, Any], kind: str, etag: str = "") -> Page:
    """A page of reference data. Raises Unreadable."""
    if told.get("kind") != kind:
        raise Unreadable("kind", "kind")
    items, gone = told.get("items"), told.get("gone", [])
    if not isinstance(items, list) or not isinstance(gone, list):
        raise Unreadable("list", "items")
    if len(items) + len(gone) > MOST_ITEMS:
        raise Unreadable("too_many", "items")
    found: dict[str, Mapping[str, object]] = {}
    for place, item in enumerate(items):
        if not isinstance(item, dict):
            raise Unreadable("object", f"items.{place}")
        found[_name(item.get("id"), f"items.{place}.id")] = item
    lost = tuple(_name(name, f"gone.{place}") for place, name in enumerate(gone))
    if both := found.keys() & set(lost):
        raise Unreadable("there_and_gone", min(both))
    more = told.get("more", False)
    if not isinstance(more, bool):
        raise Unreadable("boolean", "more")
    return Page(tuple(found.items()), lost, _cursor(told.get("next")), more, etag[:CURSOR_LIMIT])


def met_of(told: Mapping[str, Any]) -> Met:
    """The answer to a meeting. Raises Unreadable, or UpdateNeeded where the versions have none in common."""
    check_versions(told)
    state = told.get("state")
    if state not in ("known", "new", "prove", "retired"):
        raise Unreadable("word", "state")
    heads = told.get("heads")
    if heads is not None and not isinstance(heads, dict):
        raise Unreadable("object", "heads")
    for one in (heads or {}).values():
        if one != "":
            _cursor(one)
    return Met(state, _head(told.get("head")), heads)


def check_versions(told: Mapping[str, Any]) -> None:
    """Raise UpdateNeeded where this program's version is not among those that the platform accepts."""
    least, most = told.get("min"), told.get("max")
    if type(least) is not int or type(most) is not int:
        raise Unreadable("version", "min")
    if not least <= VERSION <= most:
        word = "reference_update_needed" if least > VERSION else "reference_platform_old"
        raise UpdateNeeded(word, ours=str(VERSION), least=str(least), most=str(most))


def verdicts_of(told: Mapping[str, Any], asked: Mapping[str, str]) -> tuple[Verdict, ...]:
    """Verdicts on packs that were asked about; `asked` is their URI -> their key. Raises Unreadable."""
    given = told.get("verdicts")
    if not isinstance(given, list) or len(given) > MOST_ITEMS:
        raise Unreadable("list", "verdicts")
    found: dict[str, Verdict] = {}
    for place, one in enumerate(given):
        if not isinstance(one, dict) or not isinstance(one.get("epc"), str):
            raise Unreadable("object", f"verdicts.{place}")
        key, reason = asked.get(one["epc"]), one.get("reason", "")
        if key is None or key in found:
            raise Unreadable("not_asked", f"verdicts.{place}")
        if one.get("verdict") not in VERDICTS or not isinstance(reason, str):
            raise Unreadable("word", f"verdicts.{place}")
        found[key] = Verdict(key, one["verdict"], plain(reason))
    return tuple(found.values())


def enrolled_of(told: Mapping[str, Any]) -> Enrolled:
    """What an enrolment gave. Raises Unreadable, or UpdateNeeded."""
    check_versions(told)
    token, settings, signer = told.get("token"), told.get("settings", {}), told.get("signer", "")
    if not isinstance(token, str) or not (0 < len(token) <= 4000 and token.isascii() and token.isprintable()):
        raise Unreadable("text", "token")
    if not isinstance(settings, dict) or not all(isinstance(one, str) for one in settings.values()):
        raise Unreadable("object", "settings")
    if not isinstance(signer, str) or (signer and not _HASH(signer)):
        raise Unreadable("key", "signer")
    return Enrolled(token, settings, signer)


def plain(words: str) -> str:
    """The platform's words as one printable line of bounded length."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words[:1000]).split())[:400]


def _name(value: object, at: str) -> str:
    if not isinstance(value, str) or not value or len(value) > NAME_LIMIT or not value.isprintable():
        raise Unreadable("name", at)
    return value


def _cursor(value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > CURSOR_LIMIT or not value.isascii():
        raise Unreadable("cursor", "next")
    if not value.isprintable():
        raise Unreadable("cursor", "next")
    return value


def _head(value: object) -> Head | None:
    if value is None:
        return None
    seq = value.get("seq") if isinstance(value, dict) else None
    digest = value.get("hash") if isinstance(value, dict) else None
    if type(seq) is not int or not 0 < seq < 2**53 or not (isinstance(digest, str) and _HASH(digest)):
        raise Unreadable("head", "head")
    return Head(seq, bytes.fromhex(digest))


def _no_constant(word: str) -> object:
    raise ValueError(word)
