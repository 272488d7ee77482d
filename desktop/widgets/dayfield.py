"""A field for a day, typed as people type days; the arrows up and down step by one."""

from __future__ import annotations

import re
from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit


class DayField(QLineEdit):
    """Holds a day up to today; what is no day is taken back to the last one."""

    changed = Signal()
    """The person chose another day."""

    def __init__(self) -> None:
        super().__init__()
        self._day = date.today()
        self.setFixedWidth(124)
        self.setMinimumHeight(40)
        self.setMaxLength(10)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.editingFinished.connect(self._typed)
        self.show_day(self._day)

    @property
    def day(self) -> date:
        """The day at hand."""
        return self._day

    def show_day(self, day: date) -> None:
        """Show this day; tells nobody."""
        self._day = min(day, date.today())
        self.setText(self._day.isoformat())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Step by a day."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.show_day(self._day + timedelta(days=step))
            self.changed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Whoever comes by keyboard writes over it."""
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    @Slot()
    def _typed(self) -> None:
        before, day = self._day, read_day(self.text(), date.today())
        self.show_day(day or before)
        if self._day != before:
            self.changed.emit()


def read_day(text: str, today: date) -> date | None:
    """A day as typed: `2026-11-05`, `20261105`, `2026/11/5`, or `11-5` for the latest such day; None for no day."""
    typed = text.strip()
    if re.fullmatch(r"[0-9]{8}", typed):
        typed = f"{typed[:4]}-{typed[4:6]}-{typed[6:]}"
    parts = (
        [int(part) for part in re.findall(r"[0-9]+", typed)]
        if re.fullmatch(r"[0-9./年月日-]+", typed)
        else []
    )
    try:
        if len(parts) == 3:
            return date(*parts)
        if len(parts) == 2:
            day = date(today.year, *parts)
            return day if day <= today else date(today.year - 1, *parts)
    except ValueError:
        return None
    return None
