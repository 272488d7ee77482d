"""A first load by file: reference data and how far they go, signed, on a stick or from another workstation.

    line 1      {"snapshot": 1, "made_at": …, "public_key": …, "cursors": {kind: cursor}}
    a line each {"kind": …, "item": {"id": …, …}}
    last line   {"items": N, "sha256": …, "signature": …}

The signature (Ed25519) is over the SHA-256 of every byte before the last line. A file is checked whole before
anything of it is taken; then it is taken in portions, the cursors last, so that the platform goes on from there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from ledger.clock import Clock
from ledger.errors import UserError
from ledger.pulled import Cursor
from ledger.reference import HANDED_ON, items
from ledger.signing import fingerprint, is_signed
from ledger.store import Store
from sync.contract import PAGE_ITEMS, Page
from sync.meeting import Run
from sync.reference import take

FORM = 1
_DOMAIN = b"TraceDesk snapshot 1\n"
"""Stands before what is signed, so that a signature made for something else never fits."""
LONGEST = 16 * 1024 * 1024
"""Bytes of one line at most."""


class Key(Protocol):
    """What signs: ledger/signing.py's key of a home folder, or a platform's own."""

    public: bytes

    def sign(self, message: bytes) -> bytes:
        """64 bytes that only this key can make."""
        ...


@dataclass(frozen=True, slots=True)
class Checked:
    """A snapshot whose every byte is as it was signed."""

    path: Path
    made_at: str
    public: bytes
    cursors: Mapping[str, str]
    items: int

    @property
    def fingerprint(self) -> str:
        """Who signed it, as people compare it."""
        return fingerprint(self.public)


def write(
    out: BinaryIO, made_at: str, cursors: Mapping[str, str], given: Iterable[tuple[str, Any]], key: Key
) -> int:
    """Write a snapshot; `given` are kinds with their items, in the order in which they are to be taken."""
    digest, count = hashlib.sha256(), 0

    def line(told: Mapping[str, Any]) -> bytes:
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"

    head = {"snapshot": FORM, "made_at": made_at, "public_key": key.public.hex(), "cursors": dict(cursors)}
    first = line(head)
    digest.update(first)
    out.write(first)
    for kind, item in given:
        one = line({"kind": kind, "item": item})
        digest.update(one)
        out.write(one)
        count += 1
    signature = key.sign(_DOMAIN + digest.digest()).hex()
    out.write(line({"items": count, "sha256": digest.hexdigest(), "signature": signature}))
    return count


def export(store: Store, clock: Clock, out: BinaryIO, key: Key) -> int:
    """Write what this ledger knows, with the cursors of what it has whole. Returns how many items."""
    cursors = {one.kind: one.cursor for one in store.pulled.cursors() if one.whole and one.kind in HANDED_ON}
    given = ((kind, item) for kind in HANDED_ON for item in items(store, kind))
    return write(out, clock.now(store.head.at).iso(), cursors, given, key)


def check(path: Path) -> Checked:
    """Check every byte of a snapshot. Raises UserError where it is none, was changed, or was cut off."""
    digest, count, seal = hashlib.sha256(), 0, b""
    head: dict[str, Any] | None = None
    for line in _lines(path):
        if seal:
            digest.update(seal)
            count += 1
        seal = line
        if head is None:
            head = _object(path, line)
    if head is None or head.get("snapshot") != FORM:
        raise UserError("snapshot_no_snapshot", file=str(path))
    said, cursors = _object(path, seal), head.get("cursors")
    public, signature = _hex(head.get("public_key"), 32), _hex(said.get("signature"), 64)
    if said.get("sha256") != digest.hexdigest() or said.get("items") != count - 1:
        raise UserError("snapshot_changed", file=str(path))
    if not is_signed(public, signature, _DOMAIN + digest.digest()):
        raise UserError("snapshot_changed", file=str(path))
    if not isinstance(cursors, dict) or not all(isinstance(one, str) for one in cursors.values()):
        raise UserError("snapshot_no_snapshot", file=str(path))
    return Checked(path, str(head.get("made_at", ""))[:40], public, cursors, count - 1)


@dataclass(slots=True)
class Loaded:
    """What came of taking a snapshot."""

    items: int = 0
    refused: int = 0
    first_refused: str = ""


def load(run: Run, clock: Clock, checked: Checked) -> Loaded:
    """Take a checked snapshot into a ledger that has pulled nothing yet. Raises UserError where it has.

    Trust is the caller's to judge, by the fingerprint. Taking it again after an interruption does no harm.
    """
    if run(lambda store: any(one.whole for one in store.pulled.cursors())):
        raise UserError("snapshot_not_first")
    done = Loaded()
    for kind, portion in _portions(checked.path):
        named = tuple((str(item.get("id")), item) for item in portion)
        page = Page(named, (), "", more=True)
        taken = run(partial(take, clock=clock, page=page, cursor=Cursor(kind)))
        done.items += len(named) - len(taken.refused)
        done.refused += len(taken.refused)
        done.first_refused = done.first_refused or next((f"{kind} {name}" for name, _ in taken.refused), "")
    run(partial(_go_on, checked=checked, at=clock.now().iso()))
    return done


def _go_on(store: Store, checked: Checked, at: str) -> None:
    """The platform goes on from where the snapshot ends; kinds that it does not have whole begin anew."""
    for kind in HANDED_ON:
        cursor = checked.cursors.get(kind, "")
        store.pulled.move(Cursor(kind, cursor, "", 1, bool(cursor), at))


def _portions(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Items of one kind at a time, as many as a page holds."""
    kind, portion = "", list[dict[str, Any]]()
    for line in _lines(path):
        told = _object(path, line)
        item = told.get("item")
        if "snapshot" in told or not isinstance(item, dict):
            continue
        if portion and (told.get("kind") != kind or len(portion) == PAGE_ITEMS):
            yield kind, portion
            portion = []
        kind = str(told.get("kind"))
        if kind not in HANDED_ON:
            raise UserError("snapshot_no_snapshot", file=str(path))
        portion.append(item)
    if portion:
        yield kind, portion


def _lines(path: Path) -> Iterator[bytes]:
    with _opened(path) as file:
        while line := file.readline(LONGEST + 1):
            if len(line) > LONGEST or not line.endswith(b"\n"):
                raise UserError("snapshot_changed", file=str(path))
            yield line


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise UserError("file_unreadable", file=str(path), why=error.strerror or "") from None


def _object(path: Path, line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        raise UserError("snapshot_no_snapshot", file=str(path)) from None
    if not isinstance(told, dict):
        raise UserError("snapshot_no_snapshot", file=str(path))
    return told


def _hex(value: object, length: int) -> bytes:
    try:
        found = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        found = b""
    return found if len(found) == length else bytes(length)
