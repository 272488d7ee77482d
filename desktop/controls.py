"""The keys of the window and its command palette: what each does, in one place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeySequence, QShortcut

from desktop.pages.index import BESIDE
from desktop.widgets.palette import Command, Palette
from desktop.widgets.tasks import KEYS
from desktop.words import LANGUAGES, Words
from ledger.event import EventKind

if TYPE_CHECKING:
    from desktop.window import Window


class Controls(QObject):
    """Belongs to a furnished window."""

    def __init__(self, window: Window, words: Words) -> None:
        super().__init__(window)
        self._window = window
        self.palette = Palette(words, window, partial(window.show_page, "history"))
        self.palette.offer(self._commands())
        window.desk.told.connect(self.palette.put_away)
        window.header.pressed.connect(self._press)
        for keys, act in self._keys():
            QShortcut(QKeySequence(keys), window, act)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.palette.retranslate(words)

    @Slot()
    def escape(self) -> None:
        """Step back from what is open, the innermost first; at last back to the work."""
        window = self._window
        if not self.palette.isHidden():
            self.palette.put_away()
        elif not window.keys.isHidden():
            window.keys.hide()
        elif window.first.isVisible():
            window.first.escape()
        elif window.work.isVisible():
            if not window.work.escape():
                window.banner.dismiss()
        elif (page := window.page) is not None and not page.escape():
            window.show_work()

    def _keys(self) -> list[tuple[str, Callable[[], object]]]:
        window = self._window
        found: list[tuple[str, Callable[[], object]]] = [
            ("F1", self._toggle_keys),
            *((key, partial(self._choose, verb)) for verb, key in KEYS.items()),
            ("F4", self._begin_entry),
            ("Ctrl+K", self._begin_entry),
            ("Ctrl+G", self._begin_goods),
            ("Ctrl+F", self._search),
            ("Ctrl+P", self.palette.toggle),
            ("F5", self._retry),
            ("F6", self._begin_label),
            ("F7", self._to_question),
            ("F8", window.camera_switched.emit),
            ("F9", window.sound_switched.emit),
            ("F11", self._lock),
            ("Ctrl+L", self._next_language),
            ("Ctrl+N", self._begin_anew),
            ("Ctrl+Q", window.close),
            ("Esc", self.escape),
        ]
        found += [
            (f"Ctrl+{place}", partial(window.show_page, name))
            for place, name in enumerate(window.rail.buttons, 1)
        ]
        found += [(key, partial(self._beside, name)) for name, key in BESIDE.items()]
        found += [(f"Alt+{number}", partial(self._choose_reason, number)) for number in range(1, 10)]
        return found

    def _commands(self) -> list[Command]:
        """What the palette finds: every page, every section of the settings, every task, and what keys do."""
        from desktop.pages.settings import SECTIONS
        from desktop.tasksheet import TASKS

        window = self._window
        found = [
            Command(f"page_{name}", partial(window.show_page, name), button.key)
            for name, button in window.rail.buttons.items()
        ]
        found += [Command(f"page_{name}", partial(self._beside, name), key) for name, key in BESIDE.items()]
        found += [Command(f"task_{verb}", partial(self._choose, verb), KEYS.get(verb, "")) for verb in TASKS]
        found += [
            Command(f"section_{name}", partial(window.show_page, "settings", name)) for name in SECTIONS
        ]
        found += [
            Command("key_entry", self._begin_entry, "F4"),
            Command("key_goods", self._begin_goods, "Ctrl+G"),
            Command("slip_title", partial(window.show_page, "delivery")),
            Command("printers_find", partial(window.show_page, "devices", "printers")),
            Command("key_deliver", window.deliver_wanted.emit, "F5"),
            Command("key_camera", window.camera_switched.emit, "F8"),
            Command("key_sound", window.sound_switched.emit, "F9"),
            Command("key_language", self._next_language, "Ctrl+L"),
            Command("lock_now", self._lock, "F11"),
            Command("keys_title", self._toggle_keys, "F1"),
            Command("key_quit", window.close, "Ctrl+Q"),
        ]
        return found

    @Slot(str)
    def _press(self, name: str) -> None:
        {
            "lock": self._lock,
            "language": self._next_language,
            "sound": self._window.sound_switched.emit,
            "help": self._toggle_keys,
        }[name]()

    def _beside(self, name: str) -> None:
        """Go to a page that is on no rail; from a prescription at hand straight to its patient."""
        desk, window = self._window.desk, self._window
        at_counter = name == "patients" and window.page is None and desk.verb is EventKind.DISPENSE
        window.show_page(name, desk.sheet.document or None if at_counter else None)

    def _choose(self, verb: str) -> None:
        self._window.desk.choose(verb)
        self._window.show_work()

    def _choose_reason(self, number: int) -> None:
        """Answer what is asked, where it can be read; nobody answers what they do not see."""
        if self._window.work.isVisible():
            self._window.work.choose_reason(number)

    @Slot()
    def _begin_anew(self) -> None:
        if self._window.room.operator is not None:
            self._window.show_work()
            self._window.desk.begin_anew()

    @Slot()
    def _lock(self) -> None:
        self._window.gate.lock()

    @Slot()
    def _next_language(self) -> None:
        here = self._window.room.words.language
        self._window.language_wanted.emit(LANGUAGES[(LANGUAGES.index(here) + 1) % len(LANGUAGES)])
        self._window.did.emit("language")

    @property
    def _here(self) -> str:
        """What is shown, as the help names it."""
        window = self._window
        if (page := window.page) is not None:
            return page.name
        parts = {
            "work": window.work,
            "signin": window.signin,
            "first": window.first,
            "opening": window.opening,
        }
        return next((name for name, part in parts.items() if part.isVisible()), "restoring")

    @Slot()
    def _toggle_keys(self) -> None:
        self._window.keys.show_page(self._here)
        self._window.keys.toggle()
        self._window.did.emit("keys")

    @Slot()
    def _begin_entry(self) -> None:
        self._window.show_work()
        self._window.work.entry.begin()

    @Slot()
    def _begin_goods(self) -> None:
        self._window.show_work()
        self._window.work.by_hand.begin()

    @Slot()
    def _begin_label(self) -> None:
        self._window.show_work()
        self._window.work.label.begin()

    @Slot()
    def _to_question(self) -> None:
        self._window.show_work()
        self._window.work.to_question()

    @Slot()
    def _search(self) -> None:
        page = self._window.page
        if page is not None:
            page.search()

    @Slot()
    def _retry(self) -> None:
        opening = self._window.opening
        if not opening.isVisible():
            self._window.deliver_wanted.emit()
        elif opening.faulty:
            opening.again.emit()
