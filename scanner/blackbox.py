"""The last scans with everything that was known of them, so that a misread can be looked into and played again.

Kept in memory; scanner/boxfile.py keeps a copy on disk. A record is a line of JSON, for the file, for the
diagnostics bundle and for `tracedesk replay`. What opens doors, a badge above all, is kept without its text.
"""

from __future__ import annotations

import json
import threading
import zlib
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from scanner.burst import Burst
from scanner.keymap import Stroke
from scanner.profile import Profile
from scanner.scan import Scan, Source

CAPACITY = 500
FORMAT = 1
_MINUTE = 60.0
MASKED = "badge"
"""Verdict on a scan that is a secret."""


class Road(StrEnum):
    """Where the strokes or bytes of a scan were taken from, which decides how they are read again."""

    WINDOW = "window"
    """Key strokes as the window saw them, timing and layout included; bytes of a serial line; a camera."""
    DEVICE = "device"
    """Key strokes of one known scanner, read below the window system."""
    REPORT = "report"
    """The data of HID-POS reports, already put together."""


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
    road: Road = Road.WINDOW
    number: int = 0
    """Counts the scans of a box from 1, across restarts where the box has a file."""
    slowest_ms: int | None = None
    """The longest pause between two keys; None for what was not typed."""

    @property
    def masked(self) -> bool:
        """True where nothing of what was scanned has been kept."""
        return self.verdict == MASKED

    def without_text(self) -> Record:
        """The record with all that would tell what was scanned left out."""
        return replace(
            self,
            scan=replace(self.scan, text="", aim="", suspect=""),
            strokes=(),
            data=b"",
            slowest_ms=None,
            verdict=MASKED,
        )

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
                "road": self.road.value,
                "number": self.number,
                "data": self.data.hex(),
                "profile": self.profile.json() if self.profile else None,
                "strokes": _plain(self.strokes),
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
            strokes = tuple(Stroke(*stroke) for stroke in plain["strokes"])
            return cls(
                scan=Scan(
                    plain["text"],
                    Source(plain["source"]),
                    **{name: plain[name] for name in ("symbology", "device", "aim", "at", "suspect")},
                ),
                wall=plain["wall"],
                strokes=strokes,
                slowest_ms=_slowest(strokes),
                data=bytes.fromhex(plain["data"]),
                profile=Profile.of(profile) if isinstance(profile, Mapping) else None,
                verdict=plain["verdict"],
                road=Road(plain["road"]),
                number=int(plain["number"]),
            )
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(repr(error)) from error


@dataclass(frozen=True, slots=True)
class _Kept:
    """A record with its strokes packed: as objects, those of 500 scans would take 10 MB and slow every sweep."""

    head: Record
    """The record without its strokes."""
    packed: bytes

    @classmethod
    def of(cls, record: Record) -> _Kept:
        packed = zlib.compress(json.dumps(_plain(record.strokes)).encode(), 1) if record.strokes else b""
        return cls(replace(record, strokes=()), packed)

    def whole(self) -> Record:
        """The record as it was."""
        if not self.packed:
            return self.head
        strokes = tuple(Stroke(*stroke) for stroke in json.loads(zlib.decompress(self.packed)))
        return replace(self.head, strokes=strokes)


