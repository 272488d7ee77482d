"""The lock that lets one process at a time write to a home folder.

The operating system holds it, so a killed process never leaves it behind.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ledger.errors import EnvironmentFault, LedgerLocked

FILE = "writer.lock"


class HomeLock:
    """Held from construction until `release`; raises LedgerLocked when somebody else holds it."""

    def __init__(self, home: Path) -> None:
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = os.open(home / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EnvironmentFault(
                "home_unwritable", folder=str(home), why=os.strerror(error.errno or 0)
            ) from None
        try:
            _lock(self._handle)
        except OSError:
            os.close(self._handle)
            raise LedgerLocked("ledger_locked", folder=str(home)) from None

    def release(self) -> None:
        """Let the next one in."""
        os.close(self._handle)


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
