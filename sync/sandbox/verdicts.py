"""What the sandbox platform says of a pack: only what makers have told of serial numbers.

Recalls are no verdicts: they have a channel of their own, hold for packs that nobody asked about, and may end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.sandbox.shelf import Shelf


def judge(shelf: Shelf, pack: Mapping[str, Any]) -> tuple[str, str]:
    """`confirmed`, `stop` or `unknown`, with the reason in the platform's words."""
    state = shelf.serial(str(pack["epc"]))
    if state is None:
        return "unknown", ""
    return ("confirmed", "") if state == "active" else ("stop", state)
