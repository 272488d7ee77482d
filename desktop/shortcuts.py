"""The window's shortcuts for keys that Qt finds none for: given back late, or labelled otherwise on this keyboard.

Qt looks for shortcuts before it delivers a key, by what the computer's layout makes of it. Two kinds of key miss
that: one that was kept back until it was clear that no scanner typed it, and Ctrl or Alt with a key whose label is
another one here. On a French keyboard the digits want Shift, on a Russian one there are no Latin letters; the key
at the same place does what it says on every other keyboard.
"""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from scanner.keymap import US, position

_ALONE = (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier)
_FIRST_NAMED = 0x01000000
"""Qt numbers keys without a character from here on."""


def digit_of(event: QKeyEvent) -> str:
    """The digit that the key stands for: what it types, or else what most keyboards have at its place."""
    text = event.text()
    return text if text.isdigit() and text.isascii() else _digit_at(_position(event))


def pressed_by_place(window: QWindow, event: QKeyEvent) -> bool:
    """Act on the shortcut that the key's place means, with Ctrl or Alt; never with AltGr, which types."""
    held, place = event.modifiers(), _position(event)
    alone = held & ~Qt.KeyboardModifier.KeypadModifier in _ALONE
    return alone and bool(_by_place(event.key(), place)) and pressed(window, event.key(), held, place)


def pressed(window: QWindow, key: int, modifiers: Qt.KeyboardModifier, place: int) -> bool:
    """Act on the window's shortcut for the key; True where there was one."""
    active = QApplication.activeWindow()
    if active is None or active.windowHandle() is not window:
        return False
    modifiers &= ~Qt.KeyboardModifier.KeypadModifier
    wanted = [
        QKeySequence(QKeyCombination(modifiers, Qt.Key(one))) for one in (key, _by_place(key, place)) if one
    ]
    for shortcut in active.findChildren(QShortcut):
        if shortcut.isEnabled() and shortcut.key() in wanted and _in_sight(shortcut):
            shortcut.activated.emit()
            return True
    return False


def _position(event: QKeyEvent) -> int:
    return position(event.nativeScanCode(), QGuiApplication.platformName())


def _digit_at(place: int) -> str:
    plain, _ = US.get(place, ("", ""))
    return plain if plain.isdigit() else ""


def _by_place(key: int, place: int) -> int:
    """Qt's number of what stands on the key on most keyboards, 0 where this one says the same."""
    plain, _ = US.get(place, ("", ""))
    foreign = 0x80 <= key < _FIRST_NAMED
    meant = ord(plain.upper()) if _digit_at(place) or (foreign and plain.isalpha()) else 0
    return 0 if meant == key else meant


def _in_sight(shortcut: QShortcut) -> bool:
    """A page's own keys are keys while it is shown."""
    owner = shortcut.parent()
    return isinstance(owner, QWidget) and owner.isVisible()
