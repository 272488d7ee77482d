"""The tasks page: what a person has to look at, the most urgent first, each with its legal next steps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.pages.page import Page
from desktop.room import Room
from desktop.story import capital, short_key
from desktop.theme import sans
from desktop.widgets.card import Card, Said, press
from desktop.widgets.elidedbutton import ElidedButton
from desktop.widgets.nothing import Nothing
from desktop.widgets.scrolled import Scrolled
from desktop.words import Words
from ledger.conflicts import Resolved, resolve
from ledger.event import EventKind
from ledger.situation import Intent
from ledger.store import Store
from ledger.worklist import Task

URGENT = frozenset({"contradicted", "double_dispense", "recalled_dispensed"})
"""Kinds about which a patient may be at risk: they stand first and in red."""
_WITH_PATIENT = frozenset({"double_dispense", "recalled_dispensed", "maybe_recalled_dispensed"})
"""Kinds about a pack that a patient has: the next step is to know whom to call."""
_OVERDRAWN = "approval_overdrawn"
_LEAST = 320
"""Width of the list: enough for time and serial."""
_STEP = re.compile(r"(?<=[。.]) ?(?=[2-9]\. |1\. )")
"""Where the next numbered step of a sentence about what to do begins."""


@dataclass(frozen=True, slots=True)
class Open:
    """A task with what a person needs to know its pack."""

    task: Task
    names: tuple[str, str]
    product: str
    lot: str
    serial: str


class TodoPage(Page):
    """A list on the left, the task chosen on the right."""

    name = "todo"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._open: tuple[Open, ...] = ()
        self._chosen = ""
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        self._title, self._count = QLabel(), QLabel()
        self._title.setFont(sans(22, QFont.Weight.Bold))
        self._count.setProperty("role", "quiet")
        self._empty = Nothing(room.theme, "done", "ok_text")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self._one = Card()
        self._pack, self._words_said, self._hint = Said(), Said(), Said()
        self._reason = QLineEdit()
        self._reason.setMinimumHeight(44)
        self._reason.setMaxLength(300)
        self._reason.setObjectName("todo_reason")
        self._steps = QVBoxLayout()
        self._steps.setSpacing(8)
        self._story = press(self._to_history, name="todo_story")
        self._whose = press(self._to_patient, name="todo_whose")
        self._grant = press(self._to_approval, name="todo_approval")
        self._said = Said()
        self._one.add(self._pack, self._words_said)
        self._one.line(self._story, self._whose, self._grant)
        self._one.add(self._hint, self._reason)
        self._one.column.addLayout(self._steps)
        self._one.add(self._said)
        self._lay_out()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._look)
        room.changed.connect(self._changed)
        self.retranslate(room.words)

    def enter(self, what: object = None) -> None:
        """Look the tasks up; `what` is the id of one to show."""
        if isinstance(what, str):
            self._chosen = what
        self._said.tell("")
        self._look()

    def escape(self) -> bool:
        """Leave the reason alone first."""
        if self._reason.text():
            self._reason.clear()
            return True
        return False

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._title.setText(words.say("page_todo"))
        self._story.setText(words.say("todo_story"))
        self._whose.setText(words.say("todo_whose"))
        self._grant.setText(words.say("todo_approval"))
        self._reason.setPlaceholderText(words.say("todo_reason"))
        self._reason.setAccessibleName(words.say("todo_reason"))
        self._show(self._open)

    def _lay_out(self) -> None:
        column = QVBoxLayout(inner := QWidget())
        column.setContentsMargins(0, 0, 6, 0)
        column.addLayout(self._rows)
        column.addStretch(1)
        self._list = Scrolled(inner)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMinimumWidth(_LEAST)
        left = QVBoxLayout()
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._title)
        head.addWidget(self._count, 0, Qt.AlignmentFlag.AlignBottom)
        head.addStretch(1)
        left.addWidget(self._list, 1)
        right = QVBoxLayout(beside := QWidget())
        right.setContentsMargins(0, 0, 6, 0)
        right.addWidget(self._one)
        right.addStretch(1)
        self._beside = Scrolled(beside)
        self._beside.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row = QHBoxLayout()
        row.setSpacing(22)
        row.addLayout(left, 5)
        row.addWidget(self._beside, 6)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(22, 18, 22, 18)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addSpacing(8)
        whole.addWidget(self._empty, 1)
        whole.addLayout(row, 1)

    @Slot()
    def _changed(self) -> None:
        if self.isVisible():
            self._again.start(0)

    @Slot()
    def _look(self) -> None:
        self.room.look(_find, self._found)

    def _found(self, found: tuple[Open, ...]) -> None:
        if found != self._open or not self.buttons:
            self._show(found)

    def _show(self, found: tuple[Open, ...]) -> None:
        had_focus = self.isAncestorOf(self.window().focusWidget() or self.window()) and self.isVisible()
        self._open = found
        for button in self.buttons.values():
            self._rows.removeWidget(button)
            button.deleteLater()
        self.buttons = {}
        for one in found:
            button = ElidedButton(self.words.say(f"task_{one.task.kind}"), self._line(one))
            button.setProperty("role", "tile")
            button.setProperty("tone", "stop" if one.task.kind in URGENT else "ask")
            button.setCheckable(True)
            button.setObjectName(f"todo_{one.task.task_id}")
            button.clicked.connect(lambda _=False, name=one.task.task_id: self._choose(name))
            self._group.addButton(button)
            self._rows.addWidget(button)
            self.buttons[one.task.task_id] = button
        self._count.setText(self.words.say("todo_count", number=len(found)) if found else "")
        self._empty.say(self.words.say("todo_empty"), self.words.say("todo_empty_hint"))
        self._empty.setVisible(not found)
        self._list.setVisible(bool(found))
        if self._chosen not in self.buttons:
            self._chosen = found[0].task.task_id if found else ""
        if self._chosen:
            self._choose(self._chosen)
            if had_focus and not self._reason.hasFocus():
                self.buttons[self._chosen].setFocus(Qt.FocusReason.OtherFocusReason)
        self._beside.setVisible(bool(self._chosen))

    def _line(self, one: Open) -> str:
        at = f"{datetime.fromisoformat(one.task.at).astimezone():%m-%d %H:%M}"
        return " · ".join(
            part for part in (at, one.serial or short_key(one.task.key), self._name(one)) if part
        )

    def _name(self, one: Open) -> str:
        return self.words.name(one.names) or one.product

    def _choose(self, task_id: str) -> None:
        one = next(one for one in self._open if one.task.task_id == task_id)
        if task_id != self._chosen:
            self._reason.clear()
            self._said.tell("")
        self._chosen = task_id
        self.buttons[task_id].setChecked(True)
        say, task = self.words.say, one.task
        self._one.title.setText(say(f"task_{task.kind}"))
        facts = [self._name(one)]
        facts += [f"{say('column_lot')} {one.lot}"] if one.lot else []
        facts += [f"{say('column_serial')} {one.serial}"] if one.serial else [short_key(task.key)]
        how = _STEP.sub("\n", say(f"task_how_{task.kind}"))
        self._pack.tell("\n".join((" · ".join(fact for fact in facts if fact), how)))
        code = "todo_words_approval" if task.kind == _OVERDRAWN else "todo_words"
        self._words_said.tell(say(code, words=task.words) if task.words else "", "ask")
        self._grant.setVisible(task.kind == _OVERDRAWN)
        self._hint.tell(say("todo_hint"))
        self._whose.setVisible(task.kind in _WITH_PATIENT)
        while (item := self._steps.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for place, step in enumerate(task.steps):
            button = press(partial(self._resolve, step), primary=not place, name=f"step_{step}")
            button.setText(capital(say(f"step_{step}")))
            self._steps.addWidget(button)

    def _resolve(self, step: str) -> None:
        station, who = self.room.station, self.room.operator
        if station is None or who is None:
            return
        task_id, clock = self._chosen, station.clock
        intent = Intent(EventKind.TASK_RESOLVED, who.id, reason=self._reason.text().strip() or None)
        self.room.write(lambda store: resolve(store, clock, task_id, step, intent), self._resolved)

    def _resolved(self, done: Resolved) -> None:
        if done.event is None:
            self._said.tell("\n".join(self.words.problem(problem) for problem in done.problems), "stop")
            if "reason" in done.needs:
                self._reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._reason.clear()
        self._chosen = ""
        if self.room.station is not None:
            self.room.station.deliver_now()
        self._look()

    def _to_history(self) -> None:
        one = next((one for one in self._open if one.task.task_id == self._chosen), None)
        if one is not None:
            self.room.go("history", (one.task.key, "todo"))

    def _to_patient(self) -> None:
        one = next((one for one in self._open if one.task.task_id == self._chosen), None)
        if one is not None:
            self.room.go("patients", (one.task.key, "todo"))

    def _to_approval(self) -> None:
        one = next((one for one in self._open if one.task.task_id == self._chosen), None)
        if one is not None:
            self.room.go("approvals", one.task.words)


def _find(store: Store) -> tuple[Open, ...]:
    """The open tasks with what is known of their packs, the urgent ones first, then the oldest."""
    found = []
    for task in store.worklist.open_tasks():
        pack = store.look_up(task.key)
        product = store.catalog.product(pack.product) if pack and pack.product else None
        found.append(
            Open(
                task,
                (product.name_zh, product.name_en) if product else ("", ""),
                (pack.product if pack else "") or "",
                (pack.lot if pack else "") or "",
                (pack.serial if pack else "") or "",
            )
        )
    return tuple(sorted(found, key=lambda one: one.task.kind not in URGENT))
