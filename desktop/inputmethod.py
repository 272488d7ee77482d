"""The input method of the field with the focus: kept out of a scan, and made to forget what it saw of one.

An input method answers late, from another process, and a whole scan keeps it busy for long. So from the key on
that makes a burst certain to be a scanner's, the field says that it takes no input method; the field itself is
left alone, only this one question is answered in its place.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodQueryEvent

ECHO_SECONDS = 0.5
"""For so long after a scan an input method may still answer to its first keys."""

_ENABLED = Qt.InputMethodQuery.ImEnabled


def takes_input_method(field: QObject | None) -> bool:
    """True when keys for the field go through an input method first."""
    if field is None:
        return False
    question = QInputMethodQueryEvent(_ENABLED)
    QCoreApplication.sendEvent(field, question)
    return bool(question.value(_ENABLED))


class InputMethod:
    """Switches the input method off for the field with the focus while a scan runs, and on again."""

    def __init__(self) -> None:
        self._muted: QObject | None = None
        self._echo_until = 0.0

    @property
    def muted(self) -> bool:
        """True while a scan runs into a field with an input method."""
        return self._muted is not None

    @property
    def echoes(self) -> bool:
        """True while text of the input method may still come from a scan."""
        return time.monotonic() < self._echo_until

    def mute(self) -> None:
        """Keep the input method out of what comes now."""
        if self._muted is None:
            self._muted = QGuiApplication.focusObject()
            QGuiApplication.inputMethod().update(_ENABLED)

    def unmute(self) -> None:
        """Let it at the keys again."""
        if self._muted is not None:
            self._muted = None
            QGuiApplication.inputMethod().update(_ENABLED)

    def focus_changed(self) -> None:
        """Another field: nobody has to be told, the platform asks anew."""
        self._muted = None

    def forget(self) -> None:
        """What it made of the first keys of a scan is nobody's text."""
        self._echo_until = time.monotonic() + ECHO_SECONDS
        QGuiApplication.inputMethod().reset()

    def answers(self, field: QObject, event: QEvent) -> bool:
        """True when the question was for a muted field and has been answered."""
        if field is not self._muted or not isinstance(event, QInputMethodQueryEvent):
            return False
        asked = event.queries()
        if not asked & _ENABLED or asked & ~(_ENABLED | Qt.InputMethodQuery.ImHints):
            return False
        event.setValue(_ENABLED, False)
        event.accept()
        return True
