"""The pages of the window in the order of the rail, each loaded when it is first visited."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.pages.page import Page
    from desktop.room import Room

WORK = "work"
"""The page that is always there; it is built with the window."""


def _todo(room: Room) -> Page:
    from desktop.pages.todo import TodoPage

    return TodoPage(room)


def _delivery(room: Room) -> Page:
    from desktop.pages.delivery import DeliveryPage

    return DeliveryPage(room)


def _stock(room: Room) -> Page:
    from desktop.pages.stock import StockPage

    return StockPage(room)


def _devices(room: Room) -> Page:
    from desktop.pages.devices import DevicesPage

    return DevicesPage(room)


def _history(room: Room) -> Page:
    from desktop.pages.history import HistoryPage

    return HistoryPage(room)


def _overview(room: Room) -> Page:
    from desktop.pages.overview import OverviewPage

    return OverviewPage(room)


def _patients(room: Room) -> Page:
    from desktop.pages.patients import PatientsPage

    return PatientsPage(room)


def _approvals(room: Room) -> Page:
    from desktop.pages.approvals import ApprovalsPage

    return ApprovalsPage(room)


def _settings(room: Room) -> Page:
    from desktop.pages.settings import SettingsPage

    return SettingsPage(room)


PAGES: dict[str, Callable[[Room], Page]] = {
    "stock": _stock,
    "history": _history,
    "todo": _todo,
    "delivery": _delivery,
    "overview": _overview,
    "devices": _devices,
    "settings": _settings,
    "patients": _patients,
    "approvals": _approvals,
}
"""Name of each further page and what builds it. The order is that of the rail; Ctrl+2 is the first of them."""

BESIDE = {"patients": "Ctrl+H", "approvals": "Ctrl+O"}
"""Pages that are wanted now and then: on no rail, reached by a key, by the palette and from where they are needed."""
