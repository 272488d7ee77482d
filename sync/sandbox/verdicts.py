"""What the sandbox platform says of a pack: only what it knows, from makers' serial numbers and recall notices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from sync.sandbox.shelf import Shelf

_SGTIN = re.compile(r"https://id\.gs1\.org/01/(\d{14})/21/(.+)").fullmatch
_DRUG = re.compile(r"https?://.+/cn/drug/obj/(\d{20})").fullmatch


def judge(shelf: Shelf, pack: Mapping[str, Any]) -> tuple[str, str]:
    """`confirmed`, `stop` or `unknown`, with the reason in the platform's words."""
    epc, lot = str(pack["epc"]), pack.get("lot")
    product, serial = _parts(epc)
    for shelved in shelf.since("recalls", 0, 10_000):
        notice = shelved.item
        if notice is not None and product and _falls_under(notice, product, lot, serial):
            return "stop", f"recalled: {notice['id']}"
    state = shelf.serial(epc)
    if state is None:
        return "unknown", ""
    return ("confirmed", "") if state == "active" else ("stop", state)


def _parts(epc: str) -> tuple[str, str]:
    if match := _SGTIN(epc):
        return match[1], unquote(match[2])
    if match := _DRUG(epc):
        return match[1][:7], match[1]
    return "", ""


def _falls_under(notice: Mapping[str, Any], product: str, lot: object, serial: str) -> bool:
    lines = notice.get("lines")
    rows = lines if isinstance(lines, list) else [{}]
    for row in rows:
        line = {**notice, **row}
        if line.get("withdrawn") or str(line.get("product", "")).zfill(len(product)) != product:
            continue
        if line.get("lot") and line["lot"] != lot:
            continue
        if line.get("serial") and line["serial"] != serial:
            continue
        return True
    return False
