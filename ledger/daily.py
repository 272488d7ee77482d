"""What one day held, counted from the end of the ledger backwards, so that a long history costs nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from datetime import date

from ledger.event import ABOUT_PACKS

STRAYS = 1000
"""So many entries of earlier days in a row end the search: a clock that was wrong has put none behind them."""

_KINDS = frozenset(str(kind) for kind in ABOUT_PACKS)


class Daily:
    """Counts of single days. Reads only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def done(self, day: date) -> Counter[str]:
        """Events about packs of a local day, by kind."""
        rows = self._connection.execute("SELECT at, kind FROM event ORDER BY seq DESC")
        return Counter(kind for kind in _of_day(rows, day) if kind in _KINDS)

    def refused(self, day: date) -> int:
        """Scans of a local day that were refused."""
        rows = self._connection.execute("SELECT at, outcome FROM raw_scan ORDER BY scan_id DESC")
        return sum(outcome == "refused" for outcome in _of_day(rows, day))


def _of_day(rows: Iterable[tuple[str, str]], day: date) -> Iterable[str]:
    wanted = day.isoformat()
    earlier = 0
    for at, what in rows:
        this = at[:10]
        if this == wanted:
            earlier = 0
            yield what
        elif this < wanted:
            earlier += 1
            if earlier >= STRAYS:
                return
