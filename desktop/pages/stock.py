"""The stock page: what is here, by product, lot or pack, with what expires and what is recalled at a glance.

A scan on this page looks a pack up and records nothing, which stands in words beside the search.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
)

from desktop.heat import near_end, soon_end
from desktop.icons import icon
from desktop.lookup import code_of
from desktop.pages.page import Page
from desktop.room import Room
from desktop.stockmodel import StockModel, product_name
from desktop.story import short_key
from desktop.widgets.choice import Choice
from desktop.widgets.elided import Elided
from desktop.widgets.exportbar import ExportButtons, Paperwork
from desktop.widgets.stockview import StockView
from desktop.widgets.tiles import Tiles, TileSpec
from desktop.words import Words
from ledger.codes.code import Code
from ledger.pack import State
from ledger.stocklist import HERE, ORDERS, By, Stocklist, Wanted
from ledger.stockrows import Group, PackRow, Totals
from ledger.store import Store
from scanner.scan import Scan

TYPED_MS = 220
"""So long after the last key the search begins."""
FRESH_MS = 2_000
"""Changes are shown at most so often."""

_SCOPES: dict[str, tuple[State, ...]] = {
    "here": HERE,
    "dispensed": (State.DISPENSED,),
    "gone": (State.RETURNED, State.DESTROYED, State.LOST),
    "all": tuple(state for state in State if state is not State.UNKNOWN),
}
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


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was looked up for the page."""

    by: By
    groups: tuple[Group, ...]
    ids: array[int]
    totals: Totals
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Level:
    """One step down: what the list is narrowed to."""

    by: By
    product: str | None = None
    lot: str | None = None
    name: str = ""


