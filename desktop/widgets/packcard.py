"""The cards beside a pack's story: what it is and how it stands, and what lies around it."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.heat import heat
from desktop.packfacts import facts_of, warnings_of
from desktop.stockcells import product_name
from desktop.story import capital, short_key
from desktop.theme import Theme, mono, sans
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.words import Words
from ledger.dossier import Dossier
from ledger.pack import State

SHOWN = 12
"""So many packs of a case stand on the card; the rest is counted."""
_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse
_STATES = {
    State.IN_STOCK: ("ok", "check"),
    State.OPENED: ("ok", "opened"),
    State.QUARANTINED: ("held", "held"),
    State.DISPENSED: ("repeated", "dispense"),
    State.IN_TRANSIT: ("repeated", "leave"),
}
_VERDICTS = {"confirmed": ("ok", "check"), "stop": ("stop", "stop")}


class PackCard(QFrame):
    """What the pack is and how it stands."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._theme = theme
        self._name = QLabel()
        self._name.setWordWrap(True)
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setFont(sans(18, QFont.Weight.Bold))
        self._maker = Elided()
        self._maker.setProperty("role", "quiet")
        self._state, self._verdict = _Sign(theme, 17), _Sign(theme, 14)
        self._warnings = QVBoxLayout()
        self._warnings.setSpacing(6)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(14)
        self._facts.setVerticalSpacing(5)
        self._facts.setColumnStretch(1, 1)
        self._codes_title = QLabel()
        self._codes_title.setProperty("role", "caption")
        self._codes = QLabel()
        self._codes.setWordWrap(True)
        self._codes.setFont(mono(13))
        self._codes.setTextFormat(Qt.TextFormat.PlainText)
        self._codes.setTextInteractionFlags(_SELECTABLE)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(7)
        for part in (self._name, self._maker, self._state, self._verdict):
            column.addWidget(part)
        column.addLayout(self._warnings)
        column.addSpacing(2)
        column.addLayout(self._facts)
        column.addSpacing(2)
        column.addWidget(self._codes_title)
        column.addWidget(self._codes)

    def show_pack(self, known: Dossier, words: Words, today: date) -> None:
        """Show what is known."""
        pack, say = known.pack, words.say
        _clear(self._warnings)
        _clear(self._facts)
        for part in (self._maker, self._state, self._verdict, self._codes_title):
            part.setVisible(pack is not None)
        if pack is None:
            self._name.setText(say("history_unsaved"))
            self._codes.setText(say("shown_code", code=known.code))
            return
        product = known.product
        names = (product.name_zh, product.name_en) if product else ("", "")
        name = product_name(names, product.spec if product else "", pack.product, words)
        if pack.level == "case":
            name = say("history_case") if pack.product is None else f"{say('history_case')} · {name}"
        self._name.setText(name)
        self._maker.setText(product.maker if product else "")
        self._maker.setVisible(bool(product and product.maker))
        tone, sign = _STATES.get(pack.state, ("stop", "close"))
        self._state.show_sign(capital(say(f"state_{pack.state}")), tone, sign)
        tone, sign = _VERDICTS.get(known.verdict, ("", "info"))
        self._verdict.show_sign(capital(say(f"verdict_{known.verdict}")), tone, sign)
        for tone, sentence in warnings_of(known, words):
            line = QLabel(sentence)
            line.setTextFormat(Qt.TextFormat.PlainText)
            line.setWordWrap(True)
            line.setProperty("role", "warning")
            line.setProperty("tone", tone)
            self._warnings.addWidget(line)
        for row, (caption, value) in enumerate(facts_of(known, words, today)):
            left, right = QLabel(caption), QLabel(value)
            left.setProperty("role", "caption")
            right.setTextFormat(Qt.TextFormat.PlainText)
            right.setTextInteractionFlags(_SELECTABLE)
            right.setFont(sans(15, QFont.Weight.DemiBold))
            right.setWordWrap(True)
            if caption == say("stock_column_expiry"):
                hot = heat(pack.expiry, today).tone
                right.setProperty("tone", hot)
                right.setProperty("role", "heat")
            self._facts.addWidget(left, row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(right, row, 1)
        self._codes_title.setText(say("history_codes"))
        self._codes.setText("\n".join(short_key(code) for code in known.codes))


class AroundCard(QFrame):
    """The case that the pack lies in, and what lies in it: each a button that leads there."""

    wanted = Signal(str)
    """Key of the pack or case that the person wants to see."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 12, 14)
        self._column.setSpacing(6)
        self.hide()

    def show_around(self, known: Dossier, words: Words) -> None:
        """Show what lies around; hidden where nothing does."""
        _clear(self._column)
        say = words.say
        if known.around:
            self._title(say("history_around"))
            for key in known.around:
                self._button(short_key(key), key)
        if known.inside:
            self._title(say("history_contents", count=known.inside_count))
            for pack in known.inside[:SHOWN]:
                state = say(f"stock_state_{pack.state}")
                self._button(f"{pack.serial or short_key(pack.key)} · {state}", pack.key)
            if known.inside_count > SHOWN:
                self._note(say("history_children_more", count=known.inside_count - SHOWN))
        if known.declared:
            self._title(say("history_declared", count=len(known.declared)))
            for child in known.declared[:SHOWN]:
                self._note(child.serial or short_key(child.key))
        self.setVisible(bool(known.around or known.inside or known.declared))

    def _title(self, text: str) -> None:
        title = QLabel(text)
        title.setProperty("role", "heading")
        self._column.addWidget(title)

    def _note(self, text: str) -> None:
        note = QLabel(text)
        note.setTextFormat(Qt.TextFormat.PlainText)
        note.setProperty("role", "quiet")
        self._column.addWidget(note)

    def _button(self, text: str, key: str) -> None:
        button = QPushButton(text)
        button.setProperty("role", "choice")
        button.setMinimumHeight(40)
        button.clicked.connect(lambda _=False: self.wanted.emit(key))
        self._column.addWidget(button)


class _Sign(QWidget):
    """A sign and words in its colour."""

    def __init__(self, theme: Theme, pixels: int) -> None:
        super().__init__()
        self._theme = theme
        self._glyph = Glyph("info", theme.colour("quiet"), pixels + 3)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setFont(sans(pixels, QFont.Weight.DemiBold))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._glyph)
        row.addWidget(self._text, 1)

    def show_sign(self, text: str, tone: str, sign: str) -> None:
        ink = self._theme.colour(f"{tone}_text" if tone else "quiet")
        self._glyph.show_icon(sign, ink)
        self._text.setText(text)
        self._text.setProperty("role", "heat")
        self._text.setProperty("tone", tone or "quiet")
        self._text.style().polish(self._text)


def _clear(layout: QVBoxLayout | QGridLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
