"""How much is read, how much of it wrongly, and how long it takes: beside zxing-cpp, pyzbar and both together.

Every baseline sees the same pictures in the same run, with its defaults and without any deadline.

Photographs: `data`, a folder with manifest.json (../shared/data/barcodes); `limit` images (80), each in one of
the four rotations in turn; with `full=1` all of them in all four.
Frames: `hardset`, a folder made by hardset.py; each is looked at inside an aiming box of 960x540 that holds the
code, by ours within 33 ms, within 100 ms and without a deadline.
Sequences: `sequences`, a folder made by `hardset.py --sequences`, replayed in real time at 30 frames a second
through the camera's threads; a baseline reads the newest frame as often as it can, and needs the same votes.

Frames and sequences are drawn by ../shared/tools/hardset/hardset.py, few of them, where no folder is given. There
are no rows for what is absent, and none of pyzbar where it is not installed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.bench.row import Row
from scanner.decode import Box, Unreadable, decode_image, load_gray, prepare, second_reader_missing
from scanner.read import Read, from_zbar, from_zxing

if TYPE_CHECKING:
    from scanner.vision import Gray

_SHARED = Path(__file__).resolve().parents[3] / "shared"
_RETAIL = frozenset({"EAN13", "EAN8", "UPCA", "UPCE"})
_AIM = (960, 540)
_FPS = 30.0

Reader = Callable[["Gray"], tuple[Read, ...]]
Entry = dict[str, Any]


@dataclass(slots=True)
class _Tally:
    """What one reader made of the pictures shown to it."""

    shown: int = 0
    right: int = 0
    wrong: int = 0
    seconds: float = 0.0

    def count(self, reads: tuple[Read, ...], expected: str | None, seconds: float, retail: bool) -> None:
        """Add one picture; misreads of retail codes count as not read, their check digit is too weak."""
        right = [read for read in reads if expected is not None and expected in _spellings(read)]
        self.shown += expected is not None
        self.right += bool(right)
        self.wrong += 0 if retail else len(reads) - len(right)
        self.seconds += seconds


@dataclass(slots=True)
class _Table:
    """Tallies of all readers for one row name."""

    tallies: dict[str, _Tally] = field(default_factory=lambda: defaultdict(_Tally))
    pictures: int = 0

    def rows(self, name: str, ours: str = "ours") -> Iterator[Row]:
        """Read rate, wrong payloads and time, beside each baseline."""
        mine = self.tallies[ours]
        for who, tally in self.tallies.items():
            if who.startswith("ours"):
                continue
            if mine.shown:
                rates = mine.right / mine.shown, tally.right / tally.shown
                yield Row("decode", f"{name}_read", *rates, who, "higher", "share", mine.shown)
            yield Row(
                "decode", f"{name}_wrong", mine.wrong, tally.wrong, who, "lower", "reads", self.pictures
            )
            means = mine.seconds * 1000 / self.pictures, tally.seconds * 1000 / self.pictures
            yield Row("decode", f"{name}_time", *means, who, "lower", "ms", self.pictures)


def rows(options: dict[str, str]) -> Iterator[Row]:
    """Measure photographs, then frames, then sequences."""
    prepare()
    yield from _photographs(Path(options.get("data", _SHARED / "data" / "barcodes")), options)
    with tempfile.TemporaryDirectory() as made:
        hard = _given_or_made(
            options.get("hardset"), Path(made, "frames"), "--cells", "size,defocus", "--n", "1"
        )
        if hard is not None:
            yield from _frames(hard)
        moving = _given_or_made(
            options.get("sequences"), Path(made, "moving"), "--sequences", "4", "--frames", "24"
        )
        if moving is not None:
            yield from _sequences(moving)


def _photographs(folder: Path, options: dict[str, str]) -> Iterator[Row]:
    from scanner.vision import np

    entries = _manifest(folder)
    full = options.get("full") == "1"
    if not full:
        limit = int(options.get("limit", 80))
        entries = entries[:: max(1, len(entries) // max(1, limit))][:limit]
    readers: dict[str, Reader] = {"ours": decode_image} | _baselines()
    table = _Table()
    for number, entry in enumerate(entries):
        upright = load_gray(folder / entry["file"])
        if isinstance(upright, Unreadable):
            continue
        for turns in range(4) if full else (number % 4,):
            _show(table, np.ascontiguousarray(np.rot90(upright, turns)), entry, readers)
    if table.pictures:
        yield from table.rows("photographs")


def _frames(folder: Path) -> Iterator[Row]:
    deadlines = {"ours 33ms": 33.0, "ours 100ms": 100.0, "ours unlimited": None}
    readers: dict[str, Reader] = {
        who: lambda gray, budget=budget: decode_image(gray, budget_ms=budget)  # type: ignore[misc]
        for who, budget in deadlines.items()
    }
    readers |= _baselines()
    tables: dict[tuple[str, str], _Table] = defaultdict(_Table)
    for entry in _manifest(folder):
        frame = load_gray(folder / entry["file"])
        if isinstance(frame, Unreadable):
            continue
        x, y, width, height = aiming_box(entry["quad"], frame.shape)
        aimed = frame[y : y + height, x : x + width].copy()
        _show(tables[entry["symbology"], entry["cell"]], aimed, entry, readers)
    for (symbology, cell), table in tables.items():
        for who in deadlines:
            yield from table.rows(f"{symbology}_{cell}_{who.removeprefix('ours ')}", who)


def aiming_box(quad: list[list[float]], shape: tuple[int, ...]) -> Box:
    """A box of 960x540, or the frame where that is smaller, around the code, kept inside the frame."""
    width, height = min(_AIM[0], shape[1]), min(_AIM[1], shape[0])
    x = sum(corner[0] for corner in quad) / len(quad) - width / 2
    y = sum(corner[1] for corner in quad) / len(quad) - height / 2
    return (int(min(max(0, x), shape[1] - width)), int(min(max(0, y), shape[0] - height)), width, height)


def _sequences(folder: Path) -> Iterator[Row]:
    by_sequence: dict[str, list[Entry]] = defaultdict(list)
    for entry in _manifest(folder):
        by_sequence[str(Path(entry["file"]).parent)].append(entry)
    table = _Table()
    for name, entries in sorted(by_sequence.items()):
        loaded = [
            load_gray(folder / entry["file"]) for entry in sorted(entries, key=lambda one: str(one["file"]))
        ]
        frames = [frame for frame in loaded if not isinstance(frame, Unreadable)]
        table.pictures += 1
        for who, reader in _baselines().items():
            _count_replay(table.tallies[who], _replayed(frames, reader), entries[0])
        _count_replay(table.tallies["ours"], _through_camera(name, frames), entries[0])
    mine, n = table.tallies["ours"], table.pictures
    for who, tally in table.tallies.items():
        if who != "ours":
            rates = mine.right / n, tally.right / n
            yield Row("decode", "sequences_read_within_1s", *rates, who, "higher", "share", n)
            yield Row("decode", "sequences_wrong", mine.wrong, tally.wrong, who, "lower", "scans", n)


Accepted = list[tuple[Read, float]]


def _count_replay(tally: _Tally, accepted: Accepted, entry: Entry) -> None:
    right = [at for read, at in accepted if entry["expected_hex"] in _spellings(read)]
    tally.right += bool(right) and right[0] <= 1.0
    tally.wrong += len(accepted) - len(right)


def _through_camera(name: str, frames: list[Gray]) -> Accepted:
    """What becomes a scan, and how many seconds after the first frame: as `decode --sequence` replays it."""
    from desktop.commands.decode import gs1_clean
    from scanner.camera import Camera, DecodedFrame, Frame
    from scanner.videosource import Preloaded

    began: list[float] = []
    accepted: Accepted = []

    def on_frame(frame: Frame) -> None:
        if not began:
            began.append(frame.at)

    def on_reads(decoded: DecodedFrame) -> None:
        accepted.extend((read, time.monotonic() - began[0]) for read in decoded.accepted)

    source = Preloaded(name, frames, fps=_FPS)
    camera = Camera(source, on_frame=on_frame, on_reads=on_reads, is_clean=gs1_clean)
    camera.start()
    camera.finish(len(frames) / _FPS + 60)
    camera.stop()
    return accepted


def _replayed(frames: list[Gray], reader: Reader) -> Accepted:
    """The same of a reader that takes the newest frame whenever it is done with the last one."""
    from desktop.commands.decode import gs1_clean
    from scanner.steady import Steady

    steady, accepted, at, number = Steady(gs1_clean), [], 0.0, 0
    while number < len(frames):
        began = time.perf_counter()
        reads = reader(frames[number])
        shown = number / _FPS
        at = max(at, shown) + time.perf_counter() - began
        accepted += [(read, at) for read in steady.see(reads, shown, number)]
        number = max(number + 1, int(at * _FPS))
    return accepted


def _show(table: _Table, gray: Gray, entry: Entry, readers: dict[str, Reader]) -> None:
    table.pictures += 1
    for who, reader in readers.items():
        began = time.perf_counter()
        reads = reader(gray)
        seconds = time.perf_counter() - began
        table.tallies[who].count(reads, entry["expected_hex"], seconds, entry["symbology"] in _RETAIL)


def _spellings(read: Read) -> set[str]:
    return {spelt.rstrip(b"\r\n").hex() for spelt in (read.payload, read.text.encode())}


def _baselines() -> dict[str, Reader]:
    if second_reader_missing():
        return {"zxing-cpp": _zxing}
    return {
        "zxing-cpp": _zxing,
        "pyzbar": _pyzbar,
        "zxing-cpp+pyzbar": lambda gray: tuple(
            {(read.symbology, read.payload): read for read in (*_pyzbar(gray), *_zxing(gray))}.values()
        ),
    }


def _zxing(gray: Gray) -> tuple[Read, ...]:
    import zxingcpp

    found = (from_zxing(one) for one in zxingcpp.read_barcodes(gray))
    return tuple(read for read in found if read is not None)


def _pyzbar(gray: Gray) -> tuple[Read, ...]:
    from pyzbar import pyzbar

    found = (from_zbar(one.type, one.data, [(p.x, p.y) for p in one.polygon]) for one in pyzbar.decode(gray))
    return tuple(read for read in found if read is not None)


def _manifest(folder: Path) -> list[Entry]:
    file = folder / "manifest.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else []


def _given_or_made(given: str | None, made: Path, *arguments: str) -> Path | None:
    """The folder that was given, or one drawn now; None where the tool that draws is absent."""
    if given is not None:
        return Path(given)
    tool = _SHARED / "tools" / "hardset" / "hardset.py"
    if not tool.is_file():
        return None
    subprocess.run(
        [sys.executable, str(tool), str(made), "--kinds", "dm,c128cn", *arguments],
        check=True,
        capture_output=True,
    )
    return made
