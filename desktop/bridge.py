"""Where results of worker threads become Qt signals: here and nowhere else.

The methods are called in worker threads and only emit; the signals arrive in the UI thread, at @Slot methods.
What is carried is frozen. The bridge outlives every worker that was given one of its methods.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktop.preview import Slot as PictureSlot
from ledger.capture import Captured

if TYPE_CHECKING:
    from desktop.devices import DeviceState
    from desktop.status import Status
    from scanner.camera import CameraState, DecodedFrame, Frame
    from scanner.scan import Scan
    from sync.courier import CourierState


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one scan: the ledger's answer after COMMIT, or the error that prevented it."""

    ticket: int
    captured: Captured | None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The station, once its ledger is open, or why it is not."""

    station: Any
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Delivery state of events, by sequence number."""

    states: tuple[tuple[int, str], ...]


class Bridge(QObject):
    """Carries results from the workers to the window."""

    opened = Signal(object)
    """An `Opened`."""
    answered = Signal(object)
    """An `Answer`."""
    status = Signal(object)
    """The station's `Status`."""
    courier = Signal(object)
    """The courier's `CourierState`."""
    deliveries = Signal(object)
    """A `Deliveries`."""
    picture = Signal()
    """A new picture lies in `pictures`."""
    reads = Signal(object)
    """A `DecodedFrame`."""
    camera = Signal(object)
    """A `CameraState`."""
    scanned = Signal(object)
    """A `Scan` by the camera, or by a hand scanner that is no keyboard to the window."""
    device = Signal(object)
    """A `DeviceState` of a hand scanner."""
    notice = Signal(str, object)
    """Code word and parameters of what a person must know of clock and ledger."""
    fault = Signal(str)
    """An error nobody caught; carries the name of the log file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pictures = PictureSlot()

    def when_answered(self, ticket: int, future: Future[Captured]) -> None:
        """Announce the answer to a scan when the writer has committed it."""

        def tell(done: Future[Captured]) -> None:
            error = done.exception()
            self.pictures.make_way(time.monotonic())
            self.answered.emit(Answer(ticket, None if error else done.result(), error))

        future.add_done_callback(tell)

    def when_counted(self, future: Future[Status]) -> None:
        """Announce the station's status when it has been counted."""

        def tell(done: Future[Status]) -> None:
            if done.exception() is None:
                self.status.emit(done.result())

        future.add_done_callback(tell)

    def when_delivered(self, future: Future[tuple[tuple[int, str], ...]]) -> None:
        """Announce delivery states when they have been looked up."""

        def tell(done: Future[tuple[tuple[int, str], ...]]) -> None:
            if done.exception() is None:
                self.deliveries.emit(Deliveries(done.result()))

        future.add_done_callback(tell)

    def open(self, build: Callable[[], object]) -> None:
        """Build the station in the calling worker thread and announce it, or why that failed."""
        try:
            self.opened.emit(Opened(build()))
        except Exception as error:  # noqa: BLE001 - it is told to the person as a page of its own
            self.opened.emit(Opened(None, error))

    def on_courier(self, state: CourierState) -> None:
        """Called in the courier's thread."""
        self.courier.emit(state)

    def on_frame(self, frame: Frame) -> None:
        """Called in the camera's thread."""
        if self.pictures.put(frame):
            self.picture.emit()

    def on_reads(self, frame: DecodedFrame) -> None:
        """Called in the thread that reads the camera's frames."""
        self.reads.emit(frame)

    def on_camera(self, state: CameraState) -> None:
        """Called in the camera's thread."""
        self.camera.emit(state)

    def on_scan(self, scan: Scan) -> None:
        """Called in the thread that reads the camera's frames, or in a scanner's own."""
        self.scanned.emit(scan)

    def on_device(self, state: DeviceState) -> None:
        """Called in the threads that look after hand scanners."""
        self.device.emit(state)

    def on_notice(self, code: str, params: dict[str, str]) -> None:
        """Called in the writer's, the courier's or the opening thread."""
        self.notice.emit(code, params)

    def on_fault(self, file: str) -> None:
        """Called in whatever thread failed."""
        self.fault.emit(file)
