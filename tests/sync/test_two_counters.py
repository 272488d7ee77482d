"""Two counters of one site, offline in turns: what one did the other knows after its next visit to the platform."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.capture import Outcome
from ledger.event import EventKind
from ledger.product import Product
from sync.sandbox import Sandbox
from tests.ledger.counter import GTIN
from tests.sync.site import Workstation, assert_whole, gs1

CASE = "sscc:095212340000000013"


def key(serial: str) -> str:
    return f"gs1:{GTIN}/{serial}"


def codes(problems: object) -> list[str]:
    return [one.code for one in problems]  # type: ignore[attr-defined]


def test_the_second_counter_sees_what_the_first_received_and_dispensed(
    pair: tuple[Workstation, Workstation],
) -> None:
    a, b = pair
    a.receive(gs1("S1"))
    a.receive(gs1("S2"))
    a.sync()
    assert b.sync().pulled == 2
    assert (b.state(key("S1")), b.known(key("S1"))) == ("unknown", "in_stock")
    done = b.dispense(gs1("S1"))
    assert done.outcome is Outcome.ACCEPTED
    assert "not_received" not in codes(done.problems)
    b.sync()
    assert a.sync().pulled == 1
    refused = a.dispense(gs1("S1"))
    assert refused.outcome is Outcome.REFUSED
    assert codes(refused.problems)[:1] == ["already_dispensed_by_you"]
    assert a.dispense(gs1("S2")).outcome is Outcome.ACCEPTED
    assert (a.tasks(), b.tasks()) == ([], [])


def test_a_pack_dispensed_there_is_refused_here(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    a.receive(gs1("S1"))
    a.dispense(gs1("S1"), operator="op-7")
    a.sync()
    b.sync()
    refused = b.dispense(gs1("S1"))
    assert refused.outcome is Outcome.REFUSED
    told = dict(refused.problems[0].params)
    assert (refused.problems[0].code, told["operator"]) == ("already_dispensed", "op-7")


def test_a_scan_answered_by_another_ones_record_names_none_of_this_ledger(
    pair: tuple[Workstation, Workstation],
) -> None:
    """Each ledger has numbers of its own: the other one's would name a wrong record here, or none at all."""
    a, b = pair
    a.receive(gs1("S0"))
    a.receive(gs1("S1"))
    a.sync()
    b.sync()
    assert b.receive(gs1("S1")).outcome is Outcome.REPEATED
    assert b.receive(gs1("S2")).outcome is Outcome.ACCEPTED
    assert b.receive(gs1("S2")).outcome is Outcome.REPEATED
    own = b.of(lambda store: store.look_up(key("S2")).last_seq)
    assert b.of(lambda store: [scan.seq for _, scan, _ in store.scans()]) == [None, own, own]


