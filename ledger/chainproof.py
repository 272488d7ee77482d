"""The proof of one pack's records: each is chained, and the chain from the first of them to the head holds.

What lies before the first of them is not proven here (that is the audit's); what lies after is, link by link, in
portions, so that whoever waits sees it go on and may stop. A proof is a value: going on makes the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ledger.chain import Chain, Fault
from ledger.link import GENESIS, link

if TYPE_CHECKING:
    from ledger.store import Store

PORTION = 20_000
"""So many links are checked at once: some tenths of a second."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody outside who has confirmed the chain at or after the records."""

    seq: int
    source: str
    at: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How far the check has come."""

    first: int
    """Number of the first record of the pack."""
    records: int
    """How many records the pack has."""
    seq: int
    """Number of the last event checked."""
    hash: bytes
    """Its hash."""
    head: int
    """Number of the event to come to."""
    fault: Fault | None = None
    witness: Witness | None = None
    """The first confirmation from outside that covers every record of the pack."""

    @property
    def done(self) -> bool:
        """True once nothing is left to check, or a link does not hold."""
        return self.fault is not None or self.seq >= self.head


def begin(store: Store, records: Sequence[int]) -> Proof | None:
    """Make ready to prove these records; None where there are none."""
    if not records:
        return None
    first, last = min(records), max(records)
    connection = store.connection
    before = connection.execute(
        "SELECT seq, hash FROM event WHERE seq < ? ORDER BY seq DESC LIMIT 1", (first,)
    ).fetchone()
    head = connection.execute("SELECT seq FROM event ORDER BY seq DESC LIMIT 1").fetchone()[0]
    seen = connection.execute(
        "SELECT anchor.seq, source, anchor.at FROM anchor JOIN event USING (seq, hash)"
        " WHERE anchor.seq >= ? ORDER BY anchor.seq, anchor.at LIMIT 1",
        (last,),
    ).fetchone()
    seq, digest = before or (0, GENESIS)
    return Proof(first, len(set(records)), seq, bytes(digest), head, witness=Witness(*seen) if seen else None)


def go_on(store: Store, proof: Proof, portion: int = PORTION) -> Proof:
    """Check so many further links."""
    if proof.done:
        return proof
    seq, head = proof.seq, proof.hash
    rows = store.connection.execute(
        "SELECT seq, body, hash FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (seq, portion)
    )
    for number, body, digest in rows:
        if number != seq + 1 or link(head, body) != digest:
            # A gap that a restore explains, or a fault: the chain knows the difference.
            chain = Chain(seq, head)
            followed = chain.follow(number, body, digest)
            if isinstance(followed, Fault):
                return replace(proof, seq=seq, hash=head, fault=followed)
        seq, head = number, digest
    return replace(proof, seq=seq, hash=head) if seq > proof.seq else replace(proof, seq=proof.head)
