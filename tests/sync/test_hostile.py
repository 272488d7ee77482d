"""A hostile platform and a bad network, seen by an attacker: nothing breaks, leaks, or is believed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.words import LANGUAGES, Words
from ledger.errors import PlatformFault, SettingsError
from sync.contract import Unreadable
from sync.courier import Courier
from sync.credentials import Bearer, ClientCredentials
from sync.faults import ConfigFault
from sync.pace import Pace
from sync.platform import Job, Platform
from sync.reference_client import Introduction, ReferenceClient
from sync.replies import event_list
from sync.vault import FILE, TOKEN, Vault
from tests.ring import Ring
from tests.sync.books import WIRE, TinyBooks, event
from tests.sync.pages import told
from tests.sync.scripted import Asked, Reply, scripted
from tests.sync.site import Workstation, gs1

JSON = {"Content-Type": "application/json"}

_NAMES = """running success errors title detail type eventID errorDeclaration epcisBody id queryResults
resultsBody eventList declarationTime epcList captureErrorBehaviour proceed"""
_WORDS = st.sampled_from(_NAMES.split())
_TEXTS = st.one_of(_WORDS, st.text(max_size=8), st.sampled_from(["\ud800", "\x00", "urn:uuid:", "9" * 400]))
_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.just(10**400), st.floats(), st.sampled_from([-1, 0]), _TEXTS
)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_TEXTS, inner, max_size=5)),
    max_leaves=20,
)


def _events(lists: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return lists.map(lambda found: {"epcisBody": {"queryResults": {"resultsBody": {"eventList": found}}}})


def filled(number: int) -> TinyBooks:
    books = TinyBooks()
    for seq in range(1, number + 1):
        books.add(event(seq, pack=seq), packs=(seq,))
    return books


def quick(books: TinyBooks, platform: Platform) -> Courier:
    pace = Pace(
        first=0.0,
        limit=0.0,
        polls=(0.0,),
        job_deadline=0.05,
        settle=0.0,
        window=0.0,
        patience=0.02,
        idle=0.05,
    )
    return Courier(books.run, platform, WIRE, pace, roll=lambda: 0.0)


def ours(books: TinyBooks) -> list[dict[str, Any]]:
    rows = books.connection.execute("SELECT payload FROM outbox ORDER BY seq").fetchall()
    return [json.loads(payload) for (payload,) in rows]


@settings(max_examples=60)
@given(job=_TREES, events=st.one_of(_TREES, _events(st.lists(_TREES, max_size=5))), location=st.booleans())
def test_whatever_it_answers_nothing_is_believed_that_it_has_not_said(
    job: Any, events: Any, location: bool
) -> None:
    """Jobs and event lists of any shape: no exception, no record taken as delivered without its own proof."""

    def answer(asked: Asked) -> Reply:
        if asked.method == "OPTIONS":
            return Reply(404)
        if asked.path.startswith("/capture/"):
            return Reply(200, json.dumps(job).encode(), JSON)
        if asked.method == "POST":
            return Reply(202, b"", {"Location": "/capture/7"} if location else {})
        return Reply(200, json.dumps(events).encode(), JSON)

    books = filled(2)
    with scripted(answer) as server:
        platform = Platform(server.url)
        result = quick(books, platform).drain()
    stored = location and isinstance(job, dict) and job.get("running") is False and job.get("success") is True
    if result.accepted and not stored:
        assert not location and event_list(events) is None, "202 and nothing to ask: more is not to be had"
    assert result.accepted + result.parked + result.pending == 2


def _listed(*found: dict[str, Any]) -> bytes:
    return json.dumps({"epcisBody": {"queryResults": {"resultsBody": {"eventList": list(found)}}}}).encode()


def _changed(body: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**body, **fields}


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(
            lambda body: _changed(body, eventID="urn:uuid:0195f0c0-dead-7000-8000-000000000001"), id="id"
        ),
        pytest.param(lambda body: _changed(body, eventID=[body["eventID"]]), id="id in a list"),
        pytest.param(lambda body: _changed(body, eventID=None), id="no id"),
        pytest.param(lambda body: _changed(body, eventID=body["eventID"].upper()), id="id in capitals"),
        pytest.param(
            lambda body: _changed(body, errorDeclaration={"declarationTime": "2026-11-20T00:00:00Z"}),
            id="a declaration instead",
        ),
    ],
)
def test_an_answer_for_other_events_settles_none_of_ours(lie: Any) -> None:
    books = filled(2)

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/events"):
            return Reply(200, _listed(*map(lie, ours(books))), JSON)
        return Reply(202) if asked.method == "POST" else Reply(404)

    with scripted(answer) as server:
        result = quick(books, Platform(server.url)).drain()
    assert (result.accepted, result.parked, result.pending) == (0, 0, 2)


def test_what_is_held_otherwise_is_a_conflict_and_never_taken_for_delivered() -> None:
    books = filled(2)

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/events"):
            return Reply(200, _listed(*(_changed(one, epcList=["urn:x"]) for one in ours(books))), JSON)
        return Reply(202) if asked.method == "POST" else Reply(404)

    with scripted(answer) as server:
        result = quick(books, Platform(server.url)).drain()
    assert (result.accepted, result.parked) == (0, 2)


def test_of_two_equal_keys_the_last_one_counts_and_settles_nothing_by_itself() -> None:
    books = filled(1)
    (own,) = ours(books)
    twice = _listed(own).replace(b'"eventID"', b'"eventID": "urn:uuid:0", "eventID"', 1)
    assert json.loads(twice) == json.loads(_listed(own))
    forged = _listed(own)[:-1] + b', "epcisBody": {"queryResults": {"resultsBody": {"eventList": []}}}}'

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/events"):
            return Reply(200, forged, JSON)
        return Reply(202) if asked.method == "POST" else Reply(404)

    with scripted(answer) as server:
        assert quick(books, Platform(server.url)).drain().accepted == 0


def test_a_compressed_reply_is_never_blown_up() -> None:
    """We ask for none; what comes all the same is read as it is, so that 100 kB stay 100 kB."""
    bomb = gzip.compress(b" " * 100_000_000)
    headers = {**JSON, "Content-Encoding": "gzip"}
    with scripted(Reply(200, bomb, headers)) as server:
        platform = Platform(server.url)
        try:
            assert platform.job(f"{server.url}/capture/1") == Job("unknown")
            assert platform.events(["urn:uuid:1"]) is None
            with pytest.raises(Unreadable):
                ReferenceClient(platform).page("products", "")
            assert all(one.headers["accept-encoding"] == "identity" for one in server.asked)
        finally:
            platform.close()


def test_cookies_are_neither_kept_nor_sent() -> None:
    """A platform that sets ever more of them would make each request larger, and could follow who asks."""
    with scripted(Reply(200, b"{}", {"Set-Cookie": "follow=me; Path=/"})) as server:
        platform = Platform(server.url)
        try:
            for _ in range(3):
                platform.exchange("GET", "events")
            assert [one.headers.get("cookie") for one in server.asked] == [None, None, None]
        finally:
            platform.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "where", ["http://elsewhere.example/", "//elsewhere.example/", "http://127.0.0.1:1/capture"]
)
def test_a_redirect_is_never_followed_and_no_token_goes_with_it(status: int, where: str) -> None:
    with scripted(Reply(200)) as thief, scripted(Reply(status, b"", {"Location": where})) as server:
        platform = Platform(server.url, lambda: "s3cret")
        try:
            for ask in (
                lambda: platform.capture(b"{}"),
                lambda: platform.job(f"{server.url}/capture/1"),
                lambda: platform.events(["urn:uuid:1"]),
                platform.options,
            ):
                with pytest.raises(ConfigFault) as caught:
                    ask()
                assert caught.value.code == "platform_redirects"
            assert thief.asked == []
        finally:
            platform.close()


def test_a_proxy_of_the_environment_sees_nothing_of_this_machines_own_platform(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with scripted(Reply(200, b"{}")) as server, scripted(Reply(200, b"{}")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        platform = Platform(server.url, lambda: "s3cret")
        try:
            platform.exchange("GET", "events")
            assert (len(server.asked), proxy.asked) == (1, [])
        finally:
            platform.close()


def test_a_client_secret_never_goes_unencrypted_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a platform elsewhere an authority on this machine would be asked through the proxy, in the clear."""
    with scripted(Reply(200, b'{"access_token": "t"}')) as proxy:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        credentials = ClientCredentials("http://127.0.0.1:9/token", "me", lambda: "s3cret")
        platform = Platform("https://platform.invalid", credentials=credentials)
        try:
            with pytest.raises(ConfigFault) as caught:
                platform.options()
            assert caught.value.code == "platform_unprotected"
            assert proxy.asked == []
        finally:
            platform.close()


