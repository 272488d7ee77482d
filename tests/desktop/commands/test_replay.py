"""The black box from the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from desktop.commands.context import Context
from desktop.commands.replay import replay_
from desktop.likeness import likeness
from desktop.words import LANGUAGES, Words
from ledger.errors import UserError
from scanner.blackbox import BlackBox, Record
from scanner.scan import Scan, Source
from scanner.wedge import Wedge
from tests.scanner.strokes import Player

CODE = "]d201069012345678921712345678\x1d10aB-1/2"


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    box = BlackBox()
    for caps in (False, True):
        wedge = Wedge(check=likeness)
        for stroke in Player(caps=caps).scan(CODE):
            for burst in wedge.feed(stroke).bursts:
                box.keep_burst(burst)
    box.keep(Scan("6901234567892", Source.CAMERA, "EAN13"))
    file = tmp_path / "blackbox.jsonl"
    file.write_text("\n".join(box.lines()) + "\n\n", "utf-8")
    return file


def run(file: Path, *, as_json: bool = True, language: str = "en") -> Result:
    context = Context(home=file.parent, json=as_json, words=Words(language))
    return CliRunner().invoke(replay_, [str(file)], obj=context, catch_exceptions=True)


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_same_as_then(exported: Path) -> None:
    result = run(exported)
    assert result.exit_code == 0, result.output
    *each, summary = rows(result)
    assert [row["outcome"] for row in each] == ["same", "same", "silent"]
    assert {row["then"] for row in each[:2]} == {CODE}
    assert summary == {"same": 2, "different": 0, "silent": 1, "broken": 0}


def test_differences_and_broken_lines(exported: Path) -> None:
    first, *others = exported.read_text("utf-8").splitlines()
    record = Record.of(first)
    changed = replace(record, scan=replace(record.scan, text="something else")).line()
    exported.write_text("\n".join([changed, *others, "nonsense"]), "utf-8")
    result = run(exported)
    assert result.exit_code == 1
    assert [row.get("outcome") for row in rows(result)] == ["different", "same", "silent", "broken", None]
    assert rows(result)[0]["now"] == CODE


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks(exported: Path, language: str) -> None:
    result = run(exported, as_json=False, language=language)
    assert "<GS>" in result.stdout
    assert "replay_" not in result.stdout


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere")
    assert isinstance(result.exception, UserError)
    assert result.exception.code == "replay_unreadable"
