"""How the window looks and speaks from its first paint on: read from the settings file before anything else is loaded.

Only three settings count here and only known values; whatever is wrong with the file is told when all of it is read.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from desktop.words import LANGUAGES

_FILE = "settings.json"
THEMES = ("light", "dark", "contrast")
SCALES = ("100", "125", "150", "175", "200")


@dataclass(frozen=True, slots=True)
class Look:
    """Colours, size and language."""

    theme: str = THEMES[0]
    scale: str = SCALES[0]
    language: str = ""
    """Empty where it is the system's."""

    def scale_up(self) -> None:
        """Enlarge everything; before the application is made, and never over the person's own environment."""
        if self.scale != SCALES[0]:
            os.environ.setdefault("QT_SCALE_FACTOR", str(int(self.scale) / 100))


def look_of(home: Path) -> Look:
    """The look that this home folder asks for; the usual one where it asks for nothing that is known."""
    try:
        asked = json.loads((home / _FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return Look()
    if not isinstance(asked, dict):
        return Look()
    theme, scale, language = asked.get("look.theme"), asked.get("look.scale"), asked.get("language")
    return Look(
        theme if theme in THEMES else THEMES[0],
        scale if scale in SCALES else SCALES[0],
        language if language in LANGUAGES else "",
    )
