"""The reader: a thread with a read-only connection of its own, for whatever takes long or must not wait for scans.

Jobs are taken one after another; a job that was cancelled before its turn is passed over. The connection is opened
with the first job and again after one that broke it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from ledger.sitekey import SiteKey
    from ledger.store import Store

T = TypeVar("T")
_Job = tuple[Callable[["Store"], Any], "Future[Any]"]


class Reader:
    """Looks things up in the ledger, beside the writer. Callable from any thread."""

    def __init__(self, home: Path, site_key: SiteKey | None = None) -> None:
        """`site_key` opens what is known of patients; None: as a file beside the ledger has it."""
        self._home, self._site_key = home, site_key
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="reader", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[Store], T]) -> Future[T]:
        """Run a look-up in the reader's thread; what it raises, the future carries."""
        future: Future[T] = Future()
        self._jobs.put((job, future))
        return future

    def close(self) -> None:
        """Give up what has not begun, wait for what has."""
        self._closing = True
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        from ledger.store import open_reader

        store: Store | None = None
        while (taken := self._jobs.get()) is not None:
            job, future = taken
            if self._closing:
                future.cancel()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                if store is None:
                    store = open_reader(self._home)
                    store.site_key = self._site_key
                future.set_result(job(store))
            except BaseException as error:  # noqa: BLE001 - told to whoever asked
                future.set_exception(error)
                if store is not None:
                    store.close()
                    store = None
        if store is not None:
            store.close()
