"""Restore a backup from the window: choose one, have it proved, read what it means, type its size, and go."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton, QVBoxLayout

from desktop.longwork import LongWork, busy_with
from desktop.room import Room
from desktop.widgets.card import Card, Said, press
from desktop.widgets.filefield import FileField
from desktop.widgets.progress import ProgressLine
from desktop.words import Words
from ledger.backups import Kept, Outlook, kept_in, look_at, outlook
from ledger.errors import LedgerDamaged, TraceDeskError
from ledger.roles import Act


class RestoreCard(Card):
    """The backups of the folder, and below them what is asked about the one chosen."""

    def __init__(self, room: Room, *, rescue: bool = False) -> None:
        """`rescue` is for a ledger that cannot be opened: it can tell nobody's rights, and is what a backup is for."""
        super().__init__()
        self.setObjectName("restore_card")
        self._room, self._words, self._rescue = room, room.words, rescue
        self._work = LongWork(room, self)
        self._found: tuple[Kept, ...] = ()
        self._chosen: Kept | None = None
        self._outlook: Outlook | None = None
        self._edition = 0
        self._folder = ""
        self._group = QButtonGroup(self)
        self.buttons: dict[Path, QPushButton] = {}
        self._proved: set[Path] = set()
        self._empty = Said()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self.other = FileField(room.words, "open", "*.sqlite3")
        self.other.chosen.connect(self._elsewhere)
        self.line_of_work = ProgressLine(self._work, room.words)
        self.told = Said()
        self.go = press(self._go, name="restore_go")
        self.go.setProperty("role", "danger")
        self.typed = QLineEdit()
        self.typed.setObjectName("restore_typed")
        self.typed.setMinimumHeight(42)
        self.typed.setFixedWidth(380)
        self.typed.setMaxLength(20)
        self.typed.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.typed.textChanged.connect(lambda _: self.go.setEnabled(self._ready))
        self.typed.returnPressed.connect(self._go)
        self.add(self._empty)
        self.column.addLayout(self._rows)
        self.add(self.other, self.line_of_work, self.told)
        self.line(self.typed, self.go)
        self.retranslate(room.words)
        self._ask(None)

    def show_folder(self, folder: str) -> None:
        """Look at the backups of a folder anew; what was chosen is put back."""
        self._edition += 1
        self._folder = folder
        edition, home = self._edition, self._room.home
        self._proved.clear()  # whatever lies there may have been changed since
        self._ask(None)

        def then(found: tuple[Kept, ...]) -> None:
            if edition == self._edition:
                self._show(found)

        self._room.away(lambda: kept_in(home, Path(folder)) if folder else (), then)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.title.setText(words.say("backup_there"))
        self.other.retranslate(words)
        self.other.field.setPlaceholderText(words.say("restore_elsewhere"))
        self.other.field.setAccessibleName(words.say("restore_elsewhere"))
        self.line_of_work.retranslate(words)
        self.go.setText(words.say("restore_go"))
        self._render()

    def _show(self, found: tuple[Kept, ...]) -> None:
        self._found = found
        for button in self.buttons.values():
            self._rows.removeWidget(button)
            button.deleteLater()
        self.buttons = {}
        for kept in found:
            button = QPushButton()
            button.setProperty("role", "choice")
            button.setCheckable(True)
            button.setMinimumHeight(46)
            button.setEnabled(not kept.fault and kept.ours)
            button.clicked.connect(partial(self._choose, kept))
            self._group.addButton(button)
            self._rows.addWidget(button)
            self.buttons[kept.file] = button
        self._render()

    def _elsewhere(self, path: str) -> None:
        home = self._room.home
        self._room.away(lambda: look_at(home, Path(path)), self._choose)

    def _choose(self, kept: Kept, _checked: bool = False) -> None:
        """Prove the backup, event by event, and say what restoring it would mean."""
        say = self._words.say
        if self._work.turn_away(self.told):
            if self._chosen is not None and self._chosen.file in self.buttons:
                self.buttons[self._chosen.file].setChecked(True)
            return
        self._ask(None)
        problem = None if self._rescue else self._room.refuses(Act.RESTORE)
        if problem is not None:
            self.told.tell(say(problem.code, **dict(problem.params)), "stop")
            return
        if kept.fault or not kept.ours:
            self.told.tell(self._state(kept), "stop")
            return
        self._chosen, home = kept, self._room.home
        if kept.file in self.buttons:
            self.buttons[kept.file].setChecked(True)
        self.told.tell("")

        def failed(error: BaseException) -> None:
            self.told.tell(why_not(self._words, error), "stop")

        self._work.start(
            lambda progress: outlook(home, kept, progress),
            self._ask,
            failed,
            lambda: self.told.tell(say("work_cancelled")),
            name="work_proof",
        )
        self.line_of_work.begin()

    def _ask(self, found: Outlook | None) -> None:
        if found is not None and found.kept != self._chosen:
            return
        self._outlook = found
        if found is not None:
            self._proved.add(found.kept.file)
        self.typed.clear()
        self.told.tell("")
        self._render()
        if found is not None:
            self.typed.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _ready(self) -> bool:
        found = self._outlook
        return found is not None and self.typed.text().strip().replace(",", "") == str(found.kept.events)

    def _go(self) -> None:
        problem = None if self._rescue else self._room.refuses(Act.RESTORE)
        if problem is not None:
            self.told.tell(self._words.say(problem.code, **dict(problem.params)), "stop")
        elif self._ready and self._outlook is not None:
            if self._room.at_work:
                # It reads or writes the very files that are to be exchanged.
                self.told.tell(busy_with(self._room, self._room.at_work[0]), "ask")
                return
            file = self._outlook.kept.file
            self._ask(None)
            self._room.restore_wanted.emit(file)

    def _render(self) -> None:
        say, found = self._words.say, self._outlook
        for kept in self._found:
            self.buttons[kept.file].setText(self._line(kept).replace("&", "&&"))
        none = "backup_none" if self._folder else "backup_no_folder"
        self._empty.tell(say("restore_hint" if self._found else none))
        for part in (self.typed, self.go):
            part.setVisible(found is not None)
        if found is None:
            return
        asked = say("restore_typed", events=found.kept.events)
        self.typed.setPlaceholderText(asked)
        self.typed.setAccessibleName(asked)
        self.go.setEnabled(self._ready)
        self.told.tell(
            "\n".join(self._sentences(found)), "ask" if found.alone or not found.counted else "quiet"
        )

    def _sentences(self, found: Outlook) -> list[str]:
        say = self._words.say
        said = [say("restore_proved", events=found.proved, last=_local(found.kept.last))]
        if not found.counted:
            said.append(say("restore_uncounted", noted=found.noted or "?", seq=found.kept.seq))
        elif found.after:
            said.append(say("restore_after", after=found.after))
            said += [say("restore_delivered", delivered=found.delivered)] if found.delivered else []
            said += [say("restore_alone", alone=found.alone)] if found.alone else []
        else:
            said.append(say("restore_nothing_after"))
        said += [say("restore_sealed", sealed=found.sealed)] if found.sealed else []
        said.append(say("restore_aside"))
        return said

    def _line(self, kept: Kept) -> str:
        made = f"{kept.made.astimezone():%Y-%m-%d %H:%M}"
        checked = [self._words.say("backup_checked")] if kept.file in self._proved else []
        return "    ".join((made, self._state(kept), *checked, _size(kept.size), kept.file.name))

    def _state(self, kept: Kept) -> str:
        say = self._words.say
        if kept.fault:
            return say(kept.fault)
        if not kept.ours:
            return say("backup_not_ours")
        return say("backup_events", events=f"{kept.events:,}")


def why_not(words: Words, error: BaseException) -> str:
    """Why a backup cannot be restored. Where a file is torn it is the backup's, not the ledger that is at work."""
    if isinstance(error, LedgerDamaged) and error.code == "backup_not_whole":
        return words.say("backup_damaged_at", at=error.params["at"])
    if isinstance(error, LedgerDamaged) and error.code == "ledger_damaged":
        return words.say("backup_damaged")
    if isinstance(error, TraceDeskError):
        return words.say(error.code, **error.params)
    return words.say("work_fault", error=type(error).__name__)


def _local(iso: str) -> str:
    try:
        return f"{datetime.fromisoformat(iso).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return iso


def _size(size: int) -> str:
    return f"{max(size, 1e5) / 1e6:.1f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"
