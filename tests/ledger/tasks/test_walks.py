"""Random walks over every verb, on real files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.audit import audit
from ledger.capture import Outcome
from ledger.codes.identify import identify
from ledger.event import EventKind
from tests.ledger.counter import CN20, Counter, gs1
from tests.ledger.tasks.answers import CASE, OTHER_CASE, SITE, K
from tests.length import examples

verbs = st.sampled_from(
    sorted(
        kind
        for kind in EventKind
        if kind
        in {
            K.RECEIVE,
            K.DISPENSE,
            K.UNDO,
            K.RETURN,
            K.SUPPLIER_RETURN,
            K.TRANSFER_OUT,
            K.TRANSFER_IN,
            K.MOVE,
            K.QUARANTINE,
            K.RELEASE,
            K.DESTROY,
            K.PACK,
            K.UNPACK,
            K.COUNT,
            K.LABEL,
            K.VOID,
        }
    )
)


wild = st.tuples(
    verbs,
    st.sampled_from([gs1("A"), gs1("B", "261119"), gs1("C", "261125"), CASE, CN20]),
    st.fixed_dictionaries(
        {
            "reason": st.sampled_from([None, "r"]),
            "second": st.sampled_from([None, "op-2"]),
            "place": st.sampled_from([None, "A-1", "B-2"]),
            "partner": st.sampled_from([None, SITE]),
            "quantity": st.sampled_from([None, None, 1, 3, 11]),
            "units": st.sampled_from([None, 10]),
            "missing": st.booleans(),
            "parent": st.sampled_from([None, identify(CASE), identify(OTHER_CASE)]),
            "label": st.sampled_from([None, identify(gs1("Z1")), identify(gs1("A"))]),
            "damaged": st.sampled_from([None, "damaged"]),
            "document": st.sampled_from([None, "D-1"]),
        }
    ),
    st.sampled_from([0, 1, 24, 24 * 12]),
)


@settings(max_examples=examples(40, 600), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(wild, max_size=30))
def test_any_walk_over_every_verb_is_legal_and_leaves_a_whole_ledger(
    walk: list[tuple[EventKind, str, dict[str, object], int]],
) -> None:
    with TemporaryDirectory() as folder:
        counter = Counter(Path(folder))
        try:
            for kind, text, answers, hours in walk:
                before = counter.store(lambda store: store.head.seq)
                answer = counter.scan(text, kind, **answers)
                grown = counter.store(lambda store: store.head.seq) - before  # type: ignore[operator]
                assert grown == (1 if answer.outcome is Outcome.ACCEPTED else 0)
                if answer.outcome in (Outcome.ASKED, Outcome.REFUSED):
                    assert answer.event is None and answer.problems
                counter.time += timedelta(hours=hours)
            numbers = counter.store(
                lambda store: store._connection.execute(  # type: ignore[attr-defined]
                    "SELECT units, remaining, out FROM pack WHERE units IS NOT NULL"
                ).fetchall()
            )
            for units, remaining, out in numbers:  # type: ignore[attr-defined]
                assert 0 <= remaining <= units and 0 <= out <= units and remaining + out <= units
        finally:
            counter.close()
        finding = audit(Path(folder))
        assert finding.chain_ok and finding.projection_ok
