"""The life of a pack in words: the command and the page say the same, in both languages, with nothing left raw."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from desktop.story import Teller, short_key
from desktop.words import LANGUAGES, Words
from ledger.chain import Fault
from ledger.chainproof import Proof, Witness
from ledger.codes.code import Kind
from ledger.dossier import ELSEWHERE, Attempt, Chapter
from ledger.event import DocumentRef, Event, EventKind, PackFacts
from ledger.moment import Moment
from ledger.scans import RawScan

AT = datetime(2026, 11, 20, 9, 1, 2, tzinfo=UTC)
FACTS = PackFacts(
    "gs1:09521234000013/S1", Kind.GS1, state="opened", quantity=3, remaining=7, parent="sscc:1", place="A-01"
)


def event(kind: EventKind = EventKind.DISPENSE, **changes: object) -> Event:
    fields: dict[str, object] = {
        "event_id": "e1",
        "ledger_id": "l1",
        "seq": 12,
        "kind": kind,
        "moment": Moment(AT, 1, "b"),
        "device_id": "d1",
        "operator": "op-1",
        "place": "COUNTER-1",
        "packs": (FACTS,),
        "partner": "9521999000013",
        "documents": (DocumentRef("prescription", "RX-1"),),
        "reason": "incorrect_data + 患者退回",
        "second": "op-2",
        "flags": ("near_expiry", "opened"),
        **changes,
    }
    return Event(**fields)  # type: ignore[arg-type]


def chapter(told: Event, facts: PackFacts | None = FACTS, **more: object) -> Chapter:
    return Chapter(told, facts, b"\xab" * 32, "parked", "no such product", **more)  # type: ignore[arg-type]


def test_one_event_is_told_with_all_that_belongs_to_it() -> None:
    line = Teller(Words("zh_CN"), {"op-1": "王芳"}).chapter(chapter(event(), partner=("供应链", "Supply")))
    assert (line.day, line.time, line.seq) == ("2026-11-20", "09:01:02", 12)
    assert line.title == "发药，数量 3，剩 7"
    assert line.details[0] == "操作人 王芳（op-1）"
    assert {"复核 op-2", "COUNTER-1", "在箱 1 中", "来自 供应链", "处方 RX-1"} <= set(line.details)
    assert "当时临近有效期" in line.remarks and "平台退回：no such product" in line.remarks
    assert any("患者退回" in remark for remark in line.remarks)
    assert (line.delivery, line.voided, line.hash) == ("delivery_parked", False, "ab" * 32)


def test_a_voided_event_says_so() -> None:
    line = Teller(Words("zh_CN")).chapter(chapter(event(), voided_by=15))
    assert line.voided and line.remarks[0] == "此记录已作废（见记录 15）"


def test_an_event_of_another_workstation_says_so() -> None:
    told = Chapter(event(), FACTS, b"", ELSEWHERE)
    line = Teller(Words("zh_CN")).chapter(told)
    assert (line.delivery, line.seq, line.faint) == ("story_elsewhere", None, False)
    assert "工作站 d1 的记录 12" in line.details
    assert "其他工作站" in Teller(Words("zh_CN")).aside(told)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(EventKind)[:16])
def test_every_kind_of_event_has_words(kind: EventKind, language: str) -> None:
    words = Words(language)
    line = Teller(words).chapter(chapter(event(kind)))
    for text in (line.title, *line.details, *line.remarks):
        assert "history_" not in text and "story_" not in text and "{" not in text


def test_a_scan_that_came_to_nothing_leaves_no_braces() -> None:
    scan = RawScan(
        AT.isoformat(), "x", "", "wedge", "", "op-1", "dispense", "1", "refused", "quantity_too_large", None
    )
    for language in LANGUAGES:
        line = Teller(Words(language)).attempt(Attempt(scan, answered=False))
        assert line.remarks and "{" not in line.remarks[0] and line.tone == "stop"


def test_the_proof_is_told_as_it_stands() -> None:
    teller = Teller(Words("en"))
    running = Proof(10, 2, 59, b"\x01" * 32, 109)
    assert "50 %" in teller.proof(running)[0]
    done = Proof(10, 2, 109, b"\x01" * 32, 109)
    assert "from record 10" in teller.proof(done)[0] and "not witnessed" in teller.proof(done)[2]
    seen = Proof(10, 2, 109, b"\x01" * 32, 109, witness=Witness(80, "platform", "2026-11-20T10:00:00"))
    assert "record 80" in teller.proof(seen)[2]
    broken = Proof(10, 2, 59, b"\x01" * 32, 109, fault=Fault("audit_changed", 60))
    assert "60" in teller.proof(broken)[1]


def test_a_key_is_shown_as_people_read_it() -> None:
    assert short_key("gs1:09521234000013/S1") == "09521234000013/S1"
    assert short_key("plain") == "plain"
