"""离园带药: medicine that a patient takes out of the zone.

At most 4 weeks of supply; up to 12 when the hospital has assessed the patient and the patient has signed; never
more. A filing number and the patient's consent are wanted always (domain rules of the zone, measures of 2023).
"""

from __future__ import annotations

from ledger.situation import TakeOut
from ledger.tasks.findings import Findings

PLAIN_WEEKS = 4
MOST_WEEKS = 12


def check_take_out(out: TakeOut | None, findings: Findings) -> None:
    """Stop or ask where the supply that leaves the zone wants it; None: nothing leaves."""
    if out is None:
        return
    weeks = str(out.weeks)
    if out.weeks > MOST_WEEKS:
        findings.stop("take_out_too_long", weeks=weeks)
    elif out.weeks > PLAIN_WEEKS and not (out.assessed and out.signed):
        findings.ask("take_out_needs_assessment", need=("assessed", "signed"), weeks=weeks)
    if not out.filing or not out.consent:
        findings.ask("take_out_needs_filing", need=("filing", "consent"))
