"""The lines that Code 128 (ISO/IEC 15417) and EAN-13 (ISO/IEC 15420) allow, for fitting them to a profile."""

from __future__ import annotations

from functools import lru_cache

from scanner.linedrawing import Line, Slots
from scanner.vision import Floats, np

_CODE128 = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132
122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212
322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311
112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321
331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214
112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212
124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113
411311 113141 114131 311141 411131 211412 211214 211232
"""
_CODE128_STOP = "2331112"
_EAN_ODD = ["3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112"]
_EAN_PARITY = (
    *("OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE"),
    *("OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO"),
)


def _drawn(widths: str, first: int = 1) -> list[int]:
    return [(first + at) % 2 for at, width in enumerate(widths) for _ in range(int(width))]


def _patterns(rows: list[list[int]]) -> Floats:
    return np.array(rows, np.float32)


_SYMBOLS = _patterns([_drawn(widths) for widths in _CODE128.split()])
_START, _DATA = _SYMBOLS[103:], _SYMBOLS[:103]
_STOP = _patterns([_drawn(_CODE128_STOP)])


def _code128_holds(choice: tuple[int, ...]) -> bool:
    # The order of slots below: start, data with the check character last, stop.
    values = [103 + choice[0], *choice[1:-1]]
    total = values[0] + sum(weight * value for weight, value in enumerate(values[1:-1], 1))
    return total % 103 == values[-1]


@lru_cache(maxsize=64)
def code128(symbols: int) -> Line:
    """Lines of Code 128 with this many symbols, the start and the check character counted, the stop not."""
    data = tuple(11 * at for at in range(1, symbols))
    slots = (Slots(_START, (0,)), Slots(_DATA, data), Slots(_STOP, (11 * symbols,)))
    return Line(11 * symbols + 13, slots, _code128_holds)


TWENTY_DIGITS = 12
"""Symbols of the 20-digit drug code: start, ten pairs of digits, check character."""


@lru_cache(maxsize=4)
def code128_lines(shortest: int = 7, longest: int = 36) -> tuple[Line, ...]:
    """Lines of Code 128 of all usual lengths, the 20-digit drug code first."""
    return tuple(
        code128(n) for n in sorted(range(shortest, longest + 1), key=lambda n: abs(n - TWENTY_DIGITS))
    )


@lru_cache(maxsize=1)
def ean13() -> Line:
    """Lines of EAN-13, UPC-A among them."""
    odd = [_drawn(widths, 0) for widths in _EAN_ODD]
    even = [[1 - module for module in pattern][::-1] for pattern in odd]
    right = [[1 - module for module in pattern] for pattern in odd]
    slots = (
        Slots(_patterns([[1, 0, 1] + 43 * [0] + [1, 0, 1] + 43 * [0] + [1, 0, 1]]), (0,)),
        Slots(_patterns(odd + even), tuple(3 + 7 * at for at in range(6))),
        Slots(_patterns(right), tuple(50 + 7 * at for at in range(6))),
    )
    return Line(95, slots, _ean13_holds)


def _ean13_holds(choice: tuple[int, ...]) -> bool:
    left, right = choice[1:7], choice[7:13]
    parity = "".join("O" if digit < 10 else "E" for digit in left)
    if parity not in _EAN_PARITY:
        return False
    digits = [_EAN_PARITY.index(parity), *(digit % 10 for digit in left), *right]
    return sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0
