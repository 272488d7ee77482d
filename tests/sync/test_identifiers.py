"""Codes as URIs: what GS1 says, what the templates say, and that nothing is lost on the way."""

# ruff: noqa: E501 - tables read better in one line a row

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.codes.code import Kind
from ledger.event import PackFacts
from sync.findings import epc_fault, uri_fault
from sync.identifiers import check_digit_holds, encode, is_gln, is_usci, key_uri, pack_uri
from tests.shared import shared

HOST = "https://id.tracedesk.example"
GS1_SIGNS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""The 82 characters of GS1 AI encodable character set 82."""


def test_all_82_characters_of_gs1_survive_in_a_serial() -> None:
    assert len(GS1_SIGNS) == 82
    for sign in GS1_SIGNS:
        serial = f"A{sign}B"
        uri, instance = pack_uri(PackFacts("gs1:x", Kind.GS1, "09521234000013", serial), HOST)
        assert instance
        assert epc_fault(uri) is None, uri
        assert unquote(uri.rpartition("/21/")[2]) == serial


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_different_texts_stay_different_and_plain(one: str, other: str) -> None:
    assert re.fullmatch(r"(?:[A-Za-z0-9._-]|%[0-9A-F]{2})*", encode(one))
    assert unquote(encode(one)) == one
    assert (encode(one) == encode(other)) == (one == other)


@given(st.text("0123456789", min_size=7, max_size=17))
def test_the_check_digit_is_the_one_of_mod_10(body: str) -> None:
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    right = str(-weighted % 10)
    for digit in "0123456789":
        assert check_digit_holds(body + digit) == (digit == right)


def test_check_digits_judge_ascii_digits_only() -> None:
    assert not check_digit_holds("０９５２１２３４０００００６")
    assert not check_digit_holds("09521234-0006")
    assert not is_gln("9521999000007")
    assert not is_gln("99000006")
    assert is_gln("9521999000006")


def test_usci_has_a_form() -> None:
    assert is_usci("91310000MA1FL0000X")
    assert not is_usci("91310000MA1FL0000")
    assert not is_usci("91310000MA1FL0000x")


@pytest.mark.parametrize(
    ("pack", "uri", "instance"),
    [
        (PackFacts("gs1:09521234000013/A1", Kind.GS1, "09521234000013", "A1", "L1"), "gs1/01/09521234000013/21/A1", True),
        (PackFacts("", Kind.GS1, "09521234000013", None, "L 1"), "gs1/01/09521234000013/10/L%201", False),
        (PackFacts("", Kind.GTIN, "09521234000013"), "gs1/01/09521234000013", False),
        (PackFacts("", Kind.GTIN, "9521234000013"), "gs1/01/09521234000013", False),
        (PackFacts("gs1:09521234000013/A1", Kind.DIGITAL_LINK, "09521234000013", "A1"), "gs1/01/09521234000013/21/A1", True),
        (PackFacts("sscc:095212340000000013", Kind.SSCC), "gs1/00/095212340000000013", True),
        (PackFacts("sscc:095212340000000013", Kind.GS1), "gs1/00/095212340000000013", True),
        (PackFacts("cn20:81234560123456789012", Kind.CN20, "8123456", "012345678"), "own/cn/drug/obj/81234560123456789012", True),
        (PackFacts("", Kind.CN20, "8123456", None, "AB-77"), "own/cn/drug/class/8123456.AB-77", False),
        (PackFacts("ma:MA.156.M0.100221.10101/SN0001", Kind.MA, "MA.156.M0.100221.10101", "SN0001"), "own/ma/obj/MA.156.M0.100221.10101.SN0001", True),
        (PackFacts("hibc:A123BJC5D6E71/77D/99", Kind.HIBC, "A123BJC5D6E71", "77D/99"), "own/hibc/obj/A123BJC5D6E71.77D%2F99", True),
        (PackFacts("", Kind.HIBC, "A123BJC5D6E71", None, "LOT 9$"), "own/hibc/class/A123BJC5D6E71.LOT%209%24", False),
        (PackFacts("ppn:111234567842/AB12CD", Kind.PPN, "111234567842", "AB12CD"), "own/ppn/obj/111234567842.AB12CD", True),
        (PackFacts("opaque:乐城 7", Kind.OPAQUE), "own/opaque/obj/%E4%B9%90%E5%9F%8E%207", True),
        (PackFacts("zone:LC-7", Kind.ZONE), "own/zone/obj/LC-7", True),
    ],
    ids=lambda value: value.key if isinstance(value, PackFacts) else None,
)  # fmt: skip
def test_each_kind_has_its_uri(pack: PackFacts, uri: str, instance: bool) -> None:
    expected = (
        uri.replace("gs1/", "https://id.gs1.org/", 1)
        if uri.startswith("gs1/")
        else uri.replace("own/", HOST + "/", 1)
    )
    assert pack_uri(pack, HOST) == (expected, instance)
    assert uri_fault(expected) is None


@pytest.mark.parametrize(
    "pack",
    [
        PackFacts("gs1:09521234000013/A/1", Kind.GS1, "09521234000013", "A/1"),
        PackFacts("sscc:095212340000000013", Kind.SSCC),
        PackFacts("cn20:81234560123456789012", Kind.CN20, "8123456", "012345678"),
        PackFacts("ma:MA.156.M0.100221.10101/SN0001", Kind.MA, "MA.156.M0.100221.10101", "SN0001"),
        PackFacts("hibc:A123BJC5D6E71/77D/99", Kind.HIBC, "A123BJC5D6E71", "77D/99"),
        PackFacts("ppn:111234567842/AB12CD", Kind.PPN, "111234567842", "AB12CD"),
        PackFacts("opaque:a/b", Kind.OPAQUE),
        PackFacts("zone:LC/7", Kind.ZONE, serial="LC/7"),
    ],
    ids=lambda pack: pack.kind,
)
def test_the_key_alone_makes_the_same_uri(pack: PackFacts) -> None:
    assert key_uri(pack.key, HOST) == pack_uri(pack, HOST)[0]


def test_two_20_digit_codes_that_differ_in_the_last_digit_stay_two() -> None:
    uris = {
        pack_uri(PackFacts(f"cn20:{code}", Kind.CN20), HOST)[0]
        for code in ("86092470000000045784", "86092470000000045783")
    }
    assert len(uris) == 2


def test_what_gs1s_engine_reads_from_good_links_makes_good_uris() -> None:
    seen = 0
    for line in shared("data/gs1/digital_links.jsonl").read_text("utf-8").splitlines():
        sample = json.loads(line)
        elements = dict(sample["elements"]) if sample["valid"] else {}
        if "01" in elements and "21" in elements:
            seen += 1
            pack = PackFacts("gs1:", Kind.DIGITAL_LINK, elements["01"], elements["21"])
            uri, instance = pack_uri(pack, HOST)
            assert instance
            assert epc_fault(uri) is None, uri
            assert unquote(uri.rpartition("/21/")[2]) == elements["21"]
    assert seen > 10
