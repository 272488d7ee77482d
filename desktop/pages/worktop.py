"""What lies on the work page and where: the answer on top, what is asked beneath it, the list below; beside them the
task card, camera and entry by hand.

Larger type and a larger picture on a larger screen; while something is asked the answer gives up room for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QTableView, QVBoxLayout, QWidget

from desktop.goods import by_number
from desktop.room import Room
from desktop.widgets.camerapanel import CameraPanel
from desktop.widgets.cards import EntryCard, LabelCard
from desktop.widgets.finishpanel import FinishPanel
from desktop.widgets.goodspanel import GoodsPanel
from desktop.widgets.keys import KeyHints
from desktop.widgets.lowercard import LowerCard
from desktop.widgets.question import QuestionPanel
from desktop.widgets.scanfield import ScanSink
from desktop.widgets.taskcard import TaskCard
from desktop.widgets.verdict import VerdictPanel
from desktop.words import Words
from ledger.event import EventKind
from ledger.partners import Partner

SIDE = (372, 540)
"""Least and greatest width of the column with camera and entry."""
MARGIN = 12
"""Above and below the parts, in pixels."""
SMALL = 800
"""A page lower than this has no room for every sentence while something is asked."""
TINY = 560
"""A page lower than this is one whose pixels are enlarged: the answer is read from afar in smaller type too."""


class Worktop(QWidget):
    """The parts of the work page; what they do is told in `desktop.pages.work`."""

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.setObjectName("work")
        theme, words = room.theme, room.words
        self._words = words
        self.sink = ScanSink(self)
        self.sink.setObjectName("sink")
        self.sink.setFixedSize(0, 0)
        self.verdict = VerdictPanel(theme, words)
        self.question = QuestionPanel(theme, words)
        self.finish = FinishPanel(theme, words)
        self.goods = GoodsPanel(theme, words)
        self.below = LowerCard(theme, words)
        self.scans, self.board = self.below.scans, self.below.board
        self.chooser, self.differences = self.below.chooser, self.below.differences
        self.task = TaskCard(theme, words)
        self.camera = CameraPanel(theme, words)
        self.label = LabelCard(words)
        self.entry = EntryCard(words)
        self.hints = KeyHints(words)
        self._lay_out()

    def _lay_out(self) -> None:
        main = QVBoxLayout()
        main.setSpacing(12)
        main.addWidget(self.verdict, 13)
        main.addWidget(self.question)
        main.addWidget(self.finish)
        main.addWidget(self.goods)
        main.addWidget(self.below, 10)
        self._main = main
        side = QVBoxLayout()
        side.setSpacing(12)
        for part in (self.task, self.camera, self.label, self.entry):
            side.addWidget(part)
        side.addStretch(1)
        side.addWidget(self.hints)
        self._beside = QWidget()
        side.setContentsMargins(0, 0, 0, 0)
        self._beside.setLayout(side)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, MARGIN, 14, MARGIN)
        row.setSpacing(14)
        row.addLayout(main, 1)
        row.addWidget(self._beside)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        for part in (
            *(self.verdict, self.question, self.finish, self.goods),
            *(self.below, self.task, self.camera, self.label, self.entry, self.hints),
        ):
            part.retranslate(words)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the room anew."""
        super().resizeEvent(event)
        side = min(SIDE[1], max(SIDE[0], round(self.width() * 0.27)))
        self._beside.setFixedWidth(side)
        self.camera.set_width(side)
        self.share()

    def share(self) -> None:
        """Give each part its room, as it is asked or answered now."""
        scale = min(1.6, max(1.0, min(self.width() / 1366, self.height() / 650)))
        filling_in = self.finish.step is not None or self.goods.open
        asking = self.question.question is not None or filling_in
        small = asking and self.height() < SMALL
        less = asking or self.height() < TINY
        tiny = asking and self.height() < TINY
        few = 1 if small and self.question.tells_why else 2 if tiny else 4 if asking else 3
        self.verdict.set_room(scale * (0.7 if tiny else 0.9 if less else 1.12), few)
        self.question.setVisible(self.question.question is not None and not filling_in)
        self.verdict.show_body(shown=not filling_in)
        self._make_way(asking=asking)

    def _make_way(self, *, asking: bool) -> None:
        """Put the list away while answer and question need its room: squeezed, none of the three could be read.

        It stays where the person is walking it.
        """
        needed, focused = self.below.minimumSizeHint().height(), QApplication.focusWidget()
        for part in (self.verdict, self.question, self.finish, self.goods):
            layout = part.layout()
            if not part.isHidden():
                if layout is not None:
                    layout.activate()  # or what is asked now would count only after the next turn of the event loop
                # Asked of the parts: the layout above them remembers what they wanted before.
                needed += max(part.minimumHeight(), part.minimumSizeHint().height()) + self._main.spacing()
        room = self.contentsRect().height() - 2 * MARGIN
        walked = focused is not None and self.below.isAncestorOf(focused)
        self.below.setVisible(not asking or needed <= room or walked)

    def offer_numbers(self, verb: EventKind) -> None:
        """Show the way to goods told by number where this task can be done so."""
        self.entry.by_number.setVisible(by_number(verb))

    def know_partners(self, found: Sequence[Partner]) -> None:
        """Offer these partners wherever one is asked for."""
        self.task.know(found)
        self.question.know_partners(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """From wherever nothing else wants them the arrows go to the list, and a page down to further sentences."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.sink.hasFocus():
            self.to_list()
        elif event.key() == Qt.Key.Key_PageDown:
            self.verdict.turn()
        else:
            super().keyPressEvent(event)

    def to_list(self) -> None:
        """Put the cursor into what lies at the bottom, on its first row where it is on none."""
        view = self.below.shown
        view.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(view, QTableView) and not view.currentIndex().isValid():
            view.selectRow(0)
