"""Backups: where, how many, one now, what is there to be restored, and the patients' keys that are in none of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from desktop.longwork import LongWork
from desktop.sections.keys import KeyCard
from desktop.sections.restore import RestoreCard
from desktop.sections.section import Section
from desktop.widgets.card import Card, Said, press
from desktop.widgets.filefield import FileField
from desktop.widgets.progress import ProgressLine
from desktop.words import Words
from ledger.errors import TraceDeskError
from ledger.roles import Act

if TYPE_CHECKING:
    from ledger.backup import Backup
    from ledger.stages import Progress


class BackupSection(Section):
    """A backup now, beside the scanning; the nightly one is a setting."""

    name = "backup"
    settings = ("backup.folder", "backup.keep")

    def build(self) -> None:
        """Add the backup at once."""
        self._work = LongWork(self.room, self)
        self._card = Card()
        self._dest = FileField(self.room.words, "folder")
        self._go = press(self._back_up, primary=True, name="backup_now")
        self._line = ProgressLine(self._work, self.room.words)
        self._said = Said()
        self._card.add(self._dest)
        self._card.line(self._go)
        self._card.add(self._line, self._said)
        self.there = RestoreCard(self.room)
        self.keys = KeyCard(self.room)
        for card in (self._card, self.there, self.keys):
            self.column.addWidget(card)

    def enter(self) -> None:
        """Look at the folder."""
        super().enter()
        folder = self.room.settings.text("backup.folder")
        if not self._dest.path:
            self._dest.field.setText(folder)
        self.there.show_folder(folder or self._dest.path)
        self.keys.enter()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        super().retranslate(words)
        self._card.title.setText(words.say("backup_now_title"))
        self._go.setText(words.say("backup_now"))
        self._dest.retranslate(words)
        for part in (self._line, self.there, self.keys):
            part.retranslate(words)

    def _back_up(self) -> None:
        say = self.room.words.say
        problem = self.room.refuses(Act.BACKUP)
        if problem is not None:
            self._said.tell(say(problem.code, **dict(problem.params)), "stop")
            return
        station, folder = self.room.station, self._dest.path
        if station is None or not folder:
            self._said.tell(say("backup_where"), "ask")
            return
        home = station.home
        name = f"tracedesk-{station.clock.now().at:%Y%m%dT%H%M%S}.sqlite3"

        def copy(progress: Progress) -> Backup:
            from ledger.backup import back_up

            return back_up(home, Path(folder) / name, progress)

        def cancelled() -> None:
            self._said.tell(say("work_cancelled"))

        if self._work.turn_away(self._said):
            return
        self._said.tell("")
        self._work.start(copy, self._done, self._failed, cancelled, name="work_backup")
        self._line.begin()

    def _done(self, made: Backup) -> None:
        self._said.tell(self.room.words.say("backup_done", events=made.events, file=str(made.file)), "ok")
        self.enter()

    def _failed(self, error: BaseException) -> None:
        say = self.room.words.say
        if isinstance(error, TraceDeskError):
            self._said.tell(say(error.code, **error.params), "stop")
        else:
            self._said.tell(say("work_fault", error=type(error).__name__), "stop")
