"""The answer to the last scan, big enough to be read from two metres: colour, icon and words together."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme import Theme, mono, sans
from desktop.verdict import Verdict
from desktop.verdictwords import Said, alone, said_of, saving, waiting_for
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.widgets.looks import LOOKS
from desktop.widgets.verdictparts import Fact, Reason, announce, restyle, text_width
from desktop.words import Words

_SIDE, _BETWEEN, _ABOVE = 24, 22, 12  # margins of the band, the room between sign and words, in pixels
_TIGHT = 0.8
"""In smaller type than this there is less room around the words, too."""
_MOST = 4
"""So many sentences are shown; the rest is counted."""


class VerdictPanel(QFrame):
    """Shows one verdict, or that it waits for a scan.

    Band and body are placed by hand: what a scan changes in them must not have the window laid out anew. Only when
    the sentences need another height is the page asked for it.
    """

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme, self._words = theme, words
        self._verdict: Verdict | None = None
        self._wanted = "receive"
        self._waiting = 0
        self._scale = 1.0
        self._body_wanted = True
        self._shown_most, self._first = _MOST, 0
        self._said = Said("", "")
        self._claimed: object = None
        self.setObjectName("verdict")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._band = self._make_band()
        self._body = self._make_body()
        self._type(1.0)
        self._render()

    def _make_band(self) -> QFrame:
        """The big words on the level's colour."""
        self._sign = Glyph("scan", "#000000", 72)
        self.title = QLabel()
        self.title.setObjectName("verdict_title")
        self.basis = QLabel()
        self.basis.setObjectName("verdict_basis")
        self._time = QLabel()
        self._time.setObjectName("verdict_time")
        first = QHBoxLayout()
        first.setSpacing(16)
        first.addWidget(self.title, 1)
        first.addWidget(self._time, 0, Qt.AlignmentFlag.AlignTop)
        heading = QVBoxLayout()
        heading.setSpacing(0)
        heading.addStretch(1)
        heading.addLayout(first)
        heading.addWidget(self.basis)
        heading.addStretch(1)
        band = QFrame(self)
        band.setObjectName("verdict_band")
        row = QHBoxLayout(band)
        row.setSpacing(_BETWEEN)
        row.addWidget(self._sign)
        row.addLayout(heading, 1)
        return band

    def _make_body(self) -> QFrame:
        """The product, its facts, and the sentences."""
        self.product = QLabel()
        self.product.setObjectName("verdict_product")
        self.product.setTextFormat(Qt.TextFormat.PlainText)
        self.product.setWordWrap(True)
        self._maker = Elided()
        self._maker.setProperty("role", "quiet")
        self._facts_of = tuple(Fact(f"verdict_{name}") for name in ("lot", "expiry", "serial"))
        self._facts = QWidget()
        facts = QHBoxLayout(self._facts)
        facts.setContentsMargins(0, 0, 0, 0)
        facts.setSpacing(28)
        for fact, share in zip(self._facts_of, (3, 3, 5), strict=True):
            facts.addWidget(fact, share)
        self._reasons = [Reason(self._theme) for _ in range(_MOST)]
        body = QFrame(self)
        body.setObjectName("verdict_body")
        column = QVBoxLayout(body)
        column.setSpacing(8)
        for part in (self.product, self._maker, self._facts, *self._reasons):
            column.addWidget(part)
        column.addStretch(1)
        for part in (self._maker, self._facts, body):
            part.hide()
        return body

    @property
    def verdict(self) -> Verdict | None:
        """What is shown; None while it waits for a scan."""
        return self._verdict

    def show_verdict(self, verdict: Verdict, *, aloud: bool = True) -> None:
        """Show this one; `aloud` lets screen readers say it at once."""
        self._verdict, self._first = verdict, 0
        self._render()
        if aloud:
            announce(self, self.spoken())

    def wait_for(self, wanted: str) -> None:
        """Ask for a scan: of this task, or of a `case`."""
        self._wanted = wanted
        self._verdict = None
        self._render()

    def show_waiting(self, count: int) -> None:
        """Say that so many scans are not saved yet; 0 takes it back."""
        if count != self._waiting:
            self._waiting = count
            self._render()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()

    def spoken(self) -> str:
        """Everything that the panel says, as one text."""
        return self._said.aloud

    def show_body(self, *, shown: bool) -> None:
        """Leave everything but the few big words out, where something else needs the room."""
        if shown != self._body_wanted:
            self._body_wanted = shown
            self._render()

    def set_room(self, scale: float, sentences: int) -> None:
        """How large the type may be, 1 being the least that is read from two metres, and how many sentences."""
        sentences = min(sentences, _MOST)
        if scale != self._scale:
            self._scale = scale
            self._type(scale)
        elif sentences == self._shown_most:
            return
        self._shown_most, self._first = sentences, 0
        self._render()

    def turn(self) -> bool:
        """Show the sentences that had no room, at the end the first ones again; False where all are shown."""
        if self._first == self._said.turn:
            return False
        self._first = self._said.turn
        self._render()
        return True

    def mousePressEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        """A touch turns to the further sentences."""
        self.turn()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the sentences whole at every width."""
        super().resizeEvent(event)
        self._place()
        self._fit()
        self._claim()

    def _render(self) -> None:
        verdict = self._verdict
        if verdict is None or self._waiting:
            said = (
                saving(self._waiting, self._words)
                if self._waiting
                else waiting_for(self._wanted, self._words)
            )
            self._colour("idle", "wait" if self._waiting else "scan")
        else:
            full = said_of(verdict, self._words, self._shown_most, self._first)
            said = full if self._body_wanted else alone(full, verdict)
            self._colour(*LOOKS[verdict.level])
            self._say_body(said)
        before, self._said = self._said, said
        if (said.title, said.basis, said.time) != (before.title, before.basis, before.time):
            self.title.setText(said.title)
            self.basis.setText(said.basis)
            self._time.setText(said.time)
            self._time.setVisible(bool(said.time))  # empty it would still take the title's room
            self._fit()
        shown = self._body_wanted and verdict is not None and not self._waiting
        if shown is self._body.isHidden():
            self._body.setVisible(shown)
            restyle(self._band, "alone", not shown)
            self._place()
        self._claim()
        if said.aloud != before.aloud:
            self.setAccessibleName(said.aloud)

    def _say_body(self, said: Said) -> None:
        before = self._said
        if (said.product, said.bare) != (before.product, before.bare):
            self.product.setText(said.product)
            self._type_product(bare=said.bare)
        self._maker.setText(said.maker)
        if bool(said.maker) is self._maker.isHidden():
            self._maker.setVisible(bool(said.maker))
        if bool(said.facts) is self._facts.isHidden():
            self._facts.setVisible(bool(said.facts))
        for fact, (caption, value) in zip(self._facts_of, said.facts, strict=False):
            fact.say(caption, value)
        for place, reason in enumerate(self._reasons):
            reason.say(said.sentences[place] if place < len(said.sentences) else None)

    def _fit(self) -> None:
        """Large words that are too long for their place become smaller, down to half, instead of being cut."""
        room = self.width() - 2 * _SIDE - _BETWEEN - self._sign.width()
        beside = 20 + (text_width(self._said.time, self._time_size, bold=False) if self._said.time else 0)
        for label, text, pixels, bold, width in (
            (self.title, self._said.title, round(46 * self._scale), True, room - beside),
            (self.basis, self._said.basis, round(16 * self._scale), False, room),
        ):
            needed = text_width(text, pixels, bold=bold)
            share = min(1.0, max(0.5, (width - 4) / needed)) if needed and width > 0 else 1.0
            fitting = int(pixels * share)
            if label.font().pixelSize() != fitting:
                label.setFont(sans(fitting, QFont.Weight.Bold if bold else QFont.Weight.Normal))

    def _place(self) -> None:
        """The band on top, the body below it; the band alone fills the panel."""
        room = self.contentsRect()
        if self._body.isHidden():
            self._band.setGeometry(room)
            return
        above = self._band_height()
        self._band.setGeometry(room.x(), room.y(), room.width(), above)
        self._body.setGeometry(room.adjusted(0, above, 0, 0))

    def _band_height(self) -> int:
        words = sum(
            QFontMetrics(sans(round(pixels * self._scale), weight)).height()
            for pixels, weight in ((46, QFont.Weight.Bold), (16, QFont.Weight.Normal))
        )
        return 2 * self._air + max(words, self._sign.height())

    def _claim(self) -> None:
        """Ask for the height that the wrapped sentences need: a layout would squeeze them."""
        said = self._said
        shown = not self._body.isHidden()
        key = (
            shown,
            self._scale,
            self.width(),
            *((said.product, said.bare, bool(said.maker), bool(said.facts), said.sentences) if shown else ()),
        )
        if key == self._claimed:
            return
        self._claimed = key
        edges = self.height() - self.contentsRect().height()
        needed = self._band_height() + edges
        layout = self._body.layout()
        if shown and layout is not None:
            needed += layout.totalHeightForWidth(max(1, self.contentsRect().width()))
        self.setMinimumHeight(needed)

    def _colour(self, colour: str, sign: str) -> None:
        ink = self._theme.colour("accent" if colour == "idle" else f"on_{colour}")
        self._sign.show_icon(sign, ink)
        if self.property("level") == colour:
            return
        for widget in (self, self._band, self._body, self.title, self.basis, self._time):
            restyle(widget, "level", colour)
        # Taking the style off takes the type off with it.
        self._type(self._scale)

    def _type_product(self, *, bare: bool) -> None:
        """A name in large type; a text that is none in the type for codes, smaller."""
        size = round((17 if bare else 25) * self._scale)
        self.product.setFont(mono(size) if bare else sans(size, QFont.Weight.Bold))

    def _type(self, scale: float) -> None:
        self._air = _ABOVE if scale >= _TIGHT else _ABOVE // 2
        for part in (self._band, self._body):
            part.layout().setContentsMargins(_SIDE, self._air, _SIDE, self._air)  # type: ignore[union-attr]
        self._time_size = round(15 * scale)
        self._time.setFont(sans(self._time_size))
        self._maker.setFont(sans(round(14 * scale)))
        self._type_product(bare=self._said.bare)
        for fact in self._facts_of:
            fact.set_scale(scale)
        for reason in self._reasons:
            reason.set_scale(scale)
        self._sign.set_size(round(68 * scale))
        self._fit()
        self._place()
