"""A wrong record is put right: corrective event and declaration reach the platform in one document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.workplace import frozen_by
from ledger.audit import check
from ledger.capture import Captured, Outcome
from ledger.correction import correct
from ledger.event import EventKind
from ledger.situation import Intent
from sync.courier import Courier
from sync.lint import document_faults
from sync.platform import Platform
from sync.sandbox.server import Sandbox, serve
from tests.ledger.counter import Counter, gs1
from tests.sync.books import WIRE
from tests.sync.victim import QUICK


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path / "home")
    made.workplace = replace(made.workplace, wire=frozen_by(WIRE))
    yield made
    made.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sandbox]:
    running = serve(keep_documents=tmp_path / "documents")
    yield running
    running.stop()


def partly(counter: Counter) -> Captured:
    """A pack of 28 of which 10 are dispensed."""
    assert counter.receive(gs1()).outcome is Outcome.ACCEPTED
    counter.time += timedelta(minutes=5)
    done = counter.dispense(gs1(), quantity=10, units=28, reason="opened")
    assert done.outcome is Outcome.ACCEPTED, done.problems
    counter.time += timedelta(minutes=30)
    return done


def put_right(counter: Counter, wrong: Captured, **change: Any) -> Captured:
    right = Intent(EventKind.VOID, "op-1", **{"reason": "wrong_quantity", **change})
    assert wrong.event is not None
    event = wrong.event
    return counter.writer.run(lambda store: correct(store, counter.workplace, event, right))


def deliver(counter: Counter, server: Sandbox) -> tuple[int, int]:
    platform = Platform(server.url)
    result = Courier(counter.writer.run, platform, WIRE, QUICK, counter.clock).drain()
    platform.close()
    return result.accepted, result.pending


def whole(counter: Counter) -> bool:
    report = counter.writer.run(check)
    return bool(report.chain_ok and report.projection_ok)


def documents(tmp_path: Path) -> list[list[dict[str, Any]]]:
    found = []
    for path in sorted((tmp_path / "documents").iterdir()):
        document = json.loads(path.read_bytes())
        assert document_faults(document) == ()
        found.append(document["epcisBody"]["eventList"])
    return found


@pytest.mark.parametrize("line", ["there all the time", "there only in the end"])
def test_both_travel_in_one_document_the_corrective_event_first(
    counter: Counter, server: Sandbox, tmp_path: Path, line: str
) -> None:
    wrong = partly(counter)
    if line == "there all the time":
        assert deliver(counter, server) == (2, 0)
    done = put_right(counter, wrong, quantity=8)
    assert done.outcome is Outcome.ACCEPTED, done.problems
    assert done.event is not None and wrong.event is not None
    assert done.event.packs[0].remaining == 20
    assert deliver(counter, server)[1] == 0
    right, declared = documents(tmp_path)[-1]
    assert right["eventID"] == f"urn:uuid:{done.event.event_id}"
    assert right["td:dispensedAmount"]["td:value"] == 8
    assert right["eventTime"] == wrong.event.moment.iso()
    assert declared["eventID"] == f"urn:uuid:{wrong.event.event_id}"
    assert declared["td:dispensedAmount"]["td:value"] == 10
    declaration = declared["errorDeclaration"]
    assert (declaration["reason"], declaration["correctiveEventIDs"]) == (
        "incorrect_data",
        [right["eventID"]],
    )
    assert server.held() == 3
    assert whole(counter)


def test_where_a_document_may_hold_one_event_they_go_one_by_one(counter: Counter, tmp_path: Path) -> None:
    wrong = partly(counter)
    assert put_right(counter, wrong, quantity=8).outcome is Outcome.ACCEPTED
    server = serve(faults=["413=1"], keep_documents=tmp_path / "documents")
    try:
        accepted, pending = deliver(counter, server)
        assert (accepted, pending) == (4, 0)
        assert server.held() == 3
    finally:
        server.stop()
    right, declared = [events[0] for events in documents(tmp_path)][-2:]
    assert "errorDeclaration" not in right
    assert declared["errorDeclaration"]["correctiveEventIDs"] == [right["eventID"]]


def test_what_may_not_happen_changes_nothing(counter: Counter) -> None:
    wrong = partly(counter)
    before = counter.writer.run(lambda store: (store.head.seq, store.outbox.summary().pending))
    assert put_right(counter, wrong, quantity=50).outcome is Outcome.REFUSED
    assert put_right(counter, wrong, quantity=8, reason=None).outcome is Outcome.ASKED
    assert counter.writer.run(lambda store: (store.head.seq, store.outbox.summary().pending)) == before
    assert whole(counter)


def test_only_the_last_record_of_a_pack_can_be_put_right(counter: Counter) -> None:
    first = counter.receive(gs1())
    counter.time += timedelta(minutes=5)
    counter.dispense(gs1(), document="RX-1")
    answer = put_right(counter, first, lot="L2")
    assert (answer.outcome, answer.problems[0].code) == (Outcome.REFUSED, "void_not_last")


def test_a_delivery_note_that_was_forgotten_is_added(
    counter: Counter, server: Sandbox, tmp_path: Path
) -> None:
    from ledger.event import DocumentRef

    wrong = counter.receive(gs1())
    counter.time += timedelta(minutes=5)
    done = put_right(counter, wrong, documents=(DocumentRef("po", "PO-7"),), reason="incorrect_data")
    assert done.outcome is Outcome.ACCEPTED, done.problems
    assert deliver(counter, server) == (3, 0)
    right, declared = documents(tmp_path)[-1]
    assert right["bizTransactionList"][0]["bizTransaction"].endswith("/bt/po/PO-7")
    assert "bizTransactionList" not in declared
