"""How this workstation says who it is: a bearer token, or OAuth2 client credentials that earn one.

A token lives in memory only and is told to nobody but the platform. Source: RFC 6749 section 4.4, RFC 6750.
"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from sync.faults import AuthFault

EARLY = 30.0
"""Seconds before its end at which a token is not used any more."""
UNTOLD = 300.0
"""How long a token is used whose end the authority does not tell."""

LONGEST = 86_400.0
"""However long it is said to last."""

ELSEWHERE = "platform_secret_elsewhere"
"""Code word: what is stored belongs to another platform."""
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?").fullmatch

Post = Callable[[str, Mapping[str, str], bytes], tuple[int, Any]]
"""Posts a form to an address with these headers; gives the status and the JSON of the answer, None for none."""


class Credentials(Protocol):
    """Where a bearer token comes from."""

    def token(self, post: Post) -> str | None:
        """The token to show; None to show none. May raise a PlatformFault."""
        ...

    def refused(self, token: str) -> None:
        """The platform does not take this token (any more)."""
        ...

    def lacking(self) -> str:
        """Code word of why there is nothing to show; empty where there is, or nobody knows why."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """What must never appear in words, should somebody echo it."""
        ...


class Bearer:
    """A token that an administrator stored; read again when it is refused, so that a renewed one counts at once."""

    def __init__(
        self, read: Callable[[], str | None], elsewhere: Callable[[], object] = lambda: False
    ) -> None:
        """`elsewhere` is true where a token is stored that belongs to another platform."""
        self._read = read
        self._elsewhere = elsewhere
        self._shown: str | None = None

    def token(self, post: Post) -> str | None:
        """See Credentials."""
        if self._shown is None:
            self._shown = self._read()
        return self._shown

    def refused(self, token: str) -> None:
        """Forget it: the next read may give another one."""
        self._shown = None

    def lacking(self) -> str:
        """See Credentials."""
        return ELSEWHERE if not self._shown and self._elsewhere() else ""

    def secrets(self) -> tuple[str, ...]:
        """See Credentials."""
        return (self._shown,) if self._shown else ()


class ClientCredentials:
    """OAuth2 client credentials: the secret earns a token, which is kept until it ends or is refused."""

    def __init__(
        self,
        url: str,
        client_id: str,
        secret: Callable[[], str | None],
        scope: str = "",
        now: Callable[[], float] = time.monotonic,
        elsewhere: Callable[[], object] = lambda: False,
    ) -> None:
        """`url` is the token endpoint of the authority; `secret` reads the client's secret when it is wanted;
        `elsewhere` is true where one is stored that belongs to another platform."""
        self._elsewhere = elsewhere
        self._url = url
        self._client_id = client_id
        self._secret = secret
        self._scope = scope
        self._now = now
        self._token: str | None = None
        self._until = 0.0

    def token(self, post: Post) -> str | None:
        """The token in hand, or a new one. Raises AuthFault where the authority gives none."""
        if self._token is not None and self._now() < self._until:
            return self._token
        secret = self._secret()
        if not secret:
            raise AuthFault(self.lacking() or "platform_secret_missing")
        form = {"grant_type": "client_credentials"} | ({"scope": self._scope} if self._scope else {})
        # RFC 6749 section 2.3.1: both are form-encoded before they are joined.
        pair = f"{quote(self._client_id, safe='')}:{quote(secret, safe='')}"
        headers = {
            "Authorization": f"Basic {b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        status, told = post(self._url, headers, urlencode(form).encode())
        token = told.get("access_token") if status == 200 and isinstance(told, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise AuthFault("platform_client_refused", status=str(status))
        life = _seconds(told.get("expires_in"))
        self._token, self._until = token, self._now() + max(life - EARLY, life / 2)
        return token

    def refused(self, token: str) -> None:
        """Drop the token, so that the next request earns another one."""
        if token == self._token:
            self._token = None

    def lacking(self) -> str:
        """See Credentials."""
        return ELSEWHERE if self._token is None and self._elsewhere() else ""

    def secrets(self) -> tuple[str, ...]:
        """See Credentials."""
        return tuple(text for text in (self._token, self._secret()) if text)


def _seconds(told: object) -> float:
    """How long a token is said to last; some authorities tell it as text. A day at most: then it is earned anew."""
    text = str(told) if isinstance(told, int | float | str) and not isinstance(told, bool) else ""
    return min(float(text), LONGEST) if len(text) <= 20 and _NUMBER(text) else UNTOLD
