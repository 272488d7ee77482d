"""Packs that only local rules have passed are asked about, in batches, whenever the platform is there.

What it confirms is recorded as confirmed; what it contradicts becomes a task and stops the pack (design: a
contradiction is never a silent overwrite); what it does not know stays provisional and is asked about again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from ledger.clock import Clock
from ledger.conflicts import platform_says
from ledger.questions import Question
from ledger.store import Store
from sync.contract import AT_ONCE, Met, Verdict
from sync.epcis import Wire
from sync.identifiers import key_uri
from sync.meeting import Run
from sync.reference_client import ReferenceClient

AGAIN = timedelta(days=1)
"""What the platform did not know it may know tomorrow."""
ABSENT_SECONDS = 3600.0
MOST_BATCHES = 200
"""Batches in one round; a first visit with a full store goes on in the next one."""


class Verification:
    """Asks one platform about the packs of one ledger. Used by the courier's thread."""

    def __init__(self, run: Run, client: ReferenceClient, clock: Clock, wire: Wire) -> None:
        self._run = run
        self._client = client
        self._clock = clock
        self._wire = wire
        self._not_before = 0.0

    def ask(self, met: Met | None, gives_way: Callable[[], bool] = lambda: False) -> int:
        """Ask about everything that is open; how many packs were confirmed or contradicted.

        `gives_way` is asked after each batch; the next round goes on.
        """
        if time.monotonic() < self._not_before:
            return 0
        settled = 0
        for _ in range(MOST_BATCHES):
            questions = self._run(self._open)
            if not questions:
                break
            host = self._wire.org_base
            asked = {key_uri(one.key, host): (one.key, one.lot, one.expiry) for one in questions}
            verdicts = self._client.verify(asked)
            if verdicts is None:
                self._not_before = time.monotonic() + ABSENT_SECONDS
                break
            settled += self._run(partial(self._settle, questions=questions, verdicts=verdicts))
            if gives_way():
                break
        return settled

    def _open(self, store: Store) -> tuple[Question, ...]:
        now = self._clock.now(store.head.at).at
        return store.questions.open(AT_ONCE, _utc(now - AGAIN), _utc(now))

    def _settle(self, store: Store, questions: tuple[Question, ...], verdicts: tuple[Verdict, ...]) -> int:
        """Take the answers and note what was asked, in one transaction."""
        settled = 0
        told = {one.key for one in verdicts if one.verdict != "unknown"}
        for one in verdicts:
            if one.verdict != "unknown":
                confirmed = one.verdict == "confirmed"
                settled += (
                    platform_says(store, self._clock, one.key, confirmed=confirmed, words=one.reason)
                    is not None
                )
        unknown = frozenset(one.key for one in questions) - told
        store.questions.asked(questions, unknown, _utc(self._clock.now(store.head.at).at))
        return settled


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
