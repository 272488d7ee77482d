"""A transaction of the connection that writes: all or nothing, durable when it ends well."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ledger.connection import FAULTS, blame

if TYPE_CHECKING:
    from ledger.store import Store


class Transaction:
    """For `with`: begins, and commits or undoes everything. Every scan is one, so this is no generator."""

    __slots__ = ("_connection", "_store")

    def __init__(self, store: Store, connection: sqlite3.Connection) -> None:
        self._store, self._connection = store, connection

    def __enter__(self) -> Self:
        """Take the right to write. Raises EnvironmentFault where it is not to be had."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except FAULTS as error:
            blame(error)
        try:
            self._store.begun()
        except BaseException as error:
            self._undo()
            if isinstance(error, FAULTS):
                blame(error)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit; or undo, with SQLite's errors typed by blame."""
        if error is None:
            try:
                self._connection.execute("COMMIT")
            except BaseException as failure:
                self._undo()
                if isinstance(failure, FAULTS):
                    blame(failure)
                raise
            return
        self._undo()
        if isinstance(error, FAULTS):
            blame(error)

    def _undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._store.recover()
