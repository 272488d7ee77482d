"""The lower part of the work page: the list of scans, a document's board, the choice of a document, or what a
stocktake has not found, under one head that says which."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.countboard import CountState
from desktop.models import ScanTable
from desktop.theme import Theme
from desktop.widgets.boardview import ROW, BoardView
from desktop.widgets.differences import DifferenceView
from desktop.widgets.paperchooser import PaperChooser
from desktop.widgets.scanlist import ScanList
from desktop.widgets.tally import Tally
from desktop.words import Words
from ledger.event import EventKind


class LowerCard(QFrame):
    """Shows one of the views and what can be done with it."""

    toggled = Signal()
    """The other view is wanted."""
    print_wanted = Signal()

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._words = words
        self._asked: object = None
        """What `show_view` was asked for last."""
        self.scans = ScanList(theme, words)
        self.board = BoardView(theme, words)
        self.chooser = PaperChooser(theme, words)
        self.differences = DifferenceView(theme, words)
        self.tally = Tally(theme, words)
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._print = self._button("print_label")
        self._give_up = self._button("give_up")
        self._other = self._button("other_view")
        self._print.clicked.connect(self.print_wanted)
        self._give_up.clicked.connect(self.differences.give_up)
        self._other.clicked.connect(self.toggled)
        self._views: dict[str, QWidget] = {
            "scans": self.scans,
            "board": self.board,
            "chooser": self.chooser,
            "differences": self.differences,
        }
        self._stack = QStackedWidget()
        for view in self._views.values():
            self._stack.addWidget(view)
        self._stack.setMinimumHeight(32 + ROW)  # else the one with the greatest needs would speak for all
        head = QHBoxLayout()
        head.setContentsMargins(16, 9, 12, 7)
        head.setSpacing(14)
        head.addWidget(self._title)
        head.addWidget(self.tally)
        head.addStretch(1)
        for button in (self._print, self._give_up, self._other):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    @property
    def shown(self) -> QWidget:
        """The view that is shown."""
        return next(view for view in self._views.values() if view is self._stack.currentWidget())

    def show_scans(self, verb: EventKind, table: ScanTable) -> None:
        """Put this task's scans into the list."""
        self.scans.show_table(table, self._words.say(f"scans_empty_{verb}"))
        self.tally.show_counts(table.counts)

    def show_view(
        self, view: str, verb: EventKind, number: str, count: CountState | None, *, printable: bool
    ) -> bool:
        """Show a view: under this document, or as the count stands; True when the choice was left by it."""
        asked = (view, verb, number, (count.open, count.counted) if count else None, printable)
        if asked == self._asked:
            return False  # as with nearly every scan
        self._asked = asked
        say = self._words.say
        left = self._stack.currentWidget() is self.chooser and view != "chooser"
        self._stack.setCurrentWidget(self._views[view])
        counting = verb is EventKind.COUNT
        numbers = {"open": count.open if count else "", "counted": count.counted if count else ""}
        titles = {"chooser": "chooser", "board": "board_title", "differences": "differences_title"}
        self._title.setText(say(titles.get(view, f"scans_{verb}"), number=number, **numbers))
        self.tally.setVisible(
            view == "scans"
        )  # they count the whole task, and would stand beside a document's number
        self._print.setText(say("print_label"))
        self._print.setVisible(printable and view != "chooser")
        self._give_up.setText(say("give_up"))
        self._give_up.setVisible(view == "differences" and bool(count and count.open))
        other = "view_differences" if counting else "view_board"
        self._other.setText(say("view_scans" if view in ("board", "differences") else other, **numbers))
        self._other.setVisible(view != "chooser" and (counting or bool(number)))
        return left

    def retranslate(self, words: Words) -> None:
        """Speak another language; the page shows its view anew."""
        self._words = words
        self._asked = None
        for part in (self.scans, self.board, self.chooser, self.differences, self.tally):
            part.retranslate(words)

    @staticmethod
    def _button(name: str) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
