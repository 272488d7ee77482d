"""Small promises about files: names that are durable, and files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system knows of such a thing."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, data: bytes) -> None:
    """Put the data in the file's place, the old or the new being there at any time; for the owner alone."""
    draft = path.with_name(f".{path.name}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def write_once(path: Path, data: bytes) -> None:
    """Make a file that is not there yet, in one piece, for the owner alone; one that is there stays."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            name_once(draft, path)
        except FileExistsError:
            return
        flush_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def name_once(draft: Path, path: Path) -> None:
    """Give a finished file its name. Raises FileExistsError where something bears it; the draft may stay behind."""
    try:
        os.link(draft, path)  # unlike a rename, never replaces
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from None
        draft.replace(path)
