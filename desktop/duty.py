"""Joins the parts of the window: what one announces, another hears.

Opens the ledger in a thread of its own, turns errors into the page or the banner that says what to do, gives each
verdict its sound, switches camera, sound and language.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from desktop.bridge import Bridge, Opened
from desktop.deliverywatch import DeliveryWatch
from desktop.desk import Desk
from desktop.equipment import Equipment
from desktop.preview import WIDE
from desktop.settings import Settings
from desktop.sound import Sound
from desktop.speech import Speech
from desktop.verdict import Verdict
from desktop.viewfinder import Viewfinder
from desktop.widgets.looks import SOUNDS
from desktop.widgets.statusstrip import ScannerSeen
from desktop.window import Window
from desktop.words import Words
from ledger.errors import EnvironmentFault, TraceDeskError
from scanner.scan import Scan, Source

if TYPE_CHECKING:
    from scanner.camera import CameraState

LOUD = 80
"""Volume when the sound is switched on and the settings had it off."""


class Duty(QObject):
    """What goes on between the parts, as long as the window lives."""

    def __init__(
        self,
        words: Words,
        home: Path,
        settings: Settings | None,
        camera: str | None,
        bridge: Bridge,
        sound: Sound,
        viewfinder: Viewfinder,
        desk: Desk,
        window: Window,
        watch: DeliveryWatch,
        equipment: Equipment,
    ) -> None:
        super().__init__()
        self._words, self._home, self._given = words, home, settings
        self._settings = settings or Settings(home)
        self._camera = camera
        self._bridge, self._sound, self._viewfinder = bridge, sound, viewfinder
        self._desk, self._window, self._watch = desk, window, watch
        self._speech = Speech()
        self._station: object = None
        self._opener: threading.Thread | None = None
        bridge.opened.connect(self._opened)
        self._equipment = equipment
        bridge.picture.connect(self._picture)
        bridge.reads.connect(window.work.camera.show_reads)
        bridge.camera.connect(self._camera_state)
        bridge.status.connect(self._status)
        bridge.courier.connect(window.status.show_courier)
        bridge.courier.connect(window.room.note_change)
        bridge.fault.connect(self._fault)
        bridge.notice.connect(window.room.said)
        equipment.scanned.connect(self._scanned)
        equipment.turned.connect(window.status.show_device)
        equipment.camera_wanted.connect(self._switch_camera)
        for chip in (window.status.scanner, window.status.camera):
            chip.pressed.connect(self._to_devices)
        desk.told.connect(self._told)
        desk.halted.connect(self._halted)
        desk.turned_away.connect(self._turned_away)
        window.gate.turned_away.connect(self._turned_away)
        window.opening.again.connect(self.begin)
        window.opening.leave.connect(window.close)
        window.language_wanted.connect(self._speak)
        window.sound_switched.connect(self._switch_sound)
        window.camera_switched.connect(self._switch_camera)
        window.deliver_wanted.connect(self._deliver)
        window.room.settings_changed.connect(self._settings_changed)

    @Slot()
    def begin(self) -> None:
        """Read the settings and open the ledger; the window stays alive meanwhile."""
        if self._station is not None or (self._opener is not None and self._opener.is_alive()):
            return
        self._window.show_opening()
        self._desk.await_ledger()
        try:
            self._settings = self._given or Settings.load(self._home)
        except TraceDeskError as error:
            self._fail(error.code, error.params)
            return
        settings, home, bridge = self._settings, self._home, self._bridge
        self._sound.volume = settings.number("sound.volume")
        self._window.header.show_sound(on=bool(self._sound.volume))
        self._window.header.show_site(settings.text("site.name") or settings.text("site.gln"))
        self._show_platform(settings)

        def build() -> object:
            from desktop.station import Station

            station = Station(home, settings, on_notice=bridge.on_notice)
            station.begin()
            return station

        self._opener = threading.Thread(target=lambda: bridge.open(build), name="opening", daemon=True)
        self._opener.start()

    def close(self) -> None:
        """Save what was handed over and let the ledger go."""
        if self._opener is not None:
            self._opener.join()
            QApplication.sendPostedEvents(self, 0)
        self.let_go()()
        self._speech.close()

    def let_go(self) -> Callable[[], None]:
        """Nobody works with the ledger any more; call what comes back, in any thread, to save and close it."""
        station, self._station = self._station, None
        self._speech.hush()
        if self._viewfinder.on and station is not None:
            self._switch_camera()
        sign_out = self._window.gate.let_go()

        def close() -> None:
            sign_out()
            if station is not None:
                station.close()  # type: ignore[attr-defined]

        return close

    @Slot(object)
    def _opened(self, opened: Opened) -> None:
        error = opened.error
        if error is not None:
            if isinstance(error, TraceDeskError):
                self._fail(error.code, error.params)
            else:
                logging.getLogger("opening").error("the ledger did not open", exc_info=error)
                self._fail("opening_fault", {"error": type(error).__name__, "home": str(self._home)})
            return
        self._station = station = opened.station
        self._window.room.open(station)
        early = self._desk.awaited.take_early()
        self._desk.open(station, self._settings.text("operator"))
        self._window.gate.begin(station)
        for scan in early:
            self._window.take(scan)  # by way of the gate: not before it is known who works here
        self._watch.open(station)
        self._equipment.open(self._home, self._settings)
        station.start_delivery(self._bridge.on_courier)
        if self._camera or self._settings.text("camera"):
            self._switch_camera()

    def _fail(self, code: str, params: dict[str, str]) -> None:
        self._window.show_fault(code, params)
        self._desk.shut()

    @Slot()
    def _turned_away(self) -> None:
        if not self._sound.play("stop"):
            QApplication.beep()

    @Slot(object)
    def _scanned(self, scan: Scan) -> None:
        if scan.source is not Source.CAMERA:
            self._window.status.show_scanner(ScannerSeen(datetime.now().astimezone(), scan.device))
        if self._window.gate.is_badge(scan.text):
            self._equipment.mask(scan)
        self._window.take(scan)

    @Slot()
    def _to_devices(self) -> None:
        self._window.room.go("devices")

    @Slot(object)
    def _told(self, verdict: Verdict) -> None:
        if not self._sound.play(SOUNDS[verdict.level]):
            QApplication.beep()
        if self._settings["sound.speech"] and self._sound.volume:
            self._speech.say(self._words.say(verdict.title), self._words.language)
        if verdict.saved:
            self._window.status.note_record(verdict.at)
            self._watch.soon()
            self._window.room.note_change()

    @Slot(object)
    def _halted(self, error: EnvironmentFault | None) -> None:
        if error is None:
            self._window.banner.take_back()
        else:
            self._window.banner.say(error.code, stop=True, **error.params)

    @Slot(object)
    def _status(self, status: object) -> None:
        before = self._window.status.safe_to_leave
        self._window.status.show_status(status)  # type: ignore[arg-type]
        if before is False and self._window.status.safe_to_leave:
            self._window.did.emit("delivered")

    @Slot()
    def _picture(self) -> None:
        picture = self._bridge.pictures.take()
        if picture is not None:
            self._window.work.camera.show_picture(picture)
            view = self._window.work.camera.view
            self._bridge.pictures.wide = view.wide if view.isVisible() else WIDE
            self._equipment.picture.emit(picture)

    @Slot(object)
    def _camera_state(self, state: object) -> None:
        if not self._viewfinder.on:
            return
        self._window.work.camera.show_state(state)  # type: ignore[arg-type]
        shown = self._show_camera()
        if shown.detail:
            logging.getLogger("camera").info("%s: %s", shown.code, shown.detail)

    @Slot()
    def _switch_camera(self) -> None:
        if self._viewfinder.on:
            self._viewfinder.stop()
        else:
            self._viewfinder.source = self._camera or self._settings.text("camera")
            self._viewfinder.start()
            self._window.did.emit("camera_on")
        self._window.work.camera.show_on(self._viewfinder.on)
        self._show_camera()

    def _show_camera(self) -> CameraState:
        shown = self._window.work.camera.state
        self._window.status.show_camera(shown.code, shown.camera)
        self._equipment.show_camera(shown, on=self._viewfinder.on)
        return shown

    @Slot()
    def _switch_sound(self) -> None:
        loud = 0 if self._sound.volume else self._settings.number("sound.volume") or LOUD
        self._sound.volume = loud
        self._window.header.show_sound(on=bool(loud))
        if loud:
            self._sound.play("provisional")
        self._window.room.remember("sound.volume", loud)

    @Slot(str)
    def _speak(self, language: str) -> None:
        self._words = Words(language)
        self._window.retranslate(self._words)
        self._window.room.remember("language", language)

    @Slot()
    def _settings_changed(self) -> None:
        """What was set on the settings page holds from now on."""
        settings = self._settings = self._window.room.settings
        self._equipment.choose(settings.text("scanner.ports"))
        if self._sound.volume != settings.number("sound.volume"):
            self._sound.volume = settings.number("sound.volume")
            self._window.header.show_sound(on=bool(self._sound.volume))
        self._window.header.show_site(settings.text("site.name") or settings.text("site.gln"))
        self._show_platform(settings)
        self._watch.soon()
        language = settings.text("language")
        if language and language != self._words.language:
            self._words = Words(language)
            self._window.retranslate(self._words)

    def _show_platform(self, settings: Settings) -> None:
        local = not settings.text("platform.url")
        self._window.status.show_platform(not local)
        for table in self._window.work.tables.values():
            table.local = local

    @Slot()
    def _deliver(self) -> None:
        if self._station is not None:
            self._station.deliver_now()  # type: ignore[attr-defined]
            self._watch.soon()

    @Slot(str)
    def _fault(self, file: str) -> None:
        self._window.banner.say("program_fault", stop=False, log=file)
