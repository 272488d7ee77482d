"""Calibration: from one scan of a known symbol, how a scanner has to be read, and what should be set otherwise.

The symbol holds every printable ASCII character, GS twice, RS and EOT. A second one is a GS1 symbol and shows how
FNC1 arrives. Calibrate with the wedge profile CALIBRATING, which is patient with slow scanners, and with the
focus on something that takes no input method, so that the strokes carry the layout's own text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from math import ceil

from scanner.burst import Burst, from_input_method
from scanner.keymap import CTRL, DOWN, EOT, F8, F9, GS, KEYPAD, RS, US, Stroke, us_character, walk
from scanner.profile import GAP_LIMIT_MS, GAP_MS, Profile, Reading, Suffix

CALIBRATING = Profile(gap_ms=GAP_LIMIT_MS)
"""The profile of the wedge while a calibration symbol is scanned."""
SYMBOL = (
    "TD1"
    f"{GS}0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ{GS}abcdefghijklmnopqrstuvwxyz"
    f"{RS}!\"#$%&'()*+,-./:;<=>?@[\\]^_`{{|}}~{EOT}ok"
)
"""What the calibration symbol holds; printed as an ordinary DataMatrix."""
GS1_SYMBOL = f"99TRACEDESK{GS}98aA0"
"""What the GS1 symbol says: (99)TRACEDESK and (98)aA0, company-internal fields."""


class Severity(StrEnum):
    """How much a piece of advice matters."""

    MUST = "must"
    """Codes will be misread or refused until it is done."""
    SHOULD = "should"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Advice:
    """A code word for a person, with its parameters."""

    code: str
    severity: Severity
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was learned."""

    profile: Profile
    layout: str
    """The computer's keyboard: "qwerty", "azerty", "qwertz", "other", or empty when not seen."""
    caps_lock: bool
    slowest_ms: int
    """The longest pause between two keys."""
    advice: tuple[Advice, ...]

    @property
    def usable(self) -> bool:
        """True when the scanner may be used as it is."""
        return all(one.severity is not Severity.MUST for one in self.advice)


@dataclass(frozen=True, slots=True)
class _Letter:
    """One thing that was typed: a character, or a key without one as a private character."""

    char: str
    form: str
    """ "plain", "ctrl", "alt" or "key"."""


_KEYS_AT = 0xE000


def calibrate(burst: Burst, gs1: Burst | None = None, device: str = "") -> Calibration:
    """What the scan of the calibration symbol, and of the GS1 symbol if there was one, says."""
    advice: list[Advice] = []
    found, reading = _recognise(burst, SYMBOL, advice)
    profile = Profile(device=device, reading=reading, gap_ms=_gap(burst.strokes, advice), suffix=burst.suffix)
    if burst.suffix is Suffix.NONE:
        advice.append(Advice("calibration_no_suffix", Severity.SHOULD))
    if found is not None:
        # Once it is known which keys this scanner presses, all others are a person's.
        profile = _separators(found, replace(profile, keys=()), advice)
        if gs1 is not None:
            profile = _with_gs1(gs1, profile, advice)
        _framing(found, advice)
        profile = replace(profile, aim=bool(_AIM.fullmatch(found["prefix"].text)))
    layout, caps_lock = _keyboard(burst.strokes)
    if profile.reading is Reading.SCANCODE_US and (caps_lock or layout not in ("qwerty", "")):
        advice.append(Advice("calibration_layout_harmless", Severity.NOTE, (("layout", layout.upper()),)))
    return Calibration(profile, layout, caps_lock, _slowest(burst.strokes), tuple(_without_doubles(advice)))


