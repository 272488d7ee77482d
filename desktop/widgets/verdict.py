"""The answer to the last scan, big enough to be read from two metres: colour, icon and words together."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop.models import expiry_text, product_name
from desktop.reasons import spoken
from desktop.theme import Theme, mono, sans
from desktop.verdict import Level, Verdict
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.words import Words
from ledger.codes.code import Problem, Severity
from ledger.event import EventKind

LOOKS: dict[Level, tuple[str, str]] = {
    Level.OK: ("ok", "check"),
    Level.CONFIRMED: ("ok", "check"),
    Level.HELD: ("held", "held"),
    Level.REPEATED: ("repeated", "repeated"),
    Level.ASKED: ("ask", "ask"),
    Level.STOP: ("stop", "stop"),
    Level.FAILED: ("stop", "stop"),
    Level.UNDONE: ("repeated", "undo"),
}
"""The palette's colour and the icon of each level."""

_SIGN = {
    Severity.FATAL: ("stop", "stop_text"),
    Severity.WARNING: ("fault", "ask_text"),
    Severity.NOTE: ("info", "accent"),
}
_WITH_CASE = frozenset({EventKind.TRANSFER_OUT, EventKind.UNPACK})
"""Tasks in which a case takes what lies in it along; receiving says so itself."""
_SIDE = 24
_MOST = 4
"""So many sentences are shown; the rest is counted."""


