"""What a person is shown about one scan: made from the ledger's answer, without a word of any language.

A verdict is built only from an answer that came after COMMIT, or from the error that kept it from being saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ledger.capture import Captured, Outcome
from ledger.codes.code import Problem, Severity
from ledger.errors import TraceDeskError
from ledger.event import EventKind
from ledger.pack import State
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

    @property
    def saved(self) -> bool:
        """True when this scan made a new record."""
        return self.level in (Level.OK, Level.CONFIRMED, Level.HELD)

    @property
    def title(self) -> str:
        """Code word of the few big words: what happened."""
        if self.level in (Level.OK, Level.CONFIRMED):
            return f"did_{self.verb}"
        return f"did_{self.level}"

    @property
    def row(self) -> str:
        """Code word of the one or two words for a list."""
        return self.title.replace("did_", "row_")

    @property
    def basis(self) -> str:
        """Code word of what the answer rests on, so that nobody takes a local answer for the platform's."""
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
        reason=(event.reason or "") if event and answer.outcome is Outcome.ACCEPTED else "",
        seq=event.seq if event else 0,
        key=answer.key or "",
    )


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
    if answer.event and answer.event.packs[0].state == State.QUARANTINED:
        return Level.HELD
    return Level.CONFIRMED if answer.verdict == "confirmed" else Level.OK


def _typed(answer: Captured) -> bool:
    """Whether the event's lot or expiry is not the code's own."""
    assert answer.event
    facts, code = answer.event.packs[0], answer.code
    return bool((facts.lot and facts.lot != code.lot) or (facts.expiry and facts.expiry != code.expiry))