def check(text: str, gs1: str | None = None) -> tuple[Advice, ...]:
    """What the scan of the symbols by a scanner that types nothing says: there is only its set-up to be judged."""
    advice: list[Advice] = []
    found = _match(_spell_text(text), SYMBOL)
    if found is None:
        return (Advice("calibration_other_symbol", Severity.MUST),)
    profile = _separators(found, Profile(keys=()), advice)
    if gs1 is not None:
        _judge_gs1(_spell_text(gs1), profile, advice)
    _framing(found, advice)
    return tuple(_without_doubles(advice))


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of what was typed."""

    text: str
    letters: tuple[_Letter, ...]


_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GROUPS = {GS: "gs", RS: "rs", EOT: "eot"}


def _recognise(burst: Burst, expected: str, advice: list[Advice]) -> tuple[dict[str, _Part] | None, Reading]:
    """The parts around and between the known text, by the reading in which it is found."""
    us, layout = _spell_us(burst.strokes), _spell_layout(burst.strokes)
    if found := _match(us, expected):
        return found, Reading.SCANCODE_US
    if found := _match(layout, expected):
        advice.append(Advice("calibration_own_layout", Severity.SHOULD))
        return found, Reading.TEXT
    if burst.scan.suspect == "input_method" or any(from_input_method(s.text) for s in burst.strokes):
        advice.append(Advice("calibration_input_method", Severity.MUST))
    elif not len(expected) // 2 < len(us) < 3 * len(expected):
        advice.append(Advice("calibration_other_symbol", Severity.MUST))
    elif _match(us, expected.swapcase()):
        advice.append(Advice("calibration_case_swapped", Severity.MUST))
    elif _match(us, expected.upper()) or _match(us, expected.lower()):
        advice.append(Advice("calibration_case_lost", Severity.MUST))
    else:
        missing = "".join(c for c in expected if c.isprintable() and c not in {one.char for one in us})
        advice.append(Advice("calibration_unreadable", Severity.MUST, (("missing", missing[:12]),)))
    return None, Reading.REJECT


def _match(letters: Sequence[_Letter], expected: str) -> dict[str, _Part] | None:
    pattern, seen = r"(?P<prefix>.{0,16}?)", set[str]()
    for char in expected:
        name = _GROUPS.get(char)
        if name is None:
            pattern += re.escape(char)
        else:
            pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.{{0,8}}?)"
            seen.add(name)
    text = "".join(one.char for one in letters)
    found = re.fullmatch(pattern + r"(?P<tail>.{0,16}?)", text, re.DOTALL)
    if found is None:
        return None
    return {
        name: _Part(part, tuple(letters[found.start(name) : found.end(name)]))
        for name, part in found.groupdict().items()
    }


def _spell_us(strokes: Sequence[Stroke]) -> list[_Letter]:
    letters = []
    for stroke, held, alt in walk(strokes):
        if stroke is None:
            letters += [_Letter(char, "alt") for char in alt]
        elif stroke.scan_code in US or stroke.scan_code in KEYPAD:
            char = us_character(stroke.scan_code, held)
            letters += [_Letter(char, "ctrl" if held & CTRL else "plain")] if char else []
        else:
            letters.append(_Letter(chr(_KEYS_AT + stroke.scan_code), "key"))
    return letters


def _spell_layout(strokes: Sequence[Stroke]) -> list[_Letter]:
    letters = []
    for stroke, _held, alt in walk(strokes):
        if stroke is None:
            letters += [_Letter(char, "alt") for char in alt]
        elif stroke.text:
            letters += [_Letter(char, "plain" if char.isprintable() else "ctrl") for char in stroke.text]
        else:
            letters.append(_Letter(chr(_KEYS_AT + stroke.scan_code), "key"))
    return letters


def _spell_text(text: str) -> list[_Letter]:
    return [_Letter(char, "plain" if char.isprintable() else "ctrl") for char in text]


def _separators(found: dict[str, _Part], profile: Profile, advice: list[Advice]) -> Profile:
    """How GS, RS and EOT arrive, and what the profile has to do about it."""
    for char, name in _GROUPS.items():
        if name not in found:
            continue
        part = found[name]
        form = _form(part, char)
        if char == GS:
            profile = replace(profile, gs=form)
        if form == "dropped":
            severity = Severity.MUST if char == GS else Severity.NOTE
            advice.append(Advice(f"calibration_{name}_dropped", severity))
        elif form == "replaced":
            if char == GS:
                advice.append(Advice("calibration_gs_replaced", Severity.SHOULD, (("sent", part.text),)))
            profile = replace(profile, replaced=(*profile.replaced, (part.text, char)))
        elif part.letters[0].form == "key":
            code = ord(part.letters[0].char) - _KEYS_AT
            keys = {**dict(profile.keys), code: char}
            profile = replace(profile, keys=tuple(keys.items()))
    return profile


def _form(part: _Part, char: str) -> str:
    if not part.letters:
        return "dropped"
    if len(part.letters) == 1:
        letter = part.letters[0]
        if letter.form == "key":
            return {F8: "f8", F9: "f9", DOWN: "down"}.get(ord(letter.char) - _KEYS_AT, "key")
        if letter.char == char:
            return letter.form
    return "replaced"


def _with_gs1(gs1: Burst, profile: Profile, advice: list[Advice]) -> Profile:
    """FNC1 in a GS1 symbol counts more than the character GS in an ordinary one."""
    letters = _spell_us(gs1.strokes) if profile.reading is Reading.SCANCODE_US else _spell_layout(gs1.strokes)
    return _judge_gs1(letters, profile, advice)


def _judge_gs1(letters: Sequence[_Letter], profile: Profile, advice: list[Advice]) -> Profile:
    found = _match(letters, GS1_SYMBOL)
    if found is None:
        advice.append(Advice("calibration_other_symbol", Severity.MUST))
        return profile
    advice[:] = [one for one in advice if not one.code.startswith("calibration_gs_")]
    if found["prefix"].text.removesuffix(found["gs"].text or GS) not in ("]d2", ""):
        advice.append(Advice("calibration_not_gs1", Severity.MUST))
    others = tuple(pair for pair in profile.replaced if pair[1] != GS)
    return _separators(found, replace(profile, replaced=others), advice)


def _framing(found: dict[str, _Part], advice: list[Advice]) -> None:
    prefix, tail = found["prefix"].text, found["tail"].text
    if not prefix:
        advice.append(Advice("calibration_no_aim", Severity.SHOULD))
    elif not _AIM.fullmatch(prefix):
        advice.append(Advice("calibration_prefix", Severity.MUST, (("sent", prefix),)))
    if tail:
        advice.append(Advice("calibration_extra", Severity.MUST, (("sent", tail),)))


def _slowest(strokes: Sequence[Stroke]) -> int:
    presses = [stroke.at_ms for stroke in strokes if stroke.pressed]
    return max((after - before for before, after in pairwise(presses)), default=0)


def _gap(strokes: Sequence[Stroke], advice: list[Advice]) -> int:
    slowest = _slowest(strokes)
    if slowest > GAP_LIMIT_MS * 0.8:
        advice.append(Advice("calibration_too_slow", Severity.MUST, (("ms", str(slowest)),)))
    elif slowest > GAP_MS:
        advice.append(Advice("calibration_slow", Severity.NOTE, (("ms", str(slowest)),)))
    return min(GAP_LIMIT_MS, max(GAP_MS, ceil(slowest * 1.5)))


def _keyboard(strokes: Sequence[Stroke]) -> tuple[str, bool]:
    """The computer's layout, and whether Caps Lock is on, from what it makes of the letter keys."""
    says: dict[str, str] = {}
    for stroke, held, _alt in walk(strokes):
        if stroke is not None and stroke.text and not held & CTRL and stroke.scan_code in US:
            says.setdefault(us_character(stroke.scan_code, held), stroke.text)
    letters = {key: text for key, text in says.items() if key.isalpha() and text.isalpha()}
    if not letters:
        return "", False
    swapped = sum(key.islower() != text.islower() for key, text in letters.items())
    plain = {key.lower(): text.lower() for key, text in letters.items()}
    if not all(text.isascii() for text in plain.values()):
        layout = "other"
    elif plain.get("q") == "a":
        layout = "azerty"
    elif plain.get("z") == "y":
        layout = "qwertz"
    else:
        layout = "qwerty" if all(key == text for key, text in plain.items()) else "other"
    return layout, swapped * 2 > len(letters)


def _without_doubles(advice: Sequence[Advice]) -> list[Advice]:
    return list(dict.fromkeys(advice))
