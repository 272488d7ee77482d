"""The two bars over the stock list: on top the search and what a row stands for, below it the filters.

The filters know what is wanted of the list; what it is narrowed to by stepping down stands in a `Level`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from desktop.heat import near_end, soon_end
from desktop.icons import icon
from desktop.stockpath import SCOPES, Level
from desktop.theme import Theme
from desktop.widgets.choice import Choice
from desktop.widgets.elided import Elided
from desktop.widgets.tiles import Tiles, TileSpec
from desktop.words import Words
from ledger.pack import State
from ledger.stocklist import ORDERS, By, Wanted
from ledger.stockrows import Totals

_TILES = (
    TileSpec("in_stock", "", "state"),
    TileSpec("opened", "", "state"),
    TileSpec("quarantined", "held", "state"),
    TileSpec("in_transit", "", "state"),
    TileSpec("expired", "stop", "expiry"),
    TileSpec("near", "held", "expiry"),
    TileSpec("soon", "ask", "expiry"),
    TileSpec("recalled", "stop", "recall"),
)
_STATES = {name: (State(name),) for name in ("in_stock", "opened", "quarantined", "in_transit")}


class StockTop(QWidget):
    """Search, the word that a scan here only looks up, what a row stands for, and whatever is put on the right."""

    by_chosen = Signal(object)
    """The `By` that the person wants."""

    def __init__(self, field: QLineEdit, right: QWidget) -> None:
        super().__init__()
        self._field = field
        self.only = QLabel()
        self.only.setProperty("role", "lookup")
        self._group = QButtonGroup(self)
        self._ways: dict[By, QPushButton] = {}
        ways = QFrame()
        ways.setProperty("role", "switch")
        line = QHBoxLayout(ways)
        line.setContentsMargins(3, 3, 3, 3)
        line.setSpacing(2)
        for by in By:
            button = QPushButton()
            button.setObjectName(f"stock_by_{by}")
            button.setProperty("role", "switch")
            button.setCheckable(True)
            button.setMinimumHeight(36)
            button.clicked.connect(lambda _=False, by=by: self.by_chosen.emit(by))
            self._group.addButton(button)
            self._ways[by] = button
            line.addWidget(button)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(field, 1)
        row.addWidget(self.only)
        row.addWidget(ways)
        row.addWidget(right)

    def show_by(self, by: By) -> None:
        """Mark what a row stands for."""
        self._ways[by].setChecked(True)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._field.setPlaceholderText(words.say("stock_search"))
        self._field.setAccessibleName(words.say("stock_search_name"))
        self.only.setText(words.say("stock_only_looks"))
        for by, button in self._ways.items():
            button.setText(words.say(f"stock_by_{by}"))


class StockTiles(QWidget):
    """The tiles, and beside them the way to the approvals that some of the stock goes out under."""

    def __init__(self, theme: Theme, tiles: Tiles, go: Callable[[], object]) -> None:
        super().__init__()
        self.approvals = QPushButton()
        self.approvals.setObjectName("stock_approvals")
        self.approvals.setIcon(icon("paper", theme.colour("quiet"), 18))
        self.approvals.setIconSize(QSize(18, 18))
        self.approvals.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.approvals.clicked.connect(lambda _=False: go())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(tiles, 1)
        row.addWidget(self.approvals)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.approvals.setText(words.say("page_approvals"))
        self.approvals.setToolTip(words.say("page_approvals_tip"))
        self.approvals.setAccessibleName(words.say("page_approvals_tip"))


class StockFilters(QWidget):
    """Where in the stock the list is, and what it leaves out; the tiles stand apart, above the list."""

    changed = Signal()
    """Another filter or order is wanted."""
    back = Signal()

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._words = words
        self._order, self._falling = "expiry", False
        self.tiles = Tiles(theme, words, _TILES, "stock")
        self._back = QPushButton()
        self._back.setObjectName("stock_back")
        self._back.setMinimumHeight(36)
        self._back.setIcon(icon("step_back", theme.colour("quiet"), 16))
        self._back.setIconSize(QSize(16, 16))
        self.where, self.count = Elided(), QLabel()
        self.where.setProperty("role", "heading")
        self.count.setProperty("role", "quiet")
        self._scope, self._place, self._sort = (Choice(theme) for _ in range(3))
        self._named = (
            (QLabel(), self._scope, "stock_scope"),
            (QLabel(), self._place, "stock_place"),
            (QLabel(), self._sort, "stock_sort"),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 7, 12, 7)
        row.setSpacing(10)
        row.addWidget(self._back)
        row.addWidget(self.where, 1)
        row.addWidget(self.count)
        for name, box, _ in self._named:
            name.setProperty("role", "caption")
            row.addSpacing(2)
            row.addWidget(name)
            row.addWidget(box)
        self._scope.activated.connect(self.changed)
        self._place.activated.connect(self.changed)
        self._sort.activated.connect(lambda: self._sorted(str(self._sort.currentData()), falling=False))
        self.tiles.changed.connect(self.changed)
        self._back.clicked.connect(self.back)

    def order_by(self, column: str) -> None:
        """Order by this column; the other way round where it is the order already."""
        if column in ORDERS:
            self._sort.choose(column)
            self._sorted(column, falling=column == self._order and not self._falling)

    @property
    def narrow(self) -> bool:
        """Whether a filter may be what hides a pack."""
        return bool(self.tiles.on or self._place.currentData())

    def wanted(self, level: Level, text: str) -> Wanted:
        """What the list shows."""
        on, today = self.tiles.on, date.today()
        states = next((_STATES[name] for name in _STATES if name in on), None)
        spans = {
            "expired": (None, today),
            "near": (today, near_end(today)),
            "soon": (near_end(today), soon_end(today)),
        }
        since, until = next((spans[name] for name in spans if name in on), (None, None))
        return Wanted(
            states=states or SCOPES[str(self._scope.currentData() or "here")],
            place=self._place.currentData() or None,
            since=since,
            until=until,
            recalled="recalled" in on,
            text=text,
            product=level.product,
            lot=level.lot,
            order=self._order,
            falling=self._falling,
        )

    def told(self, text: str) -> str:
        """The filters in words, for paper; empty where there are none."""
        say = self._words.say
        parts = [tile.text() for name, tile in self.tiles.tiles.items() if name in self.tiles.on]
        parts += [self._scope.currentText()] if self._scope.currentData() != "here" else []
        parts += [say("stock_place_is", place=self._place.currentText())] if self._place.currentData() else []
        parts += [say("stock_text_is", text=text)] if text else []
        return say("list_comma").join(parts)

    def show_totals(self, totals: Totals) -> None:
        """Show how much there is of everything."""
        self.tiles.show_numbers({spec.name: getattr(totals, spec.name) for spec in _TILES})

    def show_places(self, places: tuple[str, ...]) -> None:
        """Offer these places."""
        self._place.fill([(self._words.say("stock_place_any"), ""), *((place, place) for place in places)])

    def show_level(self, level: Level, *, deep: bool, scanned: bool) -> None:
        """Say where the list is; of a scanned pack nothing is filtered."""
        say = self._words.say
        self._back.setVisible(deep or scanned)
        title = "stock_title_scan" if scanned else f"stock_title_{level.by}"
        parts = (level.name, say("stock_lot_is", lot=level.lot) if level.lot else "")
        self.where.setText(" · ".join(part for part in parts if part) or say(title))
        for name, box, code in self._named:
            shown = not scanned and (code != "stock_sort" or level.by is By.PACK)
            name.setVisible(shown)
            box.setVisible(shown)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        say = words.say
        self.tiles.retranslate(words)
        for name, box, code in self._named:
            name.setText(say(code))
            box.setAccessibleName(say(code))
        self._scope.fill([(say(f"stock_scope_{name}"), name) for name in SCOPES])
        self._sort.fill([(say(f"stock_column_{name}"), name) for name in ORDERS])
        self._sort.choose(self._order)
        self._back.setText(say("stock_back"))

    def _sorted(self, column: str, *, falling: bool) -> None:
        self._order, self._falling = column, falling
        self.changed.emit()
