"""The filter in the window: what it takes, what it gives back, and when."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.wedgefilter import WedgeFilter
from desktop.widgets.scanfield import ScanLineEdit, ScanSink
from scanner.scan import Scan, Source
from scanner.wedge import Wedge

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")  # the offscreen platform

CODE = "81234567890123456789"


class Window(QWidget):
    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        self.edit, self.scan_edit, self.sink = QLineEdit(), ScanLineEdit(), ScanSink()
        self.button = QPushButton("button")
        for field in (self.edit, self.scan_edit, self.sink, self.button):
            layout.addWidget(field)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is window.windowHandle())
    window.edit.setFocus()
    return window


@pytest.fixture
def wedge(qapp: QApplication, window: Window) -> Iterator[WedgeFilter]:
    wedge = WedgeFilter(qapp, Wedge())
    yield wedge
    wedge.stop()


@pytest.fixture
def scans(wedge: WedgeFilter) -> list[Scan]:
    scans: list[Scan] = []
    wedge.scanned.connect(scans.append)
    return scans


def press(window: QWidget, text: str) -> None:
    """Keys at the window, as the window system delivers them; as fast as a scanner."""
    for char in text:
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return if char == "\r" else char)


def test_a_burst_is_a_scan_and_leaves_the_field_alone(window: Window, scans: list[Scan]) -> None:
    press(window, CODE + "\r")
    assert [(scan.text, scan.source, scan.suspect) for scan in scans] == [(CODE, Source.WEDGE, "")]
    assert window.edit.text() == ""


def test_the_burst_comes_with_its_strokes(window: Window, wedge: WedgeFilter, scans: list[Scan]) -> None:
    bursts = []
    wedge.burst.connect(bursts.append)
    press(window, CODE + "\r")
    assert bursts[0].scan == scans[0]
    assert sum(stroke.pressed for stroke in bursts[0].strokes) == len(CODE) + 1


def test_typed_keys_are_given_back_after_the_pause(qtbot: QtBot, window: Window, scans: list[Scan]) -> None:
    press(window, "abc")
    assert window.edit.text() == ""
    qtbot.waitUntil(lambda: window.edit.text() == "abc")
    assert scans == []


def test_a_click_waits_for_typed_keys(window: Window, scans: list[Scan]) -> None:
    texts: list[str] = []
    window.button.clicked.connect(lambda: texts.append(window.edit.text()))
    press(window, "ab")
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=window.button.geometry().center())
    assert texts == ["ab"]


def test_text_of_an_input_method_waits_for_typed_keys(window: Window, scans: list[Scan]) -> None:
    press(window, "5")
    event = QInputMethodEvent()
    event.setCommitString("片")
    QCoreApplication.sendEvent(window.edit, event)
    assert window.edit.text() == "5片"
    press(window, CODE + "\r")
    assert [scan.suspect for scan in scans] == ["input_method"]


def test_a_typed_key_that_opens_a_dialog_does_not_keep_the_others(
    qtbot: QtBot, window: Window, scans: list[Scan]
) -> None:
    dialog = QDialog(window)
    inside = QLineEdit(dialog)
    QPushButton("default", dialog).clicked.connect(dialog.reject)
    seen: list[object] = []

    def scan_in_dialog() -> None:
        press(dialog, CODE + "\r")
        seen.append(dialog.isVisible())  # Enter of a scan presses no default button
        press(dialog, "xy")
        QTimer.singleShot(200, look)

    def look() -> None:
        seen.append(inside.text())
        dialog.reject()

    def opened() -> None:
        QTimer.singleShot(200, scan_in_dialog)
        dialog.exec()

    window.button.clicked.connect(opened)
    window.button.setFocus()
    press(window, " z")  # the button runs the dialog's own loop before z has its turn
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == [True, "xy"]
    assert [scan.text for scan in scans] == [CODE]


def test_keys_for_a_window_that_is_gone_are_dropped(qtbot: QtBot, window: Window, scans: list[Scan]) -> None:
    other = QLineEdit()
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is other.windowHandle())
    press(other, "ab")
    other.deleteLater()
    QCoreApplication.sendPostedEvents(other, QEvent.Type.DeferredDelete)
    qtbot.wait(100)
    assert scans == []


def test_shortcuts_work_but_not_in_a_scan(window: Window, scans: list[Scan]) -> None:
    fired: list[str] = []
    for keys in ("Ctrl+S", "F2", "Ctrl+]"):
        QShortcut(QKeySequence(keys), window, lambda keys=keys: fired.append(keys))  # type: ignore[misc]
    handle = window.windowHandle()
    QTest.keyClick(handle, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(handle, Qt.Key.Key_F2)
    assert fired == ["Ctrl+S", "F2"]
    press(window, CODE[:10])
    QTest.keyClick(handle, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(handle, Qt.Key.Key_F2)
    press(window, CODE[10:] + "\r")
    assert fired == ["Ctrl+S", "F2"]
    assert len(scans) == 1


def test_manual_entry(qtbot: QtBot, window: Window, wedge: WedgeFilter) -> None:
    entered: list[Scan] = []
    window.scan_edit.entered.connect(entered.append)
    window.scan_edit.setFocus()
    QTest.keyClicks(window.scan_edit, "8123")
    QTest.keyClick(window.scan_edit, Qt.Key.Key_Return)
    assert [(scan.text, scan.source) for scan in entered] == [("8123", Source.MANUAL)]
    assert window.scan_edit.selectedText() == "8123"
    window.scan_edit.clear()
    QTest.keyClick(window.scan_edit, Qt.Key.Key_Return)
    assert len(entered) == 1


@pytest.mark.parametrize("name", ["scan_edit", "sink"])
def test_no_input_method_comes_near(window: Window, name: str) -> None:
    field = getattr(window, name)
    assert field.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert not field.inputMethodQuery(Qt.InputMethodQuery.ImEnabled)
    assert window.edit.inputMethodQuery(Qt.InputMethodQuery.ImEnabled)


def test_the_sink_announces_what_is_typed(qtbot: QtBot, window: Window, scans: list[Scan]) -> None:
    typed: list[str] = []
    window.sink.typed.connect(typed.append)
    window.sink.setFocus()
    press(window, "8")
    qtbot.waitUntil(lambda: typed == ["8"])
    assert scans == []


def test_a_stopped_filter_touches_nothing(window: Window, wedge: WedgeFilter, scans: list[Scan]) -> None:
    press(window, "ab")
    wedge.stop()
    assert window.edit.text() == "ab"
    press(window, CODE)
    assert window.edit.text() == "ab" + CODE
    assert scans == []


def test_between_windows_of_the_program_no_scan_loses_its_beginning(
    qtbot: QtBot, window: Window, wedge: WedgeFilter, scans: list[Scan]
) -> None:
    other = QDialog(window)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is other.windowHandle())
    press(other, CODE + "\r")
    assert [(scan.text, scan.suspect) for scan in scans] == [(CODE, "")]
