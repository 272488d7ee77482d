"""The twelve rules that a person at the counter meets, each with the tests that hold the product to it.

RULES is the list; a test fails when a rule has none, or when one that it names is gone. What a rule asks of
the ledger is tried here, what it asks of scanners and of the window is named where it is tried.
"""

from __future__ import annotations

import importlib
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from desktop.words import LANGUAGES, Words
from ledger.capture import Captured, Outcome, Scanned, capture
from ledger.catalog import Product
from ledger.codes.code import Entry, Severity
from ledger.codes.identify import identify
from ledger.conflicts import platform_says
from ledger.event import DocumentRef, EventKind
from ledger.patients import Patient, masked
from ledger.prescription import Prescription
from ledger.shipment import Line
from ledger.situation import Intent, TakeOut
from tests.ledger.counter import CN20, GTIN, Counter, gs1, intent_of

K = EventKind
CASE = "00095212340000000013"
LOT_ONLY = f"01{GTIN}1728013110L1"
PATIENT = "9a7d1c52-5a36-4e0e-8f2b-2f6f3f0c7d11"

RULES: dict[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "blue info, amber local warning, red local stop, red server alert with the four-step script",
        (
            "test_P5_01_every_answer_has_its_class",
            "test_P5_01_an_alert_of_the_platform_is_a_task_with_the_four_steps",
            "test_P5_01_the_text_names_the_field_that_differs",
            "tests.desktop.test_widgets",
        ),
    ),
    2: (
        "the same code in a short window is a tick; later it is told with time and operator",
        (
            "test_P5_02_the_same_code_again_is_told_kindly_with_time_and_operator",
            "tests.scanner.test_steady.test_a_code_in_view_counts_once_however_long_it_stays",
            "tests.faults.test_restore_delivery",
        ),
    ),
    3: (
        "expired stops; near expiry asks; a month, and day 00, are good through the last day",
        (
            "test_P5_03_expired_stops_and_near_expiry_asks",
            "test_P5_03_month_and_day_00_are_good_through_the_last_day",
            "tests.ledger.test_capture.test_policy_decides_how_much_near_expiry_weighs",
        ),
    ),
    4: (
        "an earlier expiry on the shelf asks; an unknown expiry is never ok",
        ("test_P5_04_earlier_expiry_asks_with_its_lot_and_shelf", "test_P5_04_unknown_expiry_is_never_ok"),
    ),
    5: ("lot or expiry typed otherwise than the code says stops", ("test_P5_05_label_that_differs_stops",)),
    6: (
        "a case counts its packs where they are known, never invents any, and stops at the counter",
        (
            "test_P5_06_case_without_a_tree_is_to_be_expanded_and_stops_at_the_counter",
            "tests.ledger.test_papers.test_case_brings_its_packs_in_one_event_and_each_only_once",
        ),
    ),
    7: (
        "split packs: units are asked once, the rest is told, the last unit closes the pack",
        ("test_P5_07_split_asks_once_and_the_last_unit_closes",),
    ),
    8: (
        "goods without code need a reason and are counted apart",
        (
            "test_P5_08_no_code_needs_a_reason",
            "tests.ledger.tasks.test_heap.test_what_bears_no_code_is_counted_apart",
        ),
    ),
    9: (
        "take-out: more than 4 weeks need assessment and signature, more than 12 stop, an early refill warns",
        (
            "test_P5_09_take_out_over_four_weeks_asks_and_over_twelve_stops",
            "test_P5_09_take_out_says_to_scan_first_and_to_print_the_name",
            "tests.ledger.test_papers.test_early_refill_asks_and_is_recorded_with_its_reason",
        ),
    ),
    10: (
        "typed codes: groups 7-9-4, twice where unknown, marked for the audit; scanners are calibrated",
        (
            "test_P5_10_typed_in_groups_twice_and_marked",
            "tests.ledger.test_typed_codes.test_what_was_typed_otherwise_is_not_taken",
            "tests.scanner.test_calibrate.test_gs_dropped_makes_gs1_codes_suspect",
            "tests.scanner.test_calibrate.test_an_input_method_in_the_way",
        ),
    ),
    11: (
        "never said to be genuine offline",
        ("test_P5_11_nothing_is_called_genuine", "test_P5_11_offline_verdict_says_that_nobody_was_asked"),
    ),
    12: (
        "patient data: minimal, sealed, masked",
        (
            "test_P5_12_patient_is_masked_and_absent_from_the_record",
            "tests.ledger.test_patients.test_what_is_known_is_kept_sealed_and_read_back",
            "tests.desktop.test_log",
        ),
    ),
}


