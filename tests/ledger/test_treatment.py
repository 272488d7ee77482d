"""What a patient was given, what of it is still out, what a recall reaches; and how a patient is found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledger.audit import audit
from ledger.capture import Outcome
from ledger.catalog import Product
from ledger.erasure import erase
from ledger.errors import EnvironmentFault
from ledger.event import EventKind
from ledger.importing import load
from ledger.patients import Patient, Patients
from ledger.patientsearch import count, look_at, search
from ledger.recalls import Match, Recall
from ledger.situation import TakeOut
from ledger.store import Store
from ledger.treatment import _BY_SUBJECT, Given, Now, given_to, recalled_with, whose
from tests.ledger.counter import GTIN, NOON, Counter, gs1

PATIENT = "9a7d1c52-5a36-4e0e-8f2b-2f6f3f0c7d11"
OTHER = "00000000-5a36-4e0e-8f2b-2f6f3f0c7d11"
WANG = Patient("王小明", "1", "460100199001011234", "13800138000", "李四")
SMITH = Patient("Anna Smith", "2", "E1234567X")


@pytest.fixture
def served(counter: Counter) -> Counter:
    """Two patients known, one product, five packs on the shelf."""
    counter.store(lambda store: store.catalog.load([Product(GTIN, "单抗", "Mab", "100 mg")]))
    counter.store(lambda store: Patients.of(store).put(PATIENT, WANG))
    counter.store(lambda store: Patients.of(store).put(OTHER, SMITH))
    prescribe(counter, "RX-1", PATIENT)
    for serial in "ABCDE":
        counter.receive(gs1(serial))
    return counter


def prescribe(counter: Counter, number: str, patient: str) -> None:
    item = {"number": number, "patient": patient, "product": GTIN, "quantity": 9}
    report = counter.writer.run(lambda store: load(store, "prescriptions", [item], counter.clock))
    assert not report.bad


def given(counter: Counter, patient: str = PATIENT) -> tuple[Given, ...]:
    return counter.writer.run(lambda store: given_to(store, patient))


def dispense(counter: Counter, serial: str, **intent: object) -> None:
    captured = counter.dispense(gs1(serial), **intent)
    assert captured.outcome is Outcome.ACCEPTED, captured.problems


def test_what_was_given_is_told_by_prescription_and_without_one(served: Counter) -> None:
    out = TakeOut(4, "F-1", True, False, False)
    dispense(served, "A", document="RX-1", take_out=out)
    dispense(served, "B", patient=PATIENT)
    dispense(served, "C", patient=OTHER)
    two, one = given(served)
    assert (one.facts.serial, one.number, one.names, one.spec) == ("A", "RX-1", ("单抗", "Mab"), "100 mg")
    assert one.weeks == 4 and one.lasts_until == (NOON + timedelta(weeks=4, hours=8)).date()
    assert (two.facts.serial, two.number, two.weeks, two.lasts_until) == ("B", "", None, None)
    assert [one.facts.serial for one in given(served, OTHER)] == ["C"]
    assert {one.now for one in (one, two)} == {Now.WITH_PATIENT}


def test_the_commitment_is_found_by_its_index(served: Counter) -> None:
    def plan(store: Store) -> str:
        rows = store.connection.execute(f"EXPLAIN QUERY PLAN {_BY_SUBJECT}", ("x",)).fetchall()
        return " ".join(row[3] for row in rows)

    assert "event_subject" in served.writer.run(plan)


def test_what_came_back_was_undone_or_was_wrong_is_told_apart(served: Counter) -> None:
    for serial in "ABCD":
        dispense(served, serial, patient=PATIENT)
    served.scan(gs1("A"), EventKind.UNDO, reason="wrong_pack")
    served.scan(gs1("B"), EventKind.RETURN, reason="returned_by_patient")
    voided = served.scan(gs1("C"), EventKind.VOID, reason="did_not_occur")
    assert voided.outcome is Outcome.ACCEPTED, voided.problems
    now = {one.facts.serial: one.now for one in given(served)}
    assert now == {"A": Now.UNDONE, "B": Now.RETURNED, "C": Now.VOID, "D": Now.WITH_PATIENT}


def test_the_same_pack_given_again_is_told_as_two(served: Counter) -> None:
    dispense(served, "A", patient=PATIENT)
    served.scan(gs1("A"), EventKind.UNDO, reason="wrong_pack")
    served.time += timedelta(minutes=10)
    dispense(served, "A", patient=OTHER)
    assert [one.now for one in given(served)] == [Now.UNDONE]
    assert [one.now for one in given(served, OTHER)] == [Now.WITH_PATIENT]
    assert served.writer.run(lambda store: whose(store, f"gs1:{GTIN}/A")) == (OTHER, PATIENT)


def test_a_recall_reaches_what_the_patient_has_alone(served: Counter) -> None:
    for serial in "AB":
        dispense(served, serial, patient=PATIENT)
    served.scan(gs1("A"), EventKind.UNDO, reason="wrong_pack")
    served.store(lambda store: store.recalls.put(Recall("R-1", GTIN, "L1", level=1)))
    found = {one.facts.serial: one.recalled for one in given(served)}
    assert found == {"A": None, "B": Match.CERTAIN}
    assert recalled_with(given(served)) == 1
    served.store(lambda store: store.recalls.withdraw("R-1"))
    assert recalled_with(given(served)) == 0


def test_whose_pack_it_is_and_that_nobody_knows_after_an_erasure(served: Counter) -> None:
    dispense(served, "A", document="RX-1")
    dispense(served, "B", patient=PATIENT)
    for serial in "AB":
        assert served.writer.run(lambda store, s=serial: whose(store, f"gs1:{GTIN}/{s}")) == (PATIENT,)  # type: ignore[misc]
    assert served.writer.run(lambda store: whose(store, f"gs1:{GTIN}/C")) == ()
    assert served.writer.run(lambda store: whose(store, "gs1:nothing/1")) == ()
    assert served.writer.run(lambda store: erase(store, served.clock, "op-1", PATIENT, "law")) is None
    served.store(lambda store: Patients.of(store).keys.destroy(PATIENT))
    assert given(served) == ()
    for serial in "AB":
        assert served.writer.run(lambda store, s=serial: whose(store, f"gs1:{GTIN}/{s}")) == ()  # type: ignore[misc]
    assert audit(served.home).whole


def test_patients_are_found_by_what_a_person_has_at_hand_and_shown_masked(served: Counter) -> None:
    def hits(text: str) -> list[str]:
        found = served.writer.run(lambda store: search(store, text))
        for one in found.hits:
            for value in (WANG.name, WANG.id_number, WANG.phone, SMITH.name, SMITH.id_number):
                assert value not in repr(one)
        return [one.patient for one in found.hits]

    wang = ("王", "王小", "王小明", " 王 小明 ", "460100199001011234", "1234", "８０００", "13800138000")
    for text in (*wang, "RX-1", "9a7d", PATIENT, PATIENT.upper()):
        assert hits(text) == [PATIENT], text
    for text in ("anna", "Anna Smith", "e1234567x", "567X"):
        assert hits(text) == [OTHER], text
    for text in ("", "  ", "4", "234", "小明", "A", "4601", "RX", "9a7", "zzzz", "%", "_", "'"):
        assert hits(text) == [], text
    assert served.writer.run(count) == 2


def test_a_search_that_nobody_waits_for_is_given_up(served: Counter) -> None:
    asked: list[int] = []

    def given_up() -> bool:
        asked.append(1)
        return len(asked) > 1

    found = served.writer.run(lambda store: search(store, "王小明", given_up))
    assert len(asked) == 2 and len(found.hits) <= 1


def test_a_pseudonym_that_only_papers_name_is_found(served: Counter) -> None:
    third = "11111111-5a36-4e0e-8f2b-2f6f3f0c7d11"
    prescribe(served, "RX-9", third)
    for text in ("RX-9", "1111", third):
        (hit,) = served.writer.run(lambda store, t=text: search(store, t)).hits  # type: ignore[misc]
        assert hit.patient == third and hit.shown == () and not hit.fault
    assert served.writer.run(count) == 3


def test_who_was_erased_or_cannot_be_opened_is_told(served: Counter) -> None:
    served.store(
        lambda store: store.connection.execute(
            "UPDATE patient SET sealed = zeroblob(40) WHERE patient = ?", (PATIENT,)
        )
    )
    found = served.writer.run(lambda store: search(store, "王小明"))
    assert found.hits == () and found.closed == 1
    hit = served.writer.run(lambda store: look_at(store, PATIENT))
    assert hit.fault == "patient_unreadable_sealed"
    served.store(lambda store: Patients.of(store).keys.destroy(PATIENT))
    assert served.writer.run(lambda store: look_at(store, PATIENT)).erased
    assert served.writer.run(lambda store: search(store, OTHER)).hits[0].says("name") == "A**"
    (served.home / "patient-keys" / f"{OTHER}.key").unlink()
    with pytest.raises(EnvironmentFault):
        served.writer.run(lambda store: Patients.of(store).find(OTHER))
