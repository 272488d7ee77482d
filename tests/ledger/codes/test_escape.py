from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.codes.escape import escape, unescape


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("]d210AB\x1d21X", "]d210AB<GS>21X"),
        ("[)>\x1e06\x1d\x04", "[)><RS>06<GS><EOT>"),
        ("a\r\n", "a\\r\\n"),
        ("a\\b", "a\\\\b"),
        ("\x00\x7f", "\\x00\\x7f"),
        ("A<GS>B", "A\\x3cGS>B"),
        ("药", "药"),
        ("\ud800", "\\ud800"),
    ],
)
def test_forms(text: str, shown: str) -> None:
    assert escape(text) == shown
    assert unescape(shown) == text


def test_what_is_no_escape_stands_for_itself() -> None:
    assert unescape(r"\q \x1 <gs> \xZZ") == r"\q \x1 <gs> \xZZ"


@given(st.text(st.characters() | st.sampled_from("\\<>GSREOTx1du\x1d\x1e\ud800")))
def test_every_text_comes_back_from_one_line(text: str) -> None:
    shown = escape(text)
    assert unescape(shown) == text
    assert not any(character < " " for character in shown)
