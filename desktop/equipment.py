"""What hangs on this workstation: hand scanners, camera, and the black box of what they delivered.

Every scan passes here on its way to the window, so that it is kept with what it was made of before anything is made of
it. While a scanner is being calibrated its scans go to the calibration instead.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication

from desktop.bridge import Answer, Bridge
from desktop.profiles import ANY, Profiles
from desktop.viewfinder import Viewfinder
from desktop.wedgefilter import WedgeFilter
from ledger.badge import is_secret
from ledger.errors import TraceDeskError
from scanner.blackbox import BlackBox, Road
from scanner.boxfile import FILE, BoxFile
from scanner.calibrate import CALIBRATING
from scanner.profile import Profile
from scanner.scan import Scan, Source

if TYPE_CHECKING:
    from desktop.devices import Devices, DeviceState, Sight
    from desktop.settings import Settings
    from desktop.winkeys import WinKeys
    from scanner.burst import Burst
    from scanner.camera import CameraState
    from scanner.models import Models

log = logging.getLogger("devices")

TABLE = "scanners.json"
"""A table of scanners in the home folder is read after the program's own."""


class Equipment(QObject):
    """Handed to whoever needs a device; opened with the ledger, closed before it."""

    scanned = Signal(object)
    """A `Scan`, by hand scanner or camera."""
    turned = Signal(object)
    """A `DeviceState`: a hand scanner came, went, or cannot be used."""
    typed = Signal(object)
    """The `Burst` of a scanner that types, while one is being calibrated."""
    picture = Signal(object)
    """A `Picture` of the camera."""
    reads = Signal(object)
    """A `DecodedFrame` of the camera."""
    camera = Signal(object, bool)
    """The camera's `CameraState`, and whether it is meant to run."""
    camera_wanted = Signal()
    """Somebody wants the camera on, or off."""

    def __init__(
        self,
        bridge: Bridge,
        viewfinder: Viewfinder,
        wedge: WedgeFilter,
        sight: Sight | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`sight` is where scanners are looked for, the machine itself where it is not given."""
        super().__init__(parent)
        self.box = BlackBox(secret=is_secret)
        self.profiles = Profiles(Path())
        self.viewfinder = viewfinder
        self._bridge, self._wedge, self._sight = bridge, wedge, sight
        self._devices: Devices | None = None
        self._file: BoxFile | None = None
        self._winkeys: WinKeys | None = None
        self._forget_keyboards: Callable[[], None] = lambda: None
        self.home: Path | None = None
        self.camera_state: CameraState | None = None
        self.camera_on = False
        self.calibrating = False
        """Scans of scanners that type go to `typed` and nowhere else."""
        wedge.burst.connect(self._burst)
        wedge.scanned.connect(self._typed)
        bridge.scanned.connect(self._scanned)
        bridge.answered.connect(self._answered)
        bridge.device.connect(self._turned)
        bridge.reads.connect(self.reads)

    def open(self, home: Path, settings: Settings) -> None:
        """Keep the black box here, read the calibrations, and begin to look for scanners."""
        if self._devices is not None:
            return
        from desktop.devices import Devices
        from desktop.serialports import ports_of
        from scanner.models import known_models

        self.home = home
        self._file = BoxFile(home / FILE, self.box)
        self._file.start()
        try:
            self.profiles = Profiles.load(home)
        except TraceDeskError as error:
            log.warning("%s %s", error.code, error.params)
            self.profiles = Profiles(home)
        try:
            models = known_models(home / TABLE)
        except (ValueError, OSError) as error:
            log.warning("the table of scanners cannot be read: %s", error)
            models = known_models()
        self._devices = Devices(
            models,
            on_scan=self._bridge.on_scan,
            on_state=self._bridge.on_device,
            box=self.box,
            profile_of=self.profiles_of,
            chosen=ports_of(settings.text("scanner.ports")),
            sight=self._sight,
        )
        self.use_profile()
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.applicationStateChanged.connect(self._attend)
        self._attend()
        self._devices.start()
        if sys.platform == "win32":
            self._know_keyboards(models, application)

    def close(self) -> None:
        """Let go of every scanner, and write what the black box still has to say."""
        if self._devices is not None:
            application = QGuiApplication.instance()
            assert isinstance(application, QGuiApplication)
            if self._winkeys is not None:
                self._winkeys.stop(application)
                self._winkeys = None
            application.applicationStateChanged.disconnect(self._attend)
            self._devices.stop()
            self._devices = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def states(self) -> tuple[DeviceState, ...]:
        """How every hand scanner stands."""
        return self._devices.states() if self._devices is not None else ()

    def choose(self, ports: str) -> None:
        """Read these serial ports, too, from now on; as the setting names them."""
        from desktop.serialports import ports_of

        if self._devices is not None:
            self._devices.choose(ports_of(ports))

    def profiles_of(self, device: str) -> Profile | None:
        """The calibration of a scanner. Called in any thread."""
        return self.profiles.of(device)

    def typist(self) -> str:
        """The scanner that types in this window, where there is just one; else empty."""
        found = {state.identity for state in self.states() if state.code == "typing"}
        names = {identity.split(" ", 2)[1] for identity in found}
        return f"HID {names.pop()}" if len(names) == 1 else ANY

    def calibrate(self, on: bool) -> None:
        """Begin to calibrate a scanner that types, or end it."""
        self.calibrating = on
        self._attend()
        self._forget_keyboards()
        if on:
            self._wedge.wedge.profile = CALIBRATING
        else:
            self.use_profile()

    def use_profile(self) -> None:
        """Read scanners that type as they were calibrated."""
        if not self.calibrating:
            self._wedge.wedge.profile = self.profiles.of(self.typist())

    def show_camera(self, state: CameraState, *, on: bool) -> None:
        """The camera was switched, or is in another state."""
        self.camera_state, self.camera_on = state, on
        self.camera.emit(state, on)

    def mask(self, scan: Scan) -> None:
        """The scan was a badge: the black box must not have it."""
        self.box.mask(scan)

    def _know_keyboards(self, models: Models, application: QGuiApplication) -> None:
        """Read scanners in keyboard mode by their device, where the system lets us listen."""
        from desktop.winkeys import WinKeys, scanner_behind
        from scanner.rawkeys import RawKeys

        keys = RawKeys(
            lambda device: "" if self.calibrating else scanner_behind(models, device),
            self.profiles_of,
            on_scan=self._scanned,
            on_strokes=lambda scan, strokes, profile: self.box.keep(
                scan, strokes=strokes, profile=profile, road=Road.DEVICE
            ),
        )
        self._forget_keyboards = keys.forget
        winkeys = WinKeys(keys)
        self._winkeys = winkeys if winkeys.start(application) else None

    @Slot()
    def _attend(self, *_state: object) -> None:
        """Take scanners below the window system for ourselves only while this program has the focus."""
        if self._devices is not None:
            state = QGuiApplication.applicationState()
            self._devices.attend(state is Qt.ApplicationState.ApplicationActive and not self.calibrating)

    @Slot(object)
    def _burst(self, burst: Burst) -> None:
        self.box.keep_burst(burst, self._wedge.wedge.profile)
        if self.calibrating:
            self.box.judge(burst.scan, "calibration")
            self.typed.emit(burst)

    @Slot(object)
    def _typed(self, scan: Scan) -> None:
        if not self.calibrating:
            self.scanned.emit(scan)

    @Slot(object)
    def _scanned(self, scan: Scan) -> None:
        if scan.source is Source.CAMERA:
            self.box.keep(scan)
        self.scanned.emit(scan)

    @Slot(object)
    def _answered(self, answer: Answer) -> None:
        if answer.captured is not None:
            scanned = answer.captured.scanned
            self.box.judge_text(scanned.text, scanned.device, str(answer.captured.outcome))

    @Slot(object)
    def _turned(self, state: DeviceState) -> None:
        if state.detail:
            log.info("%s %s: %s", state.device, state.code, state.detail)
        self.use_profile()
        self.turned.emit(state)
