"""What may happen to a pack: decide(situation, intent) -> Accept | Repeat | Ask | Refuse.

Pure: the situation holds everything that counts, gathered beforehand by capture; nothing is looked up here.
Refuse is red, Ask is amber and needs an answer, Accept may carry blue notes. What every verb shares stands
here, each verb's own rules in ledger/tasks.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from ledger.codes.code import Problem
from ledger.event import EventKind
from ledger.situation import Decision, Intent, Refuse, Situation
from ledger.tasks import dispense, receive
from ledger.tasks.findings import Findings

_VERBS: MappingProxyType[EventKind, Callable[[Situation, Intent, Findings], Decision]] = MappingProxyType(
    {EventKind.RECEIVE: receive.judge, EventKind.DISPENSE: dispense.judge}
)


def decide(situation: Situation, intent: Intent) -> Decision:
    """Judge one scan: the code's own fatal problems come first, then what was typed, then the verb's rules."""
    code = situation.code
    if not code.accepted:
        return Refuse(code.problems)
    if code.key is None:
        return Refuse((*code.problems, Problem("pack_without_serial")))
    if intent.lot and code.lot and intent.lot != code.lot:
        return Refuse((Problem("lot_differs", params=(("scanned", code.lot), ("typed", intent.lot))),))
    if intent.expiry and code.expiry and intent.expiry != code.expiry:
        params = (("scanned", code.expiry.isoformat()), ("typed", intent.expiry.isoformat()))
        return Refuse((Problem("expiry_differs", params=params),))
    findings = Findings(situation.code.problems)
    policy = situation.policy
    if situation.twin and not situation.pack:
        # Two 20-digit codes that differ only in the check digits: at most one of them can be genuine.
        findings.ask("twin_code", other=situation.twin)
    if not situation.product_known:
        findings.by_policy(policy.unknown_product, "product_unknown", product=code.product or "")
    if not intent.documents:
        findings.by_policy(policy.no_document, "no_document")
    return _VERBS[intent.verb](situation, intent, findings)
