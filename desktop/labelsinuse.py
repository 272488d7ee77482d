"""The labels in use at the desk: typed once for a product, offered or used for the packs that follow, by task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from desktop.labels import Label, Labels, with_label
from ledger.capture import Captured
from ledger.codes.code import Code
from ledger.event import EventKind
from ledger.situation import Intent

_ARRIVALS = (EventKind.RECEIVE, EventKind.TRANSFER_IN)


@dataclass(frozen=True, slots=True)
class Kept:
    """A label in use: what was typed for the product of the last scan."""

    code: Code
    label: Label
    names: tuple[str, str]
    """Of the product, in Chinese and in English."""


class LabelsInUse(QObject):
    """Remembers labels by task and product, and which one is in sight."""

    changed = Signal()

    def __init__(self, verbs: Iterable[EventKind], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._labels = {verb: Labels() for verb in verbs}
        self._kept: Kept | None = None

    @property
    def kept(self) -> Kept | None:
        """The label that is used for the packs of the last scan's product."""
        return self._kept

    def of(self, verb: EventKind, code: Code) -> Label | None:
        """What was typed for a pack like this in this task."""
        return self._labels[verb].of(code)

    def keep(self, verb: EventKind, code: Code, label: Label) -> None:
        """Remember what was typed for a pack."""
        self._labels[verb].keep(code, label)

    def fill(self, intent: Intent, code: Code) -> Intent:
        """The intent with the label put in where one is used at once."""
        return with_label(intent, code, self.of(intent.verb, code))

    def forget_task(self, verb: EventKind) -> None:
        """Begin anew: everything typed in this task is asked again."""
        self._labels[verb].clear()
        self.hide()

    def hide(self) -> None:
        """No label is in sight, as in another task."""
        self._kept = None
        self.changed.emit()

    def relabel(self, verb: EventKind, label: Label | None) -> None:
        """Use another label for the product of the last scan from now on; None asks again."""
        if self._kept is None:
            return
        self._labels[verb].forget(self._kept.code)
        if label is None:
            self._kept = None
        else:
            self._labels[verb].keep(self._kept.code, label)
            self._kept = replace(self._kept, label=label)
        self.changed.emit()

    def show(self, verb: EventKind, captured: Captured) -> None:
        """Bring the label of the last scan's product in sight, where goods come in."""
        if not captured.code.product:
            return
        label = self.of(verb, captured.code) if verb in _ARRIVALS else None
        product = captured.product
        names = (product.name_zh, product.name_en) if product else ("", "")
        kept = Kept(captured.code, label, names) if label else None
        if kept != self._kept:
            self._kept = kept
            self.changed.emit()
