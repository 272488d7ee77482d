"""What a power cut would have left: replays the log that disk.c has written, up to any moment, and loses the rest.

The model is strict. What a file's flush covered is there. Of what was written since, any part may be there or not,
sector by sector, in any order. Names (created, removed, renamed, linked) are there as of the last flush of their
folder, and of those since, the first so many, for file systems keep their order.
"""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SECTOR = 512
_SOURCE = Path(__file__).with_name("disk.c")


def build(folder: Path) -> Path:
    """Compile the shim; the test is skipped where that cannot be done."""
    if os.name != "posix" or not shutil.which("gcc") or os.uname().sysname != "Linux":
        pytest.skip("needs Linux and gcc, to stand between the program and the disk")
    library = folder / "disk.so"
    command = ["gcc", "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl", "-lpthread"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return library


def environment(library: Path, folder: Path, **settings: object) -> dict[str, str]:
    """The environment of a process that works on such a disk."""
    given = {name.upper(): str(value) for name, value in settings.items()}
    return os.environ | {"LD_PRELOAD": str(library), "DISK_FOLDER": str(folder)} | given


@dataclass(slots=True)
class _File:
    kept: bytearray = field(default_factory=bytearray)
    """What is on the disk for sure."""
    loose: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Since then: (offset, data) for a write, (size, None) for a truncation."""

    def flush(self) -> None:
        for offset, data in self.loose:
            _apply(self.kept, offset, data)
        self.loose.clear()

    def after(self, chance: random.Random, share: float) -> bytes:
        """The content after a cut, when such a share of the loose sectors has made it."""
        content = bytearray(self.kept)
        for offset, data in self.loose:
            if data is None:
                if chance.random() < share:
                    _apply(content, offset, None)
                continue
            at = 0
            while at < len(data):
                size = min(SECTOR - (offset + at) % SECTOR, len(data) - at)
                if chance.random() < share:
                    _apply(content, offset + at, data[at : at + size])
                at += size
        return bytes(content)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the program did."""

    kind: str
    path: str
    offset: int
    data: bytes


def steps(log: Path) -> Iterator[Step]:
    """What the log says, in order."""
    with log.open("rb") as file:
        while head := file.read(17):
            kind, path_length, offset, length = struct.unpack("<cIQI", head)
            yield Step(kind.decode(), file.read(path_length).decode(), offset, file.read(length))


@dataclass(frozen=True, slots=True)
class _Change:
    """A step that changes names."""

    kind: str
    path: str
    to: str
    file: _File
    """The file that the step makes, the same one wherever the step is done."""


class Disk:
    """The disk as the program made it, step by step."""

    def __init__(self) -> None:
        self._names: dict[str, _File] = {}
        self._kept_names: dict[str, _File] = {}
        self._loose_names: list[_Change] = []

    def start_from(self, folder: Path) -> None:
        """What lay there before, safe."""
        for path in folder.rglob("*"):
            if path.is_file():
                self._names[str(path)] = _File(bytearray(path.read_bytes()))
        self._kept_names = dict(self._names)

    def take(self, step: Step) -> None:
        """Do one step."""
        match step.kind:
            case "W":
                self._names[step.path].loose.append((step.offset, step.data))
            case "T":
                self._names[step.path].loose.append((step.offset, None))
            case "S":
                if step.path in self._names:
                    self._names[step.path].flush()
            case "D":
                self._flush_folder(step.path)
            case _:
                change = _Change(step.kind, step.path, step.data.decode(), _File())
                _do(self._names, change)
                self._loose_names.append(change)

    def cut(self, folder: Path, chance: random.Random) -> None:
        """Lay down in `folder` what a power cut now would leave of it."""
        share = chance.choice([0.0, 0.0, 0.5, 0.9, 1.0])
        names = dict(self._kept_names)
        for change in self._loose_names[: chance.randint(0, len(self._loose_names))]:
            _do(names, change)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, file in names.items():
            if name.endswith("-shm"):
                continue  # shared memory is gone with the machine
            path = Path(name)
            if folder in path.parents:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.after(chance, share))

    def _flush_folder(self, folder: str) -> None:
        """The names in one folder are safe; a rename into another one counts for both."""
        rest = []
        for change in self._loose_names:
            if folder in (os.path.dirname(change.path), os.path.dirname(change.to)):
                _do(self._kept_names, change)
            else:
                rest.append(change)
        self._loose_names = rest


def _do(names: dict[str, _File], change: _Change) -> None:
    match change.kind:
        case "C":
            names[change.path] = change.file
        case "U":
            names.pop(change.path, None)
        case "R":
            if change.path in names:
                names[change.to] = names.pop(change.path)
        case "L":
            if change.path in names:
                names[change.to] = names[change.path]


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        content.extend(bytes(max(offset - len(content), 0)))
        return
    content.extend(bytes(max(offset - len(content), 0)))
    content[offset : offset + len(data)] = data
