"""The delivery page: may one leave, what waits and why, what was refused, and how it gets there without a line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from desktop.handover import DayReport, day_of
from desktop.longwork import LongWork
from desktop.pages.page import Page
from desktop.room import Room
from desktop.slip import slip
from desktop.slippaper import blocks
from desktop.theme import sans
from desktop.widgets.card import Card, Said, press
from desktop.widgets.exportbar import ExportButtons, Paperwork
from desktop.widgets.filefield import FileField
from desktop.widgets.glyph import Glyph
from desktop.widgets.progress import ProgressLine
from desktop.words import Words
from ledger.roles import Act
from ledger.store import Store

if TYPE_CHECKING:
    from desktop.carrying import Carried
    from sync.receipts import Settled

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
        self._stick = Card()
        self._work = LongWork(room, self)
        self._progress = ProgressLine(self._work, room.words)
        self._out, self._in = FileField(room.words, "save"), FileField(room.words, "open")
        self._carry = press(self._hand_out, name="carry_out")
        self._bring = press(self._bring_back, name="carry_in")
        self._stick_said = Said()
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
        self._stick.title.setText(words.say("delivery_stick"))
        self._carry.setText(words.say("delivery_carry_out"))
        self._bring.setText(words.say("delivery_carry_in"))
        for part in (self._paper, self._progress, self._out, self._in):
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
        for field, button in ((self._out, self._carry), (self._in, self._bring)):
            row = QHBoxLayout()
            row.setSpacing(10)
            row.addWidget(field, 1)
            row.addWidget(button)
            self._stick.column.addLayout(row)
        self._stick.add(self._progress, self._stick_said)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(14)
        column.addWidget(self._leave)
        column.addWidget(numbers)
        halves = QHBoxLayout()
        halves.setSpacing(14)
        for parts in ((self._line, self._refused), (self._slip, self._stick)):
            half = QVBoxLayout()
            half.setSpacing(14)
            for part in parts:
                half.addWidget(part)
            half.addStretch(1)
            halves.addLayout(half, 1)
        column.addLayout(halves, 1)

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

        def look(store: Store) -> DayReport:
            return day_of(store, settings, day)

        self.room.look(look, self._show)

    def _show(self, report: DayReport) -> None:
        self._report = report
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
        self._now.setEnabled(bool(self.room.settings.text("platform.url")))

    def _about_refused(self, at: str, kind: str, words: str) -> str:
        said = self.words.say(words) if self.words.knows(words) else words
        return f"{_when(at)}  {self.words.say(f'history_{kind}')}  {said}"

    def _about_line(self, report: DayReport) -> list[str]:
        say, status = self.words.say, report.delivery.status
        if not self.room.settings.text("platform.url"):
            return [say("delivery_no_platform_how")]
        lines = [
            say("delivery_last_success", at=_when(status.last_success))
            if status.last_success
            else say("last_success_never")
        ]
        if status.oldest_pending:
            lines.append(say("delivery_oldest", at=_when(status.oldest_pending)))
        if status.last_failure and (status.pending or status.parked):
            lines.append(say("delivery_why", why=say(status.last_failure)))
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

    def _hand_out(self) -> None:
        station, who, path = self.room.station, self.room.operator, self._out.path
        if station is None or who is None or not self._may(path):
            return

        def work(_: object) -> Carried | None:
            from desktop.carrying import hand_out

            return hand_out(station, Path(path), who.id)

        if self._work.start(work, self._handed_out, self._failed):
            self._progress.begin()

    def _handed_out(self, done: Carried | None) -> None:
        say = self.words.say
        if done is None:
            self._stick_said.tell(say("unsent_nothing"))
        else:
            told = say("unsent_exported", events=done.events, documents=done.documents, file=str(done.file))
            self._stick_said.tell(told, "ok")

    def _bring_back(self) -> None:
        station, path = self.room.station, self._in.path
        if station is None or not self._may(path):
            return

        def work(_: object) -> Settled:
            from desktop.carrying import bring_back

            return bring_back(station, Path(path))

        if self._work.start(work, self._brought_back, self._failed):
            self._progress.begin()

    def _brought_back(self, done: Settled) -> None:
        told = self.words.say(
            "receipts_taken",
            accepted=done.accepted,
            refused=done.refused,
            known=done.known,
            foreign=done.foreign,
        )
        self._stick_said.tell(told, "ok")
        self.room.note_change()
        self._look()

    def _may(self, path: str) -> bool:
        """Whether a file may be written or taken now; says why not."""
        barred = self.room.bars(Act.EXPORT)
        if barred:
            self._stick_said.tell(barred, "stop")
        elif not path:
            self._stick_said.tell(self.words.say("delivery_which_file"), "ask")
        else:
            self._stick_said.tell("")
            return True
        return False

    def _failed(self, error: BaseException) -> None:
        self._stick_said.tell(self.room.why(error), "stop")

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
