"""Watch the computer's clock: every shift of it becomes an event, once, and the person is told.

Compared are the wall clock with the monotonic clock since the last look (a jump), with the platform's time (a
skew), and with the latest trusted time on record (behind, ahead). What an earlier process saw of the same boot
is taken up from the ledger.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ledger.clock import Clock, Heard
from ledger.event import Event, EventKind
from ledger.moment import SKEW_MS, Moment
from ledger.record import record
from ledger.store import Store

JUMP_MS = 2_000
"""A wall clock that moved further than this against the monotonic one was set."""

SLEW = 0.001
"""So much may a disciplined clock drift in every second besides: twice the 500 ppm that systems allow themselves."""

BACK_IN_STEP_MS = SKEW_MS * 4 // 5
"""A skewed clock counts as right again below this, so that one at the border is not told again and again."""

KEEP_HEARD_MS = 3_600_000
"""What the platform said is noted in the ledger again after so long."""

_NOTE = "clock"


class Health(StrEnum):
    """How the wall clock stands."""

    FINE = "fine"
    SKEWED = "skewed"
    """It differs from the platform's time, which counts instead."""
    DISPUTED = "disputed"
    """The platform says a time so different that it is not believed."""
    BEHIND = "behind"
    """It stands before the latest time on record."""
    AHEAD = "ahead"
    """It stands far after the latest time on record, and nobody has confirmed it."""


_APART = (Health.SKEWED, Health.DISPUTED)