def test_what_one_dispensed_the_other_takes_back(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    a.receive(gs1("S1"))
    a.dispense(gs1("S1"))
    a.sync()
    b.sync()
    undone = b.scan(gs1("S1"), EventKind.UNDO)
    assert undone.outcome is Outcome.ACCEPTED
    assert b.known(key("S1")) == "in_stock"
    b.sync()
    a.sync()
    assert a.known(key("S1")) == "in_stock"
    assert a.dispense(gs1("S1")).outcome is Outcome.ACCEPTED
    a.sync()
    b.sync()
    returned = b.scan(gs1("S1"), EventKind.RETURN, reason="unused")
    assert returned.outcome is Outcome.ACCEPTED
    b.sync()
    a.sync()
    assert a.known(key("S1")) == b.known(key("S1")) == "quarantined"


def test_a_double_dispense_while_both_were_offline_converges_and_is_a_task_at_both(
    pair: tuple[Workstation, Workstation],
) -> None:
    a, b = pair
    a.receive(gs1("S1"))
    a.sync()
    b.sync()
    assert a.dispense(gs1("S1")).outcome is Outcome.ACCEPTED
    b.later(minutes=5)
    assert b.dispense(gs1("S1")).outcome is Outcome.ACCEPTED
    for desk in (a, b, a, b):
        assert desk.sync().why == ""
    assert a.tasks() == b.tasks() == [("double_dispense", key("S1"))]
    assert a.known(key("S1")) == b.known(key("S1")) == "dispensed"
    # The wrong record is declared wrong by the one who made it: both come to the same end again.
    assert b.scan(gs1("S1"), EventKind.VOID, reason="did_not_occur").outcome is Outcome.ACCEPTED
    assert b.known(key("S1")) == "dispensed"
    b.sync()
    a.sync()
    assert a.known(key("S1")) == "dispensed"
    assert a.tasks() == [("double_dispense", key("S1"))]


def test_the_other_one_s_record_cannot_be_voided_here(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    a.receive(gs1("S1"))
    a.sync()
    b.sync()
    refused = b.scan(gs1("S1"), EventKind.VOID, reason="did_not_occur")
    assert (refused.outcome, codes(refused.problems)) == (Outcome.REFUSED, ["nothing_to_void"])


def test_a_void_there_gives_back_here_what_was_before(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    a.receive(gs1("S1"))
    a.dispense(gs1("S1"))
    a.sync()
    b.sync()
    assert b.known(key("S1")) == "dispensed"
    a.scan(gs1("S1"), EventKind.VOID, reason="did_not_occur")
    a.sync()
    b.sync()
    assert b.known(key("S1")) == "in_stock"
    assert b.dispense(gs1("S1")).outcome is Outcome.ACCEPTED


def test_an_undone_dispense_of_a_pack_that_was_never_received_leaves_it_unknown_there_too(
    pair: tuple[Workstation, Workstation],
) -> None:
    a, b = pair
    a.receive(gs1("S1"))
    a.scan(gs1("S1"), EventKind.VOID, reason="did_not_occur")
    assert a.dispense(gs1("S1"), reason="other").outcome is Outcome.ACCEPTED
    a.scan(gs1("S1"), EventKind.UNDO)
    a.sync()
    b.sync()
    assert a.known(key("S1")) == b.known(key("S1")) == "unknown"
    assert "not_received" in codes(b.dispense(gs1("S1")).problems)


def test_units_of_an_opened_pack_are_counted_over_both_counters(
    pair: tuple[Workstation, Workstation],
) -> None:
    a, b = pair
    a.receive(gs1("S1"))
    assert a.dispense(gs1("S1"), quantity=3, units=10).outcome is Outcome.ACCEPTED
    a.sync()
    b.sync()
    assert b.remaining(key("S1")) == 7
    assert b.dispense(gs1("S1"), quantity=8).outcome is Outcome.REFUSED
    assert b.dispense(gs1("S1"), quantity=4).outcome is Outcome.ACCEPTED
    assert a.dispense(gs1("S1"), quantity=2).outcome is Outcome.ACCEPTED  # not knowing of the four
    for desk in (b, a, b):
        desk.sync()
    assert a.remaining(key("S1")) == b.remaining(key("S1")) == 1
    assert (a.tasks(), b.tasks()) == ([], [])


def test_goods_without_serial_are_one_heap_for_the_site(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    code, heap = f"01{GTIN}1728013110LOT9", f"heap:{GTIN}/LOT9"
    a.scan(code, EventKind.RECEIVE, quantity=10)
    a.sync()
    b.sync()
    assert b.remaining(heap) == 10
    b.dispense(code, quantity=3)
    a.dispense(code, quantity=2)
    for desk in (a, b, a, b):
        desk.sync()
    assert a.remaining(heap) == b.remaining(heap) == 5
    b.dispense(code, quantity=5)
    assert b.dispense(code, quantity=1).outcome is Outcome.REFUSED


def test_goods_without_serial_set_apart_here_are_off_the_shelf_there(
    pair: tuple[Workstation, Workstation],
) -> None:
    a, b = pair
    code, heap = f"01{GTIN}1728013110LOT9", f"heap:{GTIN}/LOT9"
    a.scan(code, EventKind.RECEIVE, quantity=10)
    a.scan(code, EventKind.QUARANTINE, quantity=4, reason="damaged")
    a.scan(code, EventKind.DISPENSE, quantity=3)
    a.scan(code, EventKind.RETURN, quantity=2, reason="unused")
    a.sync()
    b.sync()
    assert [desk.remaining(heap) for desk in pair] == [3, 3]
    assert [desk.remaining(f"{heap}#quarantine") for desk in pair] == [6, 6]
    sent = a.of(
        lambda store: [json.loads(row[0]) for row in store.connection.execute("SELECT payload FROM outbox")]
    )
    assert [one["quantityList"][0]["quantity"] for one in sent] == [10, 4, 3, 2]


def test_the_first_to_expire_is_looked_for_on_both_shelves(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    a.receive(gs1("S1", expiry="270131", lot="OLD"))
    b.receive(gs1("S2", expiry="280131", lot="NEW"))
    a.sync()
    b.sync()
    told = b.dispense(gs1("S2", expiry="280131", lot="NEW"))
    assert "fefo" in codes(told.problems)
    a.dispense(gs1("S1", expiry="270131", lot="OLD"))
    a.sync()
    b.sync()
    b.receive(gs1("S3", expiry="280131", lot="NEW"))
    assert "fefo" not in codes(b.dispense(gs1("S3", expiry="280131", lot="NEW")).problems)


def test_a_quarantine_here_stops_the_counter_there(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    a.receive(gs1("S1"))
    a.scan(gs1("S1"), EventKind.QUARANTINE, reason="damaged")
    a.receive(gs1("S2"), damaged="damaged")
    a.sync()
    b.sync()
    for serial in ("S1", "S2"):
        refused = b.dispense(gs1(serial))
        assert (refused.outcome, codes(refused.problems)[0]) == (Outcome.REFUSED, "pack_quarantined"), serial


def test_a_case_and_its_packs_are_known_over_there(
    pair: tuple[Workstation, Workstation], sandbox: Sandbox
) -> None:
    a, b = pair
    sandbox.publish(
        "trees",
        [
            {
                "id": CASE,
                "lines": [{"code": key(f"S{n}"), "lot": "L1", "expiry": "2028-01-31"} for n in range(4)],
            }
        ],
    )
    a.sync()
    a.scan("00095212340000000013", EventKind.RECEIVE)
    a.sync()
    b.sync()
    assert [pack.key for pack in b.of(lambda store: store.site.inside(CASE))] == [
        key(f"S{n}") for n in range(4)
    ]
    assert b.dispense(gs1("S2")).outcome is Outcome.ACCEPTED
    again = b.scan("00095212340000000013", EventKind.RECEIVE)
    assert again.outcome is Outcome.REPEATED


def test_another_label_is_known_over_there(pair: tuple[Workstation, Workstation]) -> None:
    from ledger.codes.identify import identify

    a, b = pair
    a.receive(gs1("S1"))
    a.scan(gs1("S1"), EventKind.LABEL, label=identify("83386520001941653320"))
    a.sync()
    b.sync()
    assert b.known("cn20:83386520001941653320") == "in_stock"
    assert b.dispense("83386520001941653320").outcome is Outcome.ACCEPTED
    assert b.dispense(gs1("S1"), operator="op-2").outcome is Outcome.REFUSED


def test_a_prescription_filled_there_is_filled_here(
    pair: tuple[Workstation, Workstation], sandbox: Sandbox
) -> None:
    a, b = pair
    patient = "6f1c9b1e-0d0f-4a52-9c8e-1d7f0c1a2b3c"
    sandbox.publish("prescriptions", [{"id": "RX-1", "patient": patient, "product": GTIN, "quantity": 1}])
    for serial in ("S1", "S2"):
        a.receive(gs1(serial))
    assert a.sync().why == ""
    assert a.dispense(gs1("S1"), document="RX-1").outcome is Outcome.ACCEPTED
    a.sync()
    b.sync()
    asked = b.dispense(gs1("S2"), document="RX-1")
    assert (asked.outcome, codes(asked.problems)[:1]) == (Outcome.ASKED, ["prescription_filled"])
    a.scan(gs1("S1"), EventKind.UNDO)
    a.sync()
    b.sync()
    assert b.dispense(gs1("S2"), document="RX-1").outcome is Outcome.ACCEPTED


def test_the_story_of_a_pack_is_told_at_both_counters(pair: tuple[Workstation, Workstation]) -> None:
    from ledger.dossier import ELSEWHERE, dossier

    a, b = pair
    a.receive(gs1("S1"))
    a.sync()
    b.sync()
    b.later(minutes=1)
    b.dispense(gs1("S1"))
    found = b.of(lambda store: dossier(store, key("S1")))
    assert found is not None and found.pack is not None
    told = [(one.event.kind.value, one.delivery == ELSEWHERE) for one in found.chapters]
    assert told == [("receive", True), ("adopted", False), ("dispense", False)]
    assert found.records == (1, 2)


def test_units_that_come_back_there_are_not_back_on_the_shelf_here(
    pair: tuple[Workstation, Workstation],
) -> None:
    a, b = pair
    a.receive(gs1("S1"))
    a.dispense(gs1("S1"), quantity=3, units=10)
    a.scan(gs1("S1"), EventKind.RETURN, quantity=2, reason="unused")
    a.sync()
    b.sync()
    assert [desk.remaining(key("S1")) for desk in pair] == [7, 7]


def test_events_of_another_site_are_none_of_ours(tmp_path: Path, sandbox: Sandbox) -> None:
    here = Workstation(tmp_path / "here", sandbox.url)
    there = Workstation(tmp_path / "there", sandbox.url, gln="9521999000020")
    try:
        there.receive(gs1("S1"))
        there.sync()
        assert here.sync().pulled == 0
        assert here.known(key("S1")) == "unknown"
    finally:
        here.close()
        there.close()


def test_a_lost_ledger_learns_from_the_platform_what_it_did_itself(tmp_path: Path, sandbox: Sandbox) -> None:
    """A restored backup does not dispense twice what it had dispensed after the backup."""
    import shutil

    a = Workstation(tmp_path / "a", sandbox.url)
    a.receive(gs1("S1"))
    a.close()
    shutil.copytree(tmp_path / "a", tmp_path / "kept")
    a = Workstation(tmp_path / "a", sandbox.url)
    a.dispense(gs1("S1"))
    a.sync()
    a.close()
    shutil.rmtree(tmp_path / "a")
    shutil.copytree(tmp_path / "kept", tmp_path / "a")
    (tmp_path / "a" / "ledger.head").unlink()
    a = Workstation(tmp_path / "a", sandbox.url)
    try:
        assert a.state(key("S1")) == "in_stock"
        a.sync()
        assert a.known(key("S1")) == "dispensed"
        assert a.dispense(gs1("S1"), operator="op-3").outcome is Outcome.REFUSED
    finally:
        assert_whole(a)
        a.close()


def test_a_token_that_expires_between_pages_loses_nothing(
    pair: tuple[Workstation, Workstation], sandbox: Sandbox
) -> None:
    a, b = pair
    for number in range(250):
        a.receive(gs1(f"S{number}"))
    a.sync()
    sandbox.arm("page-expired")
    assert b.sync().pulled == 250
    assert b.packs_told() == 250


def test_hearing_everything_again_changes_nothing(pair: tuple[Workstation, Workstation]) -> None:
    from ledger.pulled import Cursor

    a, b = pair
    a.receive(gs1("S1"))
    a.dispense(gs1("S1"))
    a.sync()
    b.sync()
    b.of(lambda store: store.pulled.move(Cursor("events")))
    assert b.sync().pulled == 0
    assert b.known(key("S1")) == "dispensed"


@pytest.mark.parametrize(
    "kind", [EventKind.COUNT, EventKind.DESTROY, EventKind.SUPPLIER_RETURN, EventKind.TRANSFER_OUT]
)
def test_a_dispense_of_what_was_gone_at_the_other_counter_can_be_taken_back(
    pair: tuple[Workstation, Workstation], kind: EventKind
) -> None:
    a, b = pair
    a.receive(gs1("S1"))
    a.sync()
    b.sync()
    a.later(hours=1)
    answers: dict[str, object] = {"reason": "r", "missing": kind is EventKind.COUNT}
    gone = a.scan(gs1("S1"), kind, second="op-2", partner="9521999000013", **answers)
    assert gone.outcome is Outcome.ACCEPTED
    b.later(hours=2)
    assert b.dispense(gs1("S1")).outcome is Outcome.ACCEPTED
    for desk in (a, b, a):
        desk.sync()
    assert (a.known(key("S1")), b.known(key("S1"))) == ("dispensed", "dispensed")
    b.later(hours=1)
    back = b.scan(gs1("S1"), EventKind.UNDO)
    assert back.outcome is Outcome.ACCEPTED and "undone_unsure_to_quarantine" in codes(back.problems)
    assert b.known(key("S1")) == "quarantined"


def test_a_pack_opened_there_is_open_too_long_here(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    for desk in pair:
        desk.of(
            lambda store: store.catalog.put(Product(GTIN, "滴眼液", "Drops", pack_size=10, opened_days=7))
        )
    a.receive(gs1("S1"))
    assert a.dispense(gs1("S1"), quantity=2).outcome is Outcome.ACCEPTED
    a.sync()
    b.sync()
    for desk in pair:
        desk.later(days=7)
    assert b.dispense(gs1("S1"), quantity=1, reason="r").outcome is Outcome.ACCEPTED
    for desk in pair:
        desk.later(days=1)
    for desk in pair:
        late = desk.dispense(gs1("S1"), quantity=2, reason="r")
        assert (late.outcome, codes(late.problems)[:1]) == (Outcome.REFUSED, ["opened_too_long"])
