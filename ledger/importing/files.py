"""Files of reference data: CSV with a header line, or JSON; UTF-8, GB18030 or UTF-16, told apart safely.

UTF-8 is tried first and must hold for the whole file. GB18030 accepts nearly every byte, so it counts only where
what comes out is Chinese as people write it. Where both would do, the person is asked (`--encoding`).
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import UserError
from ledger.importing.columns import Columns
from ledger.importing.rows import Row, flat

LIMIT = 1_000_000
"""Rows at most; a longer file is somebody's mistake."""
LARGEST = 512 * 1024 * 1024
"""Bytes at most."""

ENCODINGS = {"utf-8": "utf-8-sig", "gb18030": "gb18030", "gbk": "gb18030", "utf-16": "utf-16"}
"""What a person may name with --encoding, and what it means."""

_LONG = re.compile("[\u0800-\U0010ffff]")
"""Characters of three and four bytes in UTF-8."""
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class Sheet:
    """The rows of a file, read as they are asked for."""

    rows: Iterator[Row]
    ignored: tuple[str, ...] = ()
    """Columns that mean nothing here; for JSON they are ignored row by row and not listed."""
    encoding: str = "utf-8"


def read_file(path: Path, columns: Columns, encoding: str | None = None) -> Sheet:
    """The rows of a CSV or JSON file. Raises UserError where it cannot be read as a whole."""
    raw = _bytes(path)
    text, found = _decode(path, raw, encoding)
    if text.lstrip()[:1] in ("[", "{"):
        return Sheet(_json_rows(path, text, columns), (), found)
    rows, ignored = _csv_rows(path, text, columns)
    return Sheet(rows, ignored, found)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise UserError("file_too_large", file=str(path), most=str(LARGEST // 2**20))
        raw = path.read_bytes()
    except OSError as error:
        raise UserError("file_unreadable", file=str(path), why=os.strerror(error.errno or 0)) from None
    if raw.startswith(_SPREADSHEETS):
        raise UserError("file_is_spreadsheet", file=str(path))
    return raw


def _decode(path: Path, raw: bytes, encoding: str | None) -> tuple[str, str]:
    if encoding is not None:
        known = ENCODINGS.get(encoding.lower())
        if known is None:
            raise UserError("encoding_unknown", encoding=encoding, known=", ".join(ENCODINGS))
        try:
            return raw.decode(known), encoding.lower()
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise UserError("file_not_encoded", file=str(path), encoding=encoding, line=str(line)) from None
    if raw.startswith(_UTF16):
        try:
            return raw.decode("utf-16"), "utf-16"
        except UnicodeDecodeError:
            raise UserError("file_encoding_unknown", file=str(path)) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        chinese = _chinese(raw)
        if chinese is None:
            raise UserError("file_encoding_unknown", file=str(path)) from None
        return chinese, "gb18030"
    if raw.startswith(_BOM):
        return text, "utf-8"
    # Two-byte sequences alone may be Western letters in UTF-8 or Chinese ones in GB18030.
    if not text.isascii() and not _LONG.search(text) and _chinese(raw) is not None:
        raise UserError("file_encoding_unclear", file=str(path))
    return text, "utf-8"


def _chinese(raw: bytes) -> str | None:
    """The text as GB18030, where it then is what Chinese files hold; None otherwise.

    Western and Traditional Chinese bytes come out as rare characters, most of them not in GB 2312, the set that
    nearly everything in a product's name belongs to.
    """
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    used = set(text)
    if not all(char <= "\x7f" or _is_written(char) for char in used):
        return None
    han = [char for char in text if "\u3400" <= char <= "\u9fff"]
    rare = {char for char in set(han) if not char.encode("gb2312", "ignore")}
    return text if han and 10 * sum(char in rare for char in han) <= len(han) else None


def _is_written(char: str) -> bool:
    """Han, full-width forms, punctuation and the letters and signs that stand in product names."""
    return (
        "\u3400" <= char <= "\u9fff"
        or "\u3000" <= char <= "\u303f"
        or "\uff00" <= char <= "\uffef"
        or "\u2000" <= char <= "\u2bff"
        or ("\u0370" <= char <= "\u03ff" and unicodedata.category(char)[0] == "L")
        or char in "·×÷°±§¨àáèéêìíòóùúüāēīōūǎěǐǒǔ"
    )


def _csv_rows(path: Path, text: str, columns: Columns) -> tuple[Iterator[Row], tuple[str, ...]]:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=lambda one: sum(columns.name(head) is not None for head in first.split(one)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise UserError("file_unreadable", file=str(path), why=str(error)) from None
    names = [columns.name(head) for head in header]
    _check_header(path, columns, names)
    heads = {name: head.strip() for name, head in zip(names, header, strict=True) if name}
    ignored = tuple(head.strip() for name, head in zip(names, header, strict=True) if name is None)
    return _csv_body(path, reader, names, heads), ignored


def _check_header(path: Path, columns: Columns, names: list[str | None]) -> None:
    known = [name for name in names if name]
    if len(set(known)) < len(known):
        twice = sorted({name for name in known if known.count(name) > 1})
        raise UserError("columns_twice", file=str(path), columns=", ".join(twice))
    missing = [name for name in columns.needed if name not in known]
    if missing:
        raise UserError("columns_missing", file=str(path), columns=", ".join(missing))
    if not known:  # another kind of file, or an empty one: to import nothing of it would look like success
        raise UserError("columns_unknown", file=str(path))


def _csv_body(
    path: Path, reader: Iterator[list[str]], names: list[str | None], heads: Mapping[str, str]
) -> Iterator[Row]:
    line, count = reader.line_num, 0  # type: ignore[attr-defined]
    try:
        for cells in reader:
            start, line = line + 1, reader.line_num  # type: ignore[attr-defined]
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > LIMIT:
                raise UserError("file_too_long", file=str(path), most=str(LIMIT))
            row = Row(start, {name: cell for name, cell in zip(names, cells, strict=False) if name}, heads)
            if len(cells) != len(names):
                row.fault("", "row_cells", found=str(len(cells)), wanted=str(len(names)))
            yield row
    except csv.Error as error:
        raise UserError("file_broken", file=str(path), line=str(line + 1), why=str(error)) from None


def _json_rows(path: Path, text: str, columns: Columns) -> Iterator[Row]:
    try:
        raw = json.loads(text, parse_float=_NotWhole)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        raise UserError("file_unreadable", file=str(path), why=str(error)) from None
    items = raw.get("items") if isinstance(raw, dict) else raw
    if not isinstance(items, list):
        raise UserError("json_no_list", file=str(path))
    if len(items) > LIMIT:
        raise UserError("file_too_long", file=str(path), most=str(LIMIT))
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            row = Row(number, {})
            row.fault("", "row_no_object")
            yield row
            continue
        yield from flat(number, columns.named(item), {})


class _NotWhole:
    """A number with a fraction or an exponent: no cell takes one, because digits may be lost already."""

    def __init__(self, text: str) -> None:
        self.text = text
