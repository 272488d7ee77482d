"""The doctor says in plain words of both languages what is in the way of scanners, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.commands.context import Context
from desktop.commands.devicelook import black_box, calibrations
from desktop.keyboardstate import KeyboardState, _layout_of_console
from desktop.keyboardwords import sentences
from desktop.profiles import Profiles
from desktop.words import LANGUAGES, Words
from scanner.blackbox import BlackBox
from scanner.boxfile import FILE, export_records
from scanner.profile import KEY_FORMS, Profile, Reading, Suffix
from scanner.scan import Scan, Source
from tests.desktop.test_commands import objects, tracedesk


@pytest.fixture(params=LANGUAGES)
def ctx(request: pytest.FixtureRequest, tmp_path: Path) -> Context:
    return Context(tmp_path, json=False, words=Words(request.param))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (KeyboardState("us", False), ["doctor_layout_us", "doctor_caps_off", "doctor_ime_off"]),
        (
            KeyboardState("fr,us", True, "ibus", "libpinyin"),
            ["doctor_layout_other", "doctor_caps_on", "doctor_ime_on"],
        ),
        (KeyboardState("", None, "ibus", "xkb:us::eng"), ["doctor_layout_unknown", "doctor_ime_off"]),
    ],
)
def test_keyboard(ctx: Context, state: KeyboardState, expected: list[str]) -> None:
    said = list(sentences(ctx.words, state))
    assert said == [ctx.words.say(code, layout=state.layout, name="ibus libpinyin") for code in expected]
    assert all(ctx.words.knows(code) for code in expected)


def test_calibrations_are_told_by_device(ctx: Context) -> None:
    assert calibrations(ctx) == ctx.words.say("doctor_uncalibrated")
    profiles = Profiles(ctx.home)
    forms = ["", "ctrl", "alt", *KEY_FORMS, "replaced", "dropped"]
    for number, form in enumerate(forms):
        suffix = list(Suffix)[number % len(Suffix)]
        profiles.keep(Profile(f"HID {number}", list(Reading)[number % 3], gs=form, suffix=suffix))
    profiles.keep(Profile())
    said = calibrations(ctx)
    assert all(f"HID {number}" in said for number in range(len(forms)))
    assert ctx.words.say("doctor_any_scanner") in said
    assert "gs_form_" not in said
    assert "suffix_" not in said


def test_the_black_box_is_counted(ctx: Context) -> None:
    assert black_box(ctx) == ""
    box = BlackBox()
    box.keep(Scan("a", Source.SERIAL, suspect="scan_cut"))
    box.keep(Scan("b", Source.SERIAL))
    export_records(ctx.home / FILE, box.records())
    assert "2" in black_box(ctx)
    assert "1" in black_box(ctx)


def test_the_layout_of_a_console(tmp_path: Path) -> None:
    file = tmp_path / "keyboard"
    assert _layout_of_console(file) == ""
    file.write_text('# layouts\nXKBMODEL="pc105"\nXKBLAYOUT="fr,us"\n')
    assert _layout_of_console(file) == "fr,us"


def test_every_finding_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "scanner-profiles.json").write_text("{")
    lines = {
        str(line["name"]): str(line["value"])
        for line in objects(tracedesk("doctor", "--json", home=tmp_path))
    }
    assert {"keyboard", "calibrations", "serial", "scanners", "cameras", "scans_kept"} <= set(lines)
    assert "scanner-profiles.json" in lines["calibrations"]
    assert lines["keyboard"]
