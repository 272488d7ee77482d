"""The papers of the work page: which document a task runs under, how far it has come, and how it ends.

Boards are looked up in the reader's thread whenever something was recorded; what is closed, opened again or rolled
back is written in the writer's. A document's number that is scanned opens it, whatever is shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop.desk import Desk
from desktop.labels import Label
from desktop.pages.paperend import PaperEnd
from desktop.paperboard import Listed, Paper, find, paper, papers
from desktop.room import Room
from desktop.tasksheet import BOARDS, DOCUMENT_KINDS
from desktop.widgets.boardview import BoardView
from desktop.widgets.finishpanel import FinishPanel
from desktop.widgets.paperbrief import PaperBrief
from desktop.widgets.paperchooser import PaperChooser
from ledger.codes.code import Code
from ledger.errors import EnvironmentFault
from ledger.event import EventKind
from ledger.prescription import Prescription
from ledger.situation import TakeOut
from scanner.scan import Scan

log = logging.getLogger("papers")

REFRESH_MS = 150
"""A burst of scans is counted once."""
_VERB_OF = {
    "desadv": EventKind.RECEIVE,
    "transfer": EventKind.TRANSFER_IN,
    "prescription": EventKind.DISPENSE,
}


class Paperwork(QObject):
    """Keeps the task's document, its board and its end together."""

    view_changed = Signal()
    """Another part of the page is to be shown: see `view`."""
    noticed = Signal(str, object)
    """A sentence for the banner: code word and parameters."""
    done = Signal(str, object)
    """The same for what went well."""

    def __init__(
        self,
        desk: Desk,
        room: Room,
        brief: PaperBrief,
        chooser: PaperChooser,
        board: BoardView,
        panel: FinishPanel,
    ) -> None:
        super().__init__(brief)
        self._desk, self._room = desk, room
        self._brief, self._chooser, self._board, self._panel = brief, chooser, board, panel
        self._choosing = False
        self._listing = False
        """The list of scans is wanted although there is a board."""
        self._shown: Paper | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REFRESH_MS)
        self._soon.timeout.connect(self.refresh)
        brief.choose_wanted.connect(self.choose)
        brief.finish_wanted.connect(self.finish)
        brief.later_wanted.connect(self.later)
        brief.roll_back_wanted.connect(self.roll_back)
        chooser.searched.connect(self._search)
        chooser.chosen.connect(self._chosen)
        chooser.left.connect(self.leave)
        panel.left.connect(self.leave)
        self._end = PaperEnd(desk, room, panel, self.refresh)
        self._end.asked.connect(self._asks)
        self._end.over.connect(self.leave)
        self._end.noticed.connect(self.noticed)
        self._end.done.connect(self.done)
        desk.papers = self.scanned
        desk.offers = self.offered
        desk.told.connect(self._note)
        desk.task_changed.connect(self._task)
        desk.sheet_changed.connect(self._sheet)
        room.changed.connect(self._soon.start)
        room.opened.connect(self.refresh)

    @property
    def view(self) -> str:
        """What stands in the page's lower part: `chooser`, `board`, `differences` or `scans`."""
        if self._choosing:
            return "chooser"
        if self._desk.verb is EventKind.COUNT:
            return "differences" if self._listing else "scans"
        return "board" if self.number and not self._listing else "scans"

    @property
    def number(self) -> str:
        """The document of the task at hand, where such a document has lines."""
        return self._desk.sheet.document if self._desk.verb in BOARDS else ""

    @property
    def paper(self) -> Paper | None:
        """The document at hand, as looked up last."""
        return self._shown

    @Slot()
    def choose(self) -> None:
        """Offer the documents of the task."""
        if self._desk.verb not in BOARDS:
            return
        self._choosing = True
        self._panel.hide()
        self.view_changed.emit()
        self._chooser.begin(DOCUMENT_KINDS[self._desk.verb])

    @Slot()
    def toggle(self) -> None:
        """Show the list of scans instead of the board, or the board again; in a stocktake the differences."""
        if self.number or self._desk.verb is EventKind.COUNT:
            self._listing = not self._listing
            self.view_changed.emit()

    @Slot()
    def leave(self) -> None:
        """Step back from choosing or from the question about the end."""
        self._choosing = False
        self._panel.hide()
        self.view_changed.emit()

    def escape(self) -> bool:
        """Step back; False when nothing was open."""
        if not self._choosing and self._panel.step is None:
            return False
        self.leave()
        return True

    def scanned(self, scan: Scan, code: Code) -> bool:
        """Open the document whose number was scanned; False where it names none."""
        if self._room.station is None or len(scan.text) > 60:
            return False
        own = DOCUMENT_KINDS.get(self._desk.verb, "") if self._desk.verb in BOARDS else ""
        kinds = [*([own] if own else []), *(kind for kind in _VERB_OF if kind != own)]
        number = scan.text.strip()
        from ledger.store import open_reader

        # A point look-up of two milliseconds, and only for what is no pack: the next scan must find it opened.
        try:
            with closing(open_reader(self._room.home)) as store:
                kind = find(store, number, kinds)
                out = _take_out(store.documents.prescription(number)) if kind == "prescription" else None
        except EnvironmentFault as error:
            # Then it is a scan like any other: the writer keeps it, or says why nothing can be kept.
            log.warning("no document could be looked up: %s", error)
            return False
        if kind is None:
            return False
        self._desk.choose(_VERB_OF[kind])
        self._open(number, out)
        self._desk.did.emit("paper_opened")
        return True

    def offered(self, verb: EventKind, code: Code) -> Label | None:
        """Lot and expiry that the document at hand names for a pack, where it names one pair alone: to be confirmed."""
        found = self._shown
        if found is None or verb is not self._desk.verb or verb is EventKind.DISPENSE:
            return None
        named = {
            Label(item.lot or None, item.expiry, item.expiry_precision)
            for item in found.items
            if item.product == code.product and item.expiry is not None and item.progress != "extra"
        }
        return named.pop() if len(named) == 1 else None

    @Slot()
    def refresh(self, after: Callable[[], None] | None = None) -> None:
        """Look the document up anew."""
        number, verb = self.number, self._desk.verb
        station = self._room.station
        if not number or station is None:
            self._show(None)
            return
        kind, institution = DOCUMENT_KINDS[verb], station.workplace.institution
        today = station.clock.now().at.date()

        def then(found: Paper | None) -> None:
            if (number, verb) == (self.number, self._desk.verb):
                self._show(found)
                if after is not None:
                    after()

        self._room.look(lambda store: paper(store, kind, number, institution, today), then)

    @Slot()
    def finish(self) -> None:
        """Close the document at hand: at once when nothing differs, else after the reasons are told."""
        self._end.finish()

    @Slot()
    def later(self) -> None:
        """Leave the document as it is, to be continued another day, and go on without one."""
        if self.number:
            number = self.number
            self._desk.fill_in(self._desk.sheet.under(""))
            self._desk.begin_anew()
            self.done.emit("paper_left", {"number": number})

    @Slot()
    def roll_back(self) -> None:
        """Take the last receipt under the document back, after asking."""
        self._end.roll_back()

    @Slot()
    def _asks(self) -> None:
        self._choosing = False
        self.view_changed.emit()

    def retranslate(self) -> None:
        """The board's sentences are made anew."""
        self._show(self._shown)

    @Slot(str)
    def _search(self, text: str) -> None:
        kind = DOCUMENT_KINDS[self._desk.verb]

        def then(found: tuple[Listed, ...]) -> None:
            if self._choosing:
                self._chooser.show_found(found, text)

        self._room.look(lambda store: papers(store, kind, text), then)

    @Slot(str)
    def _chosen(self, number: str) -> None:
        """A document was chosen from the list, or none."""
        self.leave()
        if not number:
            self._open("", None)
        elif self._desk.verb is EventKind.DISPENSE:

            def then(found: Prescription | None) -> None:
                if self._desk.verb is EventKind.DISPENSE:  # else the task was changed meanwhile
                    self._open(number, _take_out(found))

            self._room.look(lambda store: store.documents.prescription(number), then)
        else:
            self._open(number, None)

    def _open(self, number: str, out: TakeOut | None) -> None:
        self._choosing = self._listing = False
        if self._desk.sheet.document != number:
            self._panel.hide()  # what it asks is about the document before
            self._desk.fill_in(self._desk.sheet.under(number, out))
        self.view_changed.emit()
        self.refresh()

    @Slot(object)
    def _note(self, _verdict: object) -> None:
        if self.number:
            self._soon.start()

    @Slot(object)
    def _task(self, _verb: object) -> None:
        self._choosing = self._listing = False
        self._panel.hide()
        self._shown = None
        self._end.show_paper(None)
        self._brief.show_paper(self.number, None)
        self.view_changed.emit()
        self.refresh()

    @Slot()
    def _sheet(self) -> None:
        self._brief.show_paper(self.number, self._shown if self._matches() else None)
        if not self._matches():
            self.refresh()
            self.view_changed.emit()

    def _matches(self) -> bool:
        return (self._shown.number if self._shown else "") == self.number

    def _show(self, found: Paper | None) -> None:
        self._shown = found
        self._brief.show_paper(self.number, found)
        self._board.show_paper(found)
        self._end.show_paper(found)
        self.view_changed.emit()


def _take_out(found: Prescription | None) -> TakeOut | None:
    """What a prescription lets out of the zone."""
    if found is None or not found.weeks:
        return None
    return TakeOut(found.weeks, found.filing, found.consent, found.assessed, found.signed)
