"""The row of buttons that puts what a page shows into a file or on paper, and says what came of it.

Files go to the person's documents, under a name that says what and when; no dialogue stands in the way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop.icons import icon
from desktop.longwork import LongWork
from desktop.paper import Block, print_out, write_pdf
from desktop.printers import PDF, folder_of
from desktop.room import Room
from desktop.sheets import Sheet, write_csv, write_xlsx
from desktop.widgets.elided import Elided
from desktop.widgets.progress import ProgressLine
from desktop.words import Words
from ledger.errors import TraceDeskError
from ledger.stages import Progress

ALL = ("csv", "xlsx", "pdf", "print")
_BOTH, _WORDS = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonTextOnly


@dataclass(frozen=True, slots=True)
class Paperwork:
    """What is exported: the same content as tables and as blocks of paper."""

    name: str
    """What the file is called, without date and ending."""
    foot: str
    """What stands at the foot of each page: site, time, person."""
    sheets: tuple[Sheet, ...] = ()
    blocks: tuple[Block, ...] = ()
    landscape: bool = False


class ExportButtons(QWidget):
    """A button for each form; beside it stands wherever the page wants it the `ExportLine`."""

    def __init__(
        self, room: Room, make: Callable[[], Paperwork | None], forms: tuple[str, ...] = ALL
    ) -> None:
        super().__init__()
        self._room, self._make = room, make
        self._work = LongWork(room, self)
        self.line = ExportLine(self._work, room.words)
        self.folder: Path | None = None
        """Where files go; None for the person's documents."""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._buttons: dict[str, QToolButton] = {}
        self._sizes: dict[Qt.ToolButtonStyle, QSize] = {}
        for form in forms:
            button = QToolButton()
            button.setObjectName(f"export_{form}")
            button.setProperty("role", "export")
            button.setMinimumHeight(40)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, form=form: self.begin(form))
            row.addWidget(button)
            self._buttons[form] = button
        self.retranslate(room.words)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Icon and word on each button."""
        return self._sizes.get(_BOTH, super().sizeHint())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The words alone, never less."""
        return self._sizes.get(_WORDS, super().minimumSizeHint())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The type is known from now on."""
        super().showEvent(event)
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave the icons out where there is no room for them: the words say more."""
        super().resizeEvent(event)
        self._dress()

    def begin(self, form: str) -> None:
        """Put what the page shows now into this form."""
        made = self._make()
        if made is None:
            return
        if self._work.running:
            self.line.say("work_busy", "ask", what=self._room.words.say("work_paper"))
            return
        printer = self._printer if form == "print" else ""
        form = "pdf" if printer == PDF else form
        path = self._path(made.name, form)

        def work(progress: Progress) -> str:
            if form == "csv":
                write_csv(path, made.sheets, progress)
            elif form == "xlsx":
                write_xlsx(path, made.sheets, progress)
            elif form == "pdf":
                write_pdf(
                    path, made.name, made.foot, made.blocks, landscape=made.landscape, progress=progress
                )
            else:
                return print_out(
                    made.name,
                    made.foot,
                    made.blocks,
                    printer=printer,
                    landscape=made.landscape,
                    progress=progress,
                )
            return str(path)

        self._work.start(
            work, lambda told: self._done(form, told), self._failed, self.line.cancelled, name="work_paper"
        )
        self.line.begin()

    def enable(self, *, on: bool) -> None:
        """Whether there is anything to export."""
        for button in self._buttons.values():
            button.setEnabled(on)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        ink = self._room.theme.colour("quiet")
        for form, button in self._buttons.items():
            button.setIcon(icon("print" if form == "print" else "export", ink, 18))
            button.setText(words.say(f"export_{form}"))
            button.setToolTip(words.say(f"export_{form}_tip"))
            button.setAccessibleName(button.toolTip())
        self._measure()
        self.line.retranslate(words)

    def _measure(self) -> None:
        for style in (_BOTH, _WORDS):
            for button in self._buttons.values():
                button.setToolButtonStyle(style)
            layout = self.layout()
            assert layout is not None
            layout.invalidate()
            self._sizes[style] = layout.sizeHint()
        self._dress()
        self.updateGeometry()

    def _dress(self) -> None:
        style = _BOTH if self.width() >= self._sizes[_BOTH].width() else _WORDS
        for button in self._buttons.values():
            if button.toolButtonStyle() is not style:
                button.setToolButtonStyle(style)

    @property
    def _printer(self) -> str:
        """The printer for papers as set; PDF where files are wanted instead."""
        return self._room.settings.text("print.paper") if self._room.station is not None else ""

    def _path(self, name: str, form: str) -> Path:
        station = self._room.station
        folder = self.folder or folder_of(station.settings if station else None, self._room.home)
        safe = "".join(sign if sign.isalnum() or sign in " ._-()" else "-" for sign in name)
        return folder / f"{safe} {datetime.now():%Y-%m-%d %H%M%S}.{form}"

    def _done(self, form: str, told: str) -> None:
        if form == "print":
            self.line.say("export_printed", printer=told)
        else:
            self.line.say("export_saved", "", Path(told).parent, file=told)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, TraceDeskError):
            self.line.say(error.code, "stop", **error.params)
        else:
            logging.getLogger("export").error("the export failed", exc_info=error)
            self.line.say("work_fault", "stop", error=type(error).__name__)


class ExportLine(QWidget):
    """Progress while it runs, then where the file is; hidden while there is nothing to say."""

    def __init__(self, work: LongWork, words: Words) -> None:
        super().__init__()
        self._words = words
        self._told: tuple[str, dict[str, str]] | None = None
        self._folder: Path | None = None
        self._progress = ProgressLine(work, words)
        self._said = Elided(mode=Qt.TextElideMode.ElideMiddle)
        self._said.setObjectName("export_said")
        self._open = QPushButton()
        self._open.setMinimumHeight(40)
        self._open.clicked.connect(self._show_folder)
        self._close = QPushButton()
        self._close.setMinimumHeight(40)
        self._close.clicked.connect(self.hide)
        self._result = QWidget()
        row = QHBoxLayout(self._result)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._said, 1)
        row.addWidget(self._open)
        row.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._progress)
        column.addWidget(self._result)
        self._result.hide()
        self.hide()

    def begin(self) -> None:
        """Work begins."""
        self._told = None
        self._result.hide()
        self._progress.begin("export_writing")
        self.show()

    def cancelled(self) -> None:
        """The person stopped it."""
        self.hide()

    def say(self, code: str, tone: str = "", folder: Path | None = None, /, **params: str) -> None:
        """Say what came of it; `folder` is what can be opened."""
        self._told, self._folder = (code, params), folder
        self._said.setProperty("tone", tone)
        self._said.style().polish(self._said)
        self._open.setVisible(folder is not None)
        self._render()
        self._result.show()
        self.show()

    @property
    def told(self) -> str:
        """What it says."""
        return self._said.text() if self._told else ""

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._progress.retranslate(words)
        self._render()

    def _render(self) -> None:
        if self._told is not None:
            code, params = self._told
            self._said.setText(self._words.say(code, **params))
        self._open.setText(self._words.say("export_open_folder"))
        self._close.setText(self._words.say("export_close"))

    @Slot()
    def _show_folder(self) -> None:
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
