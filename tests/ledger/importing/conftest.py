"""The ledger that imports go into."""

from __future__ import annotations

import pytest

from ledger.store import Store
from tests.ledger.papers import store


@pytest.fixture
def ledger() -> Store:
    """An empty one."""
    return store()
