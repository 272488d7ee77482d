"""Makes the board of a document, however often work on it was broken off.

Worked out from the document's lines and the journal of what happened under it; nothing is remembered in between.
The board of a whole document costs in proportion to the document; lists of serials come page by page.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ledger.allocation import allocate
from ledger.board import Board, BoardLine, Extra, extras_of, row_by_count, row_by_serial
from ledger.catalog import Catalog
from ledger.documents import Documents
from ledger.expectation import Document, acts_of
from ledger.journal import Amount
from ledger.shipment import Line
from ledger.trees import Trees

PAGE = 200
"""Serials on a page, unless another number is asked for."""

_MISSING = (
    "SELECT key FROM document_serial AS one WHERE document_id = ? AND line = ? AND key > ? AND NOT EXISTS"
    " (SELECT 1 FROM progress WHERE progress.document_id = one.document_id AND progress.key = one.key"
    " AND act IN {acts} GROUP BY key HAVING sum(shown) > 0) ORDER BY key LIMIT ?"
)
_SEEN_LISTED = (
    "SELECT key FROM document_serial JOIN progress USING (document_id, key) WHERE document_id = ? AND line = ?"
    " AND key > ? AND act IN {acts} GROUP BY key HAVING sum(shown) > 0 ORDER BY key LIMIT ?"
)
_SEEN_COUNTED = (
    "SELECT key FROM progress WHERE document_id = ? AND key > ? AND product IN {products}"
    " AND (? IS NULL OR lot IN ('', ?)) AND act IN {acts} GROUP BY key HAVING sum(shown) > 0 ORDER BY key LIMIT ?"
)
_EXTRA = (
    "SELECT key FROM progress AS one WHERE document_id = ? AND key > ? AND (product, lot) IN (VALUES {pairs})"
    " AND NOT EXISTS (SELECT 1 FROM document_serial AS listed WHERE listed.document_id = one.document_id"
    " AND listed.key = one.key) AND act IN {acts} GROUP BY key HAVING sum(packs + units) > 0 ORDER BY key LIMIT ?"
)
_LISTED = (
    "SELECT line, count(*), sum(EXISTS (SELECT 1 FROM progress WHERE progress.document_id = one.document_id"
    " AND progress.key = one.key AND act IN {acts} GROUP BY key HAVING sum(shown) > 0))"
    " FROM document_serial AS one WHERE document_id = ? GROUP BY line"
)
_SUMS = (
    "SELECT product, lot, sum(shown), sum(packs), sum(units), sum(cases) FROM progress_sum"
    " WHERE document_id = ? AND act IN {acts} GROUP BY product, lot"
)
_SUMS_UNLISTED = (
    "SELECT product, lot, sum(shown), sum(packs), sum(units), sum(cases) FROM progress AS one"
    " WHERE document_id = ? AND act IN {acts} AND NOT EXISTS (SELECT 1 FROM document_serial AS listed WHERE"
    " listed.document_id = one.document_id AND listed.key = one.key) GROUP BY product, lot"
)
_CASES = (
    "SELECT key, product FROM progress WHERE document_id = ? AND cases <> 0 AND act IN {acts}"
    " GROUP BY key HAVING sum(cases) > 0"
)


class Boards:
    """Makes boards and their lists of serials."""

    def __init__(
        self, connection: sqlite3.Connection, catalog: Catalog, trees: Trees, documents: Documents
    ) -> None:
        self._connection = connection
        self._catalog = catalog
        self._trees = trees
        self._documents = documents

    def board(self, kind: str, number: str) -> Board | None:
        """The board of a document; None where nobody has sent it."""
        document = self._documents.find(kind, number)
        if document is None:
            return None
        lines: dict[str, list[Line]] = defaultdict(list)
        for line in self._documents.lines_of(document.document_id):
            lines[self._catalog.main(line.product)].append(line)
        listed = self._listed(document)
        sums = self._unlisted(document, by_serial=bool(listed))
        rows: list[BoardLine] = []
        extras: list[Extra] = []
        for product, wanted in lines.items():
            found: Mapping[str, Amount] = sums.pop(product, {})
            rows += [row_by_serial(line, *listed[line.line]) for line in wanted if line.line in listed]
            counted = [line for line in wanted if line.line not in listed]
            if counted:
                allocation = allocate(counted, found, self._catalog.pack_size(product))
                rows += [row_by_count(filled) for filled in allocation.lines]
                found = allocation.extra
            extras += extras_of(product, found)
        for product, lots in sums.items():
            extras += extras_of(product, lots)
        rows.sort(key=lambda row: row.line.line)
        products = {row.line.product for row in rows}
        return Board(document, tuple(rows), tuple(extras), *self._cases(document, products))

    def missing(
        self, kind: str, number: str, line: int, *, after: str = "", limit: int = PAGE
    ) -> tuple[str, ...]:
        """Keys of the line's packs that were not seen, so many after one; none where it lists no serials."""
        document = self._documents.find(kind, number)
        if document is None:
            return ()
        return self._page(_MISSING, document, (document.document_id, line, after), limit)

    def seen(
        self, kind: str, number: str, line: int, *, after: str = "", limit: int = PAGE
    ) -> tuple[str, ...]:
        """Keys of the packs that count on a line, so many after one.

        Where lines of the same product and lot list no serials, each of them shows all these packs.
        """
        document = self._documents.find(kind, number)
        if document is None:
            return ()
        found = next(
            (one for one in self._documents.lines_of(document.document_id) if one.line == line), None
        )
        if found is None:
            return ()
        if self._documents.lists_serials(document.document_id, line):
            return self._page(_SEEN_LISTED, document, (document.document_id, line, after), limit)
        products = self._catalog.identifiers(found.product)
        query = _SEEN_COUNTED.replace("{products}", _marks(products))
        values = (document.document_id, after, *products, found.lot, found.lot)
        return self._page(query, document, values, limit)

    def extras(self, kind: str, number: str, *, after: str = "", limit: int = PAGE) -> tuple[str, ...]:
        """Keys of the packs that are on no line, so many after one; what is over on a line is not told apart."""
        board = self.board(kind, number)
        if board is None:
            return ()
        pairs = [
            (code, one.lot or "")
            for one in board.extras
            for code in (self._catalog.identifiers(one.product) if one.product else ("",))
        ]
        if not pairs:
            return ()
        query = _EXTRA.replace("{pairs}", ", ".join(["(?, ?)"] * len(pairs)))
        values = (board.document.document_id, after, *(value for pair in pairs for value in pair))
        return self._page(query, board.document, values, limit)

    def _page(self, query: str, document: Document, values: Sequence[object], limit: int) -> tuple[str, ...]:
        return tuple(key for (key,) in self._asked(query, document, (*values, limit)))

    def _asked(self, query: str, document: Document, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """Ask with the acts that count under such a document, which are words of this program."""
        acts = ", ".join(f"'{act}'" for act in acts_of(document.kind))
        return self._connection.execute(query.replace("{acts}", f"({acts})"), values).fetchall()

    def _listed(self, document: Document) -> dict[int, tuple[int, int]]:
        """Line -> (serials listed, of these seen), for the lines that list serials."""
        rows = self._asked(_LISTED, document, (document.document_id,))
        return {line: (listed, seen) for line, listed, seen in rows}

    def _unlisted(self, document: Document, *, by_serial: bool) -> dict[str, dict[str, Amount]]:
        """Product (by its main identifier) -> lot -> what was seen and is not listed by serial."""
        found: dict[str, dict[str, Amount]] = defaultdict(dict)
        query = _SUMS_UNLISTED if by_serial else _SUMS
        for product, lot, *amount in self._asked(query, document, (document.document_id,)):
            lots = found[self._catalog.main(product)]
            lots[lot] = lots.get(lot, Amount()) + Amount(*amount)
        return dict(found)

    def _cases(self, document: Document, products: Iterable[str]) -> tuple[int, int, int]:
        """Cases named, of these seen, and cases seen beside them."""
        named = {
            key
            for (key,) in self._connection.execute(
                "SELECT key FROM document_case WHERE document_id = ?", (document.document_id,)
            )
        }
        on_lines = {code for product in products for code in self._catalog.identifiers(product)}
        seen, extra = set(), 0
        for key, product in self._asked(_CASES, document, (document.document_id,)):
            around = {key, *self._trees.parents_of(key)} & named
            seen |= around & {key}
            extra += not around and product not in on_lines
        return len(named), len(seen), extra


def _marks(values: Sequence[str]) -> str:
    return f"({', '.join('?' * len(values))})"
