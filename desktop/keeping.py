"""Keeps a changed setting: checked, saved in the home folder, told in the chain by whoever changed it, and in force."""

from __future__ import annotations

from collections.abc import Callable

from desktop.room import Room
from desktop.settings import Value
from ledger.errors import SettingsError
from ledger.event import EventKind
from ledger.record import record
from ledger.roles import Act
from ledger.store import Store


def keep(
    room: Room, name: str, value: Value, then: Callable[[], None], refused: Callable[[str], None]
) -> None:
    """Change one setting; `refused` is told in words why not. Nothing changes where it is refused.

    The file is written in the writer's thread, one change after the other and beside the event that tells of it: a
    disk that is slow to flush never holds the window up.
    """
    words, station, who = room.words, room.station, room.operator
    if station is None:
        return
    barred = room.bars(Act.CHANGE_SETTINGS)
    if barred or who is None:
        refused(barred)
        return
    settings = station.settings
    before = settings[name]
    try:
        settings.set(name, value)
    except SettingsError as error:
        refused(words.say(error.params.get("expects", error.code), **error.params))
        return
    after = settings[name]
    if after == before:
        then()
        return
    clock, operator = station.clock, who.id

    def save(store: Store) -> None:
        changed = EventKind.SETTINGS_CHANGED
        record(store, clock, changed, operator, name=name, before=str(before), after=str(after))
        settings.save()  # last: where it fails, the event is taken back with it

    def told(_: None) -> None:
        station.apply(settings)
        room.settings_changed.emit()
        then()

    def failed(error: BaseException) -> None:
        if settings[name] == after:  # else it was changed again meanwhile
            room.remember(name, before, lambda _: None)  # the file may have it already; why is told below
        refused(room.why(error))

    room.write(save, told, failed)
