"""Scanners that type: takes their key strokes out of the window's way and gives every typed key back.

The filter sits on the window that has the focus, because there each key arrives exactly once, before any
shortcut, button or input field. What was typed is replayed as a copy sent to the same window: to the system
nothing is ever injected. Two consequences for the rest of the window:

* a single printable key is no shortcut (it might begin a scan); F-keys and Ctrl or Alt combinations are,
  except Ctrl+], which is how scanners type GS;
* a field that takes part in scanning is a ScanLineEdit, and a page without a field focuses a ScanSink
  (`desktop.widgets.scanfield`): an input method swallows keys before the window sees them, and neither lets
  one near.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QWindow

from desktop.heldkeys import Fate, HeldKeys
from desktop.inputmethod import InputMethod, takes_input_method
from desktop.likeness import likeness
from desktop.patience import Patience
from desktop.shortcuts import pressed_by_place
from desktop.xcbkeys import NativeKey, XcbKeys
from scanner.keymap import ALT, ALTGR, CTRL, META, SHIFT, Stroke, position
from scanner.profile import Reading
from scanner.wedge import Step, Wedge

NEW_MS = 150
"""Nobody starts a scan so shortly after the keyboard came to us from elsewhere: it has lost its beginning there."""
ONE_CLOCK_MS = 10_000
"""Times of keys and our own that are further apart are told by different clocks."""
UNMUTE_MS = 150
"""For so long after a scan keys go past the input method: scans that follow at once would pile up in it."""


class WedgeFilter(QObject):
    """Announces what a scanner typed, whatever has the focus, and keeps typed keys exactly as they were."""

    scanned = Signal(object)
    """A `Scan`."""
    burst = Signal(object)
    """The `Burst` behind each scan, emitted just before it: strokes and both readings."""

    def __init__(self, app: QGuiApplication, wedge: Wedge | None = None) -> None:
        super().__init__(app)
        self.wedge = wedge or Wedge(check=likeness)
        self._app = app
        self._platform = app.platformName()
        self._number = 0
        self._keys = HeldKeys(self)
        self._native = XcbKeys(self._native_key) if self._platform == "xcb" else None
        self._input_method = InputMethod()
        self._quiet, self._settled = Patience(self), Patience(self)
        self._quiet.is_up.connect(self._time_is_up)
        self._settled.is_up.connect(self._keyboard_settled)
        self._away = QGuiApplication.focusWindow() is None
        # Keys from before this filter are not known either.
        self._came_ms: int | None = int(time.monotonic() * 1000)
        self._watched: list[QObject] = []
        self._stopped = False
        app.focusObjectChanged.connect(self._watch)
        app.focusWindowChanged.connect(self._watch)
        if self._native:
            app.installNativeEventFilter(self._native)
        self._watch()

    def stop(self) -> None:
        """Give back what is held and look at no key any more; a second time is no harm."""
        if self._stopped:
            return
        self._stopped = True
        if self._native:
            self._app.removeNativeEventFilter(self._native)
        self._app.focusObjectChanged.disconnect(self._watch)
        self._app.focusWindowChanged.disconnect(self._watch)
        self._do(self.wedge.quiet())
        self._quiet.stop()
        self._settled.stop()
        for watched in self._watched:
            if shiboken6.isValid(watched):
                watched.removeEventFilter(self)
        self._watched = []

    def _watch(self, *_changed: object) -> None:
        """Look at the window and the object with the focus, nothing else: filters in Python cost time."""
        self._input_method.focus_changed()
        self._follow_keyboard()
        focused = (QGuiApplication.focusWindow(), QGuiApplication.focusObject())
        now = [watched for watched in focused if watched is not None]
        for before in self._watched:
            if shiboken6.isValid(before) and before not in now:
                before.removeEventFilter(self)
        for watched in now:
            if watched not in self._watched:
                watched.installEventFilter(self)
        self._watched = now

    def _follow_keyboard(self) -> None:
        """From one of our windows to the next no key is lost; what comes from outside may have begun there."""
        came, self._away = self._away, QGuiApplication.focusWindow() is None
        if came and not self._away:
            self._came_ms = int(time.monotonic() * 1000)
            self.wedge.keyboard_new = True
            self._settled.start(NEW_MS)

    def _keyboard_settled(self) -> None:
        self.wedge.keyboard_new = False

    def _tell_beginning(self, stroke: Stroke) -> None:
        """By the key's own time, where the window system's clock is this machine's: a window that opens is busy for
        longer than a timer waits, and keys stand in line all the while."""
        if self._came_ms is None:
            return
        after = (stroke.at_ms - self._came_ms + (1 << 31)) % (1 << 32) - (1 << 31)
        if abs(after) < ONE_CLOCK_MS:
            self.wedge.keyboard_new = after < NEW_MS
            if self.wedge.keyboard_new:
                self._settled.start(NEW_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take keys at the window, and notice what else would overtake keys that are held."""
        kind = event.type()
        if kind in _KEYS:
            if isinstance(watched, QWindow) and event.spontaneous() and isinstance(event, QKeyEvent):
                return self._key(watched, event)
        elif kind is QEvent.Type.InputMethod:
            if isinstance(event, QInputMethodEvent) and not self._keys.composing:
                return self._composed(watched, event)
        elif kind is QEvent.Type.InputMethodQuery:
            return self._input_method.answers(watched, event)
        elif kind in _OVERTAKES and isinstance(watched, QWindow):
            self._do(self.wedge.yield_keys())
        return False

    def _native_key(self, key: NativeKey) -> None:
        """A key on its way to a field with an input method: read it now, later it may be changed or gone."""
        if self._reads_natively():
            self._number += 1
            stroke = Stroke(
                at_ms=key.at_ms,
                key=0,
                text="",
                scan_code=position(key.key_code, self._platform),
                modifiers=key.modifiers,
                pressed=key.pressed,
                repeat=key.repeat,
                number=self._number,
            )
            self._keys.expect(stroke.number, (key.at_ms, key.key_code, key.pressed), native=True)
            self._feed(stroke)
            if self.wedge.certain:
                self._input_method.mute()

    def _reads_natively(self) -> bool:
        """Key positions are all that is needed, and something may tamper with the keys before Qt's event."""
        profile = self.wedge.profile
        if self._native is None or (profile and profile.reading is Reading.TEXT):
            return False
        return self._input_method.muted or takes_input_method(QGuiApplication.focusObject())

    def _key(self, window: QWindow, event: QKeyEvent) -> bool:
        """True when the wedge keeps the key.

        ShortcutOverride precedes each press: accepted, it keeps the key from being tried as a shortcut.
        """
        override = event.type() is QEvent.Type.ShortcutOverride
        pressed = event.type() is not QEvent.Type.KeyRelease
        mark = (event.timestamp(), event.nativeScanCode(), pressed)
        expected = self._keys.find(mark, native_only=override)
        if expected is None:
            stroke = self._stroke(event, pressed=pressed)
            expected = self._keys.expect(stroke.number, mark, native=False)
            self._feed(stroke)
        if override:
            if expected.fate is Fate.TYPED:
                return False
            event.accept()
            return True
        self._keys.arrived(expected)
        if expected.fate is Fate.SCANNED:
            return True
        if expected.fate is Fate.HELD or self._keys.waiting:
            self._keys.keep_key(expected, window, event)
            return True
        return pressed and pressed_by_place(window, event)

    def _stroke(self, event: QKeyEvent, *, pressed: bool) -> Stroke:
        self._number += 1
        held = event.modifiers()
        return Stroke(
            at_ms=event.timestamp() or int(time.monotonic() * 1000),
            key=event.key(),
            text=event.text(),
            scan_code=position(event.nativeScanCode(), self._platform),
            modifiers=sum(bit for flag, bit in _MODIFIERS if held & flag),
            pressed=pressed,
            repeat=event.isAutoRepeat(),
            number=self._number,
        )

    def _feed(self, stroke: Stroke) -> None:
        self._tell_beginning(stroke)
        step = self.wedge.feed(stroke)
        swallowed = not step.passes and not self.wedge.count
        self._do(step, typed=[stroke.number] * step.passes, scanned=[stroke.number] * swallowed)

    def _composed(self, target: QObject, event: QInputMethodEvent) -> bool:
        """True when text of an input method is kept back: it may have been made of a scan."""
        if not event.commitString() and not event.preeditString():
            return False
        if not self._input_method.muted and not takes_input_method(target):
            return True  # a late answer to keys typed elsewhere
        if not self._reads_natively():
            self._do(self.wedge.input_method_spoke())
            return False
        if self.wedge.certain or (event.commitString() and (self.wedge.count or self._keys.waiting)):
            self._keys.keep_composed(target, event)
            return True
        return self._input_method.echoes

    def _do(self, step: Step, typed: Sequence[int] = (), scanned: Sequence[int] = ()) -> None:
        self._keys.decide(
            typed=[*(stroke.number for stroke in step.replay), *typed],
            scanned=[*(stroke.number for burst in step.bursts for stroke in burst.strokes), *scanned],
        )
        if step.wait_ms:
            self._quiet.start(step.wait_ms)
        elif not self.wedge.count:
            self._quiet.stop()
        self._keys.deliver()
        if self._input_method.muted and not self.wedge.certain:
            QTimer.singleShot(UNMUTE_MS, self, self._unmute)
        if step.bursts and self._reads_natively():
            self._forget_composition()
        if step.bursts:  # what follows the end of a scan is the beginning of another
            self._came_ms = None
            self.wedge.keyboard_new = False
        for burst in step.bursts:
            self.burst.emit(burst)
            self.scanned.emit(burst.scan)

    def _forget_composition(self) -> None:
        self._input_method.forget()
        if field := QGuiApplication.focusObject():
            self._keys.compose(field, QInputMethodEvent())

    def _unmute(self) -> None:
        if not self.wedge.certain:
            self._input_method.unmute()

    def _time_is_up(self) -> None:
        self._do(self.wedge.quiet())


_KEYS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride)
_OVERTAKES = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.TouchBegin,
    QEvent.Type.FocusAboutToChange,
    QEvent.Type.Close,
)
_MODIFIERS = (
    (Qt.KeyboardModifier.ShiftModifier, SHIFT),
    (Qt.KeyboardModifier.ControlModifier, CTRL),
    (Qt.KeyboardModifier.AltModifier, ALT),
    (Qt.KeyboardModifier.MetaModifier, META),
    (Qt.KeyboardModifier.GroupSwitchModifier, ALTGR),
)
