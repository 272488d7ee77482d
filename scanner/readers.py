"""The two decoders behind one call each: zxing-cpp, which is always there, and zbar, which may be missing."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from scanner.read import Corners, Read, from_zbar, from_zxing

if TYPE_CHECKING:
    import zxingcpp

    from scanner.vision import Gray

# Names of zxing-cpp's formats. Code39Std, never Code39: that one turns HIBC into small letters. ITF lets
# short reads through whatever the filter says; the rule for accepting one stands in steady.py.
MATRIX = "DataMatrix,QRCode,Aztec"
CORE = "DataMatrix,Code128,QRCode,EAN13"
LINEAR = "Code128,EAN13,ITF,Code39Std,DataBar,DataBarLtd,DataBarExp,DataBarStk,DataBarExpStk"
PHARMACY = f"{MATRIX},{LINEAR},PDF417"
EVERYTHING = f"{PHARMACY},EAN8,UPCE,MicroQRCode,RMQRCode,MicroPDF417"


@lru_cache(maxsize=32)
def _formats(names: str) -> zxingcpp.BarcodeFormats:
    import zxingcpp

    return zxingcpp.barcode_formats_from_str(names)


def read_zxing(
    gray: Gray,
    formats: str = PHARMACY,
    *,
    view: str = "",
    sharpened: bool = False,
    rotate: bool = True,
    downscale: bool = False,
    invert: bool = False,
    histogram: bool = False,
    pure: bool = False,
) -> list[Read]:
    """What zxing-cpp reads; only results whose error correction or check digit passed."""
    import zxingcpp

    if min(gray.shape) < 2:
        return []
    found = zxingcpp.read_barcodes(
        gray,
        formats=_formats(formats),
        try_rotate=rotate,
        try_downscale=downscale,
        try_invert=invert,
        is_pure=pure,
        # HRI, the default, puts brackets around the AIs of GS1 codes.
        text_mode=zxingcpp.TextMode.Plain,
        binarizer=zxingcpp.Binarizer.GlobalHistogram if histogram else zxingcpp.Binarizer.LocalAverage,
    )
    return [read for one in found if (read := from_zxing(one, view, sharpened)) is not None]


def read_with_hints(gray: Gray, formats: str = PHARMACY) -> tuple[list[Read], list[Corners]]:
    """What zxing-cpp reads, and where it saw a code whose error correction or check digit failed."""
    import zxingcpp

    if min(gray.shape) < 2:
        return [], []
    found = zxingcpp.read_barcodes(
        gray,
        formats=_formats(formats),
        try_downscale=False,
        try_invert=False,
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=True,
    )
    reads = [read for one in found if one.valid and (read := from_zxing(one)) is not None]
    hints = [
        hint.corners for one in found if not one.valid and (hint := from_zxing(one, "failed")) is not None
    ]
    return reads, hints


_ZBAR_KINDS = ("CODE128", "EAN13", "I25", "CODE39", "DATABAR", "DATABAR_EXP", "QRCODE")


@lru_cache(maxsize=1)
def second_reader_missing() -> str:
    """Code word "second_reader_missing" where zbar or its binding is not installed, else empty."""
    try:
        from pyzbar import pyzbar  # noqa: F401
    except (ImportError, OSError):
        return "second_reader_missing"
    return ""


def read_zbar(gray: Gray, *, view: str = "", sharpened: bool = False) -> list[Read]:
    """What zbar reads; nothing where zbar is missing."""
    if second_reader_missing() or min(gray.shape) < 2:
        return []
    from pyzbar import pyzbar

    kinds = [pyzbar.ZBarSymbol[kind] for kind in _ZBAR_KINDS]
    found = pyzbar.decode(gray, symbols=kinds)
    reads = (
        from_zbar(one.type, one.data, [(p.x, p.y) for p in one.polygon], view, sharpened) for one in found
    )
    return [read for read in reads if read is not None]
