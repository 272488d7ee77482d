"""Recalls from rows: one row for each product, lot or serial that a notice concerns."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.clock import Clock
from ledger.conflicts import take_recall
from ledger.importing.columns import Columns
from ledger.importing.identifiers import product
from ledger.importing.report import Report
from ledger.importing.rows import Row
from ledger.recalls import Recall
from ledger.store import Store

COLUMNS = Columns(
    {
        "number": ("召回编号", "编号"),
        "product": ("产品编码", "gtin", "药品标识码", "drug_id"),
        "lot": ("批号", "batch"),
        "serial": ("序列号", "追溯码"),
        "level": ("召回级别", "级别", "class"),
        "reason": ("召回原因", "原因"),
        "day": ("召回日期", "日期", "date"),
        "action": ("处理措施", "措施", "required_action"),
        "withdrawn": ("已撤销", "撤销"),
    },
    ("number", "product"),
)

_LEVELS = {"1": "1", "2": "2", "3": "3", "i": "1", "ii": "2", "iii": "3"} | {
    word: number
    for number, words in (("1", "一级 一"), ("2", "二级 二"), ("3", "三级 三"))
    for word in words.split()
}


def parse(rows: Iterable[Row], report: Report) -> list[Recall]:
    """The recalls of rows; rows that will not do are refused."""
    taken: dict[tuple[str, str, str, str], Recall] = {}
    for row in rows:
        number, found = row.need("number", 100), product(row)
        if found is None and not row.bad:
            row.fault("product", "row_missing")
        day = row.day("day")
        if day is None and not row.bad:
            row.fault("day", "row_missing")
        level = row.word("level", _LEVELS)
        lot, serial = row.text("lot", 50), row.text("serial", 100)
        reason, action = row.text("reason"), row.text("action")
        withdrawn = row.yes("withdrawn") or False
        if found and day and not row.bad:
            made = Recall(
                number,
                found,
                lot or None,
                serial or None,
                int(level) if level else None,
                reason,
                day,
                action,
                withdrawn,
            )
            if taken.setdefault((number, found, lot, serial), made) != made:
                row.fault("number", "row_twice", found=number)
        for one in row.bad:
            report.refuse(one)
    return list(taken.values())


def save(store: Store, taken: Iterable[Recall], report: Report, clock: Clock) -> None:
    """Put the recalls into the ledger, inside the caller's transaction; what patients have becomes tasks."""
    for one in taken:
        report.count(take_recall(store, clock, one))
