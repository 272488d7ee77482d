"""Which line of a document counts what: pure arithmetic over lines and sums.

Packs are put on the lines of their product in the order of the lines: first on lines of their own lot, then on
lines that name no lot; packs whose lot nobody knows fill what is left. What no line has room for is over on the
last line that would have taken it; packs of a lot that no line takes are on no line at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.journal import Amount
from ledger.shipment import UNIT, Line


@dataclass(frozen=True, slots=True)
class Filled:
    """A line with what counts on it, in the line's own unit."""

    line: Line
    seen: int | None
    """Packs or units that count on it, an opened pack as a whole one; None where the pack size is not known."""
    over: int = 0
    """How much of it is more than the line wants."""
    open_units: int | None = None
    """Units still wanted; None where the pack size is not known."""

    @property
    def open(self) -> int | None:
        """What is still wanted."""
        return None if self.seen is None else max(0, self.line.quantity - self.seen)


@dataclass(frozen=True, slots=True)
class Allocation:
    """The lines of one product, and what is on none of them."""

    lines: tuple[Filled, ...]
    extra: Mapping[str, Amount]
    """Lot -> what no line takes."""

    def taking(self, lot: str | None) -> Filled | None:
        """The line that one more pack of this lot counts on: one with room, else the last it would be over on."""
        if len(self.lines) == 1:
            return self.lines[0] if _fits(self.lines[0].line, lot) else None
        fitting = [filled for filled in self.lines if _fits(filled.line, lot)]
        exact = [filled for filled in fitting if lot and filled.line.lot == lot]
        ordered = [*exact, *(filled for filled in fitting if filled not in exact)]
        roomy = next((filled for filled in ordered if filled.open is None or filled.open > 0), None)
        return roomy or (ordered[-1] if ordered else None)


def allocate(lines: Iterable[Line], sums: Mapping[str, Amount], size: int | None) -> Allocation:
    """Put what was counted of one product, by lot ("" where unknown), on the product's lines.

    `size` is the units in a pack, where known; it is needed as soon as a line or an opened pack counts in units.
    """
    rows = sorted(lines, key=lambda line: line.line)
    if len(rows) == 1:
        return _on_one(rows[0], sums, size)
    return _on_many(rows, sums, size)


def _on_one(line: Line, sums: Mapping[str, Amount], size: int | None) -> Allocation:
    """`_on_many` where the product has a single line, as nearly always, and nothing is to be shared out."""
    if not size and (line.unit == UNIT or any(amount.units for amount in sums.values())):
        return Allocation((Filled(line, None),), {})
    grain = size or 1
    wanted = line.quantity if line.unit == UNIT else line.quantity * grain
    count, extra = 0, {}
    for lot, amount in sums.items():
        grains = _grains(amount, grain)
        if _fits(line, lot or None):
            count += grains
        elif grains:
            extra[lot] = amount
    over = max(0, count - wanted)
    left = wanted - count + over if size else None
    return Allocation((Filled(line, _counted(count, line, grain), _counted(over, line, grain), left),), extra)


def _on_many(rows: list[Line], sums: Mapping[str, Amount], size: int | None) -> Allocation:
    by_unit = any(line.unit == UNIT for line in rows) or any(amount.units for amount in sums.values())
    if by_unit and not size:
        return Allocation(tuple(Filled(line, None) for line in rows), {})
    grain = size or 1
    # Everything is reckoned in grains: units where the pack size is known, else packs.
    wanted = {line.line: line.quantity * (1 if line.unit == UNIT else grain) for line in rows}
    put = dict.fromkeys(wanted, 0)
    left = {lot: _grains(amount, grain) for lot, amount in sums.items()}

    def fill(lot: str, takers: list[Line]) -> None:
        for line in takers:
            share = min(left[lot], max(0, wanted[line.line] - put[line.line]))
            put[line.line] += share
            left[lot] -= share

    lots = sorted(lot for lot in left if lot)
    for lot in lots:
        fill(lot, [line for line in rows if line.lot == lot])
    for lot in lots:
        fill(lot, [line for line in rows if line.lot is None])
    if "" in left:
        fill("", rows)
    over = dict.fromkeys(wanted, 0)
    extra: dict[str, Amount] = {}
    for lot, rest in left.items():
        takers = [line for line in rows if _fits(line, lot or None)]
        if rest and takers:
            own = [line for line in takers if lot and line.lot == lot]
            over[(own or takers)[-1].line] += rest
        elif rest:
            extra[lot] = sums[lot]
    return Allocation(
        tuple(
            Filled(
                line,
                _counted(put[line.line] + over[line.line], line, grain),
                _counted(over[line.line], line, grain),
                wanted[line.line] - put[line.line] if size else None,
            )
            for line in rows
        ),
        extra,
    )


def _fits(line: Line, lot: str | None) -> bool:
    return lot is None or line.lot is None or line.lot == lot


def _grains(amount: Amount, grain: int) -> int:
    # A case counts like a pack here: it is on a line only where the line's product is the case itself.
    return (amount.packs + amount.cases) * grain + amount.units


def _counted(grains: int, line: Line, grain: int) -> int:
    """Grains in the line's unit; a begun pack is a whole one."""
    return grains if line.unit == UNIT else -(-grains // grain)
