"""Identifiers of products and codes of packs, as reference data write them, in the one form the ledger knows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ledger.codes import check
from ledger.codes.code import Entry, Kind, Level
from ledger.codes.escape import unescape
from ledger.codes.gs1 import trade_level
from ledger.codes.identify import identify
from ledger.importing.rows import Row

_GTIN = re.compile("[0-9]{8}|[0-9]{12,14}")
_DRUG = re.compile("[0-9]{7}")
_MA = re.compile(r"MA\.[0-9]{3}\.[!-~]{6,90}")
_HIBC = re.compile("[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]")
_OTHER = re.compile("[!-~]{4,100}")
_PPN = re.compile("[0-9A-Z]{4,22}")
_KEY = re.compile(r"([a-z0-9_]+):(.+)")
_KEY_KINDS = frozenset(
    {"cn20", "gs1", "sscc", "ma", "ahm", "hibc", "ppn", "format05", "isbt128", "zone", "opaque"}
)


@dataclass(frozen=True, slots=True)
class Coded:
    """What the code of a pack or a case says."""

    key: str
    product: str | None = None
    serial: str | None = None
    lot: str | None = None
    expiry: date | None = None
    expiry_precision: str | None = None
    level: Level = Level.UNKNOWN


def gtin(text: str) -> str | None:
    """A GTIN of 8, 12, 13 or 14 digits as GTIN-14; None where it is none."""
    if not _GTIN.fullmatch(text) or not check.mod10_holds(text):
        return None
    return text.zfill(14)


def any_product(text: str) -> tuple[str, str] | None:
    """Kind and form of an identifier that may be a GTIN, a 7-digit drug identifier, MA or HIBC."""
    if _DRUG.fullmatch(text):
        return "drug", text
    if found := gtin(text):
        return "gtin", found
    if _MA.fullmatch(text) or _HIBC.fullmatch(text):
        return "udi", text
    return None


def of_kind(kind: str, text: str) -> tuple[str, str] | None:
    """Kind and form of an identifier from a column that names its kind; None where it is not of it."""
    if kind == "gtin":
        found = gtin(text)
        return ("gtin", found) if found else None
    if kind == "drug":
        return ("drug", text) if _DRUG.fullmatch(text) else None
    if kind == "ppn":
        return ("ppn", text) if _PPN.fullmatch(text) and check.mod97_ppn(text[:-2]) == text[-2:] else None
    if text.isdigit():
        found = gtin(text)
        return ("gtin", found) if found else None
    return ("udi", text) if _OTHER.fullmatch(text) else None


def product(row: Row, name: str = "product") -> str | None:
    """The product of a row, by any identifier; a fault where it is none. None where the cell is empty."""
    text = row.text(name)
    if not text:
        return None
    found = any_product(text)
    if found is None:
        if not row.rounded(name, text):
            row.fault(name, "row_product_bad", product=text)
        return None
    return found[1]


def code(row: Row, name: str, text: str) -> Coded | None:
    """A pack or a case by its key (`gs1:GTIN/serial`) or by its whole code; a fault where it names none."""
    if row.rounded(name, text):
        return None
    named = _KEY.fullmatch(text)
    if named and named[1] in _KEY_KINDS:
        found = _of_key(named[1], named[2], text)
        if found is None:
            row.fault(name, "row_key_bad", found=text)
        return found
    read = identify(unescape(text), entry=Entry.MANUAL)
    if not read.accepted or read.key is None:
        row.fault(name, "row_code_bad" if not read.accepted else "row_code_no_serial", found=text)
        return None
    return Coded(
        read.key, read.product, read.serial, read.lot, read.expiry, read.expiry_precision, read.level
    )


def _of_key(kind: str, rest: str, key: str) -> Coded | None:
    if kind == "sscc":
        holds = re.fullmatch("[0-9]{18}", rest) and check.mod10_holds(rest)
        return Coded(key, level=Level.CASE) if holds else None
    if kind == Kind.CN20:
        return Coded(key, rest[:7], rest[7:16]) if re.fullmatch("8[0-9]{19}", rest) else None
    if kind in (Kind.ZONE, Kind.OPAQUE):
        return Coded(key, serial=rest)
    device, slash, serial = rest.rpartition("/")
    if not slash or not device or not serial:
        return None
    if kind == Kind.GS1:
        if len(device) != 14 or gtin(device) is None:
            return None
        return Coded(key, device, serial, level=trade_level(device))
    return Coded(key, device, serial)
