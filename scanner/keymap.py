"""Key positions and what they mean: the US keyboard that nearly every scanner pretends to be.

A wedge scanner presses keys, not characters. It is programmed for a US keyboard unless somebody changed it,
so the text it means follows from the *positions* of the keys, whatever layout, Caps Lock or input method the
computer has. Positions are Linux key codes (linux/input-event-codes.h), which on the main block equal the
scan codes of set 1 that Windows reports; `position` converts what a platform delivers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

SHIFT, CTRL, ALT, META, ALTGR = 1, 2, 4, 8, 16
"""Bits of `Stroke.modifiers`."""

GS, RS, EOT = "\x1d", "\x1e", "\x04"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key pressed or released, as the window system or the device reported it."""

    at_ms: int
    """When the key moved, by the clock that stamps the events: never the time of handling."""
    key: int
    """Qt's number of the key, 0 where unknown; kept for the record."""
    text: str
    """What the computer's layout makes of the key, "" for none."""
    scan_code: int
    """Position of the key (Linux key code), 0 where unknown."""
    modifiers: int = 0
    """SHIFT, CTRL … that were down, as the window system says."""
    pressed: bool = True
    repeat: bool = False
    """Marked as auto-repeat by the window system (X marks fast double characters so as well)."""
    number: int = 0
    """The caller's own number of the stroke; not looked at."""


class Kind(Enum):
    """What part a pressed key can play in a scan."""

    CHARACTER = auto()
    SEPARATOR = auto()
    """A control character that stands in data, GS above all, and is no shortcut of ours: may open a burst."""
    CONTROL = auto()
    """Another control character: a person's shortcut unless a burst is certain."""
    FUNCTION = auto()
    """A key without text that scanners use for a separator, such as F8 for GS."""
    TERMINATOR = auto()
    MODIFIER = auto()
    LOCK = auto()
    OTHER = auto()


ENTER, TAB, LINE_FEED, DOWN = 28, 15, 101, 108
KEYPAD_ENTER = 96
LEFT_CTRL, LEFT_SHIFT, RIGHT_SHIFT, LEFT_ALT, RIGHT_CTRL, RIGHT_ALT = 29, 42, 54, 56, 97, 100
F8, F9 = 66, 67
CAPS_LOCK, NUM_LOCK, SCROLL_LOCK = 58, 69, 70

MODIFIERS: Mapping[int, int] = {
    LEFT_SHIFT: SHIFT,
    RIGHT_SHIFT: SHIFT,
    LEFT_CTRL: CTRL,
    RIGHT_CTRL: CTRL,
    LEFT_ALT: ALT,
    RIGHT_ALT: ALTGR,
    125: META,
    126: META,
}
FUNCTIONS: Mapping[int, str] = {F8: GS, F9: RS, DOWN: GS}
"""What scanners mean by keys without text when no profile says otherwise: Honeywell's F8 and F9, Hand Held's
Down."""

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
)
US: Mapping[int, tuple[str, str]] = {
    **{
        first + i: (a, b)
        for first, plain, shifted in _ROWS
        for i, (a, b) in enumerate(zip(plain, shifted, strict=True))
    },
    57: (" ", " "),
    86: ("\\", "|"),
}
"""Position -> (plain, with Shift) on a US keyboard."""
KEYPAD: Mapping[int, str] = {
    **dict(zip((71, 72, 73, 75, 76, 77, 79, 80, 81, 82), "7894561230", strict=True)),
    55: "*",
    98: "/",
    74: "-",
    78: "+",
    83: ".",
}

_EXTENDED = {
    0x11C: KEYPAD_ENTER,
    0x11D: RIGHT_CTRL,
    0x135: 98,
    0x138: RIGHT_ALT,
    0x147: 102,
    0x148: 103,
    0x149: 104,
    0x14B: 105,
    0x14D: 106,
    0x14F: 107,
    0x150: DOWN,
    0x151: 109,
    0x152: 110,
    0x153: 111,
    0x15B: 125,
    0x15C: 126,
}


def position(native: int, platform: str) -> int:
    """The position for a native scan code of Qt's platform ("xcb", "wayland", "windows"), 0 where unknown."""
    if platform in ("xcb", "wayland"):
        return native - 8 if native > 8 else 0
    if platform == "windows":
        return _EXTENDED.get(native, 0) if native & 0x100 else native
    return 0


