"""What every test stands on: no screen, no leftover threads, long runs only when asked for."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.length import AT_LENGTH

if TYPE_CHECKING:
    from sync.sandbox import Sandbox
    from tests.ring import Ring

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# How long an example takes to make or to run says something of the machine, not of the program.
settings.register_profile("tracedesk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tracedesk")
# No test may touch the keyring of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run soaks and fault runs at full length")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--long"):
        os.environ[AT_LENGTH] = "1"  # for the workers that are started from here


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    skip = pytest.mark.skip(reason="a long run: ./test --long")
    for item in items:
        if "long" in item.keywords:
            item.add_marker(skip)


@pytest.fixture
def long_run(request: pytest.FixtureRequest) -> bool:
    """True when full length was asked for; tests with a shorter default scale by it."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(autouse=True)
def _no_leftover_threads() -> Iterator[None]:
    """A thread that a test started must have ended with it."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        left = [one for one in threading.enumerate() if one not in before and one.is_alive()]
        if not left:
            return
        time.sleep(0.01)
    pytest.fail(f"threads left running: {[one.name for one in left]}")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A platform on a port of this machine."""
    from sync.sandbox import serve

    platform = serve()
    yield platform
    platform.stop()


@pytest.fixture
def ring() -> Iterator[Ring]:
    """The system's keyring, for a while one in memory."""
    import keyring

    from tests.ring import Ring

    before = keyring.get_keyring()
    made = Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)
