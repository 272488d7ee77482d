"""How this computer's keyboard is set: layout, Caps Lock and input method, asked of the system without a window.

On X the server is asked directly (Xlib by ctypes: the properties _XKB_RULES_NAMES and XIM_SERVERS of the root window,
the indicators by XkbGetIndicatorState), on Windows user32 and imm32; elsewhere, and where a question has no answer,
the answer is empty. The Windows part is written from the documentation and has run nowhere yet.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_WINDOWS: bool = sys.platform == "win32"
_CONSOLE = Path("/etc/default/keyboard")
ASK_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class KeyboardState:
    """What the system says; a value it does not tell is empty or None."""

    layout: str = ""
    """The layouts as the system names them, the one in use first: "us", "fr", "00000804"."""
    caps_lock: bool | None = None
    input_method: str = ""
    """Name of the input method that runs here: "ibus", "fcitx"."""
    engine: str = ""
    """What the input method is switched to, where it tells: "libpinyin", "xkb:us::eng"."""

    @property
    def composes(self) -> bool:
        """True where keys may be turned into other characters before a window sees them."""
        return bool(self.input_method) and not self.engine.startswith(("xkb:", "keyboard-"))


def keyboard_state() -> KeyboardState:
    """Ask the system."""
    if _WINDOWS:
        return _of_windows()
    if os.environ.get("DISPLAY"):
        with suppress(OSError), _display() as x:
            return x.state()
    return KeyboardState(layout=_layout_of_console(), input_method=_named_by_environment())


def _layout_of_console(file: Path = _CONSOLE) -> str:
    try:
        found = re.search(r'(?m)^\s*XKBLAYOUT="?([\w,]*)', file.read_text("utf-8", "replace"))
    except OSError:
        return ""
    return found[1] if found else ""


def _named_by_environment() -> str:
    for name in ("QT_IM_MODULE", "XMODIFIERS", "GTK_IM_MODULE"):
        value = os.environ.get(name, "").removeprefix("@im=")
        if value and value not in ("none", "compose", "xim", "simple", "local"):
            return value
    return ""


def _engine_of(method: str) -> str:
    """What an input method is switched to, by its own command."""
    question = {
        "ibus": ["ibus", "engine"],
        "fcitx5": ["fcitx5-remote", "-n"],
        "fcitx": ["fcitx-remote", "-n"],
    }
    for name, command in question.items():
        if method.startswith(name) and shutil.which(command[0]):
            with suppress(OSError, subprocess.TimeoutExpired):
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=ASK_SECONDS, check=False
                )
                return done.stdout.strip() if done.returncode == 0 else ""
    return ""


class _X:
    """An open connection to the X server."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("X11") or "libX11.so.6"
        self._x = ctypes.CDLL(name)
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XInternAtom.restype = ctypes.c_ulong
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XGetSelectionOwner.restype = ctypes.c_ulong
        self._x.XGetAtomName.restype = ctypes.c_void_p
        handle = self._x.XOpenDisplay(None)
        if not handle:
            raise OSError("no X server")
        self._display = ctypes.c_void_p(handle)

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)

    def state(self) -> KeyboardState:
        lights = ctypes.c_uint(0)
        core = ctypes.c_uint(0x0100)
        told = self._x.XkbGetIndicatorState(self._display, core, ctypes.byref(lights)) == 0
        names = self._property("_XKB_RULES_NAMES", 8).split(b"\0")
        layouts = names[2].decode("ascii", "replace").split(",") if len(names) > 2 else []
        group = self._group()
        layouts = layouts[group:] + layouts[:group]
        method = self._input_method()
        return KeyboardState(
            ",".join(layouts), bool(lights.value & 1) if told else None, method, _engine_of(method)
        )

    def _group(self) -> int:
        class _State(ctypes.Structure):
            _fields_ = (("group", ctypes.c_ubyte), ("rest", ctypes.c_ubyte * 31))

        state = _State()
        self._x.XkbGetState(self._display, ctypes.c_uint(0x0100), ctypes.byref(state))
        return int(state.group)

    def _input_method(self) -> str:
        """The server that X programs are sent to, if it lives."""
        data = self._property("XIM_SERVERS", 32)
        size = ctypes.sizeof(ctypes.c_ulong)
        for start in range(0, len(data), size):
            atom = int.from_bytes(data[start : start + size], sys.byteorder)
            if not self._x.XGetSelectionOwner(self._display, ctypes.c_ulong(atom)):
                continue
            text = self._x.XGetAtomName(self._display, ctypes.c_ulong(atom))
            if text:
                name = ctypes.string_at(text).decode("ascii", "replace")
                self._x.XFree(ctypes.c_void_p(text))
                return name.removeprefix("@server=")
        return _named_by_environment()

    def _property(self, name: str, bits: int) -> bytes:
        """The value of a property of the root window, as Xlib hands it over; empty where there is none."""
        kind, form = ctypes.c_ulong(), ctypes.c_int()
        count, left = ctypes.c_ulong(), ctypes.c_ulong()
        value = ctypes.c_void_p()
        atom = self._x.XInternAtom(self._display, name.encode(), 1)
        if not atom:
            return b""
        root = self._x.XDefaultRootWindow(self._display)
        failed = self._x.XGetWindowProperty(
            self._display,
            ctypes.c_ulong(root),
            ctypes.c_ulong(atom),
            ctypes.c_long(0),
            ctypes.c_long(1024),
            0,
            ctypes.c_ulong(0),
            *(ctypes.byref(answer) for answer in (kind, form, count, left, value)),
        )
        if failed or not value.value:
            return b""
        unit = 1 if bits == 8 else ctypes.sizeof(ctypes.c_ulong)
        data = ctypes.string_at(value.value, count.value * unit) if form.value == bits else b""
        self._x.XFree(value)
        return data


@contextmanager
def _display() -> Iterator[_X]:
    x = _X()
    try:
        yield x
    finally:
        x.close()


def _of_windows() -> KeyboardState:
    windll = getattr(ctypes, "windll")  # noqa: B009 - there is none to type elsewhere
    user32, imm32 = windll.user32, windll.imm32
    name = ctypes.create_unicode_buffer(9)
    user32.GetKeyboardLayoutNameW(name)
    user32.GetKeyboardLayout.restype = ctypes.c_void_p
    handle = user32.GetKeyboardLayout(0)
    is_ime = bool(imm32.ImmIsIME(ctypes.c_void_p(handle)))
    caps = bool(user32.GetKeyState(0x14) & 1)
    return KeyboardState(name.value, caps, "IME" if is_ime else "")
