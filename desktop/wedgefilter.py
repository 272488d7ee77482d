"""Scanners that type: takes their key strokes out of the window's way and gives every typed key back.

The filter sits on the window that has the focus, because there each key arrives exactly once, before any
shortcut, button or input field. What was typed is replayed as a copy sent to the same window: to the system
nothing is ever injected. Two consequences for the rest of the window:

* a single printable key is no shortcut (it might begin a scan); F-keys and Ctrl or Alt combinations are,
  except Ctrl+], which is how scanners type GS;
* a field that takes part in scanning is a ScanLineEdit, and a page without a field focuses a ScanSink: an
  input method swallows keys before the window sees them, and neither lets one near.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QWindow
from PySide6.QtWidgets import QLineEdit, QWidget

from scanner.keymap import ALT, ALTGR, CTRL, META, SHIFT, Stroke, position
from scanner.scan import Scan, Source
from scanner.wedge import Step, Wedge

LOOK_MS, LATE_SECONDS, MOST_LOOKS = 5, 0.002, 20
"""How to make sure that nothing is on its way to a busy window: see `_time_is_up`."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A key event kept back: all that is needed to make it again, and the window it was for."""

    number: int
    window: QWindow
    kind: QEvent.Type
    key: int
    modifiers: Qt.KeyboardModifier
    native: tuple[int, int, int]
    text: str
    repeat: bool
    count: int
    at_ms: int

    def deliver(self) -> None:
        """Send the key to its window, which gives it to whatever has the focus there now."""
        if not shiboken6.isValid(self.window):
            return
        event = QKeyEvent(
            self.kind, self.key, self.modifiers, *self.native, self.text, self.repeat, self.count
        )
        event.setTimestamp(self.at_ms)
        QCoreApplication.sendEvent(self.window, event)


