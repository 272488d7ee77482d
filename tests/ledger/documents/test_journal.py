"""The journal behind documents: equal to a rebuild, never below zero."""

from __future__ import annotations

from collections import Counter as Bag

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.event import DocumentRef, Event, EventKind
from ledger.shipment import Line
from tests.ledger.documents.asked import AP, DISPENSE, RECEIVE, shipment
from tests.ledger.papers import ASN, GTIN, RX, Told, heap, pack


def test_a_changed_journal_is_found(told: Told) -> None:
    told.tell(RECEIVE, pack("S1"), pack("S2"))
    told.tell(EventKind.DOCUMENT_FINISHED)
    documents, execute = told.store.documents, told.store._connection.execute
    for change, back in (
        ("UPDATE progress SET packs = 2 WHERE key LIKE '%S1'", "UPDATE progress SET packs = 1"),
        ("UPDATE progress_sum SET packs = 1", "UPDATE progress_sum SET packs = 2"),
        ("UPDATE progress_end SET finished = 0", "UPDATE progress_end SET finished = 1"),
    ):
        assert documents.agrees(told.chain())
        execute(change)
        assert not documents.agrees(told.chain())
        execute(back)
    execute("DELETE FROM progress WHERE key LIKE '%S2'")
    assert not documents.agrees(told.chain())
    documents.rebuild(told.chain())
    assert documents.agrees(told.chain())


def test_a_rebuild_forgets_documents_that_no_event_names(told: Told) -> None:
    told.tell(RECEIVE, pack("S1"))
    told.store.documents.put(shipment(Line(1, GTIN, 1)))
    told.tell(RECEIVE, pack("S2"), documents=(DocumentRef("po", "PO-9"),))
    told.store.documents.rebuild([])
    names = told.store._connection.execute("SELECT kind, number FROM document").fetchall()
    assert names == [("desadv", "ASN-1")]


documents_ = st.sets(st.sampled_from([ASN, RX, AP]), max_size=2).map(
    lambda some: tuple(sorted(some, key=repr))
)


serials = st.lists(st.sampled_from(["S1", "S2", "S3"]), min_size=1, max_size=3, unique=True)


acts = st.tuples(
    st.sampled_from([RECEIVE, DISPENSE, EventKind.TRANSFER_OUT, EventKind.MOVE, EventKind.QUARANTINE]),
    serials,
    st.sampled_from([None, 3]),
    documents_,
)


back = st.tuples(st.sampled_from(["undo", "void", "return"]), st.integers(0, 30), serials)
heaps = st.tuples(st.sampled_from([RECEIVE, DISPENSE, EventKind.UNDO]), st.integers(1, 4), documents_)


def tell_all(told: Told, steps: list[tuple[object, ...]]) -> None:
    for step in steps:
        match step:
            case (EventKind() as kind, list() as some, quantity, tuple() as named):
                packs = [pack(one, quantity=quantity, units=quantity and 9) for one in some]  # type: ignore[arg-type]
                told.tell(kind, *packs, documents=named)
            case (EventKind() as kind, int() as quantity, tuple() as named):
                told.tell(kind, heap(quantity), documents=named)
            case (str() as how, int() as which, list() as some) if told.events:
                earlier = told.events[which % len(told.events)]
                if how == "void" and earlier.kind is not EventKind.VOID:  # no rule lets a void be voided
                    told.void(earlier)
                elif how == "undo" and earlier.kind is DISPENSE:
                    told.undo(earlier, *(pack(one) for one in some))
                elif how == "return" and earlier.kind is DISPENSE:
                    detail = (("returns", earlier.event_id),)
                    told.tell(EventKind.RETURN, *(pack(one) for one in some), documents=(), detail=detail)


class Ideal:
    """The same story told by switches: an event of a pack counts or does not; a taking back flips its target.

    What is voided again is an undo: what that took back counts once more.
    """

    def __init__(self) -> None:
        self.on: dict[tuple[int, str], bool] = {}
        self.of: dict[tuple[int, str], tuple[int, str]] = {}
        self.named: dict[tuple[int, str], list[tuple[str, str, str]]] = {}

    def hear(self, event: Event, earlier: dict[str, Event]) -> None:
        target = earlier.get(event.told("voids") or event.told("undoes") or "")
        back = earlier.get(event.told("returns") or "")
        if target is not None:
            for key in sorted({key for seq, key in self.on if seq == target.seq}):
                if event.kind is EventKind.VOID or key in {facts.key for facts in event.packs}:
                    self.on[event.seq, key] = self.on[target.seq, key]
                    if self.on[target.seq, key]:
                        self.of[event.seq, key] = (target.seq, key)
                        self.switch((target.seq, key), to=False)
            return
        papers = [*event.documents, *(back.documents if back else ())]
        for facts in event.packs:
            self.on[event.seq, facts.key] = True
            self.named[event.seq, facts.key] = [(ref.number, facts.key, event.kind.value) for ref in papers]

    def switch(self, what: tuple[int, str], *, to: bool) -> None:
        self.on[what] = to
        if what in self.of:
            self.switch(self.of[what], to=not to)

    def counts(self) -> Bag[tuple[str, str, str]]:
        return Bag(row for what, rows in self.named.items() if self.on[what] for row in rows)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(acts, back), max_size=25))
def test_what_still_counts_is_what_was_not_taken_back(steps: list[tuple[object, ...]]) -> None:
    told, ideal = Told(), Ideal()
    tell_all(told, steps)
    earlier: dict[str, Event] = {}
    for event in told.events:
        ideal.hear(event, earlier)
        earlier[event.event_id] = event
    counted = Bag(
        {
            (number, key, act): shown
            for number, key, act, shown in told.store._connection.execute(
                "SELECT number, key, act, sum(shown) FROM progress JOIN document USING (document_id)"
                " GROUP BY number, key, act HAVING sum(shown) > 0"
            )
        }
    )
    assert counted == ideal.counts()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(acts, back, heaps), max_size=25))
def test_the_journal_equals_its_rebuild_and_never_falls_below_zero(steps: list[tuple[object, ...]]) -> None:
    told = Told()
    tell_all(told, steps)
    connection = told.store._connection
    for table, groups in (("progress_sum", ""), ("progress", "GROUP BY document_id, key, act")):
        columns = ("shown", "packs", "units", "cases")
        sums = ", ".join(f"sum({name})" if groups else name for name in columns)
        for row in connection.execute(f"SELECT {sums} FROM {table} {groups}"):
            assert all(value >= 0 for value in row), (table, row)
    assert (
        connection.execute(
            "SELECT document_id, product, lot, act, sum(shown), sum(packs), sum(units), sum(cases) FROM progress"
            " GROUP BY document_id, product, lot, act ORDER BY 1, 2, 3, 4"
        ).fetchall()
        == connection.execute("SELECT * FROM progress_sum ORDER BY 1, 2, 3, 4").fetchall()
    )
    before = {table: told.rows(table) for table in ("progress", "progress_sum", "progress_end")}
    assert told.store.documents.agrees(told.chain())
    told.store.documents.rebuild(told.chain())
    assert {table: told.rows(table) for table in before} == before
    assert told.store.documents.agrees(told.chain())
