"""The words of GS1's Core Business Vocabulary 2.0 that EPCIS events may use bare.

Source: the enumerations of GS1's EPCIS 2.0 JSON Schema; a conformance test compares them.
"""

from __future__ import annotations

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
"""The JSON-LD context that every document of ours names. It is never fetched."""

CONTEXTS = frozenset(
    f"https://ref.gs1.org/standards/epcis/{version}epcis-context.jsonld"
    for version in ("", "2.0.0/", "2.0.1/")
)
"""The contexts that a document may name."""

CBV = "https://ref.gs1.org/cbv/"
"""Where a CBV word stands when written as a URI: `…/cbv/BizStep-receiving`."""

EVENT_TYPES = frozenset(
    {"ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent"}
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ACTIONS = frozenset({"OBSERVE", "ADD", "DELETE"})
BIZ_STEPS = _words(
    """accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
    decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting
    installing killing loading other packing picking receiving removing repackaging repairing replacing reserving
    retail_selling shipping staging_outbound stock_taking stocking storing transporting unloading unpacking
    void_shipping sensor_reporting sampling"""
)
DISPOSITIONS = _words(
    """active container_closed damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive
    no_pedigree_match non_sellable_other partially_dispensed recalled reserved retail_sold returned
    sellable_accessible sellable_not_accessible stolen unknown available completeness_verified
    completeness_inferred conformant container_open mismatch_instance mismatch_class mismatch_quantity
    needs_replacement non_conformant unavailable"""
)
DOCUMENT_TYPES = _words("""bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt""")
PARTY_TYPES = frozenset({"owning_party", "possessing_party", "location"})
ERROR_REASONS = frozenset({"did_not_occur", "incorrect_data"})
