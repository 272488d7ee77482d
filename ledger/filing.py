"""Puts documents into the ledger: whole, each replacing what was known of it, never half of one.

Lines are reference data and may be sent anew at any time; what has happened under a document stays as it is.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from ledger.approval import Approval
from ledger.catalog import Catalog
from ledger.change import Change
from ledger.prescription import Prescription
from ledger.shipment import APPROVAL, PACK, PRESCRIPTION, Line, Shipment
from ledger.trees import Child, Trees


class Filing:
    """Adds and replaces documents."""

    def __init__(self, connection: sqlite3.Connection, catalog: Catalog, trees: Trees) -> None:
        self._connection = connection
        self._catalog = catalog
        self._trees = trees

    def shipment(self, new: Shipment) -> Change:
        """Add or replace an expected shipment."""
        document_id, known = self._document(new.kind, new.number, new.partner, new.day)
        declared = self._connection.execute(
            "SELECT key, line FROM document_serial WHERE document_id = ? AND declared ORDER BY key",
            (document_id,),
        ).fetchall()
        cases = self._connection.execute(
            "SELECT key FROM document_case WHERE document_id = ? ORDER BY key", (document_id,)
        ).fetchall()
        changed = self._lines(document_id, new.lines)
        if tuple(declared) != new.serials or tuple(key for (key,) in cases) != new.cases:
            changed = True
            self._connection.execute("DELETE FROM document_serial WHERE document_id = ?", (document_id,))
            self._connection.execute("DELETE FROM document_case WHERE document_id = ?", (document_id,))
            self._connection.executemany(
                "INSERT INTO document_serial (document_id, key, line, declared) VALUES (?, ?, ?, 1)",
                [(document_id, key, line) for key, line in new.serials],
            )
            self._connection.executemany(
                "INSERT INTO document_case (document_id, key) VALUES (?, ?)",
                [(document_id, key) for key in new.cases],
            )
        if changed:
            self._expand(document_id)
        return _change(known, changed)

    def prescription(self, new: Prescription) -> Change:
        """Add or replace a prescription."""
        document_id, known = self._document(PRESCRIPTION, new.number, None, new.day)
        changed = self._lines(document_id, new.lines)
        values = (new.patient, new.weeks, new.filing, new.consent, new.assessed, new.signed)
        row = self._connection.execute(
            "SELECT patient, weeks, filing, consent, assessed, signed FROM prescription WHERE document_id = ?",
            (document_id,),
        ).fetchone()
        if row != values:
            changed = True
            self._connection.execute(
                "INSERT OR REPLACE INTO prescription (document_id, patient, weeks, filing, consent, assessed,"
                " signed) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (document_id, *values),
            )
        return _change(known, changed)

    def approval(self, new: Approval) -> Change:
        """Add or replace an approval."""
        document_id, known = self._document(APPROVAL, new.number, None, None)
        values = (
            new.product,
            new.institution,
            new.patient,
            new.lot,
            new.quantity,
            new.valid_from.isoformat(),
            new.valid_to.isoformat(),
            new.suspended,
        )
        row = self._connection.execute(
            "SELECT product, institution, patient, lot, quantity, valid_from, valid_to, suspended FROM approval"
            " WHERE document_id = ?",
            (document_id,),
        ).fetchone()
        if row == values:
            return _change(known, changed=False)
        self._connection.execute(
            "INSERT OR REPLACE INTO approval (document_id, product, institution, patient, lot, quantity,"
            " valid_from, valid_to, suspended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (document_id, *values),
        )
        return _change(known, changed=True)

    def withdraw(self, kind: str, number: str) -> bool:
        """Take a document back, as if nobody had sent it; what happened under it stays. False where there is none."""
        row = self._connection.execute(
            "SELECT document_id FROM document WHERE kind = ? AND number = ? AND known", (kind, number)
        ).fetchone()
        if row is None:
            return False
        for table in ("document_line", "document_serial", "document_case", "prescription", "approval"):
            self._connection.execute(f"DELETE FROM {table} WHERE document_id = ?", row)  # noqa: S608 - our words
        named = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM progress WHERE document_id = ?1)"
            " OR EXISTS (SELECT 1 FROM progress_end WHERE document_id = ?1)",
            row,
        ).fetchone()[0]
        if named:
            self._connection.execute(
                "UPDATE document SET known = 0, partner = NULL, day = NULL WHERE document_id = ?", row
            )
        else:
            self._connection.execute("DELETE FROM document WHERE document_id = ?", row)
        return True

    def expand(self, case_keys: Iterable[str]) -> None:
        """The trees of these cases have changed: work out anew which serials the shipments around them hold."""
        around = {key for case in case_keys for key in (case, *self._trees.parents_of(case))}
        documents = {
            document_id
            for key in around
            for (document_id,) in self._connection.execute(
                "SELECT document_id FROM document_case WHERE key = ?", (key,)
            )
        }
        for document_id in sorted(documents):
            self._expand(document_id)

    def _document(
        self, kind: str, number: str, partner: str | None, day: date | None
    ) -> tuple[int, Change | None]:
        """The document's own row: its id, and what became of the row (None: it was there but only by name)."""
        values = (partner, day.isoformat() if day else None)
        row = self._connection.execute(
            "SELECT document_id, known, partner, day FROM document WHERE kind = ? AND number = ?",
            (kind, number),
        ).fetchone()
        if row is None:
            document_id = self._connection.execute(
                "INSERT INTO document (kind, number, partner, day, known) VALUES (?, ?, ?, ?, 1)"
                " RETURNING document_id",
                (kind, number, *values),
            ).fetchone()[0]
            return document_id, Change.ADDED
        if row[1:] != (1, *values):
            self._connection.execute(
                "UPDATE document SET partner = ?, day = ?, known = 1 WHERE document_id = ?", (*values, row[0])
            )
        if not row[1]:
            return row[0], Change.ADDED
        return row[0], Change.SAME if row[2:] == values else Change.CHANGED

    def _lines(self, document_id: int, lines: tuple[Line, ...]) -> bool:
        """Replace the lines where they differ; True when they did."""
        wanted = [
            (
                document_id,
                line.line,
                line.product,
                line.lot,
                line.quantity,
                line.unit,
                line.expiry.isoformat() if line.expiry else None,
                line.expiry_precision,
            )
            for line in sorted(lines, key=lambda line: line.line)
        ]
        known = self._connection.execute(
            "SELECT document_id, line, product, lot, quantity, unit, expiry, expiry_precision FROM document_line"
            " WHERE document_id = ? ORDER BY line",
            (document_id,),
        ).fetchall()
        if known == wanted:
            return False
        self._connection.execute("DELETE FROM document_line WHERE document_id = ?", (document_id,))
        self._connection.executemany(
            "INSERT INTO document_line (document_id, line, product, lot, quantity, unit, expiry, expiry_precision)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            wanted,
        )
        return True

    def _expand(self, document_id: int) -> None:
        """List the packs of the shipment's cases by serial, for each product whose tree fits its lines exactly.

        A tree that holds more or fewer packs than the lines say proves nothing about a serial: then the product
        is only counted.
        """
        execute = self._connection.execute
        execute("DELETE FROM document_serial WHERE document_id = ? AND NOT declared", (document_id,))
        cases = execute("SELECT key FROM document_case WHERE document_id = ?", (document_id,)).fetchall()
        packs: dict[str, dict[str, Child]] = defaultdict(dict)
        for (case,) in cases:
            for child in self._trees.packs(case):
                packs[self._catalog.main(child.product or "")][child.key] = child
        lines: dict[str, list[Line]] = defaultdict(list)
        for number, product, lot, quantity, unit, listed in execute(
            "SELECT line, product, lot, quantity, unit, EXISTS (SELECT 1 FROM document_serial AS serial WHERE"
            " serial.document_id = document_line.document_id AND serial.line = document_line.line)"
            " FROM document_line WHERE document_id = ? ORDER BY line",
            (document_id,),
        ).fetchall():
            if unit == PACK and not listed:
                lines[self._catalog.main(product)].append(Line(number, product, quantity, lot))
        for product, wanted in lines.items():
            self._connection.executemany(
                "INSERT INTO document_serial (document_id, key, line, declared) VALUES (?, ?, ?, 0)",
                [(document_id, key, line) for key, line in _fitted(wanted, packs[product])],
            )


def _fitted(lines: list[Line], packs: dict[str, Child]) -> list[tuple[str, int]]:
    """Each pack with its line, or nothing at all where packs and lines do not fit exactly."""
    room = {line.line: line.quantity for line in lines}
    if len(packs) != sum(room.values()):
        return []
    found = []
    for key, child in sorted(packs.items(), key=lambda item: (item[1].lot is None, item[0])):
        takers = [line for line in lines if line.lot == child.lot] + [
            line for line in lines if line.lot is None
        ]
        line = next((line for line in takers if room[line.line]), None)
        if line is None:
            return []
        room[line.line] -= 1
        found.append((key, line.line))
    return found


def _change(row: Change | None, changed: bool) -> Change:
    if row is Change.ADDED:
        return Change.ADDED
    return Change.CHANGED if changed or row is Change.CHANGED else Change.SAME
