"""Every text that is no trace code is refused by name, with a sentence in both languages that says what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ledger.codes
from desktop.words import LANGUAGES, Words
from ledger.codes.code import Code, Entry
from ledger.codes.identify import identify
from tests.ledger.codes.strings import GS, TODAY

GTIN = "06901234567892"
REFUSALS = {
    "commodity_code": "6925265101481",
    "ean_code": "4006381333931",
    "upc_code": "036000291452",
    "ean8_code": "96385074",
    "standard_code": "86903931000326",
    "veterinary_code": "202311070012312345678901",
    "wrong_length": "8338652000194165332",
    "drug_code_prefix": "13386520001941653320",
    "check_digit": "6925265101482",
    "date_impossible": f"]d201{GTIN}17261301",
    "time_impossible": f"]d201{GTIN}70032601012500",
    "web_address": "https://www.example.com/product?id=1",
    "full_width": "８３３８６５２０００１９４１６５３３２０",
    "chinese_characters": "】对2010690",
    "keyboard_layout": "$déà&à-ç",
    "caps_lock": f"]D201{GTIN}21abc",
    "empty": "\r\n",
    "too_long": "8" * 4097,
    "control_characters": "8338\x00652",
    "unrecognised": "ABCDEFGH12",
    "not_gs1_datamatrix": "]d1HELLO WORLD",
    "brackets": "(lot)123",
    "pzn": "-03752864",
    "isbt128": "=A99991712345600",
    "hibc_shape": "+ab",
    "hibc_provider": "+/EO5232013",
    "hibc_link": "+A123BJC5D6E71G+$$52001510X3HE",
    "hibc_full_ascii": "a123BJC5D6E71G",
    "ma_shape": "MA.156.M0",
    "ma_field_twice": "MA.156.M0.100204.13351764.SA.SB",
    "envelope_shape": "[)>069N110375286414",
    "envelope_format": f"[)>\x1e12{GS}1\x1e\x04",
    "envelope_several": f"[)>\x1e06{GS}SA\x1e06{GS}SB\x1e\x04",
    "format06_field": f"[)>\x1e06{GS}9N110375286414{GS}?\x1e\x04",
    "format06_no_product": f"[)>\x1e06{GS}SA\x1e\x04",
    "ppn_shape": f"[)>\x1e06{GS}9Nab1\x1e\x04",
    "separator_lost": f"]d201{GTIN}10ABCDEFGHIJKLMNOPQR21SERIAL",
    "separator_ambiguous": "010415013832707721100251263204341727013110403751B",
    "gs1_separator_first": f"{GS}01{GTIN}",
    "gs1_separator_doubled": f"]d210A{GS}{GS}01{GTIN}",
    "gs1_trailing_blank": f"]d201{GTIN}10A ",
    "gs1_unknown_ai": f"]d201{GTIN}8015A",
    "gs1_value_empty": f"]d201{GTIN}10",
    "gs1_value_length": "]d20106901234",
    "gs1_value_too_long": f"]d201{GTIN}21{'A' * 21}",
    "gs1_not_digit": "]d201069O1234567892",
    "gs1_bad_character": f"]d201{GTIN}10A B",
    "gs1_repeated": f"]d210A{GS}10B",
    "gs1_excluded": f"]d202{GTIN}01{GTIN}375",
    "gs1_content": "]d2800312345678901231",
    "gs1_prefix": "]d28004AB",
    "gs1_piece": f"]d28006{GTIN}0201",
    "gs1_country": f"]d201{GTIN}422998",
    "gs1_currency": f"]d28020A{GS}3910998100",
    "gs1_package": "]d2001061414123456789087041XYZ",
    "link_character": f"https://id.gs1.org/01/{GTIN}/10/A B",
    "link_host": f"https://user@id.gs1.org/01/{GTIN}",
    "link_path_order": f"https://id.gs1.org/01/{GTIN}/21/A/10/B",
    "link_repeated": f"https://id.gs1.org/01/{GTIN}?17=261231&17=261231",
    "link_query_should_be_path": f"https://id.gs1.org/01/{GTIN}?10=A",
    "link_not_attribute": f"https://id.gs1.org/01/{GTIN}?8200=A",
    "link_gtin_short": "https://id.gs1.org/01/6901234567892",
    "gs1_required": "https://id.gs1.org/414/2856480155727?17=261231",
}
SUSPECT = {
    "input_method": "suspect_input_method",
    "non_ascii": "suspect_non_ascii",
    "layout_unsure": "suspect_layout",
    "wedge_rejected": "suspect_layout",
    "unmapped_key": "suspect_layout",
    "caps_lock_unsure": "suspect_caps_lock",
    "gs_dropped": "suspect_separator",
    "scan_split": "suspect_scan",
    "scan_cut": "suspect_scan",
    "anything": "suspect_scan",
}


def fatal_words(code: Code) -> list[str]:
    return [problem.code for problem in code.problems if problem.severity == "fatal"]


@pytest.mark.parametrize(("word", "text"), REFUSALS.items(), ids=list(REFUSALS))
def test_the_refusal_has_its_name(word: str, text: str) -> None:
    code = identify(text, today=TODAY)
    assert fatal_words(code)[0] == word
    assert code.key is None or not code.accepted


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("word", "text"), REFUSALS.items(), ids=list(REFUSALS))
def test_and_its_sentence(language: str, word: str, text: str) -> None:
    words = Words(language)
    problem = next(problem for problem in identify(text, today=TODAY).problems if problem.code == word)
    sentence = words.problem(problem)
    assert words.knows(word)
    assert "{" not in sentence
    assert not sentence.startswith(word)
    assert all(value in sentence for name, value in problem.params if name == "expected")


@pytest.mark.parametrize(("why", "word"), SUSPECT.items())
def test_a_suspect_scan_is_refused_whatever_it_holds(why: str, word: str) -> None:
    code = identify("83386520001941653320", suspect=why)
    assert (fatal_words(code), code.key) == ([word], None)
    for language in LANGUAGES:
        assert why not in Words(language).problem(code.problems[0]), "no code word is shown to a person"


def test_the_sentences_that_were_asked_for() -> None:
    said = Words("zh_CN").problem
    [length] = identify("8338652000194165332").problems
    assert "应为20位，扫到19位" in said(length)
    [retail] = identify("6925265101481").problems
    assert "这是商品条码" in said(retail)
    assert "请扫药品追溯码" in said(retail)
    [ambiguous] = identify("010415013832707721100251263204341727013110403751B").problems
    assert "Ambiguous, separator lost" in Words("en").problem(ambiguous)


@pytest.mark.parametrize("length", [n for n in range(1, 40) if n not in (8, 12, 13, 14, 18, 20, 24)])
def test_every_other_length_of_digits_is_named(length: int) -> None:
    code = identify("9" * length)
    assert [(p.code, dict(p.params)) for p in code.problems] == [
        ("wrong_length", {"expected": "20", "found": str(length)})
    ]


def test_only_a_wedge_can_have_an_input_method_in_the_way() -> None:
    for entry in (Entry.CAMERA, Entry.SERIAL, Entry.FILE):
        assert fatal_words(identify("药品", entry=entry)) == ["unrecognised"]


def test_every_code_word_of_the_package_has_its_sentences() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(ledger.codes.__path__[0]).glob("*.py"))
    used = set(re.findall(r'(?:Problem|_problem|_check|_Wrong|_matches|_listed)\(\s*"([a-z0-9_]+)"', source))
    used |= set(re.findall(r'refuse\(given, "([a-z0-9_]+)"', source)) | set(SUSPECT.values())
    assert len(used) > 60
    for language in LANGUAGES:
        assert {word for word in used if not Words(language).knows(word)} == set()
