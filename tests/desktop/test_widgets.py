"""Parts of the window on values: status strip, guide, camera card, preview."""

from __future__ import annotations

import gc
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QImage, QStandardItemModel
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.bridge import Bridge
from desktop.preview import WIDE, Picture, Slot
from desktop.status import Status
from desktop.steps import Step
from desktop.theme import Theme
from desktop.viewfinder import Viewfinder, is_clean
from desktop.widgets.banner import Banner
from desktop.widgets.camerapanel import OUTLINE_MS, CameraPanel
from desktop.widgets.elided import Elided
from desktop.widgets.guide import Guide
from desktop.widgets.listing import Listing
from desktop.widgets.statusstrip import StatusStrip, clock_time
from desktop.words import LANGUAGES, Words
from scanner.camera import CameraState, DecodedFrame, Frame
from scanner.read import Read
from sync.courier import CourierState

# The offscreen platform says so of every small top-level widget; there is no window to propagate to.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

NOW = datetime.now().astimezone()
WAITING = Status(3, NOW.isoformat(), 0, 3, None, "00" * 32, safe_to_leave=False, why="events_waiting")
DONE = Status(0, None, 0, 3, NOW.isoformat(), "00" * 32, safe_to_leave=True, why="all_delivered")


@pytest.fixture
def strip(qtbot: QtBot, theme: Theme, words: Words) -> StatusStrip:
    made = StatusStrip(theme, words)
    qtbot.addWidget(made)
    made.show()
    return made


def test_nothing_is_claimed_before_the_ledger_was_asked(strip: StatusStrip) -> None:
    assert strip.safe_to_leave is None
    assert not strip.leave.isVisible()
    assert not strip.backlog.isVisible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_all_words_have_no_room_that_one_may_not_leave_is_still_said_whole(
    qtbot: QtBot, strip: StatusStrip, language: str
) -> None:
    strip.retranslate(Words(language))
    strip.show_status(WAITING)
    strip.resize(1400, strip.height())
    chips = (strip.scanner, strip.camera, strip.line, strip.backlog, strip.leave)
    assert all(chip.words.isVisible() for chip in chips)
    whole = sum(chip.sizeHint().width() for chip in chips)
    strip.resize(whole - 20, strip.height())
    assert strip.camera.words.isHidden() and strip.camera.toolTip().startswith(strip.camera.words.text())
    assert strip.backlog.words.isVisible() and strip.leave.words.isVisible()
    words = strip.leave.words
    qtbot.waitUntil(lambda: words.width() >= words.sizeHint().width())
    assert strip.leave.mapTo(strip, strip.leave.rect().topRight()).x() < strip.width()
    strip.resize(1400, strip.height())
    assert strip.camera.words.isVisible()


def test_leaving_is_answered_in_words_with_the_reason(strip: StatusStrip) -> None:
    strip.show_status(WAITING)
    assert strip.leave.words.text() == "先别离开：3 条未送达"
    assert strip.backlog.words.text() == f"3 条未送达 · 最早 {NOW:%H:%M}"
    strip.show_status(DONE)
    assert strip.leave.words.text() == "可以离开"
    assert "全部记录已送达平台" in strip.leave.toolTip()
    strip.show_status(replace(WAITING, parked=2, why="events_parked"))
    assert strip.leave.words.text() == "先别离开：2 条被退回"
    assert strip.leave.property("tone") == "stop"


@pytest.mark.parametrize(
    "why", ["all_delivered", "no_events", "events_waiting", "events_parked", "no_platform"]
)
def test_every_reason_has_words_in_every_language(why: str) -> None:
    for language in LANGUAGES:
        assert Words(language).knows(f"leave_{why}")
        assert Words(language).knows(why)


def test_a_record_just_saved_is_not_delivered_yet(strip: StatusStrip) -> None:
    strip.note_record(NOW)
    assert strip.safe_to_leave is None
    strip.show_status(DONE)
    strip.note_record(NOW)
    assert strip.safe_to_leave is False
    assert strip.leave.words.text() == "先别离开：1 条未送达"
    assert strip.backlog.words.text() == f"1 条未送达 · 最早 {NOW:%H:%M}"


