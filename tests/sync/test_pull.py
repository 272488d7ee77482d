"""Reference data: pages by cursor, tombstones, recalls that stop the next scan."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.capture import Outcome
from sync.contract import KINDS, VERSION
from sync.sandbox import Sandbox
from tests.ledger.counter import GTIN
from tests.sync.pages import gln, told
from tests.sync.scripted import Asked, Reply, scripted
from tests.sync.site import Workstation, gs1

PRODUCT = {"id": GTIN, "name_zh": "测试片", "name_en": "Test tablets", "pack_size": 10}
RECALL = {"id": "RC-1", "day": "2026-11-19", "reason": "杂质", "lines": [{"product": GTIN, "lot": "L1"}]}
CASE = "sscc:095212340000000013"


def test_what_the_platform_has_is_there_after_one_visit(desk: Workstation, sandbox: Sandbox) -> None:
    sandbox.publish("products", [PRODUCT])
    sandbox.publish("partners", [{"id": "9521234000006", "name_zh": "供货商", "role": "supplier"}])
    sandbox.publish(
        "shipments", [{"id": "DN-1", "partner": "9521234000006", "lines": [{"product": GTIN, "quantity": 3}]}]
    )
    sandbox.publish("trees", [{"id": CASE, "lines": [{"code": f"gs1:{GTIN}/S{n}"} for n in range(3)]}])
    result = desk.sync()
    assert (result.why, result.online) == ("", True)
    assert result.pulled == 6  # a tree counts what lies in the case
    assert desk.of(lambda store: store.catalog.product(GTIN).name_en) == "Test tablets"
    assert desk.of(lambda store: store.partners.partner("9521234000006").role) == "supplier"
    assert desk.of(lambda store: store.documents.find("desadv", "DN-1")).number == "DN-1"
    assert len(desk.of(lambda store: store.trees.children(CASE))) == 3
    assert desk.sync().pulled == 0


def test_a_second_visit_asks_for_nothing_that_has_not_moved(desk: Workstation) -> None:
    """One meeting tells what has moved."""
    heads = {kind: f"{kind}-7" for kind in KINDS}

    def answer(asked: Asked) -> Reply:
        if asked.path == "/contact":
            return told({"state": "new", "head": None, "heads": heads})
        if asked.path.startswith("/reference/"):
            kind = asked.path.split("/")[2].partition("?")[0]
            return told({"kind": kind, "items": [], "next": f"{kind}-7"})
        return Reply(404)

    with scripted(answer) as platform:
        desk.url = platform.url
        desk.courier, desk.puller = desk._line()
        desk.sync()
        first = len([one for one in platform.asked if one.path.startswith("/reference/")])
        desk.sync()
        again = len([one for one in platform.asked if one.path.startswith("/reference/")])
    assert (first, again) == (len(KINDS), len(KINDS))


def test_a_platform_that_tells_no_heads_is_asked_with_the_etag(desk: Workstation) -> None:
    """And 304 leaves everything as it is."""

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/reference/products"):
            if asked.headers.get("if-none-match") == '"p1"':
                return Reply(304)
            return told({"kind": "products", "items": [PRODUCT], "next": "c1"}, ETag='"p1"')
        return Reply(404)

    with scripted(answer) as platform:
        desk.url = platform.url
        desk.courier, desk.puller = desk._line()
        assert desk.sync().pulled == 1
        desk.puller._asked.clear()  # as if time had passed
        assert desk.sync().pulled == 0
        asked = [one for one in platform.asked if one.path.startswith("/reference/products")]
    assert [one.path for one in asked] == [
        "/reference/products?since=&limit=200",
        "/reference/products?since=c1&limit=200",
    ]
    assert desk.of(lambda store: store.pulled.cursor("products").cursor) == "c1"


def test_many_pages_are_walked_to_their_end(desk: Workstation, sandbox: Sandbox) -> None:
    partners = [{"id": gln(number), "name_zh": f"P{number}", "role": "hospital"} for number in range(450)]
    sandbox.publish("partners", partners)
    assert desk.sync().pulled == 450
    assert len(desk.of(lambda store: store.partners.all())) == 450


def test_a_tombstone_takes_back_and_what_came_from_files_stays(desk: Workstation, sandbox: Sandbox) -> None:
    sandbox.publish("partners", [{"id": gln(1), "name_zh": "A"}, {"id": gln(2), "name_zh": "B"}])
    desk.sync()
    from ledger.partners import Partner

    desk.of(lambda store: store.partners.put(Partner(gln(3), "C", "C")))
    sandbox.publish("partners", [], gone=[gln(1), gln(3)])
    assert desk.sync().pulled == 1
    assert [one.gln for one in desk.of(lambda store: store.partners.all())] == [gln(2), gln(3)]


def test_a_lost_cursor_loads_anew_and_sweeps_what_is_gone(desk: Workstation, sandbox: Sandbox) -> None:
    sandbox.publish("partners", [{"id": gln(n), "name_zh": f"P{n}"} for n in range(3)])
    desk.sync()

    # The tombstone is lost with the cursor: only the whole load shows that one is missing.
    def hole(store: Any) -> None:
        store._connection.execute("DELETE FROM item WHERE name = ?", (gln(1),))

    hole(sandbox._store)
    sandbox.publish("partners", [{"id": gln(7), "name_zh": "P7"}])
    desk.of(lambda store: store.pulled.move(_worn(store)))
    assert desk.sync().why == ""
    assert [one.gln for one in desk.of(lambda store: store.partners.all())] == sorted(
        [gln(0), gln(2), gln(7)]
    )


def test_a_recall_stops_the_next_scan_of_the_lot(desk: Workstation, sandbox: Sandbox) -> None:
    assert desk.receive(gs1("S1")).outcome is Outcome.ACCEPTED
    assert desk.receive(gs1("S2", lot="L2")).outcome is Outcome.ACCEPTED
    assert desk.receive(gs1("S3")).outcome is Outcome.ACCEPTED
    assert desk.dispense(gs1("S3")).outcome is Outcome.ACCEPTED
    sandbox.publish("recalls", [RECALL])
    desk.sync()
    stopped = desk.dispense(gs1("S1"))
    assert stopped.outcome is Outcome.REFUSED
    assert [one.code for one in stopped.problems if one.severity == "fatal"] == ["recalled"]
    assert desk.dispense(gs1("S2", lot="L2")).outcome is Outcome.ACCEPTED
    assert desk.tasks() == [("recalled_dispensed", f"gs1:{GTIN}/S3")]


def test_a_notice_that_drops_a_lot_frees_it_and_opens_no_task_twice(
    desk: Workstation, sandbox: Sandbox
) -> None:
    desk.receive(gs1("S1"))
    desk.receive(gs1("S2", lot="L2"))
    both = {**RECALL, "lines": [{"product": GTIN, "lot": "L1"}, {"product": GTIN, "lot": "L2"}]}
    sandbox.publish("recalls", [both])
    desk.sync()
    assert desk.dispense(gs1("S2", lot="L2")).outcome is Outcome.REFUSED
    sandbox.publish("recalls", [RECALL])
    desk.sync()
    assert desk.dispense(gs1("S2", lot="L2")).outcome is Outcome.ACCEPTED
    assert desk.dispense(gs1("S1")).outcome is Outcome.REFUSED
    sandbox.publish("recalls", [], gone=["RC-1"])
    desk.sync()
    assert desk.dispense(gs1("S1")).outcome is Outcome.ACCEPTED
    assert desk.tasks() == []


def test_one_bad_item_is_refused_by_name_and_the_others_are_taken(
    desk: Workstation, sandbox: Sandbox
) -> None:
    sandbox.publish(
        "products",
        [
            PRODUCT,
            {"id": "09521234000014", "name_zh": "校验位错"},
            {"id": "X", "product": GTIN, "name_zh": "别名"},
        ],
    )
    sandbox.publish(
        "trees",
        [
            {"id": CASE, "lines": [{"code": CASE}]},
            {"id": "sscc:095212340000000020", "lines": [{"code": f"gs1:{GTIN}/S1"}]},
        ],
    )
    result = desk.sync()
    assert result.why == "reference_refused"
    assert desk.of(lambda store: store.catalog.size()) == 1
    assert desk.of(lambda store: store.pulled.refused()) == (
        ("products", "09521234000014", "row_product_bad"),
        ("products", "X", "reference_name_differs"),
        ("trees", CASE, "row_cycle"),
    )
    assert desk.of(lambda store: store.trees.packs("sscc:095212340000000020"))


def test_a_case_that_cannot_be_read_stays_as_it_was(desk: Workstation, sandbox: Sandbox) -> None:
    sandbox.publish("trees", [{"id": CASE, "lines": [{"code": f"gs1:{GTIN}/S1"}]}])
    desk.sync()
    sandbox.publish("trees", [{"id": CASE, "lines": [{"code": f"gs1:{GTIN}/S2"}, {"code": "?"}]}])
    desk.sync()
    assert [one.key for one in desk.of(lambda store: store.trees.children(CASE))] == [f"gs1:{GTIN}/S1"]


@pytest.mark.parametrize(
    ("low", "high", "why"), [(2, 3, "reference_update_needed"), (0, 0, "reference_platform_old")]
)
def test_no_common_version_pulls_nothing_and_stops_no_delivery(
    desk: Workstation, sandbox: Sandbox, low: int, high: int, why: str
) -> None:
    sandbox.publish("recalls", [RECALL])
    sandbox.desk.versions = (low, high)
    assert desk.receive(gs1("S1")).outcome is Outcome.ACCEPTED
    result = desk.sync()
    assert (result.why, result.pulled, result.accepted, result.pending) == (why, 0, 1, 0)
    assert desk.of(lambda store: store.noted("pull_why")) == why
    assert desk.dispense(gs1("S1")).outcome is Outcome.ACCEPTED
    sandbox.desk.versions = (VERSION, VERSION + 4)
    assert desk.sync().pulled == 1
    assert desk.puller.why == ""
    assert desk.of(lambda store: (store.noted("pull_why"), bool(store.noted("pull_success")))) == ("", True)


def test_a_platform_without_the_contract_is_no_fault(tmp_path: Path) -> None:
    with scripted(lambda asked: Reply(404, b"{}", {"Content-Type": "application/json"})) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            assert desk.puller.pull() == 0
            assert desk.puller.why == ""
            asked = len(platform.asked)
            assert desk.puller.pull() == 0
            assert len(platform.asked) == asked  # nor is it asked again at once
        finally:
            desk.close()


def test_a_parked_push_does_not_stop_the_pull(desk: Workstation, sandbox: Sandbox) -> None:
    sandbox.publish("recalls", [RECALL])
    sandbox.arm("403")
    desk.receive(gs1("S1"))
    result = desk.sync()
    assert (result.accepted, result.pending, result.why) == (0, 1, "platform_forbidden")
    assert result.pulled == 1


def test_nothing_of_a_page_stays_when_the_writer_fails_over_it(desk: Workstation, sandbox: Sandbox) -> None:
    """Items and cursor are one transaction."""
    sandbox.publish("partners", [{"id": gln(1), "name_zh": "A"}])

    def broken(cursor: object) -> None:
        raise OSError("disk")

    desk.of(lambda store: setattr(store.pulled, "move", broken))
    assert desk.sync().why == "pull_broken"
    assert desk.of(lambda store: store.partners.all()) == ()
    desk.of(lambda store: delattr(store.pulled, "move"))
    assert desk.sync().pulled == 1


def _worn(store: Any) -> Any:
    from dataclasses import replace

    return replace(store.pulled.cursor("partners"), cursor="of another time")


def _endless(asked: Asked) -> Reply:
    """Ever more pages of everything; the site's events in no order."""
    if asked.path.startswith("/reference/products"):
        number = int(asked.path.partition("since=")[2].partition("&")[0] or "0") + 1
        if number < 200_000:
            return told({"kind": "products", "items": [], "next": str(number), "more": True})
    if asked.path.startswith("/capture"):
        return Reply(201) if asked.method == "POST" else Reply(404)
    return Reply(404)


