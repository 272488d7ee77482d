"""Codes as URIs: GS1 Digital Link for GS1 identifiers, templates on our own host for everything else.

Digital Link (GS1 Digital Link Standard: URI Syntax) is preferred to the EPC URN because a GTIN has seven
syntactically valid URNs, one for each length of company prefix, and only GS1's table tells the right one.
Codes that are none of GS1's follow the pattern that CBV chapter 8 gives for user vocabularies,
`https://host/…/{obj|class|loc|pty|bt}/id`, on a host whose owner guarantees that ids are unique.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ledger.codes.code import Kind
from ledger.event import PackFacts

GS1 = "https://id.gs1.org"
"""GS1's domain names the identity; nothing is ever fetched from it."""

_PLAIN = re.compile(r"[A-Za-z0-9._-]*").fullmatch
_ENCODED = tuple(chr(byte) if _PLAIN(chr(byte)) else f"%{byte:02X}" for byte in range(128)) + tuple(
    f"%{byte:02X}" for byte in range(128, 256)
)

_URN = re.compile(r"urn:(?!epc:)[a-z0-9][a-z0-9-]{1,31}:(?:[A-Za-z0-9._:-]|%[0-9A-F]{2})+").fullmatch
"""A code that is a URN (RFC 8141) names itself; EPC URNs may name a class or a place and are minted anew."""
_KINDS = {kind.value: kind for kind in Kind}
_HOSTED = {Kind.CN20: "cn/drug"}
"""Path below the host where the code's kind is not simply its own name."""


def encode(text: str) -> str:
    """Percent-encode all but `A-Z a-z 0-9 - . _`, so that equal codes are equal bytes."""
    if _PLAIN(text):
        return text
    return "".join([_ENCODED[byte] for byte in text.encode("utf-8")])


@lru_cache(maxsize=8192)
def check_digit_holds(digits: str) -> bool:
    """True when the last digit is the GS1 mod-10 check digit (GS1 General Specifications 7.9.1)."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    values = digits.encode("ascii")
    rest = values[-2::-1]
    total = 3 * sum(rest[0::2]) + sum(rest[1::2]) - 48 * (3 * len(rest[0::2]) + len(rest[1::2]))
    return (10 - total % 10) % 10 == values[-1] - 48


def is_gln(text: str) -> bool:
    """True for 13 digits whose check digit holds."""
    return len(text) == 13 and check_digit_holds(text)


def is_usci(text: str) -> bool:
    """True for the form of a Chinese unified social credit identifier (GB 32100): 18 digits and capitals."""
    return _USCI(text) is not None


_USCI = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXYL]{10}").fullmatch


def pack_uri(pack: PackFacts, host: str) -> tuple[str, bool]:
    """The URI of a pack and whether it names one instance (True) or a class of equal packs (False).

    Only the finest level that the code tells is named, serial or lot, never both. `host` is where codes that
    are none of GS1's are minted, without a slash at the end.
    """
    kind, product, serial = pack.kind, pack.product, pack.serial
    scheme, _, rest = pack.key.partition(":")
    if kind is Kind.SSCC or scheme == "sscc":
        return f"{GS1}/00/{rest or serial or ''}", True
    if scheme == "gs1" or kind in (Kind.GS1, Kind.DIGITAL_LINK, Kind.GTIN):
        gtin = f"{GS1}/01/{(product or rest.partition('/')[0]).zfill(14)}"
        if serial:
            return f"{gtin}/21/{encode(serial)}", True
        return (f"{gtin}/10/{encode(pack.lot)}" if pack.lot else gtin), False
    if kind is Kind.OPAQUE and _URN(rest):
        return rest, True
    base = f"{host}/{_HOSTED.get(kind, kind.value)}"
    if kind is Kind.CN20:
        if len(rest) == 20:
            return f"{base}/obj/{rest}", True
    elif product and serial:
        return f"{base}/obj/{encode(product)}.{encode(serial)}", True
    elif not product:
        return f"{base}/obj/{encode(rest or pack.key)}", True
    product = product or rest
    return f"{base}/class/{encode(product)}" + (f".{encode(pack.lot)}" if pack.lot else ""), False


def key_uri(key: str, host: str) -> str:
    """The URI of a pack of which only the key is at hand, as of the case that another one lies in."""
    scheme, _, rest = key.partition(":")
    kind = _KINDS.get(scheme, Kind.OPAQUE)
    if kind in (Kind.SSCC, Kind.CN20, Kind.OPAQUE, Kind.ZONE):
        return pack_uri(PackFacts(key, kind), host)[0]
    product, _, serial = rest.partition("/")
    return pack_uri(PackFacts(key, kind, product, serial or None), host)[0]
