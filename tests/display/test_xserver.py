"""The private X server does what the display tests rely on."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

from tests.display.xserver import XServer, needs_display, xserver

pytestmark = [pytest.mark.display, needs_display]

EDIT = """
import json, sys
from PySide6.QtWidgets import QApplication, QLineEdit
app = QApplication(sys.argv)
edit = QLineEdit()
edit.setGeometry(0, 0, 400, 60)
edit.setStyleSheet("background: #00ff00")
edit.returnPressed.connect(lambda: print(json.dumps({"text": edit.text()}), flush=True))
edit.show()
edit.activateWindow()
from PySide6.QtCore import QTimer
QTimer.singleShot(300, lambda: print(json.dumps({"platform": app.platformName()}), flush=True))
app.exec()
"""


def test_keys_typed_on_the_server_reach_a_qt_program(x: XServer) -> None:
    program = x.start([sys.executable, "-c", EDIT])
    assert program.line() == {"platform": "xcb"}
    x.xdotool("type", "--delay", "2", "Hello 42")
    x.xdotool("key", "Return")
    assert program.line() == {"text": "Hello 42"}
    program.end()


def test_the_picture_shows_the_window(x: XServer, tmp_path: Path) -> None:
    import cv2

    program = x.start([sys.executable, "-c", EDIT])
    program.line()
    picture = cv2.imread(str(x.screenshot(tmp_path / "screen.png")))
    assert picture.shape == (800, 1280, 3)
    assert tuple(picture[30, 200]) == (0, 255, 0)
    assert tuple(picture[700, 1200]) == (0, 0, 0)
    program.end()


def test_two_servers_run_side_by_side_and_end() -> None:
    with xserver("320x200") as one, xserver("640x480") as two:
        assert one.display != two.display
        folder = one.folder
        assert struct.unpack(">25I", (folder / "Xvfb_screen0").read_bytes()[:100])[4:6] == (320, 200)
    assert not folder.exists()
