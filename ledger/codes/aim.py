"""AIM symbology identifiers (ISO/IEC 15424): the three characters with which a scanner names the symbol it read."""

from __future__ import annotations

import re
from enum import Enum


class Carrier(Enum):
    """What a symbology says about its content."""

    GS1 = "gs1"
    """FNC1 in first position: an element string, nothing else."""
    EAN = "ean"
    """EAN-13, UPC-A, UPC-E, EAN-8: a product code for the till."""
    ITF14 = "itf14"
    """Interleaved 2 of 5 with 14 digits: a GTIN on a case."""
    DATAMATRIX = "datamatrix"
    """Plain Data Matrix, without FNC1."""
    OTHER = "other"
    """Anything may be inside."""


_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Fa-fm]")
_BY_IDENTIFIER = {
    **dict.fromkeys(("]d2", "]d5", "]C1", "]Q3", "]Q4", "]e0", "]J1", "]J4", "]z1", "]z4"), Carrier.GS1),
    **dict.fromkeys(("]d0", "]d1", "]d4"), Carrier.DATAMATRIX),
    **dict.fromkeys(("]E0", "]E4"), Carrier.EAN),
    "]I1": Carrier.ITF14,
}
_TURNED = frozenset({"]D2", "]D5", "]c1", "]q3", "]q4", "]j1", "]j4"})
"""GS1 identifiers with Caps Lock on; ]E0 is missing because it is EAN-13's own."""
_BY_NAME = {
    "ean13": Carrier.EAN,
    "ean8": Carrier.EAN,
    "upca": Carrier.EAN,
    "upce": Carrier.EAN,
    "eanupc": Carrier.EAN,
    "itf14": Carrier.ITF14,
    "itf": Carrier.ITF14,
    "datamatrix": Carrier.DATAMATRIX,
    "databar": Carrier.GS1,
}
"""Where no identifier came, the name that the device gives the symbology; a plain name says nothing of FNC1."""


def take(text: str, aim: str) -> tuple[str, str]:
    """The identifier and the text without it; one inside the text counts more than one told beside it."""
    if text[:1] == "]" and (text[:3] in _BY_IDENTIFIER or _IDENTIFIER.match(text)):
        return text[:3], text[3:]
    return (aim if aim and _IDENTIFIER.fullmatch(aim) else ""), text


def carrier(aim: str, symbology: str) -> Carrier:
    """What identifier or name of the symbology say about the content."""
    if aim:
        return _BY_IDENTIFIER.get(aim, Carrier.OTHER)
    if not symbology:
        return Carrier.OTHER
    name = "".join(character for character in symbology.lower() if character.isalnum())
    return _BY_NAME.get(name, Carrier.OTHER)


def turned_case(aim: str) -> bool:
    """Whether an identifier is a GS1 one with its letter in the wrong case: Caps Lock was on."""
    return aim in _TURNED
