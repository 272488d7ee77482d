"""Reads GS1's Barcode Syntax Dictionary into the form of resources/gs1_ai.json, to hold the one against the other.

    python -m tests.ledger.codes.dictionary PATH-OF-DICTIONARY

rewrites the `ai` part of the resource from a newer dictionary and leaves the code lists as they are.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

RESOURCE = Path(__file__).resolve().parents[3] / "resources" / "gs1_ai.json"


def rows(text: str) -> dict[str, dict[str, object]]:
    """AI or range of AIs -> its facts, as the resource holds them."""
    found: dict[str, dict[str, object]] = {}
    for raw in text.splitlines():
        line, _, title = raw.partition("#")
        words = line.split()
        if not words:
            continue
        row: dict[str, object] = {}
        rest = words[1:]
        if not rest[0][0].isalnum() and rest[0][0] != "[":
            row["flags"] = rest.pop(0)
        row["parts"] = [word for word in rest if "=" not in word and word != "dlpkey"]
        for name, ours in (("req", "requires"), ("ex", "excludes")):
            if values := [word[len(name) + 1 :] for word in rest if word.startswith(f"{name}=")]:
                row[ours] = values
        if keys := [word for word in rest if word.startswith("dlpkey")]:
            row["qualifiers"] = keys[0].partition("=")[2].split("|")
        row["title"] = title.strip()
        found[words[0]] = row
    return found


def write(resource: dict[str, dict[str, object]]) -> str:
    """The resource as text: one AI or list a line, so that changes can be read."""
    parts = []
    for name, table in resource.items():
        body = ",\n".join(
            f"{json.dumps(key)}:{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
            for key, value in table.items()
        )
        parts.append(f'"{name}":{{\n{body}\n}}')
    return "{" + ",\n".join(parts) + "}\n"


if __name__ == "__main__":
    current = json.loads(RESOURCE.read_text("utf-8"))
    current["ai"] = rows(Path(sys.argv[1]).read_text("utf-8"))
    RESOURCE.write_text(write(current), "utf-8")
