"""The sandbox platform's endpoints: EPCIS 2.0 capture and query as far as a workstation uses them.

It judges as a real platform does: documents and events by our lint, one document all or nothing, an event once
for its id. What it is told to get wrong stands in faults.py.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sync.lint import document_faults, events_in
from sync.sandbox.faults import Faults
from sync.sandbox.page import page, portal
from sync.sandbox.reference import ReferenceDesk
from sync.sandbox.store import Conflict, SandboxStore
from sync.vocabulary import CONTEXT

MAX_EVENTS = 500
MAX_BYTES = 1024 * 1024
PAGE = 30
"""Events of a page where the client asks for no number (EPCIS 2.0 section 12.7.1)."""
MAX_PAGE = 100


class Cut(BaseException):
    """The connection is to be cut without an answer.

    No Exception, because Starlette answers each of those with 500 before it passes it on.
    """


class SandboxApp:
    """The endpoints around one store. All of it runs in the server's loop."""

    def __init__(self, store: SandboxStore, faults: Faults, keep_documents: Path | None = None) -> None:
        """`keep_documents` is a folder for the raw bytes of every document received."""
        self._store = store
        self._faults = faults
        self._keep = keep_documents
        self._received = 0
        self._jobs: set[asyncio.Task[None]] = set()
        self.desk = ReferenceDesk(store.shelf)
        self.asgi = Starlette(
            routes=[
                Route("/capture", self._options, methods=["OPTIONS"]),
                Route("/capture", self._capture, methods=["POST"]),
                Route("/capture/{job_id}", self._job, methods=["GET"]),
                Route("/events", self._events, methods=["GET"]),
                Route("/held", self._held, methods=["GET"]),
                Route("/", self._page, methods=["GET"]),
                *self.desk.routes,
            ]
        )

    def arm(self, faults: Faults) -> None:
        """Misbehave by these from the next request on."""
        self._faults = faults

    async def _options(self, request: Request) -> Response:
        if self._faults.strike("html"):
            return HTMLResponse(portal())
        return Response(
            status_code=204,
            headers={
                "Allow": "OPTIONS, POST",
                "GS1-EPCIS-Version": "2.0.0",
                "GS1-EPCIS-Min": "2.0.0",
                "GS1-EPCIS-Max": "2.0.0",
                "GS1-CBV-Version": "2.0.0",
                "GS1-CBV-Min": "2.0.0",
                "GS1-CBV-Max": "2.0.0",
                "GS1-EPC-Format": "Always_GS1_Digital_Link",
                "GS1-EPCIS-Capture-Limit": str(MAX_EVENTS),
                "GS1-EPCIS-Capture-File-Size-Limit": str(MAX_BYTES),
                "GS1-Capture-Error-Behaviour": "rollback",
            },
        )

    async def _capture(self, request: Request) -> Response:
        body = await request.body()
        if refusal := self._misbehave():
            return refusal
        if len(body) > MAX_BYTES:
            return _problem(413, "CaptureLimitExceededException", f"more than {MAX_BYTES} bytes")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in ("application/json", "application/ld+json"):
            return _problem(415, "UnsupportedMediaTypeException", kind)
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return _problem(400, "ValidationException", "the body is not JSON")
        faults = document_faults(document, datetime.now(UTC))
        if faults:
            told = "; ".join(f"{fault.at}: {fault.code} {fault.value}".strip() for fault in faults[:5])
            return _problem(400, "ValidationException", told)
        events: list[dict[str, Any]] = [event for event in events_in(document) if isinstance(event, dict)]
        limited = self._faults.strike("413")
        limit = MAX_EVENTS if limited is None else 10 if limited.value is None else limited.value
        if len(events) > limit:
            return _problem(413, "CaptureLimitExceededException", f"{len(events)} events")
        numbers = set(self._store.numbers(events))
        if numbers & self._faults.values("fail"):
            return _problem(500, "ImplementationException", "the server stumbled")
        self._keep_document(body)
        if self._faults.strike("cut-before"):
            raise Cut
        job_id = self._store.open_job()
        if self._faults.strike("cut-after"):
            self._settle(job_id, events, numbers)
            raise Cut
        if self._faults.strike("job-lost"):
            self._store.forget_job(job_id)
        elif slow := self._faults.strike("slow-job"):
            task = asyncio.create_task(self._settle_later(slow.value or 1, job_id, events, numbers))
            self._jobs.add(task)
            task.add_done_callback(self._jobs.discard)
        else:
            asyncio.get_running_loop().call_soon(self._settle, job_id, events, numbers)
        return Response(status_code=202, headers={"Location": f"/capture/{job_id}"})

    def _misbehave(self) -> Response | None:
        if self._faults.strike("html"):
            return HTMLResponse(portal())
        if self._faults.strike("401"):
            return _problem(401, "SecurityException", "who are you?")
        if self._faults.strike("403"):
            return _problem(403, "SecurityException", "you may not capture")
        if self._faults.strike("500"):
            return _problem(500, "ImplementationException", "the server stumbled")
        if busy := self._faults.strike("503"):
            answer = _problem(503, "ImplementationException", "come again later")
            answer.headers["Retry-After"] = str(1 if busy.value is None else int(busy.value))
            return answer
        return None

    async def _settle_later(
        self, seconds: float, job_id: str, events: list[dict[str, Any]], numbers: set[int]
    ) -> None:
        await asyncio.sleep(seconds)
        self._settle(job_id, events, numbers)

    def _settle(self, job_id: str, events: list[dict[str, Any]], numbers: set[int]) -> None:
        """Do the job: all events or none."""
        errors: list[dict[str, Any]] = []
        if numbers & self._faults.values("reject"):
            errors.append(_told(400, "ValidationException", "an event breaks a rule of this platform"))
        else:
            try:
                self._store.save(events)
            except Conflict as conflict:
                errors.append(
                    _told(
                        409,
                        "ResourceAlreadyExistsException",
                        f"{conflict.event_id} is held with other content",
                    )
                )
        self._store.close_job(job_id, errors)

    async def _job(self, request: Request) -> Response:
        if self._faults.strike("html"):
            return HTMLResponse(portal())
        job = self._store.job(request.path_params["job_id"])
        if job is None:
            return _problem(404, "NoSuchResourceException", "no such capture job")
        told: dict[str, Any] = {
            "captureID": job.job_id,
            "createdAt": job.made_at,
            "running": job.state == "running",
            "success": job.state == "stored",
            "captureErrorBehaviour": "rollback",
            "errors": list(job.errors),
        }
        if job.done_at:
            told["finishedAt"] = job.done_at
        return JSONResponse(told)

    async def _events(self, request: Request) -> Response:
        if self._faults.strike("html"):
            return HTMLResponse(portal())
        query = request.query_params
        per_page, after = query.get("perPage", str(PAGE)), query.get("nextPageToken", "0")
        if not (_is_number(per_page) and _is_number(after) and int(per_page) > 0):
            return _problem(400, "QueryParameterException", "perPage and nextPageToken are numbers here")
        known = {"EQ_eventID", "perPage", "nextPageToken"}
        if unknown := query.keys() - known:
            return _problem(400, "QueryParameterException", " ".join(sorted(unknown)))
        size = min(int(per_page), MAX_PAGE)
        ids = [part for part in query.get("EQ_eventID", "").split("|") if part]
        if len(ids) > MAX_EVENTS:
            return _problem(400, "QueryTooComplexException", "too many ids")
        found = self._store.find(ids, int(after), size + 1)
        answer = JSONResponse(
            {
                "@context": [CONTEXT],
                "type": "EPCISQueryDocument",
                "schemaVersion": "2.0",
                "creationDate": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "epcisBody": {
                    "queryResults": {
                        "queryName": "SimpleEventQuery",
                        "resultsBody": {"eventList": [event for _, event in found[:size]]},
                    }
                },
            }
        )
        if len(found) > size:
            onward = request.url.include_query_params(nextPageToken=found[size - 1][0])
            answer.headers["Link"] = f'<{onward.path}?{onward.query}>; rel="next"'
        return answer

    async def _held(self, request: Request) -> Response:
        return JSONResponse(asdict(self._store.held()))

    async def _page(self, request: Request) -> Response:
        if self._faults.strike("html"):
            return HTMLResponse(portal())
        language = request.query_params.get("lang") or request.headers.get("accept-language", "")
        return HTMLResponse(page(self._store.held(), self._store.latest(50), language))

    def _keep_document(self, body: bytes) -> None:
        if self._keep is not None:
            self._received += 1
            (self._keep / f"{self._received:06d}.jsonld").write_bytes(body)


def _told(status: int, kind: str, detail: str) -> dict[str, Any]:
    """A problem document (RFC 7807) with EPCIS's exception as its type."""
    return {"type": f"epcisException:{kind}", "title": kind, "status": status, "detail": detail}


def _problem(status: int, kind: str, detail: str) -> Response:
    return Response(
        json.dumps(_told(status, kind, detail), ensure_ascii=False).encode("utf-8"),
        status_code=status,
        media_type="application/problem+json",
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9
