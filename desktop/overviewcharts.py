"""What the overview shows of a daybook: its figures, its charts and its tables."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from desktop.charts import Chart, Series
from desktop.heat import heat
from desktop.sheets import Cell, Column, Sheet
from desktop.stockcells import product_name
from desktop.words import Words
from ledger.daybook import DISPENSED, RECEIVED, RETURNED, Daybook, Expiry, Move

ACTS = {RECEIVED: "receive", DISPENSED: "dispense", RETURNED: "held"}
"""What is counted, and the palette's name for it."""
OUTCOMES = {"accepted": "ok", "repeated": "repeated", "asked": "ask", "refused": "stop", "failed": "stop"}
BY_DAY, BY_WEEK = 45, 200
"""Up to so many days each has its bar; up to so many each week; beyond that each month."""
MONTHS = 18
MOST = 8
"""So many products and reasons are named; the rest is one bar."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number on top of the page."""

    name: str
    """Its word is `overview_figure_NAME`."""
    value: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the page shows."""

    book: Daybook
    products: tuple[tuple[str, str], ...]
    """Name and identifier of every product that occurs, by name."""
    figures: tuple[Figure, ...]
    moves: Chart
    by_product: Chart
    expiry: Chart
    hours: Chart
    reasons: Chart

    @property
    def charts(self) -> tuple[Chart, ...]:
        """All charts in their order."""
        return (self.moves, self.by_product, self.expiry, self.hours, self.reasons)


def overview(book: Daybook, words: Words, product: str, today: date) -> Overview:
    """Make charts of a daybook, of one product or (empty) of all."""
    names = {key: product_name(both, spec, key, words) for key, both, spec in book.names}
    moves = [one for one in book.moves if product in ("", one.product)]
    expiries = [one for one in book.expiries if product in ("", one.product)]
    occurring = {one.product for one in book.moves} | {one.product for one in book.expiries}
    named = sorted(
        (names.get(key) or words.say("product_number", product=key), key) for key in occurring if key
    )
    return Overview(
        book,
        tuple(named),
        _figures(book, moves, words),
        _moves(book, moves, words),
        _by_product(moves, {key: name for name, key in named}, words),
        _expiry(expiries, words, today),
        _hours(book, words),
        _reasons(book, words),
    )


def sheets(
    shown: Overview, words: Words, product: str, title: str, notes: tuple[str, ...]
) -> tuple[Sheet, ...]:
    """The numbers behind the charts as tables."""
    say, book = words.say, shown.book
    names = {key: name for name, key in shown.products}
    rows: dict[tuple[date, str], dict[str, Move]] = defaultdict(dict)
    for one in book.moves:
        if product in ("", one.product):
            rows[one.day, one.product][one.act] = one
    none = Move(date.min, "", "", 0, 0, 0)

    def moved() -> Iterable[tuple[Cell, ...]]:
        for (day, key), acts in sorted(rows.items()):
            received, dispensed, returned = (acts.get(act, none) for act in ACTS)
            name = names.get(key, say("stock_no_product"))
            yield (
                day, name, received.packs, received.cases, dispensed.packs, dispensed.units, returned.packs,
                returned.units,
            )  # fmt: skip

    def expiring() -> Iterable[tuple[Cell, ...]]:
        for one in book.expiries:
            if product in ("", one.product):
                name = names.get(one.product, say("stock_no_product"))
                yield one.month or say("stock_expiry_unknown"), name, one.packs, one.expired

    def scanned() -> Iterable[tuple[Cell, ...]]:
        for hour, outcome, count in book.hours:
            yield f"{hour:02}:00", say(f"outcome_{outcome}"), count

    def refused() -> Iterable[tuple[Cell, ...]]:
        for outcome, problem, count in book.reasons:
            yield say(f"outcome_{outcome}"), plain(problem, words), problem, count

    def columns(*given: tuple[str, int, bool]) -> tuple[Column, ...]:
        return tuple(Column(say(f"overview_column_{name}"), width, number) for name, width, number in given)

    return (
        Sheet(
            say("overview_sheet_moves"), f"{title} · {say('overview_moves')}", notes,
            columns(
                ("day", 12, False), ("product", 34, False), ("received", 10, True), ("cases", 8, True),
                ("dispensed", 10, True), ("units", 12, True), ("returned", 10, True), ("returned_units", 12, True),
            ), moved, len(rows),
        ),
        Sheet(
            say("overview_sheet_expiry"), say("overview_expiry"), notes,
            columns(("month", 12, False), ("product", 34, False), ("packs", 10, True), ("expired", 10, True)),
            expiring, len(book.expiries),
        ),
        Sheet(
            say("overview_sheet_hours"), say("overview_hours"), notes,
            columns(("hour", 12, False), ("outcome", 18, False), ("scans", 10, True)), scanned, len(book.hours),
        ),
        Sheet(
            say("overview_sheet_reasons"), say("overview_reasons"), notes,
            columns(("outcome", 14, False), ("reason", 50, False), ("code", 24, False), ("scans", 10, True)),
            refused, len(book.reasons),
        ),
    )  # fmt: skip


_FIRST = re.compile(r"[。；：]|[.;:] ")
"""Where the first sentence ends: what follows says what to do."""


def plain(problem: str, words: Words) -> str:
    """A problem in a word or two; its first sentence without the numbers where there is no short word for it."""
    short = f"overview_reason_{problem}"
    if words.knows(short):
        return words.say(short)
    if not problem:
        return words.say("overview_reason_none")
    return _FIRST.split(re.sub(r"\{[a-z_]+\}", "…", words.say(problem)))[0].strip("… .")


def _figures(book: Daybook, moves: list[Move], words: Words) -> tuple[Figure, ...]:
    packs, units = Counter[str](), Counter[str]()
    for one in moves:
        packs[one.act] += one.packs
        units[one.act] += one.units
    outcomes = Counter[str]()
    for _, outcome, count in book.hours:
        outcomes[outcome] += count
    scans = outcomes.total()
    judged = scans - outcomes["repeated"]
    typed = dict(book.sources).get("manual", 0)

    def share(part: int, whole: int) -> str:
        return f"{100 * part / whole:.1f}%" if whole else "–"

    def opened(act: str) -> str:
        return words.say("overview_units", units=f"{units[act]:,}") if units[act] else ""

    return (
        *(Figure(act, f"{packs[act]:,}", opened(act)) for act in ACTS),
        Figure("scans", f"{scans:,}"),
        Figure("first_time", share(outcomes["accepted"], judged)),
        Figure("typed", share(typed, scans)),
    )


def _moves(book: Daybook, moves: list[Move], words: Words) -> Chart:
    days, say = book.days, words.say
    if days.count <= BY_DAY:
        starts = [days.first + timedelta(days=step) for step in range(days.count)]
        label, note = "%m-%d", "overview_by_day"
        wholes = [f"{day} {say(f'weekday_{day.weekday()}')}" for day in starts]
    elif days.count <= BY_WEEK:
        monday = days.first - timedelta(days=days.first.weekday())
        starts = [monday + timedelta(days=step) for step in range(0, (days.last - monday).days + 1, 7)]
        label, note = "%m-%d", "overview_by_week"
        wholes = [f"{day} – {day + timedelta(days=6):%m-%d}" for day in starts]
    else:
        starts, start = [], days.first.replace(day=1)
        while start <= days.last:
            starts.append(start)
            start = (start + timedelta(days=32)).replace(day=1)
        label, note = "%Y-%m", "overview_by_month"
        wholes = [f"{day:%Y-%m}" for day in starts]
    sums = {act: [0] * len(starts) for act in ACTS}
    place, ordered = 0, sorted(moves, key=lambda one: one.day)
    for one in ordered:
        while place + 1 < len(starts) and starts[place + 1] <= one.day:
            place += 1
        sums[one.act][place] += one.packs
    series = tuple(Series(say(f"overview_{act}"), tone, tuple(sums[act])) for act, tone in ACTS.items())
    title = f"{say('overview_moves')} · {say(note)}"
    return Chart(title, tuple(start.strftime(label) for start in starts), series, wholes=tuple(wholes))


def _by_product(moves: list[Move], names: dict[str, str], words: Words) -> Chart:
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for one in moves:
        sums[one.product][one.act] += one.packs
    ranked = sorted((key for key in sums if sums[key].total()), key=lambda key: -sums[key].total())
    shown = ranked[:MOST] if len(ranked) <= MOST else ranked[: MOST - 1]
    labels = [names.get(key) or words.say("stock_no_product") for key in shown]
    rows = [sums[key] for key in shown]
    if rest := ranked[len(shown) :]:
        labels.append(words.say("overview_others", count=len(rest)))
        rows.append(sum((sums[key] for key in rest), Counter()))
    series = tuple(
        Series(words.say(f"overview_{act}"), tone, tuple(row[act] for row in rows))
        for act, tone in ACTS.items()
    )
    title = words.say("overview_by_product")
    return Chart(title, tuple(labels), series, lying=True, stacked=True, rest=bool(rest))


def _expiry(expiries: list[Expiry], words: Words, today: date) -> Chart:
    say, by_month = words.say, Counter[str]()
    expired = unknown = 0
    for one in expiries:
        expired += one.expired
        if one.month is None:
            unknown += one.packs
        else:
            by_month[one.month] += one.packs - one.expired
    months: list[date] = []
    start = today.replace(day=1)
    while len(months) < MONTHS:
        months.append(start)
        start = (start + timedelta(days=32)).replace(day=1)
    names = [f"{month:%Y-%m}" for month in months]
    later = sum(count for month, count in by_month.items() if month > names[-1])
    # Most of a stock expires far away: as a bar it would make all the others too small to see.
    notes = [say("overview_expiry_note")]
    notes += [say("overview_later", packs=f"{later:,}")] if later else []
    notes += [say("overview_unknown", packs=f"{unknown:,}")] if unknown else []
    bars = [
        *([(say("overview_expired"), say("overview_expired"), expired, "stop")] if expired else []),
        *(
            (name[2:], name, by_month[name], heat(_end(month), today).tone or "receive")
            for name, month in zip(names, months, strict=True)
        ),
    ]
    labels, wholes, counts, tones = (tuple(column) for column in zip(*bars, strict=True))
    series, note = (Series(say("overview_packs"), "receive", counts),), say("list_semicolon").join(notes)
    return Chart(say("overview_expiry"), labels, series, tones=tones, note=note, wholes=wholes)


def _end(month: date) -> date:
    """The last day of the month."""
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _hours(book: Daybook, words: Words) -> Chart:
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for hour, outcome, count in book.hours:
        counts["refused" if outcome == "failed" else outcome][hour] += count
    seen = [hour for hour, _, _ in book.hours]
    span = range(min(seen, default=8), max(seen, default=17) + 1)
    days = max(1, book.days_scanned)
    series = tuple(
        Series(
            words.say(f"overview_outcome_{name}"), OUTCOMES[name], tuple(counts[name][h] / days for h in span)
        )
        for name in ("accepted", "repeated", "asked", "refused")
    )
    title = words.say("overview_hours_mean" if days > 1 else "overview_hours")
    wholes = tuple(f"{hour:02}:00 – {hour + 1:02}:00" for hour in span)
    return Chart(title, tuple(f"{hour}" for hour in span), series, stacked=True, wholes=wholes)


def _reasons(book: Daybook, words: Words) -> Chart:
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome, problem, count in book.reasons:
        sums[problem]["asked" if outcome == "asked" else "refused"] += count
    ranked = sorted(sums, key=lambda problem: -sums[problem].total())
    shown = ranked[:MOST] if len(ranked) <= MOST else ranked[: MOST - 1]
    labels, rows = [plain(problem, words) for problem in shown], [sums[problem] for problem in shown]
    if rest := ranked[len(shown) :]:
        labels.append(words.say("overview_others", count=len(rest)))
        rows.append(sum((sums[problem] for problem in rest), Counter()))
    series = tuple(
        Series(words.say(f"overview_outcome_{name}"), OUTCOMES[name], tuple(row[name] for row in rows))
        for name in ("refused", "asked")
    )
    title = words.say("overview_reasons")
    return Chart(title, tuple(labels), series, lying=True, stacked=True, rest=bool(rest))
