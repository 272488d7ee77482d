"""The hand scanners that are no keyboard to the window: found, opened, followed through unplugging and plugging in.

Serial scanners and HID-POS scanners by the table of models, and scanners that type where the kernel lets them be read
below the window system; where it does not, the window's own filter reads them. No Qt here: threads look and read, and
the callbacks run in them.
"""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from scanner.blackbox import BlackBox, Road
from scanner.evdev import EvdevScanner, InputDevice, keyboards
from scanner.hidpos import LAYOUTS, HidDevice, HidPosScanner
from scanner.hidraw import POINT_OF_SALE, HidInterface, NotInstalled, interfaces, open_interface
from scanner.models import Mode, Models
from scanner.profile import Profile, Reading
from scanner.scan import Scan

if TYPE_CHECKING:
    from scanner.keymap import Stroke
    from scanner.serial import Port, SerialState

POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A turn in the life of a hand scanner."""

    code: str
    """open, closed, lost (unplugged), busy, forbidden, failed, noise (sends what is no code), ask (a person has to say
    whether it is a scanner), typing (the window reads it), unsupported (a mode nobody can read), unknown (a scanner
    whose reports nobody has described), missing (the package hidapi), gone (not open before, and unplugged)."""
    road: str
    """serial, hidpos or keyboard."""
    device: str
    """What a person calls it."""
    identity: str
    """What it is known by as long as it is plugged in."""
    detail: str = ""
    """What the system said, for the log."""

    @property
    def word(self) -> str:
        """Code word of the sentence; its parameter is `device`."""
        return f"device_{self.code}_{self.road}" if self.code == "forbidden" else f"device_{self.code}"


@dataclass(frozen=True, slots=True)
class Sight:
    """Where scanners are looked for; the defaults are the machine itself."""

    ports: Callable[[], Sequence[Port]] | None = None
    hids: Callable[[], Sequence[HidInterface]] = interfaces
    open_hid: Callable[[HidInterface], HidDevice] = open_interface
    keyboards: Callable[[Models], Sequence[InputDevice]] = keyboards
    poll_seconds: float = POLL_SECONDS


class Devices:
    """Every scanner that can be read is read, from `start` to `stop`."""

    def __init__(
        self,
        models: Models,
        *,
        on_scan: Callable[[Scan], None],
        on_state: Callable[[DeviceState], None] = lambda _state: None,
        box: BlackBox | None = None,
        profile_of: Callable[[str], Profile | None] = lambda _device: None,
        chosen: Mapping[str, int] = MappingProxyType({}),
        sight: Sight | None = None,
    ) -> None:
        """`chosen` are serial ports as `SerialScanners` takes them, `profile_of` finds a scanner's calibration. Scans
        go to the box, with what they were made of, just before they go to `on_scan`."""
        self._models, self._on_scan, self._on_state = models, on_scan, on_state
        self._box = box or BlackBox()
        self._profile_of = profile_of
        self._chosen = dict(chosen)
        self._sight = sight or Sight()
        self._attending = False
        self._lock = threading.Lock()
        self._states: dict[str, DeviceState] = {}
        self._readers: dict[str, HidPosScanner | EvdevScanner] = {}
        self._read_by: dict[str, Profile | None] = {}
        self._choose: Callable[[Mapping[str, int]], None] = lambda _chosen: None
        self._stopped = False
        self._again = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="devices", daemon=True)

    def start(self) -> None:
        """Begin to look; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of every scanner; returns when all threads have ended."""
        self._stopped = True
        self._again.set()
        if self._thread.ident is not None:
            self._thread.join()

    def attend(self, attending: bool) -> None:
        """Take scanners that type for ourselves only while our window has the focus: other programs need them, too."""
        if attending != self._attending:
            self._attending = attending
            self._again.set()

    def choose(self, chosen: Mapping[str, int]) -> None:
        """Read these serial ports, too, from now on."""
        self._chosen = dict(chosen)
        self._choose(self._chosen)

    def states(self) -> tuple[DeviceState, ...]:
        """How every scanner stands that was seen since the start."""
        with self._lock:
            return tuple(self._states.values())

    def _watch(self) -> None:
        from scanner.serial import SerialScanners, ports

        serial = SerialScanners(
            self._models,
            on_scan=self._on_scan,
            on_state=self._serial_state,
            on_bytes=self._box.keep,
            chosen=self._chosen,
            look=self._sight.ports or ports,
            poll_seconds=self._sight.poll_seconds,
        )
        self._choose = serial.choose
        serial.choose(self._chosen)
        serial.start()
        while not self._stopped:
            self._again.clear()
            self._readers = {path: reader for path, reader in self._readers.items() if reader.is_alive()}
            there = self._look_for_hids() | self._look_for_keyboards()
            self._forget_but(there)
            self._again.wait(self._sight.poll_seconds)
        for reader in self._readers.values():
            reader.stop()
        for reader in self._readers.values():
            reader.join()
        serial.stop()

    # HID-POS

    def _look_for_hids(self) -> set[str]:
        """Open what can be opened; what is there."""
        there: set[str] = set()
        # A device has several interfaces; the one for scanners tells so, where the system tells at all.
        for found in sorted(self._sight.hids(), key=lambda one: one.page != POINT_OF_SALE):
            key = f"hidpos {found.identity}"
            if key in there:
                continue
            model = self._models.find(found.vendor, found.product)
            name = (model.name if model else found.name) or found.identity
            if model is not None and model.mode is Mode.HIDPOS and model.layout in LAYOUTS:
                self._open_hid(key, found, model.layout, name)
            elif model is not None and model.mode is Mode.UNSUPPORTED:
                self._say(DeviceState("unsupported", "hidpos", name, key))
            elif model is None and found.page == POINT_OF_SALE:
                self._say(
                    DeviceState("unknown", "hidpos", name, key, f"{found.vendor:04x}:{found.product:04x}")
                )
            else:
                continue
            there.add(key)
        return there

    def _open_hid(self, key: str, found: HidInterface, layout: str, name: str) -> None:
        if key in self._readers:
            return
        try:
            device = self._sight.open_hid(found)
        except OSError as error:
            self._say(DeviceState(_blame(error), "hidpos", name, key, str(error)))
            return
        reader = HidPosScanner(
            device,
            LAYOUTS[layout],
            name,
            on_scan=self._on_scan,
            on_end=lambda why: self._ended("hidpos", name, key, why),
            on_bytes=lambda scan, data: self._box.keep(scan, data, road=Road.REPORT),
        )
        self._begin(reader, DeviceState("open", "hidpos", name, key))

    # Scanners that type

    def _look_for_keyboards(self) -> set[str]:
        there: set[str] = set()
        for found in self._sight.keyboards(self._models):
            key = f"keyboard {found.vendor:04x}:{found.product:04x} {found.path}"
            there.add(key)
            model = self._models.find(found.vendor, found.product)
            name = (model.name if model else found.name) or found.identity
            profile = self._profile_of(found.identity)
            # A scanner set to the computer's own layout is understood by the window alone.
            positions = profile is None or profile.reading is not Reading.TEXT
            if key in self._readers and self._read_by.get(key) != profile:
                self._readers.pop(key).stop()  # calibrated anew
            if self._attending and found.readable and positions:
                self._open_keyboard(key, found, name, profile)
            elif key in self._readers:
                self._readers[key].stop()  # `_ended` says that the window reads it now
            else:
                self._say(DeviceState("typing", "keyboard", name, key))
        return there

    def _open_keyboard(self, key: str, found: InputDevice, name: str, profile: Profile | None) -> None:
        if key in self._readers:
            return

        def keep(scan: Scan, strokes: tuple[Stroke, ...]) -> None:
            self._box.keep(scan, strokes=strokes, profile=profile, road=Road.DEVICE)

        reader = EvdevScanner(
            found,
            profile,
            on_scan=self._on_scan,
            on_end=lambda why: self._ended("keyboard", name, key, why),
            on_strokes=keep,
        )
        self._read_by[key] = profile
        try:
            reader.open()
        except OSError as error:
            self._say(DeviceState(_blame(error), "keyboard", name, key, str(error)))
            return
        self._begin(reader, DeviceState("open", "keyboard", name, key))

    # States

    def _begin(self, reader: HidPosScanner | EvdevScanner, state: DeviceState) -> None:
        self._readers[state.identity] = reader
        self._say(state)
        reader.start()

    def _ended(self, road: str, name: str, key: str, why: str) -> None:
        if why:
            self._say(DeviceState("lost", road, name, key, why))
        elif road == "keyboard" and not self._stopped:
            self._say(DeviceState("typing", road, name, key))
        else:
            self._say(DeviceState("closed", road, name, key))

    def _serial_state(self, state: SerialState) -> None:
        code = state.code.removeprefix("serial_")
        self._say(DeviceState(code, "serial", state.device, state.identity, state.detail))

    def _forget_but(self, there: set[str]) -> None:
        for state in self.states():
            if state.road != "serial" and state.identity not in there and state.code not in ("open", "lost"):
                self._say(DeviceState("gone", state.road, state.device, state.identity))

    def _say(self, state: DeviceState) -> None:
        """Tell a turn once, and remember where it led."""
        with self._lock:
            before = self._states.get(state.identity)
            if before is not None and (before.code, before.device) == (state.code, state.device):
                return
            if state.code == "gone":
                self._states.pop(state.identity, None)
            else:
                self._states[state.identity] = state
        self._on_state(state)


def _blame(error: OSError) -> str:
    if isinstance(error, NotInstalled):
        return "missing"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "forbidden"
    return "busy" if error.errno == errno.EBUSY else "failed"
