"""The key over the patients' keys, and the recovery file by which they travel."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ledger.backup import back_up
from ledger.erasure import erase
from ledger.errors import EnvironmentFault, UserError
from ledger.keyfile import SHORTEST, collect, opened, passphrase_fault, sealed, take
from ledger.patients import Patient, Patients
from ledger.restore import restore
from ledger.sitekey import FILE, FOLDER, MARK, WRAPPED, FileKeeper, SiteKey, name_of
from ledger.store import Store
from ledger.verifier import Cost
from tests.ledger.counter import Counter, gs1

PATIENT = "9a7d1c52-5a36-4e0e-8f2b-2f6f3f0c7d11"
OTHER = "00000000-5a36-4e0e-8f2b-2f6f3f0c7d11"
WANG, ZHAO = Patient("王小明", "1", "460100199001011234"), Patient("赵")
WORDS, QUICK = "correct horse battery", Cost(10, 8, 1)


@dataclass
class Ring:
    """A keeper in memory, as a keyring is one; it may be locked."""

    kept: dict[str, bytes] = field(default_factory=dict)
    locked: bool = False

    def get(self, name: str) -> bytes | None:
        return None if self.locked else self.kept.get(name)

    def keep(self, name: str, key: bytes) -> None:
        if self.locked:
            raise EnvironmentFault("file_unwritable", file="ring", why="locked")
        self.kept[name] = key


def use(counter: Counter, ring: Ring) -> SiteKey:
    """From now on the ring keeps the site's key."""
    site = SiteKey(counter.home, ring)

    def job(store: Store) -> None:
        store.site_key = site

    counter.store(job)
    return site


def put(counter: Counter, patient: str = PATIENT, known: Patient = WANG) -> None:
    counter.store(lambda store: Patients.of(store).put(patient, known))


def find(counter: Counter, patient: str = PATIENT) -> Patient | None:
    return counter.writer.run(lambda store: Patients.of(store).find(patient))


def saved(counter: Counter) -> bytes:
    return counter.writer.run(
        lambda store: sealed(collect(Patients.of(store).keys, "2026-01-01T00:00:00Z"), WORDS, QUICK)
    )


def erase_now(counter: Counter, patient: str = PATIENT) -> None:
    assert counter.writer.run(lambda store: erase(store, counter.clock, "op-1", patient, "law")) is None
    counter.store(lambda store: Patients.of(store).keys.destroy(patient))


def lose(folder: Path) -> None:
    """The folder with the keys is gone, as on another machine."""
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def test_without_a_keeper_a_file_for_the_owner_alone_has_the_key(counter: Counter) -> None:
    put(counter)
    file = counter.home / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (counter.home / FOLDER / MARK).read_text() == name_of(file.read_bytes())


def test_a_keeper_has_the_key_and_no_file_does(counter: Counter) -> None:
    ring = Ring()
    use(counter, ring)
    put(counter)
    (site,) = ring.kept.values()
    assert not (counter.home / FILE).exists()
    for file in counter.home.rglob("*"):
        assert not file.is_file() or site not in file.read_bytes(), file
    (kept,) = (counter.home / FOLDER).glob("*.key")
    assert len(kept.read_bytes()) == WRAPPED
    key = counter.writer.run(lambda store: Patients.of(store).keys.key(PATIENT))
    assert key is not None and key not in kept.read_bytes()
    assert find(counter) == WANG


def test_a_locked_keeper_is_told_and_no_second_key_is_made(counter: Counter) -> None:
    ring = Ring()
    use(counter, ring)
    put(counter)
    ring.locked = True
    use(counter, ring)
    mark = (counter.home / FOLDER / MARK).read_bytes()
    for act in (lambda: find(counter), lambda: put(counter, OTHER, ZHAO)):
        with pytest.raises(EnvironmentFault, match="patient_site_key_missing"):
            act()
    assert counter.writer.run(lambda store: Patients.of(store).keys.erased(PATIENT)) is False
    assert (counter.home / FOLDER / MARK).read_bytes() == mark and len(ring.kept) == 1
    ring.locked = False
    assert find(counter) == WANG


def test_erasing_needs_the_key_once_and_leaves_nothing_of_it(counter: Counter) -> None:
    use(counter, Ring())
    put(counter)
    erase_now(counter)
    (file,) = (counter.home / FOLDER).glob("*.key")
    assert file.read_bytes() == b""
    file.write_bytes(bytes(WRAPPED))  # the power went between the zeros and the cut
    assert counter.writer.run(lambda store: Patients.of(store).keys.erased(PATIENT))


def test_a_wrapped_key_of_another_patient_or_site_is_not_taken(counter: Counter, tmp_path: Path) -> None:
    use(counter, Ring())
    put(counter)
    put(counter, OTHER, ZHAO)
    one, two = (counter.home / FOLDER / f"{name}.key" for name in (PATIENT, OTHER))
    one.write_bytes(two.read_bytes())
    with pytest.raises(EnvironmentFault, match="patient_key_broken"):
        find(counter)
    (tmp_path / "elsewhere").mkdir()
    one.write_bytes(SiteKey(tmp_path / "elsewhere", Ring()).wrap(PATIENT, bytes(range(32))))
    with pytest.raises(EnvironmentFault, match="patient_key_elsewhere"):
        find(counter)


