"""One scan as a device delivered it: the exact text and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """The road by which a scan came in."""

    WEDGE = "wedge"
    SERIAL = "serial"
    CAMERA = "camera"
    MANUAL = "manual"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Scan:
    """A code as text, exactly as delivered: case, GS and blanks kept, device framing not yet stripped."""

    text: str
    source: Source
    symbology: str = ""
    """Name of the symbology where the device tells it ("DataMatrix", "Code128"), else empty."""
    device: str = ""
    """What identifies the device to a person: "HID 05e0:1200", "/dev/ttyACM0", "HD Webcam"."""
    aim: str = ""
    """AIM symbology identifier such as "]d2", where the device tells it apart from the text."""
    at: float = 0.0
    """Monotonic seconds at which the last character or the frame arrived."""
    suspect: str = ""
    """Code word for why the text may not be what the pack says ("input_method", "non_ascii"), else empty."""
