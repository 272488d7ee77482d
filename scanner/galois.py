"""Reed-Solomon over GF(256) with errors and erasures, for DataMatrix (field polynomial 301, ISO/IEC
16022)."""

from __future__ import annotations

_POLYNOMIAL = 0x12D

_EXP = [1] * 512
_LOG = [0] * 256
for _power in range(1, 255):
    _value = _EXP[_power - 1] << 1
    _EXP[_power] = _value ^ _POLYNOMIAL if _value > 255 else _value
for _power in range(255):
    _LOG[_EXP[_power]] = _power
    _EXP[_power + 255] = _EXP[_power]


def _times(a: int, b: int) -> int:
    return _EXP[_LOG[a] + _LOG[b]] if a and b else 0


def _value_at(polynomial: list[int], x: int) -> int:
    """Lowest power first."""
    total = 0
    for coefficient in reversed(polynomial):
        total = _times(total, x) ^ coefficient
    return total


def _product(a: list[int], b: list[int]) -> list[int]:
    product = [0] * (len(a) + len(b) - 1)
    for i, left in enumerate(a):
        for j, right in enumerate(b):
            product[i + j] ^= _times(left, right)
    return product


def correct(block: list[int], checks: int, erased: list[int]) -> list[int] | None:
    """The block with its errors corrected, or None where there are too many.

    The last `checks` bytes check the block; `erased` are places whose bytes are not known. Corrects any mix
    with
    2 errors + erasures <= checks. The first consecutive root of the code is 1, as DataMatrix has it.
    """
    size = len(block)
    powers = [_value_at(block[::-1], _EXP[i]) for i in range(1, checks + 1)]
    if not any(powers):
        return list(block)
    if len(erased) > checks:
        return None
    # Places count from the end: the last byte stands for the power 0.
    locator = [1]
    for place in erased:
        locator = _product(locator, [1, _EXP[size - 1 - place]])
    found = _with_errors(powers, locator, len(erased), checks)
    if found is None:
        return None
    locator = found
    places = [place for place in range(size) if _value_at(locator, _EXP[255 - (size - 1 - place)]) == 0]
    if len(places) != len(locator) - 1:
        return None
    evaluator = _product(powers, locator)[:checks]
    fixed = list(block)
    for place in places:
        inverse = _EXP[255 - (size - 1 - place)]
        slope = 0
        for power in range(1, len(locator), 2):
            slope ^= _times(locator[power], _EXP[_LOG[inverse] * (power - 1) % 255])
        if not slope:
            return None
        value = _value_at(evaluator, inverse)
        if value:  # Forney's rule; the first root is 1, so there is no further factor
            fixed[place] ^= _EXP[(_LOG[value] - _LOG[slope]) % 255]
    return fixed if not any(_value_at(fixed[::-1], _EXP[i]) for i in range(1, checks + 1)) else None


def _with_errors(powers: list[int], erasures: list[int], erased: int, checks: int) -> list[int] | None:
    """Berlekamp and Massey, started from the erasures: the locator of erasures and errors together."""
    locator, previous = list(erasures), list(erasures)
    length, gap, last = erased, 1, 1
    for step in range(erased, checks):
        difference = powers[step]
        for i in range(1, len(locator)):
            if step - i >= 0:
                difference ^= _times(locator[i], powers[step - i])
        if not difference:
            gap += 1
            continue
        factor = _EXP[(_LOG[difference] - _LOG[last]) % 255]
        shifted = [0] * gap + [_times(factor, c) for c in previous]
        wider = max(len(locator), len(shifted))
        updated = [
            (locator[i] if i < len(locator) else 0) ^ (shifted[i] if i < len(shifted) else 0)
            for i in range(wider)
        ]
        if 2 * length <= step + erased:
            length, previous, last, gap = step + 1 + erased - length, locator, difference, 1
        else:
            gap += 1
        locator = updated
    while locator and not locator[-1]:
        locator.pop()
    return locator if 2 * (len(locator) - 1 - erased) + erased <= checks else None
