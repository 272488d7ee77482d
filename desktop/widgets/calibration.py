"""The wizard that calibrates a scanner: shows the two symbols, says what is wrong and how to put it right, keeps it.

The symbols are the ones on the printed sheet. A scanner that types is calibrated; one that is read directly is only
checked, because there is nothing between it and its text.
"""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.symbols import Modules, paint_symbol
from desktop.theme import Theme, sans
from desktop.widgets.card import Card, Said, press
from desktop.widgets.glyph import Glyph
from desktop.widgets.scanfield import ScanSink
from desktop.words import Words
from scanner.burst import Burst
from scanner.calibrate import Advice, Calibration, Severity, calibrate, check
from scanner.scan import Scan

_SIGNS = {Severity.MUST: ("stop", "stop"), Severity.SHOULD: ("ask", "ask"), Severity.NOTE: ("info", "quiet")}


class Step(StrEnum):
    """Where the wizard stands."""

    PLAIN = "plain"
    GS1 = "gs1"
    DONE = "done"


class Symbol(QWidget):
    """A symbol on the screen, large enough for every scanner, on white whatever the theme."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(252, 252)
        self._modules: Modules = ()

    def show_modules(self, modules: Modules) -> None:
        """Show this symbol."""
        self._modules = modules
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw it with its quiet zone, in whole pixels."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        rows = len(self._modules)
        if rows:
            module = (self.width() - 24) // rows
            edge = (self.width() - module * rows) / 2
            paint_symbol(painter, self._modules, edge, edge, module)
        painter.end()


class _Finding(QWidget):
    """A piece of advice."""

    def __init__(self, theme: Theme, sentence: str, severity: Severity) -> None:
        super().__init__()
        sign, tone = _SIGNS[severity]
        text = self._text = QLabel(sentence)
        text.setWordWrap(True)
        text.setFont(sans(15))
        text.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(10)
        colour = theme.colour(tone if tone == "quiet" else f"{tone}_text")
        row.addWidget(Glyph(sign, colour, 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Be as high as the lines need: layouts within layouts forget it."""
        super().resizeEvent(event)
        self._text.setMinimumHeight(self._text.heightForWidth(self._text.width()))


