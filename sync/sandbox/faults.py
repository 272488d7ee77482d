"""Misbehaviour on demand: what a client must survive, one name a fault.

A fault is written `NAME`, `NAME=VALUE` or `NAME*TIMES`, such as `503`, `reject=3`, `cut-after*2`. Most strike
once unless told otherwise; those that are about an event or about every answer stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.errors import UserError

STRIKES_ONCE = {
    "cut-before": "cuts the connection before a document is stored",
    "cut-after": "cuts the connection after a document is stored",
    "500": "answers 500",
    "503": "answers 503 with Retry-After: VALUE (default 1)",
    "429": "answers 429 with Retry-After: VALUE (default 1)",
    "401": "answers 401",
    "slow-job": "keeps a capture job running for VALUE seconds (default 1)",
    "job-lost": "stores nothing and forgets the capture job",
    "job-forgotten": "stores everything and forgets the capture job",
    "page-expired": "refuses the token of a following page of events",
}
STAYS = {
    "html": "answers every request with a web page, as a captive portal does",
    "403": "answers 403",
    "406": "answers 406 to those who do not take application/ld+json",
    "reject": "fails the job of any document with event VALUE in it, counted from 0 as they first arrive",
    "fail": "answers 500 to any document with event VALUE in it, counted likewise",
    "500-client": "answers 500 where 400 would be right",
    "413": "refuses documents of more than VALUE events (default 10), without having said so",
    "413-at": "announces a limit of VALUE events (default 10) and refuses that many",
    "413-bytes": "announces a limit of VALUE bytes (default 20000) and refuses that many",
    "201": "stores at once and answers 201",
    "location-absolute": "tells where a job is by its whole address",
    "location-missing": "does not tell where a job is",
    "proceed": "stores what is good of a document and fails the job over the rest",
    "unknown-400": "answers 400 to a question about a job that it does not know",
    "duplicate-409": "answers 409 to a document with an event that it holds",
    "dedupe-hash": "tells events apart by their content, not by their id",
    "dedupe-none": "stores an event as often as it comes",
    "declare-deletes": "deletes an event that is declared wrong",
    "delay": "answers VALUE seconds late (default 0.1)",
}
NAMES = {**STRIKES_ONCE, **STAYS}
"""All faults and what they do."""

_FORM = re.compile(r"([a-z0-9-]+)(?:=(\d{1,9}(?:\.\d{1,3})?))?(?:\*(\d+))?").fullmatch


@dataclass(slots=True)
class Fault:
    """One fault that is armed."""

    name: str
    value: float | None
    left: int | None
    """How often it still strikes; None without end."""


class Faults:
    """The faults that are armed. Used in the server's loop only."""

    def __init__(self, specs: Iterable[str] = ()) -> None:
        """Raise UserError where a name is not known."""
        self._armed = [_parse(spec) for spec in specs]

    def strike(self, name: str) -> Fault | None:
        """The fault of that name, if it is armed; one of its strikes is used up."""
        for fault in self._armed:
            if fault.name == name and fault.left != 0:
                if fault.left is not None:
                    fault.left -= 1
                return fault
        return None

    def number(self, name: str, default: int) -> int | None:
        """The value of a fault that is armed, as a whole number; None where it is not."""
        fault = self.strike(name)
        return None if fault is None else default if fault.value is None else int(fault.value)

    @property
    def dedupe(self) -> str:
        """What makes two events one: `event_id`, `hash` or `none`."""
        return "none" if self.strike("dedupe-none") else "hash" if self.strike("dedupe-hash") else "event_id"

    def values(self, name: str) -> frozenset[int]:
        """The values of all lasting faults of that name."""
        return frozenset(int(fault.value or 0) for fault in self._armed if fault.name == name)


def _parse(spec: str) -> Fault:
    match = _FORM(spec)
    if match is None or match.group(1) not in NAMES:
        raise UserError("sandbox_fault_unknown", name=spec, known=" ".join(NAMES))
    name, value, times = match.groups()
    left = int(times) if times else (1 if name in STRIKES_ONCE else None)
    return Fault(name, float(value) if value else None, left)
