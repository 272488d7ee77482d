"""Agreement over frames: when reads of a camera become one scan, and when the same code may count again.

Rules by symbology, from measurements on misreads: Reed-Solomon codes (DataMatrix, QR, Aztec, PDF417) are
believed at once; codes with one check character have to be read twice, in different frames; sharpening makes
most misreads and costs one vote more. Two decoders that agree on one frame are one vote: they were seen to
agree on a wrong value.

Pure: time comes in with every call, nothing here looks at a clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from scanner.read import Read

AGREE_WITHIN_S = 1.0
"""Equal reads count together when their frames lie within this time."""
DEBOUNCE_S = 1.5
"""A value accepted is not accepted again before this time has passed..."""
GONE_S = 0.5
"""...and before it has been out of view for this long..."""
GONE_FRAMES = 3
"""...in which at least so many frames were looked at without it: on a machine that is too busy to look, a code
that lies still in front of the camera is not gone."""

_SOLID = frozenset({"DataMatrix", "QRCode", "Aztec"})
_HIBC_MOD43 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"

Value = tuple[str, bytes]


def value_of(read: Read) -> Value:
    """What makes two reads the same code: symbology and payload."""
    return (read.symbology, read.payload)


def votes_needed(read: Read, is_clean: Callable[[str], bool] | None = None) -> int | None:
    """In how many frames a value has to be read before it counts; None when it never does.

    Where one of the frames was sharpened, one more is needed, except for the codes that correct errors
    themselves. `is_clean` tells whether a GS1 element string parses without a fault; without it none is
    clean.
    """
    kind = read.symbology
    if kind in _SOLID or kind == "PDF417":
        return 1
    if kind == "ITF":
        # ITF has no start that could not be inside another one: a slanted sweep reads a shorter, valid code.
        return 2 if len(read.payload) == 14 and _mod10(read.payload) else None
    if read.aim == "]C1" or kind.startswith("DataBar"):
        return 1 if is_clean is not None and is_clean(read.text) else 2
    if kind == "Code39":
        # Only HIBC's check character (ANSI/HIBC 2.6) makes Code 39 as good as Code 128.
        return 2 if _hibc(read.payload) else 3
    if kind in ("EAN8", "UPCE"):
        return 3
    return 2


@dataclass(slots=True)
class _Sight:
    votes: deque[tuple[int, float, bool]] = field(default_factory=deque)
    """Frame, time, sharpened: newest last, one a frame."""
    seen_at: float = 0.0
    seen_in: int = 0
    """The last frame that held it."""
    missing_from: set[int] = field(default_factory=set)
    """Later frames that were read and did not hold it; no more than are needed to be gone."""
    accepted_at: float | None = None

    def seen(self, at: float, frame: int) -> None:
        self.seen_at = max(self.seen_at, at)
        self.seen_in = max(self.seen_in, frame)
        self.missing_from.clear()

    def gone(self, at: float) -> bool:
        return at - self.seen_at >= GONE_S and len(self.missing_from) >= GONE_FRAMES


class Steady:
    """Turns the reads of successive frames into scans: each code once while it is in view."""

    def __init__(self, is_clean: Callable[[str], bool] | None = None) -> None:
        self._is_clean = is_clean
        self._sights: dict[Value, _Sight] = {}

    def see(self, reads: Iterable[Read], at: float, frame: int) -> tuple[Read, ...]:
        """The reads that become scans with this frame; `at` in monotonic seconds, `frame` its number.

        To be called for every frame that was looked at, those without a read too: they are what tells that a
        code has left.
        """
        self._forget(at)
        reads = tuple(reads)
        self._miss({value_of(read) for read in reads}, frame)
        accepted = []
        for read in reads:
            sight = self._sights.setdefault(value_of(read), _Sight())
            if sight.accepted_at is not None:
                if at - sight.accepted_at < DEBOUNCE_S or not sight.gone(at):
                    sight.seen(at, frame)
                    continue
                sight.accepted_at = None
                sight.votes.clear()
            sight.seen(at, frame)
            self._vote(sight, frame, at, read.sharpened and read.symbology not in _SOLID)
            needed = votes_needed(read, self._is_clean)
            if needed is not None and self._agreed(sight, needed):
                sight.accepted_at = at
                accepted.append(read)
        return tuple(accepted)

    def hold(self, value: Value, at: float) -> None:
        """Say that an accepted code is still in view although this frame did not read it."""
        sight = self._sights.get(value)
        if sight is not None and sight.accepted_at is not None:
            sight.seen(at, sight.seen_in)

    def _vote(self, sight: _Sight, frame: int, at: float, sharpened: bool) -> None:
        while sight.votes and at - sight.votes[0][1] > AGREE_WITHIN_S:
            sight.votes.popleft()
        for index, (number, when, was_sharpened) in enumerate(sight.votes):
            if number == frame:
                # The same frame again, by another view or decoder: still one vote, the better of the two.
                sight.votes[index] = (number, when, was_sharpened and sharpened)
                return
        sight.votes.append((frame, at, sharpened))

    def _agreed(self, sight: _Sight, needed: int) -> bool:
        plain = sum(not sharpened for _, _, sharpened in sight.votes)
        return plain >= needed or len(sight.votes) > needed

    def _miss(self, present: set[Value], frame: int) -> None:
        for value, sight in self._sights.items():
            if value not in present and frame > sight.seen_in and len(sight.missing_from) < GONE_FRAMES:
                sight.missing_from.add(frame)

    def _forget(self, at: float) -> None:
        gone = [
            value
            for value, sight in self._sights.items()
            if at - sight.seen_at > max(AGREE_WITHIN_S, GONE_S)
            and (sight.accepted_at is None or (sight.gone(at) and at - sight.accepted_at >= DEBOUNCE_S))
        ]
        for value in gone:
            del self._sights[value]


def _mod10(digits: bytes) -> bool:
    """The GS1 check digit (General Specifications 7.9)."""
    if not digits.isdigit():
        return False
    weighted = sum((d - 48) * (3 if place % 2 == 0 else 1) for place, d in enumerate(reversed(digits[:-1])))
    return (10 - weighted % 10) % 10 == digits[-1] - 48


def _hibc(payload: bytes) -> bool:
    text = payload.decode("ascii", "replace")
    if len(text) < 4 or text[0] != "+" or any(c not in _HIBC_MOD43 for c in text):
        return False
    return sum(map(_HIBC_MOD43.index, text[:-1])) % 43 == _HIBC_MOD43.index(text[-1])
