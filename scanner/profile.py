"""What calibration has learned about a keyboard-mode scanner on this computer; kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from scanner.keymap import FUNCTIONS


class Reading(StrEnum):
    """Which reading of the key strokes is the scanner's text."""

    SCANCODE_US = "scancode-US"
    """By key position: the scanner is programmed for a US keyboard, as nearly all are."""
    TEXT = "text"
    """By the computer's layout: the scanner is programmed for the same layout."""
    REJECT = "reject"
    """Neither gives the text back: scans are refused until the scanner is set up."""


class Suffix(StrEnum):
    """The key that the scanner presses after the data."""

    ENTER = "enter"
    TAB = "tab"
    NONE = "none"
    UNKNOWN = "unknown"


KEY_FORMS = ("f8", "f9", "down", "key")
"""The forms of GS that are keys without text, which a person presses, too."""
GAP_MS, GAP_LIMIT_MS = 35, 100
"""Longest pause between two keys of a scan: without calibration, and the most that calibration may allow."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How to read one scanner; immutable, so that it may cross threads."""

    device: str = ""
    """What identifies the scanner ("HID 05e0:1200"), empty for whichever types."""
    reading: Reading = Reading.SCANCODE_US
    gap_ms: int = GAP_MS
    suffix: Suffix = Suffix.UNKNOWN
    gs: str = ""
    """How GS arrives: "ctrl", "alt", one of KEY_FORMS, "replaced", "dropped"; empty when not seen."""
    keys: tuple[tuple[int, str], ...] = tuple(FUNCTIONS.items())
    """Keys without text (position, character) that stand for a separator."""
    replaced: tuple[tuple[str, str], ...] = ()
    """Printable characters that the scanner sends for a separator, such as ("|", GS)."""
    aim: bool = False
    """The scanner sends AIM symbology identifiers."""

    def __post_init__(self) -> None:
        if not 1 <= self.gap_ms <= GAP_LIMIT_MS:
            raise ValueError(f"gap_ms is 1 to {GAP_LIMIT_MS}, not {self.gap_ms}")

    def json(self) -> dict[str, object]:
        """The profile as a JSON object; `Profile.of` reads it back."""
        plain: dict[str, object] = {field.name: getattr(self, field.name) for field in fields(self)}
        plain["keys"] = [list(pair) for pair in self.keys]
        plain["replaced"] = [list(pair) for pair in self.replaced]
        return plain

    @classmethod
    def of(cls, plain: Mapping[str, object]) -> Profile:
        """The profile from its JSON object; missing keys take their default, unknown ones are ignored.

        Raises ValueError where a value cannot be one of a profile.
        """
        try:
            return cls(
                device=str(plain.get("device", "")),
                reading=Reading(str(plain.get("reading", Reading.SCANCODE_US))),
                gap_ms=int(str(plain.get("gap_ms", GAP_MS))),
                suffix=Suffix(str(plain.get("suffix", Suffix.UNKNOWN))),
                gs=str(plain.get("gs", "")),
                keys=tuple((int(code), str(to)) for code, to in _pairs(plain, "keys", FUNCTIONS.items())),
                replaced=tuple((str(a), str(b)) for a, b in _pairs(plain, "replaced", ())),
                aim=bool(plain.get("aim", False)),
            )
        except TypeError as error:
            raise ValueError(str(error)) from error


def _pairs(plain: Mapping[str, object], name: str, default: object) -> list[tuple[str, str]]:
    value = plain.get(name, default)
    return [(str(a), str(b)) for a, b in value]  # type: ignore[attr-defined]
