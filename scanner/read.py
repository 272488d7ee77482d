"""One code read from a picture: the exact payload, and how the decoders' results become it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import zxingcpp

Point = tuple[int, int]
Corners = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Read:
    """A code that a decoder found in one picture, its error correction or check digit passed."""

    symbology: str
    """DataMatrix, Code128, QRCode, EAN13, UPCA, EAN8, UPCE, ITF, Code39, DataBar, DataBarLimited,
    DataBarExpanded, PDF417 or Aztec."""
    payload: bytes
    """What the symbol carries, byte for byte; FNC1 as a separator is 1d. EAN-13, UPC-A and UPC-E as 13
    digits."""
    text: str
    """The payload as text; Code 39 in full ASCII and Code 32 are spelled out here, and only here."""
    aim: str
    """AIM symbology identifier, such as "]d2"; empty where the decoder does not tell."""
    corners: Corners
    """Corners of the symbol in pixels of the picture, clockwise as the symbol itself stands."""
    decoder: str
    """Which decoder read it, and in which view of the picture: "zxing", "zxing x2", "zbar"."""
    sharpened: bool = False
    """True when the picture was sharpened first: such reads need one more frame that agrees."""

    @property
    def scan_text(self) -> str:
        """The text that goes on as a scan: what the symbol carries, uninterpreted, as a hand scanner sends
        it."""
        return self.payload.decode("ascii", "replace") if self.symbology == "Code39" else self.text


_SYMBOLOGY = {
    "Data Matrix": "DataMatrix",
    "Code 128": "Code128",
    "QR Code": "QRCode",
    "QR Code Model 1": "QRCode",
    "QR Code Model 2": "QRCode",
    "Micro QR Code": "QRCode",
    "rMQR Code": "QRCode",
    "EAN-13": "EAN13",
    "UPC-A": "UPCA",
    "EAN-8": "EAN8",
    "UPC-E": "UPCE",
    "ITF": "ITF",
    "ITF-14": "ITF",
    "Code 39": "Code39",
    "Code 39 Standard": "Code39",
    "Code 39 Extended": "Code39",
    "Code 32": "Code39",
    "DataBar": "DataBar",
    "DataBar Omni": "DataBar",
    "DataBar Stacked": "DataBar",
    "DataBar Stacked Omni": "DataBar",
    "DataBar Limited": "DataBarLimited",
    "DataBar Expanded": "DataBarExpanded",
    "DataBar Expanded Stacked": "DataBarExpanded",
    "PDF417": "PDF417",
    "Compact PDF417": "PDF417",
    "MicroPDF417": "PDF417",
    "Aztec": "Aztec",
    "Aztec Code": "Aztec",
    "Aztec Rune": "Aztec",
}
_ZBAR_SYMBOLOGY = {
    "CODE128": ("Code128", ""),
    "EAN13": ("EAN13", "]E0"),
    "EAN8": ("EAN8", "]E4"),
    "I25": ("ITF", ""),
    "CODE39": ("Code39", "]A0"),
    "DATABAR": ("DataBar", "]e0"),
    "DATABAR_EXP": ("DataBarExpanded", "]e0"),
    "QRCODE": ("QRCode", ""),
}


def from_zxing(found: zxingcpp.Barcode, view: str = "", sharpened: bool = False) -> Read | None:
    """A result of zxing-cpp as a Read; None for a symbology the product does not handle."""
    symbology = _SYMBOLOGY.get(str(found.format))
    if symbology is None:
        return None
    place = found.position
    corners = tuple(
        (p.x, p.y) for p in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    )
    payload = bytes(found.bytes)
    if symbology == "EAN13" and payload.startswith(b"0"):
        symbology = "UPCA"
    text = (
        _code39(payload.decode("ascii", "replace")) if symbology == "Code39" else _text(payload, found.text)
    )
    aim = found.symbology_identifier
    return Read(symbology, payload, text, aim, corners, f"zxing {view}".rstrip(), sharpened)  # type: ignore[arg-type]


def from_zbar(
    kind: str, data: bytes, polygon: list[Point], view: str = "", sharpened: bool = False
) -> Read | None:
    """A result of zbar as a Read; None where zbar cannot be trusted with the exact payload."""
    known = _ZBAR_SYMBOLOGY.get(kind)
    # zbar re-encodes the bytes of QR codes by guesswork: only ASCII survives that for certain.
    if known is None or not data or not data.isascii():
        return None
    symbology, aim = known
    if symbology == "EAN13" and data.startswith(b"0"):
        symbology = "UPCA"
    text = data.decode("ascii")
    if symbology == "Code39":
        text = _code39(text)
    return Read(symbology, data, text, aim, _box(polygon), f"zbar {view}".rstrip(), sharpened)


def _box(points: list[Point]) -> Corners:
    xs, ys = [p[0] for p in points] or [0], [p[1] for p in points] or [0]
    x0, y0, x1, y1 = min(xs), min(ys), max(xs), max(ys)
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def _text(payload: bytes, guessed: str) -> str:
    """UTF-8 where it is valid, Chinese where it is likely, else the decoder's guess (it knows ECI and
    Kanji)."""
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _VOICED.search(guessed) and not _UNVOICEABLE.search(guessed):
        return guessed
    try:
        return payload.decode("gb2312")
    except UnicodeDecodeError:
        return guessed


# Bytes that are Chinese in GB 2312 may be Japanese half-width kana too. Kana it is when every voicing mark
# follows a syllable that can be voiced: chance would not do that for long.
_VOICED = re.compile("[\uff73\uff76-\uff84\uff8a-\uff8e][\uff9e\uff9f]")
_UNVOICEABLE = re.compile("(?<![\uff73\uff76-\uff84\uff8a-\uff8e])[\uff9e\uff9f]")


def _code39(raw: str) -> str:
    return code32(raw) or full_ascii(raw)


_SHIFTED = re.compile(r"([+$%/])([A-Z])")
_SHIFTS_WITHOUT_LETTER = re.compile(r"[+$%/](?![A-Z])")


def full_ascii(raw: str) -> str:
    """Code 39 in full ASCII (ISO/IEC 16388 annex A) spelled out, when the symbol can hardly mean anything
    else.

    Plain Code 39 uses the same characters: HIBC starts with "+", part numbers hold "/". Only a symbol in
    which every shift has its letter, that has small letters, and that does not start as HIBC does, is
    spelled out.
    """
    small = any(mark == "+" for mark, _ in _SHIFTED.findall(raw))
    if raw.startswith("+") or not small or _SHIFTS_WITHOUT_LETTER.search(raw):
        return raw
    return _SHIFTED.sub(lambda pair: _shifted(pair[1], pair[2]), raw)


def _shifted(mark: str, letter: str) -> str:
    place = ord(letter) - ord("A")
    if mark == "+":
        return letter.lower()
    if mark == "$":
        return chr(place + 1)
    if mark == "/":
        return ":" if letter == "Z" else chr(ord("!") + place)
    return "\x1b\x1c\x1d\x1e\x1f;<=>?[\\]^_{|}~\x7f\0@`\x7f\x7f\x7f"[place]


_CODE32 = "0123456789BCDFGHJKLMNPQRSTUVWXYZ"


def code32(raw: str) -> str | None:
    """The nine digits of an Italian pharmaceutical code after its "A", or None where the symbol is none.

    Six characters to the base 32; every second digit counts twice, cross sums added (Ministero della Salute).
    """
    if len(raw) != 6 or any(c not in _CODE32 for c in raw):
        return None
    number = 0
    for c in raw:
        number = number * 32 + _CODE32.index(c)
    digits = f"{number:09}"
    if len(digits) > 9:
        return None
    doubled = sum(sum(divmod(2 * int(d), 10)) for d in digits[1:8:2])
    return "A" + digits if (doubled + sum(int(d) for d in digits[0:8:2])) % 10 == int(digits[8]) else None
