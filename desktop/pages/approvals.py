"""The page of approvals: which there are, how much of each is left on the whole site, and what went out under one.

A scan on this page finds the approvals of the scanned product, or the one whose number is printed there; it records
nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from desktop.freshlook import FreshLook
from desktop.grantcells import span_of
from desktop.grantmodel import GrantModel
from desktop.pages.listpage import ListPage
from desktop.room import Room
from desktop.scancode import code_of
from desktop.widgets.card import press
from desktop.widgets.exportbar import ExportButtons, Paperwork
from desktop.widgets.grantpane import GrantPane
from desktop.widgets.grantview import GrantView
from desktop.widgets.listcard import ListCard
from desktop.widgets.nothing import Nothing
from desktop.widgets.tiles import Tiles, TileSpec
from desktop.words import Words
from ledger.grantlist import Grantlist, GrantRow, Phase, Use
from ledger.store import Store
from scanner.scan import Scan

_CHOSEN_MS = 60
"""So long an approval is chosen before what went out under it is looked up."""
_TILES = tuple(
    TileSpec(phase, tone, "phase")
    for phase, tone in (
        (Phase.VALID, ""),
        (Phase.ENDING, "held"),
        (Phase.COMING, ""),
        (Phase.OVER, ""),
        (Phase.SUSPENDED, "ask"),
        (Phase.OVERDRAWN, "stop"),
    )
)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was looked up for the page."""

    ids: array[int]
    totals: dict[Phase, int]


