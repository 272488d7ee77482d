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
from desktop.pages.calibrating import Calibrating
from desktop.pages.page import Page
from desktop.pages.printerchoice import PrinterChoice
from desktop.pages.serialchoice import SerialChoice
from desktop.printers import folder_of
from desktop.room import Room
from desktop.widgets.calibration import CalibrationWizard
from desktop.widgets.camerastage import CameraStage
from desktop.widgets.keptcard import KeptCard
from desktop.widgets.printercard import PrinterCard
from desktop.widgets.scannerlist import ScannerList
from desktop.widgets.scantest import ScanTest
from desktop.words import Words
from scanner.scan import Scan, Source

if TYPE_CHECKING:
    from desktop.equipment import Equipment
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
        self._printers = PrinterCard(theme, words)
        self._kept = KeptCard(theme, words, self._export_now, self._show_printers)
        self._history, self._export, self._said = self._kept.history, self._kept.export, self._kept.said
        self._right = QStackedWidget()
        self.folder: Path | None = None
        """Where files go; None for the person's documents."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._show_all)
        self._lay_out()
        self.calibrating = Calibrating(room, self._equipment, self._wizard)
        self.printers = PrinterChoice(room, self._printers)
        self.ports = SerialChoice(room, self._equipment, self._scanners)
        self._listen()
        self.retranslate(words)

    def enter(self, what: object = None) -> None:
        """Show how everything stands; `"calibrate"` begins a calibration, `"printers"` shows the printers."""
        for said in (self._said, self._scanners.said):
            said.tell("")
        self._test.forget()
        self._camera.show_state(self._equipment.camera_state, on=self._equipment.camera_on)
        self._show_all()
        self.room.away(devicework.cameras, self._show_cameras, self._fail)
        self._scanners.begin.setFocus()
        if what == "calibrate":
            self._begin_calibration()
        elif what == "printers":
            self._show_printers()

    def leave(self) -> None:
        """Scans go to the desk again."""
        self.calibrating.end()

    def take(self, scan: Scan) -> bool:
        """Every scan made on this page is a test."""
        calibrates = self.calibrating.on and scan.source is not Source.CAMERA
        if calibrates:
            self._wizard.take_scan(scan)
        else:
            self._test.show_scan(scan, self.room.settings.zone())
        self._equipment.box.judge(scan, "calibration" if calibrates else "test")
        self._soon.start()
        return True

    def escape(self) -> bool:
        """Give up a calibration, or leave the printers."""
        return self.calibrating.end() or self._show_scans()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        for part in (self._camera, self._test, self._scanners, self._wizard, self._printers, self._kept):
            part.retranslate(words)
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
        return self.folder or folder_of(self.room.settings, self.room.home)

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
        overview = QWidget()
        right = QVBoxLayout(overview)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(14)
        right.addWidget(self._scanners)
        right.addWidget(self._kept, 1)
        self._right.addWidget(overview)
        self._right.addWidget(self._wizard)
        self._right.addWidget(self._printers)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 16, 18, 16)
        row.setSpacing(16)
        row.addWidget(self._left)
        row.addWidget(self._right, 1)
        way = (
            self._scanners.begin,
            self._scanners.print_sheet,
            self._kept.printers,
            self._export,
            self._history,
        )
        for before, after in pairwise(way):
            QWidget.setTabOrder(before, after)

    def _listen(self) -> None:
        equipment = self._equipment
        equipment.turned.connect(self._later)
        equipment.scanned.connect(self._later)
        equipment.picture.connect(self._camera.show_picture)
        equipment.reads.connect(self._camera.show_reads)
        equipment.camera.connect(self._camera_turned)
        self._camera.switched.connect(equipment.camera_wanted)
        self._camera.turned.connect(equipment.viewfinder.turn)
        self._camera.chosen.connect(self._choose_camera)
        self._scanners.calibrate.connect(self._begin_calibration)
        self.calibrating.ended.connect(self._calibrated)
        self.calibrating.told.connect(self._scanners.said.tell)
        self._scanners.sheet.connect(self._make_sheet)
        self._printers.left.connect(self._show_scans)
        self.ports.changed.connect(self._soon.start)
        self.ports.failed.connect(self._fail)
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
        chosen = frozenset(self.ports.chosen)
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
        self.room.remember("camera", name, self._fail)
        if self._equipment.camera_on:
            self._equipment.camera_wanted.emit()
        self._equipment.camera_wanted.emit()

    @Slot()
    def _show_printers(self) -> None:
        self._right.setCurrentWidget(self._printers)
        self.printers.refresh()
        self._printers.label.setFocus()

    @Slot()
    def _show_scans(self) -> bool:
        """Back from the printers; False when they were not shown."""
        if self._right.currentWidget() is not self._printers:
            return False
        self._right.setCurrentIndex(0)
        self._kept.printers.setFocus()
        return True

    @Slot()
    def _begin_calibration(self) -> None:
        self._right.setCurrentWidget(self._wizard)
        self.calibrating.begin()

    @Slot()
    def _calibrated(self) -> None:
        """The calibration has ended, kept or given up."""
        self._right.setCurrentIndex(0)
        self._show_all()
        self._scanners.begin.setFocus()

    @Slot()
    def _make_sheet(self) -> None:
        self.room.away(partial(devicework.sheet, self._folder, self.words), self._show_sheet, self._fail)

    def _show_sheet(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
        self.room.say("sheet_written", file=str(path))

    # The last scans

    @Slot(object)
    def _look_at(self, record: Record) -> None:
        self._test.show_scan(record.scan, self.room.settings.zone())

    @Slot()
    def _export_now(self) -> None:
        work = partial(devicework.export, self._folder, self.words, self._equipment.box)
        self.room.away(work, self._exported, self._fail)

    def _exported(self, done: tuple[Path, int]) -> None:
        path, count = done
        self._said.tell(self.words.say("devices_exported", scans=count, file=path.name), "ok")
        self._said.setToolTip(str(path))

    def _fail(self, error: BaseException) -> None:
        self._said.tell(self.room.why(error), "stop")
