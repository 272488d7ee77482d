"""Key strokes -> Scan: tells a scanner that types from a person who types, and loses neither.

A scanner in keyboard mode presses keys a few milliseconds apart; nobody types six keys at 35 ms each. Strokes
are held until it is clear who they are from: a burst of at least six characters becomes one Scan, everything
else is handed back to be replayed, in order. Time is the time stamped on the events, because a window that
was busy for 150 ms handles a whole scan in one instant.

    step = wedge.feed(stroke)     the stroke belongs to the wedge unless step.passes
    step = wedge.quiet()          nothing came for step.wait_ms after the last stroke
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from scanner.burst import Burst, Check, from_input_method, out_of_order, read, since
from scanner.keymap import DOWN, FUNCTIONS, TAB, Kind, Stroke, kind
from scanner.profile import GAP_MS, KEY_FORMS, Profile, Suffix
from scanner.scan import Scan, Source

MIN_CHARACTERS = 6
HOLD_MARGIN_MS = 5
SILENCE_MS = 120
MOST_HELD = 20_000
"""Strokes; the longest code takes fewer. A device that types for ever is let go piece by piece."""
SPLIT_MS = 400
"""A burst that starts so shortly after one without suffix is likely to be the rest of it."""
INPUT_METHOD_SECONDS = 0.5
"""An input method that spoke so shortly before a burst may have eaten its beginning."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do after a stroke: first replay, then announce the bursts, then pass or swallow the stroke."""

    replay: tuple[Stroke, ...] = ()
    """Typed strokes to deliver now, in this order, to whatever has the focus."""
    bursts: tuple[Burst, ...] = ()
    passes: bool = False
    """True: the stroke just fed is none of the wedge's business. False: it is held or swallowed."""
    wait_ms: int = 0
    """Call `quiet` when no further stroke came for so long; 0: nothing is held."""


_NEEDS_GS = re.compile(r"(\](d2|C1|Q3|e0|J1))?(01|02|00)[0-9]{14}.")
"""A GS1 element string of more than one field: without GS its fields run into one another unnoticed."""


