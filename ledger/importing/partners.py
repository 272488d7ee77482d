"""Partners and sites from rows: one row each, by GLN."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.importing.columns import Columns
from ledger.importing.report import Report
from ledger.importing.rows import Row
from ledger.partners import ROLES, Partner
from ledger.store import Store

COLUMNS = Columns(
    {
        "gln": ("全球位置码", "位置码"),
        "name_zh": ("名称", "企业名称", "机构名称", "name"),
        "name_en": ("英文名称",),
        "role": ("类型", "角色"),
    },
    ("gln",),
)

_ROLES = {role: role for role in ROLES} | {
    "供应商": "supplier",
    "供货单位": "supplier",
    "生产企业": "maker",
    "仓库": "warehouse",
    "保税仓": "warehouse",
    "医院": "hospital",
    "医疗机构": "hospital",
    "药房": "pharmacy",
    "药店": "pharmacy",
    "病区": "ward",
    "承运商": "carrier",
    "监管部门": "authority",
    "其他": "other",
}


def parse(rows: Iterable[Row], report: Report) -> list[Partner]:
    """The partners of rows; rows that will not do are refused."""
    taken: dict[str, Partner] = {}
    for row in rows:
        gln = row.gln("gln")
        if gln is None and not row.bad:
            row.fault("gln", "row_missing")
        name_zh, name_en = row.text("name_zh", 200), row.text("name_en", 200)
        if not name_zh and not name_en and not row.bad:
            row.fault("name_zh", "row_missing")
        role = row.word("role", _ROLES) or "other"
        if gln and not row.bad:
            made = Partner(gln, name_zh or name_en, name_en or name_zh, role)
            if taken.setdefault(gln, made) != made:
                row.fault("gln", "row_twice", found=gln)
        for one in row.bad:
            report.refuse(one)
    return list(taken.values())


def save(store: Store, taken: Iterable[Partner], report: Report) -> None:
    """Put the partners into the ledger, inside the caller's transaction."""
    for one in taken:
        report.count(store.partners.put(one))
