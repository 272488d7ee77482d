"""The sandbox can be relied on to misbehave."""

from __future__ import annotations

import json

import httpx
import pytest

from ledger.errors import UserError
from sync.sandbox.faults import NAMES, Faults
from sync.sandbox.server import Sandbox, serve
from tests.sync.sandbox.asking import JSON, capture, document, one


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


def test_an_expired_page_is_refused_once(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.arm("page-expired")
    for seq in (1, 2):
        capture(client, one(seq))
    following = client.get("/events?perPage=1").links["next"]["url"]
    assert [client.get(following).status_code for _ in range(2)] == [400, 200]
