"""The last scans at the command line: kept at a terminal, shown, exported and played again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.words import LANGUAGES
from scanner.blackbox import BlackBox
from scanner.boxfile import FILE, export_records, read_records
from scanner.scan import Scan, Source
from tests.desktop.test_commands import objects, tracedesk

CODE = "]d20109521234000013172810221" + "0AB\x1d21S1"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two scans in its black box."""
    home = tmp_path / "home"
    home.mkdir()
    box = BlackBox(secret=lambda text: text == "BADGE")
    good = Scan(CODE, Source.SERIAL, device="Zebra /dev/ttyACM0")
    box.keep(good, CODE.encode() + b"\r")
    box.judge(good, "accepted")
    box.keep(Scan("6925265101481", Source.CAMERA, "EAN13", suspect="scan_cut"))
    box.keep(Scan("BADGE", Source.WEDGE))
    export_records(home / FILE, box.records())
    return home


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_scans_are_shown_and_exported(home: Path, tmp_path: Path, language: str) -> None:
    shown = tracedesk("blackbox", "--lang", language, home=home)
    assert shown.returncode == 0
    first, second, third = shown.stdout.splitlines()
    assert "<GS>21S1" in first
    assert "Zebra" in first
    assert "6925265101481" in second
    assert "BADGE" not in third
    out = tmp_path / "export.jsonl"
    told = objects(tracedesk("blackbox", "--out", str(out), "--json", home=home))
    assert told == [{"file": str(out), "scans": 3}]
    assert read_records(out) == read_records(home / FILE)
    again = tracedesk("blackbox", "--out", str(out), home=home)
    assert again.returncode == 1
    assert str(out) in again.stderr
    played = tracedesk("replay", str(out), "--json", home=home)
    assert played.returncode == 0
    assert objects(played)[-1] == {"same": 1, "different": 0, "silent": 2, "broken": 0}


def test_without_scans_there_is_nothing_to_show(tmp_path: Path) -> None:
    assert tracedesk("blackbox", home=tmp_path).stdout == ""


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo terminals")
def test_scans_at_a_terminal_are_kept_those_of_a_pipe_are_not(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = [
        sys.executable,
        "-c",
        "from desktop.commands.root import main; main()",
        "receive",
        "--json",
        "--home",
        str(home),
    ]
    piped = subprocess.run(
        command, input="6925265101481\n", capture_output=True, text=True, timeout=60, check=False
    )
    assert piped.returncode == 1
    assert not (home / FILE).exists()
    near, far = os.openpty()
    os.write(near, b"6925265101481\n\x04")
    typed = subprocess.run(command, stdin=far, capture_output=True, text=True, timeout=60, check=False)
    os.close(near)
    os.close(far)
    assert json.loads(typed.stdout.splitlines()[0])["outcome"] == "refused"
    (record,) = read_records(home / FILE)
    assert (record.scan.text, record.verdict) == ("6925265101481", "refused")
