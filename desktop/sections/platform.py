"""The platform: where records go, how this workstation proves itself, and whether that works, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktop.road import belongs_to
from desktop.sections.section import Section
from desktop.widgets.card import Card, Said, press
from desktop.widgets.form import Row
from desktop.words import Words
from ledger.event import EventKind
from ledger.record import record
from ledger.roles import Act
from ledger.store import Store

if TYPE_CHECKING:
    from sync.vault import Place


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is known of the secrets, without one of them."""

    there: frozenset[str]
    """Names of those that the platform of now gets."""
    elsewhere: dict[str, str]
    """Name -> the platform that it was entered for, where that is another one; else empty."""
    place: Place
    """Where secrets lie."""


class SecretRow(Row):
    """A secret: whether it is set, and a field to set another; what is set is never shown."""

    def __init__(self, section: PlatformSection, name: str) -> None:
        self._section, self._name = section, name
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMinimumHeight(42)
        self.field.returnPressed.connect(self._entered)
        self._save = press(self._keep)
        control = QWidget()
        row = QHBoxLayout(control)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field, 1)
        row.addWidget(self._save)
        super().__init__(control)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        short = self._name.rpartition(".")[2]
        self.title.setText(words.say(f"secret_{short}"))
        self._save.setText(words.say("secret_keep"))
        self.field.setAccessibleName(self.title.text())

    def show_state(self, words: Words, *, there: bool, where: str, elsewhere: str) -> None:
        """Say whether it is set, or set for another platform alone."""
        if elsewhere:
            self.why.setText(words.say("secret_is_elsewhere", other=elsewhere))
        else:
            self.why.setText(
                words.say("secret_is_set", where=where) if there else words.say("secret_is_unset")
            )
        self.field.setPlaceholderText(words.say("secret_change") if there else "")

    def _entered(self) -> None:
        if self.field.text():  # a key alone deletes nothing
            self._keep()

    def _keep(self) -> None:
        typed = self.field.text()
        self.field.clear()
        self._section.keep_secret(self._name, typed)


class PlatformSection(Section):
    """Settings, secrets, and the test of the line."""

    name = "platform"
    settings = (
        *("platform.url", "platform.ca_file", "platform.client_cert", "platform.client_key"),
        *("platform.token_url", "platform.client_id", "platform.scope", "platform.dedupe"),
        *("platform.recall_days", "platform.signer", "platform.receipt_key"),
        *("platform.id_base", "platform.org_base", "platform.namespace"),
    )

    def build(self) -> None:
        """Add the test and the secrets."""
        from sync.origin import origin
        from sync.vault import NAMES

        self._testing = False
        self._test = Card()
        self._go = press(self._try, primary=True, name="platform_test")
        self._said = Said()
        self._test.line(self._go)
        self._test.add(self._said)
        self._secrets = Card()
        self._rows = {name: SecretRow(self, name) for name in NAMES}
        self._belongs: dict[str, str] = {}
        self._secrets.add(*self._rows.values())
        self.column.insertWidget(2, self._test)
        self.column.addWidget(self._secrets)
        self._shown_for = origin(self.room.settings.text("platform.url"))
        self.room.settings_changed.connect(self._settings_changed)

    def enter(self) -> None:
        """Look the secrets up."""
        super().enter()
        self._look_up()

    def _look_up(self) -> None:
        """Look up what is set, and for whom; the fields of the form stay as somebody types in them."""
        home, settings = self.room.home, self.room.settings
        belongs = self._belongs = {name: belongs_to(settings, name) for name in self._rows}

        def look() -> Secrets:
            from sync.vault import Vault

            vault = Vault(home)
            place = vault.place()
            return Secrets(
                frozenset(name for name in belongs if vault.get(name, belongs[name]) is not None),
                {name: vault.elsewhere(name, belongs[name]) for name in belongs},
                place,
            )

        self.room.away(look, self._show_secrets)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        super().retranslate(words)
        self._test.title.setText(words.say("platform_test_title"))
        self._go.setText(words.say("platform_test"))
        self._secrets.title.setText(words.say("secrets_title"))
        for row in self._rows.values():
            row.retranslate(words)

    def keep_secret(self, name: str, typed: str) -> None:
        """Keep a secret, or forget it where nothing was typed."""
        barred, station, who = self.room.bars(Act.CHANGE_SETTINGS), self.room.station, self.room.operator
        if barred or station is None or who is None:
            self._said.tell(barred, "stop")
            return
        home, clock, by = self.room.home, station.clock, who.id
        belongs = belongs_to(self.room.settings, name)  # as they are while it is entered

        def save() -> None:
            from sync.vault import Vault

            vault = Vault(home)
            if typed:
                vault.set(name, typed, belongs)
            else:
                vault.forget(name)

        def tell(store: Store) -> None:
            record(store, clock, EventKind.SETTINGS_CHANGED, by, name=name, before="", after="")

        def saved(_: None) -> None:
            station.renew_delivery()
            self.room.write(tell, lambda _: self.enter())

        self.room.save(save, saved, self._not_kept)

    def _not_kept(self, error: BaseException) -> None:
        self._said.tell(self.room.why(error), "stop")

    @property
    def words(self) -> Words:
        """The words of the language at hand."""
        return self.room.words

    def _show_secrets(self, found: Secrets) -> None:
        where = self.words.say(found.place.code, backend=found.place.backend, file=found.place.file)
        for name, row in self._rows.items():
            row.show_state(
                self.words, there=name in found.there, where=where, elsewhere=found.elsewhere[name]
            )

    @Slot()
    def _settings_changed(self) -> None:
        """Say what another address means for what was entered for the one before."""
        from sync.origin import origin

        before, self._shown_for = self._shown_for, origin(self.room.settings.text("platform.url"))
        if self._belongs != {name: belongs_to(self.room.settings, name) for name in self._rows}:
            self._look_up()
        if before and self._shown_for and before != self._shown_for:
            self._said.tell(self.words.say("platform_is_another", before=before, now=self._shown_for), "ask")

    def _try(self) -> None:
        settings = self.room.settings
        if not settings.text("platform.url"):
            self._said.tell(self.words.say("no_platform_configured"), "ask")
            return
        if self._testing:  # the button stays as it is: one that is switched off hands the focus on, far down
            return
        self._testing = True
        self._said.tell(self.words.say("platform_testing"))

        def greet() -> str:
            from desktop.road import platform_of

            platform = platform_of(settings)
            try:
                found = platform.options()
            finally:
                platform.close()
            return ", ".join(found.versions) if found and found.versions else ""

        self.room.away(greet, self._greeted, self._not_greeted)

    def _greeted(self, versions: str) -> None:
        self._testing = False
        self._said.tell(self.words.say("platform_answers", versions=versions or "2.0"), "ok")

    def _not_greeted(self, error: BaseException) -> None:
        self._testing = False
        self._said.tell(self.room.why(error), "stop")