class _Fact(QWidget):
    """A caption and a value."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.caption = QLabel()
        self.caption.setProperty("role", "caption")
        self.value = Elided()
        self.value.setObjectName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.caption)
        column.addWidget(self.value)


class _Reason(QWidget):
    """One sentence with its sign."""

    def __init__(self) -> None:
        super().__init__()
        self.sign = Glyph("info", "#000000", 20)
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.sentence, 1)


class VerdictPanel(QFrame):
    """Shows one verdict, or that it waits for a scan."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme, self._words = theme, words
        self._verdict: Verdict | None = None
        self._wanted = "receive"
        self._waiting = 0
        self._scale = 1.0
        self._body_wanted = True
        self._shown_most = _MOST
        self.setObjectName("verdict")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._sign = Glyph("scan", "#000000", 72)
        self.title = QLabel()
        self.title.setObjectName("verdict_title")
        self.basis = QLabel()
        self.basis.setObjectName("verdict_basis")
        self._time = QLabel()
        self._time.setObjectName("verdict_time")
        self._band = QFrame()
        self._band.setObjectName("verdict_band")
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
        band = QHBoxLayout(self._band)
        band.setContentsMargins(_SIDE, 12, _SIDE, 12)
        band.setSpacing(22)
        band.addWidget(self._sign)
        band.addLayout(heading, 1)
        self.product = QLabel()
        self.product.setObjectName("verdict_product")
        self.product.setTextFormat(Qt.TextFormat.PlainText)
        self.product.setWordWrap(True)
        self._maker = Elided()
        self._maker.setProperty("role", "quiet")
        self._lot, self._expiry, self._serial = (
            _Fact("verdict_lot"),
            _Fact("verdict_expiry"),
            _Fact("verdict_serial"),
        )
        facts = QHBoxLayout()
        facts.setSpacing(28)
        facts.addWidget(self._lot, 3)
        facts.addWidget(self._expiry, 3)
        facts.addWidget(self._serial, 5)
        self._facts = QWidget()
        facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setLayout(facts)
        self._reasons = [_Reason() for _ in range(_MOST)]
        self._body = QFrame()
        self._body.setObjectName("verdict_body")
        body = QVBoxLayout(self._body)
        body.setContentsMargins(24, 14, 24, 14)
        body.setSpacing(8)
        body.addWidget(self.product)
        body.addWidget(self._maker)
        body.addWidget(self._facts)
        for reason in self._reasons:
            body.addWidget(reason)
        body.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._band)
        column.addWidget(self._body, 1)
        self._type(1.0)
        self._render()

    @property
    def verdict(self) -> Verdict | None:
        """What is shown; None while it waits for a scan."""
        return self._verdict

    def show_verdict(self, verdict: Verdict, *, aloud: bool = True) -> None:
        """Show this one; `aloud` lets screen readers say it at once."""
        self._verdict = verdict
        self._render()
        if aloud:
            event = QAccessibleAnnouncementEvent(self, self.spoken())
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(event)

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
        reasons = [reason.sentence.text() for reason in self._reasons if not reason.isHidden()]
        return "。".join(part for part in (self.title.text(), self.product.text(), *reasons) if part)

    def show_body(self, *, shown: bool) -> None:
        """Leave everything but the few big words out, where something else needs the room."""
        if shown != self._body_wanted:
            self._body_wanted = shown
            self._render()

    def set_room(self, scale: float, sentences: int) -> None:
        """How large the type may be, 1 being the least that is read from two metres, and how many sentences."""
        sentences = min(sentences, _MOST)
        if (scale, sentences) != (self._scale, self._shown_most):
            self._scale, self._shown_most = scale, sentences
            self._type(scale)
            self._render()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the sentences whole at every width."""
        super().resizeEvent(event)
        self._fit()
        self._claim()

    def _fit(self) -> None:
        """Large words that are too long for their place become smaller, down to half, instead of being cut."""
        margins = 2 * _SIDE + 22 + self._sign.width()
        room = self.width() - margins
        beside = (
            self._time.fontMetrics().horizontalAdvance(self._time.text()) + 20 if self._time.text() else 0
        )
        for label, pixels, bold, width in (
            (self.title, round(46 * self._scale), True, room - beside),
            (self.basis, round(16 * self._scale), False, room),
        ):
            weight = QFont.Weight.Bold if bold else QFont.Weight.Normal
            needed = QFontMetrics(sans(pixels, weight)).horizontalAdvance(label.text())
            share = min(1.0, max(0.5, (width - 4) / needed)) if needed and width > 0 else 1.0
            label.setFont(sans(int(pixels * share), weight))

    def _claim(self) -> None:
        """Ask for the height that the wrapped sentences need: a layout would squeeze them."""
        layout = self._body.layout()
        assert layout is not None
        self._body.setMinimumHeight(
            0 if self._body.isHidden() else layout.totalHeightForWidth(max(1, self._body.width()))
        )

    def _render(self) -> None:
        verdict, say = self._verdict, self._words.say
        if verdict is None or self._waiting:
            self._render_idle()
            return
        colour, sign = LOOKS[verdict.level]
        self._colour(colour, sign)
        self.title.setText(say(verdict.title))
        self.basis.setText(say(verdict.basis))
        self._time.setText(f"{say(f'task_{verdict.verb}')}  {verdict.at:%H:%M:%S}")
        self.product.setText(product_name(verdict, self._words))
        self._type_product(bare=not verdict.product and not any(verdict.names))
        self._maker.setText(verdict.maker)
        self._maker.setVisible(bool(verdict.maker) and self._shown_most > 2)
        self._facts.setVisible(bool(verdict.lot or verdict.expiry or verdict.serial))
        by_hand = say("by_hand") if verdict.by_hand else ""
        self._lot.caption.setText(f"{say('column_lot')}{by_hand}")
        self._expiry.caption.setText(f"{say('column_expiry')}{by_hand}")
        self._serial.caption.setText(say("column_serial"))
        self._lot.value.setText(verdict.lot or "–")
        self._expiry.value.setText(expiry_text(verdict) or "–")
        self._serial.value.setText(verdict.serial or "–")
        told = [(problem.severity, self._sentence(problem)) for problem in verdict.problems]
        told += [(Severity.NOTE, sentence) for sentence in self._counted(verdict)]
        if verdict.reason:
            told.append((Severity.NOTE, say("reason_given", reason=spoken(verdict.reason, self._words))))
        most = self._shown_most
        if len(told) > most:
            told = [*told[: most - 1], (Severity.NOTE, say("more_problems", count=len(told) - most + 1))]
        for place, reason in enumerate(self._reasons):
            if place < len(told):
                severity, sentence = told[place]
                drawing, ink = _SIGN[severity]
                reason.sign.show_icon(drawing, self._theme.colour(ink))
                reason.sentence.setText(sentence)
            reason.setVisible(place < len(told))
        self._body.setVisible(self._body_wanted)
        self._fit()
        self._claim()
        self.setAccessibleName(self.spoken())

    def _counted(self, verdict: Verdict) -> list[str]:
        """How much of it went, and how much is left."""
        say = self._words.say
        if not verdict.saved or verdict.level is Level.UNDONE:
            return []
        if verdict.quantity is not None and verdict.units is not None:
            numbers = {"quantity": verdict.quantity, "remaining": verdict.remaining or 0}
            return [say("split_counted", units=verdict.units, **numbers)]
        if verdict.quantity is not None and verdict.remaining is not None:
            return [say("heap_counted", quantity=verdict.quantity, remaining=verdict.remaining)]
        if verdict.inside and verdict.verb in _WITH_CASE:
            return [say("case_counted", count=verdict.inside)]
        return []

    def _sentence(self, problem: Problem) -> str:
        """The problem's sentence; once the pack is recorded, without the request to answer."""
        answered = f"{problem.code}_answered"
        if self._verdict is not None and self._verdict.saved and self._words.knows(answered):
            return self._words.say(answered, **dict(problem.params))
        return self._words.problem(problem)

    def _render_idle(self) -> None:
        say = self._words.say
        busy = bool(self._waiting)
        self._colour("idle", "wait" if busy else "scan")
        self.title.setText(say("saving", count=self._waiting) if busy else say(f"please_scan_{self._wanted}"))
        self.basis.setText(say("saving_hint") if busy else say("please_scan_hint"))
        self._time.setText("")
        self._fit()
        self._body.hide()
        self.setAccessibleName(self.title.text())

    def _colour(self, colour: str, sign: str) -> None:
        ink = self._theme.colour("accent" if colour == "idle" else f"on_{colour}")
        self._sign.show_icon(sign, ink)
        if self.property("level") == colour:
            return
        self.setProperty("level", colour)
        # Waiting for a scan, the words stand in the middle of the whole panel.
        self._band.setSizePolicy(
            QSizePolicy.Policy.Preferred,
            QSizePolicy.Policy.Expanding if colour == "idle" else QSizePolicy.Policy.Fixed,
        )
        for widget in (self, self._band, self._body, self.title, self.basis, self._time):
            widget.setProperty("level", colour)
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        # Taking the style off takes the type off with it.
        self._type(self._scale)

    def _type_product(self, *, bare: bool) -> None:
        """A name in large type; a text that is none in the type for codes, smaller."""
        size = round((17 if bare else 25) * self._scale)
        self.product.setFont(mono(size) if bare else sans(size, QFont.Weight.Bold))

    def _type(self, scale: float) -> None:
        self._time.setFont(sans(round(15 * scale)))
        self._maker.setFont(sans(round(14 * scale)))
        for fact in (self._lot, self._expiry, self._serial):
            fact.caption.setFont(sans(round(13 * scale)))
            fact.value.setFont(mono(round(21 * scale)))
        for reason in self._reasons:
            reason.sentence.setFont(sans(round(17 * scale)))
            reason.sign.set_size(round(19 * scale), reason.sentence.fontMetrics().height())
        self._sign.set_size(round(68 * scale))
        self._fit()
