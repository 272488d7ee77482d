"""A ledger that knows one product."""

from __future__ import annotations

import pytest

from ledger.catalog import Product
from tests.ledger.papers import DRUG, GTIN, Told


@pytest.fixture
def told() -> Told:
    """Tells it what happens."""
    one = Told()
    one.store.catalog.put(
        Product(GTIN, "滴眼液", "Drops", pack_size=10, identifiers=(("drug", DRUG), ("gtin", GTIN)))
    )
    return one
