"""Texts that are no code of ours: each gets a name, so that the person reads what was scanned and what to do."""

from __future__ import annotations

import re

from ledger.codes import hibc, separators
from ledger.codes.aim import Carrier
from ledger.codes.check import mod11_pzn
from ledger.codes.code import Code, Entry, Kind, Problem, Severity

LONGEST = 4096
"""No symbol holds more; what is longer is a runaway device or an attack."""
_OPAQUE = re.compile(r"[\x21-\x7e]{8,100}")
_ADDRESS = re.compile(r"(?:[A-Za-z]{2,10}://|[Ww]{3}\.)\S+|(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::[0-9]+)?/\S+")
_ISBT128 = re.compile(r"[=&][A-Za-z0-9%<>(*!+\-][0-9A-Za-z]{2,}.*", re.DOTALL)
_PZN = re.compile(r"-([0-9]{6,7})([0-9])")
_SUSPECT = {
    "input_method": "suspect_input_method",
    "non_ascii": "suspect_non_ascii",
    "layout_unsure": "suspect_layout",
    "caps_lock_unsure": "suspect_caps_lock",
    "wedge_rejected": "suspect_layout",
    "unmapped_key": "suspect_layout",
    "gs_dropped": "suspect_separator",
}


def refuse(given: str, code: str, kind: Kind = Kind.UNKNOWN, **params: str) -> Code:
    """A refusal for one named reason."""
    return Code(given, kind, problems=(Problem(code, params=tuple(params.items())),))


def suspect(given: str, why: str) -> Code:
    """A scan whose device layer says that the text may not be what the pack says; it is never interpreted."""
    return refuse(given, _SUSPECT.get(why, "suspect_scan"), why=why)


def unreadable(given: str, text: str, entry: Entry) -> Code | None:
    """A wedge text that an input method or keyboard layout has changed; None where nothing points to that."""
    if entry is not Entry.WEDGE or text.isascii() or text.translate(separators.KEYS).isascii():
        return None
    if any("\uff01" <= character <= "\uff5e" or character == "\u3000" for character in text):
        return refuse(given, "full_width")
    if any("\u3001" <= character <= "\u9fff" for character in text):
        return refuse(given, "chinese_characters")
    return refuse(given, "keyboard_layout")


def by_content(given: str, text: str, carrier: Carrier) -> Code:
    """The name of a text that no standard of ours claims."""
    if _ADDRESS.fullmatch(text):
        return refuse(given, "web_address")
    if _ISBT128.fullmatch(text):
        return refuse(given, "isbt128", Kind.ISBT128)
    pzn = _PZN.fullmatch(text)
    if pzn and mod11_pzn(pzn[1]) == pzn[2]:
        return refuse(given, "pzn", Kind.GTIN, pzn=pzn[1] + pzn[2])
    if hibc.full_ascii(text):
        return refuse(given, "hibc_full_ascii", Kind.HIBC)
    if text.startswith("AHM"):
        return _ahm(given, text)
    if not text.isprintable():
        return refuse(given, "control_characters")
    if carrier is Carrier.DATAMATRIX:
        return refuse(given, "not_gs1_datamatrix", Kind.OPAQUE)
    if _OPAQUE.fullmatch(text):
        return refuse(given, "unrecognised", Kind.OPAQUE)
    return refuse(given, "unrecognised")


def _ahm(given: str, text: str) -> Code:
    """A device code of 阿里健康, whose form is not public: kept whole, counted by quantity."""
    problem = Problem("ahm_opaque", Severity.WARNING)
    return Code(given, Kind.AHM, product=text, problems=(problem,))
