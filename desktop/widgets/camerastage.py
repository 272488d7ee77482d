"""The camera on the devices page: its picture with outlines and hints, and what can be turned on it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QSlider, QVBoxLayout, QWidget

from desktop.preview import Picture
from desktop.theme import Theme, sans
from desktop.widgets.camerapanel import CameraPanel
from desktop.words import Words
from scanner.camera import CameraState, DecodedFrame
from scanner.cameracontrols import Control

_ABOUT, _LOWEST = 70, 130
"""Pixels of the card around the picture, and the least of the picture itself."""
NAMES = ("zoom", "focus", "exposure", "torch")


Turned = Callable[[str, int | None], object]


class _Knob:
    """A control as a slider, with a box where the camera can do it by itself."""

    def __init__(self, grid: QGridLayout, row: int, name: str, turned: Turned) -> None:
        self.label = QLabel()
        self.label.setFont(sans(14))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"camera_{name}")
        self.slider.setMinimumHeight(38)
        self.auto = QCheckBox()
        self.auto.setFont(sans(14))
        self.auto.setMinimumHeight(38)
        for place, part in enumerate((self.label, self.slider, self.auto)):
            grid.addWidget(part, row, place)
        self.slider.valueChanged.connect(lambda value: turned(name, value))
        self.auto.toggled.connect(self._leave_it)
        self._name, self._turned = name, turned

    def _leave_it(self, on: bool) -> None:
        self.slider.setDisabled(on)
        self._turned(self._name, None if on else self.slider.value())

    def show_control(self, control: Control | None) -> None:
        """Show how the control stands; nothing where the camera has none."""
        for part in (self.label, self.slider, self.auto):
            part.setVisible(control is not None)
        if control is None:
            return
        for part in (self.slider, self.auto):
            part.blockSignals(True)
        self.slider.setRange(control.lowest, control.highest)
        self.slider.setSingleStep(control.step)
        self.slider.setPageStep(max(control.step, (control.highest - control.lowest) // 10))
        self.slider.setValue(control.value)
        self.slider.setDisabled(bool(control.auto))
        self.auto.setVisible(control.auto is not None)
        self.auto.setChecked(bool(control.auto))
        for part in (self.slider, self.auto):
            part.blockSignals(False)


class CameraStage(QWidget):
    """The camera's card, and below it what the camera offers."""

    switched = Signal()
    """The person wants the camera on, or off."""
    turned = Signal(str, object)
    """Name of a control and its new value; None leaves it to the camera."""
    chosen = Signal(str)
    """The name of the camera that the person wants."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._offers = False
        self._panel = CameraPanel(theme, words)
        self._panel.switched.connect(self.switched)
        self._cameras = QComboBox()
        self._cameras.setObjectName("cameras")
        self._cameras.setMinimumHeight(40)
        self._cameras.textActivated.connect(self.chosen)
        self._knobs_place = QWidget()
        grid = QGridLayout(self._knobs_place)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self._knobs = {name: _Knob(grid, row, name, self.turned.emit) for row, name in enumerate(NAMES)}
        panel = self._panel.layout()
        assert panel is not None
        panel.addWidget(self._cameras)
        panel.addWidget(self._knobs_place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._panel)
        self.show_cameras((), "")
        self.show_controls(())
        self.retranslate(words)

    def set_room(self, width: int, height: int) -> None:
        """Be so wide, and no higher where that can be: sixteen to nine, else a strip of it."""
        self._panel.set_width(width)
        margins = _ABOUT + (self._knobs_place.sizeHint().height() if self._offers else 0)
        margins += 50 if self._cameras.count() > 1 else 0
        self._panel.view.setFixedHeight(max(_LOWEST, min(self._panel.view.height(), height - margins)))

    def show_state(self, state: CameraState | None, *, on: bool) -> None:
        """Say how the camera is."""
        self._panel.show_on(on)
        if state is not None:
            self._panel.show_state(state)
        self._panel.view.show()  # here it stands its ground, to say how it is switched on
        if not on:
            self.show_controls(())

    def show_cameras(self, names: tuple[str, ...], current: str) -> None:
        """Offer these cameras, where there is more than one to choose from."""
        self._cameras.clear()
        self._cameras.addItems(list(names))
        self._cameras.setCurrentText(current)
        self._cameras.setVisible(len(names) > 1)

    def show_controls(self, controls: tuple[Control, ...]) -> None:
        """Offer what the camera offers."""
        offered = {control.name: control for control in controls}
        self._offers = bool(offered)
        self._knobs_place.setVisible(self._offers)
        for name, knob in self._knobs.items():
            knob.show_control(offered.get(name))

    def show_picture(self, picture: Picture) -> None:
        """Show what it sees."""
        if self.isVisible():
            self._panel.show_picture(picture)

    def show_reads(self, frame: DecodedFrame) -> None:
        """Outline what it reads."""
        if self.isVisible():
            self._panel.show_reads(frame)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._panel.retranslate(words)
        self._panel.view.show()
        self._cameras.setAccessibleName(words.say("camera_choose"))
        self._cameras.setToolTip(words.say("camera_choose"))
        for name, knob in self._knobs.items():
            knob.label.setText(words.say(f"camera_control_{name}"))
            knob.slider.setAccessibleName(knob.label.text())
            knob.auto.setText(words.say("camera_auto"))
            knob.auto.setAccessibleName(f"{knob.label.text()} {knob.auto.text()}")
