"""What the state of this computer's keyboard means for scanners that type, in words."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.keyboardstate import KeyboardState
from desktop.words import Words


def sentences(words: Words, state: KeyboardState) -> Iterator[str]:
    """Layout, Caps Lock and input method, a sentence each."""
    say = words.say
    if not state.layout:
        yield say("doctor_layout_unknown")
    elif state.layout in ("us", "00000409"):
        yield say("doctor_layout_us")
    else:
        yield say("doctor_layout_other", layout=state.layout)
    if state.caps_lock is not None:
        yield say("doctor_caps_on" if state.caps_lock else "doctor_caps_off")
    if state.composes:
        yield say("doctor_ime_on", name=f"{state.input_method} {state.engine}".strip())
    else:
        yield say("doctor_ime_off")