@pytest.mark.parametrize("number", range(1, 13))
def test_every_rule_has_its_tests(number: int) -> None:
    named = RULES[number][1]
    own = [name for name in globals() if name.startswith(f"test_P5_{number:02}_")]
    assert own and set(own) == {name for name in named if name.startswith("test_P5_")}
    for name in named:
        if not name.startswith("tests."):
            continue
        module, _, test = name.rpartition(".")
        if test.startswith("test_") and module.count(".") > 1:
            assert callable(getattr(importlib.import_module(module), test)), name
        else:
            importlib.import_module(name)


def test_no_test_stands_outside_the_table() -> None:
    named = {name for _, names in RULES.values() for name in names}
    assert {name for name in globals() if name.startswith("test_P5_")} <= named


def said(answer: Captured) -> dict[str, Severity]:
    return {problem.code: problem.severity for problem in answer.problems}


def severities(answer: Captured) -> set[Severity]:
    return {problem.severity for problem in answer.problems}


def test_P5_01_every_answer_has_its_class(counter: Counter) -> None:
    noted = counter.receive(gs1("A"))
    assert noted.outcome is Outcome.ACCEPTED and severities(noted) <= {Severity.NOTE}
    asked = counter.dispense(gs1("B"))
    assert asked.outcome is Outcome.ASKED and Severity.WARNING in severities(asked)
    assert Severity.FATAL not in severities(asked)
    refused = counter.dispense(gs1("C", "200101"))
    assert refused.outcome is Outcome.REFUSED and Severity.FATAL in severities(refused)


@pytest.mark.parametrize("language", LANGUAGES)
def test_P5_01_an_alert_of_the_platform_is_a_task_with_the_four_steps(
    counter: Counter, language: str
) -> None:
    answer = counter.receive(gs1("A"))
    assert answer.verdict == "provisional"
    key = answer.key or ""
    counter.writer.run(
        lambda store: platform_says(store, counter.clock, key, confirmed=False, words="serial unknown")
    )
    (task,) = counter.writer.run(lambda store: store.worklist.open_tasks())
    assert task.kind == "contradicted" and task.steps[0] == "quarantine"
    assert counter.writer.run(lambda store: store.worklist.verdict(key)) == "stop"
    script = Words(language).say(f"task_how_{task.kind}")
    assert re.findall(r"(\d)\.", script) == list("1234")
    local, alert = (Words(language).say(code) for code in ("expired", "task_contradicted"))
    assert local != alert, "a local stop and an alert of the platform are told in other words"


def test_P5_01_the_text_names_the_field_that_differs(counter: Counter) -> None:
    counter.receive(gs1("A"))
    for other, code, values in (
        (gs1("A", lot="L2"), "lot_differs_from_record", ("L1", "L2")),
        (gs1("A", "280229"), "expiry_differs_from_record", ("2028-01-31", "2028-02-29")),
    ):
        answer = counter.dispense(other)
        problem = next(one for one in answer.problems if one.code == code)
        for language in LANGUAGES:
            sentence = Words(language).problem(problem)
            assert all(value in sentence for value in values), sentence


def test_P5_02_the_same_code_again_is_told_kindly_with_time_and_operator(counter: Counter) -> None:
    first = counter.receive(gs1("A"))
    counter.time += timedelta(seconds=2)
    again = counter.receive(gs1("A"))
    assert again.outcome is Outcome.REPEATED and again.event == first.event, "no second event"
    assert set(said(again)) == {"already_received_by_you"}
    counter.time += timedelta(hours=3)
    later = counter.receive(gs1("A"), operator="op-2")
    (problem,) = later.problems
    assert problem.code == "already_received"
    told = dict(problem.params)
    assert (told["time"], told["operator"]) == ("12:00", "op-1")
    for language in LANGUAGES:
        sentence = Words(language).problem(problem)
        assert "12:00" in sentence and "op-1" in sentence


def test_P5_03_expired_stops_and_near_expiry_asks(counter: Counter) -> None:
    counter.receive(gs1("A", "261201"))
    asked = counter.dispense(gs1("A", "261201"))
    assert asked.outcome is Outcome.ASKED and "near_expiry" in said(asked)
    counter.time += timedelta(days=12)
    stopped = counter.dispense(gs1("A", "261201"), reason="no other")
    assert stopped.outcome is Outcome.REFUSED and "expired" in said(stopped), "and no reason opens it"


