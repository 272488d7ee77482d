"""`tracedesk patients` as people use it: nothing of a patient in arguments, everything masked unless asked for."""

from __future__ import annotations

import json
from pathlib import Path

from tests.desktop.test_people_command import Office

PATIENT = "9a7d1c52-5a36-4e0e-8f2b-2f6f3f0c7d11"
WANG = {"name": "王小明", "id_type": "1", "id_number": "460100199001011234"}


def test_patient_is_kept_masked_shown_and_erased(tmp_path: Path) -> None:
    office = Office(tmp_path / "home")
    say = office.verb
    assert say("patients", "list") == []
    (kept,) = say("patients", "put", PATIENT, given=json.dumps(WANG))
    assert kept == {"patient": PATIENT, "changed": True}
    (line,) = say("patients", "list")
    assert (
        line == (masked := {**line, "name": "王**", "id_number": "****1234"}) and line["patient"] == PATIENT
    )
    assert say("patients", "show", PATIENT) == [masked]
    say("patients", "show", PATIENT, "--reveal", status=1)
    assert "--reason" in office.said
    (clear,) = say("patients", "show", PATIENT, "--reveal", "--reason", "label")
    assert {name: clear[name] for name in WANG} == WANG
    say("patients", "erase", PATIENT, status=1)
    assert say("patients", "erase", PATIENT, "--reason", "law") == [{"patient": PATIENT, "erased": True}]
    say("patients", "show", PATIENT, status=1)
    assert "erased by law" in office.said
    say("patients", "put", PATIENT, given=json.dumps(WANG), status=1)
    kinds = [json.loads(str(line["body"]))["kind"] for line in say("export") if "body" in line]
    assert kinds[-2:] == ["patient_shown", "patient_erased"]
    (audit,) = say("audit")
    assert audit["chain_ok"] and audit["projection_ok"]


def test_backup_says_that_it_holds_no_patient_keys(tmp_path: Path) -> None:
    office = Office(tmp_path / "home")
    office.verb("receive", "01095212340000131728013110L1<GS>21S1")
    office.verb("backup", str(tmp_path / "plain"))
    assert "patient-keys" not in office.said
    office.verb("patients", "put", PATIENT, given=json.dumps(WANG))
    office.verb("backup", str(tmp_path / "sealed"))
    assert "patient-keys" in office.said
    (key,) = (tmp_path / "home" / "patient-keys").glob("*.key")
    assert key.read_bytes() not in (tmp_path / "sealed").read_bytes()


def test_patients_are_found_and_what_they_were_given_is_listed(tmp_path: Path) -> None:
    office = Office(tmp_path / "home")
    office.verb("patients", "find", given="1234\n", status=1)
    office.verb("patients", "put", PATIENT, given=json.dumps(WANG))
    for text in ("1234", "王小明", PATIENT[:8]):
        (hit,) = office.verb("patients", "find", given=f"{text}\n")
        assert (hit["patient"], hit["name"], hit["id_number"]) == (PATIENT, "王**", "****1234")
    office.verb("patients", "find", given="4601\n", status=1)
    assert "Nobody" in office.said
    assert office.verb("patients", "given", PATIENT) == []
    code = "01095212340000131728013110L1<GS>21S1"
    office.verb("receive", code)
    office.verb("dispense", code, "--patient", PATIENT)
    (pack,) = office.verb("patients", "given", PATIENT)
    assert (pack["key"], pack["lot"], pack["now"]) == ("gs1:09521234000013/S1", "L1", "with_patient")
    office.verb("patients", "erase", PATIENT, "--reason", "law")
    office.verb("patients", "given", PATIENT, status=1)


def test_only_a_pseudonym_names_a_patient(tmp_path: Path) -> None:
    office = Office(tmp_path / "home")
    for verb in (("put",), ("show",), ("erase", "--reason", "law")):
        office.verb("patients", verb[0], "王小明", *verb[1:], given=json.dumps(WANG), status=1)
        assert "王小明" not in office.said, "what may be a name is not repeated"
    for given in ("", "[]", "{", json.dumps({"name": ""}), json.dumps({"name": "x", "id_type": "77"})):
        office.verb("patients", "put", PATIENT, given=given, status=1)


def test_rights_are_asked(tmp_path: Path) -> None:
    office = Office(tmp_path / "home")
    office.verb("patients", "put", PATIENT, given=json.dumps(WANG))
    office.first()
    for verb in (
        ("list",),
        ("put", PATIENT),
        ("show", PATIENT),
        ("show", PATIENT, "--reveal", "--reason", "r"),
        ("erase", PATIENT, "--reason", "r"),
    ):
        office.verb("patients", *verb, given=json.dumps(WANG), status=1)
        assert "Sign in" in office.said, verb
