"""What the last scan of each task was answered with, for as long as it concerns whoever stands at the desk."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.verdict import Verdict
from ledger.event import EventKind


class Lately:
    """One answer a task, or none: then a scan is waited for."""

    def __init__(self, tasks: Iterable[EventKind]) -> None:
        self._last: dict[EventKind, Verdict | None] = dict.fromkeys(tasks)
        self._under = dict.fromkeys(self._last, "")

    def __getitem__(self, verb: EventKind) -> Verdict | None:
        """The last answer in this task."""
        return self._last[verb]

    def put(self, verdict: Verdict) -> None:
        """This was answered last."""
        self._last[verdict.verb] = verdict

    def under(self, verb: EventKind, document: str) -> None:
        """The task goes on under this document: what was refused under one is not read as said of the next."""
        if document and document != self._under[verb]:
            self._last[verb] = None
        self._under[verb] = document

    def forget(self, verb: EventKind) -> None:
        """The task begins anew."""
        self._last[verb] = None

    def hand_over(self, asked: int | None = None) -> None:
        """Somebody else comes, whom no answer to another person's scan concerns.

        What was said of the scan that a question is open about, `asked` its ticket, belongs to that question.
        """
        for verb, last in self._last.items():
            if last is not None and last.ticket != asked:
                self._last[verb] = None
