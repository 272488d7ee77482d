"""The sounds of the workstation, made from a few sine tones: short, and told apart with the back turned.

    ok           two notes up: the platform confirmed the pack
    provisional  one clear note: saved, platform not asked
    repeated     two equal low notes, soft: nothing new happened
    ask          two notes up and left open: an answer is wanted
    stop         three low, rough notes: do not go on

Pure: a tone is a wave file as bytes, at the wanted volume.
"""

from __future__ import annotations

import array
import io
import math
import sys
import wave
from types import MappingProxyType

RATE = 22_050
"""Samples a second; the highest tone is far below half of it."""

_Note = tuple[float, int, int, float]
"""Frequency in hertz (0 is silence), milliseconds, loudness in percent, share of the third harmonic."""

TONES: MappingProxyType[str, tuple[_Note, ...]] = MappingProxyType(
    {
        "ok": ((1046.5, 70, 80, 0.10), (1568.0, 130, 80, 0.10)),
        "provisional": ((1318.5, 110, 80, 0.08),),
        "repeated": ((523.3, 70, 60, 0.05), (0, 60, 0, 0), (523.3, 70, 60, 0.05)),
        "ask": (
            (659.3, 90, 85, 0.15),
            (0, 30, 0, 0),
            (880.0, 90, 85, 0.15),
            (0, 30, 0, 0),
            (988.0, 160, 85, 0.15),
        ),
        "stop": (
            (233.1, 150, 100, 0.55),
            (0, 50, 0, 0),
            (233.1, 150, 100, 0.55),
            (0, 50, 0, 0),
            (174.6, 320, 100, 0.55),
        ),
    }
)
_RAMP_MS = 6
"""Each note swells and fades for so long, else it clicks."""


def tone(name: str, volume: int = 100) -> bytes:
    """The named sound as a 16-bit mono wave file; volume 0 to 100, perceived."""
    # Loudness is perceived roughly as the square root of the amplitude's energy: half is a quarter.
    gain = (max(0, min(100, volume)) / 100) ** 2 * 0.8
    samples = array.array("h")
    for frequency, millis, loudness, rough in TONES[name]:
        samples.extend(_note(frequency, millis, gain * loudness / 100, rough))
    if sys.byteorder == "big":
        samples.byteswap()
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def _note(frequency: float, millis: int, gain: float, rough: float) -> list[int]:
    count = RATE * millis // 1000
    ramp = max(1, RATE * _RAMP_MS // 1000)
    step = 2 * math.pi * frequency / RATE
    peak = 32_767 * gain / (1 + rough)
    return [
        int(
            peak
            * min(1.0, at / ramp, (count - at) / ramp)
            * (math.sin(step * at) + rough * math.sin(3 * step * at))
        )
        for at in range(count)
    ]
