"""The sandbox as a platform: what the standard asks of it, and that it can be relied on to misbehave."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.errors import EnvironmentFault, UserError
from sync.sandbox.faults import NAMES, Faults
from sync.sandbox.server import Sandbox, serve
from tests.sync.books import WIRE, event

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    server = serve()
    yield server
    server.stop()


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.url, trust_env=False) as made:
        yield made


def document(*payloads: bytes) -> bytes:
    return WIRE.document(payloads, datetime.now(UTC), "d")


def capture(client: httpx.Client, *payloads: bytes) -> dict[str, Any]:
    answer = client.post("/capture", content=document(*payloads), headers=JSON)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = client.get(answer.headers["Location"]).json()
    return job


def one(seq: int, **changes: Any) -> bytes:
    told = {**json.loads(WIRE.event_bytes(event(seq))), **changes}
    return json.dumps(told).encode()


def test_it_tells_what_it_can(client: httpx.Client) -> None:
    answer = client.options("/capture")
    assert answer.status_code == 204
    assert answer.headers["GS1-EPCIS-Version"] == "2.0.0"
    assert answer.headers["GS1-Capture-Error-Behaviour"] == "rollback"
    assert int(answer.headers["GS1-EPCIS-Capture-Limit"]) > 50
    assert int(answer.headers["GS1-EPCIS-Capture-File-Size-Limit"]) > 64 * 1024


def test_a_document_is_a_job_and_then_events(client: httpx.Client, sandbox: Sandbox) -> None:
    payloads = [one(1), one(2)]
    job = capture(client, *payloads)
    assert (job["running"], job["success"], job["errors"]) == (False, True, [])
    assert client.get("/held").json() == {"events": 2, "declarations": 0, "documents": 1}
    assert sandbox.held() == 2
    wanted = json.loads(payloads[1])["eventID"]
    (found,) = client.get("/events", params={"EQ_eventID": wanted}).json()["epcisBody"]["queryResults"][
        "resultsBody"
    ]["eventList"]
    assert found.pop("recordTime")
    assert found == json.loads(payloads[1])


def test_the_same_event_again_is_success_and_another_content_is_not(client: httpx.Client) -> None:
    first = one(1)
    assert capture(client, first)["success"] is True
    assert capture(client, first)["success"] is True
    changed = json.dumps({**json.loads(first), "bizStep": "storing"}).encode()
    job = capture(client, changed, one(2))
    assert job["success"] is False
    assert "other content" in job["errors"][0]["detail"]
    assert client.get("/held").json()["events"] == 1  # all or nothing


def test_a_declaration_stands_beside_its_original(client: httpx.Client) -> None:
    first = one(1)
    capture(client, first)
    void = {
        **json.loads(first),
        "errorDeclaration": {"declarationTime": "2026-11-20T02:00:00Z", "reason": "did_not_occur"},
    }
    assert capture(client, json.dumps(void).encode())["success"] is True
    assert client.get("/held").json() == {"events": 1, "declarations": 1, "documents": 2}
    found = client.get("/events", params={"EQ_eventID": void["eventID"]}).json()
    assert len(found["epcisBody"]["queryResults"]["resultsBody"]["eventList"]) == 2


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"no json", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{}", "application/json", 400),
        (document(), "application/json", 400),
        (document(one(1, bizStep="returning")), "application/json", 400),
        (document(one(1, eventTime="2099-01-01T00:00:00.000+00:00")), "application/json", 400),
        (document(one(1)), "text/xml", 415),
        (document(one(1)), "", 415),
        (document(*(one(seq) for seq in range(501))), "application/json", 413),
        (b" " * (1024 * 1024 + 1), "application/json", 413),
    ],
    ids=["text", "deep", "list", "empty", "no event", "lint", "future", "xml", "untyped", "many", "large"],
)
def test_what_it_refuses(client: httpx.Client, body: bytes, kind: str, status: int) -> None:
    answer = client.post("/capture", content=body, headers={"Content-Type": kind} if kind else {})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"].startswith("epcisException:")
    assert client.get("/held").json()["documents"] == 0


def test_pages_end_and_miss_nothing(client: httpx.Client) -> None:
    capture(client, *(one(seq) for seq in range(1, 76)))
    ids: list[str] = []
    path: str | None = "/events"
    pages = 0
    while path:
        page = client.get(path)
        pages += 1
        ids += [
            told["eventID"] for told in page.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        ]
        path = page.links.get("next", {}).get("url")
    assert (pages, len(ids), len(set(ids))) == (3, 75, 75)


@pytest.mark.parametrize(
    "query", ["perPage=0", "perPage=x", "nextPageToken=x", "EQ_bizStep=receiving", "perPage=１"]
)
def test_questions_it_does_not_understand(client: httpx.Client, query: str) -> None:
    assert client.get(f"/events?{query}").status_code == 400


def test_unknown_places_are_not_found(client: httpx.Client) -> None:
    assert client.get("/capture/nothing").status_code == 404
    assert client.get("/nothing").status_code == 404
    assert client.put("/capture").status_code == 405


def test_its_page_speaks_both_languages_and_runs_no_script(client: httpx.Client) -> None:
    assert "还没有收到事件" in client.get("/").text
    assert "No event has arrived" in client.get("/", headers={"Accept-Language": "en-GB,en"}).text
    capture(client, one(1, bizStep="https://example.com/x'y"))
    page = client.get("/?lang=en").text
    assert "https://example.com/x&#x27;y" in page
    assert "<script" not in page


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


@pytest.mark.parametrize("spec", ["", "nothing", "500*", "reject=-1", "500=x", "500 "])
def test_a_fault_that_is_none_is_said(spec: str) -> None:
    with pytest.raises(UserError):
        Faults([spec])


def test_faults_strike_as_often_as_told() -> None:
    faults = Faults(["500*2", "503=0", "html", "slow-job=0.5"])
    assert [faults.strike("500") is not None for _ in range(3)] == [True, True, False]
    assert [faults.strike("503") is not None for _ in range(2)] == [True, False]
    assert all(faults.strike("html") for _ in range(5))
    slow = faults.strike("slow-job")
    assert slow is not None
    assert slow.value == 0.5
    assert faults.strike("403") is None


EFFECTS = {
    "cut-before": "cut",
    "cut-after": "cut",
    "500": "500",
    "503=7": "503",
    "401": "401",
    "slow-job": "running",
    "job-lost": "job 404",
    "html": "page",
    "403": "403",
    "reject=0": "failed",
    "fail=0": "500",
    "413=0": "413",
}


def test_every_fault_is_shown_below() -> None:
    assert {spec.partition("=")[0] for spec in EFFECTS} == set(NAMES)


@pytest.mark.parametrize(("spec", "effect"), EFFECTS.items())
def test_every_fault_has_its_effect(client: httpx.Client, sandbox: Sandbox, spec: str, effect: str) -> None:
    sandbox.arm(spec)
    try:
        answer = client.post("/capture", content=document(one(1)), headers=JSON)
    except httpx.TransportError:
        seen = "cut"
    else:
        seen = str(answer.status_code)
        if seen == "503":
            assert answer.headers["Retry-After"] == "7"
        elif seen == "200":
            seen = "page" if answer.headers["Content-Type"].startswith("text/html") else "200"
        elif seen == "202":
            job = client.get(answer.headers["Location"])
            told = job.json()
            seen = (
                f"job {job.status_code}"
                if job.status_code != 200
                else "running"
                if told["running"]
                else "failed"
            )
    assert seen == effect
    sandbox.arm()
    stored = {"cut-after": 1, "slow-job": 0}.get(spec, 0)
    assert client.get("/held").json()["events"] == stored
