"""The devices page: camera, hand scanners and their calibration, a test that records nothing, and the last scans."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop import devicework
from desktop.pages.page import Page
from desktop.room import Room
from desktop.widgets.calibration import CalibrationWizard
from desktop.widgets.camerastage import CameraStage
from desktop.widgets.card import Card, Said, press
from desktop.widgets.scanhistory import ScanHistory
from desktop.widgets.scannerlist import ScannerList
from desktop.widgets.scantest import ScanTest
from desktop.words import Words
from ledger.errors import TraceDeskError
from scanner.scan import Scan, Source

if TYPE_CHECKING:
    from desktop.calibration_sheet import Modules
    from desktop.equipment import Equipment
    from desktop.keyboardstate import KeyboardState
    from scanner.blackbox import Record
    from scanner.profile import Profile

SOON_MS = 150
"""A burst of scans is shown once."""
LEFT_SHARE = 0.38
"""Of the page's width, for camera and test."""
_TEST_HEIGHT = 350
"""Pixels that the test card and the margins need: a low window makes the camera's picture lower."""


class DevicesPage(Page):
    """What hangs on this workstation, whether it works, and how to put it right."""

    name = "devices"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        assert room.equipment is not None, "the devices page needs its devices"
        self._equipment: Equipment = room.equipment
        theme, words = room.theme, room.words
        self._camera = CameraStage(theme, words)
        self._test = ScanTest(theme, words)
        self._scanners = ScannerList(theme, words)
        self._wizard = CalibrationWizard(theme, words)
        self._history = ScanHistory(theme, words)
        self._kept = Card()
        self._export = press(self._export_now, name="export_scans")
        self._said = Said()
        self._right = QStackedWidget()
        self._symbols: tuple[Modules, Modules] | None = None
        self.folder: Path | None = None
        """Where files go; None for the person's documents."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._show_all)
        self._lay_out()
        self._listen()
        self.retranslate(words)

    def enter(self, what: object = None) -> None:
        """Show how everything stands; `"calibrate"` begins a calibration."""
        for said in (self._said, self._scanners.said):
            said.tell("")
        self._test.forget()
        self._camera.show_state(self._equipment.camera_state, on=self._equipment.camera_on)
        self._show_all()
        self.room.away(devicework.cameras, self._show_cameras, self._fail)
        self._scanners.begin.setFocus()
        if what == "calibrate":
            self._begin_calibration()

    def leave(self) -> None:
        """Scans go to the desk again."""
        self._end_calibration()

    def take(self, scan: Scan) -> bool:
        """Every scan made on this page is a test."""
        calibrates = self._calibrating and scan.source is not Source.CAMERA
        if calibrates:
            self._wizard.take_scan(scan)
        else:
            self._test.show_scan(scan)
        self._equipment.box.judge(scan, "calibration" if calibrates else "test")
        self._soon.start()
        return True

    def escape(self) -> bool:
        """Give up a calibration."""
        if self._calibrating:
            self._end_calibration()
            return True
        return False

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        for part in (self._camera, self._test, self._scanners, self._wizard, self._history):
            part.retranslate(words)
        self._kept.title.setText(words.say("devices_kept"))
        self._export.setText(words.say("devices_export"))
        self._show_all()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Give camera and test their share of the width."""
        super().resizeEvent(event)
        self._give_room()

    def _give_room(self) -> None:
        width = max(430, min(760, round(self.width() * LEFT_SHARE)))
        self._left.setFixedWidth(width)
        self._camera.set_room(width, self.height() - _TEST_HEIGHT)

    @property
    def _folder(self) -> Path:
        return self.folder or devicework.documents(self.room.home)

    @property
    def _calibrating(self) -> bool:
        return self._right.currentWidget() is self._wizard

    def _lay_out(self) -> None:
        column = QWidget()
        column.setObjectName("section_inner")
        self._left = QScrollArea()  # a low window with a camera that offers a lot has no room for all of it
        self._left.setObjectName("section")
        self._left.setWidgetResizable(True)
        self._left.setFrameShape(QScrollArea.Shape.NoFrame)
        self._left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._left.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._left.setWidget(column)
        left = QVBoxLayout(column)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(14)
        left.addWidget(self._camera)
        left.addWidget(self._test, 1)
        self._kept.column.setContentsMargins(0, 14, 0, 0)
        self._kept.column.removeWidget(self._kept.title)
        head = QHBoxLayout()
        head.setContentsMargins(20, 0, 14, 0)
        head.setSpacing(12)
        head.addWidget(self._kept.title)
        head.addWidget(self._said, 1)
        head.addStretch(0)
        head.addWidget(self._export)
        self._kept.column.addLayout(head)
        self._kept.column.addWidget(self._history, 1)
        overview = QWidget()
        right = QVBoxLayout(overview)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(14)
        right.addWidget(self._scanners)
        right.addWidget(self._kept, 1)
        self._right.addWidget(overview)
        self._right.addWidget(self._wizard)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 16, 18, 16)
        row.setSpacing(16)
        row.addWidget(self._left)
        row.addWidget(self._right, 1)
        way = (self._scanners.begin, self._scanners.print_sheet, self._export, self._history)
        for before, after in pairwise(way):
            QWidget.setTabOrder(before, after)

    def _listen(self) -> None:
        equipment = self._equipment
        equipment.turned.connect(self._later)
        equipment.scanned.connect(self._later)
        equipment.typed.connect(self._typed)
        equipment.picture.connect(self._camera.show_picture)
        equipment.reads.connect(self._camera.show_reads)
        equipment.camera.connect(self._camera_turned)
        self._camera.switched.connect(equipment.camera_wanted)
        self._camera.turned.connect(equipment.viewfinder.turn)
        self._camera.chosen.connect(self._choose_camera)
        self._scanners.calibrate.connect(self._begin_calibration)
        self._scanners.sheet.connect(self._make_sheet)
        self._scanners.choose.connect(self._choose)
        self._scanners.drop.connect(self._drop)
        self._wizard.kept.connect(self._keep_profile)
        self._wizard.left.connect(self._end_calibration)
        self._history.looked_at.connect(self._look_at)

    @Slot(object)
    def _later(self, _what: object) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    @Slot(object, bool)
    def _camera_turned(self, state: object, on: bool) -> None:
        self._camera.show_state(state, on=on)  # type: ignore[arg-type]
        if on:
            self.room.away(self._equipment.viewfinder.controls, self._camera.show_controls)

    @Slot()
    def _show_all(self) -> None:
        """Scanners and scans, as they are now."""
        chosen = frozenset(self._ports())
        profile = self._equipment.profiles.of(self._equipment.typist())
        sentence, sound = self._about(profile)
        self._scanners.show_scanners(self._equipment.states(), sentence, sound, chosen)
        self._history.records.show_records(self._equipment.box.heads())
        self._export.setEnabled(self._history.records.rowCount() > 0)

    def _about(self, profile: Profile | None) -> tuple[str, bool]:
        """How scanners that type are read."""
        say = self.words.say
        if profile is None:
            return say("devices_uncalibrated"), False
        told = say(
            f"devices_profile_{profile.reading.name.lower()}",
            gs=say(f"gs_form_{profile.gs or 'unseen'}"),
            suffix=say(f"suffix_{profile.suffix}"),
        )
        return told, profile.reading.name != "REJECT" and profile.gs != "dropped"

    def _show_cameras(self, names: tuple[str, ...]) -> None:
        if self.room.station is None:
            return
        current = self.room.settings.text("camera")
        self._camera.show_cameras(
            names, names[int(current)] if current.isdigit() and int(current) < len(names) else current
        )
        self._give_room()

    @Slot(str)
    def _choose_camera(self, name: str) -> None:
        """Another camera, now and from the next start on."""
        self._keep_setting("camera", name)
        if self._equipment.camera_on:
            self._equipment.camera_wanted.emit()
        self._equipment.camera_wanted.emit()

    # Serial ports that a person chose

    def _ports(self) -> dict[str, int]:
        from desktop.serialports import ports_of

        return ports_of(self.room.settings.text("scanner.ports")) if self.room.station is not None else {}

    @Slot(str)
    def _choose(self, identity: str) -> None:
        self._keep_ports({**self._ports(), identity: 0})

    @Slot(str)
    def _drop(self, identity: str) -> None:
        self._keep_ports({port: speed for port, speed in self._ports().items() if port != identity})

    def _keep_ports(self, ports: dict[str, int]) -> None:
        from desktop.serialports import text_of

        text = text_of(ports)
        self._keep_setting("scanner.ports", text)
        self._equipment.choose(text)
        self._soon.start()

    def _keep_setting(self, name: str, value: str) -> None:
        try:
            self.room.settings.set(name, value)
            self.room.settings.save()
        except (TraceDeskError, OSError) as error:
            self._fail(error)

    # Calibration

    @Slot()
    def _begin_calibration(self) -> None:
        self._equipment.calibrate(True)
        self._right.setCurrentWidget(self._wizard)
        self._wizard.begin(self._equipment.typist())
        if self._symbols is None:
            self.room.away(devicework.symbols, self._show_symbols, self._fail)
        self.room.away(devicework.keyboard, self._show_keyboard, self._fail)

    @Slot()
    def _end_calibration(self) -> None:
        if self._calibrating:
            self._equipment.calibrate(False)
            self._right.setCurrentIndex(0)
            self._show_all()
            self._scanners.begin.setFocus()

    @Slot(object)
    def _typed(self, burst: object) -> None:
        if self._calibrating:
            self._wizard.take_burst(burst)  # type: ignore[arg-type]

    @Slot(object)
    def _keep_profile(self, profile: Profile) -> None:
        try:
            self._equipment.profiles.keep(profile)
        except OSError as error:
            self._scanners.said.tell(self._why(error), "stop")
        else:
            self._scanners.said.tell(self.words.say("devices_calibrated"), "ok")
        self._end_calibration()

    def _show_symbols(self, symbols: tuple[Modules, Modules]) -> None:
        self._symbols = symbols
        self._wizard.show_symbols(*symbols)

    def _show_keyboard(self, state: KeyboardState) -> None:
        from desktop.keyboardwords import sentences

        self._wizard.show_keyboard(tuple(sentences(self.words, state)))

    @Slot()
    def _make_sheet(self) -> None:
        self.room.away(partial(devicework.sheet, self._folder, self.words), self._show_sheet, self._fail)

    def _show_sheet(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
        self.room.say("sheet_written", file=str(path))

    # The last scans

    @Slot(object)
    def _look_at(self, record: Record) -> None:
        self._test.show_scan(record.scan)

    @Slot()
    def _export_now(self) -> None:
        work = partial(devicework.export, self._folder, self.words, self._equipment.box)
        self.room.away(work, self._exported, self._fail)

    def _exported(self, done: tuple[Path, int]) -> None:
        path, count = done
        self._said.tell(self.words.say("devices_exported", scans=count, file=path.name), "ok")
        self._said.setToolTip(str(path))

    def _fail(self, error: BaseException) -> None:
        self._said.tell(self._why(error), "stop")

    def _why(self, error: BaseException) -> str:
        if isinstance(error, TraceDeskError):
            return self.words.say(error.code, **error.params)
        return str(error) or type(error).__name__
