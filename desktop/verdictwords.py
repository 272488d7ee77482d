"""What the panel says of a verdict, as texts of one language: all that is to be seen, and nothing of how.

Two verdicts that say the same make equal values, so that whoever paints them finds out what has changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop.models import expiry_text, product_name
from desktop.reasons import spoken
from desktop.verdict import Level, Verdict
from desktop.words import Words
from ledger.codes.code import Problem, Severity
from ledger.event import EventKind

_WITH_CASE = frozenset({EventKind.TRANSFER_OUT, EventKind.UNPACK})
"""Tasks in which a case takes what lies in it along; receiving says so itself."""


@dataclass(frozen=True, slots=True)
class Said:
    """The texts of a panel."""

    title: str
    basis: str
    time: str = ""
    product: str = ""
    bare: bool = False
    """True where the product is unknown and the scanned text stands in its place."""
    maker: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """Caption and value of lot, expiry and serial; none where the code has none of them."""
    sentences: tuple[tuple[Severity, str], ...] = ()
    """What is to be known beside, the worst first as the rules have it: so much as has room."""
    whole: tuple[str, ...] = ()
    """All of it."""
    turn: int = 0
    """Number of the first sentence that is shown next, 0 where the first one is again or all are shown."""

    @property
    def aloud(self) -> str:
        """Everything in one text, for a screen reader."""
        return "。".join(part for part in (self.title, self.product, *self.whole) if part)


def waiting_for(wanted: str, words: Words) -> Said:
    """That a scan is wanted: of this task, or of a `case`."""
    return Said(words.say(f"please_scan_{wanted}"), words.say("please_scan_hint"))


def saving(count: int, words: Words) -> Said:
    """That so many scans are not saved yet."""
    return Said(words.say("saving", count=count), words.say("saving_hint"))


def said_of(verdict: Verdict, words: Words, most: int, first: int = 0) -> Said:
    """What is said of this verdict, in no more than so many sentences; where there are more, from the `first` on, and
    how to come to the others."""
    say = words.say
    by_hand = say("by_hand") if verdict.by_hand else ""
    facts = (
        (f"{say('column_lot')}{by_hand}", verdict.lot or "–"),
        (f"{say('column_expiry')}{by_hand}", expiry_text(verdict) or "–"),
        (say("column_serial"), verdict.serial or "–"),
    )
    told = [(problem.severity, _sentence(problem, verdict, words)) for problem in verdict.problems]
    told += [(Severity.NOTE, sentence) for sentence in _counted(verdict, words)]
    if verdict.reason:
        told.append((Severity.NOTE, say("reason_given", reason=spoken(verdict.reason, words))))
    shown, turn = _turned(told, words, most, first)
    return Said(
        title=say(verdict.title),
        basis=say(verdict.basis),
        time=f"{say(f'task_{verdict.verb}')}  {verdict.at:%H:%M:%S}",
        product=product_name(verdict, words),
        bare=not verdict.product and not any(verdict.names),
        maker=verdict.maker if most > 2 else "",
        facts=facts if verdict.lot or verdict.expiry or verdict.serial else (),
        sentences=tuple(shown),
        whole=tuple(sentence for _, sentence in told),
        turn=turn,
    )


def alone(said: Said, verdict: Verdict) -> Said:
    """The same where only the few big words are shown: a stop says why in the place of where to look for it."""
    if verdict.level not in (Level.STOP, Level.FAILED) or not said.sentences:
        return said
    return replace(said, basis=said.sentences[0][1])


def _turned(
    told: list[tuple[Severity, str]], words: Words, most: int, first: int
) -> tuple[list[tuple[Severity, str]], int]:
    """The sentences that have room from the `first` on, and the number of the one to be shown first next."""
    if len(told) <= most:
        return told, 0
    few = max(1, most - 1)
    after = first + few
    shown, left = told[first:after], len(told) - after
    hint = words.say("more_problems", count=left) if left > 0 else words.say("first_problems")
    severity, sentence = shown[-1]
    return [*shown[:-1], (severity, f"{sentence}{hint}")], after if left > 0 else 0


def _counted(verdict: Verdict, words: Words) -> list[str]:
    """How much of it went, and how much is left."""
    say = words.say
    if not verdict.saved or verdict.level is Level.UNDONE:
        return []
    if verdict.quantity is not None and verdict.units is not None:
        numbers = {"quantity": verdict.quantity, "remaining": verdict.remaining or 0}
        return [say("split_counted", units=verdict.units, **numbers)]
    if verdict.quantity is not None and verdict.remaining is not None:
        return [say("heap_counted", quantity=verdict.quantity, remaining=verdict.remaining)]
    if verdict.inside and verdict.verb in _WITH_CASE:
        return [say("case_counted", count=verdict.inside)]
    return []


def _sentence(problem: Problem, verdict: Verdict, words: Words) -> str:
    """The problem's sentence; once the pack is recorded, without the request to answer."""
    answered = f"{problem.code}_answered"
    if verdict.saved and words.knows(answered):
        return words.problem(replace(problem, code=answered))
    return words.problem(problem)
