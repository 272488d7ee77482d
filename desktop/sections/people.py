"""People: who is registered, with what rights; add somebody, change roles, give a new PIN or a badge, let go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton, QVBoxLayout

from desktop.sections.rolechoice import RoleChoice
from desktop.sections.section import Section
from desktop.widgets.card import Card, Said, press
from desktop.words import Words
from ledger import badge as badges
from ledger import staff
from ledger.clock import Clock
from ledger.people import Person
from ledger.roles import Act, Refusal
from ledger.store import Store
from ledger.verifier import verifier_of, weakness

if TYPE_CHECKING:
    from desktop.pages.first import FirstPage

Change = Callable[[Store, Clock, str, str], Person | Refusal]


class PeopleSection(Section):
    """A list, and below it what can be done about the person chosen."""

    name = "people"
    settings = ("people.lock_minutes", "people.badge")

    def build(self) -> None:
        """Add the list, the form of the person chosen, and the form of a new one."""
        self._list, self._one, self._new = Card(), Card(), Card()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self._list.column.addLayout(self._rows)
        self._empty = Said()
        self._register_first = press(self._begin_first, primary=True, name="people_register_first")
        self.first: FirstPage | None = None
        self._list.add(self._empty)
        self._list.line(self._register_first)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        self._people: tuple[Person, ...] = ()
        self._chosen = ""
        self._roles = RoleChoice()
        self._pin = _secret()
        self._set_roles = press(self._change_roles, name="people_roles")
        self._set_pin = press(self._change_pin, name="people_pin")
        self._mint = press(self._give_badge, name="people_badge")
        self._unlock = press(lambda: self._alter(staff.unlock, Act.UNLOCK_PERSON), name="people_unlock")
        self._leave = press(lambda: self._alter(staff.leave), name="people_leave")
        self._said = Said()
        self._one.add(self._roles)
        self._one.line(self._set_roles)
        self._one.line(self._pin, self._set_pin)
        self._one.line(self._mint, self._unlock, self._leave)
        self._one.add(self._said)
        self._name, self._first_pin, self._until = QLineEdit(), _secret(), QLineEdit()
        for field in (self._name, self._until):
            field.setMinimumHeight(42)
        self._new_roles = RoleChoice()
        self._add = press(self._register, primary=True, name="people_add")
        self._new_said = Said()
        self._new.line(self._name, self._first_pin, self._until)
        self._new.add(self._new_roles)
        self._new.line(self._add)
        self._new.add(self._new_said)
        for place, card in enumerate((self._list, self._one, self._new), 2):
            self.column.insertWidget(place, card)

    def enter(self) -> None:
        """Look everybody up."""
        super().enter()
        self._said.tell("")  # where a badge was made, its code stood there, for that time alone
        for secret in (self._pin, self._first_pin):
            secret.clear()
        self.room.look(lambda store: store.people.everybody(), self._show)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        super().retranslate(words)
        for card, title in (
            (self._list, "people_list"),
            (self._one, "people_one"),
            (self._new, "people_new"),
        ):
            card.title.setText(words.say(title))
        for button, word in (
            (self._set_roles, "people_set_roles"),
            (self._set_pin, "people_set_pin"),
            (self._mint, "people_mint"),
            (self._unlock, "people_unlock"),
            (self._leave, "people_leave"),
            (self._add, "people_add"),
            (self._register_first, "people_register_first"),
        ):
            button.setText(words.say(word))
        for field, word in (
            (self._name, "first_name"),
            (self._first_pin, "people_first_pin"),
            (self._until, "people_until"),
            (self._pin, "people_new_pin"),
        ):
            field.setPlaceholderText(words.say(word))
            field.setAccessibleName(words.say(word))
        if self.first is not None:
            self.first.retranslate(words)
        self._roles.retranslate(words)
        self._new_roles.retranslate(words)
        self._show(self._people)

    def _begin_first(self) -> None:
        """Whoever tried the program first registers now; from then on everybody signs in."""
        if self.first is None:
            from desktop.pages.first import FirstPage

            self.first = FirstPage(self.room, self.room.theme, self.room.words, later="work_cancel")
            self.first.later.connect(self._end_first)
            self.first.done.connect(self._end_first)
            self.first.done.connect(self.room.people_changed)
            self.column.insertWidget(2, self.first)
        self.first.show()
        self._show(self._people)
        self.first.begin()

    def _end_first(self) -> None:
        if self.first is not None:
            self.first.hide()
        self.enter()

    def _show(self, people: tuple[Person, ...]) -> None:
        say = self.room.words.say
        self._people = tuple(sorted(people, key=lambda one: (not one.active, one.name)))
        for button in self.buttons.values():
            self._rows.removeWidget(button)
            button.deleteLater()
        self.buttons = {}
        for person in self._people:
            button = QPushButton(f"{person.name.replace('&', '&&')}    {self._describe(person)}")
            button.setCheckable(True)
            button.setProperty("role", "section")
            button.setMinimumHeight(44)
            button.setObjectName(f"person_{person.id}")
            button.clicked.connect(lambda _=False, name=person.id: self._choose(name))
            self._group.addButton(button)
            self._rows.addWidget(button)
            self.buttons[person.id] = button
        self._empty.tell("" if people else say("people_nobody"))
        self._register_first.setVisible(not people)
        self._list.setVisible(self.first is None or self.first.isHidden())
        self._new.setVisible(bool(people))
        if self._chosen in self.buttons:
            self.buttons[self._chosen].setChecked(True)
        self._one.setVisible(self._chosen in self.buttons)

    def _describe(self, person: Person) -> str:
        say = self.room.words.say
        parts = [say("list_comma").join(say(f"role_{role}") for role in sorted(person.roles))]
        if not person.active:
            parts.append(say("person_state_left"))
        if person.locked:
            parts.append(say("person_state_locked"))
        if person.valid_until:
            parts.append(say("person_state_until", until=person.valid_until.isoformat()))
        if person.active and not person.verifier and not person.badge:
            parts.append(say("person_state_no_secret"))
        elif person.pin_due:
            parts.append(say("person_state_pin_due"))
        return " · ".join(parts)

    def _choose(self, person_id: str) -> None:
        self._chosen = person_id
        person = next(one for one in self._people if one.id == person_id)
        self._roles.show_roles(person.roles)
        self._pin.clear()
        self._said.tell("")
        self._one.title.setText(person.name)
        self._one.show()

    def _change_roles(self) -> None:
        wanted = self._roles.roles
        self._alter(lambda store, clock, by, one: staff.set_roles(store, clock, by, one, wanted))

    def _change_pin(self) -> None:
        typed, one = self._pin.text(), self._chosen
        self._pin.clear()
        if weak := weakness(typed, one):
            self._said.tell(self.room.words.say(weak), "stop")
            return
        self._with_verifier(
            typed,
            self._said,
            lambda verifier: self._alter(
                lambda store, clock, by, one: staff.set_pin(store, clock, by, one, verifier), one=one
            ),
        )

    def _give_badge(self) -> None:
        code, home, one = badges.minted(), self.room.home, self._chosen
        if self._refused(Act.MANAGE_PEOPLE, self._said):
            return

        def give(digest: bytes) -> None:
            if self._chosen == one:  # else nobody would be told the code
                self._alter(
                    lambda store, clock, by, one: staff.set_badge(store, clock, by, one, digest),
                    told=self.room.words.say("badge_minted", code=code),
                )

        self._said.tell("…")
        self.room.away(
            lambda: badges.digest(badges.make_key(home), code),
            give,
            lambda error: self._said.tell(self.room.why(error), "stop"),
        )

    def _alter(
        self, change: Change, act: Act = Act.MANAGE_PEOPLE, told: str = "", one: str | None = None
    ) -> None:
        """Change a person, whoever is chosen where it is not said whom; what came of it is told on their card alone."""
        station, who = self.room.station, self.room.operator
        one = self._chosen if one is None else one
        if station is None or who is None or self._refused(act, self._said):
            return
        clock, by = station.clock, who.id

        def then(answer: Person | Refusal) -> None:
            if self._chosen == one:
                self._answer(answer, self._said, told)
            else:
                self._changed()

        self.room.write(lambda store: change(store, clock, by, one), then)

    def _register(self) -> None:
        station, who, say = self.room.station, self.room.operator, self.room.words.say
        if station is None or who is None or self._refused(Act.MANAGE_PEOPLE, self._new_said):
            return
        name, pin, typed = self._name.text(), self._first_pin.text(), self._until.text().strip()
        roles = self._new_roles.roles
        try:
            until = date.fromisoformat(typed) if typed else None
        except ValueError:
            self._new_said.tell(say("date_unreadable", typed=typed), "stop")
            return
        if pin and (weak := weakness(pin, "")):
            self._new_said.tell(say(weak), "stop")
            return
        clock, by = station.clock, who.id

        def add(verifier: str) -> None:
            self.room.write(
                lambda store: staff.add(store, clock, by, name, roles, verifier=verifier, until=until),
                lambda answer: self._answer(answer, self._new_said, say("people_added")),
            )

        if pin:
            self._with_verifier(pin, self._new_said, add)
        else:
            add("")

    def _with_verifier(self, pin: str, said: Said, then: Callable[[str], None]) -> None:
        said.tell("…")
        self.room.away(lambda: verifier_of(pin), then)

    def _answer(self, answer: Person | Refusal, said: Said, told: str) -> None:
        words = self.room.words
        if isinstance(answer, Refusal):
            said.tell(words.problem(answer), "stop")
            return
        said.tell(told or words.say("saved"), "ok")
        if said is self._new_said:
            for field in (self._name, self._first_pin, self._until):
                field.clear()
        self._changed()

    def _changed(self) -> None:
        self.room.people_changed.emit()
        self.room.look(lambda store: store.people.everybody(), self._show)

    def _refused(self, act: Act, said: Said) -> bool:
        barred = self.room.bars(act)
        if barred:
            said.tell(barred, "stop")
        return bool(barred)


def _secret() -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setMinimumHeight(42)
    field.setMaxLength(32)
    field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
    return field
