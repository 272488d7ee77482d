"""Scanners at the real window: what they read is recorded, what befell them is shown, and all of it is kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from desktop.devices import Sight
from desktop.profiles import FILE as PROFILES
from desktop.profiles import Profiles
from desktop.settings import Settings
from ledger.badge import minted
from ledger.errors import SettingsError
from ledger.store import open_reader
from scanner.blackbox import MASKED, BlackBox
from scanner.boxfile import FILE, read_records
from scanner.profile import Profile, Reading
from scanner.replay import replay
from scanner.scan import Scan, Source
from tests.desktop.conftest import gs1
from tests.desktop.test_app import start, working  # noqa: F401
from tests.scanner.test_serial import Plug

if not hasattr(os, "openpty"):
    pytest.skip("needs pseudo terminals", allow_module_level=True)

Start = Callable[..., SimpleNamespace]


def records(home: Path) -> dict[str, str]:
    return {record.scan.text: record.verdict for record in read_records(home / FILE)}


def recorded(home: Path) -> int:
    store = open_reader(home)
    try:
        return store.packs()
    finally:
        store.close()


def test_serial_scanners_at_the_window(
    start: Start,  # noqa: F811
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    plugs = [Plug("A1"), Plug("B2")]
    sight = Sight(
        ports=lambda: [plug.port for plug in plugs],
        hids=list,
        keyboards=lambda _models: [],
        poll_seconds=0.02,
    )
    home = tmp_path / "home"
    parts = start(home, sight=sight)
    qtbot.waitUntil(lambda: working(parts), timeout=20_000)
    chip = parts.window.status.scanner
    qtbot.waitUntil(lambda: len(parts.equipment.states()) == 2, timeout=20_000)
    qtbot.waitUntil(lambda: chip.property("tone") == "ok")

    # Two at once, whole codes from both, and one of them unplugged in the middle of a code.
    codes = [gs1(f"S{number:03}") for number in range(10)]
    for number, code in enumerate(codes):
        plugs[number % 2].type(code.encode() + b"\r")
    qtbot.waitUntil(lambda: recorded(home) == 10, timeout=20_000)
    torn, plugs[:] = plugs[0], plugs[1:]
    torn.type(gs1("TORN").encode()[:-4])
    torn.pull()
    qtbot.waitUntil(lambda: chip.property("tone") == "ask", timeout=20_000)
    assert "Zebra" in chip.toolTip()
    plugs[0].type(codes[0].encode() + b"\r")
    plugs.append(Plug("A1"))
    qtbot.waitUntil(
        lambda: [state.code for state in parts.equipment.states()] == ["open", "open"], timeout=20_000
    )
    plugs[1].type(gs1("BACK").encode() + b"\r")
    badge = minted()
    plugs[1].type(badge.encode() + b"\r")
    qtbot.waitUntil(lambda: recorded(home) == 11, timeout=20_000)
    expected = [*["accepted"] * 10, "repeated", "accepted", MASKED]
    box = parts.equipment.box
    qtbot.waitUntil(lambda: sorted(one.verdict for one in box.records()) == sorted(expected), timeout=20_000)

    # What was kept: every scan with its bytes and what became of it, and no badge.
    parts.equipment.close()
    kept = read_records(home / FILE)
    assert [record.verdict for record in kept] == expected
    assert sorted(record.data for record in kept[:10]) == [code.encode() for code in codes]
    assert all(played.same for played in replay(kept) if played.playable)
    assert badge not in (home / FILE).read_text("utf-8")
    for plug in plugs:
        plug.pull()


def test_the_camera_is_kept_too_and_a_refusal_by_name(
    start: Start,  # noqa: F811
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    parts = start(tmp_path / "home")
    qtbot.waitUntil(lambda: working(parts), timeout=20_000)
    with qtbot.waitSignal(parts.desk.told, timeout=20_000):
        parts.bridge.on_scan(Scan("6925265101481", Source.CAMERA, "EAN13", "HD Webcam"))
    qtbot.waitUntil(lambda: parts.equipment.box.records()[-1].verdict != "", timeout=20_000)
    (record,) = parts.equipment.box.records()
    assert (record.scan.symbology, record.verdict) == ("EAN13", "refused")
    assert not record.strokes
    assert not record.data


def test_calibrations_are_kept_per_device(tmp_path: Path) -> None:
    profiles = Profiles.load(tmp_path)
    assert profiles.of("HID 05e0:1200") is None
    zebra, whichever = Profile("HID 05e0:1200", gs="f8"), Profile(reading=Reading.TEXT)
    for profile in (zebra, whichever):
        profiles.keep(profile)
    again = Profiles.load(tmp_path)
    assert again.all() == (whichever, zebra)
    assert (again.of("HID 05e0:1200"), again.of("HID 1eab:0001")) == (zebra, whichever)
    again.forget("HID 05e0:1200")
    assert Profiles.load(tmp_path).all() == (whichever,)
    if os.name == "posix":
        assert (tmp_path / PROFILES).stat().st_mode & 0o777 == 0o600
    for broken in ("x", "[]", '{"profiles": [{"gap_ms": "x"}]}'):
        (tmp_path / PROFILES).write_text(broken)
        with pytest.raises(SettingsError):
            Profiles.load(tmp_path)


def test_broken_files_keep_nobody_from_scanning(
    start: Start,  # noqa: F811
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in (PROFILES, "scanners.json", FILE):
        (home / name).write_text("{")
    settings = Settings(home)
    settings.set("people.later", True)
    settings.save()
    plug = Plug()
    sight = Sight(ports=lambda: [plug.port], hids=list, keyboards=lambda _models: [], poll_seconds=0.02)
    parts = start(home, sight=sight)
    qtbot.waitUntil(lambda: working(parts), timeout=20_000)
    qtbot.waitUntil(lambda: bool(parts.equipment.states()), timeout=20_000)
    with qtbot.waitSignal(parts.desk.told, timeout=20_000):
        plug.type(gs1("S1").encode() + b"\r")
    qtbot.waitUntil(lambda: parts.equipment.box.records()[-1].verdict != "", timeout=20_000)
    parts.equipment.close()
    assert records(home) == {gs1("S1"): "accepted"}
    plug.pull()


def test_verdicts_that_name_the_text_find_their_scan() -> None:
    box = BlackBox()
    for number, text in enumerate(("a", "b", "a")):
        box.keep(Scan(text, Source.SERIAL, device="x", at=float(number)))

    def verdicts() -> list[str]:
        return [record.verdict for record in box.records()]

    box.judge_text("a", "x", "accepted")
    box.judge_text("a", "x", "repeated")
    box.judge_text("a", "y", "refused")
    assert verdicts() == ["accepted", "", "repeated"]
    box.judge_text("a", "x", "accepted")  # a question was answered later
    assert verdicts() == ["accepted", "", "accepted"]
    box.keep(Scan("b", Source.SERIAL, device="x", at=100.0))
    box.judge_text("b", "x", "refused")
    assert verdicts()[1:] == ["", "accepted", "refused"]
