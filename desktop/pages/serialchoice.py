"""The serial ports that a person says are scanners, on the devices page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from desktop.room import Room
from desktop.widgets.scannerlist import ScannerList

if TYPE_CHECKING:
    from desktop.equipment import Equipment


class SerialChoice(QObject):
    """Kept in the settings and in force at once."""

    changed = Signal()
    failed = Signal(object)
    """The error that kept a choice from being saved."""

    def __init__(self, room: Room, equipment: Equipment, scanners: ScannerList) -> None:
        super().__init__(scanners)
        self._room, self._equipment = room, equipment
        scanners.choose.connect(self._choose)
        scanners.drop.connect(self._drop)

    @property
    def chosen(self) -> dict[str, int]:
        """The ports and their speeds, 0 where the scanner's own is used."""
        from desktop.serialports import ports_of

        there = self._room.station is not None
        return ports_of(self._room.settings.text("scanner.ports")) if there else {}

    @Slot(str)
    def _choose(self, identity: str) -> None:
        self._keep({**self.chosen, identity: 0})

    @Slot(str)
    def _drop(self, identity: str) -> None:
        self._keep({port: speed for port, speed in self.chosen.items() if port != identity})

    def _keep(self, ports: dict[str, int]) -> None:
        from desktop.serialports import text_of

        text = text_of(ports)
        self._room.remember("scanner.ports", text, self.failed.emit)
        self._equipment.choose(text)
        self.changed.emit()
