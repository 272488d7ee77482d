"""Tokens and secrets: earned once, renewed when refused, kept where nobody else looks, told to nobody."""

from __future__ import annotations

import json
import stat
from base64 import b64decode
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from ledger.errors import PlatformFault, SettingsError
from sync.credentials import ClientCredentials
from sync.faults import AuthFault, ConfigFault, Rejected
from sync.platform import Platform
from sync.vault import CLIENT_SECRET, FILE, TOKEN, Vault
from tests.ring import Ring
from tests.sync.scripted import Asked, Reply, Scripted, scripted


class Authority:
    """An authority that gives numbered tokens, and a platform that takes the latest."""

    def __init__(self, life: object = 3600) -> None:
        self.given = 0
        self.forms: list[dict[str, list[str]]] = []
        self.pairs: list[str] = []
        self.valid = ""
        self.life = life

    def __call__(self, one: Asked) -> Reply:
        if one.path == "/token":
            self.given += 1
            self.forms.append(parse_qs(one.body.decode()))
            self.pairs.append(b64decode(one.headers["authorization"].removeprefix("Basic ")).decode())
            self.valid = f"token-{self.given}"
            told = {"access_token": self.valid, "token_type": "Bearer", "expires_in": self.life}
            return Reply(200, json.dumps(told).encode())
        return Reply(204 if one.headers.get("authorization") == f"Bearer {self.valid}" else 401)


def platform(server: Scripted, now: list[float], secret: str | None = "s3cret:ü") -> Platform:
    earned = ClientCredentials(
        f"{server.url}/token", "station 7", lambda: secret, "capture query", now=lambda: now[0]
    )
    return Platform(server.url, credentials=earned)


def test_a_token_is_earned_once_and_used_until_it_ends() -> None:
    authority, now = Authority(), [0.0]
    with scripted(authority) as server:
        road = platform(server, now)
        for _ in range(3):
            assert road.options()
        assert authority.given == 1
        now[0] = 3590.0
        assert road.options()
        assert authority.given == 2
        road.close()
    assert authority.forms[0] == {"grant_type": ["client_credentials"], "scope": ["capture query"]}
    assert authority.pairs[0] == "station%207:s3cret%3A%C3%BC"


@pytest.mark.parametrize("life", [10**400, "9" * 400, "\u00b2", -1, True, [1], "1e999"])
def test_whatever_is_said_of_its_life_a_token_is_used_and_ends(life: object) -> None:
    authority, now = Authority(life), [0.0]
    with scripted(authority) as server:
        road = platform(server, now)
        assert road.options()
        now[0] = 86_400.0
        assert road.options()
        assert authority.given == 2
        road.close()


def test_a_refused_token_is_earned_anew_once() -> None:
    authority, now = Authority(), [0.0]
    with scripted(authority) as server:
        road = platform(server, now)
        assert road.options()
        authority.valid = "revoked"
        asked = len(server.asked)
        assert road.options()
        assert [one.path for one in server.asked[asked:]] == ["/capture", "/token", "/capture"]
        road.close()


def test_a_platform_that_refuses_every_token_is_asked_twice_not_for_ever() -> None:
    def answer(one: Asked) -> Reply:
        told = b'{"access_token": "t%d"}' % len(server.asked)
        return Reply(200, told) if one.path == "/token" else Reply(401)

    with scripted(answer) as server:
        road = platform(server, [0.0])
        with pytest.raises(AuthFault) as caught:
            road.options()
        assert caught.value.code == "platform_login"
        assert sum(one.path == "/capture" for one in server.asked) == 2
        road.close()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(400, b'{"error": "invalid_client", "error_description": "s3cret:\xc3\xbc is wrong"}'),
        Reply(401, b"no"),
        Reply(200, b'{"token": "misspelt"}'),
        Reply(200, b'{"access_token": "two\\nlines"}'),
        Reply(200, b"<html>"),
    ],
)
def test_an_authority_that_gives_no_token(reply: Reply) -> None:
    with scripted(reply) as server:
        road = platform(server, [0.0])
        with pytest.raises(AuthFault) as caught:
            road.capture(b"{}")
        assert caught.value.code == "platform_client_refused"
        assert "s3cret" not in str(caught.value) + repr(caught.value.params)
        assert all(one.path == "/token" for one in server.asked)
        road.close()


