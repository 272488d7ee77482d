"""How the sandbox platform words its answers: problem documents, jobs, query documents, the headers of EPCIS."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sync.sandbox.store import JobRecord
from sync.vocabulary import CONTEXT

VERSIONS = {"GS1-EPCIS-Version": "2.0.0", "GS1-CBV-Version": "2.0.0"}
ABILITIES = {
    **VERSIONS,
    "GS1-EPCIS-Min": "2.0.0",
    "GS1-EPCIS-Max": "2.0.0",
    "GS1-CBV-Min": "2.0.0",
    "GS1-CBV-Max": "2.0.0",
    "GS1-EPC-Format": "Always_GS1_Digital_Link",
    "GS1-Vendor-Version": "1.0.0",
}
JOBS = "/capture"


def told(status: int, kind: str, detail: str) -> dict[str, Any]:
    """A problem document (RFC 7807) with EPCIS's exception as its type."""
    return {"type": f"epcisException:{kind}", "title": kind, "status": status, "detail": detail}


def problem(status: int, kind: str, detail: str, **headers: str) -> Response:
    """An answer that says no."""
    return Response(
        json.dumps(told(status, kind, detail), ensure_ascii=False).encode("utf-8"),
        status_code=status,
        media_type="application/problem+json",
        headers=VERSIONS | {name.replace("_", "-"): value for name, value in headers.items()},
    )


def job_told(job: JobRecord) -> dict[str, Any]:
    """A capture job as the standard's CaptureJob."""
    said: dict[str, Any] = {
        "captureID": job.job_id,
        "createdAt": job.made_at,
        "running": job.state == "running",
        "success": job.state == "stored",
        "captureErrorBehaviour": job.behaviour,
        "errors": list(job.errors),
    }
    if job.done_at:
        said["finishedAt"] = job.done_at
    return said


def query_document(events: Sequence[Mapping[str, Any]]) -> JSONResponse:
    """An EPCISQueryDocument around events."""
    own = [event["@context"] for event in events if "@context" in event]
    prefixes = {key: value for context in own for part in _list(context) if isinstance(part, dict)
                for key, value in part.items()}  # fmt: skip
    return JSONResponse(
        {
            "@context": [CONTEXT, prefixes] if prefixes else [CONTEXT],
            "type": "EPCISQueryDocument",
            "schemaVersion": "2.0",
            "creationDate": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "epcisBody": {
                "queryResults": {
                    "queryName": "SimpleEventQuery",
                    "resultsBody": {
                        "eventList": [
                            {key: value for key, value in event.items() if key != "@context"}
                            for event in events
                        ]
                    },
                }
            },
        },
        headers=VERSIONS,
    )


def link(answer: Response, request: Request, after: int) -> None:
    """Say where the next page is."""
    onward = request.url.include_query_params(nextPageToken=after)
    answer.headers["Link"] = f'<{onward.path}?{onward.query}>; rel="next"'
    answer.headers["GS1-Next-Page-Token-Expires"] = "2099-01-01T00:00:00Z"


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
