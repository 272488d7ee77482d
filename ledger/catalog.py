"""Reference data: what a product is called.

Products are known by GTIN-14 or by the 7-digit identifier that begins a 20-digit drug code.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """A product as people know it."""

    product: str
    """GTIN-14 or 7-digit drug identifier."""
    name_zh: str
    name_en: str
    spec: str = ""
    maker: str = ""
    pack_size: int | None = None
    """Units in one sales pack, where known."""


class Catalog:
    """The products of one ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def product(self, product: str) -> Product | None:
        """The product with this identifier."""
        row = self._connection.execute(
            "SELECT product, name_zh, name_en, spec, maker, pack_size FROM product WHERE product = ?",
            (product,),
        ).fetchone()
        return Product(*row) if row else None

    def load(self, products: Iterable[Product]) -> int:
        """Add or replace products; return how many."""
        count = 0
        for one in products:
            self._connection.execute(
                "INSERT INTO product (product, name_zh, name_en, spec, maker, pack_size)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (product) DO UPDATE SET name_zh = excluded.name_zh,"
                " name_en = excluded.name_en, spec = excluded.spec, maker = excluded.maker,"
                " pack_size = excluded.pack_size",
                (one.product, one.name_zh, one.name_en, one.spec, one.maker, one.pack_size),
            )
            count += 1
        return count
