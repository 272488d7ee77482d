"""The gate: who works at this window, by PIN or badge, and that whoever walks away is signed out.

A badge scanned at any time changes hands; a pack scanned while nobody is signed in is kept as a raw scan and
refused. Slow hashes run elsewhere (`Room.away`), so that nothing here stops the window.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QWindow

from desktop.door import look, turned_away
from desktop.room import Room
from desktop.session import Session, badge_needs_pin, lock_after
from ledger.badge import Badges, is_secret
from ledger.roles import Operator, Refusal
from ledger.signin import WINDOW, SignedIn, SignIn
from ledger.tiles import Tile

if TYPE_CHECKING:
    from desktop.station import Station
    from scanner.scan import Scan

TICK_MS = 1_000
LATER = "people.later"
"""Setting: the site goes on without registered people for now."""
_SIGNS_OF_LIFE = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel})


class Gate(QObject):
    """Knows who is here. Every signal comes in the UI thread."""

    opened = Signal(object)
    """The `Operator` who works from now on."""
    closed = Signal(str)
    """Nobody works here: `sign_in_first`, `signed_out_idle`, or `first_wanted` where nobody is registered yet."""
    refused = Signal(object)
    """The `Refusal` of an attempt."""
    turned_away = Signal()
    """A scan opened nothing and was not taken: an unknown badge, or a pack while nobody works here."""
    pin_due = Signal(object)
    """The `Operator` who has to change the PIN first."""
    tiles_changed = Signal()
    released = Signal(object)
    """A `Scan` that was made before it was known who works here; it is handed in once more."""

    def __init__(self, room: Room, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._session: Session | None = None
        self._sign_in: SignIn | None = None
        self._badges = Badges(b"", {})
        self._watched: QWindow | None = None
        self._held: list[Scan] | None = None
        """Scans that wait until it is known whether anybody has to sign in; None once it is."""
        self.tiles: tuple[Tile, ...] = ()
        self.busy = False
        self.claimants: list[Callable[[str], bool]] = []
        """Asked first what a badge is for: True where it was wanted as the second person's."""
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        room.people_changed.connect(self.people_changed)
        room.settings_changed.connect(self._settings_changed)

    @property
    def sign_in(self) -> SignIn | None:
        """The way in, for whoever proves a second person; None before the ledger is open."""
        return self._sign_in

    def begin(self, station: Station) -> None:
        """The ledger is open: who is wanted here?"""
        settings = station.settings
        self._session = Session(settings.text("operator"), lock_after(settings))
        self._sign_in = way = SignIn(
            station.writer.run, station.clock, station.home, badge_needs_pin=badge_needs_pin(settings)
        )
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.focusWindowChanged.connect(self._watch)
        self._watch(application.focusWindow())
        self._timer.start()
        self._held = []

        def begun() -> tuple[bool, tuple[Tile, ...], Badges]:
            way.leave(WINDOW, "interrupted")  # nobody can have stayed signed in at a window that was closed
            return look(way)

        self._room.away(begun, self._seen, self._unseen)

    @Slot()
    def people_changed(self) -> None:
        """People or badges were changed here."""
        way = self._sign_in
        if way is not None:
            self._room.away(lambda: look(way), self._seen_again)

    @Slot()
    def _settings_changed(self) -> None:
        """When to lock and what a badge opens hold from now on, not from the next start."""
        if self._session is not None and self._sign_in is not None:
            self._session.lock_in(lock_after(self._room.settings))
            self._sign_in.badge_needs_pin = badge_needs_pin(self._room.settings)

    def by_pin(self, person_id: str, pin: str) -> None:
        """Sign in by PIN."""
        self._try(lambda way: way.by_pin(person_id, pin))

    def by_badge(self, code: str, pin: str | None = None) -> None:
        """Sign in by badge, with the PIN beside it where the site wants both."""
        self._try(lambda way: way.by_badge(code, pin=pin), scanned=pin is None)

    def change_pin(self, person_id: str, old: str, new: str) -> None:
        """Change one's own PIN, and work on."""
        way, session = self._sign_in, self._session
        if way is None or session is None or self.busy:
            return
        self.busy = True

        def then(answer: Operator | Refusal) -> None:
            self.busy = False
            if isinstance(answer, Refusal):
                self.refused.emit(answer)
            else:
                session.changed_pin(answer)
                self._settle()

        self._room.away(lambda: way.change_pin(person_id, old, new), then, self._failed)

    def later(self) -> None:
        """Go on without registered people; asked again when the administrator wants."""
        self._room.remember(LATER, True)
        self._settle()

    def lock(self, why: str = "asked") -> None:
        """Sign out whoever is here."""
        way, session = self._sign_in, self._session
        if way is None or session is None or not session.wanted:
            return
        if session.leave() is not None:
            self._room.away(lambda: way.leave(WINDOW, why), lambda _: None)
        self._room.show_operator(None)
        self.closed.emit("signed_out_idle" if why == "idle" else "sign_in_first")
        self.people_changed()

    def is_badge(self, text: str) -> bool:
        """Whether a scan opens doors, so that its text must not be kept."""
        return is_secret(text) or self._badges.owner(text) is not None

    def take(self, scan: Scan) -> bool:
        """See whether a scan is a badge, or comes while nobody works here; False lets it through."""
        session = self._session
        if session is None:
            return False
        if self._held is not None:
            self._held.append(scan)  # else it would be recorded in the name of nobody who is here
            return True
        owner = self._badges.owner(scan.text)
        if owner is not None or is_secret(scan.text):
            if not any(claims(scan.text) for claims in self.claimants):
                self._badge(scan.text, owner)
            return True
        why = turned_away(scan, session.who, self._room.station)
        if why is None:
            session.touch()
            return False
        if session.seconds_left == 0:
            self.lock("idle")  # before the sentence, which a locking page would wipe away
        self.turned_away.emit()
        self.refused.emit(why)
        return True

    def let_go(self) -> Callable[[], None]:
        """The ledger is about to be closed: nobody works here; call what comes back, in any thread, to sign out."""
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication) and self._timer.isActive():
            application.focusWindowChanged.disconnect(self._watch)
        self._timer.stop()
        self._watch(None)
        way, session = self._sign_in, self._session
        self._session = self._sign_in = self._held = None
        here = session is not None and session.leave() is not None

        def sign_out() -> None:
            if way is not None and here:
                way.leave(WINDOW, "asked")

        return sign_out

    @Slot(object)
    def _watch(self, window: QWindow | None) -> None:
        """Look at the window that is worked in: a filter over the whole program would see every event of it."""
        if self._watched is not None and shiboken6.isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = window
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Every key and click is a sign of life."""
        if self._session is not None and event.type() in _SIGNS_OF_LIFE:
            self._session.touch()
        return False

    def _badge(self, text: str, owner: str | None) -> None:
        session = self._session
        assert session is not None
        who = session.who
        if who is not None and owner == who.id:
            session.touch()
            self.opened.emit(who)
            return
        if owner is not None and self._room.station is not None and badge_needs_pin(self._room.settings):
            self.lock()  # nobody works on in another's name while the PIN is typed
            self.refused.emit(Refusal("badge_pin_wanted", (("person", owner), ("badge", text))))
            return
        self.by_badge(text)

    def _try(self, attempt: Callable[[SignIn], SignedIn | Refusal], *, scanned: bool = False) -> None:
        way, session = self._sign_in, self._session
        if way is None or session is None or self.busy:
            if scanned:
                self.turned_away.emit()  # a badge scanned while another one is looked at must not seem to have counted
            return
        self.busy = True

        def then(answer: SignedIn | Refusal) -> None:
            self.busy = False
            if isinstance(answer, Refusal):
                if scanned:
                    self.turned_away.emit()
                self.refused.emit(answer)
                self.people_changed()
                return
            session.take(answer)
            if answer.pin_due:
                self.pin_due.emit(answer.operator)
            else:
                self._settle()

        self._room.away(lambda: attempt(way), then, self._failed)

    def _failed(self, error: BaseException) -> None:
        self.busy = False
        logging.getLogger("gate").error("sign-in failed", exc_info=error)
        self.refused.emit(Refusal("sign_in_fault"))

    def _seen(self, found: tuple[bool, tuple[Tile, ...], Badges]) -> None:
        self._take_in(found)
        self._settle()
        self._release()

    def _unseen(self, error: BaseException) -> None:
        """Nobody can be looked up: nobody works here, rather than anybody."""
        if self._session is not None:
            self._session.require(wanted=True)
        self._settle()
        self._failed(error)
        self._release()

    def _release(self) -> None:
        held, self._held = self._held or [], None
        for scan in held:
            self.released.emit(scan)

    def _seen_again(self, found: tuple[bool, tuple[Tile, ...], Badges]) -> None:
        before = self._session is not None and self._session.wanted
        self._take_in(found)
        if self._session is not None and self._session.wanted and not before:
            self._settle()  # the first person has been registered: from now on somebody has to sign in

    def _take_in(self, found: tuple[bool, tuple[Tile, ...], Badges]) -> None:
        wanted, self.tiles, self._badges = found
        if self._session is not None:
            self._session.require(wanted=wanted)
            self.tiles_changed.emit()

    def _settle(self) -> None:
        session = self._session
        if session is None or self._room.station is None:
            return
        who = session.who
        if who is None:
            self._room.show_operator(None)
            self.closed.emit("sign_in_first")
        elif not session.wanted and not self._room.settings[LATER]:
            self.closed.emit("first_wanted")
        else:
            self._room.show_operator(who)
            self.opened.emit(who)

    @Slot()
    def _tick(self) -> None:
        if self._session is not None and self._session.seconds_left == 0:
            self.lock("idle")
