"""Two readings of one scan: the one that is a code wins."""

from __future__ import annotations

import pytest

from desktop.likeness import likeness


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "]d20106901234567892172702001012aB\x1d21XY",
            "]D20106901234567892172702001012Ab\x1d21xy",
        ),  # Caps Lock
        ("]d20106901234567892172702001012AB\x1d21XY", "$déà&àè_à&é\"'(-è_ç"),  # French
        ("]d20106901234567892172702001012AB\x1d21XY", "+d20106901234567892172702001012AB+21XZ"),  # German
        ("81234567890123456789", "_&é\"'(-è_çà&é\"'(-è_ç"),
        ("+A1426EMK1A13", '+Q&"\'-E?K&Q&"'),
        ("]d20106901234567892171302001012AB", "$déà&à"),  # a code with faults is still the code
        ("12345678", "&é\"'(-è_"),
    ],
)
def test_the_code_looks_more_like_a_code(right: str, wrong: str) -> None:
    assert likeness(right) > likeness(wrong)
