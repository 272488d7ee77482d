"""An identified code: what one scanned text turned out to be, with every doubt about it.

Reading a code never fails with an exception: whatever was scanned comes out as a `Code`, whose problems say
what is wrong with it. Words for people are made elsewhere, from the problem's code and parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """The coding system that a text belongs to."""

    CN20 = "cn20"
    GS1 = "gs1"
    DIGITAL_LINK = "digital_link"
    SSCC = "sscc"
    GTIN = "gtin"
    MA = "ma"
    AHM = "ahm"
    HIBC = "hibc"
    PPN = "ppn"
    FORMAT05 = "format05"
    ISBT128 = "isbt128"
    ZONE = "zone"
    OPAQUE = "opaque"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """Where in the packaging hierarchy the code sits, as far as the code itself tells."""

    UNIT = "unit"
    CASE = "case"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How much a problem weighs: a fatal one refuses the code, the others are told."""

    FATAL = "fatal"
    WARNING = "warning"
    NOTE = "note"


class Entry(StrEnum):
    """How the text came in; manual entry is read more leniently (full-width digits, brackets)."""

    WEDGE = "wedge"
    SERIAL = "serial"
    CAMERA = "camera"
    MANUAL = "manual"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with or remarkable about a code, as a code word and its parameters."""

    code: str
    """Snake-case word, stable for ever: `gtin_check_digit`, `commodity_code`, `wrong_length` …"""
    severity: Severity = Severity.FATAL
    params: tuple[tuple[str, str], ...] = ()
    """What the sentence needs, as (name, text) pairs: (("expected", "20"), ("found", "19"))."""


@dataclass(frozen=True, slots=True)
class Code:
    """A scanned text, identified as far as it can be, never further."""

    input: str
    """The text as given."""
    kind: Kind = Kind.UNKNOWN
    key: str | None = None
    """The pack's identity, `cn20:…`, `gs1:GTIN14/serial`, `sscc:…` or `KIND:DI/serial`; None without serial."""
    product: str | None = None
    """GTIN-14, the 7-digit drug identifier of a cn20 code, or the device identifier as it stands."""
    serial: str | None = None
    lot: str | None = None
    expiry: date | None = None
    """Last day on which the pack may be used."""
    expiry_precision: Literal["day", "month"] | None = None
    production: date | None = None
    level: Level = Level.UNKNOWN
    elements: tuple[tuple[str, str], ...] = ()
    """Data elements in the order scanned, (AI, value); an equal repeat stands once."""
    problems: tuple[Problem, ...] = ()

    @property
    def accepted(self) -> bool:
        """True exactly when no problem is fatal."""
        return all(problem.severity is not Severity.FATAL for problem in self.problems)
