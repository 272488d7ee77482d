"""Goods told by product, lot and number: four fields side by side, and beneath them what there is to choose.

It lies in the page as a question does: scans go on, Enter goes from field to field and records at the end, the
arrows walk the list beneath, Esc leaves. Nothing counts before the last Enter.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from desktop.goods import Good, Goods, Heap
from desktop.theme import Theme
from desktop.widgets.card import Said, press
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.widgets.goodsfields import FIELDS, GoodsFields
from desktop.widgets.offers import WHY, Offers, name_of
from desktop.words import Words
from ledger.errors import UserError
from ledger.event import EventKind
from ledger.tasks.typed import typed_lot
from scanner.scan import Scan


class GoodsPanel(QFrame):
    """Takes what a person tells of goods that no scan tells; the page looks up what is offered."""

    searched = Signal(str)
    """Look for products by this text."""
    picked = Signal(object)
    """The `Good` that is meant: look up its lots."""
    told = Signal(object)
    """The `Goods`, complete."""
    left = Signal()

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("goods")
        self._words = words
        self._verb = EventKind.RECEIVE
        self._good: Good | None = None
        self._heap: Heap | None = None
        self._heaps: tuple[Heap, ...] = ()
        self._scan: Scan | None = None
        self._why = ""
        self.fields, self._offers = GoodsFields(), Offers(words)
        self.views, self.reasons = self._offers.views, self._offers.reasons
        self._heading, self._hint, self._error = QLabel(), Elided(), Said()
        self._heading.setProperty("role", "heading")
        self._hint.setProperty("role", "quiet")
        self._confirm = press(self.confirm, primary=True, name="goods_confirm")
        self._close = press(self.left.emit, name="goods_leave")
        self.fields.typed.connect(self._typed)
        self.fields.searched.connect(self.searched)
        self.fields.entered.connect(self._next)
        self.fields.walked.connect(lambda name, down: self._offers.walk(name, down=down))
        self.fields.came.connect(self._offer)
        self._offers.taken.connect(self._next)
        self._offers.reasoned.connect(self.choose)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(Glyph("count", theme.colour("accent"), 22))
        top.addWidget(self._heading)
        top.addWidget(self._hint, 1)
        for button in (
            self._confirm,
            self._close,
        ):  # above: what a field wants is read whole on a small screen, too
            top.addWidget(button)
        for button in (self._confirm, self._close):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 14, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.fields)
        column.addWidget(self._error)
        column.addWidget(self._offers)
        self.setTabOrder(self._confirm, self._close)
        self.retranslate(words)
        self.hide()

    @property
    def open(self) -> bool:
        """Whether it is shown."""
        return not self.isHidden()

    @property
    def begun(self) -> bool:
        """Whether a person has filled something in."""
        return self.open and any(self.fields.written(name) for name in FIELDS)

    def begin(self, verb: EventKind) -> None:
        """Show it for this task, with what was left in it."""
        self._verb = verb
        self._error.hide()
        self.show()
        self._render()
        self._go(self.fields.first_empty())
        if self._good is None:
            self.searched.emit(self.fields.written("product"))
        else:
            self.picked.emit(self._good)

    def clear(self) -> None:
        """Forget what was filled in; why there is no code stays chosen."""
        self._good = self._heap = self._scan = None
        self._heaps = ()
        self.fields.clear()
        self._error.hide()
        self._show_lots()
        self._render()

    def fill(self, scan: Scan | None, good: Good, heap: Heap) -> None:
        """A code without serial was scanned, or a lot was chosen from a list: it names everything but the number."""
        self.clear()
        self._scan, self._good, self._heap = scan, good, heap
        self.fields.put("product", name_of(good, self._words))
        self.fields.put_lot(heap)
        self._render()
        self._go("quantity" if heap.lot else "lot")

    def name(self, good: Good) -> None:
        """The catalogue knows more of the product that was scanned."""
        if self._good is not None and self._good.product == good.product:
            self._good = good
            self.fields.put("product", name_of(good, self._words))

    def show_products(self, found: Sequence[Good]) -> None:
        """Offer these."""
        self._offers.show_products(found, asked=bool(self.fields.written("product")))

    def show_heaps(self, good: Good, found: Sequence[Heap]) -> None:
        """Offer the lots of the product."""
        if good is self._good:
            self._heaps = tuple(found)
            self._show_lots()
            typed = self._typed_heap()  # whoever is faster than the look-up need not read the expiry either
            if typed is not None and not self.fields.written("expiry"):
                self._heap = typed
                self.fields.put_lot(typed)

    @Slot(int)
    def choose(self, number: int) -> bool:
        """Take the number key of why there is no code; False where there is no such choice."""
        if not self.open or self._scan is not None or not 1 <= number <= len(WHY):
            return False
        self._why = WHY[number - 1]
        self._offers.mark(self._why)
        if not self._lacking():
            self.confirm()
        return True

    @Slot()
    def confirm(self) -> None:
        """Record it, or say what lacks and go there."""
        lacking = self._lacking()
        if not lacking or lacking == "why":
            try:
                goods = self._goods()
            except UserError as error:
                self._complain_of(error)
                return
        self._error.hide()
        if lacking == "why":
            self._go("why")
        elif lacking:
            self._complain(self._words.say(f"goods_missing_{lacking}"), lacking)
        else:
            self.told.emit(goods)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.fields.retranslate(words)
        self._offers.retranslate(words)
        if self._good is not None:
            self.fields.put("product", name_of(self._good, words))
        elif self.open:
            self.searched.emit(self.fields.written("product"))
        self._show_lots()
        self._render()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Number keys choose while no field has the cursor."""
        if not (event.text().isdigit() and self.choose(int(event.text()))):
            super().keyPressEvent(event)

    @Slot(str)
    def _next(self, name: str) -> None:
        """Enter in a field, or a click on what is offered: take what it says and go on."""
        self._error.hide()
        if name == "product":
            chosen = self._offers.chosen(name)
            if self._good is None and isinstance(chosen, Good):
                self._take(chosen)
            if self._good is not None:
                self._go("lot")
        elif name == "lot":
            heap = self._offers.chosen(name) or self._typed_heap()
            if isinstance(heap, Heap):
                self._heap = heap
                self.fields.put_lot(heap)
            if self.fields.written("lot"):
                self._go("quantity" if self.fields.written("expiry") else "expiry")
        elif name == "expiry":
            try:
                self.fields.read_expiry()
            except UserError as error:
                self._complain_of(error)
            else:
                self._go("quantity")
        else:
            self.confirm()

    def _take(self, good: Good) -> None:
        self._good, self._heap, self._heaps = good, None, ()
        self.fields.put("product", name_of(good, self._words))
        self.fields.clear("lot", "expiry")
        self._show_lots()
        self.picked.emit(good)

    def _typed_heap(self) -> Heap | None:
        """The lot at hand whose name was typed whole."""
        typed = self.fields.written("lot").lower()
        return next((one for one in self._heaps if one.lot.lower() == typed and not one.set_apart), None)

    @Slot(str)
    def _typed(self, name: str) -> None:
        """The person has written: what was chosen before does not hold any more."""
        self._error.hide()
        if name == "product":
            self._good = self._scan = self._heap = None
        elif name == "lot":
            if self._heap is not None and self._heap.lot:
                self._scan = None  # the code names another lot: it is not of these goods
            self._heap = None
            self._show_lots()
        self._render()

    def _lacking(self) -> str:
        """The first thing that is missing; empty where all is there."""
        if self._good is None:
            return "product"
        lacking = next((name for name in ("lot", "quantity") if not self.fields.written(name)), "")
        return lacking or ("" if self._why or self._scan is not None else "why")

    def _goods(self) -> Goods:
        assert self._good is not None
        counting = self._verb is EventKind.COUNT
        last_day, precision = self.fields.read_expiry()
        return Goods(
            self._heap.product if self._heap else self._good.product,
            typed_lot(self.fields.written("lot")),
            self.fields.read_quantity(none_will_do=counting),
            last_day,
            precision,
            "" if self._scan else self._why,
            (self._heap is not None and self._heap.set_apart) if counting else None,
            self._scan,
        )

    @Slot(str)
    def _offer(self, name: str) -> None:
        self._offers.offer(name)
        self._offers.setVisible(name in ("product", "lot") or self._scan is None)

    def _go(self, name: str) -> None:
        self._offer(name)
        if name == "why":
            self.reasons[0].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.fields.go(name)

    def _complain(self, sentence: str, name: str) -> None:
        self._error.tell(sentence, "stop")
        self._go(name)

    def _complain_of(self, error: UserError) -> None:
        typed = error.params.get("typed", "").strip()
        name = next((name for name in FIELDS if typed and self.fields.written(name) == typed), "quantity")
        self._complain(self._words.say(error.code, **error.params), name)

    def _show_lots(self) -> None:
        typed = "" if self._heap else self.fields.written("lot").lower()
        self._offers.show_lots([one for one in self._heaps if typed in one.lot.lower()], self._verb)

    def _render(self) -> None:
        say = self._words.say
        self._heading.setText(say("goods_title", task=say(f"task_{self._verb}")))
        self._hint.setText(say("goods_hint_code" if self._scan else "goods_hint"))
        self._confirm.setText(say("goods_confirm"))
        self._close.setText(say("goods_leave"))
        self._offers.mark(self._why)
        self.setAccessibleName(self._heading.text())
