"""Which addresses are one platform, and to which of them a secret may go."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.origin import belonging, fits, origin, others
from sync.vault import CLIENT_SECRET, FILE, TOKEN, Vault
from tests.ring import Ring


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://a.example", "https://a.example/epcis/v2/"),
        ("https://a.example", "HTTPS://A.Example:443"),
        ("https://a.example:8443/x", "https://a.example:8443"),
        ("http://127.0.0.1", "http://127.0.0.1:80/"),
        ("http://[::1]:8080", "http://[::1]:8080/epcis?x=1"),
        ("https://平台.example", "https://平台.example/"),
    ],
)
def test_a_path_a_slash_or_a_capital_is_no_other_platform(one: str, other: str) -> None:
    assert origin(one) == origin(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example", "https://b.example"),
        ("https://a.example", "https://a.example:8443"),
        ("https://localhost", "http://localhost"),
        ("https://a.example", "https://a.example.evil.example"),
        ("https://a.example", "https://evil.example/a.example"),
        ("https://a", "https://a."),
        ("https://a.example", "https://evil.example#a.example"),
        ("https://strasse.example", "https://straße.example"),
    ],
)
def test_another_host_port_or_scheme_is_another_platform(one: str, other: str) -> None:
    assert origin(one) != origin(other)


@pytest.mark.parametrize(
    "text", ["", "a.example", "ftp://a.example", "https://", "https://a:x", "https://[::1"]
)
def test_what_names_no_platform_belongs_to_none(text: str) -> None:
    assert origin(text) == "" and belonging(text) == "-"


_HOSTS = st.sampled_from(["", "https://a.example", "https://b.example", "http://127.0.0.1:1"])


@given(kept=st.lists(_HOSTS, max_size=3), asked=st.lists(_HOSTS, max_size=3))
def test_a_secret_goes_only_where_nothing_known_differs(kept: list[str], asked: list[str]) -> None:
    whole = fits(belonging(*kept), belonging(*asked))
    assert whole == (
        len(kept) == len(asked)
        and all(not one or one == other for one, other in zip(kept, asked, strict=True))
    )
    if whole:
        assert others(belonging(*kept), belonging(*asked)) == ""


@pytest.mark.parametrize("in_keyring", [True, False])
def test_a_secret_entered_before_the_address_belongs_to_the_first_platform_named(
    tmp_path: Path, request: pytest.FixtureRequest, in_keyring: bool
) -> None:
    if in_keyring:
        request.getfixturevalue("ring")
    first, second = belonging("https://a.example"), belonging("https://b.example")
    vault = Vault(tmp_path)
    vault.set(TOKEN, "s3cret", belonging(""))
    assert vault.get(TOKEN, belonging("")) == "s3cret"
    assert vault.get(TOKEN, first) == "s3cret"
    again = Vault(tmp_path)
    assert again.get(TOKEN, second) is None
    assert again.elsewhere(TOKEN, second) == "https://a.example"
    assert again.get(TOKEN, first) == "s3cret" and again.elsewhere(TOKEN, first) == ""
    assert (tmp_path / FILE).exists() is not in_keyring


def test_what_a_clients_secret_earns_is_bound_to_the_platform_and_the_authority(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    vault.set(CLIENT_SECRET, "s", belonging("https://a.example", "https://login.example/token"))
    for there, authority, may in [
        ("https://a.example/x", "https://login.example/other", True),
        ("https://b.example", "https://login.example/token", False),
        ("https://a.example", "https://evil.example/token", False),
        ("https://a.example", "", False),
    ]:
        assert (vault.get(CLIENT_SECRET, belonging(there, authority)) == "s") is may


def test_a_secret_of_which_nobody_knows_whose_it_is_goes_nowhere(tmp_path: Path, ring: Ring) -> None:
    vault = Vault(tmp_path)
    ring.set_password(vault._service, TOKEN, "by hand")
    for asked in ("", "https://a.example"):
        assert vault.get(TOKEN, belonging(asked)) is None
        assert vault.elsewhere(TOKEN, belonging(asked))
