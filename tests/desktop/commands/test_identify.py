from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from desktop.words import Words
from ledger.codes.code import Kind

KEYS = {
    "input", "kind", "key", "product", "serial", "lot", "expiry", "expiry_precision",
    "production", "level", "elements", "problems", "accepted",
}  # fmt: skip


def run(*arguments: str, stdin: bytes = b"") -> tuple[int, list[dict[str, Any]]]:
    code, out = call("--json", *arguments, stdin=stdin)
    return code, [json.loads(line) for line in out.splitlines()]


def call(*arguments: str, stdin: bytes = b"") -> tuple[int, str]:
    command = [
        sys.executable,
        "-c",
        "from desktop.commands.root import main; main()",
        "--lang",
        "en",
        "identify",
    ]
    done = subprocess.run([*command, *arguments], input=stdin, capture_output=True, check=False)
    assert done.stderr == b""
    return done.returncode, done.stdout.decode("utf-8")


def test_the_json_of_the_contract() -> None:
    status, [row] = run(r"]d20106901234567892172702001012AB<GS>21XY")
    assert status == 0
    assert row == {
        "input": "]d20106901234567892172702001012AB<GS>21XY",
        "kind": "gs1",
        "key": "gs1:06901234567892/XY",
        "product": "06901234567892",
        "serial": "XY",
        "lot": "12AB",
        "expiry": "2027-02-28",
        "expiry_precision": "month",
        "production": None,
        "level": "unit",
        "elements": {"01": "06901234567892", "17": "270200", "10": "12AB", "21": "XY"},
        "problems": [
            {
                "code": "expiry_month",
                "severity": "note",
                "text": "The expiry gives only the month; its last day (2027-02-28) counts.",
            }
        ],
        "accepted": True,
    }


def test_one_line_each_in_order_and_status_1_when_any_is_refused() -> None:
    status, rows = run("83386520001941653320", "6925265101481", "-03752864")
    assert status == 1
    assert [row["kind"] for row in rows] == ["cn20", "gtin", "gtin"]
    assert [row["accepted"] for row in rows] == [True, False, False]
    assert all(row.keys() == KEYS for row in rows)


def test_codes_from_standard_input_with_escapes() -> None:
    lines = [
        b"83386520001941653320\r",
        b"",
        b"[)><RS>06<GS>9N110375286414<GS>SA<RS><EOT>",
        b"]d2010690123456789210A\\x1d21B",
        b"\xff\xfe",
    ]
    status, rows = run(stdin=b"\n".join(lines))
    assert status == 1
    assert [row["kind"] for row in rows] == ["cn20", "unknown", "ppn", "gs1", "unknown"]
    assert rows[3]["serial"] == "B"
    assert rows[3]["input"] == "]d2010690123456789210A\\x1d21B"


def test_literal_takes_the_text_as_it_stands() -> None:
    assert run("--literal", r"A\x1dB\n12")[1][0]["problems"][0]["code"] == "unrecognised"
    assert run(r"A\x1dB\n12")[1][0]["problems"][0]["code"] == "control_characters"


def test_entry_aim_and_symbology_are_what_a_device_would_tell() -> None:
    assert run("８３３８６５２０００１９４１６５３３２０")[1][0]["problems"][0]["code"] == "full_width"
    assert run("--entry", "manual", "８３３８６５２０００１９４１６５３３２０")[0] == 0
    assert run("--aim", "]C1", "83386520001941653320")[1][0]["kind"] == "gs1"
    assert run("--symbology", "ITF14", "86900080000078")[0] == 0


def test_text_for_people() -> None:
    status, out = call(r"]d201069012345678921726123110A<GS>21B", "6925265101481")
    assert status == 1
    assert "✓ ]d201069012345678921726123110A<GS>21B" in out
    assert "expiry  2026-12-31" in out
    assert "retail barcode" in out


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_kind_has_a_name(language: str) -> None:
    assert all(Words(language).knows(f"code_kind_{kind.value}") for kind in Kind)
