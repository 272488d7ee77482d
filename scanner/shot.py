"""What every source of frames gives, and the interface that makes them alike."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture as it left the source, gray or colour (blue, green, red)."""

    picture: npt.NDArray[np.uint8]
    at: float
    """Monotonic seconds at which it was there."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a source gives no frames."""

    code: str
    """camera_missing, camera_busy, camera_forbidden, camera_wrong_format, camera_unplugged or
    camera_ended."""
    detail: str = ""
    """What the system said, for the log."""


class FrameSource(Protocol):
    """A source of frames. One thread opens, reads and closes it; nothing is kept open before `open`."""

    @property
    def name(self) -> str:
        """What a person calls it: "HD Webcam", a file name, an address without its password."""

    @property
    def comes_back(self) -> bool:
        """True where it makes sense to try again after a fault: a camera may be plugged in again."""

    def open(self) -> Fault | None:
        """Make it ready; a fault where that fails. May be called again after `close`."""

    def read(self, stop: threading.Event) -> Shot | Fault:
        """The next frame when it is due; returns early with camera_ended when `stop` is set."""

    def close(self) -> None:
        """Let go of the device; harmless when it is not open."""
