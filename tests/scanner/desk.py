"""A wedge with its timer, and the field that gets what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.burst import Burst
from scanner.keymap import Stroke
from scanner.profile import Profile
from scanner.wedge import Wedge

CODE = "]d201069012345678921712345678\x1d17271231\x1d10aB-1/2"


@dataclass
class Desk:
    """A wedge with its timer and the field that gets what was typed."""

    wedge: Wedge
    typed: list[Stroke] = field(default_factory=list)
    bursts: list[Burst] = field(default_factory=list)
    _last: Stroke | None = None
    _wait: int = 0

    def feed(self, strokes: Iterable[Stroke], timer: bool = True) -> None:
        for stroke in strokes:
            if timer and self._wait and self._last and stroke.at_ms - self._last.at_ms >= self._wait:
                self.quiet()
            step = self.wedge.feed(stroke)
            self._take(step.replay, step.bursts)
            if step.passes:
                self.typed.append(stroke)
            self._wait, self._last = step.wait_ms, stroke
            assert bool(self._wait) == bool(self.wedge.count)

    def quiet(self) -> None:
        step = self.wedge.quiet()
        self._take(step.replay, step.bursts)
        self._wait = 0

    def _take(self, replay: tuple[Stroke, ...], bursts: tuple[Burst, ...]) -> None:
        self.typed += replay
        self.bursts += bursts

    @property
    def text(self) -> str:
        return "".join(stroke.text for stroke in self.typed if stroke.pressed)

    @property
    def scans(self) -> list[str]:
        return [burst.scan.text for burst in self.bursts]

    @property
    def suspects(self) -> list[str]:
        return [burst.scan.suspect for burst in self.bursts]


def desk(profile: Profile | None = None) -> Desk:
    return Desk(Wedge(profile, check=lambda text: text.startswith("]d2"), clock=lambda: 100.0))
