"""The camera as the window switches it: on with a source named by a text, off at once.

Nothing of the camera is imported before it is first switched on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.bridge import Bridge
    from scanner.camera import Camera, FrameSource
    from scanner.cameracontrols import Control, Turner

FIRST = "0"
"""The source where none is set: the first webcam."""
SLIDE_S = 4.0
"""A folder of pictures, for demo and training, shows each for so long: a person wants to see what came of it."""


class Viewfinder:
    """At most one camera at a time."""

    def __init__(self, bridge: Bridge, source: str = "") -> None:
        self._bridge = bridge
        self.source = source
        """A webcam's number or name, a stream's address, a video or a folder of pictures; else the first webcam."""
        self._camera: Camera | None = None
        self._frames: FrameSource | None = None
        self._turner: Turner | None = None

    @property
    def on(self) -> bool:
        """Whether it is meant to run."""
        return self._camera is not None

    def start(self) -> None:
        """Switch on; how it goes is told through the bridge."""
        if self._camera is not None:
            return
        from scanner.apart import Apart
        from scanner.camera import Camera, open_source

        self._frames = open_source(self.source or FIRST, seconds=SLIDE_S)
        self._camera = Camera(
            self._frames,
            on_frame=self._bridge.on_frame,
            on_reads=self._bridge.on_reads,
            on_scan=self._bridge.on_scan,
            on_state=self._bridge.on_camera,
            is_clean=is_clean,
            decode=Apart(),
        )
        self._camera.start()

    def stop(self, wait_s: float = 0.0) -> None:
        """Switch off; waits so long for the driver to let go, which it does by itself soon after."""
        if self._camera is not None:
            self._camera.stop(wait_s)
            self._camera = None
        if self._turner is not None:
            self._turner.stop()
            self._turner = None

    def controls(self) -> tuple[Control, ...]:
        """What can be turned on the running camera. May take some milliseconds: not for the window's thread."""
        from scanner.cameracontrols import controls_of

        index = getattr(self._frames, "index", None)
        controls = controls_of(index) if self.on and index is not None else None
        return controls.offered() if controls is not None else ()

    def turn(self, name: str, value: int | None) -> None:
        """Turn a control of the running camera, None to leave it to the camera; returns at once."""
        from scanner.cameracontrols import Turner, controls_of

        index = getattr(self._frames, "index", None)
        if self._turner is None and self.on and index is not None:
            controls = controls_of(index)
            self._turner = Turner(controls) if controls is not None else None
        if self._turner is not None:
            self._turner.turn(name, value)


def is_clean(text: str) -> bool:
    """Whether a text parses without any problem, so that one frame is proof enough."""
    from ledger.codes.identify import identify

    return not identify(text).problems
