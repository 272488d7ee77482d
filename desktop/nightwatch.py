"""Sees to the daily backup while the window is open: quiet when it works, in the banner when it does not."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from desktop.room import Room
from ledger.errors import TraceDeskError

if TYPE_CHECKING:
    from ledger.backup import Backup

FIRST_MS = 60_000
"""The first backup of a day waits until the desk is at work."""
EVERY_MS = 30 * 60_000


class Nightwatch(QObject):
    """Looks twice an hour whether today's backup is there; where it is, that costs one look at a folder."""

    def __init__(self, room: Room, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._busy = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        room.opened.connect(self._begin)
        room.settings_changed.connect(self.look)

    @Slot()
    def look(self) -> None:
        """Make today's backup where a folder is set and it is not there yet."""
        station = self._room.station
        if station is None or self._busy:
            return
        self._timer.setInterval(EVERY_MS)
        folder, keep = station.settings.text("backup.folder"), station.settings.number("backup.keep")
        if not folder:
            return
        self._busy = True
        self._room.at_work.append("work_backup")
        self._room.away(lambda: station.back_up(Path(folder), keep), self._made, self._failed)

    @Slot()
    def _begin(self) -> None:
        self._timer.start(FIRST_MS)

    def _over(self) -> None:
        self._busy = False
        self._room.at_work.remove("work_backup")

    def _made(self, made: Backup | None) -> None:
        self._over()
        if made is not None:
            logging.getLogger("backup").info("%d records in %s", made.events, made.file.name)

    def _failed(self, error: BaseException) -> None:
        self._over()
        logging.getLogger("backup").error("no backup: %s", error)
        why = (
            self._room.words.say(error.code, **error.params)
            if isinstance(error, TraceDeskError)
            else type(error).__name__
        )
        self._room.say("backup_failed", why=why)
