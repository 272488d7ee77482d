"""How many examples a random test runs: enough for every day by default, many more with --long."""

from __future__ import annotations

import os
import sys

AT_LENGTH = "TRACEDESK_TESTS_AT_LENGTH"
"""Set in the environment of the processes that share a run with --long."""


def examples(by_default: int, at_length: int) -> int:
    """The number for hypothesis, which wants it before pytest can be asked."""
    return at_length if "--long" in sys.argv or AT_LENGTH in os.environ else by_default
