"""The workstation's own window, which tells what it shows: `python -m tests.display.told_window HOME`.

Opens the window as `tracedesk` does and answers each line on standard input with a line of JSON: the page, what lies
over it, the task, the focus and whether an input method is at work there.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop.app import run
from desktop.inputmethod import takes_input_method
from desktop.window import Window
from desktop.words import Words


def state(window: Window) -> dict[str, Any]:
    """What a person sees."""
    focused = QApplication.focusWidget()
    return {
        "page": window.page.name if window.page is not None else "work",
        "palette": not window.controls.palette.isHidden(),
        "keys": not window.keys.isHidden(),
        "entry": window.work.entry.field.text(),
        "task": str(window.desk.verb),
        "language": window.room.words.language,
        "sound": window.room.settings.number("sound.volume") > 0,
        "focus": type(focused).__name__,
        "text": focused.text() if isinstance(focused, QLineEdit) else "",
        "method": takes_input_method(QGuiApplication.focusObject()),
    }


def main(home: Path) -> int:
    """Show the window until it is closed."""
    app = QApplication(sys.argv[:1])
    pending = b""

    def window() -> Window | None:
        shown = (one for one in app.topLevelWidgets() if isinstance(one, Window) and hasattr(one, "work"))
        return next((one for one in shown if one.work.isVisible() or one.page is not None), None)

    def read() -> None:
        nonlocal pending
        block = os.read(0, 65536)
        if not block:
            app.quit()
        *lines, pending = (pending + block).split(b"\n")
        for _ in lines:
            here = window()
            print(json.dumps(state(here) if here is not None else {"page": ""}), flush=True)

    def look() -> None:
        if window() is not None:
            timer.stop()
            print(json.dumps({"ready": True}), flush=True)

    notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
    notifier.activated.connect(read)
    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(50)
    return run(Words("zh_CN"), home)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
