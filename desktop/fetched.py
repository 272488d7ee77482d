"""The rows of a long list by their ids, fetched in windows as they are looked at: none blocks the scroll."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

WINDOW = 120
"""Rows fetched at once: more than a tall screen shows."""
KEEP = 80
"""Windows kept; the one seen longest ago goes first."""

R = TypeVar("R")
Fetch = Callable[[Sequence[int], Callable[[tuple[R, ...]], None], Callable[[BaseException], None]], None]
"""Asks for rows by id; calls back with them, or with what went wrong."""


class Fetched(QObject, Generic[R]):
    """Has one request under way at most, for the window looked at last; whoever asks for a row has it fetched."""

    arrived = Signal(int, int)
    """The first and the last row of a window that has come."""

    def __init__(self, fetch: Fetch[R], id_of: Callable[[R], int], parent: QObject) -> None:
        super().__init__(parent)
        self._fetch, self._id_of = fetch, id_of
        self._ids: array[int] = array("q")
        self._windows: OrderedDict[int, dict[int, R]] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted = self._asked = -1
        self._edition = 0
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self.ask)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def stale(self) -> bool:
        """Whether anything held may have changed since it came."""
        return bool(self._stale)

    @property
    def held(self) -> int:
        """How many windows are held."""
        return len(self._windows)

    def lists(self, ids: array[int]) -> bool:
        """Whether these ids, in this order, are the list."""
        return ids == self._ids

    def begin(self, ids: array[int]) -> None:
        """Be the list of these; what was held of another one goes."""
        self._withdraw()
        self._ids = ids
        self._windows, self._stale = OrderedDict(), set()

    def renew(self) -> None:
        """Fetch anew what is looked at; until it has come, what is held stands."""
        self._withdraw()
        self._stale = set(self._windows)

    def row(self, row: int) -> R | None:
        """What stands in a row, once it is there."""
        if not 0 <= row < len(self._ids):
            return None
        number = row // WINDOW
        window = self._windows.get(number)
        if window is None:
            self._want(number)
            return None
        self._windows.move_to_end(number)
        if number in self._stale:  # shown until the new answer is there
            self._want(number)
        return window.get(self._ids[row])

    def id_at(self, row: int) -> int | None:
        """The id of what stands in a row."""
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, one: int) -> int | None:
        """The row of an id."""
        try:
            return self._ids.index(one)
        except ValueError:
            return None

    def ask(self) -> None:
        """Ask for the window looked at last, unless a request is under way; comes by itself as soon as Qt is idle."""
        number, edition = self._wanted, self._edition
        if number < 0 or self._asked >= 0:
            return
        self._asked, self._wanted = number, -1
        first = number * WINDOW

        def here(rows: tuple[R, ...]) -> None:
            if edition != self._edition:
                return
            self._asked = -1
            self._stale.discard(number)
            self._windows[number] = {self._id_of(row): row for row in rows}
            while len(self._windows) > KEEP:
                self._windows.popitem(last=False)
            self.arrived.emit(first, min(first + WINDOW, len(self._ids)) - 1)
            if self._wanted >= 0:
                self._soon.start()

        def failed(_error: BaseException) -> None:
            if edition == self._edition:
                self._asked = -1

        self._fetch(self._ids[first : first + WINDOW], here, failed)

    def _want(self, number: int) -> None:
        self._wanted = number
        if self._asked < 0 and not self._soon.isActive():
            self._soon.start()

    def _withdraw(self) -> None:
        """No answer that is under way counts any more."""
        self._edition += 1
        self._wanted = self._asked = -1
