"""A ledger turns to another platform: the old one's cursors are not used there, and nothing that protects is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.capture import Outcome
from ledger.event import EventKind
from ledger.store import Store
from sync.allegiance import ANCHOR, PLATFORM, Turned, turn_to
from sync.sandbox import Sandbox, serve
from sync.sandbox.peek import held_events
from tests.ledger.counter import GTIN
from tests.sync.pages import told
from tests.sync.scripted import Asked, Reply, scripted
from tests.sync.site import Workstation, assert_whole, gs1

RECALL = {"id": "RC-1", "day": "2026-11-19", "reason": "杂质", "lines": [{"product": GTIN, "lot": "L9"}]}
OTHER = "09521234000020"


@pytest.fixture
def other() -> Iterator[Sandbox]:
    platform = serve()
    yield platform
    platform.stop()


def turn(desk: Workstation, url: str) -> None:
    """As a changed setting does it: another line, another courier, the same ledger."""
    desk.url = url
    desk.courier, desk.puller = desk._line()


def product(gtin: str, name: str) -> dict[str, object]:
    return {"id": gtin, "name_zh": name, "name_en": name, "pack_size": 10}


def test_everything_is_pulled_from_the_beginning_of_another_platform(
    desk: Workstation, sandbox: Sandbox, other: Sandbox
) -> None:
    for number in range(3):  # so that the cursors of the old one are ahead
        sandbox.publish("products", [product(GTIN, f"A{number}")])
    sandbox.publish("partners", [{"id": "9521234000006", "name_zh": "旧", "role": "supplier"}])
    other.publish("products", [product(OTHER, "B")])
    desk.sync()
    turn(desk, other.url)
    result = desk.sync()
    assert result.why == ""
    assert desk.of(lambda store: store.catalog.product(OTHER).name_en) == "B"
    assert desk.of(lambda store: store.catalog.product(GTIN)) is None, "the new one does not have it"
    assert desk.of(lambda store: store.partners.partner("9521234000006")) is None
    assert desk.sync().pulled == 0


def test_no_cursor_or_etag_of_one_platform_is_shown_to_another(desk: Workstation) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/reference/products"):
            return told(
                {"kind": "products", "items": [product(GTIN, "x")], "next": "secret-cursor"},
                ETag='"secret-tag"',
            )
        return Reply(404)

    with scripted(answer) as old, scripted(answer) as new:
        turn(desk, old.url)
        desk.sync()
        turn(desk, new.url)
        desk.sync()
        assert any(one.path.startswith("/reference/products?since=&") for one in new.asked)
        assert "secret" not in "".join(f"{one.path}{one.headers}{one.body!r}" for one in new.asked)


def test_a_recall_stays_in_force_and_can_be_withdrawn_by_the_new_platform(
    desk: Workstation, sandbox: Sandbox, other: Sandbox
) -> None:
    sandbox.publish("recalls", [RECALL])
    assert desk.receive(gs1("S1", lot="L9")).outcome is Outcome.ACCEPTED
    desk.sync()
    turn(desk, other.url)
    other.publish(
        "recalls", [{"id": "RC-2", "day": "2026-11-19", "reason": "r", "lines": [{"product": OTHER}]}]
    )
    desk.sync()
    assert desk.dispense(gs1("S1", lot="L9"), document="RX-1").outcome is Outcome.REFUSED
    other.publish("recalls", [{**RECALL, "lines": [{"product": GTIN, "lot": "L9", "withdrawn": True}]}])
    desk.sync()
    assert [one.withdrawn for one in desk.of(lambda store: store.recalls.notice("RC-1"))] == [True]


def test_what_the_other_workstations_told_is_heard_at_the_new_platform_too(
    pair: tuple[Workstation, Workstation], other: Sandbox
) -> None:
    one, another = pair
    one.receive(gs1("S1"))
    one.sync()
    another.sync()
    assert another.known(f"gs1:{GTIN}/S1") == "in_stock"
    for each in pair:
        turn(each, other.url)
    one.receive(gs1("S2"))
    one.sync()
    another.sync()
    assert {another.known(f"gs1:{GTIN}/{serial}") for serial in ("S1", "S2")} == {"in_stock"}


def test_what_was_delivered_stays_delivered_and_goes_nowhere_again(
    desk: Workstation, sandbox: Sandbox, other: Sandbox
) -> None:
    desk.receive(gs1("S1"))
    desk.sync()
    turn(desk, other.url)
    desk.receive(gs1("S2"))
    result = desk.sync()
    assert (result.accepted, result.pending, result.parked) == (1, 0, 0)
    assert (held_events(sandbox.url), held_events(other.url)) == (1, 1)
    assert_whole(desk)


def test_a_batch_without_an_answer_is_told_when_the_ledger_turns(desk: Workstation, other: Sandbox) -> None:
    desk.receive(gs1("S1"))
    desk.receive(gs1("S2"))
    turned: list[Turned] = []

    def silent(asked: Asked) -> Reply:
        if asked.path.startswith("/capture"):
            return Reply(202) if asked.method == "POST" else Reply(404)
        return Reply(503) if asked.path.startswith("/events") else Reply(404)

    with scripted(silent) as old:
        turn(desk, old.url)
        assert desk.sync().pending == 2
        before = desk.of(lambda store: store.noted(PLATFORM))
    turn(desk, other.url)

    def turning(store: Store) -> None:
        found = turn_to(store, desk.clock, "https://new.example")
        assert found is not None
        turned.append(found)
        raise _Undone

    with pytest.raises(_Undone):
        desk.of(turning)
    assert turned == [Turned(before, "https://new.example", 2)]
    assert turned[0].params() == {"before": before, "after": "https://new.example", "count": "2"}
    assert desk.sync().accepted == 2
    event = next(
        found
        for number in range(1, desk.of(lambda store: store.head.seq) + 1)
        if (found := desk.of(lambda store, number=number: store.event(number))).kind
        is EventKind.SETTINGS_CHANGED
    )
    assert (event.told("before"), event.told("open")) == (before, "2")


class _Undone(Exception):
    """The transaction is taken back."""


def test_the_first_platform_takes_over_and_the_same_one_changes_nothing(
    desk: Workstation, sandbox: Sandbox
) -> None:
    sandbox.publish("products", [product(GTIN, "A")])
    desk.receive(gs1("S1"))
    desk.sync()
    desk.sync()
    anchor, head = desk.of(lambda store: (store.noted(ANCHOR), store.head.seq))
    assert anchor
    turn(desk, f"{sandbox.url}/")
    assert desk.sync().pulled == 0
    assert desk.of(lambda store: (store.noted(ANCHOR), store.head.seq)) == (anchor, head)
    assert desk.of(lambda store: turn_to(store, desk.clock, "")) is None


def test_there_and_back_ends_where_it_began(desk: Workstation, sandbox: Sandbox, other: Sandbox) -> None:
    sandbox.publish("products", [product(GTIN, "A")])
    sandbox.publish("recalls", [RECALL])
    desk.receive(gs1("S1"))
    for url in (sandbox.url, other.url, sandbox.url, other.url, sandbox.url):
        turn(desk, url)
        assert desk.sync().why == ""
    assert desk.of(lambda store: store.catalog.product(GTIN).name_en) == "A"
    assert [one.withdrawn for one in desk.of(lambda store: store.recalls.notice("RC-1"))] == [False]
    assert (held_events(sandbox.url), held_events(other.url), desk.resumed) == (1, 0, [])
    assert_whole(desk)


def test_another_platform_is_asked_about_the_packs_that_the_old_one_did_not_know(
    tmp_path: Path, desk: Workstation, sandbox: Sandbox, other: Sandbox
) -> None:
    desk.receive(gs1("S1"))
    desk.sync()
    questions = desk.of(lambda store: store.questions.open(10, "1970"))
    assert questions == ()
    turn(desk, other.url)
    desk.of(lambda store: turn_to(store, desk.clock, "https://new.example"))
    assert [one.key for one in desk.of(lambda store: store.questions.open(10, "1970"))] == [f"gs1:{GTIN}/S1"]
