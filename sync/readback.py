"""Identifiers of EPCIS read back into the ledger's own: URIs and EPC URNs into keys of packs, products, lots.

The way out (sync/identifiers.py) writes GS1 Digital Links and paths on our own host; others write EPC URNs, which
are accepted too: the company prefix and the reference together are the digits of the key, whatever their lengths.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from ledger.codes.code import Kind, Level
from ledger.codes.gs1 import trade_level
from ledger.event import PackFacts
from ledger.pack import heap_key
from sync.identifiers import GS1, check_digit_holds

LONGEST = 256

_SGTIN = re.compile(r"https://id\.gs1\.org/01/([0-9]{14})/21/([^/?#]+)").fullmatch
_SSCC = re.compile(r"https://id\.gs1\.org/00/([0-9]{18})").fullmatch
_CLASS = re.compile(r"https://id\.gs1\.org/01/([0-9]{14})(?:/10/([^/?#]+))?").fullmatch
_URN_SGTIN = re.compile(r"urn:epc:id:sgtin:([0-9]{6,12})\.([0-9]{1,7})\.(.+)").fullmatch
_URN_SSCC = re.compile(r"urn:epc:id:sscc:([0-9]{6,12})\.([0-9]{5,11})").fullmatch
_URN_LGTIN = re.compile(r"urn:epc:class:lgtin:([0-9]{6,12})\.([0-9]{1,7})\.(.+)").fullmatch
_URN_GTIN = re.compile(r"urn:epc:idpat:sgtin:([0-9]{6,12})\.([0-9]{1,7})\.\*").fullmatch
_URN_SGLN = re.compile(r"urn:epc:id:sgln:([0-9]{6,12})\.([0-9]{0,6})\.([^/?#]+)").fullmatch
_DRUG = re.compile("8[0-9]{19}").fullmatch
_KINDS = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class ClassOf:
    """Goods without serial: a product, and its lot where the URI names one."""

    product: str
    lot: str | None
    kind: Kind = Kind.GS1

    def facts(self, quantity: int, *, quarantined: bool = False) -> PackFacts | None:
        """So many packs of it as a heap; None without a lot, because a heap has one."""
        if self.lot is None:
            return None
        key = heap_key(self.product, self.lot, quarantined=quarantined)
        return PackFacts(key, self.kind, self.product, None, self.lot, quantity=quantity)


def pack_of(uri: str, host: str) -> PackFacts | None:
    """The pack or case that a URI names; None for anything else, a class or a URI of somebody else's.

    `host` is where codes that are none of GS1's are minted.
    """
    if len(uri) > LONGEST:
        return None
    if match := _SGTIN(uri):
        return _gs1(match[1], unquote(match[2]))
    if match := _SSCC(uri):
        return _sscc(match[1])
    if match := _URN_SGTIN(uri):
        return _gs1(_gtin(match[1], match[2]), unquote(match[3]))
    if match := _URN_SSCC(uri):
        prefix, reference = match[1], match[2]
        return _sscc(_with_check(reference[0] + prefix + reference[1:], 18))
    if not uri.startswith(f"{host}/"):
        return None
    path, _, name = uri[len(host) + 1 :].partition("/obj/")
    if path == "cn/drug":
        return PackFacts(f"cn20:{name}", Kind.CN20, name[:7], name[7:16]) if _DRUG(name) else None
    kind = _KINDS.get(path)
    if kind is None or not name or "/" in name:
        return None
    if kind in (Kind.OPAQUE, Kind.ZONE):
        rest = unquote(name)
        return PackFacts(f"{kind}:{rest}", kind, serial=rest) if rest.isprintable() else None
    # Elements of an MA code have no dot, its device identifier has; in the others only a serial may have one.
    product, dot, serial = name.rpartition(".") if kind is Kind.MA else name.partition(".")
    product, serial = unquote(product), unquote(serial)
    if not dot or not product or not serial or not (product + serial).isprintable():
        return None
    return PackFacts(f"{kind}:{product}/{serial}", kind, product, serial)


def place_of(uri: str) -> str:
    """A location as a GS1 Digital Link, where it is written as an EPC URN; anything else as it stands."""
    match = _URN_SGLN(uri) if len(uri) <= LONGEST else None
    gln = _with_check(match[1] + match[2], 13) if match else ""
    if match is None or not gln:
        return uri
    inside = "" if match[3] == "0" else f"/254/{match[3]}"
    return f"{GS1}/414/{gln}{inside}"


def class_of(uri: str, host: str) -> ClassOf | None:
    """The product, and its lot, that a URI names; None for anything else."""
    if len(uri) > LONGEST:
        return None
    if match := _CLASS(uri):
        return _class(match[1], match[2])
    if match := _URN_LGTIN(uri):
        return _class(_gtin(match[1], match[2]), match[3])
    if match := _URN_GTIN(uri):
        return _class(_gtin(match[1], match[2]), None)
    path, mark, name = uri[len(host) + 1 :].partition("/class/")
    if not uri.startswith(f"{host}/") or not mark or not name or "/" in name:
        return None
    kind = Kind.CN20 if path == "cn/drug" else _KINDS.get(path)
    if kind is None:
        return None
    product, dot, lot = name.partition(".")
    if kind is Kind.MA:
        product, dot, lot = name.rpartition(".")
    product, lot = unquote(product), unquote(lot)
    return ClassOf(product, lot if dot else None, kind) if product and (product + lot).isprintable() else None


def _gs1(gtin: str, serial: str) -> PackFacts | None:
    if not check_digit_holds(gtin) or not serial or not serial.isprintable():
        return None
    return PackFacts(f"gs1:{gtin}/{serial}", Kind.GS1, gtin, serial, level=trade_level(gtin))


def _sscc(digits: str) -> PackFacts | None:
    if len(digits) != 18 or not check_digit_holds(digits):
        return None
    return PackFacts(f"sscc:{digits}", Kind.SSCC, serial=digits, level=Level.CASE)


def _class(gtin: str, lot: str | None) -> ClassOf | None:
    lot = unquote(lot) if lot is not None else None
    if not check_digit_holds(gtin) or (lot is not None and not lot.isprintable()):
        return None
    return ClassOf(gtin, lot)


def _gtin(prefix: str, reference: str) -> str:
    """GTIN-14 of an EPC: the reference's first digit is the indicator and stands in front."""
    return _with_check(reference[0] + prefix + reference[1:], 14)


def _with_check(digits: str, length: int) -> str:
    if len(digits) != length - 1:
        return ""
    return next(f"{digits}{last}" for last in "0123456789" if check_digit_holds(f"{digits}{last}"))
