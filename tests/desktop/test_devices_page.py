"""The devices page: tests that record nothing, a calibration kept, ports chosen, and the last scans exported."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.devices import Sight
from desktop.pages.devices import DevicesPage
from desktop.profiles import Profiles
from desktop.settings import Settings
from desktop.widgets.calibration import Step
from desktop.words import LANGUAGES, Words
from scanner.boxfile import read_records
from scanner.calibrate import CALIBRATING, GS1_SYMBOL, SYMBOL
from scanner.cameracontrols import Control
from scanner.scan import Scan, Source
from scanner.wedge import Wedge
from tests.desktop.conftest import gs1
from tests.desktop.test_access import nameless, small
from tests.desktop.test_app import start, working  # noqa: F401
from tests.desktop.test_equipment import recorded
from tests.desktop.test_pseudo import Pseudo, cut
from tests.scanner.strokes import Player
from tests.scanner.test_serial import Plug

if not hasattr(os, "openpty"):
    pytest.skip("needs pseudo terminals", allow_module_level=True)


@pytest.fixture
def plugs() -> list[Plug]:
    return []


@pytest.fixture
def parts(
    start: Callable[..., SimpleNamespace],  # noqa: F811
    qtbot: QtBot,
    tmp_path: Path,
    plugs: list[Plug],
) -> SimpleNamespace:
    """The window at work, on its devices page."""
    sight = Sight(
        ports=lambda: [plug.port for plug in plugs],
        hids=list,
        keyboards=lambda _models: [],
        poll_seconds=0.02,
    )
    parts = start(tmp_path / "home", sight=sight)
    qtbot.waitUntil(lambda: working(parts), timeout=20_000)
    parts.window.show_page("devices")
    parts.page = parts.window.page
    assert isinstance(parts.page, DevicesPage)
    parts.home = tmp_path / "home"
    return parts


def kept(parts: SimpleNamespace, name: str) -> str:
    """A setting as the next start will read it."""
    return Settings.load(parts.home).text(name)


def typed(parts: SimpleNamespace, text: str, **how: str) -> None:
    """A scanner types; the strokes take the way of the window's filter."""
    wedge = Wedge(CALIBRATING)
    (burst,) = [burst for stroke in Player().scan(text, **how) for burst in wedge.feed(stroke).bursts]  # type: ignore[arg-type]
    parts.wedge.burst.emit(burst)
    parts.wedge.scanned.emit(burst.scan)


def press(parts: SimpleNamespace, name: str) -> None:
    (button,) = [one for one in parts.page.findChildren(QPushButton, name) if one.isVisible()]
    button.click()


def said(parts: SimpleNamespace) -> str:
    return "\n".join(
        label.text().replace("\u200b", "")
        for label in parts.page.findChildren(QLabel)
        if label.isVisibleTo(parts.page)
    )


def test_a_scan_on_the_page_is_a_test_and_recorded_nowhere(parts: SimpleNamespace, qtbot: QtBot) -> None:
    for language in LANGUAGES:
        parts.window.retranslate(Words(language))
        typed(parts, gs1("S1"))
        words = Words(language)
        assert words.say("devices_test_good") in said(parts)
        assert "10AB-123<GS>21S1" in said(parts)
        typed(parts, "6925265101481")
        assert words.say("devices_test_good") not in said(parts)
        assert words.say("coding_gtin") in said(parts)
    assert parts.page.isVisible()
    assert recorded(parts.home) == 0
    assert {record.verdict for record in parts.equipment.box.records()} == {"test"}
    parts.window.show_work()
    typed(parts, gs1("S2"))
    qtbot.waitUntil(lambda: recorded(parts.home) == 1, timeout=20_000)


def test_the_zones_own_code_is_known_by_the_test_as_at_work(parts: SimpleNamespace) -> None:
    words = parts.window.room.words
    typed(parts, "LC-2026-000417")
    assert words.say("coding_zone") not in said(parts)
    parts.window.room.settings.set("zone.prefix", "LC-")
    typed(parts, "LC-2026-000417")
    assert words.say("coding_zone") in said(parts)


