"""Every contact begins with who we are: set-back and cloned ledgers are found out by the platform and go on anew."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ledger import audit
from ledger.event import EventKind
from sync.contract import VERSION
from sync.sandbox import Sandbox
from tests.sync.scripted import Asked, Reply, scripted
from tests.sync.site import Workstation, gs1


def heads(sandbox: Sandbox) -> dict[str, int]:
    rows = sandbox._store._connection.execute("SELECT ledger, seq FROM ledger").fetchall()
    return dict(rows)


def test_the_platform_remembers_the_head_and_its_word_is_kept_as_proof(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    desk = Workstation(tmp_path / "home", sandbox.url)
    try:
        desk.receive(gs1("S1"))
        desk.sync()
        desk.sync()
        head = desk.of(lambda store: (store.ledger_id, store.head.seq))
        assert heads(sandbox) == {head[0]: head[1]}
        assert desk.of(lambda store: store.anchors()) == 1
        assert desk.resumed == []
        desk.receive(gs1("S2"))
        desk.sync()
        assert heads(sandbox) == {head[0]: head[1] + 1}
    finally:
        desk.close()


def _set_back(tmp_path: Path, sandbox: Sandbox, after: int) -> Workstation:
    """A workstation whose folder was put back to an older copy, mark and all."""
    desk = Workstation(tmp_path / "home", sandbox.url)
    desk.receive(gs1("S1"))
    desk.sync()
    desk.close()
    shutil.copytree(tmp_path / "home", tmp_path / "copy")
    desk = Workstation(tmp_path / "home", sandbox.url)
    for number in range(after):
        desk.receive(gs1(f"T{number}"))
    desk.sync()
    desk.close()
    shutil.rmtree(tmp_path / "home")
    shutil.copytree(tmp_path / "copy", tmp_path / "home")
    return Workstation(tmp_path / "home", sandbox.url)


def test_a_folder_put_back_with_its_mark_is_found_out_by_the_platform(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    desk = _set_back(tmp_path, sandbox, after=3)
    try:
        assert desk.resumed == []  # nothing here could tell
        old = desk.of(lambda store: store.ledger_id)
        desk.receive(gs1("U1"))
        result = desk.sync()
        assert (result.why, result.pending) == ("", 0)
        (resumed,) = desk.resumed
        assert (resumed.why, resumed.old.ledger_id, resumed.lost) == ("platform_ahead", old, 2)
        assert desk.of(lambda store: store.ledger_id) != old
        assert desk.of(lambda store: store.event(store.head.seq).kind) is EventKind.LEDGER_RESUMED
        found = desk.of(audit.check)
        assert (found.chain_ok, found.projection_ok) == (True, True)
        assert sandbox.held() == 5  # S1, T0 to T2, U1: each once
        desk.receive(gs1("U2"))
        assert desk.sync().why == ""
        assert len(desk.resumed) == 1
        assert set(heads(sandbox)) == {old, desk.of(lambda store: store.ledger_id)}
    finally:
        desk.close()


def test_of_two_clones_at_one_number_the_later_goes_on_under_a_new_id(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    desk = _set_back(tmp_path, sandbox, after=1)
    try:
        old = desk.of(lambda store: store.ledger_id)
        desk.receive(gs1("U1"))
        desk.receive(gs1("U2"))
        # As far as the platform knows, and further, but by another way.
        assert desk.of(lambda store: store.head.seq) > heads(sandbox)[old]
        desk.sync()
        assert [one.why for one in desk.resumed] == ["platform_ahead"]
    finally:
        desk.close()


def test_an_unsent_answer_to_a_meeting_makes_no_clone(tmp_path: Path, sandbox: Sandbox) -> None:
    """The platform took the head, the reply was lost: the next meeting proves that it is ours."""
    desk = Workstation(tmp_path / "home", sandbox.url)
    try:
        desk.receive(gs1("S1"))
        desk.sync()
        desk.receive(gs1("S2"))
        from sync.meeting import introduction

        desk.puller._client.meet(desk.of(introduction))  # and nobody settles what it answers
        desk.receive(gs1("S3"))
        assert desk.sync().why == ""
        assert desk.resumed == []
    finally:
        desk.close()


def test_a_retired_device_is_told_so_and_pulls_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    desk = Workstation(tmp_path / "home", sandbox.url)
    try:
        desk.receive(gs1("S1"))
        desk.sync()
        sandbox._store.shelf.retire(desk.device_id)
        sandbox.publish("partners", [{"id": "9521234000006", "name_zh": "A"}])
        result = desk.sync()
        assert (result.why, result.pulled) == ("device_retired", 0)
    finally:
        desk.close()


def answer(**content: object) -> bytes:
    return json.dumps({"min": VERSION, "max": VERSION, "state": "known", **content}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        answer(state="fine"),
        answer(head={"seq": -1, "hash": "0" * 64}),
        answer(head={"seq": True, "hash": "0" * 64}),
        answer(head={"seq": 3, "hash": "xyz"}),
        answer(head=7),
        answer(heads=[1]),
        answer(heads={"products": 7}),
        json.dumps({"state": "known"}).encode(),
        json.dumps({"state": "known", "min": "1", "max": "1"}).encode(),
    ],
)
def test_a_hostile_answer_to_a_meeting_changes_no_identity(tmp_path: Path, body: bytes) -> None:
    def reply(asked: Asked) -> Reply:
        if asked.path == "/contact":
            return Reply(200, body, {"Content-Type": "application/json"})
        return Reply(404)

    with scripted(reply) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            desk.receive(gs1("S1"))
            before = desk.of(lambda store: (store.ledger_id, store.head))
            desk.puller.meet()
            assert desk.puller.why == "reference_unreadable"
            assert desk.of(lambda store: (store.ledger_id, store.head)) == before
        finally:
            desk.close()


def test_a_platform_that_claims_what_cannot_be_is_not_believed_again(tmp_path: Path) -> None:
    """It claims ever higher heads of every ledger that introduces itself."""

    def reply(asked: Asked) -> Reply:
        if asked.path == "/contact":
            claimed = {"seq": 10**6, "hash": "ab" * 32}
            return Reply(200, answer(state="prove", head=claimed), {"Content-Type": "application/json"})
        return Reply(404)

    with scripted(reply) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            desk.receive(gs1("S1"))
            for _ in range(3):
                desk.puller.meet()
                assert desk.puller.why == "contact_other_ledger"
            assert len(desk.resumed) == 1
            found = desk.of(audit.check)
            assert (found.chain_ok, found.projection_ok) == (True, True)
        finally:
            desk.close()
