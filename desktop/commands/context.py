"""What every command is given: the home folder, the language, and how to print a result.

Standard output carries results only, a line each and flushed, as text for people or as JSON with --json;
everything else goes to standard error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop.words import Words


@dataclass(frozen=True, slots=True)
class Context:
    """The common options of one call."""

    home: Path
    json: bool
    words: Words

    def line(self, result: Mapping[str, object], human: str) -> None:
        """Print one result: its JSON object with --json, else the sentence."""
        text = json.dumps(dict(result), ensure_ascii=False) if self.json else human
        data = (text + "\n").encode("utf-8", "backslashreplace")
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    def complain(self, text: str) -> None:
        """Say something on standard error."""
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