class ApprovalsPage(ListPage):
    """Lists approvals on the left; on the right the chosen one with what went out under it."""

    name = "approvals"
    view: GrantView

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._answer: _Answer | None = None
        self._looking = FreshLook(room, self._job, self._looked, self._failed)
        self._chosen: GrantRow | None = None
        self._asked = 0
        self.model = GrantModel(room.words, self._rows, date.today, self)
        self.view = GrantView(room.theme, room.words, self.model)
        self.pane = GrantPane(room.theme, room.words, date.today)
        self.tiles = Tiles(room.theme, room.words, _TILES, "approvals")
        self.export = ExportButtons(room, self._paperwork)
        self.to_import = press(
            lambda: room.go("settings", "import"), name="approvals_to_import", primary=True
        )
        self.none = Nothing(room.theme, "paper", button=self.to_import)
        self._lists = QStackedWidget()
        self._settled = QTimer(self, interval=_CHOSEN_MS, singleShot=True)
        self._lay_out()
        self._wire()
        self.retranslate(room.words)

    def enter(self, what: object = None) -> None:
        """Show the approvals; `what` may be a text to search for."""
        if isinstance(what, str):
            self.tiles.press()
            self.field.setText(what)
        self._search_now()

    def take(self, scan: Scan) -> bool:
        """Search for the scanned product, or for the number that was scanned; nothing is recorded."""
        code = code_of(scan, self.room.settings.zone(), date.today())
        self.tiles.press()
        self.field.setText(code.product or scan.text.strip()[:100])
        self.renew()
        return True

    def escape(self) -> bool:
        """Go back from what went out to the list, then take the search back, then the filter."""
        if self.pane.uses.hasFocus():
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().escape()

    def widen(self) -> bool:
        """Take the search back, then the filter."""
        if self.field.text():
            self.field.clear()
        elif self.tiles.on:
            self.tiles.press()
        else:
            return False
        return True

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nothing is looked up for nobody."""
        super().hideEvent(event)
        self._settled.stop()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        for part in (self.model, self.view, self.pane, self.tiles, self.export):
            part.retranslate(words)
        self.field.setPlaceholderText(words.say("approvals_search"))
        self.field.setAccessibleName(words.say("approvals_search_name"))
        self.none.say(words.say("approvals_none"), words.say("approvals_none_how"))
        self.to_import.setText(words.say("approvals_to_import"))
        self._render()

    def _lay_out(self) -> None:
        self._lists.addWidget(self.view)
        self._lists.addWidget(self.none)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.field, 1)
        top.addWidget(self.export)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addLayout(top)
        left.addWidget(self.export.line)
        left.addWidget(self.tiles)
        left.addWidget(ListCard(below=self._lists), 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(14, 12, 14, 12)
        whole.setSpacing(12)
        whole.addLayout(left, 17)
        whole.addWidget(self.pane, 10)

    def _wire(self) -> None:
        self.tiles.changed.connect(self.renew)
        self.view.selectionModel().currentRowChanged.connect(self._choose)
        self.model.dataChanged.connect(self._choose)
        self.model.modelReset.connect(self._choose)
        self._settled.timeout.connect(self._look_at_chosen)
        self.view.entered.connect(self.pane.go_in)
        self.view.left.connect(self.search)
        self.pane.uses.opened.connect(lambda key: self.room.go("history", (key, self.name)))

    @Slot()
    def renew(self) -> None:
        """Look everything up anew; while that goes on, once more afterwards."""
        self._typed.stop()
        self._looking.begin()

    def _job(self) -> Callable[[Store], _Answer]:
        text, span = self.field.text().strip(), span_of(date.today())
        phase = next((Phase(name) for name in self.tiles.on), None)

        def job(store: Store) -> _Answer:
            listed = Grantlist(store)
            return _Answer(listed.sheet(text, phase, span), listed.totals(span))

        return job

    def _looked(self, answer: _Answer) -> None:
        self._answer = answer
        self.tiles.show_numbers({str(phase): number for phase, number in answer.totals.items()})
        kept = self.model.fetched.id_at(self.view.currentIndex().row())
        self.model.show_ids(answer.ids)
        if answer.ids and not self.view.currentIndex().isValid():
            there = self.model.fetched.row_of(kept) if kept is not None else None
            self.view.selectRow(there or 0)
        self._render()

    def _rows(self, ids: object, then: object, failed: object) -> None:
        self.room.look(lambda store: Grantlist(store).rows(ids), then, failed)  # type: ignore[arg-type]

    def _failed(self, error: BaseException) -> None:
        self.room.say("approvals_failed", why=self.room.why(error))

    def _choose(self, *_: object) -> None:
        """Another approval is chosen, or what stands in the chosen one has come."""
        row = self.model.grant(self.view.currentIndex().row())
        if row is None and self.model.rowCount():
            return
        before, self._chosen = self._chosen, row
        if row is not None:
            self.pane.show_grant(row, another=before is None or before.grant_id != row.grant_id)
            self._settled.start()
        self._render()

    @Slot()
    def _look_at_chosen(self) -> None:
        row = self._chosen
        if row is None:
            return
        grant_id, number = row.grant_id, row.standing.approval.number

        def then(uses: tuple[Use, ...]) -> None:
            if self._chosen is not None and self._chosen.grant_id == grant_id:
                self.pane.show_uses(uses)

        self.room.look(lambda store: Grantlist(store).uses(grant_id, number), then, self._failed)

    def _render(self) -> None:
        say, answer = self.words.say, self._answer
        nothing = answer is not None and not any(answer.totals.values())
        self._lists.setCurrentIndex(1 if nothing else 0)
        self.pane.setVisible(self._chosen is not None)
        self.tiles.setVisible(not nothing)
        self.export.enable(on=self.model.rowCount() > 0)
        self.view.say_empty(say("approvals_not_found" if answer is not None else "stock_looking"))

    def _paperwork(self) -> Paperwork | None:
        if self._answer is None or not self._answer.ids:
            return None
        from desktop.grantpapers import grants_paper

        say, text = self.words.say, self.field.text().strip()
        filters = [tile.text() for name, tile in self.tiles.tiles.items() if name in self.tiles.on]
        filters += [say("stock_text_is", text=text)] if text else []
        told = say("list_comma").join(filters)
        return grants_paper(self.room.home, self.words, self._answer.ids, self.site, told)
