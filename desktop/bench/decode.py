"""How much is read, how much of it wrongly, and how long it takes: beside zxing-cpp, pyzbar and both together.

Every baseline sees the same pictures in the same run, with its defaults.

Photographs: `data`, a folder with manifest.json (../shared/data/barcodes); `limit` images (36), each in one of
the four rotations in turn. Those that hold no code have rows of their own (blanks), in which every read is wrong.
Frames: `hardset`, a folder made by hardset.py. Ours look into an aiming box of 960x540 that holds the code,
within 33 ms, within 100 ms and without a deadline; the others at all of the frame, as they come. A read that takes
1.15 times its deadline is none, whosever it is. `cells=1` adds rows for each kind of defect.
Sequences: `sequences`, a folder made by `hardset.py --sequences`, replayed in real time at 30 frames a second
through the camera's threads; a baseline reads the newest frame as often as it can, and needs the same votes. Ours
are shown once more without laying frames upon each other: what that is worth.

Frames and sequences are drawn by ../shared/tools/hardset/hardset.py where no folder is given: `n` frames (1) a kind
of defect and `count` sequences (8), from `seed` (1). With `full=1` all photographs in all rotations, 4 frames and 40
sequences. `only=photographs`, `frames` or `sequences` leaves the others out. There are no rows for what is absent, and
none of pyzbar where it is not installed. The defaults take about four minutes on two quiet processors.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from desktop.bench.row import Row
from desktop.bench.sight.readers import (
    Entry,
    Reader,
    Table,
    baselines,
    joint,
    readings,
    timed,
)
from desktop.bench.sight.replay import ALONE, Sequences, both_of, replayed, through_camera
from scanner.decode import Box, Unreadable, decode_image, load_gray, prepare

_SHARED = Path(__file__).resolve().parents[3] / "shared"
_AIM = (960, 540)
_DEADLINES = {"33ms": 33.0, "100ms": 100.0, "unlimited": None}
_BLANKS = 4
"""Images without a code that a short run looks at: ours spend seconds on each of them."""


def rows(options: dict[str, str]) -> Iterator[Row]:
    """Measure photographs, then frames, then sequences."""
    prepare()
    full, only = options.get("full") == "1", options.get("only", "")
    if only in ("", "photographs"):
        limit = None if full else int(options.get("limit", 36))
        yield from _photographs(Path(options.get("data", _SHARED / "data" / "barcodes")), limit)
    seed = options.get("seed", "1")
    with tempfile.TemporaryDirectory() as made:
        if only in ("", "frames"):
            n = options.get("n", "4" if full else "1")
            drawn = "--kinds", "dm,c128cn", "--n", n, "--seed", seed
            hard = _given_or_made(options.get("hardset"), Path(made, "frames"), *drawn)
            if hard is not None:
                yield from _frames(hard, cells=options.get("cells") == "1")
        if only in ("", "sequences"):
            count = options.get("count", "40" if full else "8")
            drawn = "--sequences", count, "--frames", "30", "--seed", seed
            moving = _given_or_made(options.get("sequences"), Path(made, "moving"), *drawn)
            if moving is not None:
                yield from _sequences(moving)


def _photographs(folder: Path, limit: int | None) -> Iterator[Row]:
    from scanner.vision import np

    entries = _manifest(folder)
    coded = [entry for entry in entries if entry["expected_hex"] is not None]
    blank = [entry for entry in entries if entry["expected_hex"] is None]
    readers: dict[str, Reader] = {"ours": decode_image} | baselines()
    for name, kind, most in (("photographs", coded, limit), ("blanks", blank, limit and _BLANKS)):
        table = Table(name)
        chosen = kind if most is None else kind[:: max(1, len(kind) // most)][:most]
        for number, entry in enumerate(chosen):
            upright = load_gray(folder / entry["file"])
            if isinstance(upright, Unreadable):
                continue
            for turns in range(4) if most is None else (number % 4,):
                turned = np.ascontiguousarray(np.rot90(upright, turns))
                table.count(entry, readings(readers, turned))
        if table.pictures:
            yield from table.rows()


def _frames(folder: Path, cells: bool) -> Iterator[Row]:
    tables: dict[str, Table] = {}
    for entry in _manifest(folder):
        frame = load_gray(folder / entry["file"])
        if isinstance(frame, Unreadable):
            continue
        x, y, width, height = aiming_box(entry["quad"], frame.shape)
        aimed = frame[y : y + height, x : x + width].copy()
        others = {who: timed(reader, frame) for who, reader in baselines().items()}
        for name, budget in _DEADLINES.items():
            began = timed(lambda gray, most=budget: decode_image(gray, budget_ms=most), aimed)  # type: ignore[misc]
            found = {"ours": began} | others | joint(others)
            in_time = {who: reading.within(budget) for who, reading in found.items()}
            kinds = [entry["symbology"], *([f"{entry['symbology']}_{entry['cell']}"] if cells else [])]
            for kind in kinds:
                row = f"{kind}_{name}"
                tables.setdefault(row, Table(row)).count(entry, in_time)
    for row in sorted(tables, key=lambda row: row.count("_")):
        yield from tables[row].rows()


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
    table = Sequences()
    for _, entries in sorted(by_sequence.items()):
        ordered = sorted(entries, key=lambda one: str(one["file"]))
        loaded = [load_gray(folder / entry["file"]) for entry in ordered]
        frames = [frame for frame in loaded if not isinstance(frame, Unreadable)]
        if not frames:
            continue
        table.shown += 1
        for who, reader in (baselines() | both_of(baselines())).items():
            table.count(who, replayed(frames, reader), entries[0])
        table.count("ours", through_camera(frames), entries[0])
        table.count(ALONE, through_camera(frames, fuse=False), entries[0])
    if table.shown:
        yield from table.rows()


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
    subprocess.run([sys.executable, str(tool), str(made), *arguments], check=True, capture_output=True)
    return made
