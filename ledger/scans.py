"""Raw scans: everything that was ever scanned, as it came in, with what became of it.

They have a chain of their own, refused ones included. What a later parser makes of an old scan is a new fact
beside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii as _quoted

from ledger.connection import in_portions
from ledger.errors import LedgerDamaged
from ledger.link import GENESIS, link

_KEEP = (
    "INSERT INTO raw_scan (at, text, symbology, source, device, operator, verb, parser, outcome, problem, seq,"
    " hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class RawScan:
    """A scan as it came in, for ever, with what became of it."""

    at: str
    text: str
    symbology: str
    source: str
    device: str
    operator: str
    verb: str
    parser: str
    outcome: str
    problem: str
    seq: int | None

    def canonical(self) -> bytes:
        """The bytes that are chained to the scan before: scans have a chain of their own, refused ones included."""
        texts = (
            self.at,
            self.text,
            self.symbology,
            self.source,
            self.device,
            self.operator,
            self.verb,
            self.parser,
            self.outcome,
            self.problem,
        )
        # JSON as the json module writes it, several times as fast.
        return f"[{','.join(map(_quoted, texts))},{'null' if self.seq is None else self.seq}]".encode("ascii")


class Scans:
    """The part of the store that keeps raw scans."""

    _connection: sqlite3.Connection
    _last_scan: bytes = GENESIS

    def scans_of(self, text: str) -> tuple[RawScan, ...]:
        """Every raw scan of exactly this text, in order."""
        rows = self._connection.execute(
            "SELECT at, text, symbology, source, device, operator, verb, parser, outcome, problem, seq"
            " FROM raw_scan WHERE text = ? ORDER BY scan_id",
            (_bytes(text),),
        )
        return tuple(RawScan(at, _text(raw), *rest) for at, raw, *rest in rows)

    def last_scan(self) -> RawScan | None:
        """What was scanned or typed last of all."""
        row = self._connection.execute(
            "SELECT at, text, symbology, source, device, operator, verb, parser, outcome, problem, seq"
            " FROM raw_scan ORDER BY scan_id DESC LIMIT 1"
        ).fetchone()
        return RawScan(row[0], _text(row[1]), *row[2:]) if row else None

    def keep_scan(self, scan: RawScan) -> None:
        """Keep what was scanned, whatever became of it."""
        digest = link(self._last_scan, scan.canonical())
        self._connection.execute(
            _KEEP,
            (
                scan.at,
                _bytes(scan.text),
                scan.symbology,
                scan.source,
                scan.device,
                scan.operator,
                scan.verb,
                scan.parser,
                scan.outcome,
                scan.problem,
                scan.seq,
                digest,
            ),
        )
        self._last_scan = digest

    def scans(self) -> Iterator[tuple[int, RawScan, bytes]]:
        """Number, content and hash of every raw scan, in order."""
        rows = self._connection.execute(
            "SELECT scan_id, hash, at, text, symbology, source, device, operator, verb, parser, outcome,"
            " problem, seq FROM raw_scan ORDER BY scan_id"
        )
        return (
            (scan_id, RawScan(at, _text(raw), *rest), digest)
            for scan_id, digest, at, raw, *rest in in_portions(rows)
        )

    def unread_by(self, parser: str, limit: int) -> tuple[tuple[int, RawScan], ...]:
        """Old scans that this version of the parser has not read yet, with their numbers."""
        rows = self._connection.execute(
            "SELECT scan_id, at, text, symbology, source, device, operator, verb, parser, outcome, problem, seq"
            " FROM raw_scan WHERE parser NOT IN ('', ?) AND NOT EXISTS"
            " (SELECT 1 FROM reading WHERE reading.scan_id = raw_scan.scan_id AND reading.parser = ?)"
            " ORDER BY scan_id LIMIT ?",
            (parser, parser, limit),
        ).fetchall()
        return tuple((number, RawScan(at, _text(raw), *rest)) for number, at, raw, *rest in rows)

    def keep_reading(self, scan_id: int, parser: str, kind: str, key: str, problem: str) -> None:
        """Keep what a later parser made of an old scan, beside what was made of it then."""
        self._connection.execute(
            "INSERT INTO reading (scan_id, parser, kind, key, problem) VALUES (?, ?, ?, ?, ?)",
            (scan_id, parser, kind, key, problem),
        )

    def _recover_scans(self) -> None:
        row = self._connection.execute("SELECT hash FROM raw_scan ORDER BY scan_id DESC LIMIT 1").fetchone()
        if row and not isinstance(row[0], bytes):
            raise LedgerDamaged("ledger_damaged", why="scan hash")
        self._last_scan = row[0] if row else GENESIS


def _bytes(text: str) -> bytes:
    """Raw text as bytes that lose nothing: lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")
