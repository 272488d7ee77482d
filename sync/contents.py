"""What an event is about, as EPCIS lists it: instances by their URI, classes with a count or a measure.

Whatever code or label said of lot and expiry stands beside the lists, because `ilmd` is legal only where goods
are made (EPCIS 2.0 section 7.4.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ledger.errors import TraceDeskError
from ledger.event import Event, PackFacts
from sync.identifiers import pack_uri

OBJECT = ("epcList", "quantityList")
CHILDREN = ("childEPCs", "childQuantityList")


class UnfitEvent(TraceDeskError):
    """An event cannot be put on the wire: our own mistake or a setting that is missing.

    Raised inside the capture transaction, so that nothing is saved that could never be delivered.
    """


def put(
    event: Event, packs: Iterable[PackFacts], host: str, body: dict[str, Any], at: tuple[str, str]
) -> list[dict[str, str]]:
    """Put packs into the two lists of an event's body; return what code or label said of them.

    `host` is where codes that are none of GS1's are minted. Raises UnfitEvent for a measure that is none.
    """
    instances: list[str] = []
    classes: dict[str, int] = {}
    measured: list[dict[str, Any]] = []
    scans: list[dict[str, str]] = []
    for pack in packs:
        uri, instance = pack_uri(pack, host)
        if instance:
            instances.append(uri)
        elif pack.quantity is None and uri in classes:
            continue  # the heap beside, which the same packs come from or go to: they are counted already
        elif measure := event.told(f"measure {pack.key}"):
            measured.append({"epcClass": uri, **_measure(measure)})
        else:
            classes[uri] = classes.get(uri, 0) + (pack.quantity or 1)
        if pack.expiry or (pack.lot and instance):  # the URI of a class names the lot already
            scans.append(_scan(uri, pack))
    instances_at, classes_at = at
    if instances:
        body[instances_at] = instances
    if classes or measured:
        counted = [{"epcClass": uri, "quantity": count} for uri, count in classes.items()]
        body[classes_at] = counted + measured
    return scans


def _scan(uri: str, pack: PackFacts) -> dict[str, str]:
    scan = {"td:epc": uri}
    if pack.lot:
        scan["td:lotNumber"] = pack.lot
    if pack.expiry:
        scan["td:itemExpirationDate"] = pack.expiry.isoformat()
    if pack.symbology:
        scan["td:symbology"] = pack.symbology
    scan["td:entryMode"] = pack.entry
    return scan


def _measure(text: str) -> dict[str, Any]:
    """An amount that is weighed or measured: `2.5 KGM`, the unit as in UN/ECE Recommendation 20."""
    amount, _, unit = text.partition(" ")
    try:
        return {"quantity": float(amount), "uom": unit}
    except ValueError:
        raise UnfitEvent("wire_unfit", fault="quantity", at="quantityList", value=text) from None
