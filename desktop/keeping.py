"""Keeps a changed setting: checked, saved in the home folder, told in the chain by whoever changed it, and in force."""

from __future__ import annotations

from collections.abc import Callable

from desktop.room import Room
from desktop.settings import Value
from ledger.errors import SettingsError, TraceDeskError
from ledger.event import EventKind
from ledger.record import record
from ledger.roles import Act


def keep(
    room: Room, name: str, value: Value, then: Callable[[], None], refused: Callable[[str], None]
) -> None:
    """Change one setting; `refused` is told in words why not. Nothing changes where it is refused."""
    words, station, who = room.words, room.station, room.operator
    if station is None:
        return
    problem = room.refuses(Act.CHANGE_SETTINGS)
    if problem is not None or who is None:
        refused(words.say(problem.code, **dict(problem.params)) if problem else "")
        return
    settings = station.settings
    before = settings[name]
    try:
        settings.set(name, value)
        settings.save()
    except SettingsError as error:
        refused(words.say(error.params.get("expects", error.code), **error.params))
        return
    except (TraceDeskError, OSError) as error:
        settings.set(name, before)
        refused(words.say("settings_unopenable", file=str(room.home), why=type(error).__name__))
        return
    after = str(settings[name])
    if after == str(before):
        then()
        return
    station.apply(settings)
    clock, operator, changed = station.clock, who.id, EventKind.SETTINGS_CHANGED

    def told(_: object) -> None:
        room.settings_changed.emit()
        then()

    room.write(
        lambda store: record(store, clock, changed, operator, name=name, before=str(before), after=after),
        told,
    )