def test_offline_says_since_when_and_the_last_success_not_the_last_attempt(strip: StatusStrip) -> None:
    strip.show_status(WAITING)
    earlier = (NOW - timedelta(days=3)).isoformat()
    strip.show_courier(CourierState(False, busy=False, why="platform_unreachable", last_success=earlier))
    since = strip.line.words.text()
    assert since.startswith("离线 · 自 ")
    strip.show_courier(CourierState(False, busy=True, why="platform_unreachable", last_success=earlier))
    assert strip.line.words.text() == since, "a further attempt changes nothing"
    assert clock_time(earlier) in strip.line.toolTip()
    strip.show_courier(CourierState(True, busy=False, why="", last_success=NOW.isoformat()))
    assert strip.line.words.text() == "在线"


def test_without_a_platform_it_says_so(strip: StatusStrip) -> None:
    strip.show_platform(False)
    strip.show_status(replace(WAITING, why="no_platform"))
    assert strip.line.words.text() == "未设置平台"
    assert strip.leave.words.text() == "先别离开：3 条只存在本机"


def test_a_press_on_the_backlog_wants_delivery(qtbot: QtBot, strip: StatusStrip) -> None:
    strip.show_status(WAITING)
    with qtbot.waitSignal(strip.deliver):
        qtbot.mouseClick(strip.backlog, Qt.MouseButton.LeftButton)


def test_times_of_other_days_carry_the_day() -> None:
    assert clock_time(None) == ""
    assert clock_time(NOW.isoformat()) == f"{NOW:%H:%M}"
    before = NOW - timedelta(days=2)
    assert clock_time(before.isoformat()) == f"{before:%m-%d %H:%M}"


STEPS = (Step("demo_step_receive", "receive", times=2), Step("demo_step_dispense", "dispense"))


def test_the_guide_ticks_itself_off_in_any_order(qtbot: QtBot, theme: Theme, words: Words) -> None:
    guide = Guide(theme, words, STEPS)
    qtbot.addWidget(guide)
    guide.see("dispense")
    assert (guide.is_done(0), guide.is_done(1)) == (False, True)
    guide.see("receive")
    guide.see("stop")
    assert not guide.finished
    guide.see("receive")
    assert guide.finished
    guide.see("receive")
    assert "完成" in guide._title.text()


def test_without_steps_there_is_no_guide(qtbot: QtBot, theme: Theme, words: Words) -> None:
    guide = Guide(theme, words, ())
    qtbot.addWidget(guide)
    assert guide.isHidden()


def read_at(corners: tuple[tuple[int, int], ...]) -> Read:
    return Read("DataMatrix", b"x", "x", "]d2", corners, "zxing")  # type: ignore[arg-type]


def frame(number: int, at: float, width: int = 1920, height: int = 1080, *, gray: bool = False) -> Frame:
    picture = np.full((height, width) if gray else (height, width, 3), 200, np.uint8)
    return Frame(picture, np.full((height, width), 200, np.uint8), at, number)


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, words: Words) -> CameraPanel:
    made = CameraPanel(theme, words)
    qtbot.addWidget(made)
    made.set_width(400)
    made.resize(400, 300)
    made.show()
    return made


def test_a_camera_that_is_off_says_how_to_switch_it_on(panel: CameraPanel) -> None:
    assert panel.view.accessibleName() == "摄像头已关闭，按 F8 打开"


