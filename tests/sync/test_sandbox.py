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
from ledger.event import EventKind
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
    "query",
    [
        "perPage=0",
        "perPage=x",
        "nextPageToken=x",
        "HASATTR_bizLocation=urn:a:b",
        "perPage=１",
        "EQ_bizStep=",
        "orderBy=epc",
        "orderDirection=UP",
        "GE_recordTime=2026-11-20T09:00:00",
        "GE_eventTime=soon",
        "EXISTS_errorDeclaration=maybe",
    ],
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
    "429=7": "429",
    "401": "401",
    "slow-job": "running",
    "job-lost": "job 404",
    "job-forgotten": "job 404",
    "html": "page",
    "403": "403",
    "406": "406",
    "reject=0": "failed",
    "fail=0": "500",
    "413=0": "413",
    "413-at=1": "413",
    "413-bytes=100": "413",
    "201": "201",
    "location-absolute": "stored",
    "location-missing": "202 without a job",
    "proceed": "stored",
    "delay=0.01": "stored",
}
ELSEWHERE = {
    "page-expired",
    "500-client",
    "unknown-400",
    "duplicate-409",
    "dedupe-hash",
    "dedupe-none",
    "declare-deletes",
}
"""Faults that a first good document does not show; each has a test of its own below."""


def test_every_fault_is_shown_below() -> None:
    assert {spec.partition("=")[0] for spec in EFFECTS} | ELSEWHERE == set(NAMES)


@pytest.mark.parametrize(("spec", "effect"), EFFECTS.items())
def test_every_fault_has_its_effect(client: httpx.Client, sandbox: Sandbox, spec: str, effect: str) -> None:
    sandbox.arm(spec)
    try:
        answer = client.post("/capture", content=document(one(1)), headers=JSON)
    except httpx.TransportError:
        seen = "cut"
    else:
        seen = str(answer.status_code)
        if seen in ("503", "429"):
            assert answer.headers["Retry-After"] == "7"
        elif seen == "200":
            seen = "page" if answer.headers["Content-Type"].startswith("text/html") else "200"
        elif seen == "202":
            seen = job_of(client, answer)
    assert seen == effect
    sandbox.arm()
    stored = effect in ("stored", "201", "202 without a job") or spec in ("cut-after", "job-forgotten")
    assert client.get("/held").json()["events"] == int(stored)


def job_of(client: httpx.Client, answer: httpx.Response) -> str:
    if "Location" not in answer.headers:
        return "202 without a job"
    job = client.get(answer.headers["Location"])
    if job.status_code != 200:
        return f"job {job.status_code}"
    told = job.json()
    return "running" if told["running"] else "stored" if told["success"] else "failed"


def post(client: httpx.Client, *payloads: bytes) -> int:
    return client.post("/capture", content=document(*payloads), headers=JSON).status_code


