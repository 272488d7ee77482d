"""Every cell of state, event and flag: what the rules answer when the person has answered everything.

The table is written out by hand from the rules of the field. An answer is the state that the pack comes to, `again`
for what had happened already, or `no` with the reason that stands first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.approval import Approval
from ledger.capture import Outcome
from ledger.catalog import Product
from ledger.codes.identify import identify
from ledger.event import ABOUT_PACKS, EventKind
from ledger.gather import gather
from ledger.pack import TRANSITIONS, State
from ledger.recalls import Recall
from ledger.rules import decide
from ledger.situation import Accept, Intent, Refuse, Repeat
from ledger.store import Store
from tests.ledger.counter import GTIN, TODAY, Counter, gs1

K = EventKind
OURS, THEIRS = "9521999000006", "9521999000013"
CASE = "00095212340000000013"
PACK = gs1("S1", "261231")
FLAGS = ("none", "expired", "recalled", "suspended")
ANSWERS: dict[str, object] = {"reason": "r", "second": "op-2", "partner": THEIRS, "place": "B-2"}

ROADS: dict[State, tuple[tuple[EventKind, dict[str, object]], ...]] = {
    State.UNKNOWN: (),
    State.IN_STOCK: ((K.RECEIVE, {}),),
    State.OPENED: ((K.RECEIVE, {}), (K.DISPENSE, {"quantity": 2, "units": 10})),
    State.DISPENSED: ((K.RECEIVE, {}), (K.DISPENSE, {})),
    State.QUARANTINED: ((K.RECEIVE, {}), (K.QUARANTINE, {})),
    State.IN_TRANSIT: ((K.RECEIVE, {}), (K.TRANSFER_OUT, {})),
    State.RETURNED: ((K.RECEIVE, {}), (K.SUPPLIER_RETURN, {})),
    State.DESTROYED: ((K.RECEIVE, {}), (K.DESTROY, {})),
    State.LOST: ((K.RECEIVE, {}), (K.COUNT, {"missing": True})),
}
"""How a pack comes to each state."""


def bring(counter: Counter, state: State, flag: str) -> None:
    """A pack in the state, and whatever the flag stands for happening afterwards."""
    approval = Approval("AP-1", GTIN, OURS, TODAY - timedelta(days=9), TODAY + timedelta(days=900))
    theirs = Approval("AP-2", GTIN, THEIRS, approval.valid_from, approval.valid_to)
    papers = (approval, theirs)
    counter.store(lambda store: store.catalog.load([Product(GTIN, "药", "drug", needs_approval=True)]))
    for paper in papers:
        counter.store(lambda store, p=paper: store.documents.put(p))
    for kind, answers in ROADS[state]:
        answer = counter.scan(PACK, kind, **(ANSWERS | answers))
        assert answer.outcome is Outcome.ACCEPTED, (kind, answer.problems)
    counter.time += timedelta(minutes=30)
    if flag == "expired":
        counter.time += timedelta(days=60)
    elif flag == "recalled":
        counter.store(lambda store: store.recalls.put(Recall("RC-1", GTIN, lot="L1", day=TODAY)))
    elif flag == "suspended":
        for paper in papers:
            counter.store(lambda store, p=paper: store.documents.put(replace(p, suspended=True)))


def cell(store: Store, counter: Counter, state: State, kind: EventKind) -> str:
    """What the rules answer, without anything being saved."""
    part = 1 if state is State.OPENED and kind in (K.DISPENSE, K.RETURN) else None
    intent = Intent(
        kind,
        "op-1",
        quantity=part,
        parent=identify(CASE),
        label=identify(gs1("OTHER", "261231")),
        **(ANSWERS | {"place": "C-3"}),  # type: ignore[arg-type]
    )
    moment = counter.clock.now(store.head.at)
    situation = gather(store, counter.workplace.policy, OURS, identify(PACK), intent, moment)
    assert situation.state is state
    decision = decide(situation, intent)
    match decision:
        case Accept(packs):
            assert packs[0].state in TRANSITIONS[state, kind], (
                "a rule never allows what the table does not know"
            )
            return packs[0].state
        case Repeat():
            return "again"
        case Refuse(problems):
            return f"no {problems[0].code}"
    return f"asks {', '.join(decision.needs)}"


# One line a state: the answer whatever the flag, or one each for no flag, expired, recalled, approval suspended.
TABLE = """
count
    destroyed   no count_not_here
    dispensed   no count_not_here
    in_stock    in_stock
    in_transit  no count_not_here
    lost        in_stock | quarantined | quarantined | in_stock
    opened      opened
    quarantined quarantined
    returned    no count_not_here
    unknown     in_stock | quarantined | quarantined | in_stock
destroy
    destroyed   again
    dispensed   no not_in_stock
    in_stock    destroyed
    in_transit  no not_in_stock
    lost        no not_in_stock
    opened      destroyed
    quarantined destroyed
    returned    no not_in_stock
    unknown     no not_in_stock
dispense
    destroyed   no pack_destroyed
    dispensed   no already_dispensed_by_you
    in_stock    dispensed | no expired | no recalled | no approval_suspended
    in_transit  no pack_in_transit
    lost        no pack_lost
    opened      opened | no expired | no recalled | no approval_suspended
    quarantined no pack_quarantined
    returned    no pack_returned
    unknown     dispensed | no expired | no recalled | no approval_suspended
