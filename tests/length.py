"""How many examples a random test runs: enough for every day by default, many more with --long."""

from __future__ import annotations

import sys


def examples(by_default: int, at_length: int) -> int:
    """The number for hypothesis, which wants it before pytest can be asked."""
    return at_length if "--long" in sys.argv else by_default
