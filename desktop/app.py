"""The window's start: a frame that a person sees at once, and only then everything that takes long to load.

Importing the rules, the parsers and the camera costs as much again as Qt itself; none of it is needed to paint.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from desktop.icons import icon
from desktop.look import look_of
from desktop.theme import PALETTES, Theme
from desktop.window import Window
from desktop.words import Words

if TYPE_CHECKING:
    from desktop.settings import Settings
    from desktop.steps import Step

PAINT_MS = 1_000
"""A window that is not painted within this time is not going to be: it was opened minimised or behind others."""


def run(
    words: Words,
    home: Path,
    settings: Settings | None = None,
    camera: str | None = None,
    guide: Sequence[Step] = (),
) -> int:
    """Show the workstation of this home folder until it is closed; return the exit status.

    `settings` are taken as they are instead of the folder's own. `camera` names a source that is switched on at
    once; without it the settings' own is. `guide` are the steps of a guided first task.
    """
    look = look_of(home)
    look.scale_up()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("TraceDesk")
    app.setApplicationDisplayName("TraceDesk")
    app.setDesktopFileName("tracedesk")
    theme = Theme(PALETTES[look.theme])
    theme.apply(app)
    app.setWindowIcon(icon("scan", theme.colour("accent"), 64))
    window = Window(theme, words)
    # Python runs its handlers between two of its own steps, which the garbage timer keeps coming; one of them may
    # be a paint event, in which nothing can be closed.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QTimer.singleShot(0, window, window.close))
    window.setGeometry(app.primaryScreen().availableGeometry())
    window.showMaximized()
    window.activateWindow()
    _paint(window)
    if not window.isVisible():
        return 0
    from desktop.shift import work

    return work(app, window, words, home, settings, camera, guide)


def _paint(window: Window) -> None:
    """Return when the window has been painted or closed."""
    loop = QEventLoop()
    window.painted.connect(loop.quit)
    window.closed.connect(loop.quit)
    QTimer.singleShot(PAINT_MS, loop, loop.quit)
    loop.exec()
