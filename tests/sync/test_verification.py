"""Packs that only local rules have passed are asked about: confirmed, stopped, or not known and asked again."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from ledger import audit
from ledger.capture import Outcome
from ledger.conflicts import resolve
from ledger.event import EventKind
from ledger.store import Store
from sync.contract import VERSION
from sync.sandbox import Sandbox
from tests.ledger.counter import GTIN, intent_of
from tests.sync.scripted import Asked, Reply, scripted
from tests.sync.site import Workstation, gs1


def uri(serial: str) -> str:
    return f"https://id.gs1.org/01/{GTIN}/21/{serial}"


def key(serial: str) -> str:
    return f"gs1:{GTIN}/{serial}"


def verdicts(desk: Workstation, *serials: str) -> list[str]:
    return desk.of(lambda store: [store.worklist.verdict(key(serial)) for serial in serials])


def test_a_provisional_pack_is_confirmed_contradicted_or_stays_so(
    desk: Workstation, sandbox: Sandbox
) -> None:
    sandbox.register({uri("S1"): "active", uri("S2"): "stolen"})
    for serial in ("S1", "S2", "S3"):
        desk.receive(gs1(serial))
    assert verdicts(desk, "S1", "S2", "S3") == ["provisional"] * 3
    assert desk.sync().pulled == 2
    assert verdicts(desk, "S1", "S2", "S3") == ["confirmed", "stop", "provisional"]
    assert desk.tasks() == [("contradicted", key("S2"))]
    found = desk.of(audit.check)
    assert found.chain_ok and found.projection_ok


def test_a_stopped_pack_goes_to_nobody_until_a_person_has_settled_it(
    desk: Workstation, sandbox: Sandbox
) -> None:
    sandbox.register({uri("S1"): "stolen"})
    desk.receive(gs1("S1"))
    desk.sync()
    refused = desk.dispense(gs1("S1"))
    assert (refused.outcome, refused.problems[0].code) == (Outcome.REFUSED, "platform_stop")
    assert dict(refused.problems[0].params) == {"words": "stolen"}

    def by_hand(store: Store) -> object:
        task = store.worklist.open_tasks()[0]
        return resolve(
            store, desk.clock, task.task_id, "verified_by_hand", intent_of(EventKind.DISPENSE, reason="ok")
        )

    desk.of(by_hand)
    assert desk.dispense(gs1("S1")).outcome is Outcome.ACCEPTED


def test_what_is_settled_is_not_asked_again_and_what_is_not_known_is_asked_the_next_day(
    desk: Workstation, sandbox: Sandbox
) -> None:
    sandbox.register({uri("S1"): "active"})
    desk.receive(gs1("S1"))
    desk.receive(gs1("S2"))
    desk.sync()
    sandbox.register({uri("S2"): "active"})
    assert desk.sync().pulled == 0
    desk.later(hours=25)
    assert desk.sync().pulled == 1
    assert verdicts(desk, "S1", "S2") == ["confirmed", "confirmed"]
    desk.later(hours=25)
    assert desk.of(lambda store: store.questions.open(10, "9999")) == ()


def test_what_was_asked_while_the_clock_ran_ahead_is_asked_again_when_it_is_right(
    desk: Workstation, sandbox: Sandbox
) -> None:
    desk.receive(gs1("S1"))
    right = desk.time
    desk.time += timedelta(days=300)
    desk.sync()
    sandbox.register({uri("S1"): "stolen"})
    desk.time = right
    desk.sync()
    assert verdicts(desk, "S1") == ["stop"]


def test_many_packs_are_asked_about_in_batches(desk: Workstation, sandbox: Sandbox) -> None:
    sandbox.register({uri(f"S{n}"): "active" for n in range(230)})
    for number in range(230):
        desk.receive(gs1(f"S{number}"))
    assert desk.sync().pulled == 230
    assert desk.of(lambda store: store.worklist.confirmed()) == 230


HOSTILE = [
    {"verdicts": "yes"},
    {"verdicts": [7]},
    {"verdicts": [{"epc": uri("S9"), "verdict": "confirmed"}]},
    {"verdicts": [{"epc": uri("S1"), "verdict": "fine"}]},
    {"verdicts": [{"epc": uri("S1"), "verdict": "confirmed", "reason": 7}]},
    {"verdicts": [{"epc": uri("S1"), "verdict": "confirmed"}, {"epc": uri("S1"), "verdict": "stop"}]},
    {},
]


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_an_answer_that_nobody_promised_confirms_nothing(tmp_path: Path, content: dict[str, object]) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/verify":
            body = {"min": VERSION, "max": VERSION, **content}
            return Reply(200, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return Reply(404)

    with scripted(answer) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            desk.receive(gs1("S1"))
            desk.puller.pull()
            assert desk.puller.why == "reference_unreadable"
            assert verdicts(desk, "S1") == ["provisional"]
            assert len(desk.of(lambda store: store.questions.open(10, ""))) == 1
        finally:
            desk.close()


def test_no_word_of_a_person_or_patient_is_asked(tmp_path: Path) -> None:
    with scripted(lambda asked: Reply(404)) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            desk.receive(gs1("S1"), operator="op-secret")
            desk.puller.pull()
            sent = [json.loads(one.body) for one in platform.asked if one.path == "/verify"]
        finally:
            desk.close()
    assert sent == [{"packs": [{"epc": uri("S1"), "lot": "L1", "expiry": "2028-01-31"}]}]