class CalibrationWizard(Card):
    """One calibration after the other."""

    kept = Signal(object)
    """A `Profile` to be kept."""
    left = Signal()
    """The person is done, or gives up."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("calibration")
        self._theme, self._words = theme, words
        self._device = ""
        self._step = Step.PLAIN
        self._plain: Burst | Scan | None = None
        self._found: Calibration | None = None
        self._advice: tuple[Advice, ...] = ()
        self._symbols: dict[Step, Modules] = {}
        self._keyboard: tuple[str, ...] = ()
        self._symbol = Symbol()
        self.sink = ScanSink()
        self.sink.setFixedSize(1, 1)
        self._what, self._how = QLabel(), QLabel()
        self._what.setFont(sans(19, QFont.Weight.Bold))
        self._how.setFont(sans(15))
        self._facts = QLabel()
        self._facts.setFont(sans(15))
        self._computer = QLabel()
        self._computer.setFont(sans(14))
        self._computer.setProperty("role", "quiet")
        for label in (self._what, self._how, self._facts, self._computer):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._verdict = Said()
        self._verdict.setFont(sans(17, QFont.Weight.DemiBold))
        self._findings = QVBoxLayout()
        self._findings.setSpacing(2)
        self._keep = press(self._keep_it, primary=True, name="calibration_keep")
        self._skip = press(self._finish, name="calibration_skip")
        self._again = press(self._start_over, name="calibration_again")
        self._leave = press(self.left.emit, name="calibration_leave")
        self._lay_out()
        self.retranslate(words)

    def begin(self, device: str) -> None:
        """Calibrate the scanner with this identity, "" for whichever types."""
        self._device = device
        self._start_over()

    def show_symbols(self, plain: Modules, gs1: Modules) -> None:
        """The symbols, once they are made."""
        self._symbols = {Step.PLAIN: plain, Step.GS1: gs1}
        self._render()

    def show_keyboard(self, sentences: tuple[str, ...]) -> None:
        """How this computer's keyboard is set."""
        self._keyboard = sentences
        self._render()

    def take_burst(self, burst: Burst) -> None:
        """A scanner typed a symbol."""
        if self._step is Step.PLAIN:
            found = calibrate(burst, device=self._device)
            self._plain = burst
            self._judge(found, found.advice)
        elif self._step is Step.GS1 and isinstance(self._plain, Burst):
            found = calibrate(self._plain, burst, device=self._device)
            self._plain = None
            self._judge(found, found.advice)

    def take_scan(self, scan: Scan) -> None:
        """A scanner that types nothing read a symbol."""
        if self._step is Step.PLAIN:
            self._plain = scan
            self._judge(None, check(scan.text))
        elif self._step is Step.GS1 and isinstance(self._plain, Scan):
            advice = check(self._plain.text, scan.text)
            self._plain = None
            self._judge(None, advice)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        say = words.say
        self.title.setText(say("calibration_title"))
        self._keep.setText(say("calibration_keep"))
        self._skip.setText(say("calibration_skip"))
        self._again.setText(say("calibration_again"))
        self._leave.setText(say("calibration_leave"))
        self._render()

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(10)
        for part in (self._what, self._how, self._verdict):
            texts.addWidget(part)
        texts.addWidget(self._facts)
        texts.addLayout(self._findings)
        texts.addStretch(1)
        texts.addWidget(self._computer)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addWidget(self.sink)
        self.column.addLayout(row, 1)
        self.line(self._keep, self._skip, self._again, self._leave)

    def _start_over(self) -> None:
        self._step, self._plain, self._found, self._advice = Step.PLAIN, None, None, ()
        self._render()
        self.sink.setFocus()

    def _judge(self, found: Calibration | None, advice: tuple[Advice, ...]) -> None:
        self._found, self._advice = found, advice
        understood = not any(one.code in _NOT_UNDERSTOOD for one in advice)
        if self._step is Step.PLAIN and understood:
            self._step = Step.GS1
        elif understood:
            self._step = Step.DONE
        else:
            self._step, self._plain = Step.PLAIN, None
        self._render()
        if self._step is Step.DONE:
            (self._keep if self._usable and self._found else self._again).setFocus()
        else:
            self.sink.setFocus()

    @property
    def _usable(self) -> bool:
        return all(one.severity is not Severity.MUST for one in self._advice)

    def _finish(self) -> None:
        """Do without the second symbol: an old scanner may read no GS1."""
        self._step = Step.DONE
        self._render()
        (self._keep if self._usable and self._found else self._again).setFocus()

    def _keep_it(self) -> None:
        if self._found is not None:
            self.kept.emit(self._found.profile)

    def _render(self) -> None:
        say, step = self._words.say, self._step
        self._symbol.show_modules(self._symbols.get(step, ()))
        self._symbol.setVisible(step is not Step.DONE)
        self._what.setText(say(f"calibration_step_{step}"))
        self._how.setText(say(f"calibration_how_{step}"))
        self._how.setVisible(bool(self._how.text()))
        self._computer.setText(("" if self._words.language == "zh_CN" else " ").join(self._keyboard))
        judged = bool(self._advice) or step is not Step.PLAIN
        if not judged:
            self._verdict.tell("")
        elif all(one.code == "calibration_other_symbol" for one in self._advice) and self._advice:
            self._verdict.tell(say("calibration_not_judged"), "ask")
        elif not self._usable:
            self._verdict.tell(say("calibration_unusable"), "stop")
        elif any(one.severity is Severity.SHOULD for one in self._advice):
            self._verdict.tell(say("calibration_usable"), "ask")
        else:
            self._verdict.tell(say("calibration_good"), "ok")
        self._facts.setText(self._told_facts())
        self._facts.setVisible(bool(self._facts.text()))
        self._render_findings()
        self._keep.setVisible(step is Step.DONE and self._found is not None and self._usable)
        self._skip.setVisible(step is Step.GS1)
        self._again.setVisible(step is not Step.PLAIN or bool(self._advice))

    def _told_facts(self) -> str:
        found, say = self._found, self._words.say
        if found is None or not found.usable:
            return ""
        return say(
            "calibration_facts",
            gs=say(f"gs_form_{found.profile.gs or 'unseen'}"),
            suffix=say(f"suffix_{found.profile.suffix}"),
            aim=say("calibration_aim_on" if found.profile.aim else "calibration_aim_off"),
            ms=found.slowest_ms,
        )

    def _render_findings(self) -> None:
        while (item := self._findings.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        order = list(_SIGNS)
        for one in sorted(self._advice, key=lambda one: order.index(one.severity)):
            sentence = self._words.say(one.code, **dict(one.params))
            finding = _Finding(self._theme, sentence, one.severity)
            self._findings.addWidget(finding)
            finding.show()


_NOT_UNDERSTOOD = frozenset(
    {
        "calibration_input_method",
        "calibration_other_symbol",
        "calibration_case_swapped",
        "calibration_case_lost",
        "calibration_unreadable",
    }
)
"""After these the symbol has to be scanned again."""
