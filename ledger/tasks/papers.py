"""What papers say of a pack: recalls, the expected shipment, the prescription, the approval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.event import DocumentRef, EventKind
from ledger.shipment import PRESCRIPTION, UNIT
from ledger.situation import Intent, Situation
from ledger.tasks.findings import Findings, Label

if TYPE_CHECKING:
    from ledger.approval import Standing
    from ledger.expectation import Expectation
    from ledger.recalls import Recall

APPROVAL = "approval"
LOW = 3
"""So few packs left under an approval are told, so that a new one is asked for in time."""


def check_recalls(situation: Situation, findings: Findings) -> None:
    """Stop a pack that is surely recalled; ask where lot or serial are not known well enough to say."""
    for recall in situation.recalls[:1]:
        if recall.match == "certain":
            findings.stop("recalled", **_notice(recall))
        else:
            findings.ask("recall_possible", number=recall.number, reason=recall.reason)


def recalled(situation: Situation) -> Recall | None:
    """The recall that the pack surely falls under, if there is one."""
    return next((one for one in situation.recalls if one.match == "certain"), None)


def warn_of_recall(situation: Situation, findings: Findings) -> bool:
    """Tell of a recall of something that arrives; True when it must go to quarantine."""
    recall = recalled(situation)
    if recall:
        findings.warn("recalled_to_quarantine", **_notice(recall))
    elif situation.recalls:
        findings.warn("recall_possible_note", **_notice(situation.recalls[0]))
    return recall is not None


def check_shipment(situation: Situation, intent: Intent, findings: Findings, shown: Label) -> list[str]:
    """Hold an arriving pack against the document; what is extra or differs needs a reason. Returns flags."""
    said = situation.expectation
    if said is None:
        return []
    number = next((ref.number for ref in intent.documents), "")
    if not said.known:
        findings.note("document_unknown", number=number)
        return []
    if said.finished:
        findings.ask("document_finished", number=number)
    if not said.listed:
        findings.ask(said.why, number=number, lots=", ".join(said.lots))
        return ["extra"]
    if (
        not said.already_seen
        and said.open_quantity is not None
        and said.open_quantity < (intent.quantity or 1)
    ):
        findings.ask("over_delivery", number=number, open=str(said.open_quantity))
        return ["over"]
    line = said.line
    if line and line.expiry and shown.expiry and line.expiry != shown.expiry:
        scanned, expected = shown.expiry.isoformat(), line.expiry.isoformat()
        findings.ask("expiry_differs_from_document", scanned=scanned, expected=expected)
    return []


def check_prescription(situation: Situation, intent: Intent, findings: Findings, packs: int) -> None:
    """Hold what goes out against the prescription: so many whole packs, or with 0 the intent's units of one."""
    said, paper = situation.expectation, situation.prescription
    if situation.patient_erased:
        findings.stop("dispense_patient_erased")
    if said is not None and not said.known and any(ref.kind == PRESCRIPTION for ref in intent.documents):
        findings.note("prescription_unknown", number=intent.documents[0].number)
    if said is None or paper is None:
        return
    if intent.patient and intent.patient != paper.patient:
        findings.stop("prescription_other_patient", number=paper.number)
    if not said.listed:
        findings.stop("not_prescribed", number=paper.number)
    elif said.open_quantity == 0 and not (not packs and said.open_units):
        findings.ask("prescription_filled", number=paper.number)
    elif packs and said.line and said.line.unit == UNIT:
        _check_units_of_packs(situation, said, paper.number, findings, packs)
    elif packs:
        _check_amount(findings, packs, said.open_quantity)
    elif intent.quantity:
        _check_amount(findings, intent.quantity, said.open_units)


def _check_units_of_packs(
    situation: Situation, said: Expectation, number: str, findings: Findings, packs: int
) -> None:
    """A whole pack may hold more than a line in units wants; where nobody knows how many, a person has to say."""
    size = situation.product.pack_size if situation.product else None
    if size and said.open_units is not None:
        _check_amount(findings, packs * size, said.open_units)
    elif said.line:
        findings.ask("prescribed_in_units", number=number, wanted=str(said.line.quantity))


def _check_amount(findings: Findings, given: int, wanted: int | None) -> None:
    if wanted is not None and given > wanted:
        findings.ask("more_than_prescribed", open=str(wanted), wanted=str(given))


def check_approval(situation: Situation, intent: Intent, findings: Findings) -> tuple[DocumentRef, ...]:
    """特许药械 goes out under an approval that holds, or not at all; returns the approval it goes out under."""
    if situation.product is None or not situation.product.needs_approval:
        return ()
    if not situation.approvals:
        findings.stop("approval_missing")
        return ()
    best, shipping = situation.approvals[0], intent.verb is EventKind.TRANSFER_OUT
    if best.holds(shipping=shipping):
        if best.left is not None and best.left <= LOW:
            findings.note("approval_low", number=best.approval.number, left=str(best.left))
        return (DocumentRef(APPROVAL, best.approval.number),)
    ignored = "approval_used_up" if shipping else "approval_shipped_up"
    obstacle = next(word for word in best.obstacles if word != ignored)
    findings.stop(obstacle, **_standing_of(best, shipping=shipping), wanted=str(intent.quantity or 1))
    return ()


def _standing_of(best: Standing, *, shipping: bool) -> dict[str, str]:
    """What is said of an approval that does not hold: the numbers are those of the whole site."""
    one = best.approval
    taken, elsewhere = (
        (best.shipped, best.shipped_elsewhere) if shipping else (best.used, best.used_elsewhere)
    )
    return {
        "number": one.number,
        "until": one.valid_to.isoformat(),
        "granted": str(one.quantity or 0),
        "open": str(max(0, (one.quantity or 0) - taken)),
        "here": str(taken - elsewhere),
        "elsewhere": str(elsewhere),
    }


def _notice(recall: Recall) -> dict[str, str]:
    return {"number": recall.number, "reason": recall.reason, "action": recall.action}
