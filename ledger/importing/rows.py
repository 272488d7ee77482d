"""One row of reference data and the reading of its cells: every fault is a named one, and none is mended.

A cell is text, as a file or the platform gave it. What a spreadsheet does to numbers (6.9E+12) is refused by
name, because the digits are lost; a number that was written as formula text (="0690…") is read as it was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from ledger.codes import check
from ledger.errors import UserError
from ledger.importing.report import BadRow
from ledger.tasks.typed import typed_expiry

LONGEST = 500
"""Characters in one cell at most."""

_WHOLE = re.compile("[0-9]{1,9}")
_FORMULA = re.compile(r'="([^"]*)"')
_ROUNDED = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]+")
_YES = frozenset({"1", "true", "yes", "y", "是", "有", "√"})
_NO = frozenset({"0", "false", "no", "n", "否", "无", "×"})


@dataclass(slots=True)
class Row:
    """A row under way: its cells by the name of the column, and the faults found so far."""

    line: int
    cells: Mapping[str, object]
    heads: Mapping[str, str] = field(default_factory=dict)
    """Name of a column -> how the file writes it."""
    bad: list[BadRow] = field(default_factory=list)

    def fault(self, name: str, code: str, **params: str) -> None:
        """This column will not do."""
        head = self.heads.get(name, name)
        self.bad.append(BadRow(self.line, head, code, (*params.items(), ("field", head))))

    def has(self, name: str) -> bool:
        """True when the row has such a column, empty or not."""
        return name in self.cells

    def text(self, name: str, longest: int = LONGEST) -> str:
        """The cell as one line of text, "" where it is empty."""
        value = self.cells.get(name)
        if type(value) is str:
            plain = value.strip()
        elif value is None:
            return ""
        elif isinstance(value, bool):
            return "true" if value else "false"
        elif isinstance(value, int):
            plain = str(value)
        else:
            self.fault(name, "row_no_text")
            return ""
        if plain.startswith("=") and (formula := _FORMULA.fullmatch(plain)):
            plain = formula[1].strip()
        if not plain.isprintable() or len(plain) > longest:
            self.fault(name, "row_text_bad", most=str(longest))
            return ""
        return plain

    def need(self, name: str, longest: int = LONGEST) -> str:
        """The same, a fault where it is empty."""
        found = self.text(name, longest)
        if not found and not self._at_fault(name):
            self.fault(name, "row_missing")
        return found

    def several(self, name: str) -> tuple[str, ...]:
        """A list in JSON, or a cell with `;` between its parts; without empty ones and repeats."""
        value = self.cells.get(name)
        if not value:
            return ()
        if isinstance(value, list | tuple):
            parts = [part.strip() if isinstance(part, str) else part for part in value]
            if not all(
                isinstance(part, str) and part.isprintable() and len(part) <= LONGEST for part in parts
            ):
                self.fault(name, "row_no_text")
                return ()
        else:
            text = self.text(name, 20 * LONGEST).replace("；", ";")
            if ";" not in text:
                return (text,) if text else ()
            parts = [part.strip() for part in text.split(";")]
        return tuple(dict.fromkeys(str(part) for part in parts if part))

    def whole(self, name: str, least: int = 1, most: int = 1_000_000) -> int | None:
        """A whole number, None where the cell is empty."""
        found = self.text(name)
        if not found:
            return None
        if _WHOLE.fullmatch(found) and least <= int(found) <= most:
            return int(found)
        self.fault(name, "row_not_whole", found=found, least=str(least), most=str(most))
        return None

    def yes(self, name: str) -> bool | None:
        """Yes or no, None where the cell is empty."""
        found = self.text(name).lower()
        if not found:
            return None
        if found in _YES or found in _NO:
            return found in _YES
        self.fault(name, "row_not_yes", found=found)
        return None

    def word(self, name: str, words: Mapping[str, str]) -> str | None:
        """One of some words, in the one form that counts; None where the cell is empty."""
        found = self.text(name)
        if not found:
            return None
        if found.lower() in words:
            return words[found.lower()]
        self.fault(name, "row_not_word", found=found, known=", ".join(dict.fromkeys(words.values())))
        return None

    def day(self, name: str) -> date | None:
        """A day, None where the cell is empty; a month is no day."""
        last_day, precision = self.expiry(name)
        if last_day and precision != "day":
            self.fault(name, "row_not_day", found=self.text(name))
            return None
        return last_day

    def expiry(self, name: str) -> tuple[date | None, str | None]:
        """Last day of use and its precision; both None where the cell is empty."""
        found = self.text(name)
        if not found:
            return None, None
        try:
            return typed_expiry(found)
        except UserError:
            self.fault(name, "row_not_day", found=found)
            return None, None

    def gln(self, name: str) -> str | None:
        """A GLN, None where the cell is empty."""
        found = self.text(name)
        if not found:
            return None
        if not re.fullmatch("[0-9]{13}", found) or not check.mod10_holds(found):
            self.fault(name, "row_rounded" if _ROUNDED.fullmatch(found) else "row_not_gln", found=found)
            return None
        return found

    def rounded(self, name: str, found: str) -> bool:
        """A fault where a spreadsheet has shortened a long number; True when it was one."""
        if _ROUNDED.fullmatch(found):
            self.fault(name, "row_rounded", found=found)
            return True
        return False

    def _at_fault(self, name: str) -> bool:
        head = self.heads.get(name, name)
        return any(one.field == head for one in self.bad)


def rows_of(items: Iterable[Mapping[str, object]]) -> Iterator[Row]:
    """Rows of items that come from no file: numbered from 1; an item's `lines` become rows that share its number."""
    for number, item in enumerate(items, 1):
        yield from flat(number, item, {})


def flat(number: int, item: Mapping[str, object], heads: Mapping[str, str]) -> Iterator[Row]:
    """A document with its `lines` as one row a line, each with the document's own fields."""
    lines = item.get("lines")
    if lines is None:
        yield Row(number, item, heads)
        return
    whole = {name: value for name, value in item.items() if name != "lines"}
    if not isinstance(lines, list) or not lines or not all(isinstance(line, dict) for line in lines):
        row = Row(number, whole, heads)
        row.fault("lines", "row_lines_bad")
        yield row
        return
    for place, line in enumerate(lines, 1):
        yield Row(number, {**whole, "line": place, **line}, heads)
