"""The window: task switch and tools on top, the rail of pages on the left, the strip of truths at the bottom.

It is painted as an empty frame first and furnished afterwards, so that a person sees it at once. Pages lie in a
stack and are built when first visited. `retranslate` hands the words to every part, at run time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from desktop.pages.opening import OpeningPage
from desktop.pagestack import PageStack
from desktop.theme import Theme
from desktop.widgets.banner import Banner
from desktop.widgets.header import Header
from desktop.widgets.statusstrip import StatusStrip
from desktop.words import Words
from scanner.scan import Source

if TYPE_CHECKING:
    from desktop.controls import Controls
    from desktop.desk import Desk
    from desktop.gate import Gate
    from desktop.pages.first import FirstPage
    from desktop.pages.page import Page
    from desktop.pages.rescue import RescuePage
    from desktop.pages.restoring import RestoringPage
    from desktop.pages.signin import SignInPage
    from desktop.pages.work import WorkPage
    from desktop.room import Room
    from desktop.steps import Step
    from desktop.widgets.guide import Guide
    from desktop.widgets.keys import KeySheet
    from desktop.widgets.rail import Rail
    from ledger.roles import Operator, Refusal
    from scanner.scan import Scan


class Speaks(Protocol):
    """A part of the window that has words."""

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        ...


class Window(QWidget):
    """The workstation's window."""

    painted = Signal()
    """It has been painted for the first time: what takes long may begin."""
    language_wanted = Signal(str)
    sound_switched = Signal()
    camera_switched = Signal()
    deliver_wanted = Signal()
    did = Signal(str)
    """What the person did to the window itself, for the guided first task."""
    closed = Signal()

    desk: Desk
    room: Room
    gate: Gate
    signin: SignInPage
    first: FirstPage
    work: WorkPage
    rail: Rail
    controls: Controls
    guide: Guide
    keys: KeySheet

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("window")
        self.theme = theme
        self._words = words
        self._painted = False
        self._refusal = ""
        self.header = Header(theme, words)
        self.tasks = self.header.tasks
        self.opening = OpeningPage(theme, words)
        self.status = StatusStrip(theme, words)
        self.banner = Banner(theme, words)
        self._pages = PageStack()
        self._pages.put(self.opening)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self._pages, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addWidget(self.banner)
        self._column.addLayout(self._middle, 1)
        self._column.addWidget(self.status)
        self._speakers: list[Speaks] = [self.header, self.opening, self.status, self.banner, self._pages]
        # A small screen at a large size has less than that: what stands at the bottom must be seen even there.
        self.setMinimumSize(QSize(1080, 600).boundedTo(self.screen().availableSize()))
        self.retranslate(words)

    def furnish(self, desk: Desk, room: Room, steps: Sequence[Step] = ()) -> None:
        """Put in what is worked with, once the frame has been seen."""
        from desktop.controls import Controls
        from desktop.gate import Gate
        from desktop.pages.first import FirstPage
        from desktop.pages.index import BESIDE, PAGES, WORK
        from desktop.pages.signin import SignInPage
        from desktop.pages.work import WorkPage
        from desktop.widgets.guide import Guide
        from desktop.widgets.keys import KeySheet
        from desktop.widgets.rail import Rail

        self.desk, self.room = desk, room
        self.gate = Gate(room, self)
        self.signin = SignInPage(self.gate, self.theme, self._words)
        self.first = FirstPage(room, self.theme, self._words)
        self.work = WorkPage(desk, room, self.gate)
        self.guide = Guide(self.theme, self._words, steps)
        self.keys = KeySheet(self._words, self)
        names = (WORK, *(name for name in PAGES if name not in BESIDE))
        self.rail = Rail(self.theme, self._words, names)
        self.rail.hide()
        self._middle.insertWidget(0, self.rail)
        for page in (self.work, self.signin, self.first):
            self._pages.addWidget(page)
        self._column.insertWidget(2, self.guide)
        self._speakers += [self.signin, self.first, self.rail, self.work, self.guide, self.keys]
        self.tasks.chosen.connect(desk.choose)
        self.tasks.show_task(desk.verb)
        desk.task_changed.connect(self.tasks.show_task)
        desk.task_changed.connect(self.show_work)
        self.rail.chosen.connect(self.show_page)
        room.went.connect(self.show_page)
        room.said.connect(self._say)
        room.opened.connect(self._count_tasks)
        room.changed.connect(self._count_tasks)
        self.gate.opened.connect(self._open)
        self.gate.closed.connect(self._close_gate)
        self.gate.refused.connect(self._refused)
        self.gate.released.connect(self.take)
        self.first.later.connect(self.gate.later)
        self.first.done.connect(self.gate.people_changed)
        desk.did.connect(self.did)
        desk.told.connect(self.keys.hide)
        desk.told.connect(self.tasks.put_away)
        self.did.connect(self.guide.see)
        self.status.deliver.connect(self.deliver_wanted)
        self.work.camera.switched.connect(self.camera_switched)
        self.controls = Controls(self, self._words)
        self._speakers.append(self.controls)

    def sizeHint(self) -> QSize:  # noqa: N802
        """A common small screen."""
        return QSize(1366, 768)

    @Slot()
    def show_work(self) -> None:
        """To work: somebody is here, or another page is left."""
        self.show_page("work")

    @Slot(str, object)
    def show_page(self, name: str, what: object = None) -> None:
        """Show a page, for `what` where another one sent for it."""
        if self.room.station is None or self.room.operator is None:
            return
        self.controls.palette.put_away()
        self.rail.show()
        self.tasks.show()
        self.rail.show_page(name)
        if name == "work":
            self._pages.put(self.work)
            self.work.rest()
        else:
            self._pages.visit(name, self.room, what)

    @property
    def page(self) -> Page | None:
        """The page that is shown; None while it is the work page or none is."""
        return self._pages.page

    @Slot(object)
    def take(self, scan: Scan) -> None:
        """Hand a scan to the page shown, else to the desk: then the work page shows what came of it."""
        if scan.source is not Source.CAMERA:
            self.controls.palette.put_away()  # a camera sees one and the same code again and again
        if self.gate.take(scan):
            return
        page = self.page
        if page is not None and page.take(scan):
            self.did.emit(f"scan_{page.name}")
            return
        if page is not None:
            self.show_work()
        self.desk.take(scan)

    @Slot(object)
    def _open(self, who: Operator) -> None:
        """This person works here from now on."""
        self.desk.sign(who.id)
        self.banner.withdraw(self._refusal)
        self.header.show_operator(who.name or who.id, lockable=bool(self.gate.tiles))
        if self._pages.currentWidget() in (self.opening, self.signin, self.first):
            self.show_work()

    @Slot(str)
    def _close_gate(self, why: str) -> None:
        """Nobody works here until somebody signs in."""
        self.controls.palette.put_away()
        self.rail.hide()
        self.tasks.hide()
        self.keys.hide()
        self.header.show_operator("", lockable=False)
        if why == "first_wanted":
            self._pages.put(self.first)
            self.first.begin()
        else:
            self._pages.put(self.signin)
            self.signin.begin(why)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        """Say why nobody was let in where the page that asks for it is not shown; never what a badge holds."""
        if self._pages.currentWidget() is not self.signin:
            self._refusal = refusal.code
            told = {name: value for name, value in refusal.params if name != "badge"}
            self.banner.say(refusal.code, stop=False, **told)

    @Slot()
    def _count_tasks(self) -> None:
        """Say on the rail how much waits for a person."""
        from desktop.pages.todo import URGENT

        self.room.look(
            lambda store: [task.kind for task in store.worklist.open_tasks()],
            lambda kinds: self.rail.show_waiting("todo", len(kinds), urgent=not URGENT.isdisjoint(kinds)),
        )

    @Slot(str, object)
    def _say(self, code: str, params: dict[str, str]) -> None:
        self.banner.say(code, stop=False, **params)

    def show_whole(self, page: OpeningPage | RescuePage | RestoringPage) -> None:
        """Show something that is no page of the rail while nobody can work; the page that was there is left."""
        self.controls.palette.put_away()
        for part in (self.rail, self.tasks, self.keys):
            part.hide()
        self.header.show_operator("", lockable=False)
        if page not in self._speakers:
            self._speakers.append(page)
        self._pages.put(page)

    def show_opening(self) -> None:
        """The ledger is being opened."""
        self.opening.show_opening()
        self._pages.put(self.opening)
        if hasattr(self, "rail"):
            self.rail.hide()

    def show_fault(self, code: str, params: dict[str, str]) -> None:
        """The work cannot begin."""
        self.opening.show_fault(code, params)
        self._pages.put(self.opening)

    def retranslate(self, words: Words) -> None:
        """Speak another language, everywhere, now."""
        self._words = words
        if hasattr(self, "room"):
            self.room.words = words
        for part in self._speakers:
            part.retranslate(words)
        self.setWindowTitle(words.say("window_title"))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter presses the button that has the focus, on every page; Qt does so in dialogs alone."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Announce the first paint once it is over."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: object) -> None:  # noqa: N802
        """Closing ends the program; what is saved is saved."""
        super().closeEvent(event)  # type: ignore[arg-type]
        self.closed.emit()
