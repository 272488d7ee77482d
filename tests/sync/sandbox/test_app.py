"""The sandbox as a platform: what the standard asks of it."""

from __future__ import annotations

import json

import httpx
import pytest

from sync.sandbox.server import Sandbox
from tests.sync.sandbox.asking import capture, document, one


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
    assert client.get("/held").json() == {"events": 2, "declarations": 0, "documents": 1, "doubled": 0}
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
    assert client.get("/held").json() == {"events": 1, "declarations": 1, "documents": 2, "doubled": 0}
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


def test_jobs_are_listed(client: httpx.Client) -> None:
    for seq in range(1, 4):
        capture(client, one(seq))
    first = client.get("/capture?perPage=2")
    rest = client.get(first.links["next"]["url"])
    assert (len(first.json()), len(rest.json())) == (2, 1)
    assert all(job["success"] for job in first.json() + rest.json())
