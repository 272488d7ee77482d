"""The signed export as window and command line make it: one new file, and the event that says it was made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from desktop.station import Station
from ledger.errors import UserError
from ledger.event import EventKind
from ledger.record import record
from ledger.stages import Progress, silent

if TYPE_CHECKING:
    from ledger.export import Exported


def hand_out(
    station: Station, who: str, dest: Path, first: str | None, last: str | None, progress: Progress = silent
) -> Exported:
    """Export the events of these local days, both included, as JSON Lines, or as CSV where the name ends so.

    Runs in the caller's thread; the event goes through the writer. Raises UserError for a day or a file that
    will not do; nothing is ever overwritten.
    """
    from ledger.export import Target, export
    from ledger.exportform import Csv, JsonLines
    from ledger.signing import SigningKey

    days = day(first), day(last)
    key = SigningKey.of(station.home)
    with new_file(dest) as file:
        form = Csv() if dest.suffix.lower() == ".csv" else JsonLines()
        done = export(station.home, key, [Target(file, form)], station.clock.now().iso(), *days, progress)
    detail, clock = done.detail(), station.clock
    station.run(
        lambda store: record(
            store, clock, EventKind.EXPORTED, who, reason=None, second=None, documents=(), **detail
        )
    )
    return done


def day(typed: str | None) -> date | None:
    """A day as typed; UserError where it is none."""
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise UserError("date_unreadable", typed=typed) from None


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears when it is finished, and not at all when it is not; UserError where it is there already."""
    from ledger.backup import draft_of
    from ledger.files import flush_folder, name_once

    if path.exists():
        raise UserError("file_exists", file=str(path))
    with draft_of(path) as draft:
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        try:
            name_once(draft, path)
        except FileExistsError:
            raise UserError("file_exists", file=str(path)) from None
        flush_folder(path.parent)
