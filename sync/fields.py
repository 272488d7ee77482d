"""The checks of each field that an EPCIS event may have, by the field's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sync.findings import Findings, class_fault, epc_fault, uri_fault
from sync.vocabulary import BIZ_STEPS, DISPOSITIONS, DOCUMENT_TYPES, ERROR_REASONS, PARTY_TYPES

_UOM = re.compile(r"[A-Z0-9]{2,3}").fullmatch
"""A unit of UN/ECE Recommendation 20; UCUM's own are not taken."""


def _place(found: Findings, value: object, at: str) -> None:
    if not isinstance(value, dict) or "id" not in value:
        found.add("no_id", at)
        return
    found.uri(value["id"], at)
    for key, item in value.items():
        if key != "id":
            found.extension(key, item, f"{at}.{key}")


def _entries(
    found: Findings, value: object, at: str, name: str, words: frozenset[str], vocabulary: str, typed: bool
) -> None:
    """bizTransactionList, sourceList, destinationList: a URI each, with a type; they take no extension."""
    if not isinstance(value, list) or not value:
        found.add("not_a_list", at)
        return
    for index, item in enumerate(value):
        if not isinstance(item, dict) or name not in item or len(item) != (2 if "type" in item else 1):
            found.add("entry_form", f"{at}.{index}")
            continue
        target = item[name]
        if not isinstance(target, str):
            found.add("not_a_uri", f"{at}.{index}", target)
        elif fault := uri_fault(target):
            found.add(fault, f"{at}.{index}", target)
        if "type" not in item:
            if typed:
                found.add("entry_form", f"{at}.{index}")
        else:
            found.word(item["type"], f"{at}.{index}", words, vocabulary)


def _quantities(found: Findings, value: object, at: str) -> None:
    if not isinstance(value, list):
        found.add("not_a_list", at)
        return
    for index, item in enumerate(value):
        place = f"{at}.{index}"
        if not isinstance(item, dict) or item.keys() - {"epcClass", "quantity", "uom"}:
            found.add("entry_form", place)
            continue
        found.uri(item.get("epcClass"), place, class_fault)
        quantity, uom = item.get("quantity"), item.get("uom")
        if quantity is not None and (
            isinstance(quantity, bool)
            or not isinstance(quantity, int | float)
            or not quantity > 0
            or (uom is None and quantity % 1 != 0)
        ):
            found.add("quantity", place, quantity)
        if uom is not None and not (isinstance(uom, str) and _UOM(uom)):
            found.add("unit", place, uom)


def _declaration(found: Findings, value: object, at: str) -> None:
    """errorDeclaration (EPCIS 2.0 section 7.4.1.2)."""
    if not isinstance(value, dict):
        found.add("entry_form", at)
        return
    found.time(value.get("declarationTime"), f"{at}.declarationTime")
    reason = value.get("reason")
    if reason is not None:
        found.word(reason, f"{at}.reason", ERROR_REASONS, "ER")
    if corrective := value.get("correctiveEventIDs"):
        found.uris(corrective, f"{at}.correctiveEventIDs", uri_fault)
        if reason == "did_not_occur":
            found.add("declaration_contradicts", at)
    for key, item in value.items():
        if key not in ("declarationTime", "reason", "correctiveEventIDs"):
            found.extension(key, item, f"{at}.{key}")


def _persistent(found: Findings, value: object, at: str) -> None:
    if not isinstance(value, dict) or not value or value.keys() - {"set", "unset"}:
        found.add("entry_form", at)
        return
    for words in value.values():
        if not isinstance(words, list) or not words:
            found.add("not_a_list", at)
            continue
        for word in words:
            found.word(word, at, DISPOSITIONS, "Disp")


def _epcs(found: Findings, value: object, at: str) -> None:
    found.uris(value, at, epc_fault)


def _identifier(found: Findings, value: object, at: str) -> None:
    found.uri(value, at)


def _passed(found: Findings, value: object, at: str) -> None:
    """Left to the schema: sensors, certificates and master data are not ours to make."""


FIELDS: Mapping[str, Callable[[Findings, object, str], None]] = {
    "bizStep": lambda found, value, at: found.word(value, at, BIZ_STEPS, "BizStep"),
    "disposition": lambda found, value, at: found.word(value, at, DISPOSITIONS, "Disp"),
    "persistentDisposition": _persistent,
    "epcList": _epcs,
    "childEPCs": _epcs,
    "inputEPCList": _epcs,
    "outputEPCList": _epcs,
    "parentID": _identifier,
    "transformationID": _identifier,
    "quantityList": _quantities,
    "childQuantityList": _quantities,
    "inputQuantityList": _quantities,
    "outputQuantityList": _quantities,
    "readPoint": _place,
    "bizLocation": _place,
    "bizTransactionList": lambda found, value, at: _entries(
        found, value, at, "bizTransaction", DOCUMENT_TYPES, "BTT", False
    ),
    "sourceList": lambda found, value, at: _entries(found, value, at, "source", PARTY_TYPES, "SDT", True),
    "destinationList": lambda found, value, at: _entries(
        found, value, at, "destination", PARTY_TYPES, "SDT", True
    ),
    "errorDeclaration": _declaration,
    "sensorElementList": _passed,
    "certificationInfo": _passed,
    "ilmd": _passed,
    "@context": _passed,
}
