"""The reasons that are offered when a person must give one, by what is asked; chosen with the keys 1 to 9.

The code word of the reason is what the event records, so that it can be counted and spoken in any language;
a reason typed by hand is recorded as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from ledger.codes.code import Problem, Severity

MOST = 9
"""There are nine number keys."""

_OFFERED = MappingProxyType(
    {
        "not_received": (
            "reason_received_unscanned",
            "reason_stock_before_start",
            "reason_borrowed",
            "reason_urgent",
        ),
        "near_expiry": ("reason_used_in_time", "reason_only_stock", "reason_patient_informed"),
        "twin_code": ("reason_label_checked",),
        "product_unknown": ("reason_new_product", "reason_label_checked"),
        "no_document": ("reason_document_follows", "reason_urgent"),
        "expiry_unknown_receive": ("reason_label_without_expiry", "reason_label_unreadable"),
    }
)


def offered(problems: Iterable[Problem]) -> tuple[str, ...]:
    """Code words of the reasons that answer what is asked, in the order asked, each once; notes ask nothing."""
    found: list[str] = []
    for problem in problems:
        if problem.severity is not Severity.WARNING:
            continue
        found += [word for word in _OFFERED.get(problem.code, ()) if word not in found]
    return tuple(found[:MOST])


def all_reasons() -> frozenset[str]:
    """Every code word that may be offered; the tests hold the words against it."""
    return frozenset(word for words in _OFFERED.values() for word in words)
