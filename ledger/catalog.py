"""The products of one ledger, found by any of their identifiers.

A product has one or more identifiers: the GTIN-14 of the pack, the 7-digit identifier that begins a 20-digit
drug code, the device identifier of a UDI (GS1, MA, HIBC), a PPN. All of them name the same product, so that the
carton's GTIN and the drug code beside it are never taken for two medicines.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ledger.change import Change
from ledger.memory import Memory
from ledger.product import Product, all_identifiers, codes_of, meant

__all__ = ["Catalog", "Product"]


_COLUMNS = (
    "product, name_zh, name_en, spec, maker, pack_size, storage, near_expiry_days, opened_days,"
    " needs_approval, second_person, prescription_only, split_allowed"
)
_BY_CODE = (
    f"SELECT product_id, {_COLUMNS} FROM product"  # noqa: S608 - our own words only
    " WHERE product_id = (SELECT product_id FROM product_code WHERE code = ?)"
)
_INSERT = (
    f"INSERT INTO product ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    " RETURNING product_id"
)
_UPDATE = (
    f"UPDATE product SET ({_COLUMNS}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    " WHERE product_id = ?"
)


class Catalog:
    """Products by identifier; every look-up is one or two index probes."""

    def __init__(self, connection: sqlite3.Connection, memory: Memory) -> None:
        self._connection = connection
        self._memory = memory

    def product(self, identifier: str) -> Product | None:
        """The product that bears this identifier."""
        return self._memory.of("product", identifier, lambda: self._read_product(identifier))

    def same(self, one: str, other: str) -> bool:
        """True when both identifiers name one product; an identifier always names the same product as itself."""
        return one == other or other in self.identifiers(one)

    def identifiers(self, identifier: str) -> tuple[str, ...]:
        """All identifiers of the product that bears this one, sorted; this one alone where it is unknown."""
        return self._memory.of("identifiers", identifier, lambda: self._read_identifiers(identifier))

    def main(self, identifier: str) -> str:
        """The identifier that the product is mainly known by; the given one where it is unknown."""
        row = self._connection.execute(
            "SELECT product FROM product_code JOIN product USING (product_id) WHERE code = ?", (identifier,)
        ).fetchone()
        return row[0] if row else identifier

    def pack_size(self, identifier: str) -> int | None:
        """Units in a pack of the product, where known."""
        product = self.product(identifier)
        return product.pack_size if product else None

    def size(self) -> int:
        """How many products there are."""
        count: int = self._connection.execute("SELECT count(*) FROM product").fetchone()[0]
        return count

    def search(self, text: str, limit: int = 20) -> tuple[Product, ...]:
        """Products whose identifier begins with the text or whose name holds it, at most so many, by name."""
        like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = self._connection.execute(
            f"SELECT product_id, {_COLUMNS} FROM product WHERE name_zh LIKE ? ESCAPE '\\'"  # noqa: S608
            " OR name_en LIKE ? ESCAPE '\\' OR product_id IN"
            " (SELECT product_id FROM product_code WHERE code LIKE ? ESCAPE '\\') ORDER BY name_zh, product LIMIT ?",
            (like, like, like[1:], limit),
        ).fetchall()
        return tuple(self._made(row) for row in rows)

    def load(self, products: Iterable[Product]) -> int:
        """Add or replace products; return how many were given."""
        given = list(products)
        known = self.known(code for one in given for code in codes_of(one))
        return len(self.put_all(given, known))

    def known(self, identifiers: Iterable[str]) -> dict[str, Product]:
        """The products that bear any of these identifiers, by each of those: one look-up for many."""
        wanted = dict.fromkeys(identifiers)
        found: dict[str, Product] = {}
        for some in _parts(list(wanted)):
            marks = ", ".join("?" * len(some))
            codes = self._connection.execute(
                f"SELECT code, product_id FROM product_code WHERE code IN ({marks})",  # noqa: S608
                some,
            ).fetchall()
            products = self._by_id(sorted({product_id for _, product_id in codes}))
            found.update((code, products[product_id]) for code, product_id in codes)
        return found

    def put_all(self, products: Iterable[Product], known: Mapping[str, Product]) -> list[Change]:
        """`put` for many, in their order, much faster; `known` is what `known` said of all their identifiers."""
        with self._memory.asleep():
            return self._put_all(products, known)

    def _put_all(self, products: Iterable[Product], known: Mapping[str, Product]) -> list[Change]:
        changes: list[Change] = []
        fresh: list[Product] = []
        renewed: list[Product] = []
        touched: set[str] = set()
        for one in products:
            codes = codes_of(one)
            before = known.get(one.product)
            if touched.isdisjoint(codes):
                if (
                    before
                    and before.product == one.product
                    and all_identifiers(one, before) == before.identifiers
                ):
                    same = _values(one) == _values(before)
                    changes.append(Change.SAME if same else Change.CHANGED)
                    if not same:
                        renewed.append(one)
                        touched.update(codes)
                    continue
                if not any(code in known for code in codes):
                    fresh.append(one)
                    touched.update(codes)
                    changes.append(Change.ADDED)
                    continue
            # Another row of the same call, or an identifier that moves: one after the other.
            self._write(fresh, renewed)
            fresh, renewed = [], []
            changes.append(self.put(one))
            touched.update(codes, *(codes_of(known[code]) for code in codes if code in known))
        self._write(fresh, renewed)
        return changes

    def put(self, new: Product) -> Change:
        """Add the product, or replace the one that bears its main identifier, else the one that is `meant`.

        The identifiers given are all it has; given none, it keeps those it had. An identifier that another
        product bore until now is taken from that one, which goes when it has none left.
        """
        row = self._holder(new)
        known = self._made(row) if row else None
        identifiers = all_identifiers(new, known)
        if known and (*_values(new), identifiers) == (*_values(known), known.identifiers):
            return Change.SAME
        self._release(identifiers, row[0] if row else None)
        if row:
            product_id = row[0]
            self._connection.execute(_UPDATE, (*_values(new), product_id))
        else:
            product_id = self._connection.execute(_INSERT, _values(new)).fetchone()[0]
        if known is None or known.identifiers != identifiers:
            self._connection.execute("DELETE FROM product_code WHERE product_id = ?", (product_id,))
            self._connection.executemany(
                "INSERT INTO product_code (code, kind, product_id) VALUES (?, ?, ?)",
                [(code, kind, product_id) for kind, code in identifiers],
            )
        return Change.CHANGED if known else Change.ADDED

    def withdraw(self, identifier: str) -> bool:
        """Take a product out of the catalogue with all its identifiers; False where there is none."""
        row = self._connection.execute(
            "SELECT product_id FROM product_code WHERE code = ?", (identifier,)
        ).fetchone()
        if row is None:
            return False
        self._connection.execute("DELETE FROM product_code WHERE product_id = ?", row)
        self._connection.execute("DELETE FROM product WHERE product_id = ?", row)
        return True

    def _read_product(self, identifier: str) -> Product | None:
        row = self._connection.execute(_BY_CODE, (identifier,)).fetchone()
        return self._made(row) if row else None

    def _read_identifiers(self, identifier: str) -> tuple[str, ...]:
        rows = self._connection.execute(
            "SELECT code FROM product_code WHERE product_id ="
            " (SELECT product_id FROM product_code WHERE code = ?) ORDER BY code",
            (identifier,),
        ).fetchall()
        return tuple(code for (code,) in rows) or (identifier,)

    def _write(self, fresh: list[Product], renewed: list[Product]) -> None:
        """Insert products none of whose identifiers is known, and replace those that keep all they had."""
        self._connection.executemany(
            _UPDATE.replace("product_id = ?", "product = ?"),
            [(*_values(one), one.product) for one in renewed],
        )
        last = self._connection.execute("SELECT coalesce(max(product_id), 0) FROM product").fetchone()[0]
        numbered = list(enumerate(fresh, last + 1))
        self._connection.executemany(
            f"INSERT INTO product (product_id, {_COLUMNS}) VALUES (?{', ?' * 13})",  # noqa: S608
            [(product_id, *_values(one)) for product_id, one in numbered],
        )
        self._connection.executemany(
            "INSERT INTO product_code (code, kind, product_id) VALUES (?, ?, ?)",
            [(code, kind, product_id) for product_id, one in numbered for kind, code in all_identifiers(one)],
        )

    def _by_id(self, ids: list[int]) -> dict[int, Product]:
        marks = ", ".join("?" * len(ids))
        codes: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for product_id, kind, code in self._connection.execute(
            f"SELECT product_id, kind, code FROM product_code WHERE product_id IN ({marks})"  # noqa: S608
            " ORDER BY product_id, kind, code",
            ids,
        ):
            codes[product_id].append((kind, code))
        rows = self._connection.execute(
            f"SELECT product_id, {_COLUMNS} FROM product WHERE product_id IN ({marks})",  # noqa: S608
            ids,
        )
        return {row[0]: _product(row[1:], codes[row[0]]) for row in rows}

    def _holder(self, new: Product) -> tuple[Any, ...] | None:
        """The stored product that is meant, as `meant` says."""
        for code in codes_of(new):
            row: tuple[Any, ...] | None = self._connection.execute(_BY_CODE, (code,)).fetchone()
            if row and (code == new.product or meant(self._made(row), new.identifiers)):
                return row
        return None

    def _release(self, wanted: tuple[tuple[str, str], ...], keeper: int | None) -> None:
        """Take the identifiers from other products that bear them; a product without any goes."""
        for _, code in wanted:
            row = self._connection.execute(
                "SELECT product_id, product FROM product_code JOIN product USING (product_id) WHERE code = ?",
                (code,),
            ).fetchone()
            if row is None or row[0] == keeper:
                continue
            loser, known_by = row
            self._connection.execute("DELETE FROM product_code WHERE code = ?", (code,))
            left = self._connection.execute(
                "SELECT code FROM product_code WHERE product_id = ? ORDER BY kind, code LIMIT 1", (loser,)
            ).fetchone()
            if left is None:
                self._connection.execute("DELETE FROM product WHERE product_id = ?", (loser,))
            elif known_by == code:
                self._connection.execute(
                    "UPDATE product SET product = ? WHERE product_id = ?", (left[0], loser)
                )

    def _made(self, row: tuple[Any, ...]) -> Product:
        codes = self._connection.execute(
            "SELECT kind, code FROM product_code WHERE product_id = ? ORDER BY kind, code", (row[0],)
        ).fetchall()
        return _product(row[1:], codes)


def _values(product: Product) -> tuple[object, ...]:
    return (
        product.product,
        product.name_zh,
        product.name_en,
        product.spec,
        product.maker,
        product.pack_size,
        product.storage,
        product.near_expiry_days,
        product.opened_days,
        product.needs_approval,
        product.second_person,
        product.prescription_only,
        product.split_allowed,
    )


def _product(values: tuple[Any, ...], codes: list[tuple[str, str]]) -> Product:
    made: list[Any] = [*values[:-4], *map(bool, values[-4:]), tuple(codes)]
    return Product(*made)


def _parts(codes: list[str]) -> Iterator[list[str]]:
    """No more at once than SQLite takes as parameters."""
    for start in range(0, len(codes), 10_000):
        yield codes[start : start + 10_000]
