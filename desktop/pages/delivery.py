"""The delivery page: may one leave, what waits and why, what was refused, and how it gets there without a line."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.handover import DayReport, day_of
from desktop.incoming import Incoming, incoming_of
from desktop.localtime import day_and_minute
from desktop.pages.page import Page
from desktop.pages.stickcard import StickCard
from desktop.room import Room
from desktop.slip import slip
from desktop.slippaper import blocks
from desktop.theme import sans
from desktop.widgets.card import Card, Said, press
from desktop.widgets.exportbar import ExportButtons, Paperwork
from desktop.widgets.glyph import Glyph
from desktop.widgets.incomingcard import IncomingCard
from desktop.widgets.scrolled import Scrolled
from desktop.words import Words
from ledger.store import Store

NUMBERS = ("accepted", "pending", "sent", "parked", "provisional")
_EVERY_MS = 10_000
_NAMED = 6
"""So many refused records are named here; all of them stand on the tasks page."""


class DeliveryPage(Page):
    """Everything is looked up anew when something changes, and every few seconds while the page is shown."""

    name = "delivery"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._report: DayReport | None = None
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
        self._slip = Card()
        self._slip_hint = Said()
        self._paper = ExportButtons(room, self._paperwork, ("pdf", "print"))
        self.incoming = IncomingCard(room.words)
        self.stick = StickCard(room, self._look)
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

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        for name, label in self._names.items():
            label.setText(words.say(f"delivery_number_{name}"))
            label.setToolTip(words.say(f"delivery_number_{name}_tip"))
        self._line.title.setText(words.say("delivery_line"))
        self._now.setText(words.say("delivery_now"))
        self._refused.title.setText(words.say("delivery_refused"))
        self._to_todo.setText(words.say("delivery_to_todo"))
        self._slip.title.setText(words.say("slip_title"))
        self._slip_hint.tell(words.say("delivery_slip_hint"))
        for part in (self._paper, self.incoming, self.stick):
            part.retranslate(words)
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
        self._slip.add(self._slip_hint)
        self._slip.line(self._paper)
        self._slip.add(self._paper.line)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(14)
        column.addWidget(self._leave)
        column.addWidget(numbers)
        halves = QHBoxLayout()
        halves.setSpacing(14)
        for parts in ((self._line, self.incoming), (self._refused, self._slip, self.stick)):
            half = QVBoxLayout()
            half.setSpacing(14)
            for part in parts:
                half.addWidget(part)
            half.addStretch(1)
            halves.addLayout(half, 1)
        column.addLayout(halves, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(Scrolled(inside))

    @Slot()
    def _changed(self) -> None:
        if self.isVisible():
            self._again.start(0)

    @Slot()
    def _look(self) -> None:
        station = self.room.station
        if station is None:
            return
        settings, day = station.settings, station.clock.now().at.date()

        def look(store: Store) -> tuple[DayReport, Incoming]:
            return day_of(store, settings, day), incoming_of(store, settings)

        self.room.look(look, self._show)

    def _show(self, found: tuple[DayReport, Incoming]) -> None:
        self._report, incoming = found
        self.incoming.show_incoming(incoming)
        self._render()

    def _render(self) -> None:
        report, say = self._report, self.words.say
        if report is None:
            return
        status = report.delivery.status
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
        for name in NUMBERS:
            value = getattr(status, name)
            self._values[name].setText(f"{value:,}")
            self._values[name].setAccessibleName(f"{self._names[name].text()} {value}")
        self._line_said.tell("\n".join(self._about_line(report)))
        refused = report.delivery.parked
        self._refused.setVisible(bool(refused))
        lines = [self._about_refused(one.at, one.kind, one.words) for one in refused[:_NAMED]]
        if status.parked > _NAMED:
            lines.append(say("slip_more", count=status.parked - _NAMED))
        self._refused_said.tell("\n".join(lines), "stop")
        there = bool(self.room.settings.text("platform.url"))
        self._now.setEnabled(there)
        self.incoming.setVisible(there)

    def _about_refused(self, at: str, kind: str, words: str) -> str:
        said = self.words.say(words) if self.words.knows(words) else words
        return f"{day_and_minute(at)}  {self.words.say(f'history_{kind}')}  {said}"

    def _about_line(self, report: DayReport) -> list[str]:
        say, status = self.words.say, report.delivery.status
        if not self.room.settings.text("platform.url"):
            return [say("delivery_no_platform_how")]
        lines = [
            say("delivery_last_success", at=day_and_minute(status.last_success))
            if status.last_success
            else say("last_success_never")
        ]
        if status.oldest_pending:
            lines.append(say("delivery_oldest", at=day_and_minute(status.oldest_pending)))
        if status.last_failure and (status.pending or status.parked):
            lines.append(f"{say('delivery_why')} {say(status.last_failure)}")
        return lines

    def _paperwork(self) -> Paperwork | None:
        """The slip that closes the shift, as it stands now."""
        station, who, report = self.room.station, self.room.operator, self._report
        if station is None or who is None or report is None:
            return None
        lines = slip(report, station.settings, who.name or who.id, station.clock.now().at, self.words)
        return Paperwork(
            name=f"{self.words.say('slip_title')} {report.day}",
            foot=f"TraceDesk  {report.seq}",
            sheets=(),
            blocks=tuple(blocks(lines)),
        )

    def _deliver(self) -> None:
        if self.room.station is not None:
            self.room.station.deliver_now()
            self._now_said.tell(self.words.say("delivery_trying"))
            QTimer.singleShot(1_500, self, self._tried)

    @Slot()
    def _tried(self) -> None:
        self._now_said.tell("")
        self._look()
