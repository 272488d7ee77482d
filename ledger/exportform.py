"""The two forms of an export, JSON Lines and CSV: how one event stands in a line, and how a line is read back.

Every line is an event. The first line also bears the header, which says whose events these are, and the last one
the seal, which is signed; so every line can be read by itself, and still nothing can be added or cut off. A line
is a function of its entry alone: what does not come out the same when it is written again has been changed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import dataclass
from typing import Any, Protocol

from ledger.event import Event

FORMAT = 1
"""Version of the form of an export."""

LONGEST = 64 * 1024 * 1024
"""No line is longer than this many bytes."""

_BASE = ("event_id", "seq", "hash", "previous", "body")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line of an export says."""

    event_id: str = ""
    seq: int = 0
    hash: str = ""
    """64 hex digits: SHA-256 of the hash before and the body's UTF-8 bytes."""
    previous: str = ""
    """The hash before, 64 hex digits."""
    body: str | None = None
    """The event's canonical JSON, the very text that is hashed; None in the one line of an export of nothing."""
    header: dict[str, Any] | None = None
    seal: dict[str, Any] | None = None


class Form(Protocol):
    """One way to write entries down."""

    start: bytes
    """What stands before the first entry."""
    end: bytes
    """What ends a line."""

    def encode(self, entry: Entry) -> bytes:
        """The line of an entry, its end included."""
        ...

    def decode(self, line: bytes) -> Entry:
        """The entry of a line. Raises ValueError, KeyError, TypeError or RecursionError where it is none."""
        ...


class JsonLines:
    """A JSON object a line; the body is a string, so that its exact bytes can be hashed by anyone."""

    start = b""
    end = b"\n"

    def encode(self, entry: Entry) -> bytes:
        """See Form."""
        line: dict[str, object] = {}
        if entry.body is not None:
            line = {name: getattr(entry, name) for name in _BASE}
        if entry.header is not None:
            line["export"] = entry.header
        if entry.seal is not None:
            line["seal"] = entry.seal
        return json.dumps(line, ensure_ascii=False).encode() + self.end

    def decode(self, line: bytes) -> Entry:
        """See Form."""
        raw = json.loads(line.decode("utf-8"))
        header, seal = _object(raw.pop("export", None)), _object(raw.pop("seal", None))
        if not raw:
            return Entry(header=header, seal=seal)
        texts = [raw.pop(name) for name in ("event_id", "hash", "previous", "body")]
        seq = raw.pop("seq")
        if raw or type(seq) is not int or not all(isinstance(text, str) for text in texts):
            raise ValueError("not a line of an export")
        return Entry(texts[0], seq, texts[1], texts[2], texts[3], header, seal)


_COLUMNS = (
    "seq",
    "event_id",
    "at",
    "clock",
    "kind",
    "operator",
    "second",
    "device",
    "place",
    "packs",
    "products",
    "lots",
    "expiries",
    "states",
    "partner",
    "documents",
    "reason",
    "flags",
    "verdict",
    "previous",
    "hash",
    "body",
    "proof",
)
_RISKY = ("=", "+", "-", "@", "\t", "\r")


class Csv:
    """For a spreadsheet: readable columns, and beside them the body with the chain. UTF-8 with a byte order mark."""

    end = b"\r\n"
    start = b"\xef\xbb\xbf" + ",".join(_COLUMNS).encode() + end

    def encode(self, entry: Entry) -> bytes:
        """See Form."""
        cells = dict.fromkeys(_COLUMNS, "")
        if entry.body is not None:
            readable = _readable(Event.from_canonical(entry.body.encode()))
            cells |= {name: _harmless(cell) for name, cell in readable.items()}
            cells |= {"seq": str(entry.seq), "event_id": entry.event_id, "body": entry.body}
            cells |= {"previous": entry.previous, "hash": entry.hash}
        proof = {"export": entry.header, "seal": entry.seal}
        if given := {name: value for name, value in proof.items() if value is not None}:
            cells["proof"] = json.dumps(given, ensure_ascii=False)
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerow([cells[name] for name in _COLUMNS])
        return text.getvalue().encode()

    def decode(self, line: bytes) -> Entry:
        """See Form."""
        csv.field_size_limit(LONGEST)  # the library's own limit is shorter than an event of a large case
        try:
            (row,) = csv.reader([line.decode("utf-8")], strict=True)
        except csv.Error as error:
            raise ValueError(str(error)) from None
        cells = dict(zip(_COLUMNS, row, strict=True))
        proof = json.loads(cells["proof"]) if cells["proof"] else {}
        header, seal = _object(proof.get("export")), _object(proof.get("seal"))
        if not cells["body"]:
            return Entry(header=header, seal=seal)
        texts = [cells[name] for name in ("event_id", "hash", "previous", "body")]
        return Entry(texts[0], int(cells["seq"]), texts[1], texts[2], texts[3], header, seal)


def form_of(start: bytes) -> Form:
    """The form that a file is in, by its first bytes."""
    return Csv() if start.startswith((b"\xef\xbb\xbf", b"seq,")) else JsonLines()


def header_digest(header: dict[str, Any]) -> str:
    """What the seal says of the header."""
    return hashlib.sha256(_canonical(header)).hexdigest()


def sealed_bytes(seal: dict[str, Any]) -> bytes:
    """The bytes that are signed: all of the seal but the signature itself."""
    return b"TraceDesk export\n" + _canonical(
        {name: value for name, value in seal.items() if name != "signature"}
    )


def _canonical(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _object(value: object) -> dict[str, Any] | None:
    if value is None or isinstance(value, dict):
        return value
    raise ValueError("not a JSON object")


def _readable(event: Event) -> dict[str, str]:
    """The columns for people."""
    return {
        "at": event.moment.iso(),
        "clock": event.moment.trust,
        "kind": event.kind,
        "operator": event.operator,
        "second": event.second or "",
        "device": event.device_id,
        "place": event.place,
        "packs": " ".join(pack.key for pack in event.packs),
        "products": _once(pack.product for pack in event.packs),
        "lots": _once(pack.lot for pack in event.packs),
        "expiries": _once(pack.expiry and pack.expiry.isoformat() for pack in event.packs),
        "states": _once(pack.state for pack in event.packs),
        "partner": event.partner or "",
        "documents": " ".join(f"{ref.kind}:{ref.number}" for ref in event.documents),
        "reason": event.reason or "",
        "flags": " ".join(event.flags),
        "verdict": event.verdict,
    }


def _once(values: Any) -> str:
    return " ".join(dict.fromkeys(value for value in values if value))


def _harmless(cell: str) -> str:
    """One line without control characters, and nothing that a spreadsheet would run as a formula."""
    shown = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in cell)
    return f"'{shown}" if shown.startswith(_RISKY) else shown
