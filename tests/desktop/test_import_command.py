"""`import` and `documents` at the command line: results on one stream, faults on the other, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from desktop.commands.root import main
from desktop.words import Words
from ledger.clock import Clock
from ledger.importing import KINDS, load
from ledger.writer import Writer
from tests.ledger.papers import store

ROOT = Path(__file__).resolve().parents[2]
GTIN, GTIN_2, GLN = "09521234000013", "09521234000020", "9521999000006"
PATIENT = "3b241101-e2bb-4255-8caf-4136c566a962"

FILES = {
    "products": f"gtin,drug_id,名称,包装数量\n{GTIN},8338652,滴眼液,10\n{GTIN_2},,片,30\n",
    "partners": f"gln,名称,类型\n{GLN},示例供应商,供应商\n",
    "recalls": f"number,product,lot,class,day,action\nR-1,{GTIN},L9,一级,2026-11-01,停用\n",
    "trees": f"parent,product,serial,lot\nsscc:095212340000000013,{GTIN},S1,L1\n",
    "shipments": (
        "number,partner,product,lot,quantity,serials,case\n"
        f"ASN-1,{GLN},{GTIN},L1,2,S1;S2,\nASN-1,{GLN},{GTIN_2},,4,,\n"
        f"ASN-1,{GLN},,,,,sscc:095212340000000013\n"
    ),
    "prescriptions": f"number,patient,product,quantity,weeks,filing\nRX-1,{PATIENT},{GTIN},2,3,BA-7\n",
    "approvals": (
        "number,product,institution,valid_from,valid_to,quantity\n"
        f"AP-1,{GTIN},{GLN},2026-01-01,2026-12-31,5\n"
    ),
    "patients": f"患者假名,姓名,证件类型\n{PATIENT},王小明,身份证\n",
}


class Ran:
    """What one call of the command line said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Any:
    def call(*arguments: str, code: int = 0) -> Ran:
        try:
            main(["--home", str(tmp_path / "home"), *arguments])
        except SystemExit as stop:
            found = stop.code if isinstance(stop.code, int) else 0
        else:
            found = 0
        out, err = capsysbinary.readouterr()
        ran = Ran(found, out.decode(), err.decode())
        assert found == code, ran.out + ran.err
        return ran

    return call


def put(tmp_path: Path, kind: str, text: str | None = None, encoding: str = "utf-8") -> str:
    path = tmp_path / f"{kind}.csv"
    path.write_bytes((FILES[kind] if text is None else text).encode(encoding))
    return str(path)


