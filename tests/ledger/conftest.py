from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.counter import Counter


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """A fresh workstation that is closed afterwards."""
    one = Counter(tmp_path / "home")
    yield one
    one.close()
