"""The client against a platform that says anything: every answer becomes one of our errors, or a value."""

# ruff: noqa: E501 - tables read better in one line a row

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ledger.errors import PlatformFault
from sync import platform as module
from sync.faults import (
    Ambiguous,
    AuthFault,
    ConfigFault,
    Duplicate,
    Failing,
    Offline,
    Rejected,
    Retry,
    TooLarge,
)
from sync.line import REPLY_LIMIT
from sync.platform import Abilities, Job, Platform, Receipt
from tests.sync.scripted import Asked, Reply, Scripted, scripted

PROBLEM = {"Content-Type": "application/problem+json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = b"<!doctype html><title>Sign in</title>"


@contextmanager
def road(*replies: Any, token: Any = None, path: str = "") -> Iterator[tuple[Platform, Scripted]]:
    with scripted(*replies) as server:
        platform = Platform(server.url + path, token)
        try:
            yield platform, server
        finally:
            platform.close()


def said(**told: Any) -> bytes:
    return json.dumps(told).encode()


@pytest.mark.parametrize(
    ("reply", "fault", "code"),
    [
        (Reply(200, PAGE, HTML), ConfigFault, "platform_html"),
        (Reply(200, PAGE), ConfigFault, "platform_html"),
        (Reply(302, b"", {"Location": "https://elsewhere.example/"}), ConfigFault, "platform_redirects"),
        (Reply(301, b"", {"Location": "/capture/"}), ConfigFault, "platform_redirects"),
        (Reply(400, said(title="Bad", detail="no such GTIN"), PROBLEM), Rejected, "platform_rejects"),
        (Reply(422, b"nonsense"), Rejected, "platform_rejects"),
        (Reply(400, PAGE, HTML), ConfigFault, "platform_html"),
        (Reply(401), AuthFault, "platform_login"),
        (Reply(403, said(title="no"), PROBLEM), AuthFault, "platform_forbidden"),
        (Reply(403, PAGE, HTML), ConfigFault, "platform_html"),
        (Reply(404), ConfigFault, "platform_endpoint"),
        (Reply(405), ConfigFault, "platform_endpoint"),
        (Reply(406), ConfigFault, "platform_endpoint"),
        (Reply(415), ConfigFault, "platform_endpoint"),
        (Reply(501), ConfigFault, "platform_endpoint"),
        (Reply(408), Retry, "platform_busy"),
        (Reply(409, said(title="have it"), PROBLEM), Duplicate, "platform_rejects"),
        (Reply(413), TooLarge, "platform_too_large"),
        (Reply(413, PAGE, HTML), TooLarge, "platform_too_large"),
        (Reply(425), Retry, "platform_busy"),
        (Reply(429, b"", {"Retry-After": "7"}), Retry, "platform_busy"),
        (Reply(500, PAGE, HTML), Failing, "platform_failing"),
        (Reply(502, PAGE, HTML), Retry, "platform_busy"),
        (Reply(503), Retry, "platform_busy"),
        (Reply(504), Retry, "platform_busy"),
        (Reply(507), Failing, "platform_failing"),
        (Reply(202, b"x", cut=True), Ambiguous, "platform_no_answer"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Reply) else None,
)  # fmt: skip
def test_every_refusal_is_one_of_ours(reply: Reply, fault: type[PlatformFault], code: str) -> None:
    with road(reply) as (platform, _), pytest.raises(PlatformFault) as caught:
        platform.capture(b"{}")
    assert type(caught.value) is fault
    assert caught.value.code == code


def test_patience_is_told_and_a_gateway_may_have_done_the_work() -> None:
    for status, header, after, carried_out in (
        (429, "7", 7.0, False),
        (503, "", None, False),
        (502, "3", 3.0, True),
        (408, "", None, True),
    ):
        reply = Reply(status, b"", {"Retry-After": header} if header else {})
        with road(reply) as (platform, _), pytest.raises(Retry) as caught:
            platform.capture(b"{}")
        assert (caught.value.after, caught.value.maybe_carried_out) == (after, carried_out)


def test_receipts() -> None:
    with road(
        Reply(202, b"", {"Location": "/capture/7"}),
        Reply(202, b"", {"Location": "capture/8"}),
        Reply(201, b"", {"Location": "capture/9"}),
        Reply(202),
        Reply(200, said(done=True), {"Content-Type": "application/json"}),
    ) as (platform, server):
        assert platform.capture(b"{}") == Receipt(f"{server.url}/capture/7")
        assert platform.capture(b"{}") == Receipt(f"{server.url}/capture/8")
        assert platform.capture(b"{}") == Receipt(f"{server.url}/capture/9", stored=True)
        assert platform.capture(b"{}") == Receipt("")
        assert platform.capture(b"{}") == Receipt("")


@pytest.mark.parametrize(
    "location",
    ["https://evil.example/capture/7", "//evil.example/capture/7", "http://127.0.0.1:1/capture/7", "file:///etc/passwd", "http://[", "/" + "a" * 3000, "/capture/\x01"],
)  # fmt: skip
def test_a_job_is_followed_on_the_platform_only(location: str) -> None:
    with road(Reply(202, b"", {"Location": location})) as (platform, _):
        assert platform.capture(b"{}") == Receipt("")


def test_a_base_with_a_path_keeps_it() -> None:
    with road(Reply(202, b"", {"Location": "capture/7"}), path="/epcis/v2/") as (platform, server):
        assert platform.capture(b"{}").job_url == f"{server.url}/epcis/v2/capture/7"
        assert server.asked[0].path == "/epcis/v2/capture"


def test_what_is_sent_are_the_bytes_given() -> None:
    with road(Reply(202)) as (platform, server):
        platform.capture(b'{"a": 1}')
    (one,) = server.asked
    assert (one.method, one.body) == ("POST", b'{"a": 1}')
    assert one.headers["content-type"] == "application/json"
    assert "problem+json" in one.headers["accept"]
    assert one.headers["accept-encoding"] == "identity"
    assert "authorization" not in one.headers


@pytest.mark.parametrize(
    ("told", "job"),
    [
        ({"running": True}, Job("running")),
        ({"running": False, "success": True}, Job("stored")),
        ({"running": False, "success": False, "errors": []}, Job("failed")),
        ({"running": False, "success": False, "captureErrorBehaviour": "proceed"}, Job("failed", partly=True)),
        ({"running": False, "success": False, "errors": [{"title": "T", "detail": "D"}, {"type": "epcisException:X"}]}, Job("failed", "T: D; epcisException:X")),
        ({"running": "no"}, Job("unknown")),
        ({}, Job("unknown")),
        ([], Job("unknown")),
        ({"running": False, "success": "yes"}, Job("failed")),
    ],
)  # fmt: skip
def test_jobs(told: Any, job: Job) -> None:
    with road(Reply(200, json.dumps(told).encode())) as (platform, server):
        assert platform.job(f"{server.url}/capture/7") == job


def test_a_job_that_nobody_knows_is_unknown_and_a_portal_is_not_a_job() -> None:
    with road(Reply(404), Reply(400), Reply(410), Reply(200, b"not json"), Reply(200, PAGE)) as (
        platform,
        server,
    ):
        url = f"{server.url}/capture/7"
        assert [platform.job(url).state for _ in range(4)] == ["unknown"] * 4
        with pytest.raises(ConfigFault):
            platform.job(url)


def results(*ids: str) -> bytes:
    return said(epcisBody={"queryResults": {"resultsBody": {"eventList": [{"eventID": one} for one in ids]}}})


def test_events_are_asked_for_by_id_over_all_pages() -> None:
    with road(
        Reply(200, results("a", "b"), {"Link": '<?nextPageToken=2>; rel="next"'}),
        Reply(200, results("c"), {"Link": '</events?nextPageToken=3>; rel="next"'}),
        Reply(200, results("d")),
    ) as (platform, server):
        found = platform.events(["urn:uuid:1", "urn:uuid:2"])
        assert [event["eventID"] for event in found or ()] == ["a", "b", "c", "d"]
        assert server.asked[0].path == "/events?EQ_eventID=urn%3Auuid%3A1%7Curn%3Auuid%3A2&perPage=100"
        assert server.asked[1].path == "/events?nextPageToken=2"


def test_many_ids_are_asked_for_in_several_questions() -> None:
    with road(Reply(200, results())) as (platform, server):
        assert platform.events([f"urn:uuid:{number}" for number in range(120)]) == []
        assert len(server.asked) == 3
        assert max(len(one.path) for one in server.asked) < 4000


def test_pages_without_end_are_not_believed() -> None:
    with road(Reply(200, results("a"), {"Link": '</events?more>; rel="next"'})) as (platform, server):
        with pytest.raises(ConfigFault) as caught:
            platform.events(["urn:uuid:1"])
        assert caught.value.code == "platform_endless"
        assert len(server.asked) == module.PAGES_LIMIT


def test_a_next_page_elsewhere_is_not_followed() -> None:
    with road(Reply(200, results("a"), {"Link": '<https://evil.example/events>; rel="next"'})) as (
        platform,
        server,
    ):
        assert platform.events(["urn:uuid:1"]) == [{"eventID": "a"}]
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "reply", [Reply(403, b"{}"), Reply(404), Reply(405), Reply(501), Reply(200, b"[]"), Reply(200, b"")]
)
def test_a_platform_that_cannot_be_asked_says_none(reply: Reply) -> None:
    with road(reply) as (platform, _):
        assert platform.events(["urn:uuid:1"]) is None


def test_what_the_platform_speaks_is_spoken_back_and_our_own_fields_are_named() -> None:
    told = {"GS1-EPCIS-Version": "2.0.1", "GS1-CBV-Version": "2.0.0"}
    with scripted(Reply(204, b"", told), Reply(201)) as server:
        platform = Platform(server.url, extensions="td=https://ns.tracedesk.example/epcis/")
        platform.options()
        platform.capture(b"{}")
        platform.close()
        sent = server.asked[1].headers
    assert sent["gs1-epcis-version"] == "2.0.1"
    assert sent["gs1-cbv-version"] == "2.0.0"
    assert sent["gs1-extensions"] == "td=https://ns.tracedesk.example/epcis/"


def test_options() -> None:
    limits = {
        "GS1-EPCIS-Version": "2.0.0",
        "GS1-EPCIS-Capture-Limit": "500",
        "GS1-EPCIS-Capture-File-Size-Limit": "100000",
    }
    with road(Reply(204, b"", limits), Reply(202)) as (platform, server):
        assert platform.options() == Abilities("2.0.0", 500, 100_000)
        platform.capture(b"{}")
        assert server.asked[1].headers["gs1-epcis-version"] == "2.0.0"
    with road(
        Reply(204, b"", {"GS1-EPCIS-Capture-Limit": "many", "GS1-EPCIS-Capture-File-SizeLimit": "1024"})
    ) as (platform, _):
        assert platform.options() == Abilities("", None, 1024)
    with road(Reply(405)) as (platform, _):
        assert platform.options() is None
    with road(Reply(200, PAGE, HTML)) as (platform, _), pytest.raises(ConfigFault):
        platform.options()


def test_a_reply_has_a_limit() -> None:
    with (
        road(Reply(200, b"x" * (REPLY_LIMIT + 1))) as (platform, server),
        pytest.raises(ConfigFault) as caught,
    ):
        platform.job(f"{server.url}/capture/1")
    assert caught.value.code == "platform_reply_too_large"


def test_json_that_nests_too_deep_is_only_unknown() -> None:
    with road(Reply(200, b"[" * 200_000)) as (platform, server):
        assert platform.job(f"{server.url}/capture/1") == Job("unknown")


def test_errors_in_errors_are_followed_a_little_only() -> None:
    nested = b'{"errors":[' * 450 + b'{"title":"deep"}' + b"]}" * 450
    with road(Reply(400, nested, PROBLEM)) as (platform, _), pytest.raises(Rejected):
        platform.capture(b"{}")
    failed = b'{"running":false,"success":false,"errors":[' + nested + b"]}"
    with road(Reply(200, failed)) as (platform, server):
        assert platform.job(f"{server.url}/capture/7").state == "failed"


@pytest.mark.parametrize("version", ["2.0\xff", "2.0\x01", "2" * 21])
def test_a_version_that_no_request_could_carry_is_not_spoken_back(version: str) -> None:
    with road(Reply(204, b"", {"GS1-EPCIS-Version": version}), Reply(202)) as (platform, server):
        platform.options()
        platform.capture(b"{}")
    assert "gs1-epcis-version" not in server.asked[1].headers


@pytest.mark.parametrize("token", ["\u4ee4\u724c", "abc\ndef"])
def test_a_token_that_no_header_can_carry_is_a_wrong_one(token: str) -> None:
    with road(Reply(202), token=lambda: token) as (platform, server), pytest.raises(AuthFault):
        platform.capture(b"{}")
    assert server.asked == []


def test_a_token_is_fetched_again_once_and_never_told() -> None:
    tokens = iter(["old-secret", "new-secret", "new-secret", "new-secret"])

    def answer(one: Asked) -> Reply:
        if one.headers["authorization"] == "Bearer old-secret":
            return Reply(401)
        return Reply(400, said(title="Bad", detail=f"you sent {one.headers['authorization']}"), PROBLEM)

    with road(answer, token=lambda: next(tokens)) as (platform, server):
        with pytest.raises(Rejected) as caught:
            platform.capture(b"{}")
        assert len(server.asked) == 2
    assert "secret" not in str(caught.value)
    assert "secret" not in caught.value.words


def test_a_token_that_stays_wrong_is_not_tried_for_ever() -> None:
    with road(Reply(401), token=lambda: "secret") as (platform, server):
        with pytest.raises(AuthFault):
            platform.capture(b"{}")
        assert len(server.asked) == 1


def test_the_platforms_words_come_as_one_short_line() -> None:
    words = "a\x00b\r\nc\x1b[31m" + "\u202e" + "药" * 1000
    with (
        road(Reply(400, said(title="T", detail=words), PROBLEM)) as (platform, _),
        pytest.raises(Rejected) as caught,
    ):
        platform.capture(b"{}")
    assert caught.value.words.startswith("T: a b c [31m")
    assert caught.value.words.isprintable()
    assert len(caught.value.words) == module.WORDS_LIMIT


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    platform = Platform(f"http://127.0.0.1:{port}")
    with pytest.raises(Offline):
        platform.capture(b"{}")
    platform.close()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://platform.example", "platform_unprotected"),
        ("ftp://127.0.0.1", "platform_url"),
        ("platform", "platform_url"),
        ("https://platform..example", "platform_url"),
        ("https://platform.example:port", "platform_url"),
        ("https://[::1", "platform_url"),
        ("http://127.0.0.1:1/\x01", "platform_url"),
    ],
)
def test_an_address_that_will_not_do(url: str, code: str) -> None:
    platform = Platform(url)
    with pytest.raises(ConfigFault) as caught:
        platform.capture(b"{}")
    assert caught.value.code == code


def test_https_to_a_server_that_speaks_none() -> None:
    with scripted(Reply(200)) as server:
        platform = Platform(server.url.replace("http:", "https:"))
        with pytest.raises(PlatformFault) as caught:
            platform.capture(b"{}")
        platform.close()
    assert caught.value.code in ("platform_no_tls", "platform_unreachable")


def test_abort_ends_a_request_that_hangs() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    platform = Platform(f"http://127.0.0.1:{listener.getsockname()[1]}")
    caught: list[BaseException] = []

    def ask() -> None:
        try:
            platform.capture(b"{}")
        except PlatformFault as fault:
            caught.append(fault)

    thread = threading.Thread(target=ask)
    thread.start()
    line, _ = listener.accept()
    line.recv(10_000)
    time.sleep(0.1)  # the client waits for the answer by now, or it will: abort must work in both cases
    platform.abort()
    thread.join(10)
    assert not thread.is_alive()
    assert type(caught[0]) is Ambiguous
    with pytest.raises(Offline):
        platform.capture(b"{}")
    line.close()
    listener.close()
    platform.close()
