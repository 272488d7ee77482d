"""Tables as files: nothing is a formula, dates are dates, and a cancelled export leaves nothing behind."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from desktop.sheets import Cell, Column, Sheet, write_csv, write_xlsx
from ledger.errors import EnvironmentFault
from ledger.stages import Cancelled

HOSTILE = '=HYPERLINK("http://x")'
ROWS: tuple[tuple[Cell, ...], ...] = ((HOSTILE, 3, date(2027, 5, 31)), ("批号\x1d1", None, "2027-05"))


def sheet(rows: Iterable[tuple[Cell, ...]] = ROWS) -> Sheet:
    columns = (Column("名称", 20), Column("数量", 8, number=True), Column("有效期", 12))
    return Sheet("库存/清单", "库存", ("一家药房",), columns, lambda: rows, 2)


def test_a_csv_opens_in_excel_and_runs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "new" / "a.csv"
    write_csv(file, [sheet(), sheet()])
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["库存"] and rows[3] == ["名称", "数量", "有效期"]
    assert rows[4] == [f"'{HOSTILE}", "3", "2027-05-31"] and rows[5] == ["批号 1", "", "2027-05"]
    assert rows.count(["库存"]) == 2


def test_a_workbook_holds_text_numbers_and_dates(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    file = tmp_path / "a.xlsx"
    write_xlsx(file, [sheet()])
    page = openpyxl.load_workbook(file).active
    assert page.title == "库存清单"
    first = [cell.value for cell in page[5]]
    assert first[:2] == [HOSTILE, 3] and first[2].date() == date(2027, 5, 31)
    assert page["A5"].data_type == "s"


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_cancelled_export_leaves_the_old_file_as_it_was(tmp_path: Path, write: object) -> None:
    file = tmp_path / "a.csv"
    file.write_text("old")

    def stop(stage: str, done: int, total: int) -> None:
        assert (stage, total) == ("export_writing", 2)
        raise Cancelled

    with pytest.raises(Cancelled):
        write(file, [sheet()], stop)  # type: ignore[operator]
    assert file.read_text() == "old" and list(tmp_path.iterdir()) == [file]


def test_a_place_that_takes_no_file_is_a_fault_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(EnvironmentFault) as caught:
        write_csv(tmp_path / "x" / "a.csv", [sheet()])
    assert caught.value.code == "export_unwritable"
