"""Reference data from files: good rows are taken, bad ones are reported by line, nothing is guessed."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ledger.catalog import Product
from ledger.errors import UserError

LIMIT = 1_000_000
"""Rows at most; a longer file is somebody's mistake."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken, and why."""

    line: int
    code: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Imported:
    """What a file held."""

    products: list[Product] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def read_products(path: Path) -> Imported:
    """Read a catalogue from .json (a list of objects) or CSV with a header line; UTF-8, BOM allowed.

    Columns: product, name_zh, name_en, spec, maker, pack_size. Raises UserError when the file is unreadable.
    """
    found = Imported()
    try:
        for line, row in _rows(path):
            made = _product(line, row)
            if isinstance(made, BadRow):
                found.bad.append(made)
            else:
                found.products.append(made)
            if line > LIMIT:
                raise UserError("file_unreadable", file=str(path), why=f"> {LIMIT}")
    except OSError as error:
        raise UserError("file_unreadable", file=str(path), why=os.strerror(error.errno or 0)) from None
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise UserError("file_unreadable", file=str(path), why=str(error)) from None
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    if path.suffix.lower() == ".json":
        raw = json.loads(path.read_text("utf-8-sig"))
        items = raw if isinstance(raw, list) else []
        for number, item in enumerate(items, 1):
            yield number, item if isinstance(item, dict) else {}
        return
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        for row in reader:
            yield reader.line_num, {name: value for name, value in row.items() if name}


def _product(line: int, row: dict[str, object]) -> Product | BadRow:
    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None else str(value).strip()

    product = text("product")
    if not product:
        return BadRow(line, "row_no_product")
    if not re.fullmatch("[0-9]{7}", product):
        gtin = product.zfill(14)
        if not re.fullmatch("[0-9]{8}|[0-9]{12,14}", product) or not _check_digit_holds(gtin):
            return BadRow(line, "row_product_bad", (("product", product),))
        product = gtin
    name_zh, name_en = text("name_zh"), text("name_en")
    if not (name_zh or name_en):
        return BadRow(line, "row_no_name")
    size = text("pack_size")
    if size and not re.fullmatch("[1-9][0-9]{0,5}", size):
        return BadRow(line, "row_pack_size_bad", (("found", size),))
    return Product(
        product,
        name_zh or name_en,
        name_en or name_zh,
        text("spec"),
        text("maker"),
        int(size) if size else None,
    )


def _check_digit_holds(gtin: str) -> bool:
    """GS1 General Specifications 7.9: weights 3 and 1 from the right, modulo 10."""
    return sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(gtin)) % 10 == 0
