"""The table of scanners and a person's additions to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.hidpos import LAYOUTS
from scanner.models import Mode, known_models


def test_the_table_that_comes_with_the_program() -> None:
    models = known_models()
    zebra = models.find(0x05E0, 0x1701)
    assert zebra
    assert zebra.mode is Mode.SERIAL
    assert models.find(0x2DD6, 0x1234)
    assert models.find(0x046D, 0xC31C) is None
    assert models.find(None, None) is None
    generic = models.find(0x1A86, 0x7523)
    assert generic
    assert generic.mode is Mode.ASK
    assert all(line.layout in LAYOUTS for line in models.lines if line.mode is Mode.HIDPOS)


def test_a_persons_lines_win(tmp_path: Path) -> None:
    mine = tmp_path / "scanners.json"
    assert known_models(mine) == known_models()
    lines = [
        {"vendor": "1a86", "product": "7523", "name": "Ours", "mode": "serial", "baud": "115200"},
        {"vendor": "1a86", "product": "*", "name": "Others", "mode": "keyboard"},
    ]
    mine.write_text(json.dumps({"scanners": lines}), "utf-8")
    models = known_models(mine)
    ours, others = models.find(0x1A86, 0x7523), models.find(0x1A86, 0x0001)
    assert ours
    assert others
    assert (ours.name, ours.baud, others.mode) == ("Ours", 115200, Mode.KEYBOARD)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"scanners": [{"vendor": "xyz"}]}', '{"scanners": [1]}'])
def test_a_broken_table_is_named(tmp_path: Path, text: str) -> None:
    mine = tmp_path / "scanners.json"
    mine.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"scanners\.json"):
        known_models(mine)