def test_a_calibration_from_the_first_symbol_to_its_use(parts: SimpleNamespace, qtbot: QtBot) -> None:
    wizard = parts.page._wizard
    press(parts, "calibrate")
    assert parts.wedge.wedge.profile is CALIBRATING
    qtbot.waitUntil(lambda: bool(wizard._symbol._modules), timeout=20_000)
    typed(parts, gs1("S1"))  # not the symbol
    assert parts.window.room.words.say("calibration_other_symbol") in said(parts)
    assert parts.window.room.words.say("calibration_unusable") not in said(parts), (
        "a wrong code is no verdict"
    )
    typed(parts, SYMBOL.replace("\x1d", ""), gs="ctrl")  # separator dropped, no AIM identifier
    assert wizard._step is Step.GS1
    assert parts.window.room.words.say("calibration_gs_dropped") in said(parts)
    press(parts, "calibration_again")
    typed(parts, "]d1" + SYMBOL, gs="f8")
    typed(parts, "]d2" + GS1_SYMBOL, gs="f8")
    assert wizard._step is Step.DONE
    assert parts.window.room.words.say("calibration_good") in said(parts)
    press(parts, "calibration_keep")
    qtbot.waitUntil(lambda: not parts.equipment.calibrating, timeout=20_000)
    profile = Profiles.load(parts.home).of("")
    assert profile is not None
    assert (profile.gs, profile.aim) == ("f8", True)
    assert parts.wedge.wedge.profile == profile
    assert recorded(parts.home) == 0
    typed(parts, gs1("S1"))
    assert parts.window.room.words.say("devices_test_good") in said(parts)


def test_leaving_the_page_ends_a_calibration(parts: SimpleNamespace, qtbot: QtBot) -> None:
    press(parts, "calibrate")
    assert parts.page.escape()
    assert not parts.equipment.calibrating
    press(parts, "calibrate")
    parts.window.show_work()
    assert not parts.equipment.calibrating
    typed(parts, gs1("S1"))
    qtbot.waitUntil(lambda: recorded(parts.home) == 1, timeout=20_000)


def test_a_scanner_read_directly_is_checked(parts: SimpleNamespace) -> None:
    say = parts.window.room.words.say
    press(parts, "calibrate")
    parts.bridge.on_scan(Scan("6925265101481", Source.CAMERA, "EAN13"))  # the camera calibrates nothing
    assert say("calibration_other_symbol") not in said(parts)
    assert "6925265101481" in said(parts)
    for text, code in (
        ("]d1" + SYMBOL.replace("\x1d", "|"), "calibration_gs_replaced"),
        (SYMBOL.replace("\x1d", ""), "calibration_gs_dropped"),
        ("6925265101481", "calibration_other_symbol"),
    ):
        parts.bridge.on_scan(Scan(text, Source.SERIAL, device="Zebra"))
        assert say(code, sent="|") in said(parts)
        press(parts, "calibration_again")
    parts.bridge.on_scan(Scan("]d1" + SYMBOL, Source.SERIAL, device="Zebra"))
    parts.bridge.on_scan(Scan("]d2" + GS1_SYMBOL, Source.SERIAL, device="Zebra"))
    assert say("calibration_good") in said(parts)


def test_a_chip_is_chosen_and_dropped(parts: SimpleNamespace, qtbot: QtBot, plugs: list[Plug]) -> None:
    plugs.append(Plug("X", vendor=0x1A86, product=0x7523))
    qtbot.waitUntil(lambda: bool(parts.page.findChildren(QPushButton, "choose")), timeout=20_000)
    press(parts, "choose")
    qtbot.waitUntil(lambda: kept(parts, "scanner.ports") == plugs[0].port.identity, timeout=20_000)
    qtbot.waitUntil(lambda: [one.code for one in parts.equipment.states()] == ["open"], timeout=20_000)
    plugs[0].type(b"6925265101481\r")
    qtbot.waitUntil(lambda: "6925265101481" in said(parts), timeout=20_000)
    qtbot.waitUntil(lambda: bool(parts.page.findChildren(QPushButton, "drop")), timeout=20_000)
    press(parts, "drop")
    qtbot.waitUntil(lambda: kept(parts, "scanner.ports") == "", timeout=20_000)
    qtbot.waitUntil(lambda: parts.equipment.states()[0].code == "ask", timeout=20_000)
    plugs.pop().pull()