@dataclass(frozen=True, slots=True)
class Shift:
    """The wall clock was moved, or was found out, or is right again."""

    code: str
    """Code word of the sentence: `clock_jumped`, `clock_skewed`, `clock_disputed`, `clock_behind`, `clock_ahead`,
    `clock_settled`."""
    health: Health
    """How the clock stands now."""
    wall: datetime
    """What the wall clock says."""
    expected: datetime
    """What it should say: by the monotonic clock, the platform, or the ledger."""

    def params(self) -> dict[str, str]:
        """Parameters of the sentence."""
        return {"wall": _plain(self.wall), "expected": _plain(self.expected)}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the last look saw."""

    wall: datetime
    mono_ms: int
    boot: str
    health: Health


class Timekeeper:
    """Looks at the clock of one writer. Every method runs inside the writer's transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: _Seen | None = None
        self._heard_kept = -KEEP_HEARD_MS
        self._loaded = False

    def look(self, store: Store, operator: str = "") -> Shift | None:
        """Compare the clocks; a shift is recorded and returned, the same one only once."""
        if not self._loaded:
            self._load(store)
        moment = self._clock.now(store.head.at)
        seen, health = self._seen, self._health(moment)
        jump = _jump(seen, moment) if seen else 0
        shift = _shift(seen, moment, health, jump, store.head.at)
        self._seen = _Seen(moment.wall, moment.mono_ms, moment.boot, health)
        if shift:
            self._record(store, operator, shift, jump, moment)
        heard = self._clock.heard
        newly_heard = heard is not None and heard.mono_ms - self._heard_kept >= KEEP_HEARD_MS
        if shift or newly_heard or seen is None or seen.boot != moment.boot:
            self._keep(store)
        return shift

    def see(self, store: Store) -> tuple[Moment, Shift | None]:
        """The present moment, and what is wrong with the wall clock now; writes nothing."""
        self._load(store)
        moment = self._clock.now(store.head.at)
        return moment, _shift(None, moment, self._health(moment), 0, store.head.at)

    def forget(self) -> None:
        """Read again from the ledger: what was noted last may have been undone with its transaction."""
        self._loaded = False

    def confirm(self, store: Store, operator: str) -> Event:
        """A person vouches for the wall clock: from here on it is trusted again. Who may is for the caller to ask."""
        now = self._clock.now()
        moment = replace(now, at=now.wall, trust="told", read=None)
        event = record(
            store, _Stopped(moment), EventKind.CLOCK_SHIFTED, operator, reason="confirmed", wall=moment.iso()
        )
        self._seen = _Seen(moment.wall, moment.mono_ms, moment.boot, Health.FINE)
        self._loaded = True
        self._keep(store)
        return event

    def _health(self, moment: Moment) -> Health:
        if moment.apart:
            return Health.DISPUTED if moment.disputed else Health.SKEWED
        health = {"suspect": Health.BEHIND, "leap": Health.AHEAD}.get(moment.trust, Health.FINE)
        was = self._seen.health if self._seen is not None else Health.FINE
        # Only the platform can say that it is right again, and not at the border.
        settled = moment.skew_ms is not None and abs(moment.skew_ms) <= BACK_IN_STEP_MS
        return was if health is Health.FINE and was in _APART and not settled else health

    def _record(self, store: Store, operator: str, shift: Shift, jump: int, moment: Moment) -> None:
        detail = {"wall": _iso(shift.wall), "expected": _iso(shift.expected), "health": str(shift.health)}
        if jump:
            detail["jump_ms"] = str(jump)
        if moment.skew_ms is not None:
            detail |= {"skew_ms": str(moment.skew_ms), "heard_s": str(moment.heard_s)}
        kind = EventKind.CLOCK_SHIFTED
        record(store, self._clock, kind, operator, reason=shift.code, second=None, documents=(), **detail)

    def _load(self, store: Store) -> None:
        self._loaded, self._seen = True, None
        try:
            raw = json.loads(store.noted(_NOTE) or "null")
            if raw is None:
                return
            self._seen = _Seen(
                datetime.fromisoformat(raw["wall"]), raw["mono_ms"], raw["boot"], Health(raw["health"])
            )
            if raw["heard"]:
                at, mono_ms = raw["heard"]
                self._clock.recall(Heard(datetime.fromisoformat(at), mono_ms, raw["boot"]))
        except (ValueError, KeyError, TypeError):
            self._seen = None

    def _keep(self, store: Store) -> None:
        seen, heard = self._seen, self._clock.heard
        assert seen is not None
        noted = {
            "wall": seen.wall.isoformat(),
            "mono_ms": seen.mono_ms,
            "boot": seen.boot,
            "health": seen.health,
            "heard": [heard.at.isoformat(), heard.mono_ms] if heard else None,
        }
        store.note(_NOTE, json.dumps(noted))
        self._heard_kept = heard.mono_ms if heard else -KEEP_HEARD_MS


class _Stopped(Clock):
    """A clock that stands at one moment."""

    def __init__(self, moment: Moment) -> None:
        super().__init__()
        self._moment = moment

    def now(self, not_before: datetime | None = None) -> Moment:
        return self._moment


def _jump(seen: _Seen, moment: Moment) -> int:
    """Milliseconds by which the wall clock was set since the last look of the same boot; 0 when it was not."""
    if seen.boot != moment.boot or moment.mono_ms < seen.mono_ms:
        return 0
    passed = moment.mono_ms - seen.mono_ms
    moved = round((moment.wall - seen.wall) / timedelta(milliseconds=1)) - passed
    return moved if abs(moved) > JUMP_MS + passed * SLEW else 0


def _shift(
    seen: _Seen | None, moment: Moment, health: Health, jump: int, floor: datetime | None
) -> Shift | None:
    before = seen.health if seen else Health.FINE
    if health is before and not jump:
        return None
    if health is not before and health is not Health.FINE:
        expected = floor or moment.at
        if health in _APART:
            expected = moment.wall + timedelta(milliseconds=moment.skew_ms or 0)
        return Shift(f"clock_{health}", health, moment.wall, expected)
    if health is not before:
        return Shift("clock_settled", health, moment.wall, moment.at)
    return Shift("clock_jumped", health, moment.wall, moment.wall - timedelta(milliseconds=jump))


def _plain(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
