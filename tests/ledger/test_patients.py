"""Patient data: sealed in the ledger, absent from events and exports, shown masked, erased for ever."""

from __future__ import annotations

import logging
import stat
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.approval import Approval
from ledger.audit import audit
from ledger.backup import back_up
from ledger.capture import Outcome
from ledger.catalog import Product
from ledger.change import Change
from ledger.erasure import erase, reveal
from ledger.errors import EnvironmentFault, UserError
from ledger.event import Event, EventKind
from ledger.export import Target, export
from ledger.exportcheck import check_export
from ledger.exportform import Csv, JsonLines
from ledger.importing import load
from ledger.patients import Patient, Patients, in_clear, masked
from ledger.roles import Refusal, Role
from ledger.signing import SigningKey
from ledger.sitekey import FOLDER
from ledger.store import Store, connect_reader
from tests.ledger.counter import GTIN, TODAY, Counter, gs1
from tests.ledger.house import House

PATIENT = "9a7d1c52-5a36-4e0e-8f2b-2f6f3f0c7d11"
OTHER = "00000000-5a36-4e0e-8f2b-2f6f3f0c7d11"
WANG = Patient("王小明", "1", "460100199001011234", "13800138000", "李四")
WORDS = [value for value in in_clear(WANG).values() if len(value) > 1]
INSTITUTION = "9521999000006"


def put(counter: Counter, patient: str = PATIENT, known: Patient = WANG) -> Change:
    return counter.writer.run(lambda store: Patients.of(store).put(patient, known))


def find(counter: Counter, patient: str = PATIENT) -> Patient | None:
    return counter.writer.run(lambda store: Patients.of(store).find(patient))


def subjects(counter: Counter) -> list[str | None]:
    def look(store: Store) -> list[str | None]:
        events = (Event.from_canonical(body) for _, body, _ in store.chain())
        return [event.told("subject") for event in events if event.kind is EventKind.DISPENSE]

    return counter.writer.run(look)


def erase_now(counter: Counter, patient: str = PATIENT) -> Refusal | None:
    refusal = counter.writer.run(lambda store: erase(store, counter.clock, "op-1", patient, "asked by law"))
    if refusal is None:
        counter.writer.run(lambda store: Patients.of(store).keys.destroy(patient))
    return refusal


def prescribe(counter: Counter, patient: str = PATIENT, number: str = "RX-1") -> None:
    item = {"number": number, "patient": patient, "product": GTIN, "quantity": 9}
    report = counter.writer.run(lambda store: load(store, "prescriptions", [item], counter.clock))
    assert not report.bad


def test_what_is_known_is_kept_sealed_and_read_back(counter: Counter) -> None:
    assert put(counter) is Change.ADDED
    assert put(counter) is Change.SAME
    assert find(counter) == WANG
    counter.close()
    stored = b"".join(file.read_bytes() for file in counter.home.rglob("*") if file.is_file())
    for word in WORDS:
        assert word.encode() not in stored and word.encode("utf-16-le") not in stored, word


