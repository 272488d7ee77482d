"""A workstation comes into service with a one-time code and leaves it with an empty outbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.origin import belonging
from sync.sandbox import Sandbox, serve
from sync.vault import TOKEN, Vault
from tests.desktop.test_commands import objects, tracedesk

PACK = "01095212340000131728013110L1<GS>21S1"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    platform = serve()
    platform.close_to_strangers()
    yield platform
    platform.stop()


def test_a_code_gives_credentials_once(tmp_path: Path, sandbox: Sandbox) -> None:
    home, code = tmp_path / "home", sandbox.issue_code()
    stranger = tracedesk("--json", "config", "set", "platform.url", sandbox.url, home=home)
    assert stranger.returncode == 0
    assert objects(tracedesk("--json", "sync", home=home))[0]["accepted"] == 0
    done = tracedesk("--json", "enrol", sandbox.url, given=f"{code}\n", home=home)
    assert done.returncode == 0, done.stderr
    token = Vault(home).get(TOKEN, belonging(sandbox.url))
    assert token
    assert token not in done.stdout + done.stderr and code not in done.stdout + done.stderr
    assert tracedesk("receive", PACK, home=home).returncode == 0
    told = objects(tracedesk("--json", "sync", home=home))[0]
    assert (told["accepted"], told["pending"], told["online"]) == (1, 0, True)
    again = tracedesk("--lang", "en", "enrol", sandbox.url, given=f"{code}\n", home=tmp_path / "other")
    assert again.returncode == 1 and "Traceback" not in again.stderr
    assert Vault(tmp_path / "other").get(TOKEN, belonging(sandbox.url)) is None


def test_leaving_delivers_first_and_names_a_successor(tmp_path: Path, sandbox: Sandbox) -> None:
    home = tmp_path / "home"
    assert tracedesk("enrol", sandbox.url, given=sandbox.issue_code() + "\n", home=home).returncode == 0
    assert tracedesk("receive", PACK, home=home).returncode == 0
    (left,) = objects(tracedesk("--json", "retire", "--replace", home=home))
    assert sandbox.held() == 1
    assert left["retired"] is True and left["code"]
    assert Vault(home).get(TOKEN, belonging(sandbox.url)) is None
    late = tracedesk("--lang", "en", "receive", PACK.replace("S1", "S2"), home=home)
    assert late.returncode == 1 and "out of service" in late.stderr
    heir = tmp_path / "heir"
    assert tracedesk("enrol", sandbox.url, given=f"{left['code']}\n", home=heir).returncode == 0
    (told,) = objects(tracedesk("--json", "sync", home=heir))
    assert (told["online"], told["pulled"]) == (True, 1)  # what its predecessor received
    assert tracedesk("dispense", PACK, home=heir).returncode == 0
    audited = objects(tracedesk("--json", "audit", home=heir))[0]
    assert (audited["chain_ok"], audited["projection_ok"]) == (True, True)


def test_nobody_leaves_while_something_waits(tmp_path: Path, sandbox: Sandbox) -> None:
    home = tmp_path / "home"
    assert tracedesk("enrol", sandbox.url, given=sandbox.issue_code() + "\n", home=home).returncode == 0
    assert tracedesk("receive", PACK, home=home).returncode == 0
    sandbox.arm("403")
    done = tracedesk("--lang", "en", "retire", home=home)
    assert done.returncode == 1 and "1 records wait" in done.stderr
    assert Vault(home).get(TOKEN, belonging(sandbox.url))
    sandbox.arm()
    assert tracedesk("retire", home=home).returncode == 0
