"""Lets only enrolled devices in, where the sandbox platform is told to; its own doors for training stay open."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.sandbox.shelf import Shelf

_OPEN = frozenset({"/", "/enrol", "/codes", "/held", "/serials", "/unsent"})


class Gate:
    """Stands before the endpoints."""

    def __init__(self, app: ASGIApp, shelf: Shelf) -> None:
        self._app = app
        self._shelf = shelf
        self.closed = False
        """While true, a request needs the token of a device in service."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if self.closed and scope["type"] == "http" and not self._may(Request(scope)):
            body = json.dumps(
                {"type": "epcisException:SecurityException", "title": "who are you?", "status": 401}
            )
            await Response(body, 401, media_type="application/problem+json")(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _may(self, request: Request) -> bool:
        if request.url.path in _OPEN or request.method == "PUT":
            return True
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme == "Bearer" and self._shelf.knows_token(token)
