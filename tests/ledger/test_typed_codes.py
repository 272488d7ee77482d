"""Codes typed by hand: in groups, twice alike where nobody knows them, and marked for ever."""

from __future__ import annotations

import pytest

from ledger.capture import Captured, Outcome
from ledger.codes.code import Entry
from ledger.codes.identify import identify
from ledger.event import EventKind
from ledger.shipment import Line, Shipment
from tests.ledger.counter import CN20, GTIN, Counter, gs1

K = EventKind
GROUPED = f"{CN20[:7]} {CN20[7:16]} {CN20[16:]}"
OTHER = CN20[:-1] + "1"
LABEL: dict[str, object] = {"reason": "old stock"}


def typed(counter: Counter, text: str, kind: EventKind = K.RECEIVE, **more: object) -> Captured:
    return counter.scan(text, kind, entry=Entry.MANUAL, **(LABEL | more))


def codes(answer: Captured) -> list[str]:
    return [problem.code for problem in answer.problems]


@pytest.mark.parametrize("again", [CN20, GROUPED, GROUPED.replace(" ", "-")])
def test_unknown_code_is_typed_twice_alike_in_any_grouping(counter: Counter, again: str) -> None:
    first = typed(counter, GROUPED)
    assert (first.outcome, first.needs, codes(first)) == ("asked", ("again",), ["typed_once"])
    second = typed(counter, again)
    assert second.outcome is Outcome.ACCEPTED and second.event is not None
    assert second.event.packs[0].entry == "manual", "an inspector sees what was typed"
    assert second.key == f"cn20:{CN20}"


def test_what_was_typed_otherwise_is_not_taken(counter: Counter) -> None:
    typed(counter, CN20)
    differs = typed(counter, OTHER)
    assert (differs.outcome, codes(differs)) == ("asked", ["typed_differs"])
    right = typed(counter, CN20)
    assert (right.outcome, codes(right)) == ("asked", ["typed_differs"]), "now two of three differ"
    assert typed(counter, CN20).outcome is Outcome.ACCEPTED


def test_twice_means_by_the_same_person_and_with_nothing_in_between(counter: Counter) -> None:
    typed(counter, CN20)
    assert codes(typed(counter, CN20, operator="op-2")) == ["typed_once"]
    counter.receive(gs1())
    assert codes(typed(counter, CN20)) == ["typed_once"]


def test_known_codes_and_scanned_ones_need_no_second_time(counter: Counter) -> None:
    counter.receive(CN20, **LABEL)
    assert typed(counter, CN20, K.QUARANTINE).outcome is Outcome.ACCEPTED
    number = str(identify(gs1("L")).key)
    paper = Shipment("DN-1", (Line(1, GTIN, 1),), serials=((number, 1),))
    counter.store(lambda store: store.documents.put(paper))
    listed = f"(01){GTIN}(17)280131(10)L1(21)L"
    from ledger.capture import Scanned, capture
    from ledger.event import DocumentRef
    from ledger.situation import Intent

    intent = Intent(K.RECEIVE, "op-1", (DocumentRef("desadv", "DN-1"),))
    answer = counter.writer.run(
        lambda store: capture(store, counter.workplace, Scanned(listed, Entry.MANUAL), intent)
    )
    assert answer.outcome is Outcome.ACCEPTED, "the paper knows it"


def test_other_answers_do_not_stand_in_for_the_second_time(counter: Counter) -> None:
    first = typed(counter, CN20, K.DISPENSE, reason=None)
    assert first.needs == ("again",), "nothing else is asked before"
    second = typed(counter, CN20, K.DISPENSE, reason=None)
    assert second.outcome is Outcome.ASKED and "again" not in second.needs
    assert typed(counter, CN20, K.DISPENSE, reason=None).needs == second.needs, "twice is enough"


def test_typed_code_that_cannot_be_read_is_refused_at_once(counter: Counter) -> None:
    assert typed(counter, CN20[:-1]).outcome is Outcome.REFUSED