def test_keys_lie_outside_the_ledger_for_their_owner_alone(counter: Counter) -> None:
    put(counter)
    folder = counter.home / FOLDER
    (key,) = folder.glob("*.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700
    sealed = counter.writer.run(
        lambda store: store.connection.execute("SELECT sealed FROM patient").fetchone()[0]
    )
    counter.close()
    assert key.read_bytes() not in (counter.home / "ledger.sqlite3").read_bytes()
    assert WANG.name.encode() not in sealed


def test_event_and_export_hold_a_commitment_alone_and_verify_after_erasure(
    counter: Counter, tmp_path: Path
) -> None:
    put(counter)
    prescribe(counter)
    for serial in "AB":
        counter.receive(gs1(serial))
        assert counter.dispense(gs1(serial), document="RX-1").outcome is Outcome.ACCEPTED
    first, second = subjects(counter)
    assert first == second, "one patient, one commitment"
    assert first and first != PATIENT and first[14] == "8", "a UUID of version 8"
    files = [tmp_path / "export.jsonl", tmp_path / "export.csv"]

    def hand_out() -> None:
        for file, form in zip(files, (JsonLines(), Csv()), strict=True):
            with file.open("wb") as out:
                export(counter.home, SigningKey.of(counter.home), [Target(out, form)], "now")

    hand_out()
    for file in files:
        text = file.read_text("utf-8")
        assert not any(word in text for word in (*WORDS, PATIENT)), "nothing of the patient leaves"
    assert erase_now(counter) is None
    assert audit(counter.home).whole
    for file in files:
        assert check_export(file).fault is None, "what was exported before verifies"
    hand_out()
    for file in files:
        assert check_export(file).fault is None, "and what is exported afterwards"
    with pytest.raises(UserError, match="patient_erased"):
        counter.writer.run(lambda store: Patients.of(store).keys.subject(PATIENT))


def test_commitments_of_two_homes_cannot_be_joined(counter: Counter, tmp_path: Path) -> None:
    other = Counter(tmp_path / "other")
    try:
        found = [
            one.writer.run(lambda store: Patients.of(store).keys.subject(PATIENT)) for one in (counter, other)
        ]
    finally:
        other.close()
    assert found[0] != found[1]


def test_erasure_reaches_the_backups_made_before(counter: Counter, tmp_path: Path) -> None:
    put(counter)
    put(counter, OTHER, Patient("赵"))
    copy = counter.home / "old.sqlite3"
    back_up(counter.home, copy)
    erase_now(counter)
    connection = connect_reader(copy)
    try:
        kept = Patients.of(Store(connection))
        assert kept.all() == (OTHER, PATIENT), "the sealed row is still in the copy"
        assert kept.find(PATIENT) is None, "but nobody can open it any more"
        assert kept.find(OTHER) == Patient("赵"), "and nobody else has lost anything"
    finally:
        connection.close()


def test_erased_patient_is_gone_from_every_paper_and_stays_gone(counter: Counter) -> None:
    counter.store(lambda store: store.catalog.load([Product(GTIN, "药", "drug", needs_approval=True)]))
    approval = Approval("AP-1", GTIN, INSTITUTION, TODAY, TODAY, PATIENT)
    counter.store(lambda store: store.documents.put(approval))
    put(counter)
    prescribe(counter)
    assert erase_now(counter) is None
    assert find(counter) is None
    with pytest.raises(UserError, match="patient_erased"):
        put(counter)
    prescribe(counter)
    approval_item = {
        "number": "AP-1",
        "product": GTIN,
        "institution": INSTITUTION,
        "valid_from": "2026-01-01",
        "valid_to": "2027-01-01",
        "patient": PATIENT,
    }
    counter.writer.run(lambda store: load(store, "approvals", [approval_item], counter.clock))
    item = {"patient": PATIENT, "name": WANG.name}
    report = counter.writer.run(lambda store: load(store, "patients", [item], counter.clock))
    assert [bad.code for bad in report.bad] == ["patient_erased"]
    for table in ("patient", "prescription", "approval"):
        rows = cast(
            list[tuple[str]],
            counter.store(
                lambda store, t=table: store.connection.execute(f"SELECT patient FROM {t}").fetchall()
            ),
        )
        assert all(value != PATIENT for (value,) in rows), table
    for patient in (None, PATIENT, OTHER):
        found = counter.writer.run(
            lambda store, p=patient: store.documents.approvals_for(GTIN, INSTITUTION, p, TODAY)  # type: ignore[misc]
        )
        assert [one.obstacles[0] for one in found] == ["approval_other_patient"]
    counter.receive(gs1("A"))
    answer = counter.dispense(gs1("A"), document="RX-1")
    assert answer.outcome is Outcome.REFUSED
    assert "dispense_patient_erased" in {problem.code for problem in answer.problems}
    named = counter.dispense(gs1("A"), patient=PATIENT)
    assert "dispense_patient_erased" in {problem.code for problem in named.problems}


def test_erasing_is_recorded_once_with_its_reason_and_without_the_patient(counter: Counter) -> None:
    put(counter)
    assert erase_now(counter) is None
    again, unknown = erase_now(counter), erase_now(counter, OTHER)
    assert again and again.code == "patient_erased"
    assert unknown and unknown.code == "patient_unknown"

    def look(store: Store) -> list[Event]:
        return [Event.from_canonical(body) for _, body, _ in store.chain()]

    (event,) = [one for one in counter.writer.run(look) if one.kind is EventKind.PATIENT_ERASED]
    assert event.reason == "asked by law" and event.operator == "op-1"
    assert PATIENT.encode() not in event.canonical()


def test_erasing_cut_short_before_the_key_went_is_finished_by_doing_it_again(counter: Counter) -> None:
    put(counter)
    counter.writer.run(lambda store: erase(store, counter.clock, "op-1", PATIENT, "law"))
    assert erase_now(counter) is None
    assert counter.writer.run(lambda store: Patients.of(store).keys.erased(PATIENT))


def test_lost_key_or_changed_data_are_told_and_never_guessed(counter: Counter) -> None:
    put(counter)
    counter.store(lambda store: store.connection.execute("UPDATE patient SET sealed = zeroblob(40)"))
    with pytest.raises(EnvironmentFault, match="patient_unreadable_sealed"):
        find(counter)
    (key,) = (counter.home / FOLDER).glob("*.key")
    key.unlink()
    with pytest.raises(EnvironmentFault, match="patient_key_missing"):
        find(counter)
    key.write_bytes(b"short")
    with pytest.raises(EnvironmentFault, match="patient_key_broken"):
        find(counter)


def test_row_of_one_patient_does_not_open_as_another(counter: Counter) -> None:
    put(counter)
    put(counter, OTHER, Patient("赵"))
    counter.store(
        lambda store: store.connection.execute(
            "UPDATE patient SET sealed = (SELECT sealed FROM patient WHERE patient = ?) WHERE patient = ?",
            (PATIENT, OTHER),
        )
    )
    with pytest.raises(EnvironmentFault, match="patient_unreadable_sealed"):
        find(counter, OTHER)


def test_patient_is_shown_in_clear_to_whom_may_and_that_is_recorded(tmp_path: Path) -> None:
    house = House(tmp_path / "home")
    try:
        admin = house.first()
        house.add(admin.id, "Clerk", Role.CLERK)
        house.add(admin.id, "Pharma", Role.PHARMACIST)
        house.run(lambda store: Patients.of(store).put(PATIENT, WANG))

        def ask(who: str, patient: str = PATIENT) -> Patient | Refusal:
            return house.run(lambda store: reveal(store, house.clock, who, patient, "label"))

        for who in ("clerk", admin.id):
            assert cast(Refusal, ask(who)).code == "not_allowed"
        assert cast(Refusal, ask("pharma", OTHER)).code == "patient_unknown"
        assert house.events(EventKind.PATIENT_SHOWN) == []
        assert ask("pharma") == WANG
        (event,) = house.events(EventKind.PATIENT_SHOWN)
        assert (event.operator, event.reason) == ("pharma", "label")
        assert PATIENT.encode() not in event.canonical() and WANG.name.encode() not in event.canonical()
        refusal = house.run(lambda store: erase(store, house.clock, "pharma", PATIENT, "law"))
        assert refusal and refusal.code == "not_allowed"
        assert house.run(lambda store: erase(store, house.clock, admin.id, PATIENT, "law")) is None
    finally:
        house.close()


def test_masked_tells_two_patients_apart_and_none() -> None:
    assert masked(WANG) == {
        "name": "王**",
        "id_type": "1",
        "id_number": "****1234",
        "phone": "****8000",
        "collector": "李**",
    }
    assert masked(Patient("A", id_number="12")) == dict.fromkeys(masked(WANG), "") | {
        "name": "A**",
        "id_number": "****2",
    }


@settings(deadline=None)
@given(st.text(min_size=2, max_size=40), st.text("0123456789X", min_size=2, max_size=20))
def test_masked_never_shows_a_whole_value(name: str, number: str) -> None:
    shown = masked(Patient(name, "1", number, number, name))
    assert shown["name"] != name and len(shown["name"]) == 3
    assert number not in shown["id_number"] and number not in shown["phone"]


def test_neither_repr_nor_log_shows_a_patient(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    put(counter)
    erase_now(counter)
    logging.getLogger("tracedesk").warning("%r", WANG)
    assert not any(word in caplog.text for word in WORDS)
    rows = [{"patient": "王小明", "name": "x"}, {"patient": PATIENT, "name": "王小明", "id_type": "王小明"}]
    report = counter.writer.run(lambda store: load(store, "patients", rows, counter.clock))
    assert len(report.bad) == 2 and "王小明" not in repr(report)


def test_patients_come_from_rows(counter: Counter) -> None:
    row: dict[str, object] = {
        "患者假名": PATIENT,
        "姓名": WANG.name,
        "证件类型": "身份证",
        "证件号码": WANG.id_number,
        "手机": WANG.phone,
        "代领人": WANG.collector,
    }
    for added in (1, 0):
        report = counter.writer.run(lambda store: load(store, "patients", [row], counter.clock))
        assert (report.added, report.same, report.bad) == (added, 1 - added, [])
    assert find(counter) == WANG
    twice = [{"patient": OTHER, "name": "A"}, {"patient": OTHER, "name": "B"}, {"patient": OTHER}]
    report = counter.writer.run(lambda store: load(store, "patients", twice, counter.clock))
    assert [bad.code for bad in report.bad] == ["row_patient_twice", "row_missing"]
