"""The strip at the bottom: devices, connection, what is not sent, and whether one may leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop.theme import Theme
from desktop.widgets.chip import Chip
from desktop.words import Words

if TYPE_CHECKING:
    from desktop.devices import DeviceState
    from desktop.status import Status
    from sync.courier import CourierState


_COUNT_MS = 250
"""A burst of records, or of exchanges with the platform, is shown so often: nobody reads faster."""
_EDGE, _BETWEEN = 12, 6
_UNREMARKABLE = frozenset({"closed", "typing", "ask", "gone", "unknown"})
"""What befell a hand scanner, and is no news for whoever works."""


@dataclass(frozen=True, slots=True)
class ScannerSeen:
    """The last scan by a hand scanner."""

    at: datetime
    device: str = ""


class StatusStrip(QFrame):
    """Always in sight, and never about attempts: what counts is what the platform has accepted.

    The chips lie in a row that no layout of the window knows: a number that grows a digit moves its neighbours,
    not the page above.
    """

    deliver = Signal()
    """The person wants delivery tried now."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("status")
        self._words = words
        self._status: Status | None = None
        self._courier: CourierState | None = None
        self._offline_since: datetime | None = None
        self._scanner: ScannerSeen | None = None
        self._turn: DeviceState | None = None
        self._camera = ("camera_stopped", "")
        self._platform = True
        self.scanner = Chip(theme, "status_scanner", "scanner")
        self.camera = Chip(theme, "status_camera", "camera_off")
        self.line = Chip(theme, "status_line", "cloud_off")
        self.backlog = Chip(theme, "status_backlog", "outbox")
        self.leave = Chip(theme, "status_leave", "leave")
        for chip in (self.line, self.backlog, self.leave):
            chip.pressed.connect(self.deliver)
            chip.hide()
        self._row = QWidget(self)
        row = QHBoxLayout(self._row)
        row.setContentsMargins(_EDGE, 5, _EDGE, 5)
        row.setSpacing(_BETWEEN)
        row.addWidget(self.scanner)
        row.addWidget(self.camera)
        row.addWidget(QWidget(), 1)
        row.addWidget(self.line)
        row.addWidget(self.backlog)
        row.addWidget(self.leave)
        self._counting, self._flickering = (
            self._soon(render) for render in (self._render_backlog, self._render_line)
        )
        self._render()
        self._claim()

    @property
    def safe_to_leave(self) -> bool | None:
        """What the strip says of leaving; None while nothing is known."""
        return self._status.safe_to_leave if self._status else None

    def show_status(self, status: Status) -> None:
        """Show the station's status."""
        self._status = status
        self._render_line()  # it tells, too, how old the recalls are
        self._render_backlog()

    def note_record(self, at: datetime) -> None:
        """A record has just been saved: until the ledger has been asked again, it is not delivered."""
        if self._status is None:
            return
        self._status = replace(
            self._status,
            pending=self._status.pending + 1,
            oldest_pending=self._status.oldest_pending or at.isoformat(),
            safe_to_leave=False,
            why=self._status.why
            if self._status.parked
            else "events_waiting"
            if self._platform
            else "no_platform",
        )
        if not self._counting.isActive():
            self._render_backlog()
            self._counting.start()

    def show_courier(self, state: CourierState) -> None:
        """Show how delivery stands."""
        if state.online is False and (self._courier is None or self._courier.online is not False):
            self._offline_since = datetime.now().astimezone()
        elif state.online:
            self._offline_since = None
        before, self._courier = self._courier, state
        news = before is None or (before.online, before.why) != (state.online, state.why)
        if news or not self._flickering.isActive():
            self._render_line()
            self._flickering.start()

    def show_platform(self, configured: bool) -> None:
        """Say whether there is a platform to deliver to at all."""
        self._platform = configured
        self._render_line()

    def show_scanner(self, seen: ScannerSeen) -> None:
        """A hand scanner has scanned."""
        self._scanner, self._turn = seen, None
        self._render_devices()

    @Slot(object)
    def show_device(self, state: DeviceState) -> None:
        """A hand scanner came, went, or cannot be used."""
        self._turn = None if state.code in _UNREMARKABLE else state
        self._render_devices()

    def show_camera(self, code: str, name: str) -> None:
        """How the camera is."""
        self._camera = (code, name)
        self._render_devices()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()
        self._claim()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The chips have all of it."""
        super().resizeEvent(event)
        self._row.setGeometry(self.contentsRect())
        self._fit()

    def _fit(self) -> None:
        """Where the words of all have no room, those that matter least give way, never whether one may leave."""
        shown = [
            chip
            for chip in (self.scanner, self.camera, self.line, self.backlog, self.leave)
            if not chip.isHidden()
        ]
        room = self.contentsRect().width() - 2 * _EDGE - len(shown) * _BETWEEN
        wanted = sum(chip.wants(brief=False) for chip in shown)
        for chip in (self.camera, self.scanner, self.line):
            chip.shorten(wanted > room)
            if wanted > room:
                wanted += chip.wants(brief=True) - chip.wants(brief=False)

    def _soon(self, render: Callable[[], None]) -> QTimer:
        """A timer after which this part is shown as it is then."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(_COUNT_MS)
        timer.timeout.connect(render)
        return timer

    def _claim(self) -> None:
        """Be as high as the chips are, whatever they say."""
        self.ensurePolished()
        edges = self.height() - self.contentsRect().height()
        self.setFixedHeight(self._row.sizeHint().height() + edges)

    def _render(self) -> None:
        self._render_devices()
        self._render_line()
        self._render_backlog()

    def _render_devices(self) -> None:
        say = self._words.say
        if self._turn is not None:
            sentence = say(self._turn.word, device=self._turn.device)
            if self._turn.code == "open":
                self.scanner.show_words(say("scanner_ready"), "scanner", "ok", sentence)
            else:
                self.scanner.show_words(say("scanner_trouble"), "scanner", "ask", sentence)
        elif self._scanner:
            text = say("scanner_seen", time=f"{self._scanner.at:%H:%M}")
            self.scanner.show_words(text, "scanner", "ok", self._scanner.device)
        else:
            self.scanner.show_words(say("scanner_waiting"), "scanner", "quiet", say("scanner_waiting_tip"))
        code, name = self._camera
        short = code if self._words.knows(f"{code}_short") else "camera_trouble"
        tone = {
            "camera_running": "ok",
            "camera_stopped": "quiet",
            "camera_opening": "quiet",
            "camera_ended": "quiet",
        }
        sign = "camera" if code in ("camera_running", "camera_opening") else "camera_off"
        self.camera.show_words(say(f"{short}_short"), sign, tone.get(code, "ask"), say(code, camera=name))
        self._fit()

    def _render_line(self) -> None:
        say, courier = self._words.say, self._courier
        if not self._platform:
            self.line.show_words(say("line_none"), "cloud_off", "quiet", say("no_platform_configured"))
        elif courier is None or courier.online is None:
            self.line.show_words(say("line_unknown"), "cloud", "quiet")
        elif courier.online and self._status and self._status.recalls_old and not courier.busy:
            old = self._status.recalls_old
            text = say("line_recalls_old", days=old) if old > 0 else say("line_recalls_never")
            self.line.show_words(text, "cloud_off", "ask", say("line_recalls_tip"))
        elif courier.online:
            text = say("line_busy" if courier.busy else "line_online")
            last, why = clock_time(courier.last_success), courier.why or courier.pull_why
            tip = say(why) if why else (say("line_last", time=last) if last else "")
            self.line.show_words(text, "cloud", "ask" if why else "ok", tip)
        else:
            since, old = self._offline_since, self._status.recalls_old if self._status else 0
            text = say("line_offline", time=f"{since:%H:%M}" if since else "")
            text = say("line_offline_old", days=old) if old > 0 else text
            last = clock_time(courier.last_success)
            told = [say(courier.why)] if courier.why else []
            told.append(say("line_last", time=last) if last else say("last_success_never"))
            self.line.show_words(text, "cloud_off", "ask", "\n".join(told))
        self._fit()

    def _render_backlog(self) -> None:
        say, status = self._words.say, self._status
        for chip in (self.line, self.backlog, self.leave):
            if chip.isHidden() is (status is not None):
                chip.setVisible(status is not None)
        if status is None:
            return
        oldest = clock_time(status.oldest_pending)
        if status.parked:
            text = say("backlog_parked", parked=status.parked, pending=status.pending)
        elif status.pending:
            text = say("backlog_pending", pending=status.pending, oldest=oldest)
        else:
            text = say("backlog_none")
        tone = "stop" if status.parked else "ask" if status.pending else "ok"
        self.backlog.show_words(
            text, "outbox" if status.pending or status.parked else "check", tone, say("deliver_tip")
        )
        why = say(f"leave_{status.why}", pending=status.pending, parked=status.parked, oldest=oldest)
        if status.safe_to_leave:
            self.leave.show_words(say("leave_yes"), "leave", "ok", why)
        else:
            self.leave.show_words(why, "leave", "stop", say(status.why))
        self._fit()


def clock_time(iso: str | None) -> str:
    """An ISO time as people say it: the hour today, else month and day with it; empty for None."""
    if not iso:
        return ""
    at = datetime.fromisoformat(iso).astimezone()
    return f"{at:%H:%M}" if at.date() == datetime.now().astimezone().date() else f"{at:%m-%d %H:%M}"
