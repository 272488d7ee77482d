"""What counts as an answer, and what a panel does that cannot take one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.answers import Answers, beyond, intent_of, lacking, wanted
from desktop.questions import Question
from desktop.theme import Theme
from desktop.widgets.question import QuestionPanel
from desktop.words import LANGUAGES, Words
from ledger.capture import Captured, Outcome, Scanned
from ledger.codes.code import Code, Entry, Kind, Problem, Severity
from ledger.errors import UserError
from ledger.event import EventKind
from ledger.situation import Intent
from scanner.scan import Scan, Source

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


def asked(needs: tuple[str, ...], *problems: str, lot: str | None = None) -> Question:
    code = Code("x", Kind.CN20, "cn20:1", product="8338652", serial="1", lot=lot)
    found = tuple(Problem(one, Severity.WARNING) for one in problems)
    answer = Captured(Scanned("x", Entry.WEDGE), code, Outcome.ASKED, found, needs)
    return Question(1, Scan("x", Source.WEDGE), Intent(EventKind.RECEIVE, "op-1"), answer)


LABEL = asked(("lot", "expiry"), "expiry_unknown_receive")


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        (Answers(), "lot"),
        (Answers(lot="L1"), "expiry"),
        (Answers(expiry="2027-05"), "lot"),
        (Answers(lot="L1", expiry="2027-05"), ""),
        (Answers(reason="reason_label_unreadable"), ""),
        (Answers(reason="reason_label_unreadable", lot="L1"), "expiry"),
    ],
)
def test_a_label_or_the_reason_for_lacking_one(answers: Answers, missing: str) -> None:
    assert wanted(LABEL) == ("lot", "expiry", "reason")
    assert lacking(LABEL, answers) == missing


def test_at_the_counter_no_reason_stands_in_for_the_expiry() -> None:
    question = asked(("expiry", "reason"), "expiry_unknown_dispense", "not_received")
    assert lacking(question, Answers(reason="reason_urgent")) == "expiry"
    assert lacking(question, Answers(expiry="2027-05")) == "reason"
    assert lacking(question, Answers(expiry="2027-05", reason="reason_urgent")) == ""


def test_a_reason_given_before_counts() -> None:
    question = asked(("reason",), "not_received")
    earlier = replace(question, intent=replace(question.intent, reason="reason_urgent"))
    assert lacking(earlier, Answers()) == ""


def test_answers_go_into_the_intent_where_the_code_is_silent() -> None:
    intent = intent_of(LABEL, Answers(lot="L1", expiry="2027-05", reason="why"))
    assert (intent.lot, intent.expiry, intent.expiry_precision, intent.reason) == (
        "L1",
        date(2027, 5, 31),
        "month",
        "why",
    )
    with_lot = asked(("expiry",), "expiry_unknown_dispense", lot="L2")
    assert intent_of(with_lot, Answers(lot="L1", expiry="2027-05")).lot is None


@pytest.mark.parametrize("typed", ["3", "３"])
def test_a_quantity_is_a_whole_number(typed: str) -> None:
    question = asked(("quantity",), "pack_opened")
    assert wanted(question) == ("quantity",)
    assert lacking(question, Answers()) == "quantity"
    assert intent_of(question, Answers(quantity=typed)).quantity == 3


@pytest.mark.parametrize("typed", ["0", "-1", "1.5", "three", "²", "10000000", "99999999999999999999"])
def test_what_is_no_quantity_is_told(typed: str) -> None:
    with pytest.raises(UserError) as caught:
        intent_of(asked(("quantity",), "pack_opened"), Answers(quantity=typed))
    assert caught.value.code == "number_unreadable"


def test_what_the_page_cannot_take_is_said_and_the_pack_can_be_left(
    qtbot: QtBot, theme: Theme, words: Words
) -> None:
    question = asked(("magic", "reason"), "second_person")
    assert beyond(question) == ("magic",)
    panel = QuestionPanel(theme, words)
    qtbot.addWidget(panel)
    panel.show_question(question, 0, why=True)
    assert "magic" in panel._error.text()
    panel.other.setText("because")
    with qtbot.assertNotEmitted(panel.answered):
        panel.confirm()
    with qtbot.waitSignal(panel.dropped):
        panel.drop()


def test_every_need_has_words() -> None:
    needs = (
        "reason lot expiry quantity units second partner place parent label assessed signed filing consent"
    )
    for language in LANGUAGES:
        assert [need for need in needs.split() if not Words(language).knows(f"need_{need}")] == []


def test_every_need_of_the_rules_can_be_answered_here_or_by_a_scan() -> None:
    """Needs are written as literals in the rules; what the page cannot take is told by a sentence of its own."""
    source = Path(__file__).resolve().parents[2] / "ledger"
    texts = [path.read_text() for path in (source / "rules.py", *(source / "tasks").glob("*.py"))]
    groups = [group for text in texts for group in re.findall(r"need=\(([^)]*)\)", text)]
    groups += [group for text in texts for group in re.findall(r"Ask\(.*\(([^()]*)\)\)", text)]
    found = {need for group in groups for need in re.findall(r"\"([a-z]+)\"", group)} | {"reason"}
    assert found >= {"second", "lot", "expiry", "partner", "place", "parent", "label", "again", "symbol"}
    left = {need for need in found if beyond(asked((need,), "some_problem"))}
    assert left <= {"parent", "label", "symbol", "again"}
    for language in LANGUAGES:
        assert all(Words(language).knows(f"question_{need}") for need in left)
