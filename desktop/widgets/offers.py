"""What there is to choose beneath the fields of goods: products found, lots that lie here, why there is no code."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.goods import Good, Heap
from desktop.labeldate import expiry_shown
from desktop.reasons import offered_for
from desktop.words import Words
from ledger.event import EventKind

WHY = offered_for("codeless_reason")
"""Why goods bear no code."""
_ROW, _ROWS = 36, 4
_FROM_PATIENTS = (EventKind.RETURN, EventKind.UNDO)


def name_of(good: Good, words: Words) -> str:
    """The product as people know it; its number where the catalogue does not have it."""
    name = words.name(good.names)
    return f"{name} {good.spec}".rstrip() if name else words.say("product_number", product=good.product)


class Offers(QStackedWidget):
    """Shows one of the three; the arrows of the fields above walk it."""

    taken = Signal(str)
    """`product` or `lot`: a row was clicked."""
    reasoned = Signal(int)
    """The number of a reason was pressed."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self.views = {name: self._view(name) for name in ("product", "lot")}
        self.reasons = [self._reason(place) for place in range(len(WHY))]
        self._asked = QLabel()
        self._asked.setProperty("role", "quiet")
        choices = QHBoxLayout()
        choices.setSpacing(8)
        for button in self.reasons:
            choices.addWidget(button, 1)
        why = QWidget()
        column = QVBoxLayout(why)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._asked)
        column.addLayout(choices)
        column.addStretch(1)
        self._pages: dict[str, QWidget] = {**self.views, "why": why}
        for page in self._pages.values():
            self.addWidget(page)
        self.setFixedHeight(_ROW * _ROWS + 4)

    def offer(self, name: str) -> None:
        """Show what belongs to this field; the reasons where it has nothing of its own."""
        self.setCurrentWidget(self._pages.get(name, self._pages["why"]))

    def show_products(self, found: Sequence[Good], *, asked: bool) -> None:
        """Offer these; the first is marked. `asked` says that something was typed to find them by."""
        view = self.views["product"]
        rows = [("   ".join((name_of(one, self._words), one.maker, one.product)), one) for one in found]
        self._fill(view, rows, "goods_no_product" if asked else "goods_type_product")
        view.setCurrentRow(0 if found else -1)

    def show_lots(self, found: Sequence[Heap], verb: EventKind) -> None:
        """Offer these; none is marked, because a new lot is typed as often."""
        self._fill(self.views["lot"], [(self._about(one, verb), one) for one in found], "goods_no_lot")

    def chosen(self, name: str) -> object:
        """The marked `Good` or `Heap`; None where none is."""
        item = self.views[name].currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item is not None else None

    def walk(self, name: str, *, down: bool) -> None:
        """Mark the next row, or the one before."""
        view = self.views[name]
        if view.count() and view.item(0).flags() & Qt.ItemFlag.ItemIsEnabled:
            at, rows = view.currentRow(), view.count()
            view.setCurrentRow((at + 1) % rows if down else (at - 1 if at > 0 else rows - 1))

    def mark(self, why: str) -> None:
        """Show which reason is chosen."""
        for reason, button in zip(WHY, self.reasons, strict=True):
            button.setChecked(reason == why)

    def retranslate(self, words: Words) -> None:
        """Speak another language; what is offered is shown anew by the panel."""
        self._words = words
        self._asked.setText(words.say("goods_why"))
        for place, (reason, button) in enumerate(zip(WHY, self.reasons, strict=True), 1):
            button.setText(f"{place}   {words.say(reason)}")
        for name, view in self.views.items():
            view.setAccessibleName(words.say(f"goods_{name}"))

    def _about(self, heap: Heap, verb: EventKind) -> str:
        say = self._words.say
        parts = [heap.lot]
        if heap.expiry:
            parts.append(say("goods_until", day=expiry_shown(heap.expiry, heap.precision)))
        if verb in _FROM_PATIENTS:
            return "   ".join((*parts, say("goods_out", count=heap.out)))
        if not heap.set_apart:
            parts.append(say("goods_shelf", count=heap.shelf))
        if heap.apart and (heap.set_apart or verb is not EventKind.COUNT):
            parts.append(say("goods_apart", count=heap.apart))
        return "   ".join(parts)

    def _fill(self, view: QListWidget, rows: Sequence[tuple[str, object]], none: str) -> None:
        view.clear()
        for text, value in rows or [(self._words.say(none), None)]:
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, value)
            item.setSizeHint(QSize(0, _ROW))
            if value is None:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            view.addItem(item)
        view.setCurrentRow(-1)

    def _view(self, name: str) -> QListWidget:
        view = QListWidget()
        view.setObjectName(f"goods_offered_{name}")
        view.setProperty("role", "offers")
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setUniformItemSizes(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.itemClicked.connect(lambda _: self.taken.emit(name))
        return view

    def _reason(self, place: int) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"goods_why_{place + 1}")
        button.setProperty("role", "choice")
        button.setCheckable(True)
        button.setMinimumHeight(40)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _=False: self.reasoned.emit(place + 1))
        return button
