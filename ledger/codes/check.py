"""Check characters: computed from the characters they protect, one function a rule, so that a message can say
which one was expected.
"""

from __future__ import annotations

from functools import cache

CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""GS1's character set 82 in the order of its values."""
CSET32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""GS1's character set 32, the check pair's alphabet."""
CSET39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
"""The 43 characters of Code 39 in the order of their values, the alphabet of HIBC."""

_VALUE82 = {character: value for value, character in enumerate(CSET82)}
_VALUE39 = {character: value for value, character in enumerate(CSET39)}


@cache
def _primes(count: int) -> tuple[int, ...]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return tuple(found)


def mod10_holds(digits: str) -> bool:
    """Whether the last digit is GS1's check digit of those before it (General Specifications 7.9)."""
    raw = digits.encode()
    light, heavy = raw[::-2], raw[-2::-2]
    return (sum(light) + 3 * sum(heavy) - 48 * (len(light) + 3 * len(heavy))) % 10 == 0


def mod10(digits: str) -> str:
    """GS1's check digit for digits that have none yet."""
    raw = digits.encode()
    heavy, light = raw[::-2], raw[-2::-2]
    return str(-(sum(light) + 3 * sum(heavy) - 48 * (len(light) + 3 * len(heavy))) % 10)


def pair(text: str) -> str:
    """GS1's check pair mod 1021,32 for a key that has none yet, at most 97 characters of set 82 (7.9.5)."""
    weighted = zip(reversed(text), _primes(97), strict=False)
    total = sum(_VALUE82[character] * weight for character, weight in weighted) % 1021
    return CSET32[total >> 5] + CSET32[total & 31]


def mod43(text: str) -> str | None:
    """HIBC's check character (ANSI/HIBC 2.6, appendix B); None where a character is outside Code 39."""
    try:
        return CSET39[sum(_VALUE39[character] for character in text) % 43]
    except KeyError:
        return None


def mod97_ppn(text: str) -> str:
    """The two check digits of a PPN: ASCII values weighted 2, 3, 4 … mod 97 (IFA coding specification)."""
    total = sum(weight * ord(character) for weight, character in enumerate(text, 2))
    return f"{total % 97:02d}"


def mod97_iban(text: str) -> bool:
    """Whether an account number of digits and capitals holds its mod 97-10 check (ISO 13616, ISO 7064)."""
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


def mod11_pzn(digits: str) -> str | None:
    """The check digit of a German PZN of 6 or 7 digits; None where the number is never given out (rest 10)."""
    first = 8 - len(digits)
    rest = sum(weight * int(digit) for weight, digit in enumerate(digits, first)) % 11
    return None if rest == 10 else str(rest)


_MA_VALUE = {chr(ord("A") + i): str(10 + i) for i in range(26)}
_MA_VALUE |= {chr(ord("a") + i): str(36 + i if i < 7 else 38 + i) for i in range(26)}
_MA_VALUE |= {str(i): str(i) for i in range(10)}
_MA_VALUE |= {character: str(64 + i) for i, character in enumerate("-.@$,*+%/#!^~")}


def luhn_ma(text: str) -> str | None:
    """The check digit of an MA code: characters as numbers, then Luhn; None where a character has no number."""
    try:
        digits = "".join(_MA_VALUE[character] for character in text)
    except KeyError:
        return None
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        double = digit * 2 if place % 2 else digit
        total += double - 9 if double > 9 else double
    return str(-total % 10)
