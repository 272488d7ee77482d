"""What a platform says, read with distrust: problem documents, event lists, links to the next page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer as it came."""

    status: int
    headers: Mapping[str, str]
    """By name, whatever the case of its letters."""
    body: bytes

    @property
    def is_html(self) -> bool:
        """True for a web page where an interface should be."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return kind in ("text/html", "application/xhtml+xml") or self.body[:200].lstrip()[:1] == b"<"

    def json(self) -> Any:
        """The body as JSON, None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def plain_header(header: str | None, most: int) -> str:
    """A header that is sent back as it came; empty where it is too long for that, or no header could carry it."""
    text = header or ""
    return text if len(text) <= most and text.isascii() and text.isprintable() else ""


def number(header: str | None) -> int | None:
    """A limit that a header announces; None where it announces none."""
    text = (header or "").strip()
    return int(text[:12]) if text.isascii() and text.isdigit() and int(text[:12]) > 0 else None


def said(told: Any, deep: int = 3) -> str:
    """What a problem document (RFC 7807) or a failed job says, as text; errors in errors are followed so deep."""
    if not isinstance(told, dict):
        return ""
    errors = told.get("errors")
    if isinstance(errors, list) and errors and deep:
        return "; ".join(filter(None, (said(error, deep - 1) for error in errors[:3])))
    words = [told[key] for key in ("title", "detail") if isinstance(told.get(key), str) and told[key]]
    return ": ".join(words) or (told["type"] if isinstance(told.get("type"), str) else "")


def event_list(told: Any) -> list[dict[str, Any]] | None:
    """The events of an EPCISQueryDocument (or of a document, as some platforms answer); None where it is neither."""
    body = told.get("epcisBody") if isinstance(told, dict) else None
    if not isinstance(body, dict):
        return None
    results = body.get("queryResults")
    if isinstance(results, dict):
        body = results.get("resultsBody")
    events = body.get("eventList") if isinstance(body, dict) else None
    if not isinstance(events, list):
        return None
    return [event for event in events if isinstance(event, dict)]


def next_link(header: str) -> str:
    """The target of rel="next" in a Link header (RFC 8288)."""
    for part in header.split(","):
        target, _, parameters = part.strip().partition(">")
        if target.startswith("<") and 'rel="next"' in parameters.replace(" ", "").replace(
            "rel=next", 'rel="next"'
        ):
            return target[1:]
    return ""
