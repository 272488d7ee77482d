"""The small cards beside the work: entry by hand, and the label in use."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from desktop.labeldate import read_expiry
from desktop.labels import Label
from desktop.labelsinuse import Kept
from desktop.widgets.elided import Elided
from desktop.widgets.scanfield import ScanLineEdit
from desktop.words import Words
from ledger.errors import UserError


class EntryCard(QFrame):
    """A code typed by hand, for the pack whose code nothing can read, and the way to goods that have none."""

    entered = Signal(object)
    """A `Scan` with source MANUAL."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._key = QLabel("F4")
        self._key.setProperty("role", "key")
        self.field = ScanLineEdit()
        self.field.setObjectName("entry")
        self.field.setClearButtonEnabled(True)
        self.field.entered.connect(self._entered)
        self.by_number = QPushButton()
        self.by_number.setObjectName("goods_open")
        self.by_number.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._key)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 14)
        column.setSpacing(8)
        column.addLayout(top)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.by_number)
        column.addLayout(row)
        self.retranslate(words)

    def begin(self, text: str = "") -> None:
        """Put the cursor here; a character typed elsewhere comes along."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if text:
            self.field.setText(text)
        else:
            self.field.selectAll()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._title.setText(words.say("entry"))
        self.field.setPlaceholderText(words.say("entry_hint"))
        self.field.setAccessibleName(words.say("entry"))
        self.by_number.setText(words.say("goods_open"))
        self.by_number.setToolTip(f"{words.say('key_goods')}  Ctrl+G")
        self.by_number.setAccessibleName(words.say("key_goods"))

    @Slot(object)
    def _entered(self, scan: object) -> None:
        self.field.clear()
        self.entered.emit(scan)


class LabelCard(QFrame):
    """The label that goes with each further pack of this product; in sight, and changed here."""

    changed = Signal(object)
    """The `Label` to use from now on, or None to ask again."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setObjectName("label")
        self.setProperty("role", "card")
        self._words = words
        self._kept: Kept | None = None
        self._filled = ("", "")
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._key = QLabel("F6")
        self._key.setProperty("role", "key")
        self._product = Elided()
        self._product.setObjectName("label_product")
        self._lot_caption, self.lot = QLabel(), ScanLineEdit()
        self.lot.setObjectName("label_lot")
        self._expiry_caption, self.expiry = QLabel(), ScanLineEdit()
        self.expiry.setObjectName("label_expiry")
        self._save, self._forget = QPushButton(), QPushButton()
        self._save.setObjectName("label_save")
        self._save.setProperty("role", "primary")
        self._forget.setObjectName("label_forget")
        self._error = QLabel()
        self._error.setObjectName("label_error")
        self._error.setWordWrap(True)
        for button in (self._save, self._forget):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._save.clicked.connect(self._use)
        self._forget.clicked.connect(lambda: self.changed.emit(None))
        self.lot.returnPressed.connect(self._use)
        self.expiry.returnPressed.connect(self._use)
        self.lot.textEdited.connect(self._render_buttons)
        self.expiry.textEdited.connect(self._render_buttons)
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._key)
        fields = QGridLayout()
        fields.setHorizontalSpacing(8)
        fields.setVerticalSpacing(4)
        fields.addWidget(self._lot_caption, 0, 0)
        fields.addWidget(self._expiry_caption, 0, 1)
        fields.addWidget(self.lot, 1, 0)
        fields.addWidget(self.expiry, 1, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._save)
        buttons.addWidget(self._forget)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 14)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._product)
        column.addLayout(fields)
        column.addWidget(self._error)
        column.addLayout(buttons)
        self.retranslate(words)
        self.hide()

    def show_label(self, kept: Kept | None) -> None:
        """Show the label in use; None hides the card."""
        self._kept = kept
        self.setVisible(kept is not None)
        if kept is not None:
            self._fill(kept.label)
            self._render()

    def begin(self) -> None:
        """Put the cursor into the lot."""
        if self._kept is not None:
            self.lot.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.lot.selectAll()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()

    def _fill(self, label: Label) -> None:
        self.lot.setText(label.lot or "")
        month = label.expiry_precision == "month"
        self.expiry.setText(label.expiry.strftime("%Y-%m" if month else "%Y-%m-%d") if label.expiry else "")
        self._filled = self.lot.text(), self.expiry.text()
        self._error.hide()

    def _render(self) -> None:
        say = self._words.say
        self._title.setText(say("label_in_use"))
        self._lot_caption.setText(say("column_lot"))
        self._expiry_caption.setText(say("column_expiry"))
        self._save.setText(say("label_use"))
        self._forget.setText(say("label_ask_again"))
        self.lot.setAccessibleName(say("column_lot"))
        self.expiry.setAccessibleName(say("column_expiry"))
        if self._kept is not None:
            name = self._words.name(self._kept.names)
            self._product.setText(name or say("product_number", product=self._kept.code.product))
        self._render_buttons()

    @Slot()
    def _render_buttons(self) -> None:
        typed = self.lot.text().strip(), self.expiry.text().strip()
        self._save.setEnabled(all(typed) and typed != self._filled)

    @Slot()
    def _use(self) -> None:
        lot, expiry = self.lot.text().strip(), self.expiry.text().strip()
        if not lot or not expiry:
            return
        try:
            last_day, precision = read_expiry(expiry, date.today())
        except UserError as error:
            self._error.setText(self._words.say(error.code, **error.params))
            self._error.show()
            self.expiry.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.changed.emit(Label(lot, last_day, precision))
