"""What is offered on numbered buttons: a number key or a press takes one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QPushButton, QWidget

SETTLE_MS = 400
"""A question that has just appeared takes no number key for so long: the key was meant for what stood there."""


class Numbered(QObject):
    """The buttons, for a panel to lay out; those with nothing to offer are hidden."""

    def __init__(self, name: str, most: int, choose: Callable[[int], bool], panel: QWidget) -> None:
        """`choose` takes a number from 1 and says whether it was taken."""
        super().__init__(panel)
        self._choose = choose
        self._offers: tuple[tuple[str, bool], ...] = ()
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self.buttons = [
            self._button(f"{name}_choice_{number}", number, panel) for number in range(1, most + 1)
        ]

    @property
    def settling(self) -> bool:
        """True while what is asked has only just appeared."""
        return self._settling.isActive()

    def settle(self) -> None:
        """Something else is asked from now on."""
        self._settling.start()

    def offer(self, offers: Sequence[tuple[str, bool]]) -> None:
        """Offer these: what each says, and whether it is the one taken."""
        self._offers = tuple(offers)
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(offers))
            if place < len(offers):
                text, taken = offers[place]
                button.setText(f"{place + 1}   {text}")
                button.setChecked(taken)

    def _button(self, name: str, number: int, panel: QWidget) -> QPushButton:
        button = QPushButton(panel)
        button.setObjectName(name)
        button.setProperty("role", "choice")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _=False: self._press(number))
        return button

    def _press(self, number: int) -> None:
        """Take it; a press has marked the button already, also where the number is not taken."""
        if not self._choose(number):
            self.offer(self._offers)
