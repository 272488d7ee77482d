"""Reference data: pages by cursor, tombstones, recalls that stop the next scan, replies that nobody should trust."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.capture import Outcome
from sync.contract import KINDS, VERSION
from sync.sandbox import Sandbox, serve
from tests.ledger.counter import GTIN
from tests.sync.scripted import Asked, Reply, scripted
from tests.sync.site import Workstation, gs1

PRODUCT = {"id": GTIN, "name_zh": "测试片", "name_en": "Test tablets", "pack_size": 10}
RECALL = {"id": "RC-1", "day": "2026-11-19", "reason": "杂质", "lines": [{"product": GTIN, "lot": "L1"}]}
CASE = "sscc:095212340000000013"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    platform = serve()
    yield platform
    platform.stop()


@pytest.fixture
def desk(tmp_path: Path, sandbox: Sandbox) -> Iterator[Workstation]:
    one = Workstation(tmp_path / "home", sandbox.url)
    yield one
    one.close()


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


HOSTILE: list[tuple[str, bytes]] = [
    ("not json", b"{"),
    ("wrong encoding", '{"kind":"products","items":[],"next":"测试"}'.encode("gb18030")),
    ("utf-16", json.dumps({"kind": "products", "items": [], "next": "c"}).encode("utf-16")),
    ("a list", b"[]"),
    ("deep", b"[" * 200_000),
    (
        "a number without end",
        b'{"kind":"products","items":[{"id":"a","x":' + b"9" * 10_000 + b'}],"next":"c"}',
    ),
    ("NaN", b'{"kind":"products","items":[{"id":"a","x":NaN}],"next":"c"}'),
    ("other kind", json.dumps({"kind": "recalls", "items": [], "next": "c"}).encode()),
    ("items is text", json.dumps({"kind": "products", "items": "all", "next": "c"}).encode()),
    ("item is a number", json.dumps({"kind": "products", "items": [7], "next": "c"}).encode()),
    ("item without id", json.dumps({"kind": "products", "items": [{"name_zh": "x"}], "next": "c"}).encode()),
    ("id of 9 kB", json.dumps({"kind": "products", "items": [{"id": "x" * 9000}], "next": "c"}).encode()),
    (
        "id with a line break",
        json.dumps({"kind": "products", "items": [{"id": "a\nb"}], "next": "c"}).encode(),
    ),
    (
        "too many",
        json.dumps(
            {"kind": "products", "items": [{"id": str(n)} for n in range(1001)], "next": "c"}
        ).encode(),
    ),
    ("no cursor", json.dumps({"kind": "products", "items": []}).encode()),
    ("empty cursor", json.dumps({"kind": "products", "items": [], "next": ""}).encode()),
    ("cursor is a number", json.dumps({"kind": "products", "items": [], "next": 3}).encode()),
    ("more is text", json.dumps({"kind": "products", "items": [], "next": "c", "more": "yes"}).encode()),
    (
        "there and gone",
        json.dumps({"kind": "products", "items": [{"id": "a"}], "gone": ["a"], "next": "c"}).encode(),
    ),
]


@pytest.mark.parametrize(("name", "body"), HOSTILE, ids=[name for name, _ in HOSTILE])
def test_a_hostile_page_is_refused_and_the_cursor_stays(tmp_path: Path, name: str, body: bytes) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/reference/products"):
            return Reply(200, body, {"Content-Type": "application/json"})
        if asked.path.startswith("/reference/partners"):
            return told({"kind": "partners", "items": [{"id": gln(1), "name_zh": "A"}], "next": "c"})
        return Reply(404)

    with scripted(answer) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            result = desk.sync()
            assert result.why == "reference_unreadable", name
            assert desk.of(lambda store: store.pulled.cursor("products").cursor) == ""
            assert desk.of(lambda store: store.catalog.size()) == 0
            assert result.pulled == 1  # the other kinds are not held up
        finally:
            desk.close()


def test_items_of_any_shape_never_break_a_page(tmp_path: Path) -> None:
    """Whatever stands in an item, it is taken or refused by name, and the page goes by."""
    junk = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )
    names = "product lines lot day gln role roles name name_zh serials cases quantity code parent valid_to"
    columns = st.sampled_from([*names.split(), "valid_from", "institution", "patient", "verifier", "number"])
    items = st.lists(st.dictionaries(columns, junk, max_size=6), max_size=4)
    pages: dict[str, Any] = {}

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/reference/"):
            kind = asked.path.split("/")[2].partition("?")[0]
            return told({"kind": kind, "items": pages[kind], "next": "c", "more": False})
        return Reply(404)

    with scripted(answer) as platform:
        desk = Workstation(tmp_path / "home", platform.url)

        @given(st.fixed_dictionaries(dict.fromkeys(KINDS, items)))
        @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
        def each(drawn: dict[str, list[dict[str, Any]]]) -> None:
            for kind, some in drawn.items():
                pages[kind] = [
                    {"id": f"{GTIN}" if n == 0 else f"n{n}", **item} for n, item in enumerate(some)
                ]
            desk.puller._asked.clear()
            desk.of(_all_anew)
            assert desk.sync().why in ("", "reference_refused", "roster_no_administrator")
            assert desk.puller.why != "pull_broken"

        try:
            each()
        finally:
            desk.close()


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.lists(st.integers(0, 4), min_size=1, max_size=12))
def test_pages_that_come_twice_or_out_of_turn_change_nothing(order: list[int]) -> None:
    """The last word on an item counts, however often the earlier ones come before it."""
    import tempfile

    from ledger.pulled import Cursor
    from sync.contract import Page
    from sync.reference import take

    pages = [Page(((gln(n), {"id": gln(n), "name_zh": f"P{n}"}),), (), f"c{n}", n < 4) for n in range(5)]
    with tempfile.TemporaryDirectory() as folder:
        desk = Workstation(Path(folder) / "home", "http://127.0.0.1:9")
        try:
            for number in [*order, *range(5)]:
                desk.of(lambda store, n=number: take(store, desk.clock, pages[n], Cursor("partners")))
            assert [one.gln for one in desk.of(lambda store: store.partners.all())] == sorted(
                gln(n) for n in range(5)
            )
        finally:
            desk.close()


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


def told(content: dict[str, Any], **headers: str) -> Reply:
    versions = {"version": VERSION, "min": VERSION, "max": VERSION}
    return Reply(
        200, json.dumps({**versions, **content}).encode(), {"Content-Type": "application/json", **headers}
    )


def gln(number: int) -> str:
    digits = f"9521{number:08d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return digits + str((10 - total % 10) % 10)


def _worn(store: Any) -> Any:
    from dataclasses import replace

    return replace(store.pulled.cursor("partners"), cursor="of another time")


def _all_anew(store: Any) -> None:
    from sync.reference import begin_again

    for kind in KINDS:
        begin_again(store, kind)