def test_limits_are_announced_and_the_limit_itself_is_refused(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.arm("413-at=3", "413-bytes=5000")
    headers = client.options("/capture").headers
    assert headers["GS1-EPCIS-Capture-Limit"] == "3"
    assert headers["GS1-EPCIS-Capture-File-Size-Limit"] == "5000"
    assert (post(client, one(1), one(2)), post(client, one(3), one(4), one(5))) == (202, 413)


def test_the_address_of_a_job_is_relative_or_absolute(client: httpx.Client, sandbox: Sandbox) -> None:
    for spec, start in (((), "/capture/"), (("location-absolute",), f"{sandbox.url}/capture/")):
        sandbox.arm(*spec)
        answer = client.post("/capture", content=document(one(1)), headers=JSON)
        assert answer.headers["Location"].startswith(start)


def test_faults_of_a_client_may_be_answered_as_the_servers_own(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    sandbox.arm("500-client", "unknown-400")
    assert post(client, one(1, bizStep="returning")) == 500
    assert client.get("/capture/none").status_code == 400


def test_what_it_proceeds_with(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.arm("proceed", "reject=1")
    assert client.options("/capture").headers["GS1-Capture-Error-Behaviour"] == "proceed"
    job = capture(client, one(1), one(2), one(3))
    assert (job["success"], job["captureErrorBehaviour"], len(job["errors"])) == (False, "proceed", 1)
    assert sandbox.held() == 2


def test_what_makes_two_events_one(client: httpx.Client, sandbox: Sandbox) -> None:
    first = one(1)
    twin = one(1, eventID="urn:uuid:0195f0c0-0001-7001-8000-0000000000ff")
    for spec, events, doubled in (("dedupe-none", 3, 1), ("dedupe-hash", 1, 0)):
        fresh = serve(faults=[spec])
        try:
            with httpx.Client(base_url=fresh.url, trust_env=False) as to:
                for payload in (first, first, twin):
                    assert capture(to, payload)["success"]
                assert to.get("/held").json() == {
                    "events": events, "declarations": 0, "documents": 3, "doubled": doubled,
                }  # fmt: skip
        finally:
            fresh.stop()
    sandbox.arm("duplicate-409")
    assert [post(client, first), post(client, first), post(client, twin)] == [202, 409, 202]


def test_a_declaration_may_delete_its_original(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.arm("declare-deletes")
    first = one(1)
    capture(client, first)
    declaration = {"declarationTime": "2026-11-20T10:00:00.000Z", "reason": "did_not_occur"}
    capture(client, json.dumps({**json.loads(first), "errorDeclaration": declaration}).encode())
    assert client.get("/held").json() == {"events": 0, "declarations": 1, "documents": 2, "doubled": 0}


def found(client: httpx.Client, query: str) -> list[int]:
    """Numbers of the events that answer a question, page by page."""
    numbers: list[int] = []
    path: str | None = f"/events?{query}"
    while path:
        page = client.get(path)
        assert page.status_code == 200, page.text
        events = page.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        numbers += [told["td:deviceSeq"] for told in events]
        path = page.links.get("next", {}).get("url")
    return numbers


GTIN = "https%3A%2F%2Fid.gs1.org%2F01%2F09521234000013"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("EQ_bizStep=receiving", [1, 2, 3]),
        ("EQ_bizStep=receiving%7Cdispensing", [1, 2, 3, 4]),
        ("EQ_bizStep=dispensing&EQ_action=ADD", []),
        ("eventType=ObjectEvent&perPage=1", [1, 2, 3, 4]),
        (f"MATCH_anyEPC={GTIN}%2F21%2FS2", [2]),
        (f"MATCH_epc={GTIN}%2F21%2FS2%7C{GTIN}%2F21%2FS3", [2, 3]),
        ("EQ_readPoint=https%3A%2F%2Fid.gs1.org%2F414%2F9521999000006%2F254%2FDOCK-1", [1, 2, 3, 4]),
        ("EQ_bizTransaction_po=https%3A%2F%2Fid.tracedesk.example%2Fhospital-1%2Fbt%2Fpo%2FPO-2026-0042", [1, 2, 3, 4]),
        ("EQ_bizTransaction_inv=https%3A%2F%2Fid.tracedesk.example%2Fhospital-1%2Fbt%2Fpo%2FPO-2026-0042", []),
        ("GE_eventTime=2026-11-20T09%3A00%3A03%2B08%3A00", [3, 4]),
        ("LT_eventTime=2026-11-20T01%3A00%3A03Z", [1, 2]),
        ("orderBy=eventTime&perPage=3", [4, 3, 2, 1]),
        ("orderBy=recordTime&orderDirection=ASC&perPage=2", [1, 2, 3, 4]),
        ("orderBy=eventTime&eventCountLimit=2", [4, 3]),
        ("EXISTS_errorDeclaration=true", []),
        ("EXISTS_errorDeclaration=false&EQ_disposition=dispensed", [4]),
        ("GE_recordTime=2000-01-01T00%3A00%3A00Z&LT_recordTime=2000-01-02T00%3A00%3A00%2B08%3A00", []),
        ("GE_recordTime=2000-01-01T00%3A00%3A00.000Z", [1, 2, 3, 4]),
    ],
)  # fmt: skip
def test_questions(client: httpx.Client, query: str, numbers: list[int]) -> None:
    dispensed = json.dumps({**json.loads(WIRE.event_bytes(event(4, EventKind.DISPENSE)))}).encode()
    for payload in (one(1), one(2), one(3), dispensed):
        capture(client, payload)
    assert found(client, query) == numbers


def test_an_expired_page_is_refused_once(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.arm("page-expired")
    for seq in (1, 2):
        capture(client, one(seq))
    following = client.get("/events?perPage=1").links["next"]["url"]
    assert [client.get(following).status_code for _ in range(2)] == [400, 200]


def test_jobs_are_listed(client: httpx.Client) -> None:
    for seq in range(1, 4):
        capture(client, one(seq))
    first = client.get("/capture?perPage=2")
    rest = client.get(first.links["next"]["url"])
    assert (len(first.json()), len(rest.json())) == (2, 1)
    assert all(job["success"] for job in first.json() + rest.json())
