"""How much a text looks like a code: what a wedge asks when a scan can be read in two ways."""

from __future__ import annotations

from ledger.codes.code import Kind
from ledger.codes.identify import identify


def likeness(text: str) -> int:
    """2 for a code, 1 for a code with faults, 0 for anything else."""
    code = identify(text)
    return 2 if code.accepted else int(code.kind not in (Kind.UNKNOWN, Kind.OPAQUE))
