"""The decoders that ours are measured beside, as they come out of the box, and the tally of what each reads."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from desktop.bench.row import Row
from scanner.decode import second_reader_missing
from scanner.read import Read, from_zbar, from_zxing

if TYPE_CHECKING:
    from scanner.vision import Gray

Reader = Callable[["Gray"], tuple[Read, ...]]
Entry = dict[str, Any]
"""A line of a manifest."""
UNION = "zxing-cpp+pyzbar"
RETAIL = frozenset({"EAN13", "EAN8", "UPCA", "UPCE"})
"""Their check digit is too weak for any decoder: wrong values are counted apart from those of other codes."""
_LATE = 1.15
"""A read that takes so many times its deadline is none: the next frame is there."""


def zxing(gray: Gray) -> tuple[Read, ...]:
    """What zxing-cpp reads by its defaults."""
    import zxingcpp

    found = (from_zxing(one) for one in zxingcpp.read_barcodes(gray))
    return tuple(read for read in found if read is not None)


def pyzbar(gray: Gray) -> tuple[Read, ...]:
    """What zbar reads by its defaults."""
    from pyzbar import pyzbar as zbar

    found = (from_zbar(one.type, one.data, [(p.x, p.y) for p in one.polygon]) for one in zbar.decode(gray))
    return tuple(read for read in found if read is not None)


def baselines() -> dict[str, Reader]:
    """The decoders there are on this machine, by name; their union is counted from their reads."""
    found: dict[str, Reader] = {"zxing-cpp": zxing}
    if not second_reader_missing():
        found["pyzbar"] = pyzbar
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of one picture."""

    reads: tuple[Read, ...]
    seconds: float

    def within(self, deadline_ms: float | None) -> Reading:
        """The same, nothing where it came too late."""
        late = deadline_ms is not None and self.seconds * 1000 > deadline_ms * _LATE
        return Reading((), self.seconds) if late else self


def timed(reader: Reader, gray: Gray) -> Reading:
    """What a reader makes of a picture, and how long it takes."""
    began = time.perf_counter()
    reads = reader(gray)
    return Reading(reads, time.perf_counter() - began)


def readings(readers: dict[str, Reader], gray: Gray) -> dict[str, Reading]:
    """What each reader makes of a picture, one after the other, and what both decoders do together."""
    found = {who: timed(reader, gray) for who, reader in readers.items()}
    return found | joint(found)


def joint(found: dict[str, Reading]) -> dict[str, Reading]:
    """The union of the decoders where both are there: the reads and the time of both."""
    if "pyzbar" not in found or "zxing-cpp" not in found:
        return {}
    one, other = found["zxing-cpp"], found["pyzbar"]
    every = {(read.symbology, read.payload): read for read in (*other.reads, *one.reads)}
    return {UNION: Reading(tuple(every.values()), one.seconds + other.seconds)}


def spellings(read: Read) -> set[str]:
    """The payload and the UTF-8 of the text, as hex digits without trailing newlines."""
    return {spelt.rstrip(b"\r\n").hex() for spelt in (read.payload, read.text.encode())}


@dataclass(slots=True)
class _Tally:
    shown: int = 0
    right: int = 0
    wrong: int = 0
    wrong_retail: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Table:
    """What all readers made of the pictures of one kind."""

    name: str
    tallies: dict[str, _Tally] = field(default_factory=lambda: defaultdict(_Tally))
    pictures: int = 0

    def count(self, entry: Entry, found: dict[str, Reading]) -> None:
        """Add a picture; where nothing must be read, every read is wrong."""
        self.pictures += 1
        expected = entry["expected_hex"]
        for who, reading in found.items():
            tally = self.tallies[who]
            right = [read for read in reading.reads if expected is not None and expected in spellings(read)]
            wrong = len(reading.reads) - len(right)
            tally.shown += expected is not None
            tally.right += bool(right)
            if expected is not None and entry["symbology"] in RETAIL:
                tally.wrong_retail += wrong
            else:
                tally.wrong += wrong
            tally.seconds += reading.seconds

    def rows(self, ours: str = "ours") -> Iterator[Row]:
        """Read rate, wrong payloads and time beside each baseline."""
        mine = self.tallies[ours]
        retail = any(tally.wrong_retail for tally in self.tallies.values())
        for who, tally in self.tallies.items():
            if who.startswith("ours"):
                continue
            n = self.pictures
            if mine.shown:
                rates = mine.right / mine.shown, tally.right / tally.shown
                yield Row("decode", f"{self.name}_read", *rates, who, "higher", "share", mine.shown)
            yield Row("decode", f"{self.name}_wrong", mine.wrong, tally.wrong, who, "lower", "reads", n)
            if retail:
                wrong = mine.wrong_retail, tally.wrong_retail
                yield Row("decode", f"{self.name}_wrong_retail", *wrong, who, "lower", "reads", n)
            means = mine.seconds * 1000 / n, tally.seconds * 1000 / n
            yield Row("decode", f"{self.name}_time", *means, who, "lower", "ms", n)
