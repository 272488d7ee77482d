"""Scans of a black box read again: what each gives today, by the code of today and the calibration of then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.blackbox import Record, Road
from scanner.burst import Check
from scanner.devicekeys import replayed
from scanner.framing import Framer, text_of
from scanner.wedge import Wedge


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
