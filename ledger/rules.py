"""What may happen to a pack: decide(situation, intent) -> Accept | Repeat | Ask | Refuse.

Pure: the situation holds everything that counts, gathered beforehand by capture; nothing is looked up here.
Refuse is red, Ask is amber and needs an answer, Accept may carry blue notes. What every verb shares stands
here, each verb's own rules in ledger/tasks.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from ledger.codes.code import Problem, Severity
from ledger.codes.join import is_fragment
from ledger.event import EventKind
from ledger.situation import Ask, Decision, Intent, Refuse, Situation
from ledger.tasks import correct, count, dispense, give_back, heap, move, receive, set_apart
from ledger.tasks.findings import Findings

_VERBS: MappingProxyType[EventKind, Callable[[Situation, Intent, Findings], Decision]] = MappingProxyType(
    {
        EventKind.RECEIVE: receive.judge,
        EventKind.TRANSFER_IN: receive.judge,
        EventKind.DISPENSE: dispense.judge,
        EventKind.UNDO: give_back.judge_undo,
        EventKind.RETURN: give_back.judge_return,
        EventKind.SUPPLIER_RETURN: give_back.judge_supplier_return,
        EventKind.TRANSFER_OUT: move.judge_transfer_out,
        EventKind.MOVE: move.judge_move,
        EventKind.PACK: move.judge_pack,
        EventKind.UNPACK: move.judge_unpack,
        EventKind.LABEL: move.judge_label,
        EventKind.QUARANTINE: set_apart.judge_quarantine,
        EventKind.RELEASE: set_apart.judge_release,
        EventKind.DESTROY: set_apart.judge_destroy,
        EventKind.COUNT: count.judge,
        EventKind.VOID: correct.judge,
    }
)

_COMES_OR_GOES = (EventKind.RECEIVE, EventKind.TRANSFER_IN, EventKind.DISPENSE)
"""Verbs that a document and a catalogue entry are looked for."""


def decide(situation: Situation, intent: Intent) -> Decision:
    """Judge one scan: the code's own fatal problems come first, then what was typed, then the verb's rules."""
    code = situation.code
    if not code.accepted:
        return Refuse(code.problems)
    if situation.refusal:
        return Refuse((situation.refusal,))
    if situation.typed:
        # A wrong digit makes another pack that nobody can tell from a right one: two times alike, or not at all.
        return Ask((*code.problems, Problem(f"typed_{situation.typed}", Severity.WARNING)), ("again",))
    if is_fragment(code):
        # Lot and serial stand in one symbol, the product in another one beside it.
        return Ask((*code.problems, Problem("other_symbol_wanted")), ("symbol",))
    if code.key is None and code.product is None:
        return Refuse((*code.problems, Problem("pack_without_serial")))
    if intent.lot and code.lot and intent.lot != code.lot:
        return Refuse((Problem("lot_differs", params=(("scanned", code.lot), ("typed", intent.lot))),))
    if intent.expiry and code.expiry and intent.expiry != code.expiry:
        params = (("scanned", code.expiry.isoformat()), ("typed", intent.expiry.isoformat()))
        return Refuse((Problem("expiry_differs", params=params),))
    findings = Findings(code.problems, may_override=situation.may_override)
    policy = situation.policy
    if situation.twin and not situation.pack:
        # Two 20-digit codes that differ only in the check digits: at most one of them can be genuine.
        findings.ask("twin_code", other=situation.twin)
    if situation.stopped is not None:
        findings.stop("platform_stop", words=situation.stopped)
    if intent.verb in _COMES_OR_GOES:
        if code.product and situation.product is None:
            findings.by_policy(policy.unknown_product, "product_unknown", product=code.product)
        if not intent.documents:
            findings.by_policy(policy.no_document, "no_document")
    if code.key is None:
        return heap.judge(situation, intent, findings)
    return _VERBS[intent.verb](situation, intent, findings)
