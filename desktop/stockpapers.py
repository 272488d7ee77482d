"""The stock list as it is exported: the rows that the page shows, all of them, read anew beside the writer."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from desktop.sheets import Cell, Column, Sheet
from desktop.stockcells import product_name
from desktop.story import short_key
from desktop.widgets.exportbar import Paperwork
from desktop.words import Words
from ledger.stocklist import PORTION, By, Stocklist, Wanted
from ledger.stockrows import Group, PackRow
from ledger.store import open_reader


def stock_paper(
    home: Path, words: Words, listed: tuple[Wanted, By, int], about: tuple[str, str, str]
) -> Paperwork:
    """The list for a file or a printer: `listed` is what it shows and how many rows, `about` site, title, filters."""
    say, (wanted, by, total), (site, what, filters) = words.say, listed, about
    now = f"{datetime.now():%Y-%m-%d %H:%M}"
    notes = [say("stock_made", site=site, at=now)]
    if filters:
        notes.append(say("stock_filters", filters=filters))
    title = say("stock_paper_title", what=what)
    sheet = stock_sheet(home, words, wanted, by, total, title, tuple(notes))
    return Paperwork(say("page_stock"), f"TraceDesk · {site} · {now}", (sheet,), (sheet,), landscape=True)


def stock_sheet(
    home: Path, words: Words, wanted: Wanted, by: By, total: int, title: str, notes: tuple[str, ...]
) -> Sheet:
    """The list as a table; its rows are made in whatever thread asks for them."""
    say = words.say
    if by is By.PACK:
        columns = (
            *(Column(say(f"stock_column_{name}"), width) for name, width in _PACK),
            Column(say("stock_column_code"), 34),
        )
    else:
        columns = tuple(
            Column(say(f"stock_column_{name}"), width, number=name in _NUMBERS) for name, width in _GROUP
        )

    def rows() -> Iterable[tuple[Cell, ...]]:
        with closing(open_reader(home)) as store:
            listed = Stocklist(store)
            if by is not By.PACK:
                for group in listed.groups(wanted, by):
                    yield _group(group, words)
                return
            ids = listed.sheet(wanted)
            for start in range(0, len(ids), PORTION):
                for pack in listed.packs(ids[start : start + PORTION]):
                    yield _pack(pack, words)

    return Sheet(say("page_stock"), title, notes, columns, rows, total)


_PACK = (
    ("state", 14), ("product", 32), ("lot", 13), ("expiry", 12), ("serial", 20), ("place", 10), ("remaining", 9),
    ("alert", 18), ("at", 17),
)  # fmt: skip
_GROUP = (
    ("product", 34), ("lot", 13), ("in_stock", 9), ("opened", 9), ("units_left", 10), ("quarantined", 9),
    ("in_transit", 9), ("cases", 7), ("expiry", 12), ("place", 12), ("recalled", 8),
)  # fmt: skip
_NUMBERS = ("in_stock", "opened", "units_left", "quarantined", "in_transit", "cases", "recalled", "remaining")


def _pack(pack: PackRow, words: Words) -> tuple[Cell, ...]:
    say = words.say
    alert = f"stock_verdict_{pack.verdict}"
    if pack.recall is not None:
        alert = "stock_recalled" if pack.surely_recalled else "stock_maybe_recalled"
    at = f"{datetime.fromisoformat(pack.at):%Y-%m-%d %H:%M}" if pack.at else say("stock_elsewhere")
    return (
        say(f"stock_state_{pack.state}"),
        product_name(pack.names, pack.spec, pack.product, words),
        pack.lot,
        _day(pack.expiry, pack.expiry_precision),
        pack.serial or ("" if pack.is_heap else short_key(pack.key)),
        pack.place,
        pack.remaining,
        say(alert),
        at,
        short_key(pack.key),
    )


def _group(group: Group, words: Words) -> tuple[Cell, ...]:
    return (
        product_name(group.names, group.spec, group.product, words),
        group.lot if group.lots == 1 else words.say("stock_lots", lots=group.lots),
        group.in_stock + group.gone,
        group.opened,
        group.units_left,
        group.quarantined,
        group.in_transit,
        group.cases,
        _day(group.expiry, group.expiry_precision),
        group.place
        if group.places < 2
        else words.say("stock_places", place=group.place, more=group.places - 1),
        group.recalled,
    )


def _day(expiry: date | None, precision: str | None) -> Cell:
    """The last day as a date; where only the month is known, the month as text."""
    if expiry is None:
        return None
    return expiry.strftime("%Y-%m") if precision == "month" else expiry
