"""The pack history page: the whole life of one pack in plain words, and the proof that nobody has changed it.

Found by a scan, which records nothing here, or by any part of a code, serial or lot.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
)

from desktop.icons import icon
from desktop.lookup import Found, searched
from desktop.pages.findingpage import FindingPage
from desktop.proofwalk import ProofWalk
from desktop.room import Room
from desktop.scancode import code_of
from desktop.stockmodel import StockModel
from desktop.story import Teller
from desktop.widgets.exportbar import ExportButtons, Paperwork
from desktop.widgets.storyboard import StoryBoard
from desktop.words import Words
from ledger.dossier import ELSEWHERE, Dossier, dossier
from ledger.store import Store
from scanner.scan import Scan

MOST = 200
"""So many packs are offered to choose from."""


class HistoryPage(FindingPage):
    """Tells the life of a pack."""

    name = "history"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.known: Dossier | None = None
        self._found: Found | None = None
        self._walked: list[str] = []
        self._from = ""
        self._edition = 0
        self._only = QLabel()
        self._only.setProperty("role", "lookup")
        self._back = QPushButton()
        self._back.setMinimumHeight(40)
        self._back.setIcon(icon("step_back", room.theme.colour("quiet"), 16))
        self.export = ExportButtons(room, self._paperwork, ("pdf", "print"))
        self.model = StockModel(room.words, self.packs, date.today, self)
        self.board = StoryBoard(room.theme, room.words, self.model)
        self.timeline, self.choices = self.board.timeline, self.board.choices
        self.pack, self.proved, self.around = self.board.pack, self.board.proved, self.board.around
        self.walk = ProofWalk(room, self)
        self._lay_out()
        self._wire()
        self.retranslate(room.words)
        self._render()

    def enter(self, what: object = None) -> None:
        """Show a pack: `what` is its key, or (key, name of the page to go back to)."""
        if isinstance(what, tuple):
            what, self._from = what
        else:
            self._from = ""
        if isinstance(what, str):
            self._walked.clear()
            self._look(what)
        elif self.known is not None:
            self._look(self.known.code)
        else:
            self.search()

    def leave(self) -> None:
        """Nothing is checked for nobody."""
        self.walk.stop()

    def take(self, scan: Scan) -> bool:
        """Tell of the scanned pack; nothing is recorded."""
        zone = self.room.settings.zone()
        self._walked.clear()
        self._from = ""
        self.field.clear()

        def job(store: Store) -> Found:
            code = code_of(scan, zone, date.today())
            return Found(scan.text, dossier(store, scan.text, (code.key or "",)))

        self._ask(job)
        return True

    def escape(self) -> bool:
        """Back to the pack before, then to the page that sent us."""
        if self.field.hasFocus() and self.field.text() and self._found is not None:
            self.field.clear()
            self.timeline.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._walked:
            self._look(self._walked.pop())
        elif self._from:
            self.room.go(self._from)
        elif self._found is not None:
            self._show(None)
            self.search()
        else:
            return False
        return True

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        say = words.say
        for part in (self.export, self.board, self.model):
            part.retranslate(words)
        self.field.setPlaceholderText(say("history_search"))
        self.field.setAccessibleName(say("history_search_name"))
        self._only.setText(say("stock_only_looks"))
        self._back.setText(say("history_back"))
        self._render()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self._back)
        top.addWidget(self.field, 1)
        top.addWidget(self._only)
        top.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.export.line)
        column.addWidget(self.board, 1)

    def _wire(self) -> None:
        self.field.returnPressed.connect(self._search)
        self._back.clicked.connect(self.escape)
        self.choices.opened.connect(self._choose)
        self.choices.left.connect(self.search)
        self.around.wanted.connect(self._walk)
        self.proved.again.connect(self._prove)
        self.proved.stop.connect(self.walk.stop)
        self.walk.changed.connect(self._render_proof)

    def _ask(self, job: Callable[[Store], Found]) -> None:
        self._edition += 1
        edition = self._edition

        def here(found: Found) -> None:
            if edition == self._edition:
                self._show(found)

        self.room.look(job, here)

    def _look(self, key: str) -> None:
        self._ask(lambda store: Found(key, dossier(store, key)))

    @Slot()
    def _search(self) -> None:
        text = self.field.text().strip()
        if text:
            zone = self.room.settings.zone()
            self._walked.clear()
            self._from = ""
            self._ask(lambda store: searched(store, text, zone))

    @Slot(int)
    def _choose(self, row: int) -> None:
        pack = self.model.pack(row)
        if pack is not None:
            self._look(pack.key)

    @Slot(str)
    def _walk(self, key: str) -> None:
        if self.known is not None and self.known.pack is not None:
            self._walked.append(self.known.pack.key)
        self._look(key)

    @Slot()
    def renew(self) -> None:
        """Something was recorded or delivered: tell again, quietly, if this is still the pack."""
        known = self.known
        if known is None:
            return
        edition = self._edition

        def here(told: Dossier | None) -> None:
            if edition == self._edition and told is not None and told != self.known:
                self._show(Found(known.code, told))

        keys = (known.pack.key,) if known.pack else ()
        self.room.look(lambda store: dossier(store, known.code, keys), here)

    def _show(self, found: Found | None) -> None:
        before = self.known.pack.key if self.known and self.known.pack else ""
        self._found = found
        self.known = found.known if found else None
        now = self.known.pack.key if self.known and self.known.pack else ""
        if found is not None and found.several is not None:
            self.model.show_packs(found.several[:MOST])
            self.choices.selectRow(0)
            self.choices.setFocus(Qt.FocusReason.OtherFocusReason)
        self._render()
        if self.known is None:
            self.walk.stop()
            return
        if now != before or not now:
            self.timeline.scrollToTop()
        if not self.field.hasFocus() or self.field.text():
            self.timeline.setFocus(Qt.FocusReason.OtherFocusReason)
        self._prove()

    @Slot()
    def _prove(self) -> None:
        """Check the chain from the pack's first record to the head, of every record of this ledger that is listed."""
        self.walk.begin(_listed(self.known) if self.known is not None and self.known.records else ())

    def _render(self) -> None:
        say, found, known = self.words.say, self._found, self.known
        self._back.setVisible(bool(self._walked or self._from))
        self.export.enable(on=known is not None)
        if known is not None:
            self._tell(known)
        elif found is not None and found.several is not None:
            many = len(found.several) > MOST
            code = "history_choose_more" if many else "history_choose"
            self.board.show_choices(say(code, count=MOST if many else len(found.several)))
        elif found is not None:
            self.board.show_nothing(say("history_unknown", code=found.asked), say("history_unknown_hint"))
        else:
            self.board.show_nothing(say("history_empty"), say("history_empty_hint"))

    def _tell(self, known: Dossier) -> None:
        say, teller = self.words.say, Teller(self.words, known.people)
        lines = [teller.chapter(chapter) for chapter in known.chapters]
        lines += [teller.attempt(attempt) for attempt in known.attempts if not attempt.answered]
        lines.sort(key=lambda line: (line.day, line.time, line.seq or 0), reverse=True)
        self.timeline.chapters.show_lines(lines)
        count = say("history_timeline_count", count=len(known.chapters) + known.earlier)
        if known.earlier:
            count = f"{count} · {say('history_earlier', count=known.earlier)}"
        self.board.show_story(say("history_timeline"), count)
        self.pack.show_pack(known, self.words, date.today())
        self.around.show_around(known, self.words)
        self._render_proof()

    @Slot()
    def _render_proof(self) -> None:
        proof = self.walk.proof
        self.proved.setVisible(proof is not None)
        if proof is not None:
            self.proved.show_proof(proof, Teller(self.words), self.words)

    def _paperwork(self) -> Paperwork | None:
        known = self.known
        if known is None or self.room.station is None:
            return None
        from desktop.historypapers import history_blocks

        station = self.room.station
        say, who, device = self.words.say, self.room.operator, station.settings.text("device.name")
        made = say(
            "history_pdf_made",
            site=self.site,
            device=device or station.device_id[:8],
            at=f"{datetime.now():%Y-%m-%d %H:%M}",
            operator=(who.name or who.id) if who else "–",
        )
        name = say("history_pdf_file", key=(known.pack.serial if known.pack else None) or known.code[:40])
        blocks = history_blocks(known, self.walk.proof, self.words, made, date.today())
        return Paperwork(name, f"TraceDesk · {made}", (), blocks)


def _listed(known: Dossier) -> tuple[int, ...]:
    """Numbers of the records that the page lists and that this ledger chained itself, tasks about the pack included."""
    return tuple(chapter.event.seq for chapter in known.chapters if chapter.delivery != ELSEWHERE)
