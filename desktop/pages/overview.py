"""The overview page: what came, went and came back, what expires when, and how well the scanning goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from PySide6.QtCore import QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QFont, QHideEvent, QPainter
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
)

from desktop.charts import Chart, Look, paint
from desktop.freshlook import FreshLook
from desktop.overviewcharts import Figure, Overview, overview, sheets
from desktop.pages.page import Page
from desktop.paper import Block, Drawing, Facts, Heading, Text
from desktop.room import Room
from desktop.theme import LIGHT, Theme, sans
from desktop.widgets.chartview import ChartView
from desktop.widgets.choice import Choice
from desktop.widgets.dayfield import DayField
from desktop.widgets.elided import Elided
from desktop.widgets.exportbar import ExportButtons, Paperwork
from desktop.words import Words
from ledger.daybook import Days, daybook
from ledger.store import Store

SPANS = {"today": 1, "week": 7, "month": 30, "quarter": 90}
FRESH_MS = 5_000
_CHARTS = ("moves", "by_product", "expiry", "hours", "reasons")
EMPTY = {"expiry": "overview_empty_expiry", "reasons": "overview_empty_reasons"}
"""What an empty chart says where that is more than that there is nothing."""


class OverviewPage(Page):
    """Shows the sums of chosen days."""

    name = "overview"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.shown: Overview | None = None
        self._looking = FreshLook(room, self._job, self._looked, self._failed)
        self._spans = QButtonGroup(self)
        self._span: dict[str, QPushButton] = {}
        self.first, self.last = DayField(), DayField()
        self._to = QLabel("–")
        self.product = Choice(room.theme)
        self.export = ExportButtons(room, self._paperwork)
        self._figures = QHBoxLayout()
        self._cards: list[_FigureCard] = []
        self.charts = {name: ChartView(room.theme) for name in _CHARTS}
        self._fresh = QTimer(self, interval=FRESH_MS, singleShot=True)
        self._lay_out()
        self._fresh.timeout.connect(self._load)
        self.room.changed.connect(self._stale)
        self._choose("month")
        self.retranslate(room.words)

    def enter(self, what: object = None) -> None:
        """Show the chosen days as they are now."""
        self._load()
        self.charts["moves"].setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """Put the cursor where the days are chosen."""
        self.first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nothing is summed up for nobody."""
        super().hideEvent(event)
        self._fresh.stop()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        say = words.say
        self.export.retranslate(words)
        for name, button in self._span.items():
            button.setText(say(f"overview_span_{name}"))
        self.first.setAccessibleName(say("overview_first"))
        self.last.setAccessibleName(say("overview_last"))
        self.product.setAccessibleName(say("overview_product"))
        self._fill_products()
        self._load()

    @property
    def days(self) -> Days:
        """The chosen days, in order."""
        return Days(*sorted((self.first.day, self.last.day)))

    def _lay_out(self) -> None:
        switch = QFrame()
        switch.setProperty("role", "switch")
        line = QHBoxLayout(switch)
        line.setContentsMargins(3, 3, 3, 3)
        line.setSpacing(2)
        self._spans.setExclusive(False)
        for name in SPANS:
            button = QPushButton()
            button.setObjectName(f"overview_{name}")
            button.setProperty("role", "switch")
            button.setCheckable(True)
            button.setMinimumHeight(36)
            button.clicked.connect(lambda _=False, name=name: self._choose(name, load=True))
            self._spans.addButton(button)
            self._span[name] = button
            line.addWidget(button)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(switch)
        for field in (self.first, self.last):
            field.changed.connect(self._dated)
        top.addWidget(self.first)
        top.addWidget(self._to)
        top.addWidget(self.last)
        self.product.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.product.setMinimumContentsLength(7)
        self.product.activated.connect(self._load)
        top.addWidget(self.product, 1)
        top.addWidget(self.export)
        self._figures.setSpacing(8)
        grid = QGridLayout()
        grid.setSpacing(10)
        grid.addWidget(self.charts["moves"], 0, 0, 1, 8)
        grid.addWidget(self.charts["by_product"], 0, 8, 1, 4)
        grid.addWidget(self.charts["expiry"], 1, 0, 1, 4)
        grid.addWidget(self.charts["hours"], 1, 4, 1, 4)
        grid.addWidget(self.charts["reasons"], 1, 8, 1, 4)
        for place in range(12):
            grid.setColumnStretch(place, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.export.line)
        column.addLayout(self._figures)
        column.addLayout(grid, 1)

    def _choose(self, name: str, *, load: bool = False) -> None:
        today = date.today()
        self.first.show_day(today - timedelta(days=SPANS[name] - 1))
        self.last.show_day(today)
        self._mark()
        if load:
            self._load()

    @Slot()
    def _dated(self) -> None:
        self._mark()
        if self.shown is None or self.shown.book.days != self.days:
            self._load()

    def _mark(self) -> None:
        days, today = self.days, date.today()
        for name, button in self._span.items():
            button.setChecked(days.last == today and days.count == SPANS[name])

    @Slot()
    def _load(self) -> None:
        self._looking.begin()

    def _job(self) -> Callable[[Store], Overview]:
        days, words, product, today = (
            self.days,
            self.words,
            str(self.product.currentData() or ""),
            date.today(),
        )

        def job(store: Store) -> Overview:
            return overview(daybook(store, days, today), words, product, today)

        return job

    def _looked(self, shown: Overview) -> None:
        self.shown = shown
        self._fill_products()
        for name, view in self.charts.items():
            view.show_chart(getattr(shown, name), self.words.say(EMPTY.get(name, "overview_empty")))
        self._show_figures(shown.figures)

    def _failed(self, error: BaseException) -> None:
        self.room.say("stock_failed", error=type(error).__name__)

    @Slot()
    def _stale(self) -> None:
        if self.isVisible() and not self._fresh.isActive():
            self._fresh.start()

    def _fill_products(self) -> None:
        items = [(self.words.say("overview_all_products"), "")]
        self.product.fill([*items, *(self.shown.products if self.shown else ())])

    def _show_figures(self, figures: tuple[Figure, ...]) -> None:
        while len(self._cards) < len(figures):
            self._cards.append(_FigureCard())
            self._figures.addWidget(self._cards[-1], 1)
        for card, figure in zip(self._cards, figures, strict=True):
            card.show_figure(figure, self.words)

    def _paperwork(self) -> Paperwork | None:
        shown, say = self.shown, self.words.say
        if shown is None:
            return None
        days, now = shown.book.days, f"{datetime.now():%Y-%m-%d %H:%M}"
        site = self.site
        title = say("overview_title", first=days.first, last=days.last)
        what = self.product.currentText()
        notes = (say("overview_made", site=site, product=what, at=now),)
        tables = sheets(shown, self.words, str(self.product.currentData() or ""), title, notes)
        figures = tuple(
            (say(f"overview_figure_{one.name}"), f"{one.value} {one.beside}".strip()) for one in shown.figures
        )
        blocks: list[Block] = [Heading(title, level=1), Text(notes[0], quiet=True), Facts(figures)]
        blocks += [
            _drawing(chart, say(EMPTY.get(name, "overview_empty")))
            for name, chart in zip(_CHARTS, shown.charts, strict=True)
        ]
        return Paperwork(say("page_overview"), f"TraceDesk · {site} · {now}", tables, (*blocks, *tables))


class _FigureCard(QFrame):
    """One number with its word."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._value, self._beside, self._name = QLabel(), Elided(), Elided()
        self._value.setFont(sans(21, QFont.Weight.Bold))
        self._beside.setProperty("role", "quiet")
        self._name.setProperty("role", "caption")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._value)
        top.addWidget(self._beside, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(13, 5, 10, 6)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._name)

    def show_figure(self, figure: Figure, words: Words) -> None:
        self._value.setText(figure.value)
        self._beside.setText(figure.beside)
        self._name.setText(words.say(f"overview_figure_{figure.name}"))


def _drawing(chart: Chart, empty: str) -> Drawing:
    """The chart as it is printed: by day on white, whatever the window wears."""
    look = Look(Theme(LIGHT).colour, scale=0.66)
    tall = 60 + 22 * len(chart.labels) * 0.66 if chart.lying else 150

    def draw(painter: QPainter, room: QRectF) -> None:
        paint(painter, room, chart, look, None, empty)

    return Drawing(tall, draw)
