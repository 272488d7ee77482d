"""What lies on the shelf before a test of the work page begins."""

from __future__ import annotations

import pytest

from ledger.partners import Partner
from tests.desktop.conftest import Place, gs1, wedge
from tests.desktop.pages.atwork import SITE


@pytest.fixture
def stocked(place: Place) -> Place:
    """Packs S-1 to S-9 in stock, and a partner to send to."""
    place.station.run(
        lambda store: store.partners.put(Partner(SITE, "另一仓库", "Other Warehouse", "warehouse"))
    )
    place.window.work._partners()
    for number in range(1, 10):
        assert place.scan(wedge(gs1(f"S-{number}"))).saved
    return place
