"""What a person does at the work page and what the ledger then has, for its tests."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.controlcodes import PREFIX
from desktop.verdict import Verdict
from desktop.widgets.numbered import SETTLE_MS
from ledger.event import Event
from ledger.pack import State
from tests.desktop.conftest import GTIN, Place, wedge

SITE = "6901234567892"


def last(place: Place) -> Event:
    return place.station.run(lambda store: store.event(store.head.seq))


def state(place: Place, serial: str) -> State:
    pack = place.station.run(lambda store: store.look_up(f"gs1:{GTIN}/{serial}"))
    assert pack is not None
    return pack.state


def control(place: Place, word: str) -> None:
    place.desk.take(wedge(f"{PREFIX}{word}"))


def answered(place: Place, number: int = 1) -> Verdict:
    """Choose a numbered answer once the question takes keys."""
    place.bot.wait(SETTLE_MS + 30)
    return place.told(lambda: place.window.work.choose_reason(number))


def find(place: Place, name: str) -> QWidget:
    found = place.window.findChild(QWidget, name)
    assert found is not None, name
    return found
