"""Events and documents for the sandbox, and how they are handed over."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.sync.books import WIRE, event

JSON = {"Content-Type": "application/json"}


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
