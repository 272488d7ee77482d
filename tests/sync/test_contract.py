"""Pages that nobody should trust: hostile, of any shape, twice or out of turn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.clock import Clock
from sync import replies
from sync.contract import KINDS
from sync.platform import Platform
from sync.reference_client import Introduction, ReferenceClient
from tests.ledger.counter import GTIN
from tests.sync.pages import gln, told
from tests.sync.scripted import Asked, Reply, scripted
from tests.sync.site import Workstation

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


def test_a_tag_that_no_request_could_carry_is_not_asked_with(tmp_path: Path) -> None:
    """It would have stopped its kind for good: the tag is kept beside the cursor."""
    tags = ['"v\xff"', '"v\x01"', '"' + "v" * 600 + '"']

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/reference/recalls") and tags:
            assert "if-none-match" not in asked.headers
            return told({"kind": "recalls", "items": [], "next": f"c{len(tags)}"}, ETag=tags.pop())
        return Reply(404)

    with scripted(answer) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            while tags:
                left = len(tags)
                desk.puller._asked.clear()  # the next round need not wait
                assert desk.sync().why == ""
                assert len(tags) == left - 1
        finally:
            desk.close()


@pytest.mark.parametrize("date", ["Mon, 01 Jan 99999999999999 00:00:00 GMT", "soon", ""])
def test_a_date_that_is_none_does_not_spoil_a_meeting(date: str) -> None:
    class Road:
        def exchange(self, *_: object) -> replies.Reply:
            body = json.dumps({"min": 1, "max": 1, "state": "new"}).encode()
            return replies.Reply(200, {"Date": date}, body)

        def judge(self, reply: replies.Reply) -> None:
            assert reply.status == 200

    client = ReferenceClient(cast("Platform", Road()), Clock())
    met = client.meet(Introduction("ledger", "device", None, None))
    assert met is not None
    assert met.state == "new"


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


def _all_anew(store: Any) -> None:
    from sync.reference import begin_again

    for kind in KINDS:
        begin_again(store, kind)
