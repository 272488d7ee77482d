"""What the ledger has been asked and has not answered yet: scans under their tickets, and those made before it opened.

An answer that takes longer than people are used to is announced as being on its way: silence must not pass for
success.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop.bridge import Answer, Bridge
from desktop.verdict import Verdict
from ledger.capture import Captured
from ledger.event import EventKind
from ledger.situation import Intent
from scanner.scan import Scan

PATIENCE_MS = 400
"""Longer than this nobody waits without a word."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A scan that the ledger has not answered yet."""

    scan: Scan
    intent: Intent
    asked: bool = False
    """True when it is the answer to a question."""
    other: Scan | None = None
    """The other symbol of the same pack, scanned before."""
    undoes: Verdict | None = None
    """The verdict that it takes back."""
    product: str | None = None
    """Goods without any code: the product."""

    @property
    def verb(self) -> EventKind:
        """The task that it belongs to."""
        return self.intent.verb if self.undoes is None else self.undoes.verb


class Awaited(QObject):
    """Numbers scans and waits for what comes of them."""

    answered = Signal(object, object)
    """The `Waiting` that was answered, and its `Answer`."""
    waiting = Signal(int)
    """So many scans have waited longer than people are used to; 0 when none does any more."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._ticket = 0
        self._waiting: dict[int, Waiting] = {}
        self._early: list[Scan] = []
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._still_waiting)
        bridge.answered.connect(self._answered)

    def next_ticket(self) -> int:
        """The number of a new scan."""
        self._ticket += 1
        return self._ticket

    def submit(self, ticket: int, waiting: Waiting, future: Future[Captured]) -> None:
        """The ledger was asked about this scan; `answered` will tell."""
        self._waiting[ticket] = waiting
        self._bridge.when_answered(ticket, future)
        self._be_patient()

    def keep(self, scan: Scan) -> None:
        """The ledger is not open yet: the scan waits for it."""
        self._early.append(scan)
        self._be_patient()

    def take_early(self) -> list[Scan]:
        """The scans that were made before the ledger was open, once."""
        early, self._early = self._early, []
        return early

    def tell_none(self) -> None:
        """Take back that anything waits, where nothing does any more."""
        if not self._waiting:
            self.waiting.emit(0)

    def _be_patient(self) -> None:
        if not self._patience.isActive():
            self._patience.start()

    @Slot(object)
    def _answered(self, answer: Answer) -> None:
        waiting = self._waiting.pop(answer.ticket, None)
        if waiting is None:
            return
        if not self._waiting:
            self._patience.stop()
            self.waiting.emit(0)
        self.answered.emit(waiting, answer)

    @Slot()
    def _still_waiting(self) -> None:
        self.waiting.emit(len(self._waiting) + len(self._early))
