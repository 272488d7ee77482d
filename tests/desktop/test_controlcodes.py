"""Control codes: read whatever a scanner does to them, never taken for goods, and all on the card, legible."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.controlcodes import CHOICES, PREFIX, SECTIONS, WORDS, Control, code_of, is_control, read_control
from desktop.tasksheet import TASKS
from ledger.event import EventKind

EVERY = [control for _, controls in SECTIONS for control in controls]


@pytest.mark.parametrize("control", EVERY, ids=code_of)
def test_what_is_printed_is_read(control: Control) -> None:
    assert read_control(code_of(control)) == control
    assert read_control(f"]d1{code_of(control).lower()}\r") == control, "AIM prefix, Caps Lock, suffix"


def test_the_card_bears_every_word_task_and_choice_once() -> None:
    codes = [code_of(control) for control in EVERY]
    assert len(codes) == len(set(codes))
    words = {control.word for control in EVERY}
    assert words == {*WORDS, "TASK", "QUANTITY", "CHOOSE"} - {"BOARD"}
    assert {control.verb for control in EVERY if control.word == "TASK"} == set(TASKS)
    assert {control.number for control in EVERY if control.word == "CHOOSE"} == set(range(1, CHOICES + 1))


def test_to_undo_a_scan_and_to_change_to_undoing_are_two_things() -> None:
    assert read_control(f"{PREFIX}UNDO") == Control("UNDO")
    assert read_control(f"{PREFIX}UNDO-DISPENSE") == Control("TASK", str(EventKind.UNDO))


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "FINISHED",
        "QUANTITY",
        "QUANTITY=",
        "QUANTITY=0",
        "QUANTITY=-1",
        "QUANTITY=²",
        "CHOOSE=10",
        "UNDO=1",
    ],
)
def test_what_is_not_understood_is_still_no_goods(rest: str) -> None:
    assert is_control(PREFIX + rest)
    assert read_control(PREFIX + rest) == Control("")


@pytest.mark.parametrize(
    "text", ["83386520001941653320", "TRACEDESK", "XTRACEDESK:UNDO", "", "]d20109521234000013"]
)
def test_everything_else_is_no_control_code(text: str) -> None:
    assert not is_control(text)
    assert read_control(text) is None


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_card_is_made_by_the_command_and_can_be_scanned(language: str, tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    if not _has("pdftoppm"):
        pytest.skip("pdftoppm is not installed")
    import zxingcpp

    program = "import sys; from desktop.commands.root import main; main(sys.argv[1:])"
    file = tmp_path / "card.pdf"
    command = [sys.executable, "-c", program, "--home", str(tmp_path / "home"), "--lang", language]
    made = subprocess.run([*command, "card", str(file)], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert str(file) in made.stdout
    again = subprocess.run([*command, "card", str(file)], capture_output=True, check=False)
    assert again.returncode == 1, "never overwrites"
    subprocess.run(["pdftoppm", "-r", "200", "-png", str(file), str(tmp_path / "page")], check=True)
    pages = sorted(tmp_path.glob("page*.png"))
    assert len(pages) == 1, "one page"
    found = {read.text for read in zxingcpp.read_barcodes(cv2.imread(str(pages[0])))}
    assert found == {code_of(control) for control in EVERY}


def _has(tool: str) -> bool:
    return any((Path(folder) / tool).exists() for folder in os.get_exec_path())
