"""A sandbox platform and a client that speaks plain HTTP to it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from sync.sandbox.server import Sandbox, serve


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A platform on a port of this machine."""
    server = serve()
    yield server
    server.stop()


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """One that asks it directly."""
    with httpx.Client(base_url=sandbox.url, trust_env=False) as made:
        yield made
