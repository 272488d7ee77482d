"""Stepping down through the stock, and up again."""

from __future__ import annotations

from desktop.stockpath import Level, StockPath
from ledger.stocklist import By
from ledger.stockrows import Group

GTIN = "09521234000013"


def group(*, lots: int, lot: str | None = None) -> Group:
    here, place, alerts = (1, 0, 0, 0, 0, 0, 0), (1, "A-1"), (0, 0, 0, 1)
    return Group(GTIN, ("药", "Drug"), "1 mg", "Maker", lot, lots, None, None, *here, *place, *alerts)


def test_a_product_of_several_lots_opens_its_lots_and_each_lot_its_packs() -> None:
    path = StockPath()
    path.into(group(lots=2), By.PRODUCT, "药")
    assert (path.here, path.deep) == (Level(By.LOT, GTIN, None, "药"), True)
    path.into(group(lots=1, lot="L1"), By.LOT, "药")
    assert path.here == Level(By.PACK, GTIN, "L1", "药")
    path.up()
    path.up()
    path.up()
    assert (path.here, path.deep) == (Level(By.PRODUCT), False)


def test_a_product_of_one_lot_opens_its_packs_at_once() -> None:
    path = StockPath()
    path.into(group(lots=1, lot="L1"), By.PRODUCT, "药")
    assert path.here == Level(By.PACK, GTIN, "L1", "药")


def test_turning_keeps_what_the_list_can_still_be_narrowed_to() -> None:
    path = StockPath()
    path.into(group(lots=1, lot="L1"), By.PRODUCT, "药")
    path.turn(By.LOT)
    assert (path.here, path.deep) == (Level(By.LOT, GTIN, None, "药"), True)
    path.turn(By.PRODUCT)
    assert (path.here, path.deep) == (Level(By.PRODUCT), False)
    path.turn(By.PACK)
    assert (path.here, path.deep) == (Level(By.PACK), False)
