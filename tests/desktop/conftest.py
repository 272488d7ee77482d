"""A real desk for the tests of the window: ledger, writer and widgets, without a screen."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.bridge import Bridge
from desktop.desk import Desk
from desktop.room import Room
from desktop.settings import Settings
from desktop.station import Station
from desktop.theme import Theme
from desktop.verdict import Verdict
from desktop.window import Window
from desktop.words import Words
from ledger.catalog import Product
from ledger.clock import Clock
from ledger.roles import anybody
from scanner.scan import Scan, Source

LATER = date.today() + timedelta(days=700)
GTIN = "09521234000013"
DRUG = "8338652"
PRODUCTS = (
    Product(GTIN, "示例单抗注射液", "Demo Mab Injection", "100 mg", "Demo Biologics"),
    Product(DRUG, "聚乙烯醇滴眼液", "Polyvinyl Alcohol Eye Drops", "0.8 mL"),
)
FIRST_DRUG, SECOND_DRUG = "83386520001941653320", "83386520001941664417"


def gs1(serial: str, *, expiry: date = LATER, lot: str = "AB-123") -> str:
    """A pack's element string."""
    return f"]d201{GTIN}17{expiry:%y%m%d}10{lot}\x1d21{serial}"


def wedge(text: str) -> Scan:
    """A scan as a hand scanner delivers it."""
    return Scan(text, Source.WEDGE)


@dataclass
class Place:
    """Everything at one desk."""

    bot: QtBot
    station: Station
    bridge: Bridge
    desk: Desk
    window: Window

    def scan(self, scan: Scan) -> Verdict:
        """Take a scan and wait for its verdict."""
        return self.told(lambda: self.desk.take(scan))

    def told(self, act: Callable[[], object]) -> Verdict:
        """Do something and wait for the verdict that it brings."""
        with self.bot.waitSignal(self.desk.told, timeout=10_000) as caught:
            act()
        verdict = caught.args[0]
        assert isinstance(verdict, Verdict)
        return verdict

    def events(self) -> int:
        """How many events the ledger has."""
        return self.station.run(lambda store: store.head.seq)


@pytest.fixture(autouse=True)
def _garbage_in_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """As in the program: a widget that Python's collector destroys in a worker thread ends the process."""
    if "qapp" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def theme(qapp: object) -> Theme:
    made = Theme()
    made.apply(qapp)  # type: ignore[arg-type]
    return made


@pytest.fixture
def words() -> Words:
    return Words("zh_CN")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    opened = Station(tmp_path / "home", Settings(tmp_path / "home"), Clock())
    opened.run(lambda store: store.catalog.load(PRODUCTS))
    yield opened
    opened.close()


@pytest.fixture
def place(qtbot: QtBot, theme: Theme, words: Words, station: Station) -> Iterator[Place]:
    bridge = Bridge()
    desk = Desk(bridge)
    window = Window(theme, words)
    room = Room(theme, words, station.home)
    window.furnish(desk, room)
    room.open(station)
    room.show_operator(anybody("op-1"))
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show_work()
    window.show()
    desk.open(station, "op-1")
    yield Place(qtbot, station, bridge, desk, window)
    room.close()
