"""Where in the stock one stands: everything, narrowed step by step to a product, a lot, its packs."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.pack import State
from ledger.stocklist import HERE, By
from ledger.stockrows import Group

SCOPES: dict[str, tuple[State, ...]] = {
    "here": HERE,
    "dispensed": (State.DISPENSED,),
    "gone": (State.RETURNED, State.DESTROYED, State.LOST),
    "all": tuple(state for state in State if state is not State.UNKNOWN),
}


@dataclass(frozen=True, slots=True)
class Level:
    """One step down: what the list is narrowed to."""

    by: By
    product: str | None = None
    lot: str | None = None
    name: str = ""


class StockPath:
    """The steps taken; the first one is never left."""

    def __init__(self) -> None:
        self._levels = [Level(By.PRODUCT)]

    @property
    def here(self) -> Level:
        """The last step."""
        return self._levels[-1]

    @property
    def deep(self) -> bool:
        """Whether there is a step to go back."""
        return len(self._levels) > 1

    def up(self) -> None:
        """Go a step back."""
        if self.deep:
            self._levels.pop()

    def begin(self, by: By) -> None:
        """Begin anew with everything."""
        self._levels = [Level(by)]

    def turn(self, by: By) -> None:
        """List what is here by something else; the product stays where the list can be narrowed to it."""
        narrowed = self.here
        self.begin(by)
        if narrowed.product is not None and by is not By.PRODUCT:
            lot = narrowed.lot if by is By.PACK else None
            self._levels = [Level(By.PRODUCT), Level(by, narrowed.product, lot, narrowed.name)]

    def into(self, group: Group, by: By, name: str) -> None:
        """Step from a row that stands for a product or a lot to what is in it: lots, or packs where there is one."""
        if by is By.PRODUCT and group.lots > 1:
            step = Level(By.LOT, group.product or "", None, name)
        else:
            lot = (group.lot or "") if group.lots == 1 or by is By.LOT else None
            step = Level(By.PACK, group.product or "", lot, name)
        self._levels.append(step)
