"""The delivery page: may one leave, what waits and why, what was refused, and how it gets there without a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from desktop.pages.page import Page
from desktop.room import Room
from desktop.theme import sans
from desktop.widgets.card import Card, Said, press
from desktop.widgets.glyph import Glyph
from desktop.words import Words
from ledger.store import Store

if TYPE_CHECKING:
    from desktop.station import Status
    from sync.courier import CourierState

NUMBERS = ("accepted", "pending", "sent", "parked", "provisional")
_PARKED = frozenset({"parked", "parked_supervisor"})
_EVERY_MS = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """How delivery stands."""

    status: Status
    accepted: int
    sent: int
    last_failure: str
    """Code word of why the last attempt failed; empty where it did not."""
    refused: tuple[tuple[str, str, str], ...]
    """Task id, time and the platform's words of each record that it refused."""


class DeliveryPage(Page):
    """Everything is looked up anew when something changes, and every few seconds while the page is shown."""

    name = "delivery"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._standing: Standing | None = None
        self._state: CourierState | None = None
        self._sign = Glyph("leave", room.theme.colour("quiet"), 44)
        self._answer, self._why = QLabel(), QLabel()
        self._answer.setFont(sans(30, QFont.Weight.Bold))
        self._why.setFont(sans(16))
        for label in (self._answer, self._why):
            label.setWordWrap(True)
        self._leave = QFrame()
        self._leave.setObjectName("leave_card")
        self._values = {name: QLabel("–") for name in NUMBERS}
        self._names = {name: QLabel() for name in NUMBERS}
        self._line = Card()
        self._line_said, self._now_said = Said(), Said()
        self._now = press(self._deliver, primary=True, name="deliver_now")
        self._refused = Card()
        self._refused_said = Said()
        self._to_todo = press(lambda: room.go("todo"), name="to_todo")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._look)
        room.changed.connect(self._changed)
        self.retranslate(room.words)

    def enter(self, what: object = None) -> None:
        """Look everything up and go on looking."""
        self._now_said.tell("")
        self._look()
        self._timer.start()

    def leave(self) -> None:
        """Stop looking."""
        self._timer.stop()

    @Slot(object)
    def show_courier(self, state: CourierState) -> None:
        """Show how the courier stands."""
        self._state = state
        self._render()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        for name, label in self._names.items():
            label.setText(words.say(f"delivery_number_{name}"))
            label.setToolTip(words.say(f"delivery_number_{name}_tip"))
        self._line.title.setText(words.say("delivery_line"))
        self._now.setText(words.say("delivery_now"))
        self._refused.title.setText(words.say("delivery_refused"))
        self._to_todo.setText(words.say("delivery_to_todo"))
        self._render()

    def _lay_out(self) -> None:
        top = QHBoxLayout(self._leave)
        top.setContentsMargins(24, 20, 24, 20)
        top.setSpacing(20)
        texts = QVBoxLayout()
        texts.addWidget(self._answer)
        texts.addWidget(self._why)
        top.addWidget(self._sign)
        top.addLayout(texts, 1)
        numbers = QFrame()
        numbers.setProperty("role", "card")
        grid = QGridLayout(numbers)
        grid.setContentsMargins(24, 16, 24, 16)
        for place, name in enumerate(NUMBERS):
            self._values[name].setFont(sans(28, QFont.Weight.Bold))
            self._names[name].setProperty("role", "quiet")
            self._names[name].setFont(sans(14))
            grid.addWidget(self._values[name], 0, place)
            grid.addWidget(self._names[name], 1, place)
            grid.setColumnStretch(place, 1)
        self._line.add(self._line_said)
        self._line.line(self._now, self._now_said)
        self._refused.add(self._refused_said)
        self._refused.line(self._to_todo)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(14)
        for part in (self._leave, numbers, self._line, self._refused):
            column.addWidget(part)
        column.addStretch(1)

    @Slot()
    def _changed(self) -> None:
        if self.isVisible():
            self._again.start(0)

    @Slot()
    def _look(self) -> None:
        station = self.room.station
        if station is None:
            return
        settings = station.settings

        def look(store: Store) -> Standing:
            from desktop.station import status_of

            backlog = store.outbox.summary()
            refused = tuple(
                (task.task_id, task.at, task.words)
                for task in store.worklist.open_tasks()
                if task.kind in _PARKED
            )
            return Standing(
                status_of(store, settings),
                backlog.accepted,
                backlog.sent,
                store.noted("last_failure") or "",
                refused,
            )

        self.room.look(look, self._show)

    def _show(self, standing: Standing) -> None:
        self._standing = standing
        self._render()

    def _render(self) -> None:
        standing, say = self._standing, self.words.say
        if standing is None:
            return
        status = standing.status
        tone = (
            "ok"
            if status.safe_to_leave
            else "stop"
            if status.parked or status.why == "no_platform"
            else "ask"
        )
        self._answer.setText(say("delivery_may_leave" if status.safe_to_leave else "delivery_stay"))
        self._why.setText(say(f"delivery_{status.why}", pending=status.pending, parked=status.parked))
        self._sign.show_icon(
            "check" if status.safe_to_leave else "wait", self.room.theme.colour(f"{tone}_text")
        )
        for widget in (self._leave, self._answer, self._why):
            widget.setProperty("tone", tone)
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        shown = {
            "accepted": standing.accepted,
            "pending": status.pending,
            "sent": standing.sent,
            "parked": status.parked,
            "provisional": status.provisional,
        }
        for name, value in shown.items():
            self._values[name].setText(f"{value:,}")
            self._values[name].setAccessibleName(f"{self._names[name].text()} {value}")
        self._line_said.tell("\n".join(self._about_line(standing)))
        self._refused.setVisible(bool(standing.refused))
        lines = [f"{_when(at)}    {words}" for _, at, words in standing.refused[:8]]
        self._refused_said.tell("\n".join(lines), "stop")
        self._now.setEnabled(bool(self.room.station and self.room.settings.text("platform.url")))

    def _about_line(self, standing: Standing) -> list[str]:
        say, status = self.words.say, standing.status
        if not self.room.settings.text("platform.url"):
            return [say("delivery_no_platform_how")]
        lines = [
            say("delivery_last_success", at=_when(status.last_success))
            if status.last_success
            else say("last_success_never")
        ]
        if status.oldest_pending:
            lines.append(say("delivery_oldest", at=_when(status.oldest_pending)))
        why = standing.last_failure
        if why and (status.pending or status.parked):
            lines.append(say("delivery_why", why=say(why)))
        return lines

    def _deliver(self) -> None:
        if self.room.station is not None:
            self.room.station.deliver_now()
            self._now_said.tell(self.words.say("delivery_trying"))
            QTimer.singleShot(1_500, self, self._tried)

    @Slot()
    def _tried(self) -> None:
        self._now_said.tell("")
        self._look()


def _when(iso: str | None) -> str:
    """A time as people here read it: local, without the year where it is this one."""
    if not iso:
        return ""
    try:
        at = datetime.fromisoformat(iso).astimezone()
    except ValueError:
        return iso
    return f"{at:%m-%d %H:%M}" if at.year == datetime.now().year else f"{at:%Y-%m-%d %H:%M}"