def kind(stroke: Stroke, functions: Mapping[int, str] = FUNCTIONS) -> Kind:
    """What part the pressed key can play in a scan."""
    code = stroke.scan_code
    if code in MODIFIERS:
        return Kind.MODIFIER
    if code in (CAPS_LOCK, NUM_LOCK, SCROLL_LOCK):
        return Kind.LOCK
    if code in (ENTER, KEYPAD_ENTER, TAB, LINE_FEED) or (not code and stroke.text in _ENDS):
        return Kind.OTHER if stroke.modifiers & (CTRL | ALT | META) else Kind.TERMINATOR
    if code in functions:
        return Kind.FUNCTION
    ctrl, alt = stroke.modifiers & CTRL, stroke.modifiers & ALT
    if alt and not ctrl and code in KEYPAD:
        return Kind.SEPARATOR
    if ctrl and not alt:
        return _kind_of_control(stroke)
    if stroke.modifiers & META or (alt and not (ctrl and stroke.text.isprintable() and stroke.text)):
        return Kind.OTHER
    if code in US or code in KEYPAD or (stroke.text and stroke.text.isprintable()):
        return Kind.CHARACTER
    return Kind.SEPARATOR if stroke.text in _SEPARATORS and stroke.text else Kind.OTHER


_ENDS = ("\r", "\n", "\t", "\r\n")
_SEPARATORS = "\x1d\x1e\x1c\x1f"


def _kind_of_control(stroke: Stroke) -> Kind:
    control = _control(stroke.scan_code, shift=bool(stroke.modifiers & SHIFT)) or stroke.text
    if not control:
        return Kind.OTHER
    if control in _ENDS:
        return Kind.TERMINATOR if control != "\t" else Kind.CONTROL
    return Kind.SEPARATOR if control in _SEPARATORS else Kind.CONTROL


def _control(code: int, *, shift: bool) -> str:
    """The control character of Ctrl and a key of the US keyboard, "" for none."""
    plain, shifted = US.get(code, ("", ""))
    if plain == "6":
        return RS
    if plain == "-":
        return "\x1f"
    for letter in (shifted, plain) if shift else (plain, shifted):
        if letter and "@" <= letter.upper() <= "_":
            return chr(ord(letter.upper()) & 0x1F)
    return ""


def us_character(code: int, held: int) -> str:
    """What a key of the US keyboard says with these modifiers, "" for nothing."""
    if code in KEYPAD:
        return KEYPAD[code]
    if held & CTRL:
        return _control(code, shift=bool(held & SHIFT))
    return US[code][bool(held & SHIFT)] if code in US else ""


def us_text(strokes: Iterable[Stroke], functions: Mapping[int, str] = FUNCTIONS) -> str | None:
    """What a scanner programmed for a US keyboard meant; None if a key's position is unknown.

    Uses positions and the Shift, Ctrl and Alt strokes alone: Caps Lock, layout and input method play no part.
    """
    said: list[str] = []
    for stroke, held, alt_code in walk(strokes):
        if stroke is None:
            said.append(alt_code)
            continue
        code = stroke.scan_code
        if not code:
            return None
        said.append(functions[code] if code in functions else us_character(code, held))
    return "".join(said)


def layout_text(strokes: Iterable[Stroke], functions: Mapping[int, str] = FUNCTIONS) -> str:
    """What the computer's own layout makes of the strokes; right when scanner and computer agree on it."""
    said: list[str] = []
    for stroke, _held, alt_code in walk(strokes):
        if stroke is None:
            said.append(alt_code)
        elif stroke.scan_code in functions:
            said.append(functions[stroke.scan_code])
        elif stroke.text not in _ENDS:
            said.append(stroke.text)
    return "".join(said)


def walk(strokes: Iterable[Stroke]) -> Iterator[tuple[Stroke | None, int, str]]:
    """Each pressed key that may say something with the modifiers held; (None, 0, text) for an Alt code."""
    held, digits, seeded = 0, "", False
    for stroke in strokes:
        bit = MODIFIERS.get(stroke.scan_code, 0)
        if bit:
            seeded = True
            held = held | bit if stroke.pressed else held & ~bit
            if bit == ALT and not stroke.pressed and digits:
                yield None, 0, _alt_character(digits)
                digits = ""
            continue
        if not stroke.pressed:
            continue
        if not seeded:  # a modifier that went down before the first stroke we were given
            seeded, held = True, stroke.modifiers
        if held & ALT and stroke.scan_code in KEYPAD and KEYPAD[stroke.scan_code].isdigit():
            digits += KEYPAD[stroke.scan_code]
        elif kind(stroke) is not Kind.LOCK and stroke.scan_code not in (ENTER, KEYPAD_ENTER, TAB, LINE_FEED):
            yield stroke, held, ""
    if digits:
        yield None, 0, _alt_character(digits)


def _alt_character(digits: str) -> str:
    """The character of an Alt code: Alt+0nnn is Windows-1252, Alt+nnn code page 437; the same below 128."""
    page = "cp1252" if digits.startswith("0") and len(digits) > 3 else "cp437"
    number = int(digits) & 0xFF
    return chr(number) if number < 128 else bytes([number]).decode(page, "replace")
