"""Backups: where, how many, one now, and what is there."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.longwork import LongWork
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
        self._card, self._there = Card(), Card()
        self._dest = FileField(self.room.words, "folder")
        self._go = press(self._back_up, primary=True, name="backup_now")
        self._line = ProgressLine(self._work, self.room.words)
        self._said, self._list = Said(), Said()
        self._card.add(self._dest)
        self._card.line(self._go)
        self._card.add(self._line, self._said)
        self._restore_said = Said()
        self._there.add(self._list, self._restore_said)
        self.column.addWidget(self._card)
        self.column.addWidget(self._there)

    def enter(self) -> None:
        """Look at the folder."""
        super().enter()
        folder = self.room.settings.text("backup.folder")
        if not self._dest.path:
            self._dest.field.setText(folder)
        self.room.away(lambda: _copies(Path(folder)) if folder else [], self._show_copies)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        super().retranslate(words)
        self._card.title.setText(words.say("backup_now_title"))
        self._go.setText(words.say("backup_now"))
        self._there.title.setText(words.say("backup_there"))
        self._restore_said.tell(words.say("backup_restore_how"))
        self._dest.retranslate(words)
        self._line.retranslate(words)

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

        if self._work.start(copy, self._done, self._failed, lambda: self._said.tell(say("work_cancelled"))):
            self._said.tell("")
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

    def _show_copies(self, found: list[tuple[str, str]]) -> None:
        say = self.room.words.say
        if found:
            self._list.tell("\n".join(f"{when}    {name}" for when, name in found))
        else:
            self._list.tell(say("backup_none"))


def _copies(folder: Path) -> list[tuple[str, str]]:
    """When and what, of the latest backups in a folder; a folder that cannot be read has none."""
    try:
        found = [entry for entry in os.scandir(folder) if entry.name.endswith(".sqlite3") and entry.is_file()]
        dated = sorted(((entry.stat().st_mtime, entry.name) for entry in found), reverse=True)[:14]
    except OSError:
        return []
    return [
        (datetime.fromtimestamp(when).astimezone().strftime("%Y-%m-%d %H:%M"), name) for when, name in dated
    ]
