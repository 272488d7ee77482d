"""The life of a pack in plain words: the one place where its events, its state and its proof become sentences.

The command line and the history page say the same. No Qt here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desktop.words import Words
from ledger.chainproof import Proof
from ledger.dossier import ELSEWHERE, Attempt, Chapter
from ledger.event import Event, EventKind, PackFacts
from ledger.pack import Pack, State
from ledger.roles import WORKSTATION

_JOINT = " + "
_ARRIVALS = (EventKind.RECEIVE, EventKind.TRANSFER_IN)
_SENT = (EventKind.TRANSFER_OUT, EventKind.SUPPLIER_RETURN)
_NO_PLACE = (EventKind.DISPENSE, EventKind.UNDO, EventKind.RETURN)
"""Events that say nothing of where the pack is put, whatever it remembers."""


@dataclass(frozen=True, slots=True)
class Line:
    """One chapter as it is shown."""

    day: str
    time: str
    title: str
    details: tuple[str, ...]
    remarks: tuple[str, ...]
    """What was remarkable, each a short sentence."""
    tone: str
    """`ok`, `stop`, `ask`, `held`, `repeated` or `quiet`: a palette name."""
    sign: str
    """Name of the drawing."""
    delivery: str
    """Code word of the delivery state; empty where there is nothing to deliver."""
    seq: int | None
    hash: str
    voided: bool
    faint: bool = False
    """Not a record of this ledger that stands: shown less strongly."""


class Teller:
    """Tells of one pack in one language."""

    def __init__(self, words: Words, people: Mapping[str, str] | None = None) -> None:
        self._words, self._people = words, people or {}

    def what(self, event: Event, facts: PackFacts | None) -> str:
        """What happened, in a word or two."""
        say = self._words.say
        if event.kind is EventKind.TASK_OPENED:
            return say(f"task_{event.told('task')}")
        if event.kind is EventKind.TASK_RESOLVED:
            return say("story_task_resolved")
        if event.kind is EventKind.CONFIRMED:
            return say("verdict_confirmed")
        if facts is not None and facts.state == State.QUARANTINED and event.kind in _ARRIVALS:
            return say("history_to_quarantine")
        if facts is not None and facts.state == State.LOST and event.kind is EventKind.COUNT:
            return say("story_not_found")
        return say(f"history_{event.kind}")

    def who(self, person: str) -> str:
        """A person's name, with the id that the record holds; the id alone where nobody of it is registered."""
        name = self._people.get(person)
        return self._words.say("story_person", name=name, person=person) if name else person

    def reason(self, reason: str) -> str:
        """A recorded reason: its code words spoken, a person's own words as they stand."""
        say, knows = self._words.say, self._words.knows
        return _JOINT.join(say(part) if knows(part) else part for part in reason.split(_JOINT))

    def line(self, event: Event, facts: PackFacts | None) -> str:
        """The event as one line of text, for the command line."""
        say = self._words.say
        parts = [
            say(
                "history_event",
                at=event.moment.iso()[:19].replace("T", " "),
                what=self.what(event, facts),
                place=event.place,
                operator=event.operator,
                seq=event.seq,
            )
        ]
        if facts is not None and facts.quantity is not None:
            parts.append(say("history_quantity", quantity=facts.quantity, remaining=facts.remaining))
        parts += [say("history_document", number=ref.number) for ref in event.documents]
        if event.second:
            parts.append(say("history_second", second=event.second))
        if event.reason:
            parts.append(say("history_reason", reason=self.reason(event.reason)))
        return "  ".join(parts)

    def aside(self, chapter: Chapter) -> str:
        """What became of the event's record, as an addition to its line."""
        said = self._words.say("history_voided") if chapter.voided_by else ""
        if chapter.delivery:
            said += self._words.say(f"history_{chapter.delivery}", words=chapter.said)
        return said

    def attempt_line(self, attempt: Attempt) -> str:
        """A scan that came to nothing as one line of text, for the command line."""
        scan, say = attempt.scan, self._words.say
        return say(
            "history_scan",
            at=scan.at[:19].replace("T", " "),
            outcome=say(f"outcome_{scan.outcome}"),
            why=self._why(scan.problem),
            operator=scan.operator,
        )

    def now(self, pack: Pack, verdict: str) -> str:
        """How the pack stands."""
        say = self._words.say
        return say("history_now", state=say(f"state_{pack.state}"), verdict=say(f"verdict_{verdict}"))

    def chapter(self, chapter: Chapter) -> Line:
        """One event as the page shows it."""
        event, facts = chapter.event, chapter.facts
        at = event.moment.at
        tone, sign = _LOOKS.get(event.kind, ("quiet", "info"))
        if facts is not None and facts.state == State.QUARANTINED:
            tone, sign = "held", "held"
        if chapter.voided_by:
            tone = "quiet"
        return Line(
            day=f"{at:%Y-%m-%d}",
            time=f"{at:%H:%M:%S}",
            title=capital(self.what(event, facts) + self._amount(facts)),
            details=tuple(self._details(chapter)),
            remarks=tuple(capital(remark) for remark in self._remarks(chapter)),
            tone=tone,
            sign=sign,
            delivery=_delivery(chapter),
            seq=None if chapter.delivery == ELSEWHERE else event.seq,
            hash=chapter.hash.hex(),
            voided=chapter.voided_by is not None,
            faint=chapter.voided_by is not None,
        )

    def attempt(self, attempt: Attempt) -> Line:
        """A scan that came to nothing as the page shows it."""
        scan, say = attempt.scan, self._words.say
        at = datetime.fromisoformat(scan.at)
        task = say(f"history_{scan.verb}") if self._words.knows(f"history_{scan.verb}") else scan.verb
        return Line(
            day=f"{at:%Y-%m-%d}",
            time=f"{at:%H:%M:%S}",
            title=capital(say("story_attempt", task=task, outcome=say(f"outcome_{scan.outcome}"))),
            details=(self._by(scan.operator),),
            remarks=(self._why(scan.problem),) if scan.problem else (),
            tone="stop" if scan.outcome != "asked" else "ask",
            sign="stop" if scan.outcome != "asked" else "ask",
            delivery="",
            seq=None,
            hash="",
            voided=False,
            faint=True,
        )

    def proof(self, proof: Proof) -> tuple[str, ...]:
        """How far the records of the pack are proven, a sentence each."""
        say = self._words.say
        if proof.fault is not None:
            fault = proof.fault
            params = {"seq": str(fault.seq or ""), **dict(fault.params)}
            return (say("story_proof_fault"), say(fault.code, **params))
        if not proof.done:
            total = max(1, proof.head - proof.first + 1)
            done = max(0, proof.seq - proof.first + 1)
            return (say("story_proof_running", percent=100 * done // total, head=proof.head),)
        told = [
            say("story_proof_holds", records=proof.records, first=proof.first, head=proof.head),
            say("story_proof_head", hash=proof.hash.hex()),
        ]
        if proof.witness is not None:
            at = proof.witness.at[:16].replace("T", " ")
            told.append(say("story_proof_witness", seq=proof.witness.seq, at=at))
        else:
            told.append(say("story_proof_no_witness"))
        return tuple(told)

    def _by(self, operator: str) -> str:
        if operator == WORKSTATION:
            return self._words.say("story_by_itself")
        return self._words.say("story_by", who=self.who(operator))

    def _amount(self, facts: PackFacts | None) -> str:
        if facts is None or facts.quantity is None:
            return ""
        if facts.remaining is None:
            return self._words.say("story_quantity", quantity=facts.quantity)
        return self._words.say("story_quantity_left", quantity=facts.quantity, remaining=facts.remaining)

    def _details(self, chapter: Chapter) -> list[str]:
        event, facts, say = chapter.event, chapter.facts, self._words.say
        told = [self._by(event.operator)]
        if event.second:
            told.append(say("story_second", who=self.who(event.second)))
        if event.place:
            told.append(event.place)
        if facts is not None and facts.place and event.kind not in _NO_PLACE:
            told.append(say("story_place", place=facts.place))
        if chapter.delivery == ELSEWHERE:
            told.append(say("story_station", station=event.device_id[:8], seq=event.seq))
        if facts is not None and facts.parent:
            told.append(say("story_parent", parent=short_key(facts.parent)))
        if event.partner:
            name = self._words.name(chapter.partner)
            code = "story_to" if event.kind in _SENT else "story_from"
            told.append(say(code, partner=name or event.partner))
        for ref in event.documents:
            named = f"story_document_{ref.kind}"
            told.append(say(named if self._words.knows(named) else "history_document", number=ref.number))
        if label := event.told("label"):
            told.append(say("story_label", label=short_key(label)))
        if parent := event.told("parent"):
            told.append(say("story_taken_from", parent=short_key(parent)))
        if voids := event.told("voids_seq"):
            told.append(say("story_voids", seq=voids))
        return told

    def _remarks(self, chapter: Chapter) -> list[str]:
        event, say = chapter.event, self._words.say
        told = [say("story_voided_by", seq=chapter.voided_by)] if chapter.voided_by else []
        told += [say(f"story_flag_{flag}") for flag in event.flags if self._words.knows(f"story_flag_{flag}")]
        if chapter.facts is not None and chapter.facts.entry == "manual":
            told.append(say("story_by_hand"))
        if reason := event.reason or event.told("codeless"):
            told.append(say("history_reason", reason=self.reason(reason)))
        if said := event.told("words"):
            told.append(say("story_platform_said", words=said))
        if chapter.delivery == "parked":
            told.append(say("story_parked", words=chapter.said))
        return told

    def _why(self, problem: str) -> str:
        """The problem of a raw scan; its numbers are not kept, so a dash stands for them."""
        return re.sub(r"\{[a-z_]+\}", "…", self._words.say(problem)) if problem else ""


_LOOKS: Mapping[EventKind, tuple[str, str]] = {
    EventKind.RECEIVE: ("receive", "receive"),
    EventKind.TRANSFER_IN: ("receive", "receive"),
    EventKind.DISPENSE: ("dispense", "dispense"),
    EventKind.UNDO: ("repeated", "repeated"),
    EventKind.RETURN: ("held", "repeated"),
    EventKind.VOID: ("stop", "close"),
    EventKind.QUARANTINE: ("held", "held"),
    EventKind.RELEASE: ("ok", "check"),
    EventKind.DESTROY: ("stop", "close"),
    EventKind.SUPPLIER_RETURN: ("repeated", "leave"),
    EventKind.TRANSFER_OUT: ("repeated", "leave"),
    EventKind.MOVE: ("repeated", "stock"),
    EventKind.PACK: ("repeated", "stock"),
    EventKind.UNPACK: ("repeated", "stock"),
    EventKind.COUNT: ("repeated", "check"),
    EventKind.LABEL: ("repeated", "scan"),
    EventKind.CONFIRMED: ("ok", "check"),
    EventKind.TASK_OPENED: ("ask", "todo"),
    EventKind.TASK_RESOLVED: ("ok", "done"),
}


def _delivery(chapter: Chapter) -> str:
    if chapter.delivery == ELSEWHERE:
        return "story_elsewhere"
    return f"delivery_{chapter.delivery}" if chapter.delivery else ""


def capital(sentence: str) -> str:
    """The sentence with a capital where it stands alone."""
    return sentence[:1].upper() + sentence[1:]


def short_key(key: str) -> str:
    """A pack's key as people read it off the pack: without the name of its standard."""
    return key.partition(":")[2] or key
