"""What a person answers to a question: which fields it wants, what is still missing, and the intent that comes of it.

Pure: the panel shows the fields, this decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop.labels import Label, fill
from desktop.questions import Question
from ledger.errors import UserError
from ledger.situation import Intent
from ledger.tasks.typed import typed_expiry

FIELDS = ("lot", "expiry", "quantity", "units")
"""What is typed, in the order of the fields; a reason comes after them."""
_LABELLESS = "expiry_unknown_receive"
"""When receiving, a reason stands in for a label that has no expiry."""
_MOST = 9_999_999


@dataclass(frozen=True, slots=True)
class Answers:
    """What was typed or chosen so far, as it stands in the fields."""

    reason: str = ""
    """A code word chosen, or the person's own words."""
    lot: str = ""
    expiry: str = ""
    quantity: str = ""
    units: str = ""

    def field(self, need: str) -> str:
        """The text of one field."""
        value: str = getattr(self, need)
        return value


def label_may_lack(question: Question) -> bool:
    """Whether a reason does instead of lot and expiry."""
    return any(problem.code == _LABELLESS for problem in question.answer.problems)


def wanted(question: Question) -> tuple[str, ...]:
    """The fields that the question needs, `reason` last."""
    fields = tuple(need for need in FIELDS if need in question.needs)
    return (*fields, "reason") if "reason" in question.needs or label_may_lack(question) else fields


def beyond(question: Question) -> tuple[str, ...]:
    """What is needed and cannot be answered at this panel; the pack then stays unrecorded here."""
    return tuple(need for need in question.needs if need not in FIELDS and need != "reason")


def lacking(question: Question, answers: Answers) -> str:
    """The first need that has no answer yet; empty when the answer is complete."""
    reasoned = bool(answers.reason or question.intent.reason)
    bare = label_may_lack(question) and reasoned and not (answers.lot or answers.expiry)
    for need in FIELDS:
        if need in question.needs and not answers.field(need) and not (bare and need in ("lot", "expiry")):
            return need
    return "reason" if "reason" in question.needs and not reasoned else ""


def label_of(answers: Answers) -> Label | None:
    """The label as typed, None where none was; raise UserError where the expiry cannot be read."""
    if not answers.lot and not answers.expiry:
        return None
    last_day, precision = typed_expiry(answers.expiry) if answers.expiry else (None, None)
    return Label(answers.lot or None, last_day, precision)


def intent_of(question: Question, answers: Answers) -> Intent:
    """The question's intent with the answers in it; raise UserError where one cannot be read."""
    intent = question.intent
    label = label_of(answers)
    if label is not None:
        intent = fill(intent, question.answer.code, label)
    if answers.quantity:
        intent = replace(intent, quantity=_number(answers.quantity))
    if answers.units:
        intent = replace(intent, units=_number(answers.units))
    return replace(intent, reason=answers.reason) if answers.reason else intent


def _number(text: str) -> int:
    plain = text.translate({0xFF10 + digit: str(digit) for digit in range(10)})
    if not plain.isascii() or not plain.isdigit() or not 1 <= int(plain[:9]) <= _MOST:
        raise UserError("number_unreadable", typed=text)
    return int(plain)
