"""The X server of the display tests: one per module, because starting it costs half a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.display.xserver import XServer, xserver


@pytest.fixture(scope="module")
def x() -> Iterator[XServer]:
    """A private X server with a US keyboard, shared by the tests of a module."""
    with xserver() as server:
        yield server