class BlackBox:
    """Keeps the last 500 scans. Every thread may add to it."""

    def __init__(self, capacity: int = CAPACITY, secret: Callable[[str], bool] = lambda _text: False) -> None:
        """`secret` tells by the text alone that a scan must not be kept, such as a badge."""
        self._kept: deque[_Kept] = deque(maxlen=capacity)
        self._secret = secret
        self._last = 0
        self._told: Callable[[int], None] | None = None
        self._lock = threading.Lock()

    @property
    def capacity(self) -> int:
        """The most scans that are kept."""
        return self._kept.maxlen or 0

    def keep_burst(self, burst: Burst, profile: Profile | None = None) -> None:
        """Keep a scan that was typed."""
        self.keep(burst.scan, strokes=burst.strokes, profile=profile)

    def keep(
        self,
        scan: Scan,
        data: bytes = b"",
        *,
        strokes: tuple[Stroke, ...] = (),
        profile: Profile | None = None,
        road: Road = Road.WINDOW,
    ) -> None:
        """Keep a scan, with its raw bytes or its key strokes where there are any."""
        record = Record(scan, _now(), strokes, data, profile, road=road, slowest_ms=_slowest(strokes))
        kept = _Kept.of(record.without_text() if self._secret(scan.text) else record)
        with self._lock:
            self._last += 1
            kept = replace(kept, head=replace(kept.head, number=self._last))
            self._kept.append(kept)
            self._tell(kept)

    def judge(self, scan: Scan, verdict: str) -> None:
        """Add what became of a scan; a scan that is kept no longer is passed over."""
        with self._lock:
            for index in range(len(self._kept) - 1, -1, -1):
                head = self._kept[index].head
                if head.scan is scan and not head.masked:
                    self._put(index, replace(self._kept[index], head=replace(head, verdict=verdict)))
                    return

    def judge_text(self, text: str, device: str, verdict: str) -> None:
        """Add a verdict that names the text instead of the scan: to the oldest of the last minute without one."""
        with self._lock:
            heads = [kept.head for kept in self._kept]
            fitting = [
                index
                for index, head in enumerate(heads)
                if (head.scan.text, head.scan.device) == (text, device) and not head.masked
            ]
            if not fitting:
                return
            last = heads[fitting[-1]].scan.at
            fitting = [index for index in fitting if last - heads[index].scan.at < _MINUTE]
            index = next((index for index in fitting if not heads[index].verdict), fitting[-1])
            self._put(index, replace(self._kept[index], head=replace(heads[index], verdict=verdict)))

    def mask(self, scan: Scan) -> None:
        """Forget what was scanned: it turned out to be a badge."""
        with self._lock:
            for index in range(len(self._kept) - 1, -1, -1):
                if self._kept[index].head.scan is scan:
                    self._put(index, _Kept.of(self._kept[index].head.without_text()))
                    return

    def attach(self, older: Iterable[Record], told: Callable[[int], None]) -> None:
        """Put records of an earlier run in front, and tell the number of each that is new or changed from now on.

        `told` is called under the lock, in whatever thread: it must do no more than pass the number on.
        """
        before = [_Kept.of(record) for record in older]
        with self._lock:
            first = max((kept.head.number for kept in before), default=0)
            now = [
                replace(kept, head=replace(kept.head, number=kept.head.number + first)) for kept in self._kept
            ]
            self._last += first
            self._kept.clear()
            self._kept.extend([*before, *now])
            self._told = told
            for kept in now:
                self._tell(kept)

    def heads(self) -> tuple[Record, ...]:
        """What is kept, oldest first, without the key strokes: quick, for whoever only looks."""
        with self._lock:
            return tuple(kept.head for kept in self._kept)

    def records(self, numbers: Container[int] | None = None) -> tuple[Record, ...]:
        """What is kept, or those with these numbers, oldest first. Takes some tens of milliseconds for all of it."""
        with self._lock:
            kept = tuple(self._kept)
        return tuple(one.whole() for one in kept if numbers is None or one.head.number in numbers)

    def lines(self) -> Iterator[str]:
        """What is kept, a line of JSON each, oldest first."""
        return (record.line() for record in self.records())

    def _put(self, index: int, kept: _Kept) -> None:
        self._kept[index] = kept
        self._tell(kept)

    def _tell(self, kept: _Kept) -> None:
        if self._told is not None:
            self._told(kept.head.number)


def _plain(strokes: Iterable[Stroke]) -> list[list[object]]:
    return [[s.at_ms, s.key, s.text, s.scan_code, s.modifiers, s.pressed, s.repeat] for s in strokes]


def _slowest(strokes: Iterable[Stroke]) -> int | None:
    presses = [stroke.at_ms for stroke in strokes if stroke.pressed]
    return max((after - before for before, after in pairwise(presses)), default=0) if presses else None


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")
