"""Scans at a terminal are kept in the black box as those at the window are; files and pipes are not scanners."""

from __future__ import annotations

import sys
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Self

from ledger.badge import is_secret
from ledger.capture import Captured
from scanner.blackbox import BlackBox
from scanner.boxfile import FILE, BoxFile
from scanner.scan import Scan


class Keeping:
    """Keeps what is scanned while it is open; does nothing where nobody sits at a terminal."""

    def __init__(self, home: Path, file: str | None) -> None:
        """`file` is where the codes come from; "-" is standard input."""
        self._box = BlackBox(secret=is_secret)
        at_terminal = file == "-" and sys.stdin.isatty()
        self._file = BoxFile(home / FILE, self._box) if at_terminal else None

    def __enter__(self) -> Self:
        if self._file is not None:
            self._file.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def keep(self, scan: Scan, answer: Future[Captured]) -> None:
        """Keep a scan, and later what became of it."""
        if self._file is None:
            return
        self._box.keep(scan)

        def judge(done: Future[Captured]) -> None:
            if done.exception() is None:
                self._box.judge(scan, str(done.result().outcome))

        answer.add_done_callback(judge)
