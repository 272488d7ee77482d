"""The slip that closes a shift: its lines, and their setting in columns of two alphabets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from desktop.handover import DayReport, DeliveryReport, ParkedRecord
from desktop.settings import Settings
from desktop.slip import MOST, WIDTH, Line, _columns, as_text, slip
from desktop.status import Status
from desktop.words import Words

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


def parked(number: int, words: str = "unknown place") -> ParkedRecord:
    return ParkedRecord(
        f"0195f0c0-{number:04d}", "", number, "2026-11-20T09:01:02.000+08:00", "dispense", "op-1",
        (f"gs1:09521234000013/S{number}",), words, "", False, ("retry",),
    )  # fmt: skip


def report(*refused: ParkedRecord, pending: int = 0, count: int | None = None) -> DayReport:
    total = len(refused) if count is None else count
    status = Status(
        pending, "2026-11-20T08:00:00.000+08:00" if pending else None, total, 4, None, "ab" * 32,
        safe_to_leave=not pending and not refused, why="events_waiting" if pending else "all_delivered",
        accepted=120, sent=pending, last_failure="platform_unreachable" if pending else "",
    )  # fmt: skip
    return DayReport(
        DeliveryReport(status, refused),
        date(2026, 11, 20),
        (("receive", 12), ("dispense", 3)),
        2,
        1,
        135,
        "l",
        "d" * 8,
    )


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("pending", [0, 7])
def test_every_line_fits_the_paper(tmp_path: Path, language: str, pending: int) -> None:
    settings = Settings(tmp_path)
    settings.set("site.name", "博鳌乐城国际医疗旅游先行区示例医院中心药房第二窗口")
    records = [parked(number, "long words " * 20) for number in range(1, MOST + 3)]
    lines = slip(report(*records, pending=pending, count=40), settings, "op-1", NOW, Words(language))
    text = as_text(lines)
    assert max(_columns(row) for row in text.splitlines()) <= WIDTH
    assert "博鳌乐城" in text
    assert "120" in text


def test_what_waits_and_why_is_said(tmp_path: Path) -> None:
    words = Words("en")
    lines = slip(report(parked(9), pending=7), Settings(tmp_path), "op-1", NOW, words)
    assert Line("strong", "Safe to leave", "NO") in lines
    assert Line("pair", "Not delivered", "7") in lines
    assert Line("pair", "Oldest undelivered", "2026-11-20 08:00") in lines
    assert Line("text", words.say("platform_unreachable")) in lines
    assert Line("text", "unknown place") in lines
    done = slip(report(), Settings(tmp_path), "op-1", NOW, words)
    assert Line("strong", "Safe to leave", "YES") in done
    assert not any(line.text == "Refused by the platform" for line in done)


def test_more_than_the_paper_takes_is_counted(tmp_path: Path) -> None:
    records = [parked(number) for number in range(MOST + 5)]
    lines = slip(report(*records, count=60), Settings(tmp_path), "op-1", NOW, Words("en"))
    assert Line("text", f"and {60 - MOST} more") in lines
