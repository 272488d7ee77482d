"""The window: task switch and tools on top, the rail of pages on the left, the strip of truths at the bottom.

It is painted as an empty frame first and furnished afterwards, so that a person sees it at once. Pages lie in a
stack and are built when first visited. `retranslate` hands the words to every part, at run time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.icons import icon
from desktop.pages.opening import OpeningPage
from desktop.theme import Theme, sans
from desktop.widgets.banner import Banner
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.widgets.statusstrip import StatusStrip
from desktop.widgets.tasks import KEYS, TaskSwitch
from desktop.words import LANGUAGES, Words

if TYPE_CHECKING:
    from desktop.desk import Desk
    from desktop.gate import Gate
    from desktop.pages.first import FirstPage
    from desktop.pages.page import Page
    from desktop.pages.signin import SignInPage
    from desktop.pages.work import WorkPage
    from desktop.room import Room
    from desktop.steps import Step
    from desktop.widgets.guide import Guide
    from desktop.widgets.keys import KeySheet
    from desktop.widgets.rail import Rail
    from ledger.roles import Operator
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
    guide: Guide
    keys: KeySheet

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("window")
        self.theme = self._theme = theme
        self._words = words
        self._painted = False
        self._who = ("", "")
        self.tasks = TaskSwitch(theme, words)
        self.opening = OpeningPage(theme, words)
        self.status = StatusStrip(theme, words)
        self.banner = Banner(theme, words)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.opening)
        self._visited: dict[str, Page] = {}
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self._pages, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._header())
        self._column.addWidget(self.banner)
        self._column.addLayout(self._middle, 1)
        self._column.addWidget(self.status)
        self._speakers: list[Speaks] = [self.tasks, self.opening, self.status, self.banner]
        self.show_sound(on=True)
        self.setMinimumSize(1100, 640)
        self.retranslate(words)

    def furnish(self, desk: Desk, room: Room, steps: Sequence[Step] = ()) -> None:
        """Put in what is worked with, once the frame has been seen."""
        from desktop.gate import Gate
        from desktop.pages.first import FirstPage
        from desktop.pages.index import PAGES, WORK
        from desktop.pages.signin import SignInPage
        from desktop.pages.work import WorkPage
        from desktop.widgets.guide import Guide
        from desktop.widgets.keys import KeySheet
        from desktop.widgets.rail import Rail

        self.desk, self.room = desk, room
        self.gate = Gate(room, self)
        self.signin = SignInPage(self.gate, self._theme, self._words)
        self.first = FirstPage(room, self._theme, self._words)
        self.work = WorkPage(desk, room, self.gate)
        self.guide = Guide(self._theme, self._words, steps)
        self.keys = KeySheet(self._words, self)
        self.rail = Rail(self._theme, self._words, (WORK, *PAGES))
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
        self.first.later.connect(self.gate.later)
        self.first.done.connect(self.gate.people_changed)
        desk.did.connect(self.did)
        desk.told.connect(self.keys.hide)
        desk.told.connect(self.tasks.put_away)
        self.did.connect(self.guide.see)
        self.status.deliver.connect(self.deliver_wanted)
        self.work.camera.switched.connect(self.camera_switched)
        self._shortcuts()

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
        left = self.page
        self.rail.show()
        self.tasks.show()
        self.rail.show_page(name)
        if name == "work":
            self._pages.setCurrentWidget(self.work)
            self.work.rest()
        else:
            page = self._visit(name)
            self._pages.setCurrentWidget(page)
            page.setFocus(Qt.FocusReason.OtherFocusReason)
            page.enter(what)
        if left is not None and left is not self.page:
            left.leave()

    @property
    def page(self) -> Page | None:
        """The page that is shown; None while it is the work page or none is."""
        shown = self._pages.currentWidget()
        return next((page for page in self._visited.values() if page is shown), None)

    def visited(self, name: str) -> Page | None:
        """A page, if it has been visited."""
        return self._visited.get(name)

    @Slot(object)
    def take(self, scan: Scan) -> None:
        """Hand a scan to the page shown, else to the desk: then the work page shows what came of it."""
        if self.gate.take(scan):
            return
        page = self.page
        if page is not None and page.take(scan):
            self.did.emit(f"scan_{page.name}")
            return
        if page is not None:
            self.show_work()
        self.desk.take(scan)

    def _visit(self, name: str) -> Page:
        page = self._visited.get(name)
        if page is None:
            from desktop.pages.index import PAGES

            page = self._visited[name] = PAGES[name](self.room)
            page.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self._pages.addWidget(page)
        return page

    @Slot(object)
    def _open(self, who: Operator) -> None:
        """This person works here from now on."""
        self.desk.sign(who.id)
        self.show_who(self._who[0], who.name or who.id)
        self._lock.setVisible(bool(self.gate.tiles))
        if self._pages.currentWidget() in (self.opening, self.signin, self.first):
            self.show_work()

    @Slot(str)
    def _close_gate(self, why: str) -> None:
        """Nobody works here until somebody signs in."""
        left = self.page
        self.rail.hide()
        self.tasks.hide()
        self.keys.hide()
        self._lock.hide()
        self.show_who(self._who[0], "")
        if why == "first_wanted":
            self._pages.setCurrentWidget(self.first)
            self.first.begin()
        else:
            self._pages.setCurrentWidget(self.signin)
            self.signin.begin(why)
        if left is not None:
            left.leave()

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

    def show_opening(self) -> None:
        """The ledger is being opened."""
        self.opening.show_opening()
        self._pages.setCurrentWidget(self.opening)
        if hasattr(self, "rail"):
            self.rail.hide()

    def show_fault(self, code: str, params: dict[str, str]) -> None:
        """The work cannot begin."""
        self.opening.show_fault(code, params)
        self._pages.setCurrentWidget(self.opening)

    def show_who(self, site: str, operator: str) -> None:
        """Say where and who."""
        self._who = (site, operator)
        self._render_who()

    def show_site(self, site: str) -> None:
        """Say where."""
        self.show_who(site, self._who[1])

    def show_sound(self, *, on: bool) -> None:
        """Say whether sounds are on."""
        self._sound_on = on
        self._sound.setIcon(icon("sound" if on else "mute", self._theme.colour("quiet"), 22))
        self._render_tools()

    def retranslate(self, words: Words) -> None:
        """Speak another language, everywhere, now."""
        self._words = words
        if hasattr(self, "room"):
            self.room.words = words
        for part in (*self._speakers, *self._visited.values()):
            part.retranslate(words)
        self._render_tools()
        self._render_who()
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

    def _header(self) -> QFrame:
        header = QFrame()
        header.setObjectName("header")
        header.setFixedHeight(66)
        self._brand = QLabel("TraceDesk")
        self._brand.setFont(sans(18, QFont.Weight.Bold))
        self._brand.setObjectName("brand")
        self._site, self._operator = Elided(), Elided()
        self._site.setObjectName("site")
        self._operator.setObjectName("operator")
        self._operator.setProperty("role", "quiet")
        for line in (self._site, self._operator):
            line.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        who = QVBoxLayout()
        who.setSpacing(0)
        who.addStretch(1)
        who.addWidget(self._site)
        who.addWidget(self._operator)
        who.addStretch(1)
        self._lock = self._tool("lock", self._lock_now)
        self._lock.setIcon(icon("lock", self._theme.colour("quiet"), 22))
        self._lock.hide()
        self._language = self._tool("language", self._next_language)
        self._sound = self._tool("sound", self.sound_switched.emit)
        self._help = self._tool("help", self._toggle_keys)
        self._help.setIcon(icon("keyboard", self._theme.colour("quiet"), 22))
        row = QHBoxLayout(header)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(10)
        row.addWidget(Glyph("scan", self._theme.colour("accent"), 28))
        row.addWidget(self._brand)
        row.addSpacing(18)
        row.addWidget(self.tasks)
        row.addLayout(who, 1)
        row.addSpacing(8)
        for tool in (self._lock, self._language, self._sound, self._help):
            row.addWidget(tool)
        return header

    def _tool(self, name: str, act: object) -> QToolButton:
        tool = QToolButton()
        tool.setObjectName(name)
        tool.setProperty("role", "tool")
        tool.setIconSize(QSize(22, 22))
        tool.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tool.clicked.connect(act)
        return tool

    def _shortcuts(self) -> None:
        for keys, act in (
            ("F1", self._toggle_keys),
            *((key, lambda verb=verb: self._choose(verb)) for verb, key in KEYS.items()),
            ("F4", self._begin_entry),
            ("Ctrl+K", self._begin_entry),
            ("Ctrl+F", self._search),
            ("F5", self._retry),
            ("F6", self._begin_label),
            ("F7", self._to_question),
            ("F8", self.camera_switched.emit),
            ("F9", self.sound_switched.emit),
            ("F11", self._lock_now),
            ("Ctrl+L", self._next_language),
            ("Ctrl+N", self.desk.begin_anew),
            ("Ctrl+Q", self.close),
            ("Esc", self._escape),
        ):
            QShortcut(QKeySequence(keys), self, act)
        for place, name in enumerate(self.rail.buttons, 1):
            to_page = QShortcut(QKeySequence(f"Ctrl+{place}"), self)
            to_page.activated.connect(lambda name=name: self.show_page(name))
        for number in range(1, 10):
            shortcut = QShortcut(QKeySequence(f"Alt+{number}"), self)
            shortcut.activated.connect(lambda number=number: self.work.choose_reason(number))

    def _render_tools(self) -> None:
        say = self._words.say
        other = _other(self._words.language)
        for tool, text, tip in (
            (self._language, say("language_other"), say("language_tip")),
            (self._sound, "", say("sound_turn_off" if self._sound_on else "sound_turn_on")),
            (self._help, "F1", say("keys_title")),
            (self._lock, "", say("lock_tip")),
        ):
            tool.setText(text)
            tool.setToolTip(tip)
            tool.setAccessibleName(tip)
        self._language.setProperty("to", other)
        self._help.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _render_who(self) -> None:
        site, operator = self._who
        self._site.setText(site or self._words.say("site_unnamed"))
        self._operator.setText(self._words.say("operator", operator=operator) if operator else "")

    @Slot()
    def _next_language(self) -> None:
        self.language_wanted.emit(_other(self._words.language))
        self.did.emit("language")

    @Slot()
    def _toggle_keys(self) -> None:
        self.keys.toggle()
        self.did.emit("keys")

    @Slot()
    def _lock_now(self) -> None:
        self.gate.lock()

    def _choose(self, verb: str) -> None:
        self.desk.choose(verb)
        self.show_work()

    @Slot()
    def _begin_entry(self) -> None:
        self.show_work()
        self.work.entry.begin()

    @Slot()
    def _begin_label(self) -> None:
        self.show_work()
        self.work.label.begin()

    @Slot()
    def _to_question(self) -> None:
        self.show_work()
        self.work.to_question()

    @Slot()
    def _search(self) -> None:
        page = self.page
        if page is not None:
            page.search()

    @Slot()
    def _retry(self) -> None:
        if self._pages.currentWidget() is self.opening:
            if self.opening.faulty:
                self.opening.again.emit()
        else:
            self.deliver_wanted.emit()

    @Slot()
    def _escape(self) -> None:
        if not self.keys.isHidden():
            self.keys.hide()
        elif self._pages.currentWidget() is self.first:
            self.first.escape()
        elif self._pages.currentWidget() is self.work:
            if not self.work.escape():
                self.banner.dismiss()
        elif (page := self.page) is not None and not page.escape():
            self.show_work()


def _other(language: str) -> str:
    return LANGUAGES[(LANGUAGES.index(language) + 1) % len(LANGUAGES)]
