"""The settings page: sections on the left, one of them on the right. Everything is explained where it stands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout

from desktop.pages.page import Page
from desktop.room import Room
from desktop.sections.section import Section
from desktop.words import Words


def _site(room: Room) -> Section:
    from desktop.sections.plain import SiteSection

    return SiteSection(room)


def _rules(room: Room) -> Section:
    from desktop.sections.plain import RulesSection

    return RulesSection(room)


def _look(room: Room) -> Section:
    from desktop.sections.plain import LookSection

    return LookSection(room)


def _platform(room: Room) -> Section:
    from desktop.sections.platform import PlatformSection

    return PlatformSection(room)


def _people(room: Room) -> Section:
    from desktop.sections.people import PeopleSection

    return PeopleSection(room)


def _backup(room: Room) -> Section:
    from desktop.sections.backup import BackupSection

    return BackupSection(room)


def _audit(room: Room) -> Section:
    from desktop.sections.audit import AuditSection

    return AuditSection(room)


def _import(room: Room) -> Section:
    from desktop.sections.importing import ImportSection

    return ImportSection(room)


def _about(room: Room) -> Section:
    from desktop.sections.about import AboutSection

    return AboutSection(room)


SECTIONS: dict[str, Callable[[Room], Section]] = {
    "site": _site,
    "platform": _platform,
    "rules": _rules,
    "people": _people,
    "look": _look,
    "backup": _backup,
    "audit": _audit,
    "import": _import,
    "about": _about,
}


class SettingsPage(Page):
    """Sections are built when first visited; `enter("people")` goes straight to one."""

    name = "settings"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        self.sections: dict[str, Section] = {}
        self._stack = QStackedWidget()
        left = QFrame()
        left.setObjectName("sections")
        left.setFixedWidth(236)
        column = QVBoxLayout(left)
        column.setContentsMargins(10, 14, 10, 14)
        column.setSpacing(3)
        for name in SECTIONS:
            button = QPushButton()
            button.setCheckable(True)
            button.setProperty("role", "section")
            button.setMinimumHeight(44)
            button.setObjectName(f"section_{name}")
            button.clicked.connect(lambda _=False, name=name: self.show_section(name))
            self._group.addButton(button)
            column.addWidget(button)
            self.buttons[name] = button
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left)
        row.addWidget(self._stack, 1)
        self._shown = "site"
        self.retranslate(room.words)

    def enter(self, what: object = None) -> None:
        """Show a section anew."""
        self.show_section(what if isinstance(what, str) and what in SECTIONS else self._shown)
        self.buttons[self._shown].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_section(self, name: str) -> None:
        """Go to a section."""
        section = self.sections.get(name)
        if section is None:
            section = self.sections[name] = SECTIONS[name](self.room)
            self._stack.addWidget(section)
        self._shown = name
        self.buttons[name].setChecked(True)
        self._stack.setCurrentWidget(section)
        section.enter()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        for name, button in self.buttons.items():
            button.setText(words.say(f"section_{name}"))
        for section in self.sections.values():
            section.retranslate(words)