class Wedge:
    """Every character of a scan exactly once and in order, every typed key exactly once and in order."""

    def __init__(
        self,
        profile: Profile | None = None,
        check: Check | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.profile = profile
        self.keyboard_new = False
        """The keyboard came to us a moment ago: a scan that starts now may have begun where it was before."""
        self._check = check
        self._clock = clock
        self._held: list[Stroke] = []
        self._characters = 0
        self._last_press = 0
        self._swallowed: set[int] = set()
        self._repeating = 0
        self._typed_at: int | None = None
        self._ended_at: int | None = None
        self._input_method_at = float("-inf")
        self._input_method_seen = False
        self._foreign_key = self._headless = False
        self._stalls = 0
        self._split_at: int | None = None
        self._usual_suffix = Suffix.UNKNOWN

    @property
    def certain(self) -> bool:
        """True while a burst is held that is sure to be a scanner's."""
        return self._characters >= MIN_CHARACTERS

    @property
    def count(self) -> int:
        """How many strokes are held: always the last ones that were fed."""
        return len(self._held)

    def feed(self, stroke: Stroke) -> Step:
        """Take the next stroke, in the order of the events."""
        if not stroke.pressed:
            return self._released(stroke)
        self._swallowed.discard(stroke.scan_code)
        done = Step()
        if self._held and (len(self._held) >= MOST_HELD or self._pauses_too_long(stroke)):
            done = self._settle()
        if stroke.repeat and not self._continues(stroke):
            self._repeating = stroke.scan_code
            return self._after(done, self._let_pass(stroke))
        self._repeating = 0
        return self._after(done, self._pressed(stroke))

    def quiet(self) -> Step:
        """No stroke came for the time asked for: what is held is a scan or was typed."""
        return self._settle() if self._held else Step()

    def yield_keys(self) -> Step:
        """Something else is about to happen (a click, a change of focus): typed keys go first."""
        return Step(wait_ms=self._wait()) if self.certain or not self._held else self._settle()

    def input_method_spoke(self) -> Step:
        """An input method is about to put text somewhere: typed keys go first, a burst becomes suspect."""
        self._input_method_at = self._clock()
        self._input_method_seen = True
        return self.yield_keys()

    # Strokes

    def _pauses_too_long(self, stroke: Stroke) -> bool:
        """The stroke does not belong to what is held.

        A certain burst may stall now and then. One that stalls at every other key is a fast typist's.
        """
        pause = since(self._last_press, stroke)
        if pause <= self._gap():
            return False
        if not self.certain or pause > self._silence():
            return True
        self._stalls += 1
        return self._stalls > self._stalls_allowed()

    def _stalls_allowed(self) -> int:
        return 1 + self._characters // 16

    def _released(self, stroke: Stroke) -> Step:
        if self._held:
            self._held.append(stroke)
            return Step(wait_ms=self._wait())
        if stroke.scan_code in self._swallowed:
            self._swallowed.discard(stroke.scan_code)
            return Step()
        return Step(passes=True)

    def _continues(self, stroke: Stroke) -> bool:
        """A repeat that is none: X marks a character that comes twice within a millisecond as auto-repeat."""
        return bool(self._held) and self._repeating != stroke.scan_code and self._characters > 0

    def _pressed(self, stroke: Stroke) -> Step:
        match kind(stroke, self._functions()):
            case Kind.MODIFIER | Kind.CHARACTER | Kind.SEPARATOR as what:
                return self._hold(stroke, character=what is not Kind.MODIFIER)
            case Kind.TERMINATOR:
                return self._terminator(stroke)
            case Kind.FUNCTION if self._in_tail(stroke) and stroke.scan_code == DOWN:
                return self._swallow_tail(stroke)
            case Kind.FUNCTION if self.certain or self._expects(stroke):
                return self._hold(stroke, character=True)
            case Kind.CONTROL | Kind.LOCK as what if self.certain:
                return self._hold(stroke, character=what is Kind.CONTROL)
            case _ if self.certain:
                self._foreign_key = True
                return self._hold(stroke, character=False)
            case _:
                return self._let_pass(stroke)

    def _expects(self, stroke: Stroke) -> bool:
        """A key without text that may stand for GS in a young burst; in front of it, only a calibrated one."""
        if self.profile and self.profile.gs in KEY_FORMS:
            return True
        return self._characters > 0 and stroke.scan_code != DOWN

    def _hold(self, stroke: Stroke, *, character: bool) -> Step:
        if not self._held:
            spoke = self._clock() - self._input_method_at
            self._input_method_seen = spoke < INPUT_METHOD_SECONDS
            self._headless = self.keyboard_new
        self._held.append(stroke)
        self._characters += character
        self._last_press = stroke.at_ms
        return Step(wait_ms=self._wait())

    def _terminator(self, stroke: Stroke) -> Step:
        if self.certain:
            self._held.append(stroke)
            self._last_press = stroke.at_ms
            return self._settle()
        if self._in_tail(stroke):
            return self._swallow_tail(stroke)
        return self._let_pass(stroke)

    def _in_tail(self, stroke: Stroke) -> bool:
        """Right behind a scan's terminator: the second half of CR LF, or Tab and Enter."""
        return (
            self._ended_at is not None
            and self._characters == 0
            and since(self._ended_at, stroke) <= self._gap()
        )

    def _swallow_tail(self, stroke: Stroke) -> Step:
        self._ended_at = stroke.at_ms
        self._swallowed |= {s.scan_code for s in (*self._held, stroke) if s.pressed}
        self._swallowed -= {s.scan_code for s in self._held if not s.pressed}
        self._forget()
        return Step()

    def _let_pass(self, stroke: Stroke) -> Step:
        done = self._settle() if self._held else Step()
        return Step(done.replay, done.bursts, passes=True)

    # Decisions

    def _settle(self) -> Step:
        """Decide about what is held."""
        held = tuple(self._held)
        burst = self._burst(held) if self.certain else None
        if burst is None:
            if any(kind(s) in (Kind.CHARACTER, Kind.SEPARATOR) for s in held if s.pressed):
                self._typed_at = self._last_press  # a person's F8 is no beginning of a scan
            self._forget()
            return Step(replay=held)
        down: set[int] = set()
        others: list[Stroke] = []  # keys a person had down already when the scanner started
        for stroke in held:
            if stroke.pressed:
                down.add(stroke.scan_code)
            elif stroke.scan_code in down:
                down.discard(stroke.scan_code)
            else:
                others.append(stroke)
        self._swallowed |= down
        if burst.suffix is Suffix.NONE:
            self._ended_at, self._split_at = None, self._last_press
        else:
            self._ended_at, self._split_at = held[-1].at_ms, None
            self._usual_suffix = burst.suffix
        self._typed_at = None
        self._forget()
        return Step(replay=tuple(others), bursts=(burst,))

    def _burst(self, held: tuple[Stroke, ...]) -> Burst | None:
        last = held[-1]
        suffix, strokes = Suffix.NONE, held
        if last.pressed and kind(last, self._functions()) is Kind.TERMINATOR:
            is_tab = last.scan_code == TAB or last.text == "\t"
            suffix, strokes = (Suffix.TAB if is_tab else Suffix.ENTER), held[:-1]
        said = read(strokes, self.profile, self._check)
        stalls_allowed = self._stalls_allowed() if suffix is not Suffix.NONE else 0
        if len(said.text) < MIN_CHARACTERS or self._stalls > stalls_allowed:
            return None  # typed after all
        scan = Scan(
            text=said.text,
            source=Source.WEDGE,
            device=self.profile.device if self.profile else "",
            at=self._clock(),
            suspect=self._suspect(said.text, held, suffix) or said.doubt,
        )
        return Burst(scan, held, said, suffix)

    def _suspect(self, text: str, held: tuple[Stroke, ...], suffix: Suffix) -> str:
        if self._input_method_seen or out_of_order(held) or any(from_input_method(s.text) for s in held):
            return "input_method"
        if not text.isascii():
            return "non_ascii"
        if self._foreign_key:
            return "unmapped_key"
        if self.profile and self.profile.gs == "dropped" and _NEEDS_GS.match(text):
            return "gs_dropped"
        first = next(stroke for stroke in held if stroke.pressed)
        typed = self._typed_at is not None and since(self._typed_at, first) <= self._silence()
        expected = self.profile.suffix if self.profile else self._usual_suffix
        torn = self._split_at is not None and since(self._split_at, first) <= SPLIT_MS
        if typed or self._headless or (torn and expected is not Suffix.NONE):
            return "scan_split"
        return "scan_cut" if suffix is Suffix.NONE and expected in (Suffix.ENTER, Suffix.TAB) else ""

    def _forget(self) -> None:
        self._held.clear()
        self._characters = 0
        self._stalls = 0
        self._foreign_key = False

    def _after(self, before: Step, step: Step) -> Step:
        return Step(before.replay + step.replay, before.bursts + step.bursts, step.passes, step.wait_ms)

    # Measures

    def _functions(self) -> dict[int, str]:
        return dict(self.profile.keys) if self.profile else dict(FUNCTIONS)

    def _gap(self) -> int:
        return self.profile.gap_ms if self.profile else GAP_MS

    def _silence(self) -> int:
        return max(SILENCE_MS, 2 * self._gap())

    def _wait(self) -> int:
        if not self._held:
            return 0
        return self._silence() if self.certain else self._gap() + HOLD_MARGIN_MS
