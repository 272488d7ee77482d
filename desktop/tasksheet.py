"""What stands for a whole task: its document, the other side, the place, a reason, a case, the second person.

Filled in once on the task card instead of pack by pack. Two things stand for the next scan alone: that the pack is
damaged, and a quantity. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

from ledger.codes.code import Code
from ledger.event import DocumentRef, EventKind
from ledger.situation import Intent, TakeOut

_K = EventKind
TASKS = (
    *(_K.RECEIVE, _K.DISPENSE),
    *(_K.UNDO, _K.RETURN, _K.SUPPLIER_RETURN),
    *(_K.TRANSFER_OUT, _K.TRANSFER_IN, _K.MOVE),
    *(_K.QUARANTINE, _K.RELEASE, _K.DESTROY),
    *(_K.PACK, _K.UNPACK, _K.LABEL),
    *(_K.COUNT, _K.VOID),
)
"""The tasks that the desk offers; the first two have keys of their own."""

DOCUMENT_KINDS = MappingProxyType(
    {
        _K.RECEIVE: "desadv",
        _K.DISPENSE: "prescription",
        _K.RETURN: "return-slip",
        _K.SUPPLIER_RETURN: "rma",
        _K.TRANSFER_OUT: "transfer",
        _K.TRANSFER_IN: "transfer",
        _K.QUARANTINE: "recall-notice",
        _K.RELEASE: "inspection",
        _K.DESTROY: "cert",
        _K.PACK: "packing",
        _K.UNPACK: "packing",
        _K.COUNT: "stocktake",
        _K.LABEL: "label",
        _K.VOID: "void",
        _K.MOVE: "move",
    }
)
"""Kind of the document that a task names, as the command line has it."""

BOARDS = frozenset({_K.RECEIVE, _K.TRANSFER_IN, _K.DISPENSE})
"""Tasks whose document has lines that the scans are held against."""

CARD = MappingProxyType(
    {
        _K.RECEIVE: ("place",),
        _K.DISPENSE: ("quantity", "weeks"),
        _K.UNDO: (),
        _K.RETURN: ("document", "quantity", "reason"),
        _K.SUPPLIER_RETURN: ("document", "partner", "reason"),
        _K.TRANSFER_OUT: ("document", "partner"),
        _K.TRANSFER_IN: ("place",),
        _K.MOVE: ("place",),
        _K.QUARANTINE: ("document", "place", "reason"),
        _K.RELEASE: ("document", "place", "reason"),
        _K.DESTROY: ("document", "reason"),
        _K.PACK: (),
        _K.UNPACK: (),
        _K.LABEL: (),
        _K.COUNT: ("document", "place"),
        _K.VOID: ("reason",),
    }
)
"""What may be filled in for the whole task beside a document with lines, in the order of the card."""

SECOND = frozenset({_K.DESTROY, _K.DISPENSE})
"""Tasks that a second person may stand by for as a whole."""
DAMAGE = ("damaged", "temperature")


@dataclass(frozen=True, slots=True)
class TaskSheet:
    """What is filled in for one task."""

    document: str = ""
    """Its number; the kind follows from the task."""
    partner: str = ""
    """GLN."""
    partner_names: tuple[str, str] = ("", "")
    place: str = ""
    reason: str = ""
    parent: Code | None = None
    """PACK: the case at hand."""
    second: str = ""
    second_name: str = ""
    take_out: TakeOut | None = None
    """DISPENSE: what leaves the zone, by the prescription or as told."""
    damaged: str = ""
    """For the next scan alone."""
    quantity: int | None = None
    """For the next scan alone."""
    missing: bool = False
    """COUNT: what is scanned next is not where it should be."""

    def intent(self, verb: EventKind, operator: str, code: Code) -> Intent:
        """The intent of a scan of this code under the sheet."""
        kind = DOCUMENT_KINDS.get(verb)
        named = bool(self.document and kind)
        return Intent(
            verb=verb,
            operator=operator,
            documents=(DocumentRef(kind or "", self.document),) if named else (),
            partner=self.partner or None,
            reason=self.reason or None,
            second=self.second or None,
            quantity=self.quantity if self._counts(verb, code) else None,
            damaged=(self.damaged or None) if verb in (_K.RECEIVE, _K.TRANSFER_IN) else None,
            place=self.place or None,
            parent=self.parent if verb is _K.PACK else None,
            missing=self.missing and verb is _K.COUNT,
            take_out=self.take_out if verb is _K.DISPENSE else None,
        )

    def under(self, document: str, take_out: TakeOut | None = None) -> TaskSheet:
        """The sheet under another document: who stood by and what was told belonged to the one before."""
        return replace(self, document=document, take_out=take_out, second="", second_name="")

    def learned(self, intent: Intent) -> TaskSheet:
        """The sheet after an answer: what goes for the task as a whole is not asked again pack by pack."""
        sheet = replace(self, take_out=intent.take_out or self.take_out)
        if intent.second and intent.verb in SECOND and not (intent.verb is _K.DISPENSE and not self.document):
            sheet = replace(sheet, second=intent.second)
        if intent.verb is _K.MOVE and intent.place:
            sheet = replace(sheet, place=intent.place)
        if intent.verb is _K.TRANSFER_OUT and intent.partner:
            sheet = replace(sheet, partner=intent.partner)
        return sheet

    def used(self) -> TaskSheet:
        """The sheet after a scan: what stood for that scan alone is gone."""
        return replace(self, damaged="", quantity=None, missing=False)

    def anew(self) -> TaskSheet:
        """The sheet of the next batch: a place stays, the rest is asked anew."""
        return TaskSheet(place=self.place)

    @staticmethod
    def _counts(verb: EventKind, code: Code) -> bool:
        """A pack with a serial is one pack; units of it are only handed out or brought back."""
        return code.key is None or verb in (_K.DISPENSE, _K.RETURN)
