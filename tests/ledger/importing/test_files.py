"""Files as people have them: encodings, separators, headings, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.clock import Clock
from ledger.errors import UserError
from ledger.importing import columns_of, parse, read_file, save
from ledger.importing import files as files_module
from ledger.store import Store
from tests.ledger.importing.rows import (
    csv_file,
    faults,
)
from tests.ledger.papers import DRUG, GTIN, GTIN_2


def names(path: Path, encoding: str | None = None) -> list[tuple[int, str]]:
    sheet = read_file(path, columns_of("products"), encoding)
    return [(row.line, row.text("name_zh")) for row in sheet.rows]


class TestFiles:
    TEXT = f"product,名称\n{GTIN},聚乙烯醇滴眼液\n{DRUG},苯二氮䓬片\n"

    @pytest.mark.parametrize(
        ("encoding", "found"),
        [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
    )
    def test_encodings_are_told_apart(self, tmp_path: Path, encoding: str, found: str) -> None:
        path = csv_file(tmp_path, self.TEXT, encoding)
        assert read_file(path, columns_of("products")).encoding == found
        assert names(path) == [(2, "聚乙烯醇滴眼液"), (3, "苯二氮䓬片")]

    @pytest.mark.parametrize(
        ("encoding", "text"),
        [
            ("latin-1", "Sérum antidiphtérique à dose élevée"),
            ("cp1252", "Préparation – goût “fraise”"),
            ("big5", "聚乙烯醇滴眼液適用於緩解乾眼症狀與眼睛疲勞不適"),
            ("shift-jis", "ヒアルロン酸点眼液"),
        ],
    )
    def test_other_encodings_are_not_taken_for_chinese(
        self, tmp_path: Path, encoding: str, text: str
    ) -> None:
        path = csv_file(tmp_path, f"product,name_zh\n{GTIN},{text}\n", encoding)
        with pytest.raises(UserError) as caught:
            read_file(path, columns_of("products"))
        assert caught.value.code == "file_encoding_unknown"

    def test_bytes_that_are_right_in_both_are_asked_about(self, tmp_path: Path) -> None:
        both = bytes.fromhex("c2bcc3b5")  # two Western letters in UTF-8, two Chinese ones in GB18030
        path = tmp_path / "rows.csv"
        path.write_bytes(b"product,name_zh\n8338652," + both + b"\n")
        with pytest.raises(UserError) as caught:
            read_file(path, columns_of("products"))
        assert caught.value.code == "file_encoding_unclear"
        assert names(path, "utf-8") == [(2, both.decode("utf-8"))]
        assert names(path, "gb18030") == [(2, both.decode("gb18030"))]
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
        assert names(path) == [(2, both.decode("utf-8"))], "a byte order mark settles it"

    def test_western_letters_among_chinese_ones_are_no_riddle(self, tmp_path: Path) -> None:
        path = csv_file(tmp_path, f"product,name_zh\n{GTIN},Sérum 血清 5 µg\n")
        assert names(path) == [(2, "Sérum 血清 5 µg")]

    def test_a_named_encoding_is_held_to(self, tmp_path: Path) -> None:
        path = csv_file(tmp_path, self.TEXT, "gb18030")
        with pytest.raises(UserError) as caught:
            read_file(path, columns_of("products"), "utf-8")
        assert (caught.value.code, caught.value.params["line"]) == ("file_not_encoded", "1")
        with pytest.raises(UserError) as caught:
            read_file(path, columns_of("products"), "klingon")
        assert caught.value.code == "encoding_unknown"

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_separators_are_seen_in_the_header(self, tmp_path: Path, separator: str) -> None:
        text = f"product{separator}name_zh{separator}note\n\n{GTIN}{separator}滴眼液{separator}x\n"
        path = csv_file(tmp_path, text)
        sheet = read_file(path, columns_of("products"))
        assert sheet.ignored == ("note",) and names(path) == [(3, "滴眼液")]

    def test_lines_are_counted_as_an_editor_does(self, tmp_path: Path) -> None:
        path = csv_file(tmp_path, f'product,spec,name_zh\r\n{GTIN},"a\r\nb",一\r\n{DRUG},,二\r\n')
        rows = list(read_file(path, columns_of("products")).rows)
        assert [row.line for row in rows] == [2, 4]
        report = parse("products", rows).report
        assert faults(report) == [(2, "spec", "row_text_bad")]

    def test_a_row_with_cells_too_many_or_few_is_refused(self, tmp_path: Path, ledger: Store) -> None:
        path = csv_file(tmp_path, f"product,name_zh\n{GTIN},one,two\n{DRUG}\n{GTIN_2},three\n")
        sheet = read_file(path, columns_of("products"))
        report = save(ledger, parse("products", sheet.rows), Clock())
        assert faults(report) == [(2, "", "row_cells"), (3, "", "row_cells")]
        assert ledger.catalog.size() == 1

    @pytest.mark.parametrize(
        ("raw", "code"),
        [
            (b"", "columns_missing"),
            (b"number\n1\n", "columns_missing"),
            (b"number,number,product\n", "columns_twice"),
            (b"PK\x03\x04rest", "file_is_spreadsheet"),
            (b"\xd0\xcf\x11\xe0rest", "file_is_spreadsheet"),
            (b"[1, 2", "file_unreadable"),
            (b'{"things": []}', "json_no_list"),
            (b'"number', "file_unreadable"),
            (b"\xff\xfe\x00\xd8", "file_encoding_unknown"),
        ],
    )
    def test_a_file_that_cannot_be_read_says_why(self, tmp_path: Path, raw: bytes, code: str) -> None:
        path = tmp_path / "file.csv"
        path.write_bytes(raw)
        with pytest.raises(UserError) as caught:
            list(read_file(path, columns_of("recalls")).rows)
        assert caught.value.code == code

    @pytest.mark.parametrize("raw", [b"", b"foo\n", b"foo,bar\n1,2\n"])
    def test_a_file_of_which_no_column_is_known_is_no_success(self, tmp_path: Path, raw: bytes) -> None:
        path = tmp_path / "file.csv"
        path.write_bytes(raw)
        with pytest.raises(UserError) as caught:
            read_file(path, columns_of("products"))
        assert caught.value.code == "columns_unknown"

    def test_a_broken_quote_takes_nothing_in(self, tmp_path: Path) -> None:
        path = csv_file(tmp_path, f'product,name_zh\n{GTIN},a\n{DRUG},"b"c\n')
        with pytest.raises(UserError) as caught:
            parse("products", read_file(path, columns_of("products")).rows)
        assert (caught.value.code, caught.value.params["line"]) == ("file_broken", "3")

    def test_absent_and_overlong_files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(UserError) as caught:
            read_file(tmp_path / "absent.csv", columns_of("products"))
        assert caught.value.code == "file_unreadable"
        monkeypatch.setattr(files_module, "LIMIT", 2)
        path = csv_file(tmp_path, "product,name_zh\n1,a\n2,b\n3,c\n")
        with pytest.raises(UserError) as caught:
            names(path)
        assert caught.value.code == "file_too_long"
        monkeypatch.setattr(files_module, "LARGEST", 10)
        with pytest.raises(UserError) as caught:
            names(path)
        assert caught.value.code == "file_too_large"

    def test_json_in_a_list_or_under_items(self, tmp_path: Path, ledger: Store) -> None:
        items = [
            {"product": GTIN, "名称": "滴眼液", "other": {"deep": []}},
            7,
            {"product": 8338652, "name": "片"},
        ]
        for number, whole in enumerate((items, {"items": items, "cursor": "x"})):
            path = tmp_path / f"{number}.json"
            path.write_text(json.dumps(whole), "utf-8")
            report = save(ledger, parse("products", read_file(path, columns_of("products")).rows), Clock())
            assert faults(report) == [(2, "", "row_no_object")]
        assert (ledger.catalog.size(), report.same) == (2, 2)

    def test_numbers_with_fractions_or_exponents_are_no_text(self, tmp_path: Path, ledger: Store) -> None:
        path = tmp_path / "rows.json"
        path.write_text('[{"gtin": 9.521234000013e12, "name": "x"}, {"product": 9521234000013, "name": "y"}]')
        report = save(ledger, parse("products", read_file(path, columns_of("products")).rows), Clock())
        assert faults(report)[0][0] == 1 and report.refused == 1
        assert ledger.catalog.product(GTIN) is not None

    def test_a_tower_of_brackets_is_no_fault_of_ours(self, tmp_path: Path) -> None:
        path = tmp_path / "rows.json"
        path.write_text("[" * 100_000)
        with pytest.raises(UserError):
            read_file(path, columns_of("products")).rows.__next__()
