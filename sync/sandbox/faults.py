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
    "401": "answers 401",
    "slow-job": "keeps a capture job running for VALUE seconds (default 1)",
    "job-lost": "stores nothing and forgets the capture job",
}
STAYS = {
    "html": "answers every request with a web page, as a captive portal does",
    "403": "answers 403",
    "reject": "fails the job of any document with event VALUE in it, counted from 0 as they first arrive",
    "fail": "answers 500 to any document with event VALUE in it, counted likewise",
    "413": "refuses documents of more than VALUE events (default 10)",
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
