"""What stands in the cells of the stock list: words, sign, colour and type, for packs and for groups. No Qt here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from desktop.cell import Cell
from desktop.heat import heat
from desktop.story import short_key
from desktop.words import Words
from ledger.codes.code import Level
from ledger.pack import State
from ledger.stocklist import HERE, By
from ledger.stockrows import Group, PackRow

COLUMNS = {
    By.PRODUCT: (
        "product",
        "lots",
        "in_stock",
        "opened",
        "quarantined",
        "in_transit",
        "expiry",
        "place",
        "alert",
    ),
    By.LOT: ("product", "lot", "in_stock", "opened", "quarantined", "in_transit", "expiry", "place", "alert"),
    By.PACK: ("state", "product", "lot", "expiry", "serial", "place", "alert", "at"),
}
_STATES = {
    State.IN_STOCK: ("check", "ok_text"),
    State.OPENED: ("opened", "ok_text"),
    State.QUARANTINED: ("held", "held_text"),
    State.IN_TRANSIT: ("leave", "repeated_text"),
    State.DISPENSED: ("dispense", "quiet"),
}

NUMBERS = ("lots", "in_stock", "opened", "quarantined", "in_transit")
"""Columns that hold numbers, and stand to the right."""


_NOTHING = Cell("–", "quiet")
_NONE = Cell("–", "quiet", right=True)


class Cells:
    """Makes cells in one language."""

    def __init__(self, words: Words, today: Callable[[], date]) -> None:
        self.words, self._today = words, today

    def pack(self, pack: PackRow, column: str) -> Cell:
        """A cell of the list of packs."""
        say = self.words.say
        match column:
            case "state":
                sign, ink = _STATES.get(pack.state, ("close", "quiet"))
                text = say(f"stock_state_{pack.state}")
                if pack.state is State.OPENED:
                    text = say("stock_opened_left", remaining=pack.remaining or 0, units=pack.units or 0)
                elif pack.is_heap:
                    text = say("stock_heap", packs=pack.remaining or 0)
                return Cell(text, ink, "bold", sign)
            case "product":
                name = product_name(pack.names, pack.spec, pack.product, self.words)
                if pack.level == Level.CASE:
                    name = say("stock_case", what=name if pack.product else short_key(pack.key))
                return Cell(name)
            case "lot":
                return Cell(pack.lot, type="mono") if pack.lot else _NOTHING
            case "expiry":
                return self._expiry(pack.expiry, pack.expiry_precision, lively=pack.state in HERE)
            case "serial":
                text = pack.serial or ("" if pack.is_heap else short_key(pack.key))
                return Cell(text, type="mono") if text else _NOTHING
            case "place":
                return Cell(pack.place) if pack.place else _NOTHING
            case "at":
                if not pack.at:
                    return Cell(say("stock_elsewhere"), "quiet")
                return Cell(f"{pack.at[5:10]} {pack.at[11:16]}", "quiet", "mono")
        return self._alert(pack)

    def _alert(self, pack: PackRow) -> Cell:
        say = self.words.say
        if pack.surely_recalled:
            return Cell(say("stock_recalled"), "stop_text", "bold", "stop", "stop")
        if pack.verdict == "stop":
            return Cell(say("stock_verdict_stop"), "stop_text", "bold", "stop", "stop")
        if pack.recall is not None:
            return Cell(say("stock_maybe_recalled"), "ask_text", "bold", "ask", "ask")
        if pack.verdict == "confirmed":
            return Cell(say("stock_verdict_confirmed"), "ok_text", "plain", "check")
        return Cell(say("stock_verdict_provisional"), "quiet")

    def group(self, group: Group, column: str) -> Cell:
        """A cell of the list of products or lots."""
        say = self.words.say
        match column:
            case "product" if group.product is None and group.cases == group.members:
                return Cell(say("stock_whole_cases"), type="bold")
            case "product":
                return Cell(product_name(group.names, group.spec, group.product, self.words), type="bold")
            case "lots":
                return (
                    Cell(group.lot, type="mono", right=True)
                    if group.lots == 1 and group.lot
                    else _count(group.lots)
                )
            case "lot":
                return Cell(group.lot, type="mono") if group.lot else _NOTHING
            case "in_stock":
                cell = _count(group.in_stock + group.gone)
                if not group.cases:
                    return cell
                code = "stock_cases" if cell is not _NONE else "stock_only_cases"
                text = say(code, packs=cell.text, cases=group.cases)
                return Cell(text, "text", "bold", right=True)
            case "opened":
                if not group.opened:
                    return _NONE
                return Cell(say("stock_opened_count", packs=group.opened, units=group.units_left), right=True)
            case "quarantined":
                return _count(group.quarantined, "held_text")
            case "in_transit":
                return _count(group.in_transit, "repeated_text")
            case "expiry":
                return self._expiry(group.expiry, group.expiry_precision, lively=True)
            case "place":
                if group.places > 1:
                    return Cell(say("stock_places", place=group.place, more=group.places - 1))
                return Cell(group.place) if group.place else _NOTHING
        if group.recalled:
            return Cell(
                say("stock_recalled_count", packs=group.recalled), "stop_text", "bold", "stop", "stop"
            )
        if group.stopped:
            return Cell(say("stock_stopped_count", packs=group.stopped), "stop_text", "bold", "stop", "stop")
        if group.confirmed == group.members:
            return Cell(say("stock_verdict_confirmed"), "ok_text", "plain", "check")
        if group.confirmed:
            return Cell(say("stock_confirmed_count", packs=group.confirmed, all=group.members), "quiet")
        return Cell(say("stock_verdict_provisional"), "quiet")

    def _expiry(self, expiry: date | None, precision: str | None, *, lively: bool) -> Cell:
        if expiry is None:
            return Cell(self.words.say("stock_expiry_unknown"), "quiet")
        text = expiry.strftime("%Y-%m" if precision == "month" else "%Y-%m-%d")
        tone = heat(expiry, self._today()).tone if lively else ""
        return Cell(text, f"{tone}_text" if tone else "text", "mono", "", tone)


def product_name(names: tuple[str, str], spec: str, product: str | None, words: Words) -> str:
    """A product as people know it; its number where the catalogue does not have it."""
    name = words.name(names)
    if name:
        return f"{name} {spec}".rstrip()
    return words.say("product_number", product=product) if product else words.say("stock_no_product")


def _count(number: int, ink: str = "text") -> Cell:
    if not number:
        return _NONE
    return Cell(f"{number:,}", ink, "bold", right=True)
