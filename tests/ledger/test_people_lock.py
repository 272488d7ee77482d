"""The lock counter under any order of right and wrong PINs, power cuts, restarts and unlocking, also at once."""

from __future__ import annotations

import shutil
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import ledger.signin
from ledger import staff
from ledger.event import EventKind
from ledger.people import TRIES
from ledger.roles import Refusal, Role
from ledger.signin import SignedIn, SignIn
from ledger.verifier import holds
from tests.ledger.house import BADGE, CHEAP, OTHER_PIN, PIN, House, word

WRONG = "9999900000"


class PowerCut(Exception):
    pass


class LockCounter(RuleBasedStateMachine):
    """A model of three lines beside the real ledger: failures, locked, and how many guesses a thief has had."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.mkdtemp()
        self.house = House(Path(self.folder) / "home")
        self.admin = self.house.first().id
        self.house.add(self.admin, "Li", Role.PHARMACIST)
        self.house.add(self.admin, "Zhao", Role.SUPERVISOR, pin=OTHER_PIN)
        self.house.wear(self.admin, self.house.person("li"))
        self.failures, self.locked = 0, False
        self.guesses, self.locks = 0, 0

    def begin(self) -> str | None:
        """What the model says to a new attempt: a refusal, or None after counting it."""
        if self.locked:
            return "person_locked"
        if self.failures >= TRIES:
            self.locked, self.locks = True, self.locks + 1
            return "person_locked"
        self.failures += 1
        return None

    @rule(second=st.booleans())
    def right(self, second: bool) -> None:
        expected = self.begin()
        door = self.house.sign_in
        answer = door.second_by_pin("zhao", "li", PIN) if second else door.by_pin("li", PIN)
        if expected:
            assert word(answer) == expected
            return
        assert not isinstance(answer, Refusal) or word(answer) == "not_allowed"
        self.failures = self.guesses = 0

    @rule(second=st.booleans())
    def wrong(self, second: bool) -> None:
        expected = self.begin()
        door = self.house.sign_in
        answer = door.second_by_pin("zhao", "li", WRONG) if second else door.by_pin("li", WRONG)
        if expected is None:
            self.guesses += 1
            if self.failures >= TRIES:
                self.locked, self.locks = True, self.locks + 1
                expected = "person_locked_now"
            else:
                expected = "pin_wrong"
                assert dict(answer.params)["left"] == str(TRIES - self.failures)  # type: ignore[union-attr]
        assert word(answer) == expected

    @rule(pin=st.sampled_from([PIN, WRONG]))
    def power_cut_while_the_hash_is_computed(self, pin: str) -> None:
        calls = 0

        def run(job):  # type: ignore[no-untyped-def]
            nonlocal calls
            calls += 1
            if calls == 2:
                raise PowerCut
            return self.house.run(job)

        expected = self.begin()
        cut = SignIn(run, self.house.clock, self.house.home, cost=CHEAP)
        if expected:
            assert word(cut.by_pin("li", pin)) == expected
        else:
            self.guesses += 1
            with pytest.raises(PowerCut):
                cut.by_pin("li", pin)
        self.house.restart()

    @rule()
    def badge(self) -> None:
        answer = self.house.sign_in.by_badge(BADGE)
        if self.locked:
            assert word(answer) == "person_locked"
        else:
            assert isinstance(answer, SignedIn)
            self.failures = self.guesses = 0

    @rule(by=st.sampled_from(["zhao", "li", "admin"]))
    def unlock(self, by: str) -> None:
        by = self.admin if by == "admin" else by
        answer = self.house.run(lambda store: staff.unlock(store, self.house.clock, by, "li"))
        if by == "li":
            assert word(answer) == "unlock_self"
        elif not self.locked:
            assert word(answer) == "person_not_locked"
        else:
            assert not isinstance(answer, Refusal)
            self.failures, self.locked, self.guesses = 0, False, 0

    @rule()
    def restart(self) -> None:
        self.house.restart()

    @invariant()
    def the_file_says_what_the_model_says(self) -> None:
        if not hasattr(self, "house"):
            return
        person = self.house.person("li")
        assert (person.failures, person.locked) == (self.failures, self.locked)
        assert self.guesses <= TRIES, "never more guesses between two good sign-ins or unlockings"
        told = [event.told("change") for event in self.house.events(EventKind.PERSON_CHANGED)]
        assert told.count("locked") == self.locks, "each lock is told once"

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.close()
            shutil.rmtree(self.folder)


TestLockCounter = LockCounter.TestCase
TestLockCounter.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_many_guesses_at_once_are_five(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(tmp_path / "home")
    try:
        admin = house.first()
        house.add(admin.id, "Li", Role.PHARMACIST)
        looked = []

        def counted(verifier: str, pin: str) -> bool:
            looked.append(pin)
            return holds(verifier, pin)

        monkeypatch.setattr(ledger.signin, "holds", counted)
        answers: list[str] = []
        threads = [
            threading.Thread(target=lambda: answers.append(word(house.sign_in.by_pin("li", WRONG))))
            for _ in range(24)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(looked) == TRIES
        assert len(answers) == 24
        assert answers.count("person_locked_now") <= 1
        assert house.person("li").locked
        changes = [event.told("change") for event in house.events(EventKind.PERSON_CHANGED)]
        assert changes.count("locked") == 1
    finally:
        house.close()
