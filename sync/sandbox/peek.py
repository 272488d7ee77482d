"""Asks a running sandbox how much it holds, over the same line that everybody uses."""

from __future__ import annotations

import time

import httpx


def held_events(url: str) -> int:
    """How many events the sandbox at this address holds, error declarations not counted."""
    reply = httpx.get(f"{url}/held", timeout=10.0, trust_env=False)
    reply.raise_for_status()
    return int(reply.json()["events"])


def post_all(url: str, documents: list[bytes]) -> float:
    """Post documents one after the other, as plainly as can be; the seconds that it took."""
    started = time.perf_counter()
    with httpx.Client(trust_env=False) as client:
        for document in documents:
            reply = client.post(
                f"{url}/capture", content=document, headers={"Content-Type": "application/json"}
            )
            reply.raise_for_status()
    return time.perf_counter() - started
