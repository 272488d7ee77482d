"""What a verb's rules have found so far: notes to tell, questions to ask, reasons to stop.

Also the small judgements that several verbs share: the label's lot and expiry, nearness of the expiry, and
the kind answer to what has happened already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from ledger.codes.code import Problem, Severity
from ledger.event import Event, PackFacts
from ledger.pack import Pack, State
from ledger.situation import Ask, Decision, Intent, Refuse, Situation


class Findings:
    """Collects problems by weight and settles what comes of them."""

    def __init__(self, of_the_code: tuple[Problem, ...] = (), *, may_override: bool = True) -> None:
        self._may_override = may_override
        self._overrides = False
        self._notes: list[Problem] = list(of_the_code)
        self._asked: list[Problem] = []
        self._stops: list[Problem] = []
        self._needs: list[str] = []

    @property
    def told(self) -> tuple[Problem, ...]:
        """Everything that is told with an accepted scan: what was asked and answered, then the notes."""
        return (*self._asked, *self._notes)

    def note(self, code: str, **params: str) -> None:
        """Something worth knowing (blue)."""
        self._notes.append(Problem(code, Severity.NOTE, tuple(params.items())))

    def warn(self, code: str, **params: str) -> None:
        """Something that is told loudly but needs no answer."""
        self._notes.append(Problem(code, Severity.WARNING, tuple(params.items())))

    def ask(self, code: str, *, need: tuple[str, ...] = ("reason",), **params: str) -> None:
        """Something that needs an answer first (amber)."""
        self._asked.append(Problem(code, Severity.WARNING, tuple(params.items())))
        self._overrides |= "reason" in need
        self._needs += [one for one in need if one not in self._needs]

    def ask_unless(self, reason: str | None, code: str) -> None:
        """Ask for a reason where none was given; one that was given needs no telling."""
        if not reason:
            self.ask(code)

    def stop(self, code: str, **params: str) -> None:
        """Something that forbids it (red)."""
        self._stops.append(Problem(code, Severity.FATAL, tuple(params.items())))

    def by_policy(self, word: str, code: str, **params: str) -> None:
        """Something whose weight the site decides: `note`, `ask` or `stop`."""
        {"note": self.note, "ask": self.ask, "stop": self.stop}[word](code, **params)  # type: ignore[operator]

    def settle(self, intent: Intent) -> Decision | None:
        """Refuse or Ask where something stands in the way, else None; a reason given answers what wants one.

        Whoever has no right to override needs a second person who has.
        """
        if self._overrides and intent.reason and not self._may_override:
            self.ask("override_not_allowed", need=("second",))
        if self._stops:
            return Refuse((*self._stops, *self._notes))
        answered = {"reason"} if intent.reason else set()
        open_needs = tuple(need for need in self._needs if need not in answered)
        return Ask(self.told, open_needs) if open_needs else None


@dataclass(frozen=True, slots=True)
class Label:
    """Lot and expiry as best known, and whether a person's eyes were needed."""

    lot: str | None
    expiry: date | None
    precision: str | None
    by_hand: bool


def label(situation: Situation, intent: Intent) -> Label:
    """Lot and expiry from the code, else the record, else the person, else an earlier pack of the lot."""
    code, pack = situation.code, situation.record
    recorded = pack.lot if pack else None
    lot = code.lot or recorded or intent.lot
    by_hand = lot is not None and not code.lot and not recorded
    if code.expiry and not _vaguer(code.expiry, code.expiry_precision, pack):
        return Label(lot, code.expiry, code.expiry_precision, by_hand)
    if pack and pack.expiry:
        return Label(lot, pack.expiry, pack.expiry_precision, by_hand)
    if intent.expiry:
        return Label(lot, intent.expiry, intent.expiry_precision or "day", by_hand=True)
    if situation.lot_expiry and lot:
        return Label(lot, *situation.lot_expiry, by_hand=True)
    return Label(lot, None, None, by_hand)


def check_record(situation: Situation, intent: Intent, findings: Findings) -> None:
    """Stop a pack whose code, or what a person reads from it, says another lot or expiry than its record."""
    record, code = situation.record, situation.code
    if record is None:
        return
    lot, expiry = code.lot or intent.lot, code.expiry or intent.expiry
    if lot and record.lot and lot != record.lot:
        findings.stop("lot_differs_from_record", scanned=lot, recorded=record.lot)
    precision = code.expiry_precision if code.expiry else intent.expiry_precision
    if expiry and record.expiry and _differs(expiry, precision, record):
        params = {"scanned": expiry.isoformat(), "recorded": record.expiry.isoformat()}
        findings.stop("expiry_differs_from_record", **params)


def _differs(expiry: date, precision: str | None, record: Pack) -> bool:
    """Whether a date that was read contradicts the record's; a month does not contradict a day in it."""
    if record.expiry is None or "month" not in (precision, record.expiry_precision):
        return expiry != record.expiry
    return (expiry.year, expiry.month) != (record.expiry.year, record.expiry.month)


def _vaguer(expiry: date, precision: str | None, record: Pack | None) -> bool:
    """Whether the record has the day of the month that was read."""
    if record is None or precision != "month" or record.expiry_precision == "month":
        return False
    return record.expiry is not None and not _differs(expiry, precision, record)


def after(situation: Situation, state: State, shown: Label | None = None, **changes: Any) -> PackFacts:
    """The scanned pack as it stands after the event: what is recorded, what the code says, what changes."""
    code, pack = situation.code, situation.pack
    if pack is None:
        seen = shown or Label(code.lot, code.expiry, code.expiry_precision, by_hand=False)
        return PackFacts(
            key=code.key or "",
            kind=code.kind,
            product=code.product,
            serial=code.serial,
            lot=seen.lot,
            expiry=seen.expiry,
            expiry_precision=seen.precision,
            production=code.production,
            level=code.level,
            entry="manual" if seen.by_hand else "scan",
            state=state,
            **changes,
        )
    changes |= {"state": state, "production": code.production}
    if shown is not None:
        changes |= {
            "lot": shown.lot,
            "expiry": shown.expiry,
            "expiry_precision": shown.precision,
            "entry": "manual" if shown.by_hand else "scan",
        }
    return replace(pack.facts(code.kind), **changes)


def check_second(intent: Intent, findings: Findings, wanted: str) -> None:
    """Ask for the second person under this code word, and take nobody for two."""
    if not intent.second:
        findings.ask(wanted, need=("second",))
    elif intent.second == intent.operator:
        findings.stop("second_is_first")


def scanned_twice(situation: Situation, intent: Intent, last: Event) -> bool:
    """True when the same person at this device did it a moment ago: the scanner was pressed twice."""
    if last.device_id != situation.device_id or last.operator != intent.operator:
        return False
    return (
        timedelta(0) <= situation.now - last.moment.at <= timedelta(seconds=situation.policy.repeat_seconds)
    )


def near(expiry: date | None, today: date, days: int) -> bool:
    """True when the pack is still good but its last day comes within so many days."""
    return expiry is not None and today <= expiry < today + timedelta(days=days)


def already(code: str, last: Event, intent: Intent, now: datetime) -> Problem:
    """When and by whom it happened: `CODE_by_you` when it was the same person."""
    at = last.moment.at.astimezone(now.tzinfo)
    return Problem(
        f"{code}_by_you" if last.operator == intent.operator else code,
        Severity.NOTE,
        (
            ("time", at.strftime("%H:%M" if at.date() == now.date() else "%Y-%m-%d %H:%M")),
            ("operator", last.operator),
            ("seq", str(last.seq)),
        ),
    )
