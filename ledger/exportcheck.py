"""Check an export without the ledger that it came from: one byte changed, removed, added or moved is found.

What is proved: the lines are, byte for byte, what the holder of the signing key has written, and each event is
chained to the one before. Who holds that key is for the reader to know: compare the fingerprint.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ledger.chain import Chain, Fault
from ledger.exportform import FORMAT, LONGEST, Entry, Form, form_of, header_digest, sealed_bytes
from ledger.link import GENESIS, link
from ledger.replay import Replay
from ledger.signing import fingerprint, is_signed
from ledger.stages import Progress, silent

EVERY = 2_000


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in an export."""

    events: int
    """How many events hold, counted to the first that does not."""
    first_seq: int
    last_seq: int
    head: str
    """Hash of the last event that holds, 64 hex digits."""
    key: str
    """Fingerprint of the key that signed; empty where the seal was not reached."""
    ledger_id: str
    stock_ok: bool | None
    """True when the events can have happened one after the other; None when the export begins later than the
    ledger, so that nobody can tell."""
    fault: Fault | None = None
    """The first place that does not hold, with its line; None for a whole export."""


class _Broken(Exception):
    def __init__(self, code: str, line: int, **params: str) -> None:
        super().__init__(code)
        self.fault = Fault(code, None, (("line", str(line)), *params.items()))


def check_export(path: Path, key: str | None = None, progress: Progress = silent) -> Checked:
    """Check an export file, in either form. `key` is the fingerprint that it must be signed with.

    Raises OSError where the file cannot be read.
    """
    with path.open("rb") as file, closing(Replay()) as replay:
        form = form_of(file.read(4))
        file.seek(0)
        reader = _Reader(form, replay)
        try:
            for number, line in _lines(file, form):
                reader.take(number, line)
                if number % EVERY == 0:
                    progress("audit_chain", number, 0)
            reader.finish()
            if key is not None and _plain(key) != _plain(reader.key):
                raise _Broken("export_other_key", reader.line, key=reader.key)
        except _Broken as broken:
            return reader.checked(broken.fault)
        return reader.checked(None)


class _Reader:
    """Takes the lines one by one."""

    def __init__(self, form: Form, replay: Replay) -> None:
        self.line = 0
        self.key = ""
        self._form = form
        self._replay = replay
        self._chain = Chain()
        self._header: dict[str, Any] | None = None
        self._header_line = 0
        self._sealed = False
        self._events = 0
        self._stock: bool | None = None

    def take(self, number: int, line: bytes) -> None:
        """Take a line; raises _Broken."""
        if self._sealed:
            raise _Broken("export_added", number)
        entry = self._read(number, line)
        if self._header is None:
            self._begin(number, entry)
        elif entry.header is not None:
            raise _Broken("export_changed", number)
        if entry.body is not None:
            self._follow(number, entry, entry.body.encode())
        elif entry.seal is None or entry.header is None:
            raise _Broken("export_changed", number)
        if entry.seal is not None:
            self._close(number, entry.seal)
        self.line = number

    def finish(self) -> None:
        """The file has ended; raises _Broken where it should not have."""
        if self._header is None:
            raise _Broken("export_empty", 1)
        if not self._sealed:
            raise _Broken("export_cut", self.line)

    def checked(self, fault: Fault | None) -> Checked:
        """What was found."""
        header = self._header or {}
        return Checked(
            events=self._events,
            first_seq=int(header.get("first_seq", 0)),
            last_seq=self._chain.seq if self._events else 0,
            head=self._chain.head.hex(),
            key=self.key,
            ledger_id=self._chain.ledger_id or str(header.get("ledger_id", "")),
            stock_ok=self._stock if fault is None else None,
            fault=fault,
        )

    def _read(self, number: int, line: bytes) -> Entry:
        if not line.endswith(self._form.end):
            raise _Broken("export_changed" if line.endswith(b"\n") else "export_cut", number)
        try:
            entry = self._form.decode(line)
            written = self._form.encode(entry)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise _Broken("export_unreadable", number) from None
        if written != line:
            pairs = zip(written, line, strict=False)
            same = next(
                (at for at, (one, other) in enumerate(pairs) if one != other), min(len(written), len(line))
            )
            raise _Broken("export_changed_at", number, byte=str(same + 1))
        return entry

    def _begin(self, number: int, entry: Entry) -> None:
        header = entry.header
        if header is None:
            raise _Broken("export_no_beginning", number)
        if header.get("format") != FORMAT:
            raise _Broken("export_newer", number, found=str(header.get("format")), known=str(FORMAT))
        first, previous = header.get("first_seq"), header.get("previous")
        digest = _digest(previous)
        if type(first) is not int or digest is None or first < 0:
            raise _Broken("export_changed", number)
        self._header, self._header_line = header, number
        if entry.body is not None:
            if entry.seq != first or (first == 1) != (digest == GENESIS):
                raise _Broken("export_changed", number)
            self._chain = Chain(max(first - 1, 0), digest)
            self._stock = True if first == 1 else None

    def _follow(self, number: int, entry: Entry, body: bytes) -> None:
        expected, digest = self._chain.seq + 1, _digest(entry.hash)
        previous = _digest(entry.previous)
        if digest is None or previous is None or link(previous, body) != digest:
            raise _Broken("export_changed", number)
        # The line is whole in itself; does it follow the one before?
        if previous != self._chain.head:
            if entry.seq > expected:
                raise _Broken("export_missing", number, first=str(expected), last=str(entry.seq - 1))
            if entry.seq < expected:
                raise _Broken("export_moved", number, seq=str(entry.seq))
            raise _Broken("export_changed", number)
        event = self._chain.follow(entry.seq, body, digest)
        if isinstance(event, Fault) or event.event_id != entry.event_id:
            raise _Broken("export_changed", number)
        self._events += 1
        if self._stock and not self._replay.tell(event):
            self._stock = False

    def _close(self, number: int, seal: dict[str, Any]) -> None:
        assert self._header is not None
        key, signature = _bytes(seal.get("key"), 32), _bytes(seal.get("signature"), 64)
        if key is None or signature is None or not is_signed(key, signature, sealed_bytes(seal)):
            raise _Broken("export_seal", number)
        # The seal is whole: whatever disagrees with it has been changed.
        if seal.get("header") != header_digest(self._header) or self._header.get("key") != seal.get("key"):
            raise _Broken("export_header", self._header_line)
        last = self._chain.seq if self._events else 0
        if (seal.get("events"), seal.get("last_seq"), seal.get("head")) != (
            self._events,
            last,
            self._chain.head.hex() if self._events else str(self._header["previous"]),
        ):
            raise _Broken("export_count", number, found=str(self._events), sealed=str(seal.get("events")))
        self.key, self._sealed = fingerprint(key), True


def _lines(file: BinaryIO, form: Form) -> Iterator[tuple[int, bytes]]:
    """Lines with their ends, numbered from 1; what stands before the first entry is checked here."""
    number = 0
    if form.start:
        number = 1
        if file.readline(LONGEST) != form.start:
            raise _Broken("export_changed", number)
    while line := file.readline(LONGEST):
        number += 1
        yield number, line


def _digest(text: object) -> bytes | None:
    return _bytes(text, 32)


def _bytes(text: object, size: int) -> bytes | None:
    """So many bytes of lower-case hexadecimal; None for anything else."""
    if not isinstance(text, str) or len(text) != size * 2:
        return None
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return None
    return raw if raw.hex() == text else None


def _plain(key: str) -> str:
    return "".join(key.split()).replace(":", "").lower()
