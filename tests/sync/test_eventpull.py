"""The watermark of the events: three pages, equal times across a page, late records, platforms without order."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.eventpull import hear
from tests.ledger.counter import GTIN
from tests.sync.scripted import Asked, Reply, Scripted, scripted
from tests.sync.site import GLN, Workstation, gs1

T0 = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def body(number: int, recorded: datetime, **fields: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:0195f0c0-0000-7000-8000-{number:012d}",
        "eventTime": "2026-11-20T11:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "recordTime": recorded.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "action": "OBSERVE",
        "bizStep": "receiving",
        "disposition": "in_progress",
        "epcList": [f"https://id.gs1.org/01/{GTIN}/21/N{number}"],
        "readPoint": {"id": f"https://id.gs1.org/414/{GLN}"},
        **fields,
    }


def page(events: list[dict[str, Any]], onward: str = "") -> Reply:
    results = {"queryResults": {"queryName": "q", "resultsBody": {"eventList": events}}}
    told = {"type": "EPCISQueryDocument", "epcisBody": results}
    headers = {"Content-Type": "application/json"}
    if onward:
        headers["Link"] = f'<{onward}>; rel="next"'
    return Reply(200, json.dumps(told).encode(), headers)


def asked_for_events(platform: Scripted) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(one.path).query) for one in platform.asked if one.path.startswith("/events?WD")]


def answering(pages: Callable[[dict[str, list[str]]], Reply]) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        query = parse_qs(urlsplit(asked.path).query)
        if asked.path.startswith("/events") and "EQ_bizStep" not in query:
            return pages(query)
        return Reply(404)

    return answer


def pull(desk: Workstation) -> int:
    for source in desk.puller._sources:
        source.__self__._not_before = 0.0  # type: ignore[attr-defined]
    return desk.puller.pull()


def test_three_pages_with_equal_times_across_the_break(tmp_path: Path) -> None:
    events = [body(n, T0 + timedelta(seconds=n // 4)) for n in range(9)]

    def pages(query: dict[str, list[str]]) -> Reply:
        at = int(query.get("nextPageToken", ["0"])[0])
        onward = f"/events?WD_readPoint=x&nextPageToken={at + 3}" if at + 3 < len(events) else ""
        return page(events[at : at + 3], onward)

    with scripted(answering(pages)) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            assert pull(desk) == 9
            assert (
                desk.of(lambda store: store.pulled.cursor("events").cursor) == "2026-11-20T04:00:02.000000Z"
            )
            assert pull(desk) == 0
            # A little before the watermark is asked for again: records are not stored in the order of their time.
            since = [one["GE_recordTime"][0] for one in asked_for_events(platform) if "GE_recordTime" in one]
            assert since[0] == "2026-11-20T03:59:52.000Z"
        finally:
            desk.close()


def test_a_record_that_was_stored_late_is_still_seen(tmp_path: Path) -> None:
    events = [body(1, T0 + timedelta(seconds=5))]
    with scripted(answering(lambda query: page(events))) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            assert pull(desk) == 1
            events.insert(0, body(2, T0))
            assert pull(desk) == 1
            assert (
                desk.of(lambda store: store.pulled.cursor("events").cursor) == "2026-11-20T04:00:05.000000Z"
            )
        finally:
            desk.close()


def test_a_record_of_a_day_to_come_does_not_make_the_watermark_jump(tmp_path: Path) -> None:
    """A platform's clock ran ahead for a moment: what it recorded since is heard all the same."""
    events = [body(1, T0), body(2, T0.replace(year=2090))]

    def pages(query: dict[str, list[str]]) -> Reply:
        since = query.get("GE_recordTime", [""])[0]
        return page([one for one in events if one["recordTime"] >= since])

    with scripted(answering(pages)) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            assert pull(desk) == 2
            events.insert(1, body(3, T0 + timedelta(seconds=30)))
            assert pull(desk) == 1
            assert (
                desk.of(lambda store: store.pulled.cursor("events").cursor) == "2026-11-20T04:00:30.000000Z"
            )
        finally:
            desk.close()


