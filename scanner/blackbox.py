"""The last scans with everything that was known of them, so that a misread can be looked into and played again.

Kept in memory; scanner/boxfile.py keeps a copy on disk. A record is a line of JSON, for the file, for the
diagnostics bundle and for `tracedesk replay`. What opens doors, a badge above all, is kept without its text.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from scanner.burst import Burst, Check
from scanner.devicekeys import replayed
from scanner.framing import Framer, text_of
from scanner.keymap import Stroke
from scanner.profile import Profile
from scanner.scan import Scan, Source
from scanner.wedge import Wedge

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

    @property
    def masked(self) -> bool:
        """True where nothing of what was scanned has been kept."""
        return self.verdict == MASKED

    @property
    def slowest_ms(self) -> int | None:
        """The longest pause between two keys; None for what was not typed."""
        presses = [stroke.at_ms for stroke in self.strokes if stroke.pressed]
        return max((after - before for before, after in pairwise(presses)), default=0) if presses else None

    def without_text(self) -> Record:
        """The record with all that would tell what was scanned left out."""
        return replace(
            self, scan=replace(self.scan, text="", aim="", suspect=""), strokes=(), data=b"", verdict=MASKED
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
                road=Road(plain["road"]),
                number=int(plain["number"]),
            )
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(repr(error)) from error


class BlackBox:
    """Keeps the last 500 scans. Every thread may add to it."""

    def __init__(self, capacity: int = CAPACITY, secret: Callable[[str], bool] = lambda _text: False) -> None:
        """`secret` tells by the text alone that a scan must not be kept, such as a badge."""
        self._records: deque[Record] = deque(maxlen=capacity)
        self._secret = secret
        self._last = 0
        self._told: Callable[[Record], None] | None = None
        self._lock = threading.Lock()

    @property
    def capacity(self) -> int:
        """The most scans that are kept."""
        return self._records.maxlen or 0

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
        record = Record(scan, _now(), strokes, data, profile, road=road)
        if self._secret(scan.text):
            record = record.without_text()
        with self._lock:
            self._last += 1
            record = replace(record, number=self._last)
            self._records.append(record)
            self._tell(record)

    def judge(self, scan: Scan, verdict: str) -> None:
        """Add what became of a scan; a scan that is kept no longer is passed over."""
        self._change(scan, lambda record: replace(record, verdict=verdict))

    def judge_text(self, text: str, device: str, verdict: str) -> None:
        """Add a verdict that names the text instead of the scan: to the oldest of the last minute without one."""
        with self._lock:
            fitting = [
                index
                for index, record in enumerate(self._records)
                if (record.scan.text, record.scan.device) == (text, device) and not record.masked
            ]
            if not fitting:
                return
            last = self._records[fitting[-1]].scan.at
            fitting = [index for index in fitting if last - self._records[index].scan.at < _MINUTE]
            index = next((index for index in fitting if not self._records[index].verdict), fitting[-1])
            self._records[index] = replace(self._records[index], verdict=verdict)
            self._tell(self._records[index])

    def mask(self, scan: Scan) -> None:
        """Forget what was scanned: it turned out to be a badge."""
        self._change(scan, Record.without_text)

    def attach(self, older: Iterable[Record], told: Callable[[Record], None]) -> None:
        """Put records of an earlier run in front, and tell of every record that is new or changed from now on.

        `told` is called under the lock, in whatever thread: it must do no more than pass the record on.
        """
        with self._lock:
            older = list(older)
            first = max((record.number for record in older), default=0)
            now = [replace(record, number=record.number + first) for record in self._records]
            self._last += first
            self._records.clear()
            self._records.extend([*older, *now])
            self._told = told
            for record in now:
                told(record)

    def records(self) -> tuple[Record, ...]:
        """What is kept, oldest first."""
        with self._lock:
            return tuple(self._records)

    def lines(self) -> Iterator[str]:
        """What is kept, a line of JSON each, oldest first."""
        return (record.line() for record in self.records())

    def _change(self, scan: Scan, change: Callable[[Record], Record]) -> None:
        with self._lock:
            for index in range(len(self._records) - 1, -1, -1):
                record = self._records[index]
                if record.scan is scan and not record.masked:
                    self._records[index] = changed = change(record)
                    self._tell(changed)
                    return

    def _tell(self, record: Record) -> None:
        if self._told is not None:
            self._told(record)


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
        if record.strokes and record.road is Road.DEVICE:
            texts = replayed(record.strokes, record.scan.device, record.profile)
            yield Replayed(record, texts[0].text if len(texts) == 1 else None, record.scan.suspect)
        elif record.strokes:
            wedge = Wedge(record.profile, check, clock=lambda: 0.0)
            bursts = [burst for stroke in record.strokes for burst in wedge.feed(stroke).bursts]
            bursts += wedge.quiet().bursts
            scans = [burst.scan for burst in bursts]
            text = "".join(scan.text for scan in scans) if scans else None
            yield Replayed(record, text, scans[0].suspect if len(scans) == 1 else "")
        elif record.data and record.road is Road.REPORT:
            yield Replayed(record, text_of(record.data), record.scan.suspect)
        elif record.data:
            framer = Framer()
            frames = framer.feed(record.data) + framer.idle()
            text = text_of(frames[0].data) if len(frames) == 1 else None
            yield Replayed(record, text, record.scan.suspect)
        else:
            yield Replayed(record, None, playable=False)


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")
