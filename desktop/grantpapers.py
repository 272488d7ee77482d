"""The list of approvals as it is exported: all rows that the page lists, read anew beside the writer."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from desktop.grantcells import GrantCells
from desktop.sheets import Cell, Column, Sheet
from desktop.widgets.exportbar import Paperwork
from desktop.words import Words
from ledger.grantlist import PORTION, Grantlist, GrantRow
from ledger.store import open_reader

_COLUMNS = (
    ("number", 22), ("product", 30), ("institution", 18), ("limits", 16), ("from", 12), ("until", 12), ("granted", 9),
    ("here", 9), ("elsewhere", 9), ("left", 9), ("shipped", 9), ("phase", 12),
)  # fmt: skip
_NUMBERS = ("granted", "here", "elsewhere", "left", "shipped")


def grants_paper(home: Path, words: Words, ids: array[int], site: str, filters: str) -> Paperwork:
    """The list for a file or a printer; its rows are made in whatever thread asks for them."""
    say = words.say
    now = f"{datetime.now():%Y-%m-%d %H:%M}"
    notes = [say("approvals_made", site=site, at=now)]
    if filters:
        notes.append(say("stock_filters", filters=filters))
    columns = tuple(
        Column(say(f"approvals_column_{name}"), width, number=name in _NUMBERS) for name, width in _COLUMNS
    )

    def rows() -> Iterable[tuple[Cell, ...]]:
        cells = GrantCells(words, date.today)
        with closing(open_reader(home)) as store:
            listed = Grantlist(store)
            for start in range(0, len(ids), PORTION):
                for row in listed.rows(ids[start : start + PORTION]):
                    yield _row(row, cells)

    name = say("page_approvals")
    sheet = Sheet(name, name, tuple(notes), columns, rows, len(ids))
    return Paperwork(name, f"TraceDesk · {site} · {now}", (sheet,), (sheet,), landscape=True)


def _row(row: GrantRow, cells: GrantCells) -> tuple[Cell, ...]:
    standing, words = row.standing, cells.words
    one = standing.approval
    return (
        one.number,
        cells.product(row),
        words.name(row.institution) or one.institution,
        cells.limits(row),
        one.valid_from,
        one.valid_to,
        one.quantity,
        standing.used_here,
        standing.used_elsewhere,
        standing.open,
        standing.shipped,
        cells.phase(row).text,
    )