def test_recovery_file_tells_nothing_without_its_passphrase(counter: Counter) -> None:
    put(counter)
    data = saved(counter)
    site = (counter.home / FILE).read_bytes()
    key = counter.writer.run(lambda store: Patients.of(store).keys.key(PATIENT))
    assert key and PATIENT.encode() not in data
    assert not any(word in data for word in (site, key, site.hex().encode(), key.hex().encode()))
    assert opened(data, WORDS).keys == {PATIENT: key} and opened(data, WORDS).site == site
    with pytest.raises(UserError, match="key_file_passphrase"):
        opened(data, WORDS + "!")
    told = json.loads(data)
    with pytest.raises(UserError, match="key_file_passphrase"):
        opened(json.dumps(told | {"at": "2027"}).encode(), WORDS)
    greedy = json.dumps(told | {"scrypt": [40, 8, 1]}).encode()
    endless = greedy.replace(b"[40,", b"[1e999,")
    assert endless != greedy
    for bad in (b"", b"[]", b"{}", b'"x"', data[:200], greedy, endless, b"[" * 100_000):
        with pytest.raises(UserError, match="key_file_unreadable"):
            opened(bad, WORDS)
    assert "keys" not in repr(opened(data, WORDS)), "it has no repr to stand in a log"


def test_a_weak_passphrase_is_refused(counter: Counter) -> None:
    put(counter)
    assert passphrase_fault("x" * (SHORTEST - 1)) == "passphrase_short"
    assert passphrase_fault("ab" * SHORTEST) == "passphrase_easy"
    with pytest.raises(UserError, match="passphrase_short"):
        sealed(counter.writer.run(lambda store: collect(Patients.of(store).keys, "now")), "short", QUICK)


def test_backup_and_recovery_file_bring_patients_to_another_machine(counter: Counter, tmp_path: Path) -> None:
    use(counter, Ring())
    put(counter)
    put(counter, OTHER, ZHAO)
    counter.receive(gs1("A"))
    file, copy = saved(counter), tmp_path / "copy.sqlite3"
    back_up(counter.home, copy)
    there = tmp_path / "there"
    restore(there, copy, counter.clock)
    moved, ring = Counter(there), Ring()
    try:
        use(moved, ring)
        with pytest.raises(EnvironmentFault, match="patient_key_missing"):
            find(moved)
        done = moved.writer.run(lambda store: take(store, opened(file, WORDS)))
        assert (done.back, done.same, done.erased, done.kept) == (2, 0, 0, 0)
        assert (find(moved), find(moved, OTHER)) == (WANG, ZHAO)
        again = moved.writer.run(lambda store: take(store, opened(file, WORDS)))
        assert (again.back, again.same) == (0, 2)
    finally:
        moved.close()


def test_a_lost_keyring_comes_back_with_later_patients_too(counter: Counter) -> None:
    use(counter, Ring())
    put(counter)
    file = saved(counter)
    put(counter, OTHER, ZHAO)
    use(counter, Ring())  # the system was set up anew: its keyring is empty
    with pytest.raises(EnvironmentFault, match="patient_site_key_missing"):
        find(counter, OTHER)
    counter.writer.run(lambda store: take(store, opened(file, WORDS)))
    assert (find(counter), find(counter, OTHER)) == (WANG, ZHAO)


def test_erased_by_the_chain_or_the_folder_stays_erased(counter: Counter, tmp_path: Path) -> None:
    put(counter)
    put(counter, OTHER, ZHAO)
    file = saved(counter)
    erase_now(counter)
    for _ in range(2):
        done = counter.writer.run(lambda store: take(store, opened(file, WORDS)))
        assert (done.back, done.same, done.erased) == (0, 1, 1)
    # The folder with its marks is lost: the chain still knows.
    lose(counter.home / FOLDER)
    done = counter.writer.run(lambda store: take(store, opened(file, WORDS)))
    assert (done.back, done.erased) == (1, 1)
    assert find(counter) is None and find(counter, OTHER) == ZHAO
    with pytest.raises(UserError, match="patient_erased"):
        put(counter)
    # A file made afterwards carries the mark itself.
    late = saved(counter)
    other = Counter(tmp_path / "other")
    try:
        other.writer.run(lambda store: take(store, opened(late, WORDS)))
        assert other.writer.run(lambda store: Patients.of(store).keys.erased(PATIENT))
    finally:
        other.close()


def test_a_key_made_here_meanwhile_is_kept_where_it_opens_what_is_known(counter: Counter) -> None:
    put(counter)
    counter.receive(gs1("A"))
    file, copy = saved(counter), counter.home / "copy.sqlite3"
    back_up(counter.home, copy)
    lose(counter.home / FOLDER)
    counter.store(lambda store: store.connection.execute("DELETE FROM patient"))
    put(counter, PATIENT, ZHAO)  # imported anew, under a new key
    done = counter.writer.run(lambda store: take(store, opened(file, WORDS)))
    assert (done.back, done.kept) == (0, 1) and find(counter) == ZHAO
    counter.close()
    restore(counter.home, copy, counter.clock)
    again = Counter(counter.home)
    try:
        with pytest.raises(EnvironmentFault, match="patient_unreadable_sealed"):
            find(again)
        done = again.writer.run(lambda store: take(store, opened(file, WORDS)))
        assert (done.back, done.kept) == (1, 0) and find(again) == WANG
    finally:
        again.close()


def test_file_of_another_site_does_not_replace_a_key_that_cannot_be_had(
    counter: Counter, tmp_path: Path
) -> None:
    other = Counter(tmp_path / "other")
    try:
        put(other, OTHER, ZHAO)
        file = saved(other)
    finally:
        other.close()
    ring = Ring()
    use(counter, ring)
    put(counter)
    ring.locked = True
    use(counter, ring)
    with pytest.raises(UserError, match="key_file_of_another"):
        counter.writer.run(lambda store: take(store, opened(file, WORDS)))
    ring.locked = False
    done = counter.writer.run(lambda store: take(store, opened(file, WORDS)))
    assert done.back == 1 and find(counter) == WANG
    assert FileKeeper(counter.home).get(name_of(opened(file, WORDS).site)) is None
