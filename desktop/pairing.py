"""Two symbols of one pack, scanned one after the other: the first is remembered until its other half comes.

Pure, with explicit times. What does not belong together is never joined (ledger/codes/join.py); what waits too
long is forgotten, because by then another pack lies in the hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.codes.code import Code
from ledger.codes.join import is_partial, join
from scanner.scan import Scan

PATIENCE_S = 30.0
"""So long a half waits for the other one."""


@dataclass(frozen=True, slots=True)
class Half:
    """A symbol that may be completed by another one."""

    ticket: int
    scan: Scan
    code: Code
    at: float


class Pairing:
    """Remembers the last half."""

    def __init__(self) -> None:
        self._half: Half | None = None

    def take(self, ticket: int, scan: Scan, code: Code, now: float) -> Half | None:
        """The half that this scan completes, if there is one; else this scan is remembered where it is a half."""
        half, self._half = self._half, None
        if half is not None and now - half.at <= PATIENCE_S and join(half.code, code) is not None:
            return half
        if is_partial(code):
            self._half = Half(ticket, scan, code, now)
        return None

    def clear(self) -> None:
        """Forget the half, as with a new task."""
        self._half = None
