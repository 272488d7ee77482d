"""What a person is shown about one scan: made from the ledger's answer, without a word of any language.

A verdict is built only from an answer that came after COMMIT, or from the error that kept it from being saved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from ledger.capture import Captured, Outcome
from ledger.codes.code import Code, Problem, Severity
from ledger.errors import TraceDeskError
from ledger.event import Event, EventKind
from ledger.pack import State
from ledger.tasks.heap import WHY_CODELESS
from scanner.scan import Scan

UNSPOKEN = frozenset({"no_document"})
"""Problems that are true of every scan of a task and would only hide the others."""

SHOWN_TEXT = 200
"""So many characters of a scanned text are kept for the eye; the ledger keeps all of it."""


class Level(StrEnum):
    """How loud the answer is; colour, icon, title and sound follow from it."""

    OK = "ok"
    """Saved, local rules passed, the platform not asked."""
    CONFIRMED = "confirmed"
    """Saved, and the platform said so of this very pack."""
    HELD = "held"
    """Saved, but the pack went into quarantine."""
    REPEATED = "repeated"
    ASKED = "asked"
    STOP = "stop"
    FAILED = "failed"
    """Not saved, because the machine would not."""
    UNDONE = "undone"
    """Saved once, and taken back by a record of its own."""
    LEFT = "left"
    """Asked about, and left unanswered by a person: not saved, and nobody waits for an answer any more."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one scan, as the window shows it."""

    ticket: int
    """Number of the scan in this window; an answered question keeps that of its scan."""
    at: datetime
    verb: EventKind
    level: Level
    text: str
    """The scanned text, cut for the eye."""
    names: tuple[str, str] = ("", "")
    """The product's name in Chinese and in English; empty where the catalogue does not know it."""
    spec: str = ""
    maker: str = ""
    product: str = ""
    lot: str = ""
    expiry: date | None = None
    expiry_precision: str = ""
    serial: str = ""
    by_hand: bool = False
    """True when lot or expiry were read from the label by a person."""
    problems: tuple[Problem, ...] = ()
    reason: str = ""
    seq: int = 0
    """The saved event; 0 where there is none."""
    key: str = ""
    variant: str = ""
    """What became of it in a count: `missing` or `extra`."""
    quantity: int | None = None
    """Units of a split pack, or packs without serial."""
    units: int | None = None
    """Units in a full pack, for an opened one."""
    remaining: int | None = None
    """Units left in the pack, or packs of the lot in stock."""
    paper: str = ""
    """Number of the document that it counts under."""
    inside: int = 0
    """Packs that came, went or were taken out with the case."""

    @property
    def saved(self) -> bool:
        """True when this scan made a new record."""
        return self.level in (Level.OK, Level.CONFIRMED, Level.HELD, Level.UNDONE)

    @property
    def title(self) -> str:
        """Code word of the few big words: what happened."""
        if self.level is Level.HELD:
            return "did_held" if self.verb in _ARRIVALS else f"did_{self.verb}_held"
        if self.level in (Level.OK, Level.CONFIRMED):
            return f"did_{self.verb}_{self.variant}" if self.variant else f"did_{self.verb}"
        return f"did_{self.level}"

    @property
    def row(self) -> str:
        """Code word of the one or two words for a list."""
        return self.title.replace("did_", "row_")

    @property
    def basis(self) -> str:
        """Code word of what the answer rests on, so that nobody takes a local answer for the platform's."""
        if self.level is Level.OK and self.key.startswith("heap:") and not self.text:
            return "basis_codeless"
        if self.level is Level.OK and any(one.severity is Severity.WARNING for one in self.problems):
            return "basis_reason"
        return f"basis_{self.level}"