class WedgeFilter(QObject):
    """Announces what a scanner typed, whatever has the focus, and keeps typed keys exactly as they were."""

    scanned = Signal(object)
    """A `Scan`."""
    burst = Signal(object)
    """The `Burst` behind each scan, emitted just before it: strokes and both readings."""

    def __init__(self, app: QGuiApplication, wedge: Wedge | None = None) -> None:
        super().__init__(app)
        self.wedge = wedge or Wedge()
        self._app = app
        self._platform = app.platformName()
        self._number = 0
        self._held: deque[_Held] = deque()
        self._outgoing: deque[_Held] = deque()
        self._override: tuple[int, int, int, bool] | None = None
        self._due = 0.0
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._time_is_up)
        self._watched: list[QObject] = []
        self._stopped = False
        app.focusObjectChanged.connect(self._watch)
        app.focusWindowChanged.connect(self._watch)
        self._watch()

    def stop(self) -> None:
        """Give back what is held and look at no key any more; a second time is no harm."""
        if self._stopped:
            return
        self._stopped = True
        self._app.focusObjectChanged.disconnect(self._watch)
        self._app.focusWindowChanged.disconnect(self._watch)
        self._do(self.wedge.quiet())
        self._timer.stop()
        for watched in self._watched:
            if shiboken6.isValid(watched):
                watched.removeEventFilter(self)
        self._watched = []

    def _watch(self, *_changed: object) -> None:
        """Look at the window and the object with the focus, nothing else: filters in Python cost time."""
        now = [
            watched
            for watched in (QGuiApplication.focusWindow(), QGuiApplication.focusObject())
            if watched is not None
        ]
        for before in self._watched:
            if shiboken6.isValid(before) and before not in now:
                before.removeEventFilter(self)
        for watched in now:
            if watched not in self._watched:
                watched.installEventFilter(self)
        self._watched = now

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take keys at the window, and notice what else would overtake keys that are held."""
        kind = event.type()
        if kind in _KEYS:
            if isinstance(watched, QWindow) and event.spontaneous() and isinstance(event, QKeyEvent):
                return self._key(watched, event)
        elif kind is QEvent.Type.InputMethod:
            if isinstance(event, QInputMethodEvent) and (event.commitString() or event.preeditString()):
                self._do(self.wedge.input_method_spoke())
        elif kind in _OVERTAKES and isinstance(watched, QWindow):
            self._do(self.wedge.yield_keys())
        return False

    def _key(self, window: QWindow, event: QKeyEvent) -> bool:
        """True when the wedge keeps the key. It decides at ShortcutOverride, which precedes a press."""
        at_ms = event.timestamp() or int(time.monotonic() * 1000)
        mark = (event.timestamp(), event.key(), event.nativeScanCode())
        pressed = event.type() is not QEvent.Type.KeyRelease
        if event.type() is QEvent.Type.KeyPress and self._override and self._override[:3] == mark:
            passes = self._override[3]
            self._override = None
            return not passes
        stroke = self._stroke(event, at_ms, pressed=pressed)
        kind = QEvent.Type.KeyPress if pressed else QEvent.Type.KeyRelease
        self._held.append(_copy(stroke.number, window, kind, event, at_ms))
        step = self.wedge.feed(stroke)
        if step.passes:
            self._held.pop()
        self._do(step)
        if event.type() is QEvent.Type.ShortcutOverride:
            self._override = (*mark, step.passes)
            if not step.passes:
                event.accept()
        return not step.passes

    def _stroke(self, event: QKeyEvent, at_ms: int, *, pressed: bool) -> Stroke:
        self._number += 1
        held = event.modifiers()
        return Stroke(
            at_ms=at_ms,
            key=event.key(),
            text=event.text(),
            scan_code=position(event.nativeScanCode(), self._platform),
            modifiers=sum(bit for flag, bit in _MODIFIERS if held & flag),
            pressed=pressed,
            repeat=event.isAutoRepeat(),
            number=self._number,
        )

    def _do(self, step: Step) -> None:
        replayed = {stroke.number for stroke in step.replay}
        while len(self._held) > self.wedge.count:
            held = self._held.popleft()
            if held.number in replayed:
                self._outgoing.append(held)
        if step.wait_ms:
            self._due = time.monotonic() + step.wait_ms / 1000
            self._looks = 0
            self._timer.start(step.wait_ms)
        elif not self._held:
            self._timer.stop()
        self._drain()
        for burst in step.bursts:
            self.burst.emit(burst)
            self.scanned.emit(burst.scan)

    def _drain(self) -> None:
        """Deliver typed keys. One may open a dialog with a loop of its own: the rest follows there."""
        if self._outgoing:
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))
        while self._outgoing:
            self._outgoing.popleft().deliver()

    def customEvent(self, _event: QEvent) -> None:  # noqa: N802
        """Go on with keys that a dialog interrupted."""
        self._drain()

    def _time_is_up(self) -> None:
        """Quiet, if the window was free to see keys until now.

        After a busy moment a timer may fire in front of keys that wait to be handled. So it looks a second time,
        a few milliseconds later, and again while these come late, too.
        """
        late = time.monotonic() - self._due > LATE_SECONDS
        if self._looks == 0 or (late and self._looks < MOST_LOOKS):
            self._looks += 1
            self._due = time.monotonic() + LOOK_MS / 1000
            self._timer.start(LOOK_MS)
        else:
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


def _copy(number: int, window: QWindow, kind: QEvent.Type, event: QKeyEvent, at_ms: int) -> _Held:
    return _Held(
        number=number,
        window=window,
        kind=kind,
        key=event.key(),
        modifiers=event.modifiers(),
        native=(event.nativeScanCode(), event.nativeVirtualKey(), event.nativeModifiers()),
        text=event.text(),
        repeat=event.isAutoRepeat(),
        count=event.count(),
        at_ms=at_ms,
    )


class ScanSink(QWidget):
    """Holds the focus on a page without input fields, and keeps input methods away from scans."""

    typed = Signal(str)
    """A printable character that a person typed: the page may open a field for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Announce typed text; everything else goes on to the page."""
        held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if event.text() and event.text().isprintable() and not held:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)


class ScanLineEdit(QLineEdit):
    """A field for codes: no input method, and what is typed and confirmed with Enter is a manual entry."""

    entered = Signal(object)
    """A `Scan` with source MANUAL."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.returnPressed.connect(self._enter)

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> object:  # type: ignore[override]  # noqa: N802
        """Switch input methods off here: QLineEdit answers this itself and ignores the widget attribute."""
        if query == Qt.InputMethodQuery.ImEnabled:
            return False
        return super().inputMethodQuery(query)

    def _enter(self) -> None:
        if self.text():
            self.selectAll()
            self.entered.emit(Scan(text=self.text(), source=Source.MANUAL, at=time.monotonic()))
