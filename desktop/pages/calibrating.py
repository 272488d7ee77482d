"""The calibration of a scanner that types, on the devices page: begun, fed with what is typed, kept or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from desktop import devicework
from desktop.room import Room
from desktop.widgets.calibration import CalibrationWizard

if TYPE_CHECKING:
    from desktop.equipment import Equipment
    from desktop.keyboardstate import KeyboardState
    from desktop.symbols import Modules
    from scanner.profile import Profile


class Calibrating(QObject):
    """Between the wizard and the devices. While it is on, what scanners type goes to the wizard."""

    ended = Signal()
    told = Signal(str, str)
    """A sentence about what came of it, and its tone."""

    def __init__(self, room: Room, equipment: Equipment, wizard: CalibrationWizard) -> None:
        super().__init__(wizard)
        self._room, self._equipment, self._wizard = room, equipment, wizard
        self._symbols: tuple[Modules, Modules] | None = None
        self.on = False
        """A scanner is being calibrated."""
        equipment.typed.connect(self._typed)
        wizard.kept.connect(self._keep)
        wizard.left.connect(self.end)

    def begin(self) -> None:
        """Begin with the scanner that types here."""
        self.on = True
        self._equipment.calibrate(True)
        self._wizard.begin(self._equipment.typist())
        if self._symbols is None:
            self._room.away(devicework.symbols, self._show_symbols, self._failed)
        self._room.away(devicework.keyboard, self._show_keyboard, self._failed)

    @Slot()
    def end(self) -> bool:
        """Give it up, or come to its end; False when none was on."""
        if not self.on:
            return False
        self.on = False
        self._equipment.calibrate(False)
        self.ended.emit()
        return True

    @Slot(object)
    def _typed(self, burst: object) -> None:
        if self.on:
            self._wizard.take_burst(burst)  # type: ignore[arg-type]

    @Slot(object)
    def _keep(self, profile: Profile) -> None:
        profiles = self._equipment.profiles
        self._room.save(lambda: profiles.keep(profile), self._kept, self._not_kept)

    def _kept(self, _: None) -> None:
        self.told.emit(self._room.words.say("devices_calibrated"), "ok")
        self.end()

    def _not_kept(self, error: BaseException) -> None:
        self._failed(error)
        self.end()

    def _show_symbols(self, symbols: tuple[Modules, Modules]) -> None:
        self._symbols = symbols
        self._wizard.show_symbols(*symbols)

    def _show_keyboard(self, state: KeyboardState) -> None:
        from desktop.keyboardwords import sentences

        self._wizard.show_keyboard(tuple(sentences(self._room.words, state)))

    def _failed(self, error: BaseException) -> None:
        self.told.emit(self._room.why(error), "stop")
