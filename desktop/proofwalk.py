"""The check of the chain from a pack's first record to the head, a portion at a time, so that it can be stopped."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.room import Room
from ledger import chainproof
from ledger.chainproof import Proof
from ledger.store import Store


class ProofWalk(QObject):
    """Proves one pack's records at a time."""

    changed = Signal()
    """`proof` has gone on, or there is none any more."""

    def __init__(self, room: Room, parent: QObject) -> None:
        super().__init__(parent)
        self._room = room
        self._walk = 0
        self._next: Future[Any] | None = None
        self.proof: Proof | None = None
        """How far it has come; None before the first portion."""

    def begin(self, records: Sequence[int]) -> None:
        """Prove these records, and let those before be."""
        self.stop()
        self.proof = None
        self.changed.emit()
        if not records:
            return
        walk = self._walk

        def first(store: Store) -> Proof | None:
            begun = chainproof.begin(store, records)
            return chainproof.go_on(store, begun) if begun else None

        def here(proof: Proof | None) -> None:
            if proof is None or walk != self._walk:
                return
            self._next = None
            self.proof = proof
            self.changed.emit()
            if not proof.done:
                self._next = self._room.look(lambda store: chainproof.go_on(store, proof), here)

        self._next = self._room.look(first, here)

    def stop(self) -> None:
        """Check no further; what was proved stays."""
        self._walk += 1
        if self._next is not None:
            self._next.cancel()
            self._next = None
