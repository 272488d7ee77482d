"""The room that the window's pages share: looks, words, the open station, and the way to get work done elsewhere.

A page never blocks: it hands a look-up to `look`, a change to `write`, a small file that must be durable to `save`,
anything else that takes long to `away`, and gets the result back in the UI thread. What fails comes back to the page,
or goes to the banner.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop.theme import Theme
from desktop.words import Words
from ledger.errors import TraceDeskError

if TYPE_CHECKING:
    from desktop.equipment import Equipment
    from desktop.reader import Reader
    from desktop.settings import Settings, Value
    from desktop.station import Station
    from ledger.roles import Act, Operator, Refusal
    from ledger.store import Store

T = TypeVar("T")
Failed = Callable[[BaseException], None]

CHANGED_MS = 400
"""A burst of records is announced to the pages once."""


@dataclass(frozen=True, slots=True)
class _Done:
    """Something that was done elsewhere, on its way back."""

    then: Callable[[Any], None]
    failed: Failed | None
    value: Any = None
    error: BaseException | None = None


class Room(QObject):
    """One for the window; every page holds it."""

    went = Signal(str, object)
    """Go to the page of this name, and show this there (None: as it was)."""
    opened = Signal()
    """The station is open: from now on there is something to look at."""
    changed = Signal()
    """Records were made, delivered or pulled: what is shown may be out of date."""
    who_changed = Signal()
    """Somebody else works here now."""
    said = Signal(str, object)
    """Code word and parameters of a sentence for the banner."""
    people_changed = Signal()
    """People, their PINs or badges were changed here."""
    settings_changed = Signal()
    """The settings were changed and saved."""
    restore_wanted = Signal(object)
    """The `Path` of the backup that a person wants in the ledger's place."""
    _came_back = Signal(object)

    def __init__(self, theme: Theme, words: Words, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme, self.words, self.home = theme, words, home
        self.operator: Operator | None = None
        """Who works; None before the ledger is open and while somebody has to sign in."""
        self.equipment: Equipment | None = None
        """Scanners and camera; None where a page stands alone."""
        self.at_work: list[str] = []
        """Code words of the long works that run now, whichever page began them."""
        self._station: Station | None = None
        self._reader: Reader | None = None
        self._saver: ThreadPoolExecutor | None = None
        self._early: dict[str, Value] = {}
        """Settings made before the station was open, language above all: set as soon as it is."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(CHANGED_MS)
        self._soon.timeout.connect(self.changed)
        self._came_back.connect(self._back)

    @property
    def station(self) -> Station | None:
        """The open station; None before."""
        return self._station

    @property
    def settings(self) -> Settings:
        """The station's settings; only while it is open."""
        assert self._station is not None
        return self._station.settings

    def open(self, station: Station) -> None:
        """The station is open."""
        from desktop.reader import Reader

        self._station = station
        self._reader = Reader(station.home, station.site_key)
        early, self._early = self._early, {}
        for name, value in early.items():
            self.remember(name, value)
        self.opened.emit()

    def remember(self, name: str, value: Value, failed: Failed | None = None) -> None:
        """Set a setting that a person changed in passing: in force at once, kept for the next start soon after.

        It is no decision about the site, so no event tells of it: see `desktop.keeping` for those. Where it is
        refused or the disk will not take it, `failed` is told, else the banner says so; what is set stays set. While
        no station is open it waits for one.
        """
        if self._station is None:
            self._early[name] = value
            return
        settings = self._station.settings
        try:
            settings.set(name, value)
        except TraceDeskError as error:
            self._back(_Done(lambda _: None, failed, error=error))
            return
        self.save(settings.save, lambda _: None, failed)

    def close(self) -> None:
        """Nothing is looked up any more; the station itself is closed by who opened it."""
        self.let_go()()

    def let_go(self) -> Callable[[], None]:
        """The station is about to be closed; call what comes back, in any thread, to wait for what is still done."""
        self._soon.stop()
        reader, self._station, self._reader = self._reader, None, None
        saver, self._saver = self._saver, None

        def wait() -> None:
            if reader is not None:
                reader.close()
            if saver is not None:
                saver.shutdown()  # what was handed over is saved

        return wait

    def note_change(self) -> None:
        """Something was recorded or delivered: tell the pages soon, once."""
        if not self._soon.isActive():
            self._soon.start()

    def show_operator(self, operator: Operator | None) -> None:
        """This person works here from now on."""
        self.operator = operator
        self.who_changed.emit()

    def refuses(self, act: Act) -> Refusal | None:
        """Why whoever works here may not do this; None where they may."""
        from ledger.roles import allowed, refused

        return refused("sign_in_first") if self.operator is None else allowed(self.operator, act)

    def bars(self, act: Act) -> str:
        """The same in words; empty where they may."""
        problem = self.refuses(act)
        return self.words.problem(problem) if problem is not None else ""

    def why(self, error: BaseException) -> str:
        """What went wrong, in words; what nobody foresaw goes to the log as well."""
        if isinstance(error, TraceDeskError):
            return self.words.say(error.code, **error.params)
        logging.getLogger("room").error("failed", exc_info=error)
        return self.words.say("work_fault", error=type(error).__name__)

    def go(self, page: str, what: object = None) -> None:
        """Go to another page."""
        self.went.emit(page, what)

    def say(self, code: str, **params: str) -> None:
        """Say a sentence in the banner."""
        self.said.emit(code, params)

    def look(
        self, job: Callable[[Store], T], then: Callable[[T], None], failed: Failed | None = None
    ) -> Future[T] | None:
        """Look something up in the reader's thread; None where nothing is open. Cancelled futures tell nobody."""
        if self._reader is None:
            return None
        return self._await(self._reader.submit(job), then, failed)

    def write(
        self, job: Callable[[Store], T], then: Callable[[T], None], failed: Failed | None = None
    ) -> Future[T] | None:
        """Change something in the writer's thread, in one durable transaction; told after COMMIT."""
        if self._station is None:
            return None

        def told(value: T) -> None:
            self.note_change()
            then(value)

        return self._await(self._station.writer.submit(job), told, failed)

    def away(self, work: Callable[[], T], then: Callable[[T], None], failed: Failed | None = None) -> None:
        """Do what takes long (a slow hash, a file, the network) in a thread of its own."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - told to whoever asked
                future.set_exception(error)

        self._await(future, then, failed)
        threading.Thread(target=run, name="away", daemon=True).start()

    def save(self, work: Callable[[], T], then: Callable[[T], None], failed: Failed | None = None) -> None:
        """Write a small file durably, one after the other in the order asked for; also what is asked for last."""
        if self._saver is None:
            self._saver = ThreadPoolExecutor(1, thread_name_prefix="saving")
        self._await(self._saver.submit(work), then, failed)

    def _await(self, future: Future[T], then: Callable[[T], None], failed: Failed | None) -> Future[T]:
        def tell(done: Future[T]) -> None:
            if done.cancelled():
                return
            error = done.exception()
            self._came_back.emit(_Done(then, failed, None if error else done.result(), error))

        future.add_done_callback(tell)
        return future

    @Slot(object)
    def _back(self, done: _Done) -> None:
        if done.error is None:
            done.then(done.value)
        elif isinstance(done.error, CancelledError):
            return
        elif done.failed is not None:
            done.failed(done.error)
        elif isinstance(done.error, TraceDeskError):
            self.say(done.error.code, **done.error.params)
        else:
            logging.getLogger("room").error("failed", exc_info=done.error)
            self.say("page_fault", error=type(done.error).__name__)
