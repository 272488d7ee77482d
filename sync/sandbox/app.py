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
from starlette.types import ASGIApp

from ledger.errors import UserError
from sync.lint import document_faults, events_in
from sync.sandbox.answers import ABILITIES, JOBS, VERSIONS, job_told, link, problem, query_document, told
from sync.sandbox.carried import take
from sync.sandbox.faults import Faults
from sync.sandbox.gate import Gate
from sync.sandbox.page import page, portal
from sync.sandbox.question import BadQuestion, question_of
from sync.sandbox.reference import ReferenceDesk
from sync.sandbox.store import Conflict, SandboxStore

MAX_EVENTS = 500
MAX_BYTES = 1024 * 1024


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
        endpoints = Starlette(
            routes=[
                Route("/capture", self._options, methods=["OPTIONS"]),
                Route("/capture", self._capture, methods=["POST"]),
                Route("/capture", self._job_list, methods=["GET"]),
                Route("/capture/{job_id}", self._job, methods=["GET"]),
                Route("/events", self._events, methods=["GET"]),
                Route("/held", self._held, methods=["GET"]),
                Route("/unsent", self._unsent, methods=["POST"]),
                Route("/", self._page, methods=["GET"]),
                *self.desk.routes,
            ]
        )
        self.gate = Gate(endpoints, store.shelf)
        self.asgi: ASGIApp = self.gate

    def arm(self, faults: Faults) -> None:
        """Misbehave by these from the next request on."""
        self._faults = faults

    async def _options(self, request: Request) -> Response:
        if self._faults.strike("html"):
            return HTMLResponse(portal())
        events = self._faults.number("413-at", 10)
        size = self._faults.number("413-bytes", 20_000)
        limits = {
            "Allow": "OPTIONS, POST, GET",
            "GS1-EPCIS-Capture-Limit": str(MAX_EVENTS if events is None else events),
            "GS1-EPCIS-Capture-File-Size-Limit": str(MAX_BYTES if size is None else size),
            "GS1-Capture-Error-Behaviour": self._behaviour(),
        }
        return Response(status_code=204, headers=ABILITIES | limits)

    def _behaviour(self) -> str:
        return "proceed" if self._faults.strike("proceed") else "rollback"

    async def _capture(self, request: Request) -> Response:
        body = await request.body()
        if late := self._faults.strike("delay"):
            await asyncio.sleep(0.1 if late.value is None else late.value)
        if refusal := self._misbehave(request):
            return refusal
        if refusal := self._too_much(0, len(body)):
            return refusal
        document = self._read(request, body)
        if isinstance(document, Response):
            return document
        events: list[dict[str, Any]] = [event for event in events_in(document) if isinstance(event, dict)]
        _declare_prefixes(document, events)
        if refusal := self._too_much(len(events), len(body)):
            return refusal
        numbers = self._store.numbers(events)
        if set(numbers) & self._faults.values("fail"):
            return problem(500, "ImplementationException", "the server stumbled")
        self._keep_document(body)
        if self._faults.strike("cut-before"):
            raise Cut
        if self._faults.strike("duplicate-409") and self._store.knows(events):
            return problem(409, "ResourceAlreadyExistsException", "an event is held already")
        return self._take(request, events, numbers)

    def _take(self, request: Request, events: list[dict[str, Any]], numbers: list[int]) -> Response:
        """Open a job for the events, and do it now or later."""
        job_id = self._store.open_job(self._behaviour())
        if self._faults.strike("cut-after"):
            self._settle(job_id, events, numbers)
            raise Cut
        stored = bool(self._faults.strike("201"))
        if stored:
            self._settle(job_id, events, numbers)
        elif self._faults.strike("job-lost"):
            self._store.forget_job(job_id)
        elif self._faults.strike("job-forgotten"):
            self._settle(job_id, events, numbers)
            self._store.forget_job(job_id)
        elif slow := self._faults.strike("slow-job"):
            task = asyncio.create_task(self._settle_later(slow.value or 1, job_id, events, numbers))
            self._jobs.add(task)
            task.add_done_callback(self._jobs.discard)
        else:
            asyncio.get_running_loop().call_soon(self._settle, job_id, events, numbers)
        headers = dict(VERSIONS)
        if not self._faults.strike("location-missing"):
            where = f"{JOBS}/{job_id}"
            absolute = self._faults.strike("location-absolute")
            headers["Location"] = str(request.url.replace(path=where, query="")) if absolute else where
        return Response(status_code=201 if stored else 202, headers=headers)

    def _read(self, request: Request, body: bytes) -> dict[str, Any] | Response:
        """The document, checked as a real platform would; or what is wrong with it."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in ("application/json", "application/ld+json"):
            return problem(415, "UnsupportedMediaTypeException", kind[:100])
        wrong = 500 if self._faults.strike("500-client") else 400
        exception = "ImplementationException" if wrong == 500 else "ValidationException"
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return problem(wrong, exception, "the body is not JSON")
        faults = document_faults(document, datetime.now(UTC))
        if faults:
            said = "; ".join(f"{fault.at}: {fault.code} {fault.value}".strip() for fault in faults[:5])
            return problem(wrong, exception, said)
        found: dict[str, Any] = document
        return found

    def _too_much(self, events: int, size: int) -> Response | None:
        """413 where a document is larger than the limits, announced or not."""
        silent = self._faults.number("413", 10)
        most, most_bytes = self._faults.number("413-at", 10), self._faults.number("413-bytes", 20_000)
        if (
            events > (MAX_EVENTS if silent is None else silent)
            or size > MAX_BYTES
            or (most is not None and events >= most)
            or (most_bytes is not None and size >= most_bytes)
        ):
            return problem(
                413,
                "CaptureLimitExceededException",
                f"{events} events, {size} bytes",
                GS1_EPCIS_Capture_Limit=str(most or MAX_EVENTS),
                GS1_EPCIS_Capture_File_Size_Limit=str(most_bytes or MAX_BYTES),
            )
        return None

    def _misbehave(self, request: Request) -> Response | None:
        if self._faults.strike("html"):
            return HTMLResponse(portal())
        if self._faults.strike("401"):
            return problem(401, "SecurityException", "who are you?")
        if self._faults.strike("403"):
            return problem(403, "SecurityException", "you may not capture")
        if self._faults.strike("406") and "application/ld+json" not in request.headers.get("accept", ""):
            return problem(406, "NotAcceptableException", "only application/ld+json is spoken here")
        if self._faults.strike("500"):
            return problem(500, "ImplementationException", "the server stumbled")
        for status in (503, 429):
            seconds = self._faults.number(str(status), 1)
            if seconds is not None:
                return problem(
                    status, "ImplementationException", "come again later", Retry_After=str(seconds)
                )
        return None

    async def _settle_later(
        self, seconds: float, job_id: str, events: list[dict[str, Any]], numbers: list[int]
    ) -> None:
        await asyncio.sleep(seconds)
        self._settle(job_id, events, numbers)

    def _settle(self, job_id: str, events: list[dict[str, Any]], numbers: list[int]) -> None:
        """Do the job: all events or none; where it proceeds, each event by itself."""
        if self._faults.strike("proceed"):
            parts = [([event], {number}) for event, number in zip(events, numbers, strict=True)]
        else:
            parts = [(events, set(numbers))]
        errors = [error for part, places in parts if (error := self._save(part, places))]
        self._store.close_job(job_id, errors)

    def _save(self, events: list[dict[str, Any]], numbers: set[int]) -> dict[str, Any] | None:
        if numbers & self._faults.values("reject"):
            return told(400, "ValidationException", "an event breaks a rule of this platform")
        try:
            self._store.save(events, self._faults.dedupe, bool(self._faults.strike("declare-deletes")))
        except Conflict as conflict:
            detail = f"{conflict.event_id} is held with other content"
            return told(409, "ResourceAlreadyExistsException", detail)
        return None

    async def _job(self, request: Request) -> Response:
        if self._faults.strike("html"):
            return HTMLResponse(portal())
        job = self._store.job(request.path_params["job_id"])
        if job is None:
            status = 400 if self._faults.strike("unknown-400") else 404
            return problem(status, "NoSuchNameException", "no such capture job")
        return JSONResponse(job_told(job), headers=VERSIONS)

    async def _job_list(self, request: Request) -> Response:
        """All capture jobs, page by page."""
        try:
            asked = question_of(
                {
                    key: value
                    for key, value in request.query_params.items()
                    if key in ("perPage", "nextPageToken")
                }
            )
        except BadQuestion as bad:
            return problem(400, "QueryParameterException", str(bad))
        found = self._store.jobs(asked.after, asked.page + 1)
        answer = JSONResponse([job_told(job) for _, job in found[: asked.page]], headers=VERSIONS)
        if len(found) > asked.page:
            link(answer, request, found[asked.page - 1][0])
        return answer

    async def _events(self, request: Request) -> Response:
        if self._faults.strike("html"):
            return HTMLResponse(portal())
        if "nextPageToken" in request.query_params and self._faults.strike("page-expired"):
            return problem(400, "QueryParameterException", "the token has expired")
        try:
            asked = question_of(request.query_params)
        except BadQuestion as bad:
            return problem(400, "QueryParameterException", str(bad))
        found, after = self._store.find(asked)
        if asked.limit is not None and "maxEventCount" in request.query_params and after is not None:
            return problem(413, "QueryTooLargeException", "more events than maxEventCount")
        answer = query_document(found)
        if after is not None:
            link(answer, request, after)
        return answer

    async def _unsent(self, request: Request) -> Response:
        """Take a stick with records that came by hand; the receipts to carry back."""
        try:
            receipts = take(self._store, await request.body(), self._faults.dedupe)
        except UserError as broken:
            return problem(400, "ValidationException", broken.code)
        return Response(receipts, media_type="application/json")

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


def _declare_prefixes(document: dict[str, Any], events: list[dict[str, Any]]) -> None:
    """Give each event the prefixes that its document declares, so that they come back with it."""
    context = document.get("@context")
    parts = context if isinstance(context, list) else [context]
    own = [part for part in parts if isinstance(part, dict)]
    if own:
        for event in events:
            event.setdefault("@context", own)
