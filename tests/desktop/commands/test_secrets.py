"""Secrets on the command line: read from standard input, never told again."""

from __future__ import annotations

import json
from pathlib import Path

from sync.vault import FILE, Vault
from tests.desktop.test_commands import objects, tracedesk
from tests.sync.scripted import Reply, scripted

NAME = "platform.auth.token"


def test_a_secret_comes_from_standard_input_and_is_shown_by_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for arguments in (("config", "set", NAME, "-"), ("config", "set", NAME)):
        done = tracedesk("--json", *arguments, given="s3cret\n", home=home)
        assert objects(done) == [{"name": NAME, "value": None, "set": True, "where": "secrets_in_file"}]
    assert Vault(home).get(NAME, "-") == "s3cret"
    assert (home / FILE).exists()
    said = [
        tracedesk("config", "get", NAME, home=home),
        tracedesk("config", "list", home=home),
        tracedesk("--json", "config", "list", home=home),
        tracedesk("doctor", home=home),
    ]
    for done in said:
        assert "s3cret" not in done.stdout + done.stderr
    assert NAME in said[3].stdout
    assert tracedesk("config", "set", NAME, "-", given="\n", home=home).returncode == 0
    assert not (home / FILE).exists()


def test_a_secret_as_an_argument_is_refused(tmp_path: Path) -> None:
    done = tracedesk("config", "set", NAME, "s3cret", home=tmp_path)
    assert done.returncode == 2
    assert "s3cret" not in done.stderr
    assert Vault(tmp_path).get(NAME) is None
    assert tracedesk("config", "set", "platform.auth.nonsense", "-", home=tmp_path).returncode == 1
    assert tracedesk("config", "set", NAME, "-", given="two\nlines", home=tmp_path).returncode == 1


def test_delivery_shows_the_token_and_doctor_greets_the_platform(tmp_path: Path) -> None:
    with scripted(Reply(204, b"", {"GS1-EPCIS-Version": "2.0.0"})) as server:
        assert tracedesk("config", "set", "platform.url", server.url, home=tmp_path).returncode == 0
        assert tracedesk("config", "set", NAME, "-", given="s3cret", home=tmp_path).returncode == 0
        lines = {
            line["name"]: line["value"] for line in objects(tracedesk("--json", "doctor", home=tmp_path))
        }
        assert "2.0.0" in str(lines["road"])
        assert server.asked[0].headers["authorization"] == "Bearer s3cret"
    with scripted(Reply(401)) as server:
        assert tracedesk("config", "set", "platform.url", server.url, home=tmp_path).returncode == 0
        done = tracedesk("--json", "--lang", "en", "sync", home=tmp_path)
        assert json.loads(done.stdout)["why"] == "platform_secret_elsewhere" and done.returncode == 1
        assert "s3cret" not in done.stdout + done.stderr
        assert all("authorization" not in one.headers for one in server.asked), "it is the other platform's"
        (told,) = objects(tracedesk("--json", "config", "get", NAME, home=tmp_path))
        assert told["set"] is False and str(told["elsewhere"]).startswith("http://127.0.0.1:")
        assert "127.0.0.1" in tracedesk("--lang", "en", "doctor", home=tmp_path).stdout
