"""The four fields that tell goods without a serial: product, lot, expiry, number, side by side."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from desktop.answers import number
from desktop.goods import Heap
from desktop.labeldate import expiry_shown, read_expiry
from desktop.widgets.scanfield import ScanLineEdit
from desktop.words import Words

FIELDS = ("product", "lot", "expiry", "quantity")
SOON_MS = 120
"""A search begins when the typing pauses for so long."""
_SHARES = (7, 4, 4, 3)


class GoodsFields(QWidget):
    """Tells what a person does in them."""

    typed = Signal(str)
    """The person wrote in this field."""
    searched = Signal(str)
    """The typing of a product has paused at this text."""
    entered = Signal(str)
    """Enter was pressed in it."""
    walked = Signal(str, bool)
    """An arrow was pressed in it: down, or up."""
    came = Signal(str)
    """The cursor came into it."""

    def __init__(self) -> None:
        super().__init__()
        # A name is typed with an input method; everything else is read from a label, without one.
        self.edits: dict[str, QLineEdit] = {
            name: QLineEdit() if name == "product" else ScanLineEdit() for name in FIELDS
        }
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(lambda: self.searched.emit(self.written("product")))
        self.edits["product"].textEdited.connect(self._typing)
        self._answered: str | None = None
        """The product as it stood when what is offered was found, or as it was put here."""
        self._entering: str | None = None
        """Enter was pressed at this product before it was answered: it counts then."""
        self._captions = {name: QLabel() for name in FIELDS}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        for column, (name, edit) in enumerate(self.edits.items()):
            edit.setObjectName(f"goods_{name}")
            edit.setMaxLength(200 if name == "product" else 50)
            edit.setMinimumHeight(42)
            edit.installEventFilter(self)
            edit.textEdited.connect(lambda _text, name=name: self.typed.emit(name))
            self._captions[name].setBuddy(edit)
            grid.addWidget(self._captions[name], 0, column)
            grid.addWidget(edit, 1, column)
            grid.setColumnStretch(column, _SHARES[column])

    def written(self, name: str) -> str:
        """What stands in a field."""
        return self.edits[name].text().strip()

    def put(self, name: str, text: str) -> None:
        """Write into a field."""
        self.edits[name].setText(text)
        if name == "product":
            self._answered = text.strip()
        self.edits[name].setCursorPosition(0)  # a long name is read from its beginning

    def answered(self, text: str) -> None:
        """What was found for this product is offered now."""
        self._answered = text
        if text == self._entering:
            self._entering = None
            self.entered.emit("product")

    @Slot()
    def _typing(self) -> None:
        self._entering = None
        self._soon.start()

    def _enter(self, name: str) -> None:
        """Enter never takes what was offered for something typed before."""
        product = self.written("product")
        if name != "product" or product == self._answered:
            self.entered.emit(name)
            return
        self._entering = product
        self._soon.stop()
        self.searched.emit(product)

    def put_lot(self, heap: Heap) -> None:
        """Write a lot with its expiry, where that is known."""
        self.put("lot", heap.lot)
        if heap.expiry:
            self.put("expiry", expiry_shown(heap.expiry, heap.precision))

    def clear(self, *names: str) -> None:
        """Empty these fields, all where none is named."""
        self._entering = None
        for name in names or FIELDS:
            self.edits[name].clear()

    def first_empty(self) -> str:
        """The first field that must have something and has not; the number where all have."""
        return next((name for name in FIELDS if name != "expiry" and not self.written(name)), "quantity")

    def go(self, name: str) -> None:
        """Put the cursor into a field."""
        self.edits[name].setFocus(Qt.FocusReason.OtherFocusReason)
        self.edits[name].selectAll()

    def read_expiry(self) -> tuple[date | None, str | None]:
        """The expiry as understood, and written out so that the person sees it; raises UserError."""
        text = self.written("expiry")
        if not text:
            return None, None
        last_day, precision = read_expiry(text, date.today())
        self.put("expiry", expiry_shown(last_day, precision))
        return last_day, precision

    def read_quantity(self, *, none_will_do: bool) -> int:
        """The number of packs; raises UserError. `none_will_do` where nothing may be left of a lot."""
        text = self.written("quantity")
        return 0 if none_will_do and text and not text.strip("0０") else number(text)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        for name, edit in self.edits.items():
            self._captions[name].setText(words.say(f"goods_{name}"))
            edit.setPlaceholderText(words.say(f"goods_{name}_hint"))
            edit.setAccessibleName(f"{self._captions[name].text()} {edit.placeholderText()}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take Enter, the arrows where there is something to walk, and the cursor's coming."""
        name = next((name for name, edit in self.edits.items() if edit is watched), "")
        if name and event.type() is QEvent.Type.FocusIn:
            self.came.emit(name)
        elif name and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter(name)
                return True
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and name in ("product", "lot"):
                self.walked.emit(name, key is Qt.Key.Key_Down)
                return True
        return super().eventFilter(watched, event)
