"""Delivery without a line: undelivered records go to a file, and the platform's receipts come back from one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from desktop.longwork import LongWork
from desktop.room import Room
from desktop.widgets.card import Card, Said, press
from desktop.widgets.filefield import FileField
from desktop.widgets.progress import ProgressLine
from desktop.words import Words
from ledger.roles import Act

if TYPE_CHECKING:
    from desktop.carrying import Carried
    from sync.receipts import Settled


class StickCard(Card):
    """Two files, a button for each, and what came of it; `settled` is called when receipts were taken."""

    def __init__(self, room: Room, settled: Callable[[], object]) -> None:
        super().__init__()
        self._room, self._settled = room, settled
        self._work = LongWork(room, self)
        self._progress = ProgressLine(self._work, room.words)
        self.out, self.back = FileField(room.words, "save"), FileField(room.words, "open")
        self.carry = press(self._hand_out, name="carry_out")
        self.bring = press(self._bring_back, name="carry_in")
        self.said = Said()
        for field, button in ((self.out, self.carry), (self.back, self.bring)):
            row = QHBoxLayout()
            row.setSpacing(10)
            row.addWidget(field, 1)
            row.addWidget(button)
            self.column.addLayout(row)
        self.add(self._progress, self.said)
        self.retranslate(room.words)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.title.setText(words.say("delivery_stick"))
        self.carry.setText(words.say("delivery_carry_out"))
        self.bring.setText(words.say("delivery_carry_in"))
        for part in (self._progress, self.out, self.back):
            part.retranslate(words)

    def _hand_out(self) -> None:
        station, who, path = self._room.station, self._room.operator, self.out.path
        if station is None or who is None or not self._may(path):
            return

        def work(_: object) -> Carried | None:
            from desktop.carrying import hand_out

            return hand_out(station, Path(path), who.id)

        self._work.start(work, self._handed_out, self._failed, name="work_export")
        self._progress.begin()

    def _handed_out(self, done: Carried | None) -> None:
        say = self._room.words.say
        if done is None:
            self.said.tell(say("unsent_nothing"))
        else:
            told = say("unsent_exported", events=done.events, documents=done.documents, file=str(done.file))
            self.said.tell(told, "ok")

    def _bring_back(self) -> None:
        station, path = self._room.station, self.back.path
        if station is None or not self._may(path):
            return

        def work(_: object) -> Settled:
            from desktop.carrying import bring_back

            return bring_back(station, Path(path))

        self._work.start(work, self._brought_back, self._failed, name="work_receipts")
        self._progress.begin()

    def _brought_back(self, done: Settled) -> None:
        counts = {name: getattr(done, name) for name in ("accepted", "refused", "known", "foreign")}
        self.said.tell(self._room.words.say("receipts_taken", **counts), "ok")
        self._room.note_change()
        self._settled()

    def _may(self, path: str) -> bool:
        """Whether a file may be written or taken now; says why not."""
        barred = self._room.bars(Act.EXPORT)
        if barred:
            self.said.tell(barred, "stop")
        elif not path:
            self.said.tell(self._room.words.say("delivery_which_file"), "ask")
        elif not self._work.turn_away(self.said):
            self.said.tell("")
            return True
        return False

    def _failed(self, error: BaseException) -> None:
        self.said.tell(self._room.why(error), "stop")