def test_a_platform_that_keeps_no_order_does_not_make_the_watermark_jump(tmp_path: Path) -> None:
    """The newest comes first, and the line breaks after the first page."""
    events = [body(n, T0 - timedelta(minutes=n)) for n in range(6)]
    cut = [True]

    def pages(query: dict[str, list[str]]) -> Reply:
        at = int(query.get("nextPageToken", ["0"])[0])
        if at and cut[0]:
            return Reply(200, b"{}", cut=True)
        onward = f"/events?WD_readPoint=x&nextPageToken={at + 3}" if at + 3 < len(events) else ""
        return page(events[at : at + 3], onward)

    with scripted(answering(pages)) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            pull(desk)
            assert desk.of(lambda store: store.pulled.cursor("events").cursor) == ""
            cut[0] = False
            assert pull(desk) == 3  # the first three are known already
            assert (
                desk.of(lambda store: store.pulled.cursor("events").cursor) == "2026-11-20T04:00:00.000000Z"
            )
        finally:
            desk.close()


def test_a_big_page_holds_the_writer_in_parts_only(tmp_path: Path) -> None:
    many = [f"https://id.gs1.org/01/{GTIN}/21/P{n}" for n in range(60)]
    events = [body(n, T0, epcList=[f"{uri}x{n}" for uri in many]) for n in range(5)]
    with scripted(answering(lambda query: page(events))) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            jobs = []
            run = desk.writer.run

            def counted(job):  # type: ignore[no-untyped-def]
                jobs.append(job)
                return run(job)

            desk.puller._sources[0].__self__._run = counted  # type: ignore[attr-defined]
            assert pull(desk) == 5
            assert desk.packs_told() == 300
            assert len(jobs) >= 4
        finally:
            desk.close()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"[]", {"Content-Type": "application/json"}),
        Reply(200, b"{}", {"Content-Type": "application/json"}),
        Reply(200, "你".encode("gb18030"), {"Content-Type": "application/json"}),
        Reply(200, b"<html>", {"Content-Type": "text/html"}),
        page([], "https://elsewhere.example/events?nextPageToken=1"),
        page([7, "x", None, {"eventID": 3}]),  # type: ignore[list-item]
        page([body(1, T0, eventTime="tomorrow")]),
    ],
)
def test_what_cannot_be_understood_is_no_event_and_breaks_nothing(tmp_path: Path, reply: Reply) -> None:
    with scripted(answering(lambda query: reply)) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            assert pull(desk) == 0
            assert desk.puller.why in ("", "reference_unreadable", "platform_html")
        finally:
            desk.close()


def test_pages_without_end_are_not_followed_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sync import eventpull

    monkeypatch.setattr(eventpull, "MOST_PAGES", 5)
    endless = page([body(1, T0)], "/events?WD_readPoint=x&nextPageToken=1")
    with scripted(answering(lambda query: endless)) as platform:
        desk = Workstation(tmp_path / "home", platform.url)
        try:
            pull(desk)
            assert desk.puller.why == "platform_endless"
        finally:
            desk.close()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_order_and_any_repeats_lead_to_the_same_stock(data: st.DataObject) -> None:
    """What another counter did, heard page by page in any order and more than once, its voids too."""
    import tempfile
    from contextlib import ExitStack, closing

    from ledger.event import EventKind

    # Whatever a draw ends early is closed before its folder goes.
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:

        def at(name: str) -> Workstation:
            return opened.enter_context(closing(Workstation(Path(folder) / name, "http://127.0.0.1:9")))

        a = at("a")
        verbs = st.sampled_from([EventKind.DISPENSE, EventKind.UNDO, EventKind.QUARANTINE, EventKind.VOID])
        for serial in ("S1", "S2"):
            a.receive(gs1(serial))
            for verb in data.draw(st.lists(verbs, max_size=4)):
                a.scan(
                    gs1(serial), verb, reason="damaged" if verb is EventKind.QUARANTINE else "did_not_occur"
                )
        sent = a.of(
            lambda store: store.connection.execute("SELECT payload FROM outbox ORDER BY rowid").fetchall()
        )
        bodies = [json.loads(payload) for (payload,) in sent]
        ends = []
        for name in ("b", "c"):
            desk = at(name)
            heard = data.draw(st.permutations(bodies)) + data.draw(
                st.lists(st.sampled_from(bodies), max_size=3)
            )
            for one in heard:
                desk.of(lambda store, told=one, desk=desk: hear(store, desk.clock, desk.wire, told))
            ends.append([desk.known(f"gs1:{GTIN}/{serial}") for serial in ("S1", "S2")])
        own = [a.state(f"gs1:{GTIN}/{serial}") for serial in ("S1", "S2")]
        assert ends[0] == ends[1] == own