class StockPage(Page):
    """Shows and filters the stock."""

    name = "stock"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._path: list[_Level] = [_Level(By.PRODUCT)]
        self._order, self._falling = "expiry", False
        self._scan: tuple[Code, PackRow | None] | None = None
        self._answer: _Answer | None = None
        self._looking = self._again = False
        self.model = StockModel(room.words, self._fetch, date.today, self)
        self.view = StockView(room.theme, room.words, self.model)
        self.tiles = Tiles(room.theme, room.words, _TILES, "stock")
        self.field = QLineEdit()
        self.field.setObjectName("stock_find")
        self.field.setClearButtonEnabled(True)
        self.field.setMinimumHeight(40)
        self._ways = QButtonGroup(self)
        self._way: dict[By, QPushButton] = {}
        self._scope, self._place, self._sort = (Choice(room.theme) for _ in range(3))
        self._scope_name, self._place_name, self._sort_name = QLabel(), QLabel(), QLabel()
        self.export = ExportButtons(room, self._paperwork)
        self._back = QPushButton()
        self._back.setObjectName("stock_back")
        self._where, self._count, self._only = Elided(), QLabel(), QLabel()
        self.found = Elided()
        self._typed = QTimer(self, interval=TYPED_MS, singleShot=True)
        self._fresh = QTimer(self, interval=FRESH_MS, singleShot=True)
        self._lay_out()
        self._wire()
        self.retranslate(room.words)

    def enter(self, what: object = None) -> None:
        """Show the stock; `what` may be a text to search for."""
        if isinstance(what, str):
            self._path = [_Level(By.PACK)]
            self.field.setText(what)
        self._load()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self, scan: Scan) -> bool:
        """Look the scanned pack up; nothing is recorded."""
        zone = self.room.settings.zone()

        def job(store: Store) -> tuple[Code, PackRow | None]:
            code = code_of(scan, zone, date.today())
            pack = store.look_up(code.key) if code.key else None
            listed = Stocklist(store)
            if pack is not None:
                rows = listed.packs((pack.pack_id,))
            elif code.key:  # other workstations of the site may have told of it
                rows = listed.packs(listed.sheet(Wanted(states=_SCOPES["all"], text=code.key))[:1])
            else:
                rows = ()
            return code, rows[0] if rows else None

        self.room.look(job, self._scanned)
        return True

    def search(self) -> None:
        """Put the cursor into the search."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def escape(self) -> bool:
        """Take the scan back, then the search, then the filters, then a step up."""
        if self._scan is not None:
            self._scan = None
            self.field.clear()
        elif self.field.text():
            self.field.clear()
        elif self.tiles.on:
            self.tiles.press()
        elif len(self._path) > 1:
            self._path.pop()
        else:
            return False
        self._load()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Whoever types means the search."""
        text = event.text()
        if text and text.isprintable() and not self.field.hasFocus():
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.field.setText(text)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nothing is looked up for nobody."""
        super().hideEvent(event)
        self._fresh.stop()
        self._typed.stop()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        say = words.say
        for part in (self.model, self.view, self.tiles, self.export):
            part.retranslate(words)
        self.field.setPlaceholderText(say("stock_search"))
        self.field.setAccessibleName(say("stock_search_name"))
        for by, button in self._way.items():
            button.setText(say(f"stock_by_{by}"))
        for label, box, code in (
            (self._scope_name, self._scope, "stock_scope"),
            (self._place_name, self._place, "stock_place"),
            (self._sort_name, self._sort, "stock_sort"),
        ):
            label.setText(say(code))
            box.setAccessibleName(say(code))
        self._scope.fill([(say(f"stock_scope_{name}"), name) for name in _SCOPES])
        self._sort.fill([(say(f"stock_column_{name}"), name) for name in ORDERS])
        self._sort.choose(self._order)
        self._fill_places()
        self._only.setText(say("stock_only_looks"))
        self._back.setText(say("stock_back"))
        self._render()

    def _lay_out(self) -> None:
        self.field.addAction(
            icon("search", self.room.theme.colour("quiet"), 18), QLineEdit.ActionPosition.LeadingPosition
        )
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
            self._ways.addButton(button)
            self._way[by] = button
            line.addWidget(button)
        self._only.setProperty("role", "lookup")
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.field, 1)
        top.addWidget(self._only)
        top.addWidget(ways)
        top.addWidget(self.export)
        self._back.setMinimumHeight(36)
        self._back.setIcon(icon("step_back", self.room.theme.colour("quiet"), 16))
        self._back.setIconSize(QSize(16, 16))
        self._where.setProperty("role", "heading")
        self._count.setProperty("role", "quiet")
        self.found.setObjectName("stock_found")
        self.found.hide()
        head = QHBoxLayout()
        head.setContentsMargins(14, 7, 12, 7)
        head.setSpacing(10)
        head.addWidget(self._back)
        head.addWidget(self._where, 1)
        head.addWidget(self._count)
        for name, box in (
            (self._scope_name, self._scope),
            (self._place_name, self._place),
            (self._sort_name, self._sort),
        ):
            name.setProperty("role", "caption")
            head.addSpacing(2)
            head.addWidget(name)
            head.addWidget(box)
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 0, 1, 1)
        inside.setSpacing(0)
        inside.addLayout(head)
        inside.addWidget(self.found)
        inside.addWidget(self.view, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.export.line)
        column.addWidget(self.tiles)
        column.addWidget(card, 1)

    def _wire(self) -> None:
        for by, button in self._way.items():
            button.clicked.connect(lambda _=False, by=by: self._list_by(by))
        self.field.textEdited.connect(self._edited)
        self.field.returnPressed.connect(self._search_now)
        self._typed.timeout.connect(self._load)
        self._fresh.timeout.connect(self._load)
        self.tiles.changed.connect(self._filtered)
        for box in (self._scope, self._place):
            box.activated.connect(self._filtered)
        self._sort.activated.connect(self._sorted)
        self.view.opened.connect(self._open)
        self.view.ordered.connect(self._order_by)
        self.view.left.connect(self.search)
        self._back.clicked.connect(self.escape)
        self.room.changed.connect(self._stale)

    @property
    def wanted(self) -> Wanted:
        """What the page lists now."""
        level, on, today = self._path[-1], self.tiles.on, date.today()
        states = next((_TILE_STATES[name] for name in _TILE_STATES if name in on), None)
        since, until = next(
            (
                span
                for name, span in (
                    ("expired", (None, today)),
                    ("near", (today, near_end(today))),
                    ("soon", (near_end(today), soon_end(today))),
                )
                if name in on
            ),
            (None, None),
        )
        return Wanted(
            states=states or _SCOPES[str(self._scope.currentData() or "here")],
            place=self._place.currentData() or None,
            since=since,
            until=until,
            recalled="recalled" in on,
            text=self.field.text().strip(),
            product=level.product,
            lot=level.lot,
            order=self._order,
            falling=self._falling,
        )

    def _load(self) -> None:
        """Look everything up anew; while that goes on, once more afterwards."""
        self._typed.stop()
        self._render()
        if self._looking:
            self._again = True
            return
        wanted, by, today = self.wanted, self._path[-1].by, date.today()

        def job(store: Store) -> _Answer:
            listed = Stocklist(store)
            return _Answer(
                by,
                () if by is By.PACK else listed.groups(wanted, by),
                listed.sheet(wanted) if by is By.PACK else array("q"),
                listed.totals(today, near_end(today), soon_end(today)),
                listed.places(),
            )

        if self.room.look(job, self._looked, self._failed) is not None:
            self._looking, self._again = True, False

    def _looked(self, answer: _Answer) -> None:
        self._looking = False
        if self._again:
            self._load()
            return
        self._answer = answer
        self._fill_places()
        totals = answer.totals
        self.tiles.show_numbers({spec.name: getattr(totals, spec.name) for spec in _TILES})
        if self._scan is None:
            self._show(answer)
        self._render()

    def _show(self, answer: _Answer) -> None:
        row, bar = self.view.currentIndex().row(), self.view.verticalScrollBar()
        kept, above = self.model.pack_id(row), bar.value()
        same = answer.by is self.model.by
        if answer.by is By.PACK:
            self.model.show_packs(answer.ids)
        else:
            self.model.show_groups(answer.by, answer.groups)
        if not self.model.rowCount():
            return
        if same and kept is not None and (there := self.model.row_of(kept)) is not None:
            self.view.selectRow(there)
            bar.setValue(above)
        elif not self.view.currentIndex().isValid():
            self.view.selectRow(min(max(row, 0), self.model.rowCount() - 1) if same else 0)

    def _failed(self, error: BaseException) -> None:
        self._looking = False
        self.room.say("stock_failed", error=type(error).__name__)

    def _fetch(
        self,
        ids: Sequence[int],
        then: Callable[[tuple[PackRow, ...]], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self.room.look(lambda store: Stocklist(store).packs(ids), then, failed)

    def _scanned(self, told: tuple[Code, PackRow | None]) -> None:
        self._scan = told
        _, pack = told
        self.field.setText(pack.serial or short_key(pack.key) if pack else "")
        self._path = [_Level(By.PACK)]
        self.tiles.press()
        self.model.show_packs(array("q", (pack.pack_id,) if pack else ()))
        if pack:
            self.view.selectRow(0)
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._render()

    @Slot(str)
    def _edited(self, _text: str) -> None:
        self._scan = None
        self._typed.start()

    @Slot()
    def _search_now(self) -> None:
        self._load()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _filtered(self) -> None:
        self._scan = None
        self._load()

    @Slot()
    def _sorted(self) -> None:
        self._order, self._falling = str(self._sort.currentData()), False
        self._filtered()

    @Slot(str)
    def _order_by(self, column: str) -> None:
        if column not in ORDERS:
            return
        self._falling = not self._falling if column == self._order else False
        self._order = column
        self._sort.choose(column)
        self._filtered()

    @Slot()
    def _stale(self) -> None:
        if self.isVisible() and not self._fresh.isActive():
            self._fresh.start()

    def _list_by(self, by: By) -> None:
        self._scan = None
        narrowed = self._path[-1]
        self._path = [_Level(by)]
        if narrowed.product is not None and by is not By.PRODUCT:
            self._path.insert(0, _Level(By.PRODUCT))
            lot = narrowed.lot if by is By.PACK else None
            self._path[-1] = _Level(by, narrowed.product, lot, narrowed.name)
        self._load()

    @Slot(int)
    def _open(self, row: int) -> None:
        """A step down: from a product to its lots, from a lot to its packs, from a pack to its history."""
        pack = self.model.pack(row)
        if pack is not None:
            self.room.go("history", pack.key)
            return
        group = self.model.group(row)
        if group is None:
            return
        name = product_name(group.names, group.spec, group.product, self.words)
        if self.model.by is By.PRODUCT and group.lots > 1:
            step = _Level(By.LOT, group.product or "", None, name)
        else:
            lot = (group.lot or "") if group.lots == 1 or self.model.by is By.LOT else None
            step = _Level(By.PACK, group.product or "", lot, name)
        self._path.append(step)
        self._load()

    def _render(self) -> None:
        say, level = self.words.say, self._path[-1]
        self._way[level.by].setChecked(True)
        self._back.setVisible(len(self._path) > 1 or self._scan is not None)
        title = "stock_title_scan" if self._scan is not None else f"stock_title_{level.by}"
        parts = [level.name, say("stock_lot_is", lot=level.lot) if level.lot else ""]
        self._where.setText(" · ".join(part for part in parts if part) or say(title))
        for widget in (self._sort, self._sort_name):
            widget.setVisible(level.by is By.PACK and self._scan is None)
        for widget in (self._scope, self._scope_name, self._place, self._place_name):
            widget.setVisible(self._scan is None)
        self._count.setText(self._counted())
        self.export.enable(on=self.model.rowCount() > 0)
        self._render_scan()
        if self._answer is None:
            empty = "stock_looking"
        elif self._scan is not None:
            empty = "stock_scan_unknown_hint"
        elif self.field.text().strip() or self.tiles.on or self._place.currentData():
            empty = "stock_nothing_found"
        else:
            empty = "stock_empty"
        self.view.say_empty(say(empty))

    def _counted(self) -> str:
        say = self.words.say
        if self._scan is not None:
            return ""
        if self.model.by is By.PACK:
            return say("stock_count_pack", rows=f"{self.model.rowCount():,}")
        groups = [group for row in range(self.model.rowCount()) if (group := self.model.group(row))]
        packs = sum(one.in_stock + one.opened + one.quarantined + one.in_transit + one.gone for one in groups)
        return say(f"stock_count_{self.model.by}", rows=len(groups), packs=f"{packs:,}")

    def _render_scan(self) -> None:
        self.found.setVisible(self._scan is not None)
        if self._scan is None:
            return
        say = self.words.say
        code, pack = self._scan
        if pack is not None:
            text, tone = say("stock_scan_found"), "ok"
        elif code.key is not None:
            text, tone = say("stock_scan_unknown", code=code.input), "ask"
        else:
            problem = next(iter(code.problems), None)
            why = self.words.problem(problem) if problem else ""
            text, tone = say("stock_scan_no_pack", code=code.input, why=why), "ask"
        self.found.setText(text)
        self.found.setProperty("tone", tone)
        self.found.style().polish(self.found)

    def _fill_places(self) -> None:
        places = self._answer.places if self._answer else ()
        items = [(self.words.say("stock_place_any"), "")]
        self._place.fill([*items, *((place, place) for place in places)])

    def _paperwork(self) -> Paperwork | None:
        if not self.model.rowCount():
            return None
        from desktop.stockpapers import stock_sheet

        say, level, settings = self.words.say, self._path[-1], self.room.settings
        now = f"{datetime.now():%Y-%m-%d %H:%M}"
        site = settings.text("site.name") or settings.text("site.gln") or say("stock_no_site")
        filters = [tile.text() for name, tile in self.tiles.tiles.items() if name in self.tiles.on]
        filters += [self._scope.currentText()] if self._scope.currentData() != "here" else []
        filters += (
            [say("stock_place_is", place=self._place.currentText())] if self._place.currentData() else []
        )
        filters += [say("stock_text_is", text=self.field.text().strip())] if self.field.text().strip() else []
        notes = [say("stock_made", site=site, at=now)]
        if filters:
            notes.append(say("stock_filters", filters=say("list_comma").join(filters)))
        wanted = self.wanted
        if self._scan is not None and (pack := self._scan[1]) is not None:
            wanted = Wanted(states=_SCOPES["all"], text=pack.key)
        title = say("stock_paper_title", what=self._where.text())
        sheet = stock_sheet(
            self.room.home, self.words, wanted, level.by, self.model.rowCount(), title, tuple(notes)
        )
        foot = f"TraceDesk · {site} · {now}"
        return Paperwork(say("page_stock"), foot, (sheet,), (sheet,), landscape=True)


_TILE_STATES = {
    "in_stock": (State.IN_STOCK,),
    "opened": (State.OPENED,),
    "quarantined": (State.QUARANTINED,),
    "in_transit": (State.IN_TRANSIT,),
}
