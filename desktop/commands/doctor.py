"""`tracedesk doctor`: what this machine has, for the person who must find out why something does not work."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import click

from desktop.commands import devicelook
from desktop.commands.context import Context
from desktop.settings import Settings
from ledger.clock import Clock
from ledger.errors import TraceDeskError
from ledger.store import exists, open_reader


@click.command(help="Versions, keyboard, scanners, cameras, disk, clock and the road to the platform.")
@click.pass_obj
def doctor(ctx: Context) -> None:
    """Look at the machine; each finding is a line, and none of them stops the next."""
    for name, look in _LOOKS.items():
        try:
            value = look(ctx)
        except TraceDeskError as error:
            value = ctx.words.say(error.code, **error.params)
        except Exception as error:  # noqa: BLE001 - one finding that breaks must not hide the others
            value = f"{type(error).__name__}: {error}"
        shown = value or ctx.words.say("doctor_none")
        ctx.line(
            {"name": name, "value": value},
            ctx.words.say("doctor_line", name=ctx.words.say(f"doctor_{name}"), value=shown),
        )


def _installed(package: str) -> Callable[[Context], str]:
    def look(ctx: Context) -> str:
        try:
            return metadata.version(package)
        except metadata.PackageNotFoundError:
            return ctx.words.say("doctor_missing")

    return look


def _zbar(ctx: Context) -> str:
    from scanner.readers import second_reader_missing

    missing = second_reader_missing()
    return ctx.words.say("doctor_missing") if missing else metadata.version("pyzbar")


def _disk(ctx: Context) -> str:
    folder = ctx.home
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return f"{shutil.disk_usage(folder).free / 1e9:.1f} GB"


def _ledger(ctx: Context) -> str:
    if not exists(ctx.home):
        return ""
    store = open_reader(ctx.home)
    try:
        return f"{store.ledger_id}, {store.head.seq}"
    finally:
        store.close()


def _platform(ctx: Context) -> str:
    return Settings.load(ctx.home).text("platform.url")


def _road(ctx: Context) -> str:
    """Greet the platform as delivery would, certificates and tokens included."""
    settings = Settings.load(ctx.home)
    if not settings.text("platform.url"):
        return ""
    from desktop.road import platform_of

    platform = platform_of(settings)
    try:
        found = platform.options()
    finally:
        platform.close()
    versions = f" (EPCIS {found.versions})" if found and found.versions else ""
    return ctx.words.say("road_open") + versions


def _secrets(ctx: Context) -> str:
    from desktop.road import belongs_to
    from sync.vault import NAMES, Vault

    vault = Vault(ctx.home)
    place = vault.place()
    where = ctx.words.say(place.code, backend=place.backend, file=place.file)
    settings = Settings.load(ctx.home)
    kept = [name for name in NAMES if vault.get(name, belongs_to(settings, name)) is not None]
    told = f"{', '.join(kept)}: {where}" if kept else where
    for name in NAMES:
        if other := vault.elsewhere(name, belongs_to(settings, name)):
            told += "; " + ctx.words.say("secret_elsewhere", name=name, other=other)
    return told


def _patient_keys(ctx: Context) -> str:
    from desktop.keytravel import missing, where

    if number := missing(ctx.home):
        return ctx.words.say("patient_keys_gone", number=number)
    place = where(ctx.home)
    return ctx.words.say(place.code, backend=place.backend, file=place.file)


_LOOKS: dict[str, Callable[[Context], str]] = {
    "version": _installed("tracedesk"),
    "python": lambda _: f"{platform.python_version()} ({platform.platform()})",
    "sqlite": lambda _: sqlite3.sqlite_version,
    "qt": _installed("PySide6-Essentials"),
    "zxing": _installed("zxing-cpp"),
    "zbar": _zbar,
    "opencv": _installed("opencv-python-headless"),
    "home": lambda ctx: str(Path(ctx.home).absolute()),
    "disk": _disk,
    "clock": lambda _: Clock().now().iso(),
    "ledger": _ledger,
    "keyboard": devicelook.keyboard,
    "calibrations": devicelook.calibrations,
    "serial": devicelook.serial_ports,
    "scanners": devicelook.hid_scanners,
    "cameras": devicelook.cameras,
    "scans_kept": devicelook.black_box,
    "platform": _platform,
    "road": _road,
    "secrets": _secrets,
    "patient_keys": _patient_keys,
}