def test_P5_03_month_and_day_00_are_good_through_the_last_day(counter: Counter) -> None:
    counter.receive(gs1("A", "261100"))
    counter.receive(CN20, lot="L1", expiry=date(2026, 11, 30), expiry_precision="month")
    counter.time += timedelta(days=10)
    for text in (gs1("A", "261100"), CN20):
        answer = counter.dispense(text, reason="used today")
        assert answer.outcome is Outcome.ACCEPTED, said(answer)
    counter.receive(gs1("B", "261100"))
    counter.time += timedelta(days=1)
    assert "expired" in said(counter.dispense(gs1("B", "261100"), reason="x"))


def test_P5_04_earlier_expiry_asks_with_its_lot_and_shelf(counter: Counter) -> None:
    counter.receive(gs1("A", "270601", "EARLY"), place="S-3")
    counter.receive(gs1("B", "280131", "LATE"))
    asked = counter.dispense(gs1("B", "280131", "LATE"))
    assert (asked.outcome, asked.needs) == ("asked", ("reason",))
    problem = next(one for one in asked.problems if one.code == "fefo")
    for language in LANGUAGES:
        sentence = Words(language).problem(problem)
        assert all(word in sentence for word in ("EARLY", "2027-06-01", "S-3")), sentence
    done = counter.dispense(gs1("B", "280131", "LATE"), reason="reason_damaged_front")
    assert done.event is not None and "not_first_to_expire" in done.event.flags


def test_P5_04_unknown_expiry_is_never_ok(counter: Counter) -> None:
    counter.receive(CN20, reason="label torn off")
    asked = counter.dispense(CN20, reason="label torn off")
    assert asked.outcome is Outcome.ASKED and "expiry" in asked.needs
    for language, word in (("zh_CN", "效期"), ("en", "xpiry")):
        problem = next(one for one in asked.problems if one.code == "expiry_unknown_dispense")
        assert word in Words(language).problem(problem)


@pytest.mark.parametrize("verb", [K.RECEIVE, K.DISPENSE])
def test_P5_05_label_that_differs_stops(counter: Counter, verb: EventKind) -> None:
    for typed, code in (
        ({"lot": "L2"}, "lot_differs"),
        ({"expiry": date(2029, 1, 1)}, "expiry_differs"),
    ):
        answer = counter.scan(gs1("A"), verb, reason="x", **typed)
        assert answer.outcome is Outcome.REFUSED and said(answer) == {code: Severity.FATAL}


def test_P5_06_case_without_a_tree_is_to_be_expanded_and_stops_at_the_counter(counter: Counter) -> None:
    answer = counter.receive(CASE)
    assert answer.event is not None and "case_not_expanded" in said(answer)
    assert [facts.key for facts in answer.event.packs] == [identify(CASE).key], "no pack was invented"
    assert "待展开" in Words("zh_CN").say("case_not_expanded")
    stopped = counter.dispense(CASE, reason="x")
    assert stopped.outcome is Outcome.REFUSED and "case_at_counter" in said(stopped)


def test_P5_07_split_asks_once_and_the_last_unit_closes(counter: Counter) -> None:
    counter.receive(gs1("A"))
    asked = counter.dispense(gs1("A"), quantity=4)
    assert asked.needs == ("units",)
    opened = counter.dispense(gs1("A"), quantity=4, units=10)
    assert opened.event is not None and "opened" in opened.event.flags
    counter.time += timedelta(minutes=10)
    more = counter.dispense(gs1("A"), quantity=5)
    assert more.event is not None and more.event.packs[0].remaining == 1, "the size is not asked again"
    counter.time += timedelta(minutes=10)
    assert "quantity_too_large" in said(counter.dispense(gs1("A"), quantity=2))
    last = counter.dispense(gs1("A"), quantity=1)
    assert last.event is not None
    assert (last.event.packs[0].remaining, last.event.packs[0].state) == (0, "dispensed")


def test_P5_08_no_code_needs_a_reason(counter: Counter) -> None:
    def scan(kind: EventKind, **answers: object) -> Captured:
        wanted = intent_of(kind, lot="L1", expiry=date(2028, 1, 31), **answers)
        scanned = Scanned("", Entry.MANUAL, product=GTIN)
        return counter.writer.run(lambda store: capture(store, counter.workplace, scanned, wanted))

    for kind in (K.RECEIVE, K.DISPENSE):
        asked = scan(kind)
        assert asked.outcome is Outcome.ASKED and "codeless_reason" in said(asked)
        done = scan(kind, reason="bought before the codes")
        assert done.event is not None and "codeless" in done.event.flags