label
    destroyed   no not_in_stock
    dispensed   no not_in_stock
    in_stock    in_stock
    in_transit  no not_in_stock
    lost        no not_in_stock
    opened      opened
    quarantined quarantined
    returned    no not_in_stock
    unknown     no not_in_stock
move
    destroyed   no not_in_stock
    dispensed   no not_in_stock
    in_stock    in_stock
    in_transit  no not_in_stock
    lost        no not_in_stock
    opened      opened
    quarantined quarantined
    returned    no not_in_stock
    unknown     no not_in_stock
pack
    destroyed   no not_in_stock
    dispensed   no not_in_stock
    in_stock    in_stock
    in_transit  no not_in_stock
    lost        no not_in_stock
    opened      no opened_stays
    quarantined no pack_quarantined
    returned    no not_in_stock
    unknown     no not_in_stock
quarantine
    destroyed   no not_in_stock
    dispensed   no quarantine_dispensed
    in_stock    quarantined
    in_transit  no not_in_stock
    lost        no not_in_stock
    opened      quarantined
    quarantined again
    returned    no not_in_stock
    unknown     quarantined
receive
    destroyed   no received_after_destroy_by_you
    dispensed   no received_after_dispense_by_you
    in_stock    again
    in_transit  no received_in_transit
    lost        no received_lost_by_you
    opened      again
    quarantined again
    returned    in_stock | quarantined | quarantined | in_stock
    unknown     in_stock | quarantined | quarantined | in_stock
release
    destroyed   no release_not_quarantined
    dispensed   no release_not_quarantined
    in_stock    no release_not_quarantined
    in_transit  no release_not_quarantined
    lost        no release_not_quarantined
    opened      no release_not_quarantined
    quarantined in_stock | no release_expired | no recalled | in_stock
    returned    no release_not_quarantined
    unknown     no release_not_quarantined
return
    destroyed   no return_not_dispensed
    dispensed   quarantined
    in_stock    no return_not_dispensed
    in_transit  no return_not_dispensed
    lost        no return_not_dispensed
    opened      opened
    quarantined no return_not_dispensed
    returned    no return_not_dispensed
    unknown     no return_not_dispensed
supplier_return
    destroyed   no not_in_stock
    dispensed   no not_in_stock
    in_stock    returned
    in_transit  no not_in_stock
    lost        no not_in_stock
    opened      returned
    quarantined returned
    returned    again
    unknown     no not_in_stock
transfer_in
    destroyed   no received_after_destroy_by_you
    dispensed   no received_after_dispense_by_you
    in_stock    again
    in_transit  in_stock | quarantined | quarantined | in_stock
    lost        no received_lost_by_you
    opened      again
    quarantined again
    returned    no transfer_of_returned
    unknown     in_stock | quarantined | quarantined | in_stock
transfer_out
    destroyed   no not_in_stock
    dispensed   no not_in_stock
    in_stock    in_transit | no transfer_expired | no recalled | no approval_suspended
    in_transit  again
    lost        no not_in_stock
    opened      no opened_stays
    quarantined no pack_quarantined
    returned    no not_in_stock
    unknown     no not_in_stock
undo
    destroyed   no nothing_to_undo
    dispensed   in_stock | quarantined | quarantined | in_stock
    in_stock    no nothing_to_undo
    in_transit  no nothing_to_undo
    lost        no nothing_to_undo
    opened      in_stock | quarantined | quarantined | in_stock
    quarantined no nothing_to_undo
    returned    no nothing_to_undo
    unknown     no nothing_to_undo
unpack
    destroyed   no not_in_stock
    dispensed   no not_in_stock
    in_stock    no not_packed
    in_transit  no not_in_stock
    lost        no not_in_stock
    opened      no not_packed
    quarantined no not_packed
    returned    no not_in_stock
    unknown     no not_in_stock
void
    destroyed   in_stock
    dispensed   in_stock
    in_stock    unknown
    in_transit  in_stock
    lost        in_stock
    opened      in_stock
    quarantined in_stock
    returned    in_stock
    unknown     no nothing_to_void
"""


def expected() -> dict[tuple[str, str, str], str]:
    """(kind, state, flag) -> the answer."""
    found: dict[tuple[str, str, str], str] = {}
    kind = ""
    for line in TABLE.strip().splitlines():
        if not line.startswith(" "):
            kind = line
            continue
        state, _, said = line.strip().partition(" ")
        answers = [one.strip() for one in said.split("|")]
        for flag, answer in zip(FLAGS, answers if len(answers) > 1 else answers * len(FLAGS), strict=True):
            found[kind, state, flag] = answer
    return found


EXPECTED = expected()


@pytest.fixture(scope="module", params=[(state, flag) for state in State for flag in FLAGS], ids="-".join)
def standing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Counter, State, str]]:
    """One ledger for each state and flag."""
    state, flag = request.param
    counter = Counter(Path(tmp_path_factory.mktemp("cells")) / "home")
    counter.workplace = replace(counter.workplace, institution=OURS)
    bring(counter, state, flag)
    yield counter, state, flag
    counter.close()


@pytest.mark.parametrize("kind", sorted(ABOUT_PACKS))
def test_every_cell(standing: tuple[Counter, State, str], kind: EventKind) -> None:
    counter, state, flag = standing
    got = counter.writer.run(lambda store: cell(store, counter, state, kind))
    assert got == EXPECTED[kind, state, flag]


def test_the_table_has_every_cell_and_no_other() -> None:
    assert set(EXPECTED) == {(kind, state, flag) for kind in ABOUT_PACKS for state in State for flag in FLAGS}
