"""The log of the window: what went wrong, for the one who helps, in home/logs.

Only this account can read it, it never grows beyond a few megabytes, and long numbers are struck out: codes of
packs and of patients stay in the ledger. Errors that nobody caught come here and are told in one calm sentence.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import re
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TextIO

FILE = "tracedesk.log"
CRASH = "crash.log"
_SIZE, _OLD = 1_000_000, 3
_NUMBER = re.compile(r"[0-9]{6,}")


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


class _Private(RotatingFileHandler):
    """A rotating file that only its owner can read, whatever the umask."""

    def _open(self) -> TextIO:  # type: ignore[override]
        return open(self.baseFilename, "a", encoding="utf-8", opener=_private)


class _Discreet(logging.Formatter):
    """Strikes out what might be a code."""

    def format(self, record: logging.LogRecord) -> str:
        return _NUMBER.sub("…", super().format(record))


class Log:
    """The log while the window lives."""

    def __init__(self, home: Path) -> None:
        folder = home / "logs"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file = folder / FILE
        self._handler = _Private(self.file, maxBytes=_SIZE, backupCount=_OLD, delay=True)
        self._handler.setFormatter(
            _Discreet("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
        )
        self._root = logging.getLogger()
        self._level = self._root.level
        self._root.addHandler(self._handler)
        self._root.setLevel(logging.INFO)
        for chatty in ("httpx", "httpcore", "asyncio"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        self._crash = open(  # noqa: SIM115 - faulthandler writes to it as long as it is there
            folder / CRASH, "a", encoding="utf-8", opener=_private
        )
        self._watches_crashes = not faulthandler.is_enabled()
        if self._watches_crashes:
            faulthandler.enable(self._crash, all_threads=True)
        self._hooks = (sys.excepthook, threading.excepthook)

    def catch(self, tell: Callable[[str], None]) -> None:
        """Take the errors that nobody caught; `tell` gets the file's name, in the thread of the error."""
        log = logging.getLogger("fault")

        def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            if issubclass(kind, KeyboardInterrupt):
                return
            log.error("uncaught", exc_info=(kind, error, trace))
            tell(str(self.file))

        def in_thread(args: threading.ExceptHookArgs) -> None:
            if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
                uncaught(args.exc_type, args.exc_value, args.exc_traceback)

        sys.excepthook, threading.excepthook = uncaught, in_thread

    def close(self) -> None:
        """Put everything back as it was."""
        sys.excepthook, threading.excepthook = self._hooks
        if self._watches_crashes:
            faulthandler.disable()
        self._crash.close()
        self._root.removeHandler(self._handler)
        self._root.setLevel(self._level)
        self._handler.close()