@pytest.mark.parametrize(
    ("out", "outcome", "code"),
    [
        (TakeOut(4, "F-1", consent=True), "accepted", "take_out_label"),
        (TakeOut(5, "F-1", consent=True), "asked", "take_out_needs_assessment"),
        (TakeOut(5, "F-1", consent=True, assessed=True), "asked", "take_out_needs_assessment"),
        (TakeOut(5, "F-1", consent=True, signed=True), "asked", "take_out_needs_assessment"),
        (TakeOut(12, "F-1", consent=True, assessed=True, signed=True), "accepted", "take_out_label"),
        (TakeOut(13, "F-1", consent=True, assessed=True, signed=True), "refused", "take_out_too_long"),
        (TakeOut(2, "", consent=True), "asked", "take_out_needs_filing"),
        (TakeOut(2, "F-1"), "asked", "take_out_needs_filing"),
    ],
)
@pytest.mark.parametrize("text", [gs1("A"), LOT_ONLY], ids=["serial", "lot"])
def test_P5_09_take_out_over_four_weeks_asks_and_over_twelve_stops(
    counter: Counter, text: str, out: TakeOut, outcome: str, code: str
) -> None:
    counter.receive(text)
    answer = counter.dispense(text, take_out=out)
    assert answer.outcome == outcome and code in said(answer)
    if answer.event is not None:
        assert answer.event.told("filing") == "F-1" and answer.event.told("consent") == "yes"


def test_P5_09_take_out_says_to_scan_first_and_to_print_the_name(counter: Counter) -> None:
    counter.receive(gs1("A"))
    answer = counter.dispense(gs1("A"), take_out=TakeOut(2, "F-1", consent=True))
    problem = next(one for one in answer.problems if one.code == "take_out_label")
    chinese = Words("zh_CN").problem(problem)
    assert "前扫码" in chinese and "姓名标签" in chinese and "name label" in Words("en").problem(problem)


def test_P5_10_typed_in_groups_twice_and_marked(counter: Counter) -> None:
    grouped = f"{CN20[:7]} {CN20[7:16]} {CN20[16:]}"
    label: dict[str, object] = {"lot": "L1", "expiry": date(2028, 1, 31)}
    first = counter.scan(grouped, K.RECEIVE, entry=Entry.MANUAL, **label)
    assert first.needs == ("again",)
    second = counter.scan(CN20, K.RECEIVE, entry=Entry.MANUAL, **label)
    assert second.event is not None and second.event.packs[0].entry == "manual"
    assert "7-9-4" in Words("zh_CN").say("typed_once")


ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_P5_11_nothing_is_called_genuine(language: str) -> None:
    claims = re.compile(
        "真品|正品|保真|防伪通过|(?<!not be )(?<!is not )(?<!not )genuine|authentic", re.IGNORECASE
    )
    for area in sorted((ROOT / "resources" / "words" / language).glob("*.json")):
        found = claims.findall(area.read_text("utf-8"))
        assert not found, f"{area.name}: {found}"


def test_P5_11_offline_verdict_says_that_nobody_was_asked(counter: Counter) -> None:
    assert counter.receive(gs1("A")).verdict == "provisional"
    assert "未联网" in Words("zh_CN").say("verdict_provisional")
    assert "not asked" in Words("en").say("verdict_provisional")


def test_P5_12_patient_is_masked_and_absent_from_the_record(counter: Counter) -> None:
    paper = Prescription("RX-1", (Line(1, GTIN, 1),), PATIENT)
    counter.store(lambda store: store.documents.put(paper))
    counter.store(lambda store: store.catalog.load([Product(GTIN, "药", "drug")]))
    counter.receive(gs1("A"))
    intent = Intent(K.DISPENSE, "op-1", (DocumentRef("prescription", "RX-1"),))
    answer = counter.writer.run(
        lambda store: capture(store, counter.workplace, Scanned(gs1("A"), Entry.WEDGE), intent)
    )
    assert answer.event is not None and PATIENT.encode() not in answer.event.canonical()
    known = Patient("王小明", "1", "460100199001011234", "13800138000")
    shown = masked(known)
    assert not any(value in shown.values() for value in ("王小明", "460100199001011234", "13800138000"))
    assert "王小明" not in repr(known)