def verdict_of(ticket: int, at: datetime, verb: EventKind, answer: Captured) -> Verdict:
    """The verdict on a scan that the ledger answered."""
    code, event, product = answer.code, answer.event, answer.product
    facts = event.packs[0] if event and event.packs else None
    level = _level(answer)
    return Verdict(
        ticket=ticket,
        at=at,
        verb=verb,
        level=level,
        text=answer.scanned.text[:SHOWN_TEXT],
        names=(product.name_zh, product.name_en) if product else ("", ""),
        spec=product.spec if product else "",
        maker=product.maker if product else "",
        product=code.product or "",
        lot=code.lot or (facts.lot if facts else None) or "",
        expiry=code.expiry or (facts.expiry if facts else None),
        expiry_precision=(code.expiry_precision or (facts.expiry_precision if facts else None)) or "",
        serial=code.serial or "",
        by_hand=level is not Level.REPEATED and bool(facts) and _typed(answer),
        problems=tuple(problem for problem in answer.problems if problem.code not in UNSPOKEN),
        reason=_reason(event) if event and answer.outcome is Outcome.ACCEPTED else "",
        seq=event.seq if event else 0,
        key=answer.key or "",
        variant=_variant(answer) if level is not Level.REPEATED else "",
        quantity=facts.quantity if facts else None,
        units=facts.units if facts else None,
        remaining=facts.remaining if facts else None,
        paper=event.documents[0].number if event and event.documents else "",
        inside=len(event.packs) - 1 if event and answer.outcome is Outcome.ACCEPTED else 0,
    )


def undone(before: Verdict, ticket: int, at: datetime, answer: Captured) -> Verdict:
    """The verdict on taking a scan back: its own row turns, or it stands and the reason is told."""
    if answer.outcome is Outcome.ACCEPTED and answer.event is not None:
        told = tuple(problem for problem in answer.problems if problem.code not in UNSPOKEN)
        return replace(
            before, at=at, level=Level.UNDONE, problems=told, reason="", seq=answer.event.seq, variant=""
        )
    return replace(verdict_of(ticket, at, before.verb, answer), level=_level(answer), seq=0)


def left(ticket: int, at: datetime, verb: EventKind, answer: Captured) -> Verdict:
    """The verdict on a scan whose question a person left unanswered."""
    return replace(verdict_of(ticket, at, verb, answer), level=Level.LEFT, problems=())


def unfit(ticket: int, at: datetime, verb: EventKind, scan: Scan, code: Code, why: str) -> Verdict:
    """The verdict on a scan that was wanted for something else than a pack and does not do."""
    problems = tuple(one for one in code.problems if one.severity is Severity.FATAL) or (Problem(why),)
    return Verdict(ticket, at, verb, Level.STOP, scan.text[:SHOWN_TEXT], problems=problems)


def failed(ticket: int, at: datetime, verb: EventKind, scan: Scan, error: BaseException) -> Verdict:
    """The verdict on a scan that could not be saved: a stop, with the reason in the machine's stead."""
    if isinstance(error, TraceDeskError):
        problem = Problem(error.code, Severity.FATAL, tuple(error.params.items()))
    else:
        problem = Problem("window_fault", Severity.FATAL)
    return Verdict(ticket, at, verb, Level.FAILED, scan.text[:SHOWN_TEXT], problems=(problem,))


def _level(answer: Captured) -> Level:
    match answer.outcome:
        case Outcome.REFUSED:
            return Level.STOP
        case Outcome.ASKED:
            return Level.ASKED
        case Outcome.REPEATED:
            return Level.REPEATED
    event = answer.event
    set_apart = event is not None and event.packs[0].state == State.QUARANTINED
    if event and set_apart and event.kind in _SETS_APART and answer.before is not State.QUARANTINED:
        return Level.HELD
    return Level.CONFIRMED if answer.verdict == "confirmed" else Level.OK


def _typed(answer: Captured) -> bool:
    """Whether the event's lot or expiry is not the code's own."""
    assert answer.event
    facts, code = answer.event.packs[0], answer.code
    return bool((facts.lot and facts.lot != code.lot) or (facts.expiry and facts.expiry != code.expiry))


def _variant(answer: Captured) -> str:
    flags = answer.event.flags if answer.event else ()
    return next((flag for flag in ("missing", "extra") if flag in flags), "") if _counting(answer) else ""


def _reason(event: Event) -> str:
    """Why it was done, else why the goods bear no code."""
    return event.reason or event.told(WHY_CODELESS) or ""


def _counting(answer: Captured) -> bool:
    return answer.event is not None and answer.event.kind is EventKind.COUNT


_ARRIVALS = (EventKind.RECEIVE, EventKind.TRANSFER_IN)
_SETS_APART = frozenset({*_ARRIVALS, EventKind.QUARANTINE, EventKind.RETURN, EventKind.UNDO, EventKind.COUNT})
