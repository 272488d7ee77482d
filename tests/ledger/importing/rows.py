"""Rows and files for imports, and what a report says of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ledger.clock import Clock
from ledger.importing import Report, load
from ledger.store import Store

GLN, OTHER_GLN = "9521999000006", "9521999000013"
PATIENT = "3b241101-e2bb-4255-8caf-4136c566a962"
SSCC, OUTER = "sscc:095212340000000013", "sscc:195212340000000010"
CN20 = "83386520001941653320"
MA = "MA.156.M0.100204.13351764"


def take(ledger: Store, kind: str, *items: Mapping[str, object]) -> Report:
    return load(ledger, kind, items, Clock())


def faults(report: Report) -> list[tuple[int, str, str]]:
    return [(bad.line, bad.field, bad.code) for bad in report.bad]


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.same, report.refused


def csv_file(tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "rows.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path
