"""Reed-Solomon as DataMatrix uses it: every error that it can mend is mended."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.galois import correct


def _times(a: int, b: int) -> int:
    """Multiplication in GF(256) bit by bit, the slow way."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 256:
            a ^= 0x12D
        b >>= 1
    return product


def _block(data: list[int], checks: int) -> list[int]:
    """The data with its check bytes (ISO/IEC 16022, annex E), by long division."""
    generator, root = [1], 1
    for _ in range(checks):
        root = _times(root, 2)
        shifted = [*generator, 0]
        generator = [
            term ^ _times(root, generator[at - 1]) if at else term for at, term in enumerate(shifted)
        ]
    rest = [*data, *([0] * checks)]
    for at in range(len(data)):
        factor = rest[at]
        for step, term in enumerate(generator):
            rest[at + step] ^= _times(factor, term)
    return [*data, *rest[len(data) :]]


def test_the_example_of_the_standard() -> None:
    # ISO/IEC 16022, annex O: "123456" is 142 164 186 and its check bytes.
    block = [142, 164, 186, 114, 25, 5, 88, 102]
    assert _block(block[:3], 5) == block
    assert correct([142, 0, 186, 114, 25, 5, 0, 102], 5, []) == block


@given(
    st.lists(st.integers(0, 255), min_size=3, max_size=44),
    st.sampled_from([5, 7, 12, 18, 28]),
    st.randoms(use_true_random=False),
    st.data(),
)
def test_what_can_be_mended_is_mended(
    data: list[int], checks: int, chance: random.Random, draw: st.DataObject
) -> None:
    block = _block(data, checks)
    erased = draw.draw(st.integers(0, checks))
    wrong = draw.draw(st.integers(0, (checks - erased) // 2))
    places = chance.sample(range(len(block)), min(len(block), erased + wrong))
    spoilt = list(block)
    for place in places:
        spoilt[place] ^= chance.randrange(1, 256)
    assert correct(spoilt, checks, places[:erased]) == block


@given(st.lists(st.integers(0, 255), min_size=20, max_size=60), st.randoms(use_true_random=False))
def test_whatever_comes_out_is_a_block_without_errors(noise: list[int], chance: random.Random) -> None:
    erased = chance.sample(range(len(noise)), 6)
    found = correct(noise, 12, erased)
    assert found is None or _block(found[:-12], 12) == found


@pytest.mark.parametrize("erased", [13, 20])
def test_more_unknown_bytes_than_check_bytes_are_given_up(erased: int) -> None:
    assert correct([1] * 40, 12, list(range(erased))) is None
