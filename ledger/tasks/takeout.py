"""离园带药: medicine that a patient takes out of the zone.

At most 4 weeks of supply; up to 12 when the hospital has assessed the patient and the patient has signed; never
more. A filing number and the patient's consent are wanted always (domain rules of the zone, measures of 2023). A
patient who comes back long before the last supply has run out is a sign that the prescriber must hear of.
"""

from __future__ import annotations

from datetime import timedelta

from ledger.event import Event
from ledger.situation import Intent, Situation, TakeOut
from ledger.tasks.findings import Findings

PLAIN_WEEKS = 4
MOST_WEEKS = 12


def take_out_of(situation: Situation, intent: Intent) -> TakeOut | None:
    """The supply that leaves the zone: what the prescription says, completed by the person, never made less."""
    paper, told = situation.prescription, intent.take_out
    if paper is None or not paper.weeks:
        return told
    if told is None:
        return TakeOut(paper.weeks, paper.filing, paper.consent, paper.assessed, paper.signed)
    return TakeOut(
        max(paper.weeks, told.weeks),
        told.filing or paper.filing,
        told.consent or paper.consent,
        told.assessed or paper.assessed,
        told.signed or paper.signed,
    )


def check_take_out(situation: Situation, intent: Intent, findings: Findings) -> tuple[tuple[str, str], ...]:
    """Stop or ask where the supply wants it; returns what the event is to say of it, nothing where none leaves."""
    _check_refill(situation, findings)
    out = take_out_of(situation, intent)
    if out is None:
        return ()
    weeks = str(out.weeks)
    if out.weeks > MOST_WEEKS:
        findings.stop("take_out_too_long", weeks=weeks)
    elif out.weeks > PLAIN_WEEKS and not (out.assessed and out.signed):
        findings.ask("take_out_needs_assessment", need=("assessed", "signed"), weeks=weeks)
    if not out.filing or not out.consent:
        findings.ask("take_out_needs_filing", need=("filing", "consent"))
    # The box may be destroyed by law once it was scanned; what is inside bears the patient's name from then on.
    findings.note("take_out_label")
    agreed = {"consent": out.consent, "assessed": out.assessed, "signed": out.signed}
    return (
        ("take_out_weeks", weeks),
        ("filing", out.filing),
        *((name, "yes") for name, given in agreed.items() if given),
    )


def told_by(event: Event) -> TakeOut | None:
    """The take-out that an event tells of; None where nothing left the zone."""
    weeks = event.told("take_out_weeks")
    if weeks is None:
        return None
    consent, assessed, signed = (event.told(name) == "yes" for name in ("consent", "assessed", "signed"))
    return TakeOut(int(weeks), event.told("filing") or "", consent, assessed, signed)


def _check_refill(situation: Situation, findings: Findings) -> None:
    supply, policy = situation.last_supply, situation.policy
    if supply is None or supply.lasts_until is None:
        return
    left = (supply.lasts_until - situation.today).days
    if situation.today < supply.lasts_until - timedelta(days=policy.early_refill_days):
        params = {"day": supply.day.isoformat(), "until": supply.lasts_until.isoformat()}
        findings.by_policy(
            policy.early_refill, "early_refill", number=supply.number, days=str(left), **params
        )
