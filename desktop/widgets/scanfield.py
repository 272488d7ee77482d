"""What may have the focus while scanners type: a field for codes, and a place for where there is no field.

Neither lets an input method near, which would swallow keys before the window sees them (`desktop.wedgefilter`).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.shortcuts import digit_of
from scanner.scan import Scan, Source


class ScanSink(QWidget):
    """Holds the focus on a page without input fields, and keeps input methods away from scans."""

    typed = Signal(str)
    """A printable character that a person typed: the page may open a field for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choose: Callable[[int], bool] = lambda _: False
        """Asked first what a digit key is for, whatever its label: True where it chose something."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Announce typed text; everything else goes on to the page."""
        held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if held or not (event.text() and event.text().isprintable()):
            super().keyPressEvent(event)
        elif not ((digit := digit_of(event)) and self.choose(int(digit))):
            self.typed.emit(event.text())


class ScanLineEdit(QLineEdit):
    """A field for codes: no input method, and what is typed and confirmed with Enter is a manual entry."""

    entered = Signal(object)
    """A `Scan` with source MANUAL."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.returnPressed.connect(self._enter)

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> object:  # type: ignore[override]  # noqa: N802
        """Switch input methods off here: QLineEdit answers this itself and ignores the widget attribute."""
        if query == Qt.InputMethodQuery.ImEnabled:
            return False
        return super().inputMethodQuery(query)

    def _enter(self) -> None:
        if self.text():
            self.selectAll()
            self.entered.emit(Scan(text=self.text(), source=Source.MANUAL, at=time.monotonic()))
