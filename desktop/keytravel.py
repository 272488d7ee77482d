"""How the patient keys travel, as window and command line do it: into a recovery file, and back out of one.

Both run in the caller's thread and take about a second; what changes the ledger goes through the writer.
"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.handingout import new_file
from desktop.sitekeeper import SiteKeeper
from ledger.errors import UserError
from ledger.event import EventKind
from ledger.record import record
from sync.vault import Place

if TYPE_CHECKING:
    from desktop.station import Station
    from ledger.keyfile import Taken
    from ledger.store import Store

SUFFIX = ".tracekeys"


def where(home: Path) -> Place:
    """Where the key of this home folder's patients lies. Raises EnvironmentFault."""
    from ledger.sitekey import SiteKey

    keeper = SiteKeeper(home)
    return keeper.place(SiteKey(home, keeper).name)


def missing(home: Path) -> int:
    """How many patients' data are in the ledger of a home folder and no key to open them."""
    from ledger.patients import Patients
    from ledger.store import exists, open_reader

    if not exists(home):
        return 0
    with closing(open_reader(home)) as store:
        return Patients.of(store).without_key()


def move(home: Path) -> bool:
    """Move the key from its file into the system's keyring; False where there is none that keeps it."""
    from ledger.sitekey import SiteKey

    keeper = SiteKeeper(home)
    name = SiteKey(home, keeper).name
    return name is not None and keeper.move(name)


def save(station: Station, who: str, dest: Path, passphrase: str) -> int:
    """Write the recovery file, which must not be there yet; return how many patients' keys it holds.

    That it was made, and by whom, is recorded. UserError where there is nothing to save, or passphrase or file will
    not do; EnvironmentFault where a key cannot be had: half a recovery file would be none.
    """
    from ledger.keyfile import SAVED, collect, sealed
    from ledger.patients import Patients

    clock = station.clock
    if station.site_key.name is None:
        raise UserError("key_file_nothing")
    saved = station.run(lambda store: collect(Patients.of(store).keys, clock.now().iso()))
    data = sealed(saved, passphrase)
    count = sum(key is not None for key in saved.keys.values())
    with new_file(dest) as file:
        file.write(data)

    def tell(store: Store) -> None:
        store.note(SAVED, saved.at)
        record(store, clock, EventKind.EXPORTED, who, what="patient_keys", patients=str(count))

    station.run(tell)
    return count


def take(station: Station, who: str, source: Path, passphrase: str) -> Taken:
    """Take a recovery file in; recorded by whom. Raises UserError and EnvironmentFault."""
    from ledger.keyfile import LARGEST, opened
    from ledger.keyfile import take as put_back

    try:
        with source.open("rb") as file:
            data = file.read(LARGEST)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise UserError("file_unreadable", file=str(source), why=why) from None
    saved, clock = opened(data, passphrase), station.clock

    def job(store: Store) -> Taken:
        taken = put_back(store, saved)
        after = f"{taken.back} of {saved.at}"
        record(store, clock, EventKind.SETTINGS_CHANGED, who, name="patients.keys", before="", after=after)
        return taken

    return station.run(job)
