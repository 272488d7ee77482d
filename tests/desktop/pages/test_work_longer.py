"""Every state of the work page with words 40 % longer, on a small screen: nothing is cut, everything can be hit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication

from desktop.tasksheet import TASKS
from desktop.widgets.numbered import SETTLE_MS
from ledger.catalog import Product
from ledger.partners import Partner
from ledger.prescription import Prescription
from ledger.shipment import Line, Shipment
from ledger.store import Store
from tests.desktop.conftest import GTIN, LATER, Place, gs1, wedge
from tests.desktop.pages.atwork import control
from tests.desktop.test_access import nameless, small
from tests.desktop.test_pseudo import Pseudo, cut

OPIOID = "09521234000037"


@pytest.fixture
def longer(place: Place) -> Place:
    """A place with papers and packs, in the longer language."""

    def fill(store: Store) -> None:
        store.catalog.load(
            [Product(OPIOID, "示例缓释片", "Demo Sustained Release Tablets", "10 mg", second_person=True)]
        )
        store.partners.put(Partner("6901234567892", "另一仓库", "Another Warehouse of the Zone", "warehouse"))
        lines = (Line(1, GTIN, 3, "AB-123", LATER, "day"), Line(2, OPIOID, 5))
        store.documents.put(Shipment("DN-LONG-2026-000123", lines, "6901234567892", date.today()))
        patient = "0190a7c4-0000-7000-8000-000000000001"
        wanted = (Line(1, GTIN, 1), Line(2, OPIOID, 1))
        store.documents.put(Prescription("RX-2026-000123", wanted, patient, date.today(), 6))

    place.station.run(fill)
    for number in range(1, 5):
        place.scan(wedge(gs1(f"L-{number}")))
    opioid = f"]d201{OPIOID}17{LATER:%y%m%d}10OP-5\x1d21O-1"
    place.scan(wedge(opioid))
    place.window.work._partners()
    place.window.resize(QSize(1366, 768))
    place.window.retranslate(Pseudo("en"))
    return place


def states(place: Place) -> list[tuple[str, Callable[[], object]]]:
    """Name of each state and the way to it from the one before."""
    work, desk = place.window.work, place.desk
    past = date.today() - timedelta(days=5)

    def finish() -> None:
        place.scan(wedge(gs1("L-9", lot="ZZ-9")))
        place.bot.wait(SETTLE_MS + 30)
        place.told(lambda: work.choose_reason(1))
        control(place, "FINISH")
        place.bot.waitUntil(lambda: work.finish.step is not None)

    def rolled() -> None:
        work.papers.leave()
        work.papers.roll_back()

    return [
        ("chooser", lambda: control(place, "DOCUMENT")),
        ("board", lambda: desk.take(wedge("DN-LONG-2026-000123"))),
        ("damaged next", lambda: control(place, "DAMAGED")),
        ("damaged", lambda: place.scan(wedge(gs1("L-8")))),
        ("finish", finish),
        ("roll back", rolled),
        ("prescription", lambda: (work.papers.leave(), desk.take(wedge("RX-2026-000123")))),
        ("take-out asked", lambda: place.scan(wedge(gs1("L-1")))),
        ("expired", lambda: place.scan(wedge(gs1("L-77", expiry=past)))),
        (
            "second person",
            lambda: place.scan(wedge(f"]d201{OPIOID}17{LATER:%y%m%d}10OP-5\x1d21O-1")),
        ),
        ("partner", lambda: (control(place, "TRANSFER-OUT"), place.scan(wedge(gs1("L-2"))))),
        ("destroy", lambda: (control(place, "DESTROY"), place.scan(wedge(gs1("L-3"))))),
        ("label", lambda: (control(place, "LABEL"), place.scan(wedge(gs1("L-3"))))),
        ("count", lambda: (control(place, "COUNT"), place.scan(wedge(gs1("L-3"))))),
        ("differences", work.papers.toggle),
        ("other tasks", lambda: place.bot.keyClick(place.window, Qt.Key.Key_F10)),
        *((str(verb), lambda verb=verb: desk.choose(str(verb))) for verb in TASKS),
    ]


def test_nothing_is_cut_in_any_state_of_the_work(longer: Place) -> None:
    wrong: dict[str, list[str]] = {}
    for name, reach in states(longer):
        reach()
        for _ in range(5):
            QApplication.processEvents()
            longer.bot.wait(25)
        assert longer.window.width() == 1366, f"{name} makes the window wider"
        found = [*cut(longer.window), *nameless(longer.window), *small(longer.window)]
        if found:
            wrong[name] = found
        longer.window.tasks.put_away()
    assert wrong == {}
