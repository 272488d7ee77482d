"""Goods without serial and goods without any code."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.audit import audit
from ledger.capture import Captured, Outcome
from ledger.event import EventKind
from tests.ledger.counter import GTIN, Counter
from tests.ledger.tasks.answers import SITE, K, said, whole
from tests.length import examples


def test_codeless_goods_need_a_reason_and_are_marked(counter: Counter) -> None:
    from ledger.capture import Scanned, capture
    from ledger.codes.code import Entry
    from tests.ledger.counter import intent_of

    def scan(kind: EventKind, **answers: object) -> Captured:
        wanted = intent_of(kind, **answers)
        scanned = Scanned("", Entry.MANUAL, product=GTIN)
        return counter.writer.run(lambda store: capture(store, counter.workplace, scanned, wanted))

    label = {"lot": "L1", "expiry": date(2028, 1, 31)}
    assert scan(K.RECEIVE, **label).needs == ("reason",)
    done = scan(K.RECEIVE, reason="no code on old stock", quantity=20, **label)
    assert done.event is not None
    assert (done.event.flags, done.key, done.event.packs[0].remaining) == (
        ("codeless",),
        f"heap:{GTIN}/L1",
        20,
    )
    assert scan(K.DISPENSE, reason="no code", quantity=21, **label).outcome is Outcome.REFUSED
    assert scan(K.DISPENSE, reason="no code", quantity=5, lot="L1").outcome is Outcome.ACCEPTED
    assert whole(counter)


def test_what_bears_no_code_is_counted_apart(counter: Counter) -> None:
    from ledger.capture import Scanned, capture
    from ledger.codeless import Codeless, codeless
    from ledger.codes.code import Entry
    from tests.ledger.counter import intent_of

    def scan(kind: EventKind, quantity: int) -> Captured:
        label = {"lot": "L1", "expiry": date(2028, 1, 31)}
        wanted = intent_of(kind, reason="no code", second="op-2", quantity=quantity, **label)
        scanned = Scanned("", Entry.MANUAL, product=GTIN)
        return counter.writer.run(lambda store: capture(store, counter.workplace, scanned, wanted))

    assert counter.writer.run(lambda store: list(codeless(store))) == []
    counter.receive(f"01{GTIN}1728013110L1", quantity=50)
    for kind, quantity in ((K.RECEIVE, 20), (K.DISPENSE, 5), (K.RETURN, 2), (K.DESTROY, 1), (K.COUNT, 60)):
        answer = scan(kind, quantity) if kind is not K.DESTROY else None
        assert answer is None or answer.outcome is Outcome.ACCEPTED, (kind, said(answer))
    assert counter.writer.run(lambda store: list(codeless(store))) == [Codeless(GTIN, "L1", 20, 3)]


heap_steps = st.tuples(
    st.sampled_from(
        [
            "receive",
            "dispense",
            "undo",
            "return",
            "quarantine",
            "release",
            "destroy",
            "supplier_return",
            "count",
            "transfer_out",
        ]
    ),
    st.integers(0, 9),
    st.booleans(),
)


@settings(max_examples=examples(20, 300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(heap_steps, max_size=20))
def test_no_heap_ever_holds_less_than_nothing(walk: list[tuple[str, int, bool]]) -> None:
    lot_only = "01095212340000131728013110L1"
    with TemporaryDirectory() as folder:
        counter = Counter(Path(folder))
        try:
            for kind, quantity, damaged in walk:
                answers = {"quantity": quantity, "reason": "r", "second": "op-2", "partner": SITE}
                counter.scan(lot_only, EventKind(kind), damaged="damaged" if damaged else None, **answers)
            numbers = counter.store(
                lambda store: store._connection.execute(
                    "SELECT remaining, coalesce(out, 0) FROM pack"
                ).fetchall()  # type: ignore[attr-defined]
            )
            assert all(left >= 0 and out >= 0 for left, out in numbers)  # type: ignore[attr-defined]
        finally:
            counter.close()
        finding = audit(Path(folder))
        assert finding.chain_ok and finding.projection_ok
