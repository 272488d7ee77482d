"""The look is known before the first paint, and a broken file never keeps the window away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop import look
from desktop.settings import DECLARED, FILE, Settings
from desktop.theme import PALETTES


def test_it_offers_what_the_settings_and_the_palettes_have() -> None:
    assert look.THEMES == DECLARED["look.theme"].choices == tuple(PALETTES)
    assert DECLARED["look.scale"].choices == look.SCALES
    assert look._FILE == FILE


def test_what_the_settings_say_is_taken(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.set("look.theme", "dark")
    settings.set("look.scale", "150")
    settings.set("language", "en")
    settings.save()
    assert look.look_of(tmp_path) == look.Look("dark", "150", "en")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"look.theme": ["dark"], "look.scale": 3}', "\xff", "[" * 99999]
)
def test_a_file_that_makes_no_sense_gives_the_usual_look(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, "latin-1")
    assert look.look_of(tmp_path) == look.Look()


def test_size_is_asked_of_qt_unless_the_person_has_asked_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_SCALE_FACTOR", raising=False)
    look.Look(scale="100").scale_up()
    assert "QT_SCALE_FACTOR" not in os.environ
    monkeypatch.setenv("QT_SCALE_FACTOR", "3")
    look.Look(scale="150").scale_up()
    assert os.environ["QT_SCALE_FACTOR"] == "3"
    monkeypatch.delenv("QT_SCALE_FACTOR")
    look.Look(scale="150").scale_up()
    assert os.environ.pop("QT_SCALE_FACTOR") == "1.5"