@pytest.mark.parametrize("gray", [False, True])
def test_the_picture_is_shown_and_the_code_outlined(qtbot: QtBot, panel: CameraPanel, gray: bool) -> None:
    panel.show_on(True)
    panel.show_state(CameraState("camera_running", "HD Webcam"))
    slot = Slot()
    assert slot.put(frame(1, 10.0, gray=gray))
    picture = slot.take()
    assert picture is not None
    assert (picture.width, picture.height) == (WIDE, WIDE * 9 // 16)
    assert len(picture.data) == WIDE * WIDE * 9 // 16 * 4
    panel.show_picture(picture)
    corners = ((860, 440), (1060, 440), (1060, 640), (860, 640))
    panel.show_reads(DecodedFrame((read_at(corners),), (1920, 1080)))
    assert panel.view.outlines == 1
    shot = panel.view.grab().toImage()
    scale = panel.view.width() / 1920
    at = shot.devicePixelRatio()
    edge = shot.pixelColor(int(860 * scale * at), int(540 * scale * at))
    assert edge.green() > edge.red() + 40, "the outline is green"
    inside = shot.pixelColor(int(960 * scale * at), int(540 * scale * at))
    assert inside.name() == "#c8c8c8"
    qtbot.wait(OUTLINE_MS + 100)
    assert panel.view.outlines == 0


@pytest.mark.parametrize("size", [(333, 187), (150, 200), (640, 200)])
def test_every_pixel_of_the_picture_is_painted(panel: CameraPanel, size: tuple[int, int]) -> None:
    """The card behind is not painted with it: what is left out would show what stood there before."""
    (width, height), view = size, panel.view
    view.resize(334, 188)
    view.show_picture(Picture(width, height, b"\x40\x50\x60\xff" * (width * height), 1, size))
    shown = QImage(view.size(), QImage.Format.Format_ARGB32)
    shown.fill(Qt.GlobalColor.transparent)
    view.render(shown, QPoint(), view.rect(), QWidget.RenderFlag(0))
    assert {shown.pixelColor(x, y).alpha() for x in range(334) for y in range(188)} == {255}


def test_a_fault_of_the_camera_is_a_sentence(panel: CameraPanel) -> None:
    panel.show_on(True)
    panel.show_state(CameraState("camera_busy", "HD Webcam"))
    assert "HD Webcam" in panel.view.accessibleName()
    assert "占用" in panel.view.accessibleName()
    panel.show_on(False)
    panel.show_state(CameraState("camera_running", "late"))
    assert panel.state.code == "camera_stopped", "what a camera says after it was switched off does not count"


def test_only_the_newest_picture_is_kept_and_told_once() -> None:
    slot = Slot()
    assert slot.put(frame(1, 1.0, 64, 36))
    assert not slot.put(frame(2, 1.01, 64, 36)), "sooner than the eye needs"
    assert not slot.put(frame(3, 2.0, 64, 36)), "the window knows already"
    taken = slot.take()
    assert taken is not None
    assert taken.number == 3
    assert slot.take() is None
    assert slot.put(frame(4, 3.0, 64, 36))


def test_pictures_make_way_for_a_verdict_but_never_stop() -> None:
    slot = Slot()
    slot.make_way(10.0)
    shown = []
    for number in range(31):
        slot.put(frame(number, 10.0 + number / 30, 64, 36))
        taken = slot.take()
        shown.append(taken is not None)
    assert sum(shown[:15]) == 5, "one frame in three while the verdict is new"
    assert sum(shown[15:]) == 8, "one in two afterwards"


def test_a_folder_of_pictures_is_a_camera(qtbot: QtBot, tmp_path: Path) -> None:
    import cv2
    import zxingcpp

    code = zxingcpp.create_barcode("01095212340000131728053110AB\x1d21S1", zxingcpp.BarcodeFormat.DataMatrix)
    symbol = np.array(zxingcpp.write_barcode_to_image(code, scale=6))
    page = np.full((540, 960), 255, np.uint8)
    page[100 : 100 + symbol.shape[0], 100 : 100 + symbol.shape[1]] = symbol
    cv2.imwrite(str(tmp_path / "pack.png"), page)
    bridge = Bridge()
    viewfinder = Viewfinder(bridge, str(tmp_path))
    states: list[str] = []
    bridge.camera.connect(lambda state: states.append(state.code))
    with qtbot.waitSignals([bridge.scanned, bridge.picture, bridge.reads], timeout=20_000):
        viewfinder.start()
    assert viewfinder.on
    viewfinder.stop(5)
    assert not viewfinder.on
    qtbot.waitUntil(lambda: "camera_stopped" in states, timeout=5_000)
    assert states[:2] == ["camera_opening", "camera_running"]


def test_clean_means_without_any_problem() -> None:
    assert is_clean("0109521234000013172805311" + "0AB\x1d21S1")
    assert not is_clean("0109521234000014172805311" + "0AB\x1d21S1")


def test_a_stop_stays_until_its_cause_is_gone_and_a_mishap_can_be_closed(
    qtbot: QtBot, theme: Theme, words: Words
) -> None:
    banner = Banner(theme, words)
    qtbot.addWidget(banner)
    banner.say("disk_full", stop=True)
    banner.dismiss()
    assert not banner.isHidden()
    banner.take_back()
    assert banner.isHidden()
    banner.say("program_fault", stop=False, log="tracedesk.log")
    banner.retranslate(Words("en"))
    assert "tracedesk.log" in banner.sentence.text()
    banner.dismiss()
    assert banner.isHidden()


def test_a_cut_text_is_whole_on_hover_and_never_markup(qtbot: QtBot) -> None:
    label = Elided()
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.setText("<b>bold</b> and much too long for this place")
    assert label.toolTip() == label.text()
    assert label.textFormat() is Qt.TextFormat.PlainText
    label.resize(2_000, 20)
    label.setText("short")
    assert label.toolTip() == ""


def test_workers_reach_the_window_through_the_bridge_in_the_ui_thread(qtbot: QtBot) -> None:
    import threading

    bridge = Bridge()
    heard: list[threading.Thread] = []
    bridge.fault.connect(lambda _: heard.append(threading.current_thread()))
    thread = threading.Thread(target=lambda: bridge.on_fault("log"))
    with qtbot.waitSignal(bridge.fault, timeout=5_000):
        thread.start()
    thread.join()
    deadline = time.monotonic() + 5
    while not heard and time.monotonic() < deadline:
        qtbot.wait(10)
    assert heard == [threading.main_thread()]


def test_a_list_leaves_columns_out_before_a_name_has_no_room(qtbot: QtBot) -> None:
    view = Listing(Theme(), 30)
    view.setModel(QStandardItemModel(1, 4))
    qtbot.addWidget(view)
    view.fit(("name", "lot", "place", "at"), {"lot": 100, "place": 100, "at": 100}, ("at", "place"))
    view.show()
    for width, out in ((900, []), (400, [3]), (300, [2, 3]), (500, [])):
        view.resize(width, 200)
        assert [place for place in range(4) if view.isColumnHidden(place)] == out, width


def test_a_list_of_other_columns_shows_what_the_first_ones_left_out(qtbot: QtBot) -> None:
    view = Listing(Theme(), 30)
    view.setModel(QStandardItemModel(1, 4))
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.fit(("name", "lot", "place", "at"), {"lot": 100, "place": 100, "at": 100}, ("at", "place"))
    view.show()
    assert view.isColumnHidden(2)
    view.resize(900, 200)
    view.fit(("state", "name", "serial", "at"), {"state": 100, "serial": 100, "at": 100}, ("at",))
    view.resize(800, 200)
    assert not [place for place in range(4) if view.isColumnHidden(place)]


def test_what_chose_in_a_model_before_leaves_nothing_behind(qtbot: QtBot) -> None:
    """A task is changed hundreds of times a day; each left three objects of Python."""
    view = Listing(Theme(), 30)
    qtbot.addWidget(view)
    first, second = QStandardItemModel(3, 2), QStandardItemModel(3, 2)
    for _ in range(20):
        for model in (first, second):
            view.setModel(model)
            assert view.selectionModel().model() is model
        qtbot.wait(1)
    gc.collect()
    kept = [one for one in gc.get_objects() if type(one) is QItemSelectionModel and isValid(one)]
    assert len([one for one in kept if one.parent() is view]) <= 1
    assert sum(type(one) is QItemSelectionModel for one in gc.get_objects()) < 10
