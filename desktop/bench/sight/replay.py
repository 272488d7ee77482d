"""Sequences of frames shown to readers at the pace of a camera: what becomes a scan, and when."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.bench.row import Row
from desktop.bench.sight.readers import UNION, Entry, Reader, joint, spellings, timed
from scanner.read import Read

if TYPE_CHECKING:
    from scanner.vision import Gray

FPS = 30.0
WITHIN_S = 1.0
"""A person who holds a pack still for longer thinks that it does not work."""
ALONE = "ours, each frame alone"

Accepted = list[tuple[Read, float]]
"""What became a scan, and how many seconds after the first frame."""


def through_camera(frames: list[Gray], *, fuse: bool = True) -> Accepted:
    """As the camera reads it: its threads, in real time; without `fuse` frames are not laid upon each other."""
    from desktop.commands.decode import gs1_clean
    from scanner.camera import Camera, DecodedFrame, Frame
    from scanner.videosource import Preloaded
    from scanner.watch import Watch

    began: list[float] = []
    accepted: Accepted = []

    def on_frame(frame: Frame) -> None:
        if not began:
            began.append(frame.at)

    def on_reads(decoded: DecodedFrame) -> None:
        accepted.extend((read, time.monotonic() - began[0]) for read in decoded.accepted)

    camera = Camera(
        Preloaded("sequence", frames, fps=FPS),
        on_frame=on_frame,
        on_reads=on_reads,
        is_clean=gs1_clean,
        decode=Watch(fuse=fuse),
    )
    camera.start()
    camera.finish(len(frames) / FPS + 60)
    camera.stop()
    return accepted


def replayed(frames: list[Gray], reader: Reader) -> Accepted:
    """The same of a decoder that takes the newest frame whenever it is done with the last one, and votes as ours
    do."""
    from desktop.commands.decode import gs1_clean
    from scanner.steady import Steady

    steady, at, number = Steady(gs1_clean), 0.0, 0
    accepted: Accepted = []
    while number < len(frames):
        reading = timed(reader, frames[number])
        shown = number / FPS
        at = max(at, shown) + reading.seconds
        accepted += [(read, at) for read in steady.see(reading.reads, shown, number)]
        number = max(number + 1, int(at * FPS))
    return accepted


def both_of(readers: dict[str, Reader]) -> dict[str, Reader]:
    """Both decoders one after the other on each frame, where both are there."""
    if len(readers) < 2:
        return {}
    return {UNION: lambda gray: joint({who: timed(one, gray) for who, one in readers.items()})[UNION].reads}


@dataclass(slots=True)
class _Tally:
    read: int = 0
    wrong: int = 0
    waited: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Sequences:
    """What became of the sequences."""

    tallies: dict[str, _Tally] = field(default_factory=dict)
    shown: int = 0

    def count(self, who: str, accepted: Accepted, entry: Entry) -> None:
        """Add what one reader made of a sequence."""
        tally = self.tallies.setdefault(who, _Tally())
        right = [at for read, at in accepted if entry["expected_hex"] in spellings(read)]
        tally.read += bool(right) and right[0] <= WITHIN_S
        tally.waited += right[:1]
        tally.wrong += len(accepted) - len(right)

    def rows(self) -> Iterator[Row]:
        """The share read within a second, and the wrong scans, beside each baseline."""
        mine, n = self.tallies["ours"], self.shown
        for who, tally in self.tallies.items():
            if who != "ours":
                rates = mine.read / n, tally.read / n
                yield Row("decode", "sequences_read_within_1s", *rates, who, "higher", "share", n)
                yield Row("decode", "sequences_wrong", mine.wrong, tally.wrong, who, "lower", "scans", n)
                if mine.waited and tally.waited:
                    waits = _median(mine.waited) * 1000, _median(tally.waited) * 1000
                    yield Row("decode", "sequences_first_read", *waits, who, "lower", "ms", len(mine.waited))


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
