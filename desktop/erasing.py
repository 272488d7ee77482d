"""Erases a patient for the window: recorded first, then the key destroyed, then a look at what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.longwork import LongWork
from desktop.room import Room
from desktop.widgets.erasecard import EraseCard
from ledger.erasure import erase
from ledger.errors import TraceDeskError
from ledger.keyfile import SAVED
from ledger.patients import Patients
from ledger.roles import Refusal
from ledger.store import Store

if TYPE_CHECKING:
    from ledger.audit import Finding


class Erasing(QObject):
    """Drives the question on the patients page."""

    done = Signal(str)
    """The pseudonym of a patient who has been erased."""

    def __init__(self, room: Room, parent: QObject) -> None:
        super().__init__(parent)
        self._room = room
        self.work = LongWork(room, self)
        self.question = EraseCard(room.words, self.work)
        self._patient = ""
        self.question.confirmed.connect(self._erase)

    def ask(self, patient: str, given: int, out: int, recalled: int) -> None:
        """Ask about this patient."""
        self._patient = patient
        self.question.ask(patient, given, out, recalled)

    def _erase(self, reason: str) -> None:
        station, who, patient = self._room.station, self._room.operator, self._patient
        if station is None or who is None:
            return
        clock, by = station.clock, who.id

        def committed(refusal: Refusal | None) -> None:
            if refusal is not None:
                self.question.refuse(self._room.words.say(refusal.code, **dict(refusal.params)))
                return
            # Only now, durable in the chain: a key destroyed first would leave a loss that nothing explains.
            self._room.write(lambda store: _destroy(store, patient), destroyed, failed)

        def destroyed(saved: str) -> None:
            self.question.tell_done()
            self.done.emit(patient)
            self._prove(saved)

        def failed(error: BaseException) -> None:
            self.question.refuse(self._why(error))

        self._room.write(lambda store: erase(store, clock, by, patient, reason), committed, failed)

    def _prove(self, saved: str) -> None:
        """Look at what stays: the whole chain, and everything folded from it."""
        home, say = self._room.home, self._room.words.say
        old = "\n" + say("key_file_outdated", day=saved[:10]) if saved else ""

        def told(finding: Finding) -> None:
            if finding.whole:
                self.question.tell_proved(say("erase_proved", events=finding.events) + old, "ok")
            else:
                self.question.tell_proved(say("audit_not_whole"), "stop")

        def failed(error: BaseException) -> None:
            self.question.tell_proved(self._why(error), "stop")

        def stopped() -> None:
            self.question.tell_proved(say("erase_not_proved") + old, "ask")

        from ledger.audit import audit

        self.work.start(lambda progress: audit(home, progress), told, failed, stopped, name="work_audit")

    def _why(self, error: BaseException) -> str:
        if isinstance(error, TraceDeskError):
            return self._room.words.say(error.code, **error.params)
        return self._room.words.say("page_fault", error=type(error).__name__)


def _destroy(store: Store, patient: str) -> str:
    Patients.of(store).keys.destroy(patient)
    return store.noted(SAVED) or ""
