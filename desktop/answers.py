"""What a person answers to a question: which fields it wants, what is still missing, and the intent that comes of it.

Pure: the panel shows the fields, this decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from desktop.labeldate import read_expiry
from desktop.labels import Label, fill
from desktop.questions import Question
from desktop.settings import DECLARED
from ledger.codes.code import Code
from ledger.errors import UserError
from ledger.situation import Intent, TakeOut
from ledger.tasks.typed import typed_text

FIELDS = ("lot", "expiry", "quantity", "units", "place", "partner", "weeks", "filing", "second")
"""What is typed, in the order of the fields; a reason comes after them."""
TICKS = ("consent", "assessed", "signed")
"""What is ticked, because a paper says so."""
SCANNED = ("parent", "label")
"""What the next scan answers."""
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
    place: str = ""
    partner: str = ""
    """GLN, or what was typed to find one."""
    weeks: str = ""
    filing: str = ""
    consent: bool = False
    assessed: bool = False
    signed: bool = False
    second: str = ""
    """Id of the second person, once proved."""
    apart: bool | None = None
    """Goods without serial that lie in both places: those set apart are meant, or those on the shelf."""
    code: Code | None = None
    """The case or the other label that was scanned."""

    def field(self, need: str) -> str:
        """The text of one field."""
        value: str = getattr(self, need)
        return value


def label_may_lack(question: Question) -> bool:
    """Whether a reason does instead of lot and expiry."""
    return any(problem.code == _LABELLESS for problem in question.answer.problems)


def wanted(question: Question) -> tuple[str, ...]:
    """The fields that the question needs, `reason` last."""
    needs = question.needs
    if "filing" in needs and question.intent.take_out is None:
        needs = (*needs, "weeks")
    fields = tuple(need for need in FIELDS if need in needs)
    return (*fields, "reason") if "reason" in needs or label_may_lack(question) else fields


def ticked(question: Question) -> tuple[str, ...]:
    """What is to be ticked."""
    return tuple(need for need in TICKS if need in question.needs)


def next_scan_for(question: Question) -> str:
    """What the next scan answers, `parent` or `label`; empty where it is another pack's."""
    return next((need for need in SCANNED if need in question.needs), "")


def beyond(question: Question) -> tuple[str, ...]:
    """What is answered by a scan, or by typing the code again; the pack stays unrecorded until then."""
    known = {*FIELDS, *TICKS, "reason", "apart"}
    return tuple(need for need in question.needs if need not in known)


def lacking(question: Question, answers: Answers) -> str:
    """The first need that has no answer yet; empty when the answer is complete."""
    reasoned = bool(answers.reason or question.intent.reason)
    bare = label_may_lack(question) and reasoned and not (answers.lot or answers.expiry)
    for need in wanted(question):
        if need == "reason" or (bare and need in ("lot", "expiry")):
            continue
        if not answers.field(need):
            return need
    if "apart" in question.needs and answers.apart is None:
        return "apart"
    for need in ticked(question):
        if not getattr(answers, need):
            return need
    return "reason" if "reason" in question.needs and not reasoned else ""


def label_of(answers: Answers) -> Label | None:
    """The label as typed, None where none was; raise UserError where the expiry cannot be read."""
    if not answers.lot and not answers.expiry:
        return None
    last_day, precision = read_expiry(answers.expiry, date.today()) if answers.expiry else (None, None)
    return Label(answers.lot or None, last_day, precision)


def intent_of(question: Question, answers: Answers) -> Intent:
    """The question's intent with the answers in it; raise UserError where one cannot be read."""
    intent = question.intent
    label = label_of(answers)
    if label is not None:
        intent = fill(intent, question.answer.code, label)
    if answers.quantity:
        intent = replace(intent, quantity=number(answers.quantity))
    if answers.units:
        intent = replace(intent, units=number(answers.units))
    if answers.place:
        intent = replace(intent, place=typed_text(answers.place))
    if answers.partner:
        intent = replace(intent, partner=gln(answers.partner))
    if answers.second:
        intent = replace(intent, second=answers.second)
    if answers.apart is not None:
        intent = replace(intent, apart=answers.apart)
    if answers.code is not None and "parent" in question.needs:
        intent = replace(intent, parent=answers.code)
    elif answers.code is not None:
        intent = replace(intent, label=answers.code)
    out = _take_out(question, answers)
    if out is not None:
        intent = replace(intent, take_out=out)
    reason = typed_text(answers.reason)
    return replace(intent, reason=reason) if reason else intent


def _take_out(question: Question, answers: Answers) -> TakeOut | None:
    """The supply that leaves the zone with what was just told of it; None where nothing was."""
    known = question.intent.take_out or (TakeOut(number(answers.weeks)) if answers.weeks else None)
    if known is None:
        return None
    return replace(
        known,
        filing=typed_text(answers.filing) or known.filing,
        consent=answers.consent or known.consent,
        assessed=answers.assessed or known.assessed,
        signed=answers.signed or known.signed,
    )


def number(text: str) -> int:
    """A whole number as typed, full-width digits too; raise UserError for anything else."""
    plain = text.strip().translate({0xFF10 + digit: str(digit) for digit in range(10)})
    if not plain.isascii() or not plain.isdigit() or not 1 <= int(plain[:9]) <= _MOST:
        raise UserError("number_unreadable", typed=text)
    return int(plain)


def gln(text: str) -> str:
    """A Global Location Number as typed; raise UserError where its check digit does not hold."""
    plain = text.strip()
    if not plain or not DECLARED["site.gln"].check(plain):
        raise UserError("gln_unreadable", typed=text)
    return plain
