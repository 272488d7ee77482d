"""Whatever the ledger refuses or asks is said in both languages, and the sentence says what to do next."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.words import Words
from ledger.approval import Standing
from ledger.tasks import dispense, heap, receive

ROOT = Path(__file__).resolve().parents[2]
_MAKERS = {
    "Problem",
    "refused",
    "_no",
    "UserError",
    "SettingsError",
    "EnvironmentFault",
    "LedgerLocked",
    "LedgerNewer",
    "LedgerForeign",
    "LedgerDamaged",
    "DiskFull",
}
_FINDINGS = {"stop": 0, "ask": 0, "ask_unless": 1, "by_policy": 1}
"""Methods of `Findings` that hold something up, with the place of the code word among the arguments."""

_NEXT = {
    "en": re.compile(
        r"\b(add|ask|call|check|choose|close|compare|confirm|correct|destroy|dispense|do not|enter|erase|find"
        r"|free|give|go|hand|have|import|install|keep|let|look|make|mark|move|name|open|put|read|record|register|remove"
        r"|restart|restore|run|save|say|scan|send|set|sign|start|stop|take|tell|try|type|unpack|update|use|void|wait|write)\b",
        re.IGNORECASE,
    ),
    "zh_CN": re.compile("请|须|需|勿|应|用："),
}
"""What a sentence must hold to say what comes next."""


def _literals(argument: ast.expr) -> Iterator[str]:
    """The code words that an argument may be."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _literals(argument.body)
        yield from _literals(argument.orelse)


def _is_note(call: ast.Call) -> bool:
    return any(isinstance(one, ast.Attribute) and one.attr == "NOTE" for one in call.args)


def _said(call: ast.Call) -> Iterator[str]:
    function = call.func
    if isinstance(function, ast.Name) and function.id in _MAKERS and call.args and not _is_note(call):
        yield from _literals(call.args[0])
    elif isinstance(function, ast.Attribute) and function.attr in _FINDINGS:
        place = _FINDINGS[function.attr]
        if len(call.args) > place:
            yield from _literals(call.args[place])


def refusals() -> dict[str, str]:
    """Every code word by which the ledger refuses or asks, with the module that says it."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "ledger").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                for code in _said(node):
                    found.setdefault(code, path.name)
    tables = (*dispense._ELSEWHERE.values(), *heap._NEEDS_REASON.values(), *receive._BLOCKED.values())
    found |= dict.fromkeys((*tables, *(f"{one}_by_you" for one in receive._BLOCKED.values())), "tables")
    obstacles = re.findall(r"\"(approval_[a-z_]+)\"", (ROOT / "ledger" / "grants.py").read_text("utf-8"))
    assert obstacles and Standing.obstacles
    return found | dict.fromkeys((*obstacles, "typed_once", "typed_differs"), "computed")


REFUSALS = refusals()


def test_the_walk_finds_what_the_ledger_says() -> None:
    assert len(REFUSALS) > 190
    for code in ("expired", "recalled", "case_at_counter", "disk_full", "not_allowed", "approval_suspended"):
        assert code in REFUSALS, code


@pytest.mark.parametrize("language", sorted(_NEXT))
@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_refusal_says_what_to_do_next(code: str, language: str) -> None:
    words = Words(language)
    assert words.knows(code), f"{REFUSALS[code]} says {code}, and nobody has words for it"
    sentence = words._said[code]
    assert _NEXT[language].search(sentence), f"{code}: {sentence}"
