"""What a scanner types into the real window is kept with its key timings, exported, and reads the same again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.settings import Settings
from scanner.blackbox import Record
from scanner.boxfile import FILE, read_records
from scanner.keymap import CAPS_LOCK
from tests.display.keyboard import Keyboard
from tests.display.xserver import Program, XServer, needs_display

pytestmark = [pytest.mark.display, needs_display]

PROGRAM = "import sys; from desktop.commands.root import main; main(sys.argv[1:])"
CODES = {
    "]d2010952123400001317281031" + "10aB-1/2\x1d21SER-0001": "ctrl",
    "]d2010952123400001317281031" + "10aB-1/2\x1d21SER-0002": "alt029",
    "]d2010952123400001317281031" + "10aB-1/2\x1d21SER-0003": "f8",
    "6925265101481": "ctrl",
}


@pytest.fixture
def keyboard(x: XServer) -> Iterator[Keyboard]:
    with Keyboard(x.display) as board:
        yield board


def kept(home: Path) -> dict[str, Record]:
    return {record.scan.text: record for record in read_records(home / FILE)}


def scan(home: Path, keyboard: Keyboard, code: str, gs: str) -> Record:
    """Scan until it is kept with its verdict; where the server stalls in the middle of a code it is refused."""
    for _ in range(8):
        keyboard.scan(code, 2, gs)
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            record = kept(home).get(code)
            if record is not None and record.verdict:
                return record
            time.sleep(0.05)
    pytest.fail(f"{code} was not kept: {list(kept(home))}")


def test_scans_are_kept_exported_and_read_the_same_again(
    x: XServer, keyboard: Keyboard, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    settings = Settings(home)
    settings.set("people.later", True)
    settings.save()
    program = x.start([sys.executable, "-c", PROGRAM, "--home", str(home), "--lang", "en"])
    _wait_for(program, home / FILE, keyboard)
    records = [scan(home, keyboard, code, gs) for code, gs in CODES.items()]
    assert [record.verdict for record in records] == ["accepted", "accepted", "accepted", "refused"]
    for record in records:
        presses = [stroke.at_ms for stroke in record.strokes if stroke.pressed]
        assert len(presses) >= len(record.scan.text)
        assert presses == sorted(presses)
    x.xdotool("key", "ctrl+q")
    assert program.process.wait(15) == 0
    assert program.errors() == ""
    assert (home / FILE).stat().st_mode & 0o777 == 0o600

    export = tmp_path / "export.jsonl"
    (told,) = _tracedesk(x, "blackbox", "--out", str(export), "--home", str(home))
    assert told["scans"] == len(read_records(home / FILE))
    assert read_records(export) == read_records(home / FILE)
    *lines, summary = _tracedesk(x, "replay", str(export))
    assert (summary["different"], summary["broken"]) == (0, 0)
    assert {line["now"] for line in lines} >= set(CODES)


def test_the_state_of_the_keyboard_is_asked_of_the_server(x: XServer, keyboard: Keyboard) -> None:
    def said() -> str:
        lines = _tracedesk(x, "doctor", "--lang", "en", "--home", str(x.folder / "none"))
        return str(next(line["value"] for line in lines if line["name"] == "keyboard"))

    assert "layout is US" in said()
    x.layout("fr,us")
    keyboard.tap(CAPS_LOCK)
    try:
        assert "layout is fr" in said()
        assert "Caps Lock is on" in said()
    finally:
        keyboard.tap(CAPS_LOCK)
        x.layout("us")
    assert "Caps Lock is off" in said()


def _wait_for(program: Program, file: Path, keyboard: Keyboard) -> None:
    """The window is at work once it has kept a first scan."""
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline, program.errors()
        keyboard.scan("FIRST SCAN", 2)
        time.sleep(1.2)


def _tracedesk(x: XServer, *arguments: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--json", *arguments],
        env=x.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