@pytest.mark.parametrize(
    ("reply", "code"), [(Reply(503), "platform_busy"), (Reply(200, b"{", cut=True), "platform_unreachable")]
)
def test_an_authority_that_is_not_well_sends_nothing_to_the_platform(reply: Reply, code: str) -> None:
    with scripted(reply) as server:
        road = platform(server, [0.0])
        with pytest.raises(PlatformFault) as caught:
            road.capture(b"{}")
        assert caught.value.code == code
        road.close()


def test_no_secret_goes_over_an_open_line_or_is_echoed() -> None:
    road = Platform(
        "https://127.0.0.1:9",
        credentials=ClientCredentials("http://idp.example/token", "id", lambda: "s3cret"),
    )
    with pytest.raises(ConfigFault) as caught:
        road.options()
    assert caught.value.code == "platform_unprotected"
    road.close()

    def answer(one: Asked) -> Reply:
        if one.path == "/token":
            return Reply(200, b'{"access_token": "abc123", "expires_in": "60"}')
        return Reply(400, json.dumps({"title": f"got {one.headers['authorization']} and s3cret:ü"}).encode())

    with scripted(answer) as server:
        road = platform(server, [0.0])
        with pytest.raises(Rejected) as refused:
            road.capture(b"{}")
        assert "abc123" not in refused.value.words
        assert "s3cret" not in refused.value.words
        road.close()


def test_without_a_secret_nobody_is_asked() -> None:
    with scripted(Reply(200)) as server:
        road = platform(server, [0.0], secret=None)
        with pytest.raises(AuthFault) as caught:
            road.options()
        assert caught.value.code == "platform_secret_missing"
        assert not server.asked
        road.close()


def test_where_there_is_no_keyring_a_file_of_this_user_keeps_them(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "home")
    assert vault.place().code == "secrets_in_file"
    assert vault.get(TOKEN) is None
    vault.set(TOKEN, "秘密")
    vault.set(CLIENT_SECRET, "other")
    file = tmp_path / "home" / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Vault(tmp_path / "home").get(TOKEN) == "秘密"
    assert Vault(tmp_path / "elsewhere").get(TOKEN) is None
    vault.forget(TOKEN)
    assert vault.get(TOKEN) is None
    assert vault.get(CLIENT_SECRET) == "other"
    vault.forget(CLIENT_SECRET)
    assert not file.exists()


def test_a_broken_file_is_said_and_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    with pytest.raises(SettingsError) as caught:
        Vault(tmp_path).set(TOKEN, "x")
    assert caught.value.code == "secrets_file_broken"
    assert (tmp_path / FILE).read_text() == "{"


def test_a_keyring_keeps_them_and_takes_over_what_lay_in_the_file(ring: Ring, tmp_path: Path) -> None:
    ring.locked = True
    Vault(tmp_path).set(TOKEN, "old")
    assert (tmp_path / FILE).exists()
    ring.locked = False
    vault = Vault(tmp_path)
    assert (vault.place().code, vault.place().backend) == ("secrets_in_keyring", "test ring")
    assert vault.get(TOKEN) == "old"
    vault.set(TOKEN, "new")
    assert not (tmp_path / FILE).exists()
    assert Vault(tmp_path).get(TOKEN) == "new"
    assert Vault(tmp_path / "other").get(TOKEN) is None
    vault.forget(TOKEN)
    vault.forget(TOKEN)
    assert vault.get(TOKEN) is None
    assert not ring.kept