def test_a_storm_of_refusals_is_two_requests_a_round() -> None:
    """401 for ever: the token is read once more, then delivery pauses until a person acts."""
    books = filled(30)
    reads: list[str] = []

    def token() -> str:
        reads.append("read")
        return f"t{len(reads)}"

    with scripted(Reply(401, b"", {"Retry-After": "0"})) as server:
        result = quick(books, Platform(server.url, credentials=Bearer(token))).drain()
        assert result.why == "platform_login" and result.pending == 30
        assert len(server.asked) == 2
    attempts = books.connection.execute("SELECT sum(attempts) FROM outbox").fetchone()[0]
    assert attempts == 0, "who is refused has burnt no attempt"


@pytest.mark.parametrize(
    "asked",
    ["-5", "1e400", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT", "soon", "²", "Thu, 01 Jan 1970 00:00:00 GMT"],
)
def test_an_absurd_retry_after_neither_breaks_nor_stops_it_for_days(asked: str) -> None:
    books = filled(1)
    with scripted(
        Reply(429, b"", {"Retry-After": asked.encode("latin-1", "ignore").decode("latin-1")})
    ) as server:
        courier = quick(books, Platform(server.url))
        assert courier.drain().why == "platform_busy"


@pytest.mark.parametrize("failing", ["get", "set", "delete"])
def test_a_keyring_that_fails_is_no_end(tmp_path: Path, ring: Ring, failing: str, monkeypatch: Any) -> None:
    def fail(*_: object) -> None:
        raise OSError("the bus is gone")

    Vault(tmp_path).set(TOKEN, "before", "https://a.example")
    monkeypatch.setattr(ring, f"{failing}_password", fail)
    vault = Vault(tmp_path)
    if failing == "get":
        assert vault.get(TOKEN, "https://a.example") is None
        assert vault.elsewhere(TOKEN, "https://a.example") == ""
    vault.set(TOKEN, "after", "https://a.example")
    if failing != "delete":
        assert vault.get(TOKEN, "https://a.example") == "after"
    vault.forget(TOKEN)


def test_a_broken_file_of_secrets_stops_delivery_in_words_and_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    vault, books = Vault(tmp_path), filled(1)
    with scripted(Reply(200)) as server:
        platform = Platform(server.url, lambda: vault.get(TOKEN, "x"))
        result = quick(books, platform).drain()
        assert (result.why, result.pending, server.asked) == ("secrets_file_broken", 1, [])
    with pytest.raises(SettingsError):
        vault.get(TOKEN, "x")


def test_a_portal_that_answers_everything_with_its_page_takes_nothing(tmp_path: Path) -> None:
    """The guest network's sign-in page, 200 and HTML for whatever is asked."""
    page = Reply(200, b"<html><form>Sign in</form></html>", {"Content-Type": "text/html"})
    with scripted(page) as server:
        desk = Workstation(tmp_path / "home", server.url)
        try:
            desk.receive(gs1("S1"))
            result = desk.sync()
            assert (result.accepted, result.parked, result.pending) == (0, 0, 1)
            assert result.why == "platform_html"
            assert desk.of(lambda store: store.pulled.cursors()) == ()
        finally:
            desk.close()


@settings(max_examples=25)
@given(body=_TREES)
def test_a_meeting_and_verdicts_of_any_shape_are_refused_by_name(body: Any) -> None:
    with scripted(Reply(200, json.dumps(body).encode(), JSON)) as server:
        platform = Platform(server.url)
        client = ReferenceClient(platform)
        try:
            for ask in (
                lambda: client.page("products", ""),
                lambda: client.verify({"urn:x": ("gs1:x", None, None)}),
            ):
                with pytest.raises(PlatformFault):
                    ask()
        finally:
            platform.close()


def test_the_events_of_a_site_may_have_any_shape(tmp_path: Path) -> None:
    """What others are said to have recorded: no shape breaks the pull, and the records behind it still come."""

    @settings(max_examples=40)
    @given(found=st.lists(_TREES, max_size=6))
    def any_shape(found: list[Any]) -> None:
        shown.append(found)
        desk.puller._asked.clear()
        desk.courier, desk.puller = desk._line()
        assert desk.sync().why in ("", "reference_unreadable"), found

    shown: list[list[Any]] = []

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/events"):
            listed = {"epcisBody": {"queryResults": {"resultsBody": {"eventList": shown[-1]}}}}
            return Reply(200, json.dumps(listed).encode(), JSON)
        return told({"kind": "x"}) if asked.path.startswith("/none") else Reply(404)

    with scripted(answer) as server:
        desk = Workstation(tmp_path / "home", server.url)
        try:
            any_shape()
        finally:
            desk.close()


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_platform_that_refuses_everything_does_not_empty_the_backlog_onto_peoples_desks(
    status: int,
) -> None:
    """A proxy that takes no document, a site that is not registered: one pause, not a task for each record."""
    books = filled(200)
    taking: list[bool] = []

    def answer(asked: Asked) -> Reply:
        if asked.method == "POST":
            return Reply(201) if taking else Reply(status, b'{"title": "no"}', JSON)
        if asked.path.startswith("/events"):
            return Reply(200, _listed(), JSON)
        return Reply(404)

    with scripted(answer) as server:
        first = quick(books, Platform(server.url)).drain()
        assert (first.parked, first.pending, first.why) == (20, 180, "platform_refuses_all")
        for language in LANGUAGES:
            assert "{" not in Words(language).say("platform_refuses_all")
        taking.append(True)
        second = quick(books, Platform(server.url)).drain()
    assert (second.accepted, second.pending, second.why) == (180, 0, "")


def test_many_poisoned_records_between_good_ones_are_parked_as_ever() -> None:
    books = filled(90)
    poisoned = {one["eventID"] for one in ours(books)[::2]}

    def answer(asked: Asked) -> Reply:
        if asked.method != "POST":
            return Reply(200, _listed(), JSON) if asked.path.startswith("/events") else Reply(404)
        sent = {one["eventID"] for one in json.loads(asked.body)["epcisBody"]["eventList"]}
        return Reply(400, b'{"title": "no"}', JSON) if sent & poisoned else Reply(201)

    with scripted(answer) as server:
        result = quick(books, Platform(server.url)).drain()
    assert (result.accepted, result.parked, result.pending, result.why) == (45, 45, 0, "")


@pytest.mark.parametrize(
    "location", ["http://user@{}/x", "http://user:pass@{}/x", "http://a@b@{}/x", "http://{}@evil.example/x"]
)
def test_an_address_with_a_name_before_the_host_is_not_the_platforms(location: str) -> None:
    platform = Platform("http://127.0.0.1:8080")
    assert platform.line.own(location.format("127.0.0.1:8080"), platform.line.base) == ""
    assert platform.line.own("HTTP://127.0.0.1:8080/x", platform.line.base) != ""


@pytest.mark.parametrize("head", ["x" * 600, "\ud800", "\n", 7, None, ["a"]])
def test_heads_that_no_cursor_could_be_are_refused(tmp_path: Path, head: object) -> None:
    met = {"state": "new", "head": None, "min": 1, "max": 1, "heads": {"events": head}}
    with scripted(Reply(200, json.dumps(met).encode(), JSON)) as server:
        platform = Platform(server.url)
        try:
            with pytest.raises(Unreadable):
                ReferenceClient(platform).meet(Introduction("l", "d", None, None))
        finally:
            platform.close()


def test_a_secret_that_cannot_be_bound_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk when the first platform is named: else the secret would be free for the next one too."""
    Vault(tmp_path).set(TOKEN, "s3cret", "-")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SettingsError):
        Vault(tmp_path).get(TOKEN, "https://a.example")
    monkeypatch.undo()
    assert [one.name for one in tmp_path.iterdir()] == [FILE], "and no draft of it is left behind"
    assert Vault(tmp_path).get(TOKEN, "https://b.example") == "s3cret"
