"""A shift at the window: every object is built here from top to bottom, and stopped in reverse."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desktop.bridge import Bridge
from desktop.deliverywatch import DeliveryWatch
from desktop.desk import Desk
from desktop.duty import LOUD, Duty
from desktop.equipment import Equipment
from desktop.garbage import Garbage
from desktop.log import Log
from desktop.nightwatch import Nightwatch
from desktop.restoring import Restoring
from desktop.room import Room
from desktop.settings import Settings
from desktop.sound import Sound
from desktop.steps import Step
from desktop.viewfinder import Viewfinder
from desktop.wedgefilter import WedgeFilter
from desktop.window import Window
from desktop.words import Words

SWITCH_S = 0.0005
"""A worker hands Python over to the window within this time. Painting a list takes Python back a hundred times;
with the usual 5 ms, a busy courier beside it made gaps of 70 ms at p99 where this makes 40."""


def work(
    app: QApplication,
    window: Window,
    words: Words,
    home: Path,
    settings: Settings | None,
    camera: str | None,
    guide: Sequence[Step],
) -> int:
    """Furnish the window and work until it is closed; return the exit status."""
    sys.setswitchinterval(SWITCH_S)
    log = _log(home)
    bridge = Bridge()
    garbage = Garbage()
    sound = Sound(LOUD)
    viewfinder = Viewfinder(bridge)
    desk = Desk(bridge)
    room = Room(window.theme, words, home)
    room.opened.connect(garbage.settle, Qt.ConnectionType.QueuedConnection)
    nightwatch = Nightwatch(room)
    window.furnish(desk, room, guide)
    watch = DeliveryWatch(bridge, window.work.tables.values())
    wedge = WedgeFilter(app)
    equipment = room.equipment = Equipment(bridge, viewfinder, wedge)
    duty = Duty(words, home, settings, camera, bridge, sound, viewfinder, desk, window, watch, equipment)
    restoring = Restoring(window, desk, duty, watch)
    if log is not None:
        log.catch(bridge.on_fault)
        qInstallMessageHandler(_qt_says)
    window.closed.connect(app.quit)
    duty.begin()
    try:
        return app.exec()
    finally:
        window.hide()
        restoring.close()
        nightwatch.deleteLater()
        watch.close()
        viewfinder.stop(1.0)
        equipment.close()
        room.close()
        duty.close()
        sound.close()
        if log is not None:
            qInstallMessageHandler(None)
            log.close()
        garbage.close()


def _log(home: Path) -> Log | None:
    """The log, or none where the folder cannot be written to: the ledger will say so in a moment."""
    with suppress(OSError):
        return Log(home)
    return None


def _qt_says(kind: QtMsgType, _context: object, message: str) -> None:
    level = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }.get(kind, logging.ERROR)
    logging.getLogger("qt").log(level, "%s", message)
