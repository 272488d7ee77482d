"""Keys on their way to the window: kept back, given back, or dropped because a scanner typed them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QWindow

from desktop.shortcuts import pressed, pressed_by_place

Mark = tuple[int, int, bool]
"""What Qt's event and the window system's have in common: time stamp, native scan code, pressed."""
FORGOTTEN_MS = 5000
"""An event that is so much older than one that came will not come: an input method swallowed it."""


class Fate(Enum):
    """What becomes of a stroke."""

    HELD = auto()
    TYPED = auto()
    SCANNED = auto()


@dataclass(slots=True)
class Expected:
    """A stroke that is known while its Qt event is still to come."""

    number: int
    mark: Mark
    native: bool
    """Known from the window system, before Qt saw it."""
    fate: Fate


@dataclass(frozen=True, slots=True)
class _Key:
    """A key event kept back: what is needed to make it again, and the window it was for."""

    window: QWindow
    kind: QEvent.Type
    key: int
    modifiers: Qt.KeyboardModifier
    native: tuple[int, int, int]
    text: str
    repeat: bool
    count: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class _Composed:
    """Text of an input method kept back, and the field it was for."""

    target: QObject
    event: QInputMethodEvent


class HeldKeys(QObject):
    """Gives typed keys and composed text back, each once, in the order in which they came."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._undecided: dict[int, Expected] = {}
        self._outstanding: dict[Mark, deque[Expected]] = {}
        self._kept: deque[tuple[Expected, _Key | _Composed]] = deque()
        self._latest = Expected(0, (0, 0, False), False, Fate.TYPED)
        self.composing = False
        """True while text of an input method is given back."""

    @property
    def waiting(self) -> bool:
        """True while something is kept: what comes now has to queue behind it."""
        return bool(self._kept)

    def expect(self, number: int, mark: Mark, *, native: bool) -> Expected:
        """Remember a stroke of undecided fate until its Qt event comes."""
        same = self._outstanding.setdefault(mark, deque())
        if not native:  # an older one was a shortcut: its key press never came
            for older in [one for one in same if not one.native]:
                same.remove(older)
        self._latest = Expected(number, mark, native, Fate.HELD)
        self._undecided[number] = self._latest
        same.append(self._latest)
        return self._latest

    def find(self, mark: Mark, *, native_only: bool = False) -> Expected | None:
        """The oldest outstanding stroke with this mark."""
        return next((one for one in self._outstanding.get(mark, ()) if one.native or not native_only), None)

    def arrived(self, expected: Expected) -> None:
        """The Qt event of the stroke has come: neither it nor much older ones are waited for."""
        now, *_ = expected.mark
        self._outstanding[expected.mark].remove(expected)
        while self._outstanding:
            mark = next(iter(self._outstanding))
            if self._outstanding[mark] and not FORGOTTEN_MS < (now - mark[0]) % (1 << 32) < 1 << 31:
                break
            del self._outstanding[mark]

    def keep_key(self, expected: Expected, window: QWindow, event: QKeyEvent) -> None:
        """Keep a key event until its fate is decided and its turn has come."""
        key = _Key(
            window=window,
            kind=event.type(),
            key=event.key(),
            modifiers=event.modifiers(),
            native=(event.nativeScanCode(), event.nativeVirtualKey(), event.nativeModifiers()),
            text=event.text(),
            repeat=event.isAutoRepeat(),
            count=event.count(),
            at_ms=event.timestamp(),
        )
        self._kept.append((expected, key))

    def keep_composed(self, target: QObject, event: QInputMethodEvent) -> None:
        """Keep text of an input method: it shares the fate of the stroke before it."""
        copy = QInputMethodEvent(event.preeditString(), event.attributes())
        copy.setCommitString(event.commitString(), event.replacementStart(), event.replacementLength())
        self._kept.append((self._latest, _Composed(target, copy)))

    def decide(self, typed: Iterable[int], scanned: Iterable[int]) -> None:
        """Settle the fate of strokes; a stroke's fate is settled once."""
        for numbers, fate in ((typed, Fate.TYPED), (scanned, Fate.SCANNED)):
            for number in numbers:
                if expected := self._undecided.pop(number, None):
                    expected.fate = fate

    def deliver(self) -> None:
        """Deliver what was typed. A key may open a dialog with a loop of its own: the rest follows there."""
        if self._kept and self._kept[0][0].fate is not Fate.HELD:
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))
        while self._kept and self._kept[0][0].fate is not Fate.HELD:
            expected, what = self._kept.popleft()
            if expected.fate is Fate.SCANNED:
                continue
            if isinstance(what, _Key):
                self._press(what)
            else:
                self.compose(what.target, what.event)

    def customEvent(self, _event: QEvent) -> None:  # noqa: N802
        """Go on with keys that a dialog interrupted."""
        self.deliver()

    def compose(self, target: QObject, event: QInputMethodEvent) -> None:
        """Send text of an input method to a field, past the filter."""
        if shiboken6.isValid(target):
            self.composing = True
            try:
                QCoreApplication.sendEvent(target, event)
            finally:
                self.composing = False

    def _press(self, key: _Key) -> None:
        """Send a key to its window, which gives it to whatever has the focus there now."""
        if not shiboken6.isValid(key.window):
            return
        is_press = key.kind is QEvent.Type.KeyPress
        # Qt looks for shortcuts before it delivers a key, so a key given back later (F8 of a scanner that says GS
        # by it) would find none.
        if is_press and not key.text and pressed(key.window, key.key, key.modifiers, 0):
            return
        event = QKeyEvent(key.kind, key.key, key.modifiers, *key.native, key.text, key.repeat, key.count)
        event.setTimestamp(key.at_ms)
        if not is_press or not pressed_by_place(key.window, event):
            QCoreApplication.sendEvent(key.window, event)