def test_the_last_scans_are_shown_and_exported(parts: SimpleNamespace, qtbot: QtBot) -> None:
    for number in range(3):
        typed(parts, gs1(f"S{number}"))
    history = parts.page._history.records
    qtbot.waitUntil(lambda: history.rowCount() == 3, timeout=20_000)
    assert history.text(0, "text").endswith("S2")
    assert "5" in history.text(0, "pace")
    parts.page.folder = parts.home / "export"
    press(parts, "export_scans")
    name = parts.window.room.words.say("devices_export_file")
    qtbot.waitUntil(lambda: name in said(parts), timeout=20_000)
    (file,) = parts.page.folder.glob(f"{name}-*.jsonl")
    assert read_records(file) == list(parts.equipment.box.records())
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


def test_what_a_camera_offers_can_be_turned(parts: SimpleNamespace) -> None:
    stage = parts.page._camera
    turned: list[tuple[str, object]] = []
    stage.turned.connect(lambda name, value: turned.append((name, value)))
    stage.show_controls((Control("zoom", 100, 500, 10, 100), Control("focus", 0, 250, 5, 30, auto=True)))
    zoom, focus = stage._knobs["zoom"], stage._knobs["focus"]
    assert turned == []
    assert zoom.slider.isVisible()
    assert not zoom.auto.isVisible()
    assert not focus.slider.isEnabled()
    assert not stage._knobs["torch"].slider.isVisible()
    zoom.slider.setValue(200)
    focus.auto.setChecked(False)
    focus.slider.setValue(60)
    focus.auto.setChecked(True)
    assert turned == [("zoom", 200), ("focus", 30), ("focus", 60), ("focus", None)]


def test_another_camera_is_chosen_and_kept(parts: SimpleNamespace, qtbot: QtBot) -> None:
    wanted: list[int] = []
    parts.equipment.camera_wanted.disconnect()
    parts.equipment.camera_wanted.connect(lambda: wanted.append(1))
    parts.page._show_cameras(("HD Webcam", "Document camera"))
    box = parts.page.findChild(QComboBox, "cameras")
    assert box.isVisibleTo(parts.page)
    box.setCurrentText("Document camera")
    box.textActivated.emit("Document camera")
    qtbot.waitUntil(lambda: kept(parts, "camera") == "Document camera", timeout=20_000)
    assert len(wanted) == 1  # it was off: once on
    parts.page._show_cameras(("HD Webcam",))
    assert not box.isVisibleTo(parts.page)


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(QSize(1366, 768), id="1366x768"),
        pytest.param(QSize(1920, 1080), id="1920x1080", marks=pytest.mark.long),
    ],
)
def test_nothing_is_cut_where_words_are_longer(
    parts: SimpleNamespace, qtbot: QtBot, plugs: list[Plug], size: QSize
) -> None:
    plugs += [Plug("X", vendor=0x1A86, product=0x7523), Plug("A1")]
    qtbot.waitUntil(lambda: len(parts.equipment.states()) == 2, timeout=20_000)
    parts.window.resize(size)
    parts.window.retranslate(Pseudo("en"))
    wrong: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for _ in range(6):
            QApplication.processEvents()
            qtbot.wait(30)
        found = cut(parts.page) + nameless(parts.page) + small(parts.page)
        wrong[name] = [one for one in found if "raw" not in one]  # a code may be longer than any place

    look("empty")
    parts.page._camera.show_controls((Control("zoom", 1, 9, 1, 1), Control("focus", 0, 9, 1, 1, auto=False)))
    parts.page._show_cameras(("HD Webcam", "Document camera"))
    typed(parts, gs1("S1"))
    look("test")
    typed(parts, "6925265101481")
    look("refused")
    press(parts, "calibrate")
    qtbot.waitUntil(lambda: bool(parts.page._wizard._symbol._modules), timeout=20_000)
    look("wizard")
    typed(parts, SYMBOL.replace("\x1d", ""), gs="ctrl")
    look("advice")
    typed(parts, GS1_SYMBOL.replace("\x1d", "|"))
    look("result")
    assert {name: found for name, found in wrong.items() if found} == {}
    for plug in plugs:
        plug.pull()
    plugs.clear()
