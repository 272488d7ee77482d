"""The row of buttons that puts what a page shows into a file or on paper, and says what came of it.

Files go to the person's documents, under a name that says what and when; no dialogue stands in the way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop.icons import icon
from desktop.longwork import LongWork
from desktop.paper import Block, print_out, write_pdf
from desktop.room import Room
from desktop.sheets import Sheet, write_csv, write_xlsx
from desktop.widgets.elided import Elided
from desktop.widgets.progress import ProgressLine
from desktop.words import Words
from ledger.errors import TraceDeskError
from ledger.stages import Progress

ALL = ("csv", "xlsx", "pdf", "print")


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
        for form in forms:
            button = QToolButton()
            button.setObjectName(f"export_{form}")
            button.setProperty("role", "export")
            button.setMinimumHeight(40)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.clicked.connect(lambda _=False, form=form: self.begin(form))
            row.addWidget(button)
            self._buttons[form] = button
        self.retranslate(room.words)

    def begin(self, form: str) -> None:
        """Put what the page shows now into this form."""
        made = self._make()
        if made is None or self._work.running:
            return
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
                    made.name, made.foot, made.blocks, landscape=made.landscape, progress=progress
                )
            return str(path)

        if self._work.start(work, lambda told: self._done(form, told), self._failed, self.line.cancelled):
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
        self.line.retranslate(words)

    def _path(self, name: str, form: str) -> Path:
        folder = self.folder
        if folder is None:
            documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
            folder = Path(documents or self._room.home) / "TraceDesk"
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
