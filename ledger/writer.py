"""The thread that owns the write connection: group commit, checkpoints when idle, drain on stop.

Jobs are functions of the store. All jobs that wait are run in one transaction, each in its own savepoint, and
their futures are resolved only after COMMIT; so a slow disk is paid once for many scans, and what a person is
told has reached the disk.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from ledger.errors import EnvironmentFault
from ledger.lock import HomeLock
from ledger.store import Store, open_store

T = TypeVar("T")

GROUP = 256
"""At most so many jobs share a transaction, so that the first of them does not wait for ever."""
IDLE = 0.25
"""Seconds without a job after which the write-ahead log is checkpointed."""


class Writer:
    """Runs jobs against the ledger of a home folder, one after the other, durably."""

    def __init__(self, home: Path) -> None:
        """Open the ledger in a thread of its own; raises what `open_store` raises, and LedgerLocked."""
        self._jobs: queue.SimpleQueue[tuple[Callable[[Store], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._lock = HomeLock(home)
        self._closed = False
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._serve, args=(home, opened), name="writer", daemon=True)
        self._thread.start()
        try:
            opened.result()
        except BaseException:
            self._thread.join()
            self._lock.release()
            raise

    def submit(self, job: Callable[[Store], T]) -> Future[T]:
        """Hand a job over; its result comes after COMMIT, its exception after the job alone was undone."""
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(EnvironmentFault("ledger_closed"))
        else:
            self._jobs.put((job, future))
        return future

    def run(self, job: Callable[[Store], T]) -> T:
        """Hand a job over and wait for it. Never called from the writer's own thread."""
        return self.submit(job).result()

    def close(self) -> None:
        """Finish what was handed over, close the ledger, give the folder free."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        self._thread.join()
        self._lock.release()

    def _serve(self, home: Path, opened: Future[None]) -> None:
        try:
            store = open_store(home)
        except BaseException as error:  # noqa: BLE001 - it belongs to the caller, who waits for it
            opened.set_exception(error)
            return
        opened.set_result(None)
        dirty = False
        while True:
            try:
                first = self._jobs.get(timeout=IDLE if dirty else None)
            except queue.Empty:
                store.checkpoint()
                dirty = False
                continue
            if first is None or self._commit(store, self._gather(first)):
                break
            dirty = True
        store.checkpoint()
        store.close()

    def _gather(
        self, first: tuple[Callable[[Store], Any], Future[Any]]
    ) -> list[tuple[Callable[[Store], Any], Future[Any]] | None]:
        jobs: list[tuple[Callable[[Store], Any], Future[Any]] | None] = [first]
        while len(jobs) < GROUP and jobs[-1] is not None:
            try:
                jobs.append(self._jobs.get_nowait())
            except queue.Empty:
                break
        return jobs

    def _commit(self, store: Store, jobs: list[tuple[Callable[[Store], Any], Future[Any]] | None]) -> bool:
        """Run the jobs in one transaction and resolve them; True when the end was asked for."""
        done: list[tuple[Future[Any], Any, BaseException | None]] = []
        work = [job for job in jobs if job is not None]
        try:
            with store.transaction():
                for job, future in work:
                    try:
                        with store.savepoint():
                            done.append((future, job(store), None))
                    except Exception as error:
                        if not store.in_transaction:
                            raise  # SQLite has undone the whole group
                        done.append((future, None, error))
        except BaseException as error:  # noqa: BLE001 - nothing of the group is durable: tell every one
            for _, future in work:
                future.set_exception(error)
        else:
            for future, result, failure in done:
                if failure is None:
                    future.set_result(result)
                else:
                    future.set_exception(failure)
        return len(work) < len(jobs)
