"""Small files of the home folder (settings, calibrations, who is signed in) written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ledger.errors import EnvironmentFault


def write_home_file(path: Path, text: str) -> None:
    """Put the text in the file's place: the old or the new one is there at any time, and for the owner alone.

    Durable on return, so it waits for the disk: never called in the UI thread. Raises EnvironmentFault where the
    folder or the disk will not take it.
    """
    draft: Path | None = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        draft = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise EnvironmentFault(
            "file_unwritable", file=str(path), why=os.strerror(error.errno or 0)
        ) from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
