"""What the sandbox is asked for, page by page, and what it does not understand."""

from __future__ import annotations

import json

import httpx
import pytest

from ledger.event import EventKind
from tests.sync.books import WIRE, event
from tests.sync.sandbox.asking import capture, one


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
