"""The patients' keys: where they lie, and the recovery file by which they travel; no backup has them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desktop.keytravel import SUFFIX, move, save, take, where
from desktop.room import Room
from desktop.widgets.card import Card, Said, press
from desktop.widgets.filefield import FileField
from desktop.words import Words
from ledger.errors import TraceDeskError
from ledger.keyfile import SAVED, SHORTEST, passphrase_fault
from ledger.patients import Patients
from ledger.roles import Act
from sync.vault import Place

if TYPE_CHECKING:
    from ledger.keyfile import Taken


class KeyCard(Card):
    """Says where the site's key lies; saves a recovery file and takes one in."""

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.setObjectName("key_card")
        self._room, self._words = room, room.words
        self._place: Place | None = None
        self._saved, self._missing = "", 0
        self._busy = False
        self.where, self.said = Said(), Said()
        self.move_key = press(self._move, name="keys_move")
        self.file = FileField(room.words, "save", f"*{SUFFIX}")
        self.passphrase, self.again = QLineEdit(), QLineEdit()
        for field, name in ((self.passphrase, "keys_passphrase"), (self.again, "keys_again")):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setMinimumHeight(42)
            field.setMinimumWidth(300)
            field.setMaxLength(200)
            field.setObjectName(name)
            field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.save_file = press(self._save, primary=True, name="keys_save")
        self.take_file = press(self._take, name="keys_take")
        self.add(self.where)
        self.line(self.move_key)
        self.add(self.file)
        self.line(self.passphrase, self.again)
        self.line(self.save_file, self.take_file)
        self.add(self.said)
        self.retranslate(room.words)

    def enter(self) -> None:
        """Look where the key lies now."""
        home = self._room.home
        self._room.away(lambda: where(home), self._found, lambda _: self._found(Place("site_key_nowhere")))
        self._room.look(
            lambda store: (store.noted(SAVED) or "", Patients.of(store).without_key()), self._know
        )

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.title.setText(words.say("keys_card"))
        self.file.retranslate(words)
        for field, word in (
            (self.file.field, "keys_file"),
            (self.passphrase, "keys_passphrase"),
            (self.again, "keys_again"),
        ):
            field.setPlaceholderText(words.say(word, shortest=SHORTEST))
            field.setAccessibleName(words.say(word, shortest=SHORTEST))
        for button, word in (
            (self.move_key, "keys_move"),
            (self.save_file, "keys_save"),
            (self.take_file, "keys_take"),
        ):
            button.setText(words.say(word))
        self._render()

    def _found(self, place: Place) -> None:
        self._place = place
        self._render()

    def _know(self, told: tuple[str, int]) -> None:
        self._saved, self._missing = told
        self._render()

    def _render(self) -> None:
        say, place = self._words.say, self._place
        self.move_key.setVisible(place is not None and place.code == "site_key_movable")
        if place is None:
            return
        none_yet = place.code.startswith("site_key_none") and not self._missing
        said = [] if self._missing else [say(place.code, backend=place.backend, file=place.file)]
        if self._missing:
            said.append(say("patient_keys_gone", number=self._missing))
        elif self._saved:
            said.append(say("keys_saved_at", day=self._saved[:10]))
        elif not none_yet:
            said.append(say("keys_never_saved"))
        said.append(say("keys_why"))
        lost = self._missing or place.code == "site_key_nowhere"
        tone = "stop" if lost else "quiet" if self._saved or none_yet else "ask"
        self.where.tell("\n".join(said), tone)

    def _save(self) -> None:
        say, station = self._words.say, self._room.station
        passphrase, again, typed = self.passphrase.text(), self.again.text(), self.file.path
        who = self._entitled(Act.BACKUP)
        if station is None or not who or self._busy:
            return
        fault = passphrase_fault(passphrase) or ("" if passphrase == again else "passphrase_differs")
        if not typed or fault:
            self.said.tell(say(fault or "keys_file_wanted", shortest=SHORTEST), "ask")
            return
        dest = Path(typed) if Path(typed).suffix else Path(typed + SUFFIX)

        def saved(count: int) -> None:
            self._rest(say("key_file_saved", patients=count, file=str(dest)), "ok")

        self._begin()
        self._room.away(lambda: save(station, who, dest, passphrase), saved, self._failed)

    def _take(self) -> None:
        say, station, typed = self._words.say, self._room.station, self.file.path
        passphrase, who = self.passphrase.text(), self._entitled(Act.RESTORE)
        if station is None or not who or self._busy:
            return
        if not typed or not passphrase:
            self.said.tell(say("keys_take_wanted"), "ask")
            return

        def taken(done: Taken) -> None:
            self._rest(say("key_file_taken", **asdict(done)), "ok")

        self._begin()
        self._room.away(lambda: take(station, who, Path(typed), passphrase), taken, self._failed)

    def _move(self) -> None:
        home = self._room.home
        if self._entitled(Act.CHANGE_SETTINGS) and not self._busy:
            self._begin()
            self._room.away(lambda: move(home), self._moved, self._failed)

    def _moved(self, done: bool) -> None:
        if done:
            self._rest(self._words.say("site_key_moved"), "ok")
        else:
            self._rest(self._words.say("site_key_no_keyring"), "stop")

    def _begin(self) -> None:
        self._busy = True
        self.said.tell("…")
        for field in (self.passphrase, self.again):
            field.clear()

    def _rest(self, sentence: str, tone: str) -> None:
        self._busy = False
        self.said.tell(sentence, tone)
        self.enter()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, TraceDeskError):
            self._rest(self._words.say(error.code, **error.params), "stop")
        else:
            self._rest(self._words.say("work_fault", error=type(error).__name__), "stop")

    def _entitled(self, act: Act) -> str:
        """Id of whoever acts, who may; empty where nobody may, which is said."""
        problem, who = self._room.refuses(act), self._room.operator
        if problem is not None or who is None:
            self.said.tell(self._words.say(problem.code, **dict(problem.params)) if problem else "", "stop")
            return ""
        return who.id
