"""What stands in the cells of the list of approvals: words, sign, colour and type. No Qt here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from desktop.cell import Cell
from desktop.heat import heat, near_end
from desktop.stockcells import product_name
from desktop.words import Words
from ledger.grantlist import GrantRow, Phase, Span

COLUMNS = ("number", "until", "granted", "here", "elsewhere", "left", "phase")
NUMBERS = ("granted", "here", "elsewhere", "left")
"""Columns that hold numbers, and stand to the right."""
_PHASES = {
    Phase.VALID: ("check", "ok_text", ""),
    Phase.ENDING: ("wait", "held_text", "held"),
    Phase.COMING: ("wait", "quiet", ""),
    Phase.OVER: ("close", "quiet", ""),
    Phase.SUSPENDED: ("held", "ask_text", "ask"),
}


def span_of(today: date) -> Span:
    """The days that phases are told by: an approval ends soon where a pack would be near its end."""
    return Span(today, near_end(today))


class GrantCells:
    """Makes cells in one language."""

    def __init__(self, words: Words, today: Callable[[], date]) -> None:
        self.words, self._today = words, today

    def cell(self, row: GrantRow, column: str) -> Cell:
        """A cell of the list."""
        say, standing = self.words.say, row.standing
        one = standing.approval
        match column:
            case "number":
                return Cell(one.number, type="mono")
            case "until":
                tone = heat(one.valid_to, self._today()).tone
                tone = tone if tone in ("stop", "held") else ""
                return Cell(one.valid_to.isoformat(), f"{tone}_text" if tone else "text", "plain")
            case "granted":
                return Cell(
                    f"{one.quantity:,}" if one.quantity is not None else say("approvals_any"), right=True
                )
            case "here":
                return _count(standing.used_here)
            case "elsewhere":
                return _count(standing.used_elsewhere)
            case "left":
                if standing.open is None:
                    return Cell(say("approvals_any"), right=True)
                usable = span_of(self._today()).phase(standing) in (Phase.VALID, Phase.ENDING)
                ink = "quiet" if not usable else "text" if standing.open else "stop_text"
                return Cell(f"{standing.open:,}", ink, "bold" if usable else "plain", right=True)
        return self.phase(row)

    def phase(self, row: GrantRow) -> Cell:
        """How it stands: overdrawn and used up are said before its dates."""
        say, standing = self.words.say, row.standing
        if standing.over:
            return Cell(say("approvals_overdrawn", packs=standing.over), "stop_text", "bold", "stop", "stop")
        phase = span_of(self._today()).phase(standing)
        if standing.open == 0 and phase in (Phase.VALID, Phase.ENDING):
            return Cell(say("approvals_used_up"), "stop_text", "bold", "stop", "stop")
        sign, ink, tone = _PHASES[phase]
        return Cell(say(f"approvals_phase_{phase}"), ink, "bold" if tone else "plain", sign, tone)

    def product(self, row: GrantRow) -> str:
        """The product as people know it."""
        return product_name(row.names, row.spec, row.standing.approval.product, self.words)

    def limits(self, row: GrantRow) -> str:
        """For whom and for which lot it is, where it is not for any; empty where it is."""
        say, one = self.words.say, row.standing.approval
        parts = [say("approvals_lot", lot=one.lot)] if one.lot else []
        if one.patient is not None:
            parts.append(say("approvals_patient_short" if one.patient else "approvals_patient_erased"))
        return say("list_comma").join(parts)


def _count(number: int) -> Cell:
    return Cell(f"{number:,}" if number else "–", "text" if number else "quiet", right=True)
