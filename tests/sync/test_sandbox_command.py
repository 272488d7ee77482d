"""`tracedesk sandbox` as a process: its first line, its faults, its end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from sync.platform import Platform
from sync.sandbox.faults import NAMES
from sync.tls import Trust
from tests.sync.authority import Authority

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from desktop.commands.root import main; main()"]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent as a signal")
def test_its_first_line_is_its_address_and_an_interrupt_ends_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [
            *COMMAND,
            "--json",
            "--home",
            str(tmp_path),
            "sandbox",
            "--fault",
            "503=9",
            "--store",
            str(tmp_path / "s.db"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = json.loads(process.stdout.readline())["url"]
        with httpx.Client(trust_env=False) as client:
            assert client.get(f"{url}/held").json()["events"] == 0
            assert client.post(f"{url}/capture", content=b"{}").headers["Retry-After"] == "9"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""


def test_a_fault_that_is_none_is_said_with_those_there_are(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--home", str(tmp_path), "--lang", "en", "sandbox", "--fault", "nix"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert done.stdout == ""
    assert "nix" in done.stderr
    assert "cut-after" in done.stderr


def test_it_lists_its_faults(tmp_path: Path) -> None:
    command = [*COMMAND, "--json", "--home", str(tmp_path), "sandbox", "--list-faults"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert {json.loads(line)["name"] for line in done.stdout.splitlines()} == set(NAMES)


def test_it_speaks_https_with_a_certificate_of_ones_own(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    cert, key = authority.issue("server")
    command = [*COMMAND, "--json", "--home", str(tmp_path), "sandbox", "--cert", str(cert), "--key", str(key)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        platform = Platform(url, trust=lambda: Trust(ca_file=str(authority.path)))
        assert platform.options()
        platform.close()
        process.terminate()