def test_a_catalogue_without_end_does_not_hold_up_what_is_scanned(desk: Workstation) -> None:
    with scripted(_endless) as platform:
        desk.url = platform.url
        desk.courier, desk.puller = desk._line()
        desk.courier.start()
        try:
            _until(lambda: len(platform.asked) > 20)
            desk.receive(gs1("S1"))
            desk.courier.wake()
            begun = len(platform.asked)
            _until(lambda: any(one.method == "POST" and one.path == "/capture" for one in platform.asked))
            at = next(
                place
                for place, one in enumerate(platform.asked)
                if one.method == "POST" and one.path == "/capture"
            )
            # What was under way is finished; the pages that it had still before it wait.
            assert at - begun < 50
            cursor = desk.of(lambda store: store.pulled.cursor("products").cursor)
            _until(lambda: desk.of(lambda store: store.pulled.cursor("products").cursor) != cursor)
        finally:
            desk.courier.stop()


def test_a_busy_day_does_not_hold_up_what_is_pulled(desk: Workstation, sandbox: Sandbox) -> None:
    """Delivery wants the line all the time; each round takes a page all the same, until there is no more."""
    sandbox.publish("products", [{**PRODUCT, "id": code} for code in map(gtin14, range(600))])
    sandbox.publish("partners", [{"id": gln(1), "name_zh": "A"}])
    sandbox.publish("recalls", [RECALL])
    rounds = 0
    while desk.of(lambda store: store.catalog.size()) < 600 or not desk.of(
        lambda store: store.partners.partner(gln(1))
    ):
        desk.puller.meet()
        desk.puller.pull(lambda: True)
        rounds += 1
        assert rounds < 12
    assert desk.of(lambda store: store.recalls.notice("RC-1"))
    assert rounds > 2, "else it did not give way"


def gtin14(number: int) -> str:
    body = f"09521{number:08d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return body + str(-total % 10)


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(3_000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")
