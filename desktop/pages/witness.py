"""The second person at the work page: by badge or by PIN, proved elsewhere, because a slow hash must stop no window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from desktop.desk import Desk
from desktop.room import Room
from desktop.tasksheet import SECOND
from desktop.widgets.question import QuestionPanel
from ledger.event import EventKind
from ledger.roles import Act, Operator, Refusal, may

if TYPE_CHECKING:
    from desktop.gate import Gate


class Witness(QObject):
    """Proves the second person for the question at hand, or for the whole task."""

    noticed = Signal(str, object)
    """A sentence for the banner: code word and parameters."""

    def __init__(self, desk: Desk, room: Room, gate: Gate, panel: QuestionPanel) -> None:
        super().__init__(panel)
        self._desk, self._room, self._gate, self._panel = desk, room, gate, panel
        self._busy = False
        gate.claimants.append(self.claims)
        gate.tiles_changed.connect(self._people)
        room.who_changed.connect(self._people)
        panel.proof_wanted.connect(self._by_pin)

    def claims(self, badge: str) -> bool:
        """Whether a badge is the second person's: a question wants one, or something is destroyed before a witness."""
        way = self._gate.sign_in
        if way is None or self._busy:
            return self._busy
        if self._panel.wants_second:
            first = self._first
            self._panel.prove_badge()
            self._for_question(lambda: way.second_by_badge(first, badge))
            return True
        if self._desk.verb is EventKind.DESTROY and not self._desk.sheet.second:
            self._for_destroying(lambda first: way.second_by_badge(first, badge))
            return True
        return False

    @property
    def _first(self) -> str:
        """Who asks: whoever scanned the pack in question."""
        question = self._panel.question
        return question.intent.operator if question is not None else self._desk.operator

    @Slot(str, str)
    def _by_pin(self, person: str, pin: str) -> None:
        way = self._gate.sign_in
        if way is None or self._busy:
            self._panel.disproved(Refusal("sign_in_first"))
            return
        first = self._first
        self._for_question(lambda: way.second_by_pin(first, person, pin))

    def _prove(
        self, attempt: Callable[[], Operator | Refusal], then: Callable[[Operator | Refusal], None]
    ) -> None:
        self._busy = True

        def told(answer: Operator | Refusal) -> None:
            self._busy = False
            then(answer)

        def failed(_error: BaseException) -> None:
            self._busy = False
            then(Refusal("sign_in_fault"))

        self._room.away(attempt, told, failed)

    def _for_question(self, attempt: Callable[[], Operator | Refusal]) -> None:
        asked = self._panel.question

        def told(answer: Operator | Refusal) -> None:
            if asked is None or self._panel.question is not asked:
                return  # another pack is asked about by now, which nobody has stood by for
            if isinstance(answer, Refusal):
                self._panel.disproved(answer)
                return
            self._panel.proved(answer)
            if asked.intent.verb in SECOND and self._desk.sheet.second == answer.id:
                self._desk.fill_in(replace(self._desk.sheet, second_name=answer.name))

        self._prove(attempt, told)

    def _for_destroying(self, attempt: Callable[[str], Operator | Refusal]) -> None:
        first = self._desk.operator

        def told(answer: Operator | Refusal) -> None:
            if isinstance(answer, Refusal):
                self.noticed.emit(answer.code, dict(answer.params))
            elif first == self._desk.operator:  # else it was proved beside somebody who has left
                sheet = self._desk.sheet_of(EventKind.DESTROY)
                named = replace(sheet, second=answer.id, second_name=answer.name)
                self._desk.put_sheet(EventKind.DESTROY, named)

        self._prove(lambda: attempt(first), told)

    @Slot()
    def _people(self) -> None:
        """Who may stand by: everybody with the right who is not at work here now."""
        here = self._room.operator.id if self._room.operator else ""
        fit = [
            (tile.id, tile.name)
            for tile in self._gate.tiles
            if tile.id != here
            and tile.barred is None
            and not tile.locked
            and any(may(role, Act.WITNESS) for role in tile.roles)
        ]
        self._panel.know_people(fit, registered=bool(self._gate.tiles))
