"""The demo's walk without a window: look at each picture, receive, dispense a part, deliver, prove.

It uses the station as the window does; only the eyes are missing. What comes of each of the demo's own packs is
held against what must come of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.commands.context import Context
from desktop.demo.samples import Expected, Sample
from desktop.demo.world import World
from desktop.station import Station
from ledger import audit
from ledger.capture import Captured, Outcome
from ledger.errors import UserError
from ledger.event import DocumentRef, EventKind
from ledger.situation import Intent
from scanner.decode import Unreadable, decode_image, load_gray
from scanner.scan import Scan, Source

RECEIVING = Intent(EventKind.RECEIVE, "op-demo", (DocumentRef("desadv", "DEMO-1"),))
DISPENSING = Intent(EventKind.DISPENSE, "op-demo", (DocumentRef("prescription", "RX-DEMO-1"),))
PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif"}


@dataclass(frozen=True, slots=True)
class Report:
    """How the walk went."""

    counts: Counter[str]
    chain_ok: bool
    held: int
    """Events that the platform holds afterwards."""
    unexpected: tuple[str, ...]

    def json(self) -> dict[str, object]:
        """The last line of the demo."""
        names = ("images", "decoded", "received", "dispensed", "refused", "sent", "accepted", "parked")
        return {**{name: self.counts[name] for name in names}, "chain_ok": self.chain_ok}


class Walk:
    """One walk through a world, printing what happens."""

    def __init__(self, ctx: Context, world: World, station: Station) -> None:
        self._ctx, self._world, self._station = ctx, world, station
        self._samples = {sample.file: sample for sample in world.samples}
        self._counts: Counter[str] = Counter()
        self._refused: set[str] = set()
        self._unexpected: list[str] = []
        self._say = ctx.words.say

    def run(self) -> Report:
        """Take the whole walk."""
        seen = self._receive_all()
        self._headline("demo_dispensing")
        planned = [(file, scan) for file, scan in seen if self._samples and self._samples[file].dispense]
        for file, scan in planned if self._samples else seen[::3]:
            self._dispense(file, scan)
        self._headline("demo_delivering")
        result = self._station.drain()
        self._counts.update(sent=result.sent, accepted=result.accepted, parked=result.parked)
        finding = self._station.run(audit.check)
        self._counts["refused"] = len(self._refused)
        chain_ok = finding.chain_ok and finding.projection_ok
        return Report(self._counts, chain_ok, self._world.held(), tuple(self._unexpected))

    def _receive_all(self) -> list[tuple[str, Scan]]:
        """Show every picture to the camera; return what may be dispensed: the scans in order."""
        files = sorted(path for path in self._world.images.iterdir() if path.suffix.lower() in PICTURES)
        if not files:
            raise UserError("no_video_images", folder=str(self._world.images))
        self._headline("demo_receiving", images=len(files))
        found: list[tuple[str, Scan]] = []
        for path in files:
            self._counts["images"] += 1
            scans = self._look(path)
            self._counts["decoded"] += bool(scans)
            for scan in scans:
                sample = self._samples.get(path.name)
                if sample is not None and sample.receive is None:
                    found.append((path.name, scan))  # goes to the counter without having been received
                    continue
                answer = self._step(path.name, scan, RECEIVING, sample.receive if sample else None)
                self._counts["received"] += answer.outcome is Outcome.ACCEPTED
                if answer.outcome is Outcome.ACCEPTED or (sample and sample.dispense):
                    found.append((path.name, scan))
        return found

    def _look(self, path: Path) -> list[Scan]:
        picture = load_gray(path)
        if isinstance(picture, Unreadable):
            self._tell(path.name, "✗", self._say("demo_unreadable", file=path.name))
            return []
        reads = decode_image(picture)
        sample = self._samples.get(path.name)
        if not reads:
            self._tell(path.name, "·", self._say("demo_nothing_read"))
        if sample is not None and bool(reads) != bool(sample.symbology):
            self._unexpected.append(path.name)
        return [Scan(read.text, Source.CAMERA, read.symbology, "demo", read.aim) for read in reads]

    def _dispense(self, file: str, scan: Scan) -> None:
        sample = self._samples.get(file)
        answer = self._step(file, scan, DISPENSING, sample.dispense if sample else None)
        self._counts["dispensed"] += answer.outcome is Outcome.ACCEPTED

    def _step(self, file: str, scan: Scan, intent: Intent, expected: Expected | None) -> Captured:
        answer = self._capture(file, scan, intent)
        if expected is not None and not _as_expected(answer, expected):
            self._unexpected.append(file)
        sample = self._samples.get(file)
        if answer.outcome is Outcome.ASKED and sample is not None:
            answered = self._answered(intent, answer, sample)
            answer = self._capture(file, scan, answered)
            if answer.outcome is not Outcome.ACCEPTED:
                self._unexpected.append(file)
        return answer

    def _answered(self, intent: Intent, answer: Captured, sample: Sample) -> Intent:
        """What the person types: lot and expiry as on the label, or a reason."""
        if "expiry" in answer.needs:
            return replace(intent, lot=sample.lot or None, expiry=sample.expiry)
        return replace(intent, reason=self._say("demo_reason"))

    def _capture(self, file: str, scan: Scan, intent: Intent) -> Captured:
        sample = self._samples.get(file)
        if sample is not None and sample.lot and sample.expiry is None:
            intent = replace(intent, lot=sample.lot)  # the person has set the lot for this product
        answer = self._station.capture(scan, intent).result()
        if answer.outcome is Outcome.REFUSED:
            self._refused.add(scan.text)
        said = [self._say(f"outcome_{answer.outcome}")]
        if answer.product:
            product = answer.product
            said.append(self._ctx.words.name((product.name_zh, product.name_en)))
        said.append(answer.key or scan.text)
        said += [self._ctx.words.problem(one) for one in answer.problems if one.code != "no_document"]
        self._tell(file, _MARKS[answer.outcome], " · ".join(said), answer)
        return answer

    def _tell(self, file: str, mark: str, what: str, answer: Captured | None = None) -> None:
        result: dict[str, object] = {"file": file}
        if answer is not None:
            event = answer.event
            result |= {
                "input": answer.scanned.text,
                "key": answer.key,
                "outcome": answer.outcome,
                "event_id": event.event_id if event else None,
                "problems": [problem.code for problem in answer.problems],
            }
        self._ctx.line(result, self._say("demo_line", mark=mark, file=file) + what)

    def _headline(self, code: str, **params: object) -> None:
        if not self._ctx.json:
            self._ctx.line({}, "\n" + self._say(code, **params))


def _as_expected(answer: Captured, expected: Expected) -> bool:
    codes = {problem.code for problem in answer.problems}
    return answer.outcome is expected.outcome and (not expected.problem or expected.problem in codes)


_MARKS = {Outcome.ACCEPTED: "✓", Outcome.REPEATED: "=", Outcome.ASKED: "?", Outcome.REFUSED: "✗"}
