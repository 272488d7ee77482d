"""Keeps one courier at work, by the settings at hand: begun, begun anew when they change, and ended with the station.

Two couriers over one outbox would deliver twice, so the next one begins only when the thread of the one before has
ended. That may take as long as a request hangs, and happens in a thread of its own: nobody who changes a setting waits.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.courier import Courier

log = logging.getLogger("tracedesk.station")

CLOSING_SECONDS = 2.0
"""A close waits no longer for a change that is under way; what that change would begin is not begun any more."""


class Dispatch:
    """One courier at a time. Its methods may be called in any thread and, `close` apart, never wait."""

    def __init__(self, make: Callable[[], Courier | None]) -> None:
        """`make` gives a courier by the settings as they are then, None where they name no platform."""
        self._make = make
        self._guard = threading.Lock()
        self._courier: Courier | None = None
        self._changer: threading.Thread | None = None
        self._begun = self._wanted = False
        self._closed = threading.Event()

    def start(self) -> None:
        """Deliver from now on."""
        with self._guard:
            if self._begun or self._closed.is_set():
                return
            self._begun = True
            self._courier = self._make()
            if self._courier is not None:
                self._courier.start()

    def renew(self) -> None:
        """Settings or secrets have changed: end the courier and begin another; several changes at once are one."""
        with self._guard:
            if not self._begun or self._closed.is_set():
                return
            self._wanted = True
            if self._changer is None:
                self._changer = threading.Thread(target=self._change, name="dispatch", daemon=True)
                self._changer.start()

    def wake(self, now: bool = False) -> None:
        """Something lies in the outbox; see `Courier.wake`. One that is just beginning looks by itself."""
        courier = self._courier
        if courier is not None:
            courier.wake(now)

    def close(self) -> None:
        """End the courier; an open batch is settled by the next start."""
        with self._guard:
            self._closed.set()
            courier, self._courier, changer = self._courier, None, self._changer
        if courier is not None:
            courier.stop()
        if changer is not None:
            changer.join(CLOSING_SECONDS)

    def _change(self) -> None:
        while True:
            with self._guard:
                if self._closed.is_set() or not self._wanted:
                    self._changer = None
                    return
                self._wanted = False
                courier = self._courier
            while courier is not None and not courier.end():
                if self._closed.is_set():
                    break
            made = self._made()
            with self._guard:
                if self._closed.is_set():
                    continue
                self._courier = made
                if made is not None:
                    made.start()

    def _made(self) -> Courier | None:
        try:
            return self._make()
        except Exception:
            log.exception("no courier could be made")  # the next change of the settings tries again
            return None
