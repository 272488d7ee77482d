"""A Chinese input method on a test's X server: IBus with libpinyin, in a session bus and a home of its own."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.display.xserver import XServer

_missing = [tool for tool in ("dbus-daemon", "ibus", "ibus-daemon") if shutil.which(tool) is None]
_engine = Path("/usr/share/ibus/component/libpinyin.xml")

needs_pinyin = pytest.mark.skipif(
    bool(_missing) or not _engine.exists(),
    reason=f"not installed: {', '.join(_missing) or 'ibus-libpinyin'} (Debian: ibus ibus-libpinyin dbus-daemon)",
)


@contextmanager
def pinyin(x: XServer) -> Iterator[Mapping[str, str]]:
    """Run the input method; yields the environment in which a Qt program uses it, switched to Chinese."""
    home = x.folder / "home"
    (home / "run").mkdir(parents=True, mode=0o700)
    variables = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "NO_AT_BRIDGE": "1",
        "GTK_A11Y": "none",
    }
    with ExitStack() as running:
        bus = running.enter_context(
            _process(x, ["dbus-daemon", "--session", "--nofork", "--print-address=1"], variables)
        )
        assert bus.stdout
        variables["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
        running.enter_context(
            _process(x, ["ibus-daemon", "--panel=disable", "--config=/usr/libexec/ibus-memconf"], variables)
        )
        _wait_for_engine(x, variables)
        yield {**variables, "QT_IM_MODULE": "ibus"}


@contextmanager
def _process(
    x: XServer, command: list[str], variables: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    with (x.folder / f"{command[0]}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env=x.environment(**variables),
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout
        process.stdout.close()


def _wait_for_engine(x: XServer, variables: Mapping[str, str]) -> None:
    environment = x.environment(**variables)
    last = ""
    for _ in range(100):
        for command in (["ibus", "engine", "libpinyin"], ["ibus", "engine"]):
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=60, check=False
            )
            last = done.stdout + done.stderr
        if last.strip() == "libpinyin":
            return
        time.sleep(0.1)
    pytest.fail(f"the input method did not start: {last}")
