"""Who is signed in at the window: hands change by PIN or badge, and whoever walks away is signed out.

Plain values and two clocks, no Qt: the window asks `who` at every scan, calls `touch` when somebody does
something and looks at `seconds_left` every second or so. What is durable about it, the events and the seat, is
ledger/signin.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from desktop.settings import DECLARED, Settings
from ledger.roles import Operator, anybody
from ledger.signin import SignedIn

LOCK_MINUTES = 10


def lock_after(settings: Settings) -> float:
    """Seconds without a touch after which a person is signed out, as the settings have it."""
    name = "people.lock_minutes"
    return 60.0 * (settings.number(name) if name in DECLARED else LOCK_MINUTES)


def badge_needs_pin(settings: Settings) -> bool:
    """Whether the site wants the PIN beside the badge."""
    name = "people.badge"
    return name in DECLARED and settings.text(name) == "with_pin"


class Session:
    """The person at this window. Where nobody is registered, the settings' operator is always there."""

    def __init__(
        self,
        operator_id: str,
        lock_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._anybody = anybody(operator_id)
        self._lock_seconds = lock_seconds
        self._monotonic, self._wall = monotonic, wall
        self._signed: SignedIn | None = None
        self._seen = (monotonic(), wall())
        self._wanted = False

    @property
    def wanted(self) -> bool:
        """Whether somebody has to sign in here at all."""
        return self._wanted

    @property
    def who(self) -> Operator | None:
        """Who works; None while somebody has to sign in, or to change the PIN first."""
        if not self._wanted:
            return self._anybody
        if self._signed is None or self._signed.pin_due or self.seconds_left == 0:
            return None
        return self._signed.operator

    @property
    def seconds_left(self) -> float | None:
        """Until the person is signed out; None while nobody is signed in."""
        if self._signed is None:
            return None
        # A sleeping machine stops the one clock, a person setting the other stops that: the later one counts.
        away = max(self._monotonic() - self._seen[0], self._wall() - self._seen[1])
        return max(0.0, self._lock_seconds - away)

    def require(self, *, wanted: bool) -> None:
        """Ask for a sign-in from now on, or not, as `SignIn.wanted` says; whoever is signed in stays."""
        self._wanted = wanted

    def lock_in(self, lock_seconds: float) -> None:
        """Sign out after another time from now on."""
        self._lock_seconds = lock_seconds

    def take(self, signed: SignedIn) -> None:
        """Let this person work now, in place of whoever did."""
        self._wanted = True
        self._signed = signed
        self._seen = (self._monotonic(), self._wall())

    def changed_pin(self, operator: Operator) -> None:
        """The person has changed the PIN and may work."""
        if self._signed is not None and self._signed.operator.id == operator.id:
            self.take(SignedIn(operator, pin_due=False))

    def touch(self) -> None:
        """Somebody scanned, typed or clicked; too late does not count."""
        if self.seconds_left:
            self._seen = (self._monotonic(), self._wall())

    def leave(self) -> Operator | None:
        """Sign out here; whoever that was still has to be signed out in the ledger (`SignIn.leave`)."""
        signed, self._signed = self._signed, None
        return signed.operator if signed else None
