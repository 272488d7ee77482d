"""`tracedesk` without a verb: the workstation window."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.commands.context import Context
from ledger.errors import EnvironmentFault

if TYPE_CHECKING:
    from desktop.settings import Settings
    from desktop.steps import Step


def open_window(
    ctx: Context,
    *,
    home: Path | None = None,
    settings: Settings | None = None,
    camera: str | None = None,
    guide: Sequence[Step] = (),
) -> int:
    """Show the window until it is closed and return the exit status; raise EnvironmentFault without a screen.

    `home` is another folder than the context's. The rest is as `desktop.app.run` takes it.
    """
    if not has_screen():
        raise EnvironmentFault("no_display")
    from desktop.app import run

    return run(ctx.words, home or ctx.home, settings, camera, guide)


def has_screen() -> bool:
    """True where a window can open: Qt ends the whole process when there is no display."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    )
