"""Where the site's key lies: in a keyring that keeps it, else in a file; and by which verbs its copies travel."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.keytravel import move, where
from desktop.settings import Settings
from desktop.sitekeeper import SERVICE, SiteKeeper, site_key
from desktop.station import Station
from ledger.clock import Clock
from ledger.errors import EnvironmentFault
from ledger.patients import Patient, Patients
from ledger.sitekey import FILE, FOLDER
from tests.desktop.test_people_command import Office
from tests.ring import Ring

PATIENT = "9a7d1c52-5a36-4e0e-8f2b-2f6f3f0c7d11"
WANG = {"name": "王小明", "id_type": "1", "id_number": "460100199001011234"}
WORDS = "correct horse battery"


def put(home: Path) -> None:
    station = Station(home, Settings(home), Clock())
    try:
        station.run(lambda store: Patients.of(store).put(PATIENT, Patient(**WANG)))
    finally:
        station.close()


def find(home: Path) -> Patient | None:
    station = Station(home, Settings(home), Clock())
    try:
        return station.run(lambda store: Patients.of(store).find(PATIENT))
    finally:
        station.close()


def test_the_keyring_keeps_the_key_and_a_moved_folder_finds_it_again(ring: Ring, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert where(home).code == "site_key_none_keyring"
    assert not ring.kept, "looking makes no key"
    put(home)
    assert [service for service, _ in ring.kept] == [SERVICE] and not (home / FILE).exists()
    assert (where(home).code, where(home).backend) == ("site_key_in_keyring", "test ring")
    home = home.rename(tmp_path / "moved")
    assert find(home) == Patient(**WANG)
    ring.locked = True
    assert where(home).code == "site_key_nowhere"
    with pytest.raises(EnvironmentFault, match="patient_site_key_missing"):
        find(home)


def test_a_keyring_that_does_not_keep_leaves_the_key_in_the_file_until_it_is_moved(
    ring: Ring, tmp_path: Path
) -> None:
    ring.locked = True
    put(tmp_path)
    assert (tmp_path / FILE).exists() and not move(tmp_path)
    ring.locked = False
    assert where(tmp_path).code == "site_key_movable" and find(tmp_path) == Patient(**WANG)
    assert move(tmp_path) and move(tmp_path)
    assert not (tmp_path / FILE).exists() and where(tmp_path).code == "site_key_in_keyring"
    assert find(tmp_path) == Patient(**WANG)


def test_without_a_keyring_the_file_has_it(tmp_path: Path) -> None:
    assert where(tmp_path).code == "site_key_none_file" and not move(tmp_path)
    put(tmp_path)
    assert (where(tmp_path).code, where(tmp_path).file) == ("site_key_in_file", str(tmp_path / FILE))
    name = site_key(tmp_path).name
    assert name and SiteKeeper(tmp_path).get(name) == (tmp_path / FILE).read_bytes()


def test_the_verbs_save_take_and_say_where(tmp_path: Path) -> None:
    office = Office(tmp_path / "home")
    file = tmp_path / "site.tracekeys"
    office.verb("patients", "keys", "save", str(file), given=WORDS + "\n", status=1)
    assert not file.exists()
    office.verb("patients", "put", PATIENT, given=json.dumps(WANG))
    office.verb("patients", "keys", "save", str(file), given="short\n", status=1)
    assert not file.exists()
    (done,) = office.verb("patients", "keys", "save", str(file), given=WORDS + "\n")
    assert done["patients"] == 1 and file.stat().st_mode & 0o777 == 0o600
    office.verb("patients", "keys", "save", str(file), given=WORDS + "\n", status=1)
    assert office.verb("patients", "keys")[0]["where"] == "site_key_in_file"
    office.verb("patients", "keys", "move", status=1)
    looks = {line["name"]: line["value"] for line in office.verb("doctor")}
    assert FILE in str(looks["patient_keys"])
    office.verb("backup", str(tmp_path / "copy"))
    there = Office(tmp_path / "there")
    there.verb("restore", str(tmp_path / "copy"))
    assert "1 patients" in there.said, "a move to another machine loses no key silently"
    assert there.verb("patients", "keys")[0]["missing"] == 1
    told = {line["name"]: line["value"] for line in there.verb("doctor")}
    assert "1 patients" in str(told["patient_keys"])
    there.verb("patients", "keys", "take", str(file), given=WORDS + "\n")
    assert there.verb("patients", "keys")[0]["missing"] == 0
    assert there.verb("patients", "show", PATIENT)[0]["name"] == "王**"
    for one in (tmp_path / "home" / FOLDER).iterdir():
        one.unlink()
    office.verb("patients", "show", PATIENT, status=1)
    office.verb("patients", "keys", "take", str(file), given="wrong horse battery\n", status=1)
    (taken,) = office.verb("patients", "keys", "take", str(file), given=WORDS + "\n")
    assert taken == {"back": 1, "same": 0, "erased": 0, "kept": 0}
    assert office.verb("patients", "show", PATIENT)[0]["name"] == "王**"
    bodies = [json.loads(str(line["body"])) for line in office.verb("export") if "body" in line]
    assert [body["kind"] for body in bodies][-2:] == ["exported", "settings_changed"]
