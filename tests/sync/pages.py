"""Pages of reference data as a scripted platform gives them."""

from __future__ import annotations

import json
from typing import Any

from sync.contract import VERSION
from tests.sync.scripted import Reply


def told(content: dict[str, Any], **headers: str) -> Reply:
    versions = {"version": VERSION, "min": VERSION, "max": VERSION}
    return Reply(
        200, json.dumps({**versions, **content}).encode(), {"Content-Type": "application/json", **headers}
    )


def gln(number: int) -> str:
    digits = f"9521{number:08d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return digits + str((10 - total % 10) % 10)
