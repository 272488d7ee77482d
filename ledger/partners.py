"""Partners and sites by GLN: who a delivery comes from, where a pack goes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from ledger.change import Change

ROLES = ("supplier", "maker", "warehouse", "hospital", "pharmacy", "ward", "carrier", "authority", "other")
"""What a partner or a site is to us."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A company, an institution or a place with a Global Location Number."""

    gln: str
    """13 digits with a check digit."""
    name_zh: str
    name_en: str
    role: str = "other"


class Partners:
    """The partners and sites of one ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def partner(self, gln: str) -> Partner | None:
        """The partner or site with this GLN."""
        row = self._connection.execute(
            "SELECT gln, name_zh, name_en, role FROM partner WHERE gln = ?", (gln,)
        ).fetchone()
        return Partner(*row) if row else None

    def all(self, role: str | None = None) -> tuple[Partner, ...]:
        """Every partner, or those of one role, by Chinese name."""
        rows = self._connection.execute(
            "SELECT gln, name_zh, name_en, role FROM partner WHERE ? IS NULL OR role = ? ORDER BY name_zh, gln",
            (role, role),
        )
        return tuple(Partner(*row) for row in rows)

    def put(self, new: Partner) -> Change:
        """Add or replace a partner."""
        known = self.partner(new.gln)
        if known == new:
            return Change.SAME
        self._connection.execute(
            "INSERT INTO partner (gln, name_zh, name_en, role) VALUES (?, ?, ?, ?) ON CONFLICT (gln) DO UPDATE"
            " SET name_zh = excluded.name_zh, name_en = excluded.name_en, role = excluded.role",
            (new.gln, new.name_zh, new.name_en, new.role),
        )
        return Change.CHANGED if known else Change.ADDED

    def withdraw(self, gln: str) -> bool:
        """Take a partner out; False where there is none."""
        return self._connection.execute("DELETE FROM partner WHERE gln = ?", (gln,)).rowcount > 0
