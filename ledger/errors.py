"""The errors of the whole program, sorted by who is to blame.

    TraceDeskError
    ├── UserError            something the person gave: says what is wrong and what to do
    │   └── SettingsError    a settings file or value that cannot be understood
    ├── EnvironmentFault     the machine: disk, files, locks; the program stays whole and says so
    │   ├── LedgerLocked     another TraceDesk writes to this folder
    │   ├── LedgerNewer      the ledger was written by a newer version
    │   ├── LedgerForeign    the file is no TraceDesk ledger
    │   ├── LedgerDamaged    SQLite or the hash chain says the file is broken
    │   └── DiskFull         nothing more can be saved
    └── PlatformFault        the central platform or the road to it (sync/platform.py refines it)

Expected outcomes (a refused code, a rejected record) are values, never exceptions. Each error carries a code
word and parameters; desktop/words.py turns them into a sentence in the user's language.
"""

from __future__ import annotations


class TraceDeskError(Exception):
    """An error that is explained to the person by a sentence, never by a traceback."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        """Plain form for logs; people read the sentence made by desktop/words.py."""
        detail = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({detail})" if detail else self.code


class UserError(TraceDeskError):
    """Something the person gave cannot be used."""


class SettingsError(UserError):
    """A settings file or value cannot be understood."""


class EnvironmentFault(TraceDeskError):
    """The machine does not do what it should."""


class LedgerLocked(EnvironmentFault):
    """Another process writes to the same ledger."""


class LedgerNewer(EnvironmentFault):
    """The ledger was written by a newer version of TraceDesk."""


class LedgerForeign(EnvironmentFault):
    """The file in the ledger's place is something else."""


class LedgerDamaged(EnvironmentFault):
    """The ledger's file or its chain is broken."""


class DiskFull(EnvironmentFault):
    """There is no room to save anything more."""


class PlatformFault(TraceDeskError):
    """The platform or the road to it failed; what was to be sent is kept."""
