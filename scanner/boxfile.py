"""The black box on disk: the last scans survive a restart, and writing them holds up nobody.

A file of JSON lines, appended in a thread of its own about a second after each scan, when its verdict is known. A
record written twice counts as it was written last. At twice what the box holds the file is written anew. A power
cut may cost the last second: the ledger is the record of what happened, this is for finding out why a scan misread.
"""

from __future__ import annotations

import logging
import os
import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from scanner.blackbox import CAPACITY, BlackBox, Record

FILE = "blackbox.jsonl"
SETTLE_SECONDS = 1.0
"""So long a record waits for its verdict."""

log = logging.getLogger("blackbox")


def read_records(path: Path, capacity: int = CAPACITY) -> list[Record]:
    """The last records of a file, oldest first; none where there is no file.

    Lines that are no records are passed over: the last one may be torn. Raises OSError.
    """
    found: dict[int, Record] = {}
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        try:
            record = Record.of(line.decode("utf-8"))
        except ValueError:
            continue
        found[record.number] = record
    return [found[number] for number in sorted(found)[-capacity:]]


def export_records(path: Path, records: Iterable[Record]) -> int:
    """Write records to a new file that only its owner may read; how many. Raises OSError, and never overwrites."""
    count = 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        for record in records:
            file.write(record.line() + "\n")
            count += 1
    return count


class BoxFile:
    """Keeps a box on disk until it is closed. One at a time may have the file: whoever has the ledger."""

    def __init__(self, path: Path, box: BlackBox, settle_seconds: float = SETTLE_SECONDS) -> None:
        self._path, self._box, self._settle = path, box, settle_seconds
        self._changed: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._lines = 0
        self._thread = threading.Thread(target=self._run, name="black box", daemon=True)

    def start(self) -> None:
        """Take in what the file holds and keep it up to date from now on."""
        self._thread.start()

    def close(self) -> None:
        """Write what is still to be written, and end the thread."""
        if self._thread.ident is not None:
            self._changed.put(None)
            self._thread.join()

    def _run(self) -> None:
        try:
            older = read_records(self._path, self._box.capacity)
        except OSError as error:
            log.warning("the last scans cannot be read: %s", error)
            older = []
        self._box.attach(older, self._changed.put)
        self._try(self._write_anew)
        open_ = True
        while open_:
            numbers, open_ = self._more(self._changed.get())
            if records := self._box.records(numbers):
                self._try(partial(self._append, records))

    def _more(self, first: int | None) -> tuple[set[int], bool]:
        """Wait a moment for verdicts; the records that are new or changed, and whether more will come."""
        numbers: set[int] = set()
        until = time.monotonic() + self._settle
        number = first
        while number is not None:
            numbers.add(number)
            try:
                number = self._changed.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return numbers, True
        return numbers, False

    def _append(self, records: Sequence[Record]) -> None:
        if any(record.masked for record in records) or self._lines + len(records) > 2 * self._box.capacity:
            self._write_anew()  # what was masked may have been written with its text before
            return
        with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            for record in records:
                file.write(record.line().encode("utf-8", "backslashreplace") + b"\n")
        self._lines += len(records)

    def _write_anew(self) -> None:
        records = self._box.records()
        self._lines = len(records)
        if not records and not self._path.exists():
            return
        handle, draft = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
        with os.fdopen(handle, "wb") as file:
            for record in records:
                file.write(record.line().encode("utf-8", "backslashreplace") + b"\n")
        Path(draft).replace(self._path)

    def _try(self, write: Callable[[], None]) -> None:
        """Write; a full disk costs the record of the scan, never the scan."""
        try:
            write()
        except OSError as error:
            log.warning("the last scans cannot be kept: %s", error)
