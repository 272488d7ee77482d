"""Reference data from files and from the platform: good rows are taken, bad ones are reported, nothing is guessed.

    file -> files.read_file -> rows -> parse -> items -> save -> Report

`load(store, kind, items, clock)` does it for items from anywhere, `withdraw` takes items back. Each kind has a
module of its own.
"""

from __future__ import annotations

from ledger.importing.files import ENCODINGS, Sheet, read_file
from ledger.importing.load import KINDS, Parsed, columns_of, load, parse, save, withdraw
from ledger.importing.products import read_products
from ledger.importing.report import BadRow, Report
from ledger.importing.rows import Row, rows_of

__all__ = [
    "ENCODINGS",
    "KINDS",
    "BadRow",
    "Parsed",
    "Report",
    "Row",
    "Sheet",
    "columns_of",
    "load",
    "parse",
    "read_file",
    "read_products",
    "rows_of",
    "save",
    "withdraw",
]
