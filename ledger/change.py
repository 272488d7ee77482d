"""What became of one item of reference data that was loaded."""

from __future__ import annotations

from enum import StrEnum


class Change(StrEnum):
    """Loading the same item twice answers SAME the second time and writes nothing."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
