"""A workstation, or two, and the platform that they deliver to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.sandbox import Sandbox
from tests.sync.site import Workstation, assert_whole


@pytest.fixture
def desk(tmp_path: Path, sandbox: Sandbox) -> Iterator[Workstation]:
    one = Workstation(tmp_path / "home", sandbox.url)
    yield one
    one.close()


@pytest.fixture
def pair(tmp_path: Path, sandbox: Sandbox) -> Iterator[tuple[Workstation, Workstation]]:
    """Two counters of one site, whose ledgers are whole at the end."""
    one, other = (Workstation(tmp_path / name, sandbox.url) for name in ("a", "b"))
    yield one, other
    for each in (one, other):
        assert_whole(each)
        each.close()
