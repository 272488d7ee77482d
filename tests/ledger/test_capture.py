"""The walk of one scan, on real files: each rule by name, and random walks that must leave a whole ledger."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.audit import audit, check
from ledger.capture import Captured, Outcome
from ledger.event import EventKind
from ledger.pack import State
from ledger.situation import Policy
from tests.ledger.counter import CN20, NOON, Counter, gs1, rows


def problems(answer: Captured) -> set[str]:
    return {problem.code for problem in answer.problems} - {"no_document", "product_unknown"}


def state_of(counter: Counter, answer: Captured) -> State:
    pack = counter.store(lambda store: store.look_up(answer.key))
    return pack.state if pack else State.UNKNOWN  # type: ignore[attr-defined]


def test_a_pack_is_received_and_then_dispensed(counter: Counter) -> None:
    received = counter.receive(gs1())
    assert (received.outcome, received.verdict, received.key) == (
        "accepted",
        "provisional",
        "gs1:09521234000013/S1",
    )
    assert received.event is not None
    assert received.event.seq == 1
    assert received.event.packs[0].lot == "L1"
    assert received.event.packs[0].expiry == date(2028, 1, 31)
    assert state_of(counter, received) is State.IN_STOCK
    counter.time += timedelta(hours=1)
    dispensed = counter.dispense(gs1(), document="RX-1")
    assert dispensed.outcome is Outcome.ACCEPTED
    assert state_of(counter, dispensed) is State.DISPENSED
    assert check_now(counter)


def test_received_twice_is_answered_kindly_with_the_original(counter: Counter) -> None:
    first = counter.receive(gs1())
    counter.time += timedelta(hours=3)
    again = counter.receive(gs1())
    assert again.outcome is Outcome.REPEATED
    assert again.event is not None and first.event is not None
    assert (again.event.event_id, again.event.seq) == (first.event.event_id, 1)
    assert dict(again.problems[0].params)["time"] == "12:00"
    assert again.problems[0].code == "already_received_by_you"
    other = counter.receive(gs1(), operator="op-2")
    assert other.problems[0].code == "already_received"
    assert counter.store(lambda store: store.head.seq) == 1


def test_the_same_pack_in_another_form_of_its_code_is_the_same_pack(counter: Counter) -> None:
    counter.receive(gs1())
    link = "https://id.gs1.org/01/09521234000013/10/L1/21/S1?17=280131"
    assert counter.receive(link).outcome is Outcome.REPEATED
    assert counter.receive("]d2" + gs1()).outcome is Outcome.REPEATED


def test_case_of_a_serial_counts(counter: Counter) -> None:
    assert counter.receive(gs1("abc")).outcome is Outcome.ACCEPTED
    assert counter.receive(gs1("ABC")).outcome is Outcome.ACCEPTED


def test_expired_delivery_goes_into_quarantine_and_is_not_dispensed(counter: Counter) -> None:
    answer = counter.receive(gs1(expiry="261119"))
    assert answer.outcome is Outcome.ACCEPTED
    assert problems(answer) == {"expired_to_quarantine"}
    assert state_of(counter, answer) is State.QUARANTINED
    stop = counter.dispense(gs1(expiry="261119"))
    assert stop.outcome is Outcome.REFUSED
    assert "pack_quarantined" in problems(stop)
    assert stop.verdict == "stop"


def test_a_pack_is_good_through_its_last_day(counter: Counter) -> None:
    text = gs1(expiry="261120")
    assert counter.receive(text).outcome is Outcome.ACCEPTED
    assert counter.dispense(text, reason="checked").outcome is Outcome.ACCEPTED


def test_day_00_is_good_through_the_last_day_of_the_month(counter: Counter) -> None:
    text = gs1(expiry="261100")
    counter.receive(text)
    counter.time += timedelta(days=10)  # 30 November
    assert counter.dispense(text, reason="checked").outcome is Outcome.ACCEPTED


def test_expired_pack_stops_at_the_counter(counter: Counter) -> None:
    counter.receive(gs1(expiry="261125"))
    counter.time += timedelta(days=6)
    answer = counter.dispense(gs1(expiry="261125"), reason="whatever")
    assert answer.outcome is Outcome.REFUSED
    assert problems(answer) == {"expired"}


def test_near_expiry_asks_for_a_reason_at_the_counter_and_is_noted_on_arrival(counter: Counter) -> None:
    text = gs1(expiry="261215")
    received = counter.receive(text)
    assert received.outcome is Outcome.ACCEPTED
    assert "near_expiry" in problems(received)
    asked = counter.dispense(text)
    assert (asked.outcome, asked.needs, asked.event, asked.verdict) == ("asked", ("reason",), None, None)
    told = counter.dispense(text, reason="patient needs it this week")
    assert told.outcome is Outcome.ACCEPTED
    assert told.event is not None
    assert told.event.reason == "patient needs it this week"
    assert "near_expiry" in told.event.flags


def test_policy_decides_how_much_near_expiry_weighs(tmp_path: Path) -> None:
    for word, outcome in (("note", Outcome.ACCEPTED), ("stop", Outcome.REFUSED)):
        counter = Counter(tmp_path / word, Policy(near_expiry=word))
        try:
            counter.receive(gs1(expiry="261215"))
            assert counter.dispense(gs1(expiry="261215")).outcome is outcome
        finally:
            counter.close()


def test_unknown_pack_at_the_counter_asks_for_a_reason(counter: Counter) -> None:
    asked = counter.dispense(gs1())
    assert asked.outcome is Outcome.ASKED
    assert problems(asked) == {"not_received"}
    told = counter.dispense(gs1(), reason="borrowed from ward 3")
    assert told.outcome is Outcome.ACCEPTED
    assert told.event is not None
    assert told.event.flags == ("not_received",)


def test_dispensed_pack_is_not_dispensed_again(counter: Counter) -> None:
    counter.receive(gs1())
    counter.dispense(gs1())
    double = counter.dispense(gs1())
    assert double.outcome is Outcome.REPEATED  # the same hand, a moment later
    counter.time += timedelta(minutes=3)
    later = counter.dispense(gs1())
    assert later.outcome is Outcome.REFUSED
    assert problems(later) == {"already_dispensed_by_you"}
    other = counter.dispense(gs1(), operator="op-2")
    assert problems(other) == {"already_dispensed"}


def test_same_prescription_scanned_again_is_the_same_dispense_at_any_time(counter: Counter) -> None:
    counter.receive(gs1())
    counter.dispense(gs1(), document="RX-1")
    counter.time += timedelta(hours=2)
    assert counter.dispense(gs1(), document="RX-1").outcome is Outcome.REPEATED
    assert counter.dispense(gs1(), document="RX-2").outcome is Outcome.REFUSED


def test_dispensed_pack_is_not_received_again(counter: Counter) -> None:
    counter.receive(gs1())
    counter.dispense(gs1())
    answer = counter.receive(gs1())
    assert answer.outcome is Outcome.REFUSED
    assert problems(answer) == {"received_after_dispense_by_you"}


def test_code_without_expiry_asks_once_per_product_and_lot(counter: Counter) -> None:
    asked = counter.receive(CN20)
    assert asked.outcome is Outcome.ASKED
    assert asked.needs == ("lot", "expiry")
    told = counter.receive(CN20, lot="1AK2003", expiry=date(2028, 8, 1))
    assert told.outcome is Outcome.ACCEPTED
    assert told.event is not None
    assert (told.event.packs[0].lot, told.event.packs[0].entry) == ("1AK2003", "manual")
    second = counter.receive("83386520009991653320", lot="1AK2003")
    assert second.outcome is Outcome.ACCEPTED
    assert second.event is not None
    assert second.event.packs[0].expiry == date(2028, 8, 1)
    assert counter.receive("83386520008881653320", lot="OTHER").outcome is Outcome.ASKED
    assert counter.dispense(CN20).outcome is Outcome.ACCEPTED


def test_unknown_expiry_can_be_received_for_a_reason_but_not_dispensed(counter: Counter) -> None:
    assert counter.receive(CN20, reason="label torn").outcome is Outcome.ACCEPTED
    asked = counter.dispense(CN20, reason="no")
    assert asked.outcome is Outcome.ASKED
    assert asked.needs == ("expiry",)
    assert counter.dispense(CN20, expiry=date(2027, 1, 31)).outcome is Outcome.ACCEPTED


def test_typed_lot_or_expiry_that_differs_from_the_code_stops(counter: Counter) -> None:
    assert problems(counter.receive(gs1(), lot="L2")) == {"lot_differs"}
    assert problems(counter.receive(gs1(), expiry=date(2028, 1, 30))) == {"expiry_differs"}


def test_code_that_differs_from_the_record_of_its_receipt_stops(counter: Counter) -> None:
    counter.receive(gs1())
    assert "lot_differs_from_record" in problems(counter.dispense(gs1(lot="L2")))
    assert "expiry_differs_from_record" in problems(counter.dispense(gs1(expiry="290131")))


def test_twin_codes_that_differ_in_check_digits_only_ask(counter: Counter) -> None:
    counter.receive("86092470000000045784", lot="A", expiry=date(2028, 1, 1))
    asked = counter.receive("86092470000000045783", lot="A", expiry=date(2028, 1, 1))
    assert asked.outcome is Outcome.ASKED
    assert "twin_code" in problems(asked)


def test_case_is_received_as_one_unit_and_never_goes_over_the_counter(counter: Counter) -> None:
    case = "00095212340000000013"
    received = counter.receive(case)
    assert received.outcome is Outcome.ACCEPTED
    assert "case_not_expanded" in problems(received)
    stop = counter.dispense(case)
    assert stop.outcome is Outcome.REFUSED
    assert "case_at_counter" in problems(stop)


def test_code_without_serial_is_counted_by_product_and_lot(counter: Counter) -> None:
    lot_only = "01095212340000131728013110L1"
    asked = counter.receive("010952123400001317280131")
    assert (asked.outcome, asked.needs) == ("asked", ("lot",))
    first = counter.receive(lot_only)
    second = counter.receive(lot_only, quantity=5)
    assert [one.outcome for one in (first, second)] == ["accepted", "accepted"], (
        "every deliberate scan counts"
    )
    assert second.event is not None
    assert (second.key, second.event.packs[0].remaining) == ("heap:09521234000013/L1", 6)
    dispensed = counter.dispense(lot_only, quantity=2)
    assert dispensed.event is not None
    assert (dispensed.event.packs[0].remaining, dispensed.event.packs[0].out) == (4, 2)
    assert problems(counter.dispense(lot_only, quantity=5)) >= {"quantity_too_large"}
    assert check_now(counter)


def test_every_raw_scan_is_kept_with_its_outcome(counter: Counter) -> None:
    texts = [gs1(), gs1(), "6925265101481", "\x00\ud800nonsense", CN20, "x" * 10_000]
    for text in texts:
        counter.receive(text)
    kept = counter.store(lambda store: [scan for text in texts[1:] for scan in store.scans_of(text)])
    assert [(scan.outcome, scan.text) for scan in kept] == [  # type: ignore[attr-defined]
        ("accepted", texts[0]),
        ("repeated", texts[1]),
        ("refused", texts[2]),
        ("refused", texts[3]),
        ("asked", texts[4]),
        ("refused", texts[5]),
    ]
    assert all(scan.parser for scan in kept)  # type: ignore[attr-defined]


def test_clock_set_back_does_not_revive_an_expired_pack(counter: Counter) -> None:
    counter.receive(gs1("A", expiry="261125"))
    counter.time += timedelta(days=10)
    counter.receive(gs1("B"))
    counter.time -= timedelta(days=20)
    stop = counter.dispense(gs1("A", expiry="261125"), reason="x")
    assert problems(stop) == {"expired"}
    late = counter.receive(gs1("C"))
    assert late.event is not None
    assert late.event.moment.trust == "suspect"
    counter.time = NOON + timedelta(days=11)
    good = counter.receive(gs1("D"))
    assert good.event is not None
    assert good.event.moment.trust == "wall"


def test_event_and_outbox_and_projection_stand_or_fall_together(counter: Counter) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("cannot be put on the wire")

    counter.workplace = type(counter.workplace)(counter.clock, Policy(), broken)
    with pytest.raises(RuntimeError):
        counter.receive(gs1())
    for table in ("event", "pack", "outbox", "raw_scan"):
        assert counter.store(lambda store, table=table: rows(store, table)) == 0
    assert counter.store(lambda store: store.head.seq) == 0


def check_now(counter: Counter) -> bool:
    finding = counter.writer.run(check)
    return finding.chain_ok and finding.projection_ok


steps = st.tuples(
    st.sampled_from(["receive", "dispense", "tick"]),
    st.sampled_from(["A", "B", "C"]),
    st.sampled_from(["280131", "261119", "261130"]),
    st.sampled_from([None, "reason"]),
    st.sampled_from(["op-1", "op-2"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, max_size=25))
def test_any_sequence_of_scans_leaves_a_whole_ledger(
    walk: list[tuple[str, str, str, str | None, str]],
) -> None:
    with TemporaryDirectory() as folder:
        counter = Counter(Path(folder))
        try:
            accepted = 0
            for verb, serial, expiry, reason, operator in walk:
                if verb == "tick":
                    counter.time += timedelta(hours=1)
                    continue
                kind = EventKind(verb)
                answer = counter.scan(gs1(serial, expiry), kind, reason=reason, operator=operator)
                accepted += answer.outcome is Outcome.ACCEPTED
                again = counter.scan(gs1(serial, expiry), kind, reason=reason, operator=operator)
                if answer.outcome is Outcome.ACCEPTED:
                    assert again.outcome is Outcome.REPEATED
                    assert again.event == answer.event
                assert again.outcome is not Outcome.ACCEPTED
            assert counter.store(lambda store: store.head.seq) == accepted
            assert counter.store(lambda store: rows(store, "outbox")) == accepted
            assert check_now(counter)
        finally:
            counter.close()
        finding = audit(Path(folder))
        assert finding.chain_ok and finding.projection_ok and finding.events == accepted
