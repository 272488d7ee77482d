"""How fast to knock: backoff with full jitter, Retry-After, polling, and how much to send at once. Pure.

The courier sends one request at a time; with a capped backoff that is a half-open circuit breaker already, so
there is no other one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

RETRY_AFTER_LIMIT = 3600.0
"""Seconds: a platform that asks for more is asked again sooner."""

MOST_EVENTS = 400
MOST_BYTES = 512 * 1024
"""However much a platform takes: what one lost answer may leave in doubt stays bounded."""
ENVELOPE = 512
"""Bytes for what stands around the events of a document."""


@dataclass(frozen=True, slots=True)
class Pace:
    """All the waiting that the courier does, in seconds."""

    first: float = 2.0
    """The widest first wait after a failure; it doubles with every further one."""
    limit: float = 300.0
    """No wait is longer, unless the platform itself asks for it."""
    polls: tuple[float, ...] = (0.0, 0.2, 0.5, 1.0, 2.0)
    """Before each look at a capture job; the last one is repeated."""
    job_deadline: float = 60.0
    """After so long a job is left alone until the next round."""
    settle: float = 1.0
    """After a request without an answer: time for the platform to finish it before it is asked about."""
    window: float = 15.0
    """The same where the platform stores what comes twice as two: it must have finished before it is asked."""
    idle: float = 60.0
    """Between looks at the outbox when nobody wakes the courier."""
    linger: float = 0.25
    """From waking to sending, so that the scans of one movement travel together."""
    silence: float = 300.0
    """After so long without an exchange the platform is greeted again."""
    patience: float = 30.0
    """How long a single `drain` bears failures that may pass, counted from its last success."""

    def delay(self, failures: int, roll: float, asked: float | None = None) -> float:
        """Seconds to wait after so many failures in a row; `roll` is a random number from 0 to 1.

        Full jitter keeps the workstations of a hospital apart after an outage. What the platform asked for
        (`asked`, from Retry-After) is obeyed, with a little jitter on top.
        """
        if failures <= 0:
            return 0.0
        if asked is not None:
            return min(max(asked, 0.0), RETRY_AFTER_LIMIT) + self.first * roll / 4
        return min(self.limit, self.first * 2.0 ** min(failures - 1, 30)) * roll

    def poll_delays(self) -> Iterator[float]:
        """Seconds to wait before each look at a job."""
        return itertools.chain(self.polls, itertools.repeat(self.polls[-1]))


@dataclass(frozen=True, slots=True)
class Load:
    """How much one document may hold: small at first, more while a platform that tells its limits takes it."""

    events: int = 50
    size: int = 64 * 1024
    """Bytes of payload, without the envelope."""
    top_events: int = 50
    top_size: int = 64 * 1024

    def within(self, events: int | None, size: int | None) -> Load:
        """Obey the limits that a platform announces, one below: some refuse the limit itself.

        Where it announces none the first load is the largest.
        """
        top_events = self.top_events if events is None else max(1, min(MOST_EVENTS, events - 1))
        top_size = self.top_size if size is None else max(1, min(MOST_BYTES, size - 1 - ENVELOPE))
        return Load(min(self.events, top_events), min(self.size, top_size), top_events, top_size)

    def taken(self, events: int, size: int) -> Load:
        """After a document of so many events and payload bytes went through: twice the load if it was full."""
        if events < self.events and size * 2 < self.size:
            return self
        return Load(
            min(self.events * 2, self.top_events),
            min(self.size * 2, self.top_size),
            self.top_events,
            self.top_size,
        )

    def slower(self, events: int, size: int) -> Load:
        """After a document of so many events and payload bytes went unanswered: half of it for now, but never less
        than the first load. A line that has become slow would else be cut under the same document for ever."""
        first = Load()
        return Load(
            min(self.events, max(first.events, events // 2)),
            min(self.size, max(first.size, size // 2)),
            self.top_events,
            self.top_size,
        )

    def below(self, events: int, size: int) -> Load:
        """After a document of so many events and payload bytes was too large: half of it at most, for good."""
        half_events, half_size = max(1, events // 2), max(1, size // 2)
        return Load(
            min(self.events, half_events),
            min(self.size, half_size),
            min(self.top_events, half_events),
            min(self.top_size, half_size),
        )


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or a date (RFC 9110 section 10.2.3)."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), RETRY_AFTER_LIMIT)
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if then.tzinfo is None:
        return None
    return min(max((then - now).total_seconds(), 0.0), RETRY_AFTER_LIMIT)
