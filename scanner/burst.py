"""What a burst of key strokes says: two readings, and which of them to believe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scanner.keymap import FUNCTIONS, Stroke, layout_text, us_text
from scanner.profile import Profile, Reading, Suffix
from scanner.scan import Scan

Check = Callable[[str], int]
"""How much the text looks like a code, 0 for not at all; chooses between two readings where no profile does."""


@dataclass(frozen=True, slots=True)
class Said:
    """The text of some strokes, by the reading that was believed."""

    text: str
    reading: Reading
    us: str | None
    """What the key positions say on a US keyboard; None where a position is unknown."""
    layout: str
    """What the computer's own layout says."""
    doubt: str = ""
    """Code word for why the choice is a guess: "layout_unsure", "caps_lock_unsure", "wedge_rejected"."""


@dataclass(frozen=True, slots=True)
class Burst:
    """A scan together with the strokes it was made of, for the black box and for calibration."""

    scan: Scan
    strokes: tuple[Stroke, ...]
    said: Said
    suffix: Suffix


def read(strokes: Sequence[Stroke], profile: Profile | None = None, check: Check | None = None) -> Said:
    """The text of the strokes: as the profile says, else the reading that can be a code, else by position."""
    functions = dict(profile.keys) if profile else FUNCTIONS
    us, layout = us_text(strokes, functions), layout_text(strokes, functions)
    if profile:
        for sent, meant in profile.replaced:
            us, layout = us and us.replace(sent, meant), layout.replace(sent, meant)
        if profile.reading is Reading.TEXT and us is not None and not any(stroke.text for stroke in strokes):
            return Said(
                us, Reading.SCANCODE_US, us, layout, "layout_unsure"
            )  # no layout has been applied yet
        if profile.reading is Reading.TEXT:
            return Said(layout, Reading.TEXT, us, layout)
        if us is not None:
            doubt = "wedge_rejected" if profile.reading is Reading.REJECT else ""
            return Said(us, profile.reading, us, layout, doubt)
    if us is None:
        return Said(layout, Reading.TEXT, us, layout)
    if not any(stroke.text for stroke in strokes):
        unsure = check is not None and not check(us)
        return Said(us, Reading.SCANCODE_US, us, "", "layout_unsure" if unsure else "")
    if us == layout:
        return Said(us, Reading.SCANCODE_US, us, layout)
    if check is not None:
        fits_us, fits_layout = check(us), check(layout)
        if fits_us > fits_layout:
            return Said(us, Reading.SCANCODE_US, us, layout)
        if fits_layout > fits_us:
            return Said(layout, Reading.TEXT, us, layout)
    if us.lower() != layout.lower():
        return Said(us, Reading.SCANCODE_US, us, layout, "layout_unsure")
    # Caps Lock is on. Scanners press Shift for capitals and know nothing of it, unless they were set to make up for
    # it; identifiers are printed in capitals. Where positions say capitals both agree, everything else is a guess.
    doubt = "" if us.isupper() else "caps_lock_unsure"
    return Said(us, Reading.SCANCODE_US, us, layout, doubt)


def from_input_method(text: str) -> bool:
    """True for Chinese characters, their punctuation and full-width forms: no key says these."""
    return any("\u3000" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef" or c > "\uffff" for c in text)


def out_of_order(strokes: Sequence[Stroke]) -> bool:
    """True where an input method gave keys back later than others that it did not take."""
    return any(0 < before.at_ms - after.at_ms < 1 << 31 for before, after in pairwise(strokes))


def since(before: int, stroke: Stroke) -> int:
    """Milliseconds from a time to a stroke, never negative; event clocks of 32 bits wrap every 50 days."""
    return max(0, ((stroke.at_ms - before + (1 << 31)) & 0xFFFFFFFF) - (1 << 31))