def take_all(run: Any, tmp_path: Path) -> None:
    for kind in KINDS:
        run("import", kind, put(tmp_path, kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_taken_and_the_second_time_changes_nothing(run: Any, tmp_path: Path, kind: str) -> None:
    path = put(tmp_path, kind)
    first = run("import", kind, path, "--json").objects[0]
    again = run("import", kind, path, "--json").objects[0]
    assert (first["kind"], first["refused"], first["bad"], first["same"]) == (kind, 0, [], 0)
    assert first["added"] == first["imported"] == again["imported"] == again["same"] > 0
    assert (again["added"], again["changed"]) == (0, 0)
    assert "已导入" in run("import", kind, path, "--lang", "zh_CN").out
    assert "imported" in run("import", kind, path, "--lang", "en").out


def test_bad_rows_are_told_line_by_line_in_both_languages(run: Any, tmp_path: Path) -> None:
    path = put(
        tmp_path, "products", f"编码,名称,包装数量,备注\n{GTIN},滴眼液,十,x\n6.9E+12,片,,\n{GTIN_2},片,30,\n"
    )
    chinese = run("import", "products", path, "--lang", "zh_CN", code=1)
    assert "第 2 行未导入：“包装数量”应为 1 到 999999 的整数" in chinese.err
    assert "第 3 行未导入：“编码”的号码被电子表格改成了“6.9E+12”" in chinese.err
    assert "以下列没有用到：备注" in chinese.err and "拒绝 2 行" in chinese.out
    english = run("import", "products", path, "--lang", "en", "--json", code=1)
    assert "Line 2 was not imported: “包装数量” must be a whole number" in english.err
    (said,) = english.objects
    assert (said["imported"], said["refused"], said["ignored"]) == (1, 2, ["备注"])
    assert [(bad["line"], bad["field"], bad["code"]) for bad in said["bad"]] == [
        (2, "包装数量", "row_not_whole"),
        (3, "编码", "row_rounded"),
    ]
    assert all(bad["text"] in english.err for bad in said["bad"])


def test_encodings_are_found_out_or_named(run: Any, tmp_path: Path) -> None:
    path = put(tmp_path, "products", encoding="gb18030")
    assert run("import", "products", path, "--json").objects[0]["encoding"] == "gb18030"
    assert run("import", "products", path, "--encoding", "gbk", "--json").objects[0]["same"] == 2
    assert "utf-8" in run("import", "products", path, "--encoding", "utf-8", code=1).err
    run("documents", "list", "shipments")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "poems", "x.csv"), "products"),
        (("import", "products", "absent.csv"), "absent.csv"),
        (("documents", "board", "shipments", "nobody"), "nobody"),
        (("documents", "show", "shipments", "nobody"), "nobody"),
        (("documents", "list", "poems"), "shipments"),
    ],
)
def test_mistakes_are_answered_by_a_sentence(
    run: Any, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    run("import", "products", put(tmp_path, "products"))
    assert said in run(*arguments, code=1).err


def test_without_a_ledger_there_are_no_documents(run: Any) -> None:
    assert run("documents", "list", "shipments").out == ""
    assert "nobody" in run("documents", "board", "shipments", "nobody", code=1).err


def test_documents_are_listed_and_shown(run: Any, tmp_path: Path) -> None:
    take_all(run, tmp_path)
    (listed,) = run("documents", "list", "shipments", "--json").objects
    assert listed == {"kind": "desadv", "number": "ASN-1", "partner": GLN, "day": None, "finished": False}
    shown = run("documents", "show", "prescriptions", "RX-1", "--json").objects[0]
    assert (shown["patient"], shown["weeks"], shown["filing"], shown["consent"]) == (
        PATIENT,
        3,
        "BA-7",
        False,
    )
    assert [line["product"] for line in shown["lines"]] == [GTIN]
    approval = run("documents", "show", "approvals", "AP-1", "--json").objects[0]
    assert (approval["quantity"], approval["used"], approval["shipped"]) == (5, 0, 0)
    text = run("documents", "show", "shipments", "ASN-1", "--lang", "zh_CN").out
    assert "滴眼液" in text and "批号 L1" in text
    assert "AP-1" in run("documents", "show", "approvals", "AP-1").out
    assert "BA-7" in run("documents", "show", "prescriptions", "RX-1").out


def test_the_board_of_a_receipt(run: Any, tmp_path: Path) -> None:
    take_all(run, tmp_path)
    code = f"(01){GTIN}(17)280131(10)L1(21)"
    run("receive", "--operator", "op-1", "--document", "ASN-1", f"{code}S1", f"{code}S7", "--reason", "多送")
    rows = run("documents", "board", "shipments", "ASN-1", "--json").objects
    assert [(row["line"], row.get("seen"), row.get("missing"), row.get("progress")) for row in rows[:-2]] == [
        (1, 1, 1, "partial"),
        (2, 0, 4, "waiting"),
    ]
    assert rows[-2] == {"line": None, "product": GTIN, "lot": "L1", "packs": 1, "units": 0}
    total = rows[-1]
    assert (total["expected"], total["seen"], total["missing"], total["extra"]) == (6, 1, 5, 1)
    assert (total["cases_expected"], total["complete"], total["finished"]) == (1, False, False)
    assert "合计" in run("documents", "board", "shipments", "ASN-1", "--lang", "zh_CN").out
    assert "in all" in run("documents", "board", "shipments", "ASN-1", "--lang", "en").out
    listing = ("documents", "board", "shipments", "ASN-1", "--serials")
    assert run(*listing, "missing", "--line", "1").out.split() == [f"gs1:{GTIN}/S2"]
    assert run(*listing, "seen", "--line", "1", "--json").objects == [{"key": f"gs1:{GTIN}/S1"}]
    more = run(*listing, "extra", "--limit", "1")
    assert more.out.split() == [f"gs1:{GTIN}/S7"] and f"gs1:{GTIN}/S7" in more.err
    run(*listing, "missing", code=2)


def test_import_says_so_when_another_process_writes(run: Any, tmp_path: Path) -> None:
    writer = Writer(tmp_path / "home")
    try:
        assert "TraceDesk" in run("import", "products", put(tmp_path, "products"), code=1).err
    finally:
        writer.close()


SPOILT: dict[str, tuple[dict[str, object], ...]] = {
    "products": (
        {},
        {"product": "x", "pack_size": "y", "split_allowed": "z", "name_zh": "a" * 300, "spec": ["a"]},
        {"product": "6.9E12"},
        {"product": GTIN},
        {"gtin": "1", "name_zh": "x"},
        {"gtin": GTIN, "name_zh": "x"},
        {"gtin": GTIN, "name_zh": "y"},
    ),
    "partners": ({"gln": "1", "role": "king"}, {"gln": GLN, "name": "x"}, {"gln": GLN, "name": "y"}),
    "recalls": ({"number": "R", "product": GTIN, "day": "2026-02-30", "level": "9"},),
    "trees": (
        {"parent": "sscc:095212340000000013", "code": f"gs1:{GTIN}/S1"},
        {"parent": "sscc:195212340000000010", "code": f"gs1:{GTIN}/S1"},
        {"parent": f"gs1:{GTIN}/S1", "code": "sscc:095212340000000013"},
        {"parent": "what", "code": "sscc:1"},
        {"parent": f"(01){GTIN}", "product": "8338652", "serial": "1"},
        {"parent": f"gs1:{GTIN}/C", "code": f"(01){GTIN}(10)L1(21)S9", "lot": "L2"},
    ),
    "shipments": (
        {"number": "A", "product": GTIN, "quantity": 2, "serials": "S1"},
        {"number": "B", "product": GTIN, "quantity": 1, "serials": "S1"},
        {"number": "B", "product": GTIN, "quantity": 1},
        {"number": "C", "line": 1, "code": f"gs1:{GTIN}/S1", "lot": "A", "quantity": 3},
        {"number": "C", "line": 1, "code": f"gs1:{GTIN}/S1", "lot": "B"},
        {"number": "D", "product": GTIN, "quantity": 1, "partner": GLN},
        {"number": "D", "product": GTIN, "quantity": 1},
        {"number": "E", "line": 1, "product": GTIN, "quantity": 1},
        {"number": "E", "line": 1, "product": GTIN, "quantity": 1},
        {"number": "F", "lines": []},
        {"number": "KNOWN", "product": GTIN, "quantity": 1, "partner": "9521999000013"},
    ),
    "prescriptions": ({"number": "RX", "patient": "张三", "product": GTIN, "quantity": 1},),
    "approvals": (
        {
            "number": "AP",
            "product": GTIN,
            "institution": GLN,
            "valid_from": "2026-02-01",
            "valid_to": "2026-01-01",
        },
    ),
    "patients": (
        {"patient": "张三", "name": "张三"},
        {"patient": PATIENT, "name": "张三", "id_type": "?"},
        {"patient": PATIENT},
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_sentence_is_given_what_it_needs(kind: str, language: str) -> None:
    ledger, words = store(), Words(language)
    known = {"number": "KNOWN", "product": GTIN, "quantity": 1, "partner": GLN}
    load(ledger, "shipments", [known], Clock())
    report = load(ledger, kind, SPOILT[kind], Clock())
    assert report.bad
    for bad in report.bad:
        said = words.say(bad.code, **dict(bad.params))
        assert said != bad.code and "{" not in said and "\n" not in said, bad


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_fault_of_a_row_has_a_sentence_that_uses_what_it_is_told(language: str) -> None:
    words = Words(language)
    used = re.compile(
        r"\"(row_[a-z_]+|file_[a-z_]+|columns_(?:missing|twice)|json_no_list|encoding_unknown)\""
    )
    codes = {
        code
        for path in (ROOT / "ledger" / "importing").glob("*.py")
        for code in used.findall(path.read_text("utf-8"))
    }
    assert len(codes) > 40
    assert {code for code in codes if not words.knows(code)} == set()
