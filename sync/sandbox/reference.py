"""The sandbox platform's side of the reference contract (sync/REFERENCE.md): contact, reference data, verdicts.

`PUT /reference/{kind}` and `PUT /serials` are the sandbox's own doors for training and tests; no workstation
uses them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ledger.reference import HANDED_ON
from ledger.signing import SigningKey
from sync.contract import HEADER, KINDS, MOST_ITEMS, PAGE_ITEMS, VERSION
from sync.sandbox.shelf import Shelf
from sync.sandbox.verdicts import judge
from sync.snapshot import write

EVENTS = "events"
"""Name of the events' own cursor in the heads of a meeting."""


class ReferenceDesk:
    """The endpoints of the contract around one shelf. All of it runs in the server's loop."""

    def __init__(self, shelf: Shelf, versions: tuple[int, int] = (VERSION, VERSION)) -> None:
        """`versions` are the lowest and the highest that this platform accepts."""
        self._shelf = shelf
        self.versions = versions
        self._key: SigningKey | None = None
        self.settings: dict[str, str] = {}
        """What a device is told of its site when it enrols."""
        self.forget_cursors = False
        """While true, no cursor is known any more."""
        self.routes = [
            Route("/contact", self._contact, methods=["POST"]),
            Route("/reference/{kind}", self._page, methods=["GET"]),
            Route("/reference/{kind}", self._put, methods=["PUT"]),
            Route("/serials", self._register, methods=["PUT"]),
            Route("/codes", self._issue, methods=["POST"]),
            Route("/verify", self._verify, methods=["POST"]),
            Route("/enrol", self._enrol, methods=["POST"]),
            Route("/retire", self._retire, methods=["POST"]),
            Route("/snapshot", self._snapshot, methods=["GET"]),
        ]

    async def _contact(self, request: Request) -> Response:
        told = await _object(request)
        if refusal := self._refusal(request, told):
            return refusal
        ledger, device = told.get("ledger"), told.get("device")
        head, anchor = told.get("head"), told.get("anchor")
        if not isinstance(ledger, str) or not isinstance(device, str):
            return _problem(400, "ledger and device are wanted")
        if any(one is not None and not _is_head(one) for one in (head, anchor)):
            return _problem(400, "head and anchor are a number and a hash, or null")
        known = self._shelf.head_of(ledger)
        state = "known" if known else "new"
        if self._shelf.state_of(device) == "retired":
            state = "retired"
        elif head is not None:
            grown = known is None or (anchor is not None and (anchor["seq"], anchor["hash"]) == known)
            if not grown and known != (head["seq"], head["hash"]):
                # It may be a set-back copy; whoever it is shows that its chain holds what is known here.
                state = "prove"
            elif known is None or head["seq"] >= known[0]:
                resumes = json.dumps(told.get("resumes")) if told.get("resumes") else ""
                self._shelf.remember_head(ledger, device, head["seq"], head["hash"], resumes)
                known = (head["seq"], head["hash"])
            else:
                state = "prove"
        elif known is not None:
            state = "prove"
        return JSONResponse(
            {
                **self._versions(),
                "state": state,
                "head": {"seq": known[0], "hash": known[1]} if known else None,
                "heads": {kind: self._cursor(kind, self._shelf.last(kind)) for kind in KINDS}
                | {EVENTS: f"{EVENTS}-{self._shelf.last_event()}"},
            }
        )

    async def _page(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        if refusal := self._refusal(request, {}):
            return refusal
        if kind not in KINDS:
            return _problem(404, "no such kind")
        since, limit = request.query_params.get("since", ""), request.query_params.get("limit", "")
        after = self._number(kind, since)
        if after is None:
            return _problem(410, "the cursor is not known; begin again")
        if limit and not (limit.isascii() and limit.isdigit() and 0 < int(limit) <= MOST_ITEMS):
            return _problem(400, f"limit is a number up to {MOST_ITEMS}")
        size = int(limit) if limit else PAGE_ITEMS
        last = self._shelf.last(kind)
        etag = f'"{kind}.{after}.{last}"'
        if request.headers.get("If-None-Match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        found = self._shelf.since(kind, after, size + 1)
        more, found = len(found) > size, found[:size]
        answer = JSONResponse(
            {
                **self._versions(),
                "kind": kind,
                "items": [one.item for one in found if one.item is not None],
                "gone": [one.name for one in found if one.item is None],
                "next": self._cursor(kind, found[-1].number if found else after),
                "more": more,
            }
        )
        # What a client at the end of the list will ask next.
        answer.headers["ETag"] = f'"{kind}.{found[-1].number if found else after}.{last}"'
        return answer

    async def _put(self, request: Request) -> Response:
        kind, told = request.path_params["kind"], await _object(request)
        items, gone = told.get("items", []), told.get("gone", [])
        if kind not in KINDS or not all(isinstance(one, dict) and one.get("id") for one in items):
            return _problem(400, "a known kind, and items with an id, are wanted")
        self._shelf.put(kind, items)
        self._shelf.take_back(kind, [str(name) for name in gone])
        return Response(status_code=204)

    async def _register(self, request: Request) -> Response:
        self._shelf.register({str(epc): str(state) for epc, state in (await _object(request)).items()})
        return Response(status_code=204)

    async def _issue(self, request: Request) -> Response:
        return JSONResponse({"code": self._shelf.issue_code()})

    async def _verify(self, request: Request) -> Response:
        told = await _object(request)
        if refusal := self._refusal(request, told):
            return refusal
        packs = told.get("packs")
        if not isinstance(packs, list) or len(packs) > MOST_ITEMS:
            return _problem(400, "packs are a list")
        verdicts = []
        for pack in packs:
            if not isinstance(pack, dict) or not isinstance(pack.get("epc"), str):
                return _problem(400, "each pack has an epc")
            verdict, reason = judge(self._shelf, pack)
            verdicts.append({"epc": pack["epc"], "verdict": verdict, "reason": reason})
        return JSONResponse({**self._versions(), "verdicts": verdicts})

    async def _enrol(self, request: Request) -> Response:
        told = await _object(request)
        if refusal := self._refusal(request, told):
            return refusal
        code, device, name, key = (told.get(one) for one in ("code", "device", "name", "public_key"))
        if not all(isinstance(one, str) and one for one in (code, device, key)):
            return _problem(400, "code, device and public_key are wanted")
        token = self._shelf.enrol(str(code), str(device), str(name or ""), str(key))
        if token is None:
            return _problem(403, "the code is not valid or was used already")
        signer = self._signing_key().public.hex()
        return JSONResponse({**self._versions(), "token": token, "settings": self.settings, "signer": signer})

    async def _retire(self, request: Request) -> Response:
        told = await _object(request)
        if refusal := self._refusal(request, told):
            return refusal
        ledger, device, head = told.get("ledger"), told.get("device"), told.get("head")
        if not isinstance(ledger, str) or not isinstance(device, str) or not (head is None or _is_head(head)):
            return _problem(400, "ledger, device and head are wanted")
        known = self._shelf.head_of(ledger)
        if known and (head is None or head["seq"] < known[0]):
            return _problem(409, "this is not the latest state of the ledger")
        if head is not None:
            self._shelf.remember_head(ledger, device, head["seq"], head["hash"], "")
        self._shelf.retire(device)
        code = self._shelf.issue_code(device) if told.get("replace") is True else ""
        return JSONResponse({**self._versions(), "code": code})

    async def _snapshot(self, request: Request) -> Response:
        """Everything that is handed on by file, signed by this platform."""
        out = io.BytesIO()
        cursors = {kind: self._cursor(kind, self._shelf.last(kind)) for kind in HANDED_ON}
        given = (
            (kind, one.item)
            for kind in HANDED_ON
            for one in self._shelf.since(kind, 0, 10**9)
            if one.item is not None
        )
        write(out, datetime.now(UTC).isoformat(timespec="seconds"), cursors, given, self._signing_key())
        return Response(out.getvalue(), media_type="application/jsonl")

    def _signing_key(self) -> SigningKey:
        """The platform's own key, for as long as it runs."""
        if self._key is None:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

            self._key = SigningKey(Ed25519PrivateKey.generate())
        return self._key

    def _versions(self) -> dict[str, int]:
        return {"version": self.versions[1], "min": self.versions[0], "max": self.versions[1]}

    def _refusal(self, request: Request, told: Mapping[str, Any] | None) -> Response | None:
        """What to answer to a version that is not spoken here, or to what is no JSON object."""
        asked = request.headers.get(HEADER, "")
        if asked and not (asked.isascii() and asked.isdigit()):
            return _problem(400, f"{HEADER} is a number")
        if asked and not self.versions[0] <= int(asked[:9]) <= self.versions[1]:
            body = {"type": "reference:version", "title": "no version in common", **self._versions()}
            return Response(json.dumps(body), 406, media_type="application/problem+json")
        return None

    def _cursor(self, kind: str, number: int) -> str:
        return f"{kind}-{number}"

    def _number(self, kind: str, cursor: str) -> int | None:
        """The number behind a cursor; None for one that is not known."""
        if not cursor:
            return 0
        name, _, number = cursor.rpartition("-")
        if self.forget_cursors or name != kind or not (number.isascii() and number.isdigit()):
            return None
        return int(number[:18])


def _is_head(value: object) -> bool:
    return (
        isinstance(value, dict)
        and type(value.get("seq")) is int
        and isinstance(value.get("hash"), str)
        and len(value["hash"]) == 64
    )


async def _object(request: Request) -> dict[str, Any]:
    """The body as a JSON object, an empty one where it is none."""
    try:
        told = json.loads(await request.body())
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _problem(status: int, detail: str) -> Response:
    body = {"type": "about:blank", "title": "reference", "status": status, "detail": detail}
    return Response(json.dumps(body), status, media_type="application/problem+json")
