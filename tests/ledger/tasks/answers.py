"""What a verb answers at the counter, and how packs stand after it."""

from __future__ import annotations

from ledger.audit import check
from ledger.capture import Captured, Outcome
from ledger.codes.identify import identify
from ledger.event import EventKind
from ledger.pack import Pack, State
from tests.ledger.counter import Counter

CASE = "00095212340000000013"
OTHER_CASE = "00095212340000000020"
SITE = "9521999000006"
K = EventKind


def said(answer: Captured) -> set[str]:
    return {problem.code for problem in answer.problems} - {
        "no_document",
        "product_unknown",
        "prescription_unknown",
    }


def pack(counter: Counter, text: str) -> Pack:
    found = counter.store(lambda store: store.look_up(identify(text).key))
    assert isinstance(found, Pack)
    return found


def state(counter: Counter, text: str) -> State:
    return pack(counter, text).state


def whole(counter: Counter) -> bool:
    finding = counter.writer.run(check)
    return finding.chain_ok and finding.projection_ok


def asks_then(
    counter: Counter, kind: EventKind, text: str, needs: tuple[str, ...], **answers: object
) -> Captured:
    """The verb asks, and once it is answered it is accepted, and then repeated kindly."""
    asked = counter.scan(text, kind)
    assert (asked.outcome, asked.needs) == ("asked", needs)
    done = counter.scan(text, kind, **answers)
    assert done.outcome is Outcome.ACCEPTED, said(done)
    again = counter.scan(text, kind, **answers)
    assert (again.outcome, again.event) == ("repeated", done.event)
    return done
