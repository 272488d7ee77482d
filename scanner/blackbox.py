"""The last scans with everything that was known of them, so that a misread can be looked into and played again.

Kept in memory only. Exported as JSON lines, a scan each, for the diagnostics bundle and for `tracedesk replay`.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from scanner.burst import Burst, Check
from scanner.framing import Framer, text_of
from scanner.keymap import Stroke
from scanner.profile import Profile
from scanner.scan import Scan, Source
from scanner.wedge import Wedge

CAPACITY = 500
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Record:
    """One scan as it came in."""

    scan: Scan
    wall: str
    """Local time with offset, ISO 8601."""
    strokes: tuple[Stroke, ...] = ()
    """The key strokes, times included, of a scanner that types."""
    data: bytes = b""
    """The raw bytes of a serial scanner."""
    profile: Profile | None = None
    """The calibration with which it was read."""
    verdict: str = ""
    """Code word for what became of the scan."""

    def line(self) -> str:
        """The record as one line of JSON."""
        scan = self.scan
        return json.dumps(
            {
                "format": FORMAT,
                "wall": self.wall,
                "text": scan.text,
                "source": scan.source.value,
                "symbology": scan.symbology,
                "device": scan.device,
                "aim": scan.aim,
                "at": scan.at,
                "suspect": scan.suspect,
                "verdict": self.verdict,
                "data": self.data.hex(),
                "profile": self.profile.json() if self.profile else None,
                "strokes": [
                    [s.at_ms, s.key, s.text, s.scan_code, s.modifiers, s.pressed, s.repeat]
                    for s in self.strokes
                ],
            },
            ensure_ascii=False,
        )

    @classmethod
    def of(cls, line: str) -> Record:
        """The record of a line. Raises ValueError where the line is none."""
        try:
            plain: dict[str, Any] = json.loads(line)
            if plain["format"] != FORMAT:
                raise ValueError(f"format {plain['format']}")
            profile = plain["profile"]
            return cls(
                scan=Scan(
                    plain["text"],
                    Source(plain["source"]),
                    **{name: plain[name] for name in ("symbology", "device", "aim", "at", "suspect")},
                ),
                wall=plain["wall"],
                strokes=tuple(Stroke(*stroke) for stroke in plain["strokes"]),
                data=bytes.fromhex(plain["data"]),
                profile=Profile.of(profile) if isinstance(profile, Mapping) else None,
                verdict=plain["verdict"],
            )
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(repr(error)) from error


class BlackBox:
    """Keeps the last 500 scans. Every thread may add to it."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._records: deque[Record] = deque(maxlen=capacity)
        self._lock = threading.Lock()

    def keep_burst(self, burst: Burst, profile: Profile | None = None) -> None:
        """Keep a scan that was typed."""
        self._keep(Record(burst.scan, _now(), strokes=burst.strokes, profile=profile))

    def keep(self, scan: Scan, data: bytes = b"") -> None:
        """Keep another scan, with its raw bytes where there are any."""
        self._keep(Record(scan, _now(), data=data))

    def judge(self, scan: Scan, verdict: str) -> None:
        """Add what became of a scan; a scan that is kept no longer is passed over."""
        with self._lock:
            for index in range(len(self._records) - 1, -1, -1):
                if self._records[index].scan is scan:
                    self._records[index] = replace(self._records[index], verdict=verdict)
                    return

    def records(self) -> tuple[Record, ...]:
        """What is kept, oldest first."""
        with self._lock:
            return tuple(self._records)

    def lines(self) -> Iterator[str]:
        """What is kept, a line of JSON each, oldest first."""
        return (record.line() for record in self.records())

    def _keep(self, record: Record) -> None:
        with self._lock:
            self._records.append(record)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a record gives today."""

    record: Record
    text: str | None
    """None where no scan comes out of it any more, or where the record holds nothing to play."""
    suspect: str = ""
    playable: bool = True

    @property
    def same(self) -> bool:
        """True when text and doubt are what they were.

        Doubts that came from what happened around the scan cannot be played and are not compared.
        """
        then, now = self.record.scan.suspect, self.suspect
        return self.text == self.record.scan.text and (then == now or {then, now} <= _FROM_AROUND)


_FROM_AROUND = frozenset({"", "scan_split", "scan_cut", "input_method"})


def replay(records: Iterable[Record], check: Check | None = None) -> Iterator[Replayed]:
    """Play each record again through the code of today, with the calibration of then."""
    for record in records:
        if record.strokes:
            wedge = Wedge(record.profile, check, clock=lambda: 0.0)
            bursts = [burst for stroke in record.strokes for burst in wedge.feed(stroke).bursts]
            bursts += wedge.quiet().bursts
            scans = [burst.scan for burst in bursts]
            text = "".join(scan.text for scan in scans) if scans else None
            yield Replayed(record, text, scans[0].suspect if len(scans) == 1 else "")
        elif record.data:
            framer = Framer()
            frames = framer.feed(record.data) + framer.idle()
            text = text_of(frames[0].data) if len(frames) == 1 else None
            yield Replayed(record, text, record.scan.suspect)
        else:
            yield Replayed(record, None, playable=False)


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")
