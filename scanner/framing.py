"""Bytes of a serial scanner -> one frame a code.

A frame ends at CR, LF or ETX, or when the line is idle for 60 ms. GS, RS, EOT and blanks are data and stay. An
ISO 15434 envelope (`[)>` to EOT) may hold CR or LF as data, so inside it only EOT, or silence, ends a frame.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

IDLE_SECONDS = 0.06
LONGEST = 4096
"""Bytes; the largest 2D symbols hold about 3,000. What is longer is no code but a device of another kind."""

_ENVELOPE = re.compile(rb"(\][A-Za-z][0-9A-Za-z])?\[\)>")
_EOT = 0x04


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes of one code, without the bytes around it."""

    data: bytes
    ended: bool
    """False when only silence ended it: the scanner sends no suffix, or the rest did not come."""


class Framer:
    """Cuts a stream into frames, however its bytes were chopped on the way."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._too_long = False
        self.dropped = 0
        """Frames thrown away because they were too long."""

    @property
    def pending(self) -> bool:
        """True while part of a frame has come: after IDLE_SECONDS without more, call `idle`."""
        return bool(self._bytes) or self._too_long

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes; the frames that they complete."""
        frames: list[Frame] = []
        for byte in data:
            if byte in b"\r\n\x03" and not self._in_envelope():
                frames += self._end(ended=True)
            elif len(self._bytes) < LONGEST:
                self._bytes.append(byte)
            else:
                self._too_long = True
        return frames

    def idle(self) -> list[Frame]:
        """The line has been idle: what came so far is a frame."""
        return self._end(ended=False)

    def reset(self) -> bool:
        """The device is gone: forget half a frame. True when there was one."""
        lost = self.pending
        self._bytes.clear()
        self._too_long = False
        return lost

    def _in_envelope(self) -> bool:
        return bool(_ENVELOPE.match(self._bytes)) and _EOT not in self._bytes

    def _end(self, *, ended: bool) -> list[Frame]:
        data = bytes(self._bytes)
        if not ended:  # an envelope that silence ended has its suffix still on
            stripped = data.rstrip(b"\r\n\x03")
            data, ended = stripped, stripped != data
        self.dropped += self._too_long
        frames = (
            [Frame(data.removeprefix(b"\x02"), ended)] if data.strip(b"\x02") and not self._too_long else []
        )
        self.reset()
        return frames


def text_of(data: bytes) -> str:
    """The text of a frame: byte for byte, except for codes that carry written text (QR, DataMatrix).

    Those are UTF-8, else GB 18030, where they hold bytes beyond ASCII; the AIM identifier tells them.
    """
    if not data.isascii() and data[:3] in (b"]Q1", b"]d1"):
        for encoding in ("utf-8", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    return data.decode("latin-1")
