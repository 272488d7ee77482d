"""What `tracedesk doctor` says of keyboard, scanners and cameras: what is there, what is in the way, what to do."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from desktop.commands.context import Context
from desktop.keyboardstate import keyboard_state
from desktop.keyboardwords import sentences
from desktop.profiles import Profiles
from desktop.serialports import ports_of
from desktop.settings import Settings
from scanner.models import Mode, Models, known_models

TABLE = "scanners.json"


def keyboard(ctx: Context) -> str:
    """Layout, Caps Lock and input method of this computer."""
    return _joined(ctx, sentences(ctx.words, keyboard_state()))


def calibrations(ctx: Context) -> str:
    """The scanners that were calibrated here, and how each is read."""
    say = ctx.words.say
    told = [
        say(
            f"doctor_profile_{profile.reading.name.lower()}",
            device=profile.device or say("doctor_any_scanner"),
            gs=say(f"gs_form_{profile.gs or 'unseen'}"),
            suffix=say(f"suffix_{profile.suffix}"),
            ms=profile.gap_ms,
        )
        for profile in Profiles.load(ctx.home).all()
    ]
    return _joined(ctx, told) or say("doctor_uncalibrated")


def serial_ports(ctx: Context) -> str:
    """Each port, whether it is a scanner's and whether it may be opened."""
    from scanner.serial import ports

    models = _models(ctx)
    chosen = ports_of(Settings.load(ctx.home).text("scanner.ports"))
    told = []
    for port in ports():
        model = models.find(port.vendor, port.product)
        name = f"{port.path} ({model.name if model else port.name or '?'})"
        if (
            port.identity in chosen
            or port.path in chosen
            or (model is not None and model.mode is Mode.SERIAL)
        ):
            code = "doctor_port_scanner" if _may(port.path) else "device_forbidden_serial"
        elif port.vendor is None:
            continue  # a plain port with nobody knows what behind it
        else:
            code = "doctor_port_other"
        told.append(ctx.words.say(code, device=name))
    return _joined(ctx, told)


def hid_scanners(ctx: Context) -> str:
    """Each scanner that is a HID device, with what can be done with it."""
    from scanner.evdev import keyboards
    from scanner.hidraw import POINT_OF_SALE, interfaces

    models = _models(ctx)
    say, told = ctx.words.say, {}
    for found in interfaces():
        model = models.find(found.vendor, found.product)
        name = f"{model.name if model else found.name} {found.vendor:04x}:{found.product:04x}".strip()
        if model is not None and model.mode is Mode.HIDPOS:
            code = "doctor_hid_ready" if _may(found.path, os.R_OK) else "device_forbidden_hidpos"
        elif model is not None and model.mode is Mode.UNSUPPORTED:
            code = "device_unsupported"
        elif model is None and found.page == POINT_OF_SALE:
            code = "device_unknown"
        else:
            continue
        told[found.identity] = say(code, device=name)
    for keys in keyboards(models):
        model = models.find(keys.vendor, keys.product)
        name = f"{model.name if model else keys.name} {keys.vendor:04x}:{keys.product:04x}"
        told[keys.identity] = say("doctor_keys_direct" if keys.readable else "device_typing", device=name)
    return _joined(ctx, told.values())


def cameras(ctx: Context) -> str:
    """Each camera, and whether it may be opened."""
    from scanner.webcam import webcams

    told = []
    for device in webcams():
        node = Path(f"/dev/video{device.index}")
        if not node.exists() or _may(str(node)):
            told.append(ctx.words.say("doctor_camera", camera=device.name))
        else:
            told.append(ctx.words.say("camera_forbidden", camera=device.name))
    return _joined(ctx, told)


def black_box(ctx: Context) -> str:
    """How many of the last scans are kept, and how many of them were doubted."""
    from scanner.boxfile import FILE, read_records

    records = read_records(ctx.home / FILE)
    if not records:
        return ""
    doubted = sum(bool(record.scan.suspect) for record in records)
    return ctx.words.say("doctor_scans", scans=len(records), doubted=doubted)


def _joined(ctx: Context, sentences: Iterable[str]) -> str:
    """Sentences in a row; Chinese puts no blank between them."""
    return ("" if ctx.words.language == "zh_CN" else " ").join(sentences)


def _models(ctx: Context) -> Models:
    return known_models(ctx.home / TABLE)


def _may(path: str, how: int = os.R_OK | os.W_OK) -> bool:
    """Whether this account may open a device; where nobody can tell beforehand, as on Windows, it may."""
    return os.name != "posix" or os.access(path, how)
