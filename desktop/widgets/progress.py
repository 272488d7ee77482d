"""The line of a long piece of work: what it does, how far it is, how long it takes, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget
from shiboken6 import isValid

from desktop.longwork import LongWork
from desktop.words import Words


class ProgressLine(QWidget):
    """Hidden while nothing runs."""

    def __init__(self, work: LongWork, words: Words) -> None:
        super().__init__()
        self._work, self._words = work, words
        self._before: QWidget | None = None
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(12)
        self._said = QLabel()
        self._said.setProperty("role", "quiet")
        self._cancel = QPushButton()
        self._cancel.setMinimumHeight(40)
        self._cancel.clicked.connect(work.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._bar, 2)
        row.addWidget(self._said, 1)
        row.addWidget(self._cancel)
        work.progressed.connect(self._show)
        work.ended.connect(self._end)
        self.hide()
        self.retranslate(words)

    def begin(self, stage: str = "") -> None:
        """Work begins."""
        self._show(stage, 0, 0, -1.0)
        self._before = QApplication.focusWidget()
        self.show()
        self._cancel.setFocus()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._cancel.setText(words.say("work_cancel"))

    @Slot()
    def _end(self) -> None:
        """Give the focus back to what began it, where it is still here: else the next field takes it."""
        before, mine = self._before, self._cancel.hasFocus()
        self._before = None
        if mine and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    @Slot(str, int, int, float)
    def _show(self, stage: str, done: int, total: int, left: float) -> None:
        self._bar.setRange(0, 1000 if total else 0)
        if total:
            self._bar.setValue(min(1000, done * 1000 // total))
        parts = [self._words.say(stage)] if stage else []
        if left >= 90:
            parts.append(self._words.say("work_left_minutes", minutes=round(left / 60)))
        elif left >= 0:
            parts.append(self._words.say("work_left", seconds=max(1, round(left))))
        self._said.setText("  ".join(parts))
        self._said.setVisible(bool(parts))
        self._bar.setAccessibleName(self._said.text())
