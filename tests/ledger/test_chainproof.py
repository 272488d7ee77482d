"""The proof of one pack's records: it holds for a sound chain, and names the link that does not."""

from __future__ import annotations

import sqlite3

from ledger import chainproof
from ledger.chainproof import Proof
from ledger.event import EventKind
from ledger.store import FILE, Store, open_reader
from tests.ledger.counter import Counter, gs1


def proven(store: Store, records: list[int], portion: int = 2) -> Proof:
    proof = chainproof.begin(store, records)
    assert proof is not None
    rounds = 0
    while not proof.done:
        proof = chainproof.go_on(store, proof, portion)
        rounds += 1
    assert rounds <= proof.head
    return proof


def filled(counter: Counter) -> None:
    for number in range(5):
        counter.receive(gs1(f"S{number}"))
    counter.dispense(gs1("S1"))


def test_the_records_of_a_pack_are_proven_to_the_head(counter: Counter) -> None:
    filled(counter)
    proof = counter.writer.run(lambda store: proven(store, [2, 6]))
    head = counter.writer.run(lambda store: store.head)
    assert (proof.first, proof.records, proof.seq, proof.hash) == (2, 2, 6, head.hash)
    assert proof.fault is None and proof.witness is None


def test_a_confirmation_from_outside_counts_only_where_it_covers_all_records(counter: Counter) -> None:
    filled(counter)

    def witness(store: Store) -> None:
        for seq, at in ((3, "2026-11-20T12:00"), (6, "2026-11-20T13:00")):
            digest = store.hash_at(seq)
            assert digest is not None
            store.anchor(seq, digest, at, "platform")
        store.anchor(2, b"x" * 32, "2026-11-20T11:00", "platform")

    counter.writer.run(witness)
    early = counter.writer.run(lambda store: proven(store, [2])).witness
    late = counter.writer.run(lambda store: proven(store, [2, 6])).witness
    assert early is not None and (early.seq, early.at) == (3, "2026-11-20T12:00")
    assert late is not None and (late.seq, late.source) == (6, "platform")


def test_nothing_is_proven_of_a_pack_without_records(counter: Counter) -> None:
    assert counter.writer.run(lambda store: chainproof.begin(store, [])) is None


def test_a_changed_or_missing_record_is_named(counter: Counter) -> None:
    filled(counter)
    counter.close()
    connection = sqlite3.connect(counter.home / FILE)
    connection.execute("DROP TRIGGER event_no_update")
    connection.execute(
        "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'op-1', 'op-2') AS BLOB) WHERE seq = 4"
    )
    connection.commit()
    store = open_reader(counter.home)
    fault = proven(store, [2]).fault
    assert fault is not None and (fault.code, fault.seq) == ("audit_changed", 4)
    assert proven(store, [6]).fault is None, "what lies before the first record is the audit's"
    store.close()
    connection.execute("DROP TRIGGER event_no_delete")
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("DELETE FROM event WHERE seq = 4")
    connection.commit()
    connection.close()
    store = open_reader(counter.home)
    fault = proven(store, [2]).fault
    assert fault is not None and fault.code == "audit_missing"
    store.close()


def test_a_gap_that_a_restore_explains_is_no_fault(counter: Counter) -> None:
    from dataclasses import replace

    filled(counter)

    def resume(store: Store) -> None:
        last = store.event(6)
        detail = (("old_seq", "8"), ("restored_seq", "6"), ("restored_hash", store.head.hash.hex()))
        gone_on = replace(
            last,
            seq=9,
            kind=EventKind.LEDGER_RESUMED,
            ledger_id="other",
            packs=(),
            detail=detail,
            event_id="e9",
        )
        store.append(gone_on, None)

    counter.writer.run(resume)
    proof = counter.writer.run(lambda store: proven(store, [2]))
    assert (proof.fault, proof.seq) == (None, 9)
