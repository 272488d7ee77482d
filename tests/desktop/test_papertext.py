"""Text in a narrow column: wrapped, never cut, unless a single word has no room."""

from __future__ import annotations

from desktop.papertext import LINE, height_of, whole_text
from desktop.theme import sans


def test_words_are_wrapped_and_take_the_lines_they_need(qapp: object) -> None:
    font, text = sans(10), "contradicted by the platform, see the tasks"
    assert whole_text(font, text, 120) == text
    line = height_of(font, text, 1_000)
    assert line >= LINE and height_of(font, text, 120) > 1.8 * line


def test_the_middle_of_a_word_that_has_no_room_is_left_out(qapp: object) -> None:
    shown = whole_text(sans(10), "0123456789abcdef" * 4, 120)
    assert shown.startswith("0") and shown.endswith("f") and "…" in shown
