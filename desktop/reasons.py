"""The reasons that are offered when a person must give one, by what is asked; chosen with the keys 1 to 9.

The code word of the reason is what the event records, so that it can be counted and spoken in any language;
a reason typed by hand is recorded as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from desktop.words import Words
from ledger.codes.code import Problem, Severity

MOST = 9
"""There are nine number keys."""

SHORT, OVER = "document_short", "document_over"
"""What closing a document asks: why so little came, why so much."""
_JOINT = " + "

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
        "fefo": ("reason_same_lot_for_patient", "reason_earlier_not_found", "reason_urgent"),
        "recall_possible": ("reason_lot_not_recalled",),
        "split_again": ("reason_second_portion",),
        "prescription_filled": ("reason_replacement", "reason_doctor_agreed"),
        "more_than_prescribed": ("reason_smallest_pack", "reason_doctor_agreed"),
        "prescribed_in_units": ("reason_smallest_pack", "reason_doctor_agreed"),
        "product_not_listed": ("reason_sent_extra", "reason_wrong_document", "reason_replacement_sent"),
        "lot_not_listed": ("reason_other_lot_sent", "reason_label_checked"),
        "serial_not_listed": ("reason_sent_extra", "reason_replacement_sent", "reason_label_checked"),
        "over_delivery": ("reason_sent_extra", "reason_bonus"),
        "expiry_differs_from_document": ("reason_label_checked",),
        "document_finished": ("reason_came_later", "reason_finished_too_early"),
        "codeless_reason": ("reason_no_code_printed", "reason_code_damaged"),
        "return_reason": (
            "reason_adverse_reaction",
            "reason_therapy_ended",
            "reason_wrongly_dispensed",
            "reason_quality",
            "reason_patient_recalled",
        ),
        "supplier_return_reason": (
            "reason_damaged",
            "reason_expired",
            "reason_recalled",
            "reason_wrong_delivery",
        ),
        "quarantine_reason": (
            "reason_damaged",
            "reason_suspect",
            "reason_recalled",
            "reason_temperature",
            "reason_expired",
        ),
        "release_reason": ("reason_inspected_fit", "reason_recall_lifted", "reason_set_apart_by_mistake"),
        "destroy_reason": (
            "reason_expired",
            "reason_damaged",
            "reason_recalled",
            "reason_returned_by_patient",
        ),
        "void_reason": ("did_not_occur", "incorrect_data"),
        "count_extra_reason": (
            "reason_received_unscanned",
            "reason_stock_before_start",
            "reason_found_again",
        ),
        "count_missing_reason": ("reason_not_found", "reason_used_unscanned", "reason_thrown_away"),
        "count_differs": ("reason_counted_twice", "reason_used_unscanned", "reason_received_unscanned"),
        "document_reopen_reason": ("reason_came_later", "reason_finished_too_early"),
        SHORT: (
            "reason_short_backorder",
            "reason_short_supplier",
            "reason_short_lost",
            "reason_short_ordered_less",
        ),
        OVER: ("reason_over_keep", "reason_over_send_back", "reason_bonus"),
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


def offered_for(code: str) -> tuple[str, ...]:
    """The reasons that answer one code."""
    return _OFFERED.get(code, ())[:MOST]


def joined(reasons: Iterable[str]) -> str:
    """Several reasons as the one that is recorded."""
    return _JOINT.join(reason for reason in reasons if reason)


def spoken(reason: str, words: Words) -> str:
    """A recorded reason in words: its code words spoken, a person's own words as they stand."""
    return _JOINT.join(words.say(part) if words.knows(part) else part for part in reason.split(_JOINT))
