"""Restores a backup under the open window: the station is closed, the ledger exchanged, the station opened anew.

It stays the same window, so that a scan always meets somebody: from the first moment scans are turned away with
sound and sentence. What was scanned before is saved first. However it ends, the work goes on with the ledger that
stands in the folder then, and the banner says which. A ledger that cannot be opened is restored in the same way.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from desktop.longwork import LongWork
from desktop.pages.rescue import RescuePage
from desktop.pages.restoring import RestoringPage
from desktop.sections.restore import why_not
from desktop.settings import Settings
from ledger.clock import Clock
from ledger.errors import TraceDeskError
from ledger.patients import Patients

if TYPE_CHECKING:
    from desktop.deliverywatch import DeliveryWatch
    from desktop.desk import Desk
    from desktop.duty import Duty
    from desktop.window import Window
    from ledger.restore import Restored
    from ledger.stages import Progress


class Restoring(QObject):
    """One for the window."""

    def __init__(self, window: Window, desk: Desk, duty: Duty, watch: DeliveryWatch) -> None:
        super().__init__(window)
        self._window, self._desk, self._duty, self._watch = window, desk, duty, watch
        self._work = LongWork(window.room, self)
        self._begun = False
        self._idle = threading.Event()
        """Set while no file is being exchanged."""
        self._idle.set()
        self._told: tuple[str, dict[str, str]] | None = None
        self.page: RestoringPage | None = None
        """Built when it is first wanted."""
        self.rescue: RescuePage | None = None
        """Likewise; a ledger that cannot be opened is restored from there."""
        window.room.restore_wanted.connect(self.begin)
        window.opening.rescue.connect(self.show_backups)
        window.room.opened.connect(self._opened)
        desk.turned_away.connect(self._turned_away)

    @Slot()
    def show_backups(self) -> None:
        """The ledger cannot be opened: show the backups that may stand in its place."""
        room = self._window.room
        if room.station is not None or self._begun:
            return
        if self.rescue is None:
            self.rescue = RescuePage(room)
            self.rescue.left.connect(lambda: self._window.show_whole(self._window.opening))
        self._window.show_whole(self.rescue)
        folder = ""
        with suppress(TraceDeskError):
            folder = Settings.load(room.home).text("backup.folder")
        self.rescue.card.show_folder(folder)
        self.rescue.back.setFocus()

    @Slot(object)
    def begin(self, source: Path) -> None:
        """Restore this backup. Whoever asks has proved it and been told what it means."""
        room = self._window.room
        if self._begun:
            return
        if self.page is None:
            self.page = RestoringPage(self._window.theme, room.words, self._work)
        self._begun = True
        self.page.begin()
        self._window.show_whole(self.page)
        self._desk.shut()
        who = room.operator.id if room.operator is not None else ""
        if room.station is None:
            self._exchange(source, who)
            return
        # The writer takes jobs in their order: when this one is done, everything scanned before is saved and told.
        room.write(
            lambda _: None, lambda _: self._exchange(source, who), lambda _: self._exchange(source, who)
        )

    def close(self) -> None:
        """The window closes: an exchange that has begun is finished, or taken back, first."""
        self._work.cancel()
        self._idle.wait()

    def _exchange(self, source: Path, who: str) -> None:
        room = self._window.room
        if self.page is None:
            return
        self._idle.clear()
        clock, home = room.station.clock if room.station else Clock(), room.home
        self._watch.close()
        stop_reading = room.let_go()
        self._desk.let_go()
        close = self._duty.let_go()

        def work(progress: Progress) -> Restored:
            from ledger.restore import restore

            try:
                stop_reading()
                close()
                return restore(home, source, clock, who, progress)
            finally:
                self._idle.set()

        self._work.start(
            work,
            self._done,
            self._failed,
            lambda: self._go_on("restore_cancelled", {}),
            name="work_restore",
        )
        self.page.line.begin()
        self.page.setFocus()  # not on what a scanner's Enter would press

    def _done(self, done: Restored) -> None:
        resumed = done.resumed
        self._go_on(
            "restored_here" if resumed.lost else "restored_whole",
            {
                "seq": str(resumed.kept_seq),
                "lost": str(resumed.lost),
                "ledger": resumed.ledger_id[:8],
                "folder": str(done.set_aside or ""),
            },
        )

    def _failed(self, error: BaseException) -> None:
        logging.getLogger("restore").error("not restored: %s", type(error).__name__, exc_info=error)
        self._go_on("restore_failed", {"why": why_not(self._window.room.words, error)})

    def _go_on(self, code: str, params: dict[str, str]) -> None:
        """Open the ledger that stands in the folder now."""
        self._told, self._begun = (code, params), False
        self._duty.begin()

    @Slot()
    def _opened(self) -> None:
        if self._told is None:
            return
        (code, params), self._told = self._told, None
        room, away = self._window.room, self.page.turned_away if self.page else 0

        def tell(missing: int) -> None:
            say = room.words.say
            more = [say("restored_scanned", count=away)] if away else []
            more += [say("patient_keys_gone", number=missing)] if missing else []
            stop = code == "restore_failed"
            self._window.banner.say(code, stop=stop, **params, more=" ".join(more))

        room.look(lambda store: Patients.of(store).without_key(), tell, lambda _: tell(0))

    @Slot()
    def _turned_away(self) -> None:
        if self.page is not None and self._begun:
            self.page.turn_away()
