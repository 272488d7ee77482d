"""What the devices page has done away from the window's thread: files written, symbols made, the system asked."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.words import Words

if TYPE_CHECKING:
    from desktop.keyboardstate import KeyboardState
    from desktop.symbols import Modules
    from scanner.blackbox import BlackBox


def cameras() -> tuple[str, ...]:
    """The names of the cameras, where the system lists them without opening each."""
    from scanner.webcam import webcams

    return tuple(device.name for device in webcams()) if sys.platform == "linux" else ()


def symbols() -> tuple[Modules, Modules]:
    """The two calibration symbols."""
    from desktop.calibration_sheet import gs1_symbol, plain_symbol

    return plain_symbol(), gs1_symbol()


def keyboard() -> KeyboardState:
    """How this computer's keyboard is set."""
    from desktop.keyboardstate import keyboard_state

    return keyboard_state()


def sheet(folder: Path, words: Words) -> Path:
    """Write the calibration sheet; the file. Raises OSError."""
    from desktop.calibration_sheet import write_sheet

    folder.mkdir(parents=True, exist_ok=True)
    path = _free(folder / f"{words.say('devices_sheet_file')}.pdf")
    write_sheet(path, words)
    return path


def export(folder: Path, words: Words, box: BlackBox) -> tuple[Path, int]:
    """Export the last scans; the file, and how many they are. Raises OSError."""
    from scanner.boxfile import export_records

    folder.mkdir(parents=True, exist_ok=True)
    path = _free(folder / f"{words.say('devices_export_file')}-{datetime.now():%Y%m%d-%H%M%S}.jsonl")
    return path, export_records(path, box.records())


def _free(path: Path) -> Path:
    """The path, or the first numbered one that is free: nothing is ever overwritten."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
