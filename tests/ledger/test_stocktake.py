"""A stocktake: open is what the books have here and nobody has counted under its number, however often broken off."""

from __future__ import annotations

from dataclasses import replace

from ledger.capture import Captured, Outcome
from ledger.event import DocumentRef, EventKind
from ledger.pack import State
from ledger.situation import Intent
from ledger.stocktake import KIND, Uncounted, give_up, uncounted
from tests.ledger.counter import CN20, GTIN, Counter, gs1

NUMBER = "PD-1"
REF = DocumentRef(KIND, NUMBER)


def stand(counter: Counter, number: str = NUMBER, place: str = "", limit: int = 500) -> Uncounted:
    return counter.writer.run(lambda store: uncounted(store, number, place, limit))


def serials(found: Uncounted) -> list[str]:
    return [pack.serial or pack.key for pack in found.packs]


def count(counter: Counter, text: str, number: str = NUMBER) -> Captured:
    from ledger.capture import Scanned, capture
    from ledger.codes.code import Entry

    intent = Intent(EventKind.COUNT, "op-1", (DocumentRef(KIND, number),), reason="reason_found_again")
    return counter.writer.run(
        lambda store: capture(store, counter.workplace, Scanned(text, Entry.WEDGE), intent)
    )


def lose(counter: Counter, key: str, reason: str | None = "reason_not_found") -> Captured:
    intent = Intent(EventKind.COUNT, "op-1", (REF,), reason=reason)
    return counter.writer.run(lambda store: give_up(store, counter.workplace, key, intent))


def filled(counter: Counter) -> None:
    """Three packs on shelf A, one on shelf B, one with a patient, and a heap of two."""
    for serial in ("S1", "S2", "S3"):
        counter.receive(gs1(serial), place="A-1")
    counter.receive(gs1("S4"), place="B-1")
    counter.receive(gs1("S5"), place="A-1")
    counter.dispense(gs1("S5"))
    counter.receive(f"01{GTIN}1728013110L9", quantity=2)


def test_what_is_here_and_not_counted_is_open_by_place(counter: Counter) -> None:
    filled(counter)
    assert stand(counter).open == 5, "four packs and a heap; what a patient has is not looked for"
    assert sorted(serials(stand(counter, place="A-1"))) == ["S1", "S2", "S3"]
    count(counter, gs1("S1"))
    count(counter, gs1("S2"))
    found = stand(counter, place="A-1")
    assert (serials(found), found.open, found.counted) == (["S3"], 1, 2)
    assert stand(counter, "PD-2", "A-1").open == 3, "another stocktake begins anew"


def test_a_count_that_is_voided_is_open_again(counter: Counter) -> None:
    filled(counter)
    count(counter, gs1("S1"))
    counter.scan(gs1("S1"), EventKind.VOID, reason="did_not_occur")
    assert "S1" in serials(stand(counter))


def test_what_comes_in_or_goes_out_meanwhile_is_told_at_once(counter: Counter) -> None:
    filled(counter)
    counter.dispense(gs1("S1"))
    counter.receive(gs1("NEW"), place="A-1")
    assert sorted(serials(stand(counter, place="A-1"))) == ["NEW", "S2", "S3"]


def test_the_list_has_an_end_and_the_number_has_not(counter: Counter) -> None:
    filled(counter)
    found = stand(counter, limit=2)
    assert (len(found.packs), found.open) == (2, 5)


def test_giving_up_wants_a_reason_and_is_an_event_like_any_other(counter: Counter) -> None:
    filled(counter)
    key = f"gs1:{GTIN}/S3"
    asked = lose(counter, key, None)
    assert (asked.outcome, asked.needs) == (Outcome.ASKED, ("reason",))
    done = lose(counter, key)
    assert done.outcome is Outcome.ACCEPTED
    assert done.event is not None
    assert (done.event.packs[0].state, done.event.flags) == (State.LOST, ("missing",))
    assert done.event.documents == (REF,)
    assert (done.event.packs[0].lot, done.event.packs[0].entry) == ("L1", "manual")
    assert "S3" not in serials(stand(counter))
    again = lose(counter, key)
    assert (again.outcome, again.event) == (Outcome.REPEATED, done.event)
    back = count(counter, gs1("S3"))
    assert back.event is not None and back.event.packs[0].state == State.IN_STOCK


def test_a_heap_and_what_nobody_knows_cannot_be_given_up(counter: Counter) -> None:
    filled(counter)
    heap = next(pack.key for pack in stand(counter).packs if pack.is_heap)
    for key in (heap, f"cn20:{CN20}", f"gs1:{GTIN}/S5"):
        refused = lose(counter, key)
        assert refused.outcome is Outcome.REFUSED, key
        assert refused.problems[0].code == "count_missing_not_here"


def test_an_empty_heap_is_not_looked_for(counter: Counter) -> None:
    counter.receive(f"01{GTIN}1728013110L9")
    counter.dispense(f"01{GTIN}1728013110L9")
    assert stand(counter).open == 0
    assert replace(stand(counter), packs=()) == Uncounted((), 0, 0)
