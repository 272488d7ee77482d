"""Where the test material that is not part of the project lies, if it is there at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_beside = Path(os.environ.get("TRACEDESK_SHARED", Path(__file__).resolve().parents[2] / "shared"))
SHARED: Path | None = _beside if (_beside / "data").is_dir() else None

needs_shared = pytest.mark.skipif(
    SHARED is None,
    reason="test material not found: put it beside the project as ../shared or set TRACEDESK_SHARED",
)


def shared(path: str) -> Path:
    """A file or folder of the test material; the test is skipped where it is absent."""
    if SHARED is None or not (SHARED / path).exists():
        pytest.skip(f"test material {path} not found beside the project")
    return SHARED / path
