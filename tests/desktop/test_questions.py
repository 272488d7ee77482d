"""Which question is shown: the pack in hand first, an answer begun never taken away, one question a pack."""

from __future__ import annotations

from datetime import date

from desktop.labels import Label, Labels, with_label
from desktop.questions import Question, Questions
from desktop.reasons import _OFFERED, MOST, offered, offered_for
from desktop.words import LANGUAGES, Words
from ledger.capture import Captured, Outcome, Scanned
from ledger.codes.code import Code, Entry, Kind, Problem, Severity
from ledger.event import EventKind
from ledger.situation import Intent
from scanner.scan import Scan, Source


def question(ticket: int, key: str | None) -> Question:
    text = key or f"text-{ticket}"
    code = Code(text, Kind.GS1, key)
    answer = Captured(Scanned(text, Entry.WEDGE), code, Outcome.ASKED, (), ("reason",))
    return Question(ticket, Scan(text, Source.WEDGE), Intent(EventKind.DISPENSE, "op-1"), answer)


def test_the_newest_is_shown() -> None:
    questions = Questions()
    one, two = question(1, "gs1:a"), question(2, "gs1:b")
    questions.ask(one)
    questions.ask(two)
    assert questions.shown is two
    assert questions.waiting == 1
    questions.settle(2)
    assert questions.shown is one


def test_an_answer_begun_keeps_its_place_until_it_is_given() -> None:
    questions = Questions()
    one, two, three = question(1, "gs1:a"), question(2, "gs1:b"), question(3, "gs1:c")
    questions.ask(one)
    questions.begun = True
    questions.ask(two)
    questions.ask(three)
    assert questions.shown is one
    assert questions.waiting == 2
    questions.settle(1)
    assert not questions.begun
    assert questions.shown is three


def test_the_same_pack_asks_once() -> None:
    questions = Questions()
    questions.ask(question(1, "gs1:a"))
    assert questions.ask(question(2, "gs1:b")) is None
    assert questions.ask(question(3, "gs1:a")) == 1, "the older row is retired"
    assert questions.shown == question(3, "gs1:a")
    assert questions.waiting == 1
    assert questions.ask(question(3, "gs1:a")) is None, "asked again after an answer: the same row"


def test_a_question_can_be_brought_back_from_the_list() -> None:
    questions = Questions()
    questions.ask(question(1, "gs1:a"))
    questions.ask(question(2, "gs1:b"))
    assert questions.bring(1)
    assert questions.shown == question(1, "gs1:a")
    assert not questions.bring(9)
    assert questions.settle(9) is None


def test_questions_without_a_key_are_told_apart_by_their_text() -> None:
    questions = Questions()
    questions.ask(question(1, None))
    questions.ask(question(2, None))
    assert questions.waiting == 1
    assert questions.about("") is None


def test_reasons_answer_what_is_asked_and_not_what_is_noted() -> None:
    asked, noted = Problem("near_expiry", Severity.WARNING), Problem("product_unknown", Severity.NOTE)
    reasons = offered((noted, asked))
    assert reasons[0] == "reason_used_in_time"
    assert "reason_new_product" not in reasons
    every = offered(
        Problem(code, Severity.WARNING) for code in ("not_received", "near_expiry", "product_unknown")
    )
    assert len(every) == len(set(every)) <= MOST


def test_every_reason_has_words() -> None:
    for language in LANGUAGES:
        words = Words(language)
        assert all(words.knows(reason) for asked in _OFFERED for reason in offered_for(asked))


LABEL = Label("L1", date(2027, 5, 31), "month")


def test_a_label_is_used_for_the_same_product_and_only_where_the_code_is_silent() -> None:
    labels = Labels()
    silent = Code("x", Kind.CN20, "cn20:1", product="8338652")
    labels.keep(silent, LABEL)
    intent = Intent(EventKind.RECEIVE, "op-1")
    filled = with_label(intent, silent, labels.of(silent))
    assert (filled.lot, filled.expiry, filled.expiry_precision) == ("L1", date(2027, 5, 31), "month")
    assert labels.of(Code("x", Kind.CN20, "cn20:2", product="8123456")) is None
    with_lot = Code("x", Kind.GS1, "gs1:1", product="8338652", lot="L2")
    assert labels.of(with_lot) is None, "another lot has another expiry"
    labels.keep(with_lot, LABEL)
    filled = with_label(intent, with_lot, labels.of(with_lot))
    assert (filled.lot, filled.expiry) == (None, date(2027, 5, 31)), "the code's own lot is never overwritten"


def test_at_the_counter_no_label_is_put_in_by_itself() -> None:
    silent = Code("x", Kind.CN20, "cn20:1", product="8338652")
    intent = Intent(EventKind.DISPENSE, "op-1")
    assert with_label(intent, silent, LABEL) == intent


def test_a_label_is_forgotten() -> None:
    labels = Labels()
    silent = Code("x", Kind.CN20, "cn20:1", product="8338652")
    labels.keep(silent, Label(None, None))
    assert labels.of(silent) is None, "an empty label is none"
    labels.keep(silent, LABEL)
    labels.forget(silent)
    assert labels.of(silent) is None
    labels.keep(silent, LABEL)
    labels.clear()
    assert labels.of(silent) is None
