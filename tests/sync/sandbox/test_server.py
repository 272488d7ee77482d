"""The sandbox as a server: its file, its address, its port."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import httpx
import pytest

from ledger.errors import EnvironmentFault
from sync.sandbox.server import Sandbox, serve
from tests.sync.sandbox.asking import capture, one


def test_it_keeps_its_file_and_every_document(tmp_path: Path) -> None:
    for round_ in (1, 2):
        server = serve(path=tmp_path / "platform.sqlite3", keep_documents=tmp_path / f"kept{round_}")
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            capture(client, one(round_))
            assert client.get("/held").json()["events"] == round_
        server.stop()
        (kept,) = (tmp_path / f"kept{round_}").iterdir()
        assert json.loads(kept.read_bytes())["type"] == "EPCISDocument"


def test_it_listens_on_this_machine_only(sandbox: Sandbox) -> None:
    assert sandbox.url.startswith("http://127.0.0.1:")


def test_a_taken_port_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(EnvironmentFault) as caught:
        serve(taken.getsockname()[1])
    assert caught.value.code == "sandbox_port_taken"
