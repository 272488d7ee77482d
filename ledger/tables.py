"""The tables of the ledger itself: facts, what is folded from them, tasks, delivery and proof. Only SQL."""

from __future__ import annotations

OWN = """
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Facts. Nothing in these two tables is ever changed or removed.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    body BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX event_at ON event (at);
-- What was dispensed to whom, by the keyed commitment to the patient (ledger/treatment.py); other events cost nothing.
CREATE INDEX event_subject ON event
    (substr(CAST(body AS TEXT), instr(CAST(body AS TEXT), '["subject","') + 12, 36))
    WHERE kind = 'dispense' AND instr(CAST(body AS TEXT), '["subject","') > 0;
CREATE TABLE raw_scan (
    scan_id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    text BLOB NOT NULL,
    symbology TEXT NOT NULL,
    source TEXT NOT NULL,
    device TEXT NOT NULL,
    operator TEXT NOT NULL,
    verb TEXT NOT NULL,
    parser TEXT NOT NULL,
    outcome TEXT NOT NULL,
    problem TEXT NOT NULL,
    seq INTEGER,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX raw_scan_text ON raw_scan (text);
CREATE INDEX raw_scan_at ON raw_scan (at);
-- What a later parser made of an old scan: a new fact beside the old one.
CREATE TABLE reading (
    scan_id INTEGER NOT NULL REFERENCES raw_scan,
    parser TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    problem TEXT NOT NULL,
    PRIMARY KEY (scan_id, parser)
) STRICT, WITHOUT ROWID;

-- The projection: can be rebuilt from the events at any time, and is compared with them by audit.
CREATE TABLE pack (
    pack_id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    product TEXT,
    serial TEXT,
    lot TEXT,
    expiry TEXT,
    expiry_precision TEXT,
    level TEXT NOT NULL,
    units INTEGER,
    remaining INTEGER,
    out INTEGER,
    parent TEXT,
    place TEXT NOT NULL DEFAULT '',
    last_seq INTEGER NOT NULL
) STRICT;
CREATE INDEX pack_product ON pack (product, lot);
CREATE INDEX pack_shelf ON pack (product, expiry) WHERE state IN ('in_stock', 'opened');
CREATE INDEX pack_here ON pack (expiry, place, state)
    WHERE state IN ('in_stock', 'opened', 'quarantined', 'in_transit');
CREATE INDEX pack_parent ON pack (parent) WHERE parent IS NOT NULL;
CREATE TABLE pack_code (
    key TEXT PRIMARY KEY,
    pack_id INTEGER NOT NULL REFERENCES pack
) STRICT, WITHOUT ROWID;
CREATE INDEX pack_code_pack ON pack_code (pack_id);
CREATE TABLE pack_event (
    pack_id INTEGER NOT NULL REFERENCES pack,
    seq INTEGER NOT NULL REFERENCES event,
    PRIMARY KEY (pack_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX pack_event_seq ON pack_event (seq);

-- Worklist: what waits for a person, and what the platform said of a pack. A projection too.
CREATE TABLE task (
    task_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    at TEXT NOT NULL,
    words TEXT NOT NULL,
    about TEXT NOT NULL,
    declared TEXT NOT NULL,
    opened INTEGER NOT NULL,
    resolved INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX task_open ON task (key, kind) WHERE resolved IS NULL;
CREATE INDEX task_key ON task (key);
CREATE TABLE verdict (
    key TEXT PRIMARY KEY,
    verdict TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Delivery. The payload is frozen at capture; only the columns around it change.
CREATE TABLE outbox (
    seq INTEGER NOT NULL REFERENCES event,
    event_id TEXT NOT NULL,
    declaration_time TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'pending',
    batch_id INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_try REAL NOT NULL DEFAULT 0,
    together TEXT NOT NULL DEFAULT '',
    last_error TEXT NOT NULL DEFAULT '',
    payload BLOB NOT NULL,
    payload_sha256 BLOB NOT NULL,
    PRIMARY KEY (event_id, declaration_time)
) STRICT;
CREATE INDEX outbox_open ON outbox (seq, state) WHERE state <> 'accepted';
CREATE INDEX outbox_batch ON outbox (batch_id) WHERE batch_id IS NOT NULL;
CREATE TABLE batch (
    batch_id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    made_at TEXT NOT NULL,
    job_url TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX batch_open ON batch (batch_id) WHERE state = 'open';

-- Proof: what somebody outside has confirmed of the chain. Columns of the key stand first in tables WITHOUT
-- ROWID, else SQLite 3.40 finds NULLs in its integrity check where there are none.
CREATE TABLE anchor (
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    source TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (seq, hash, source)
) STRICT, WITHOUT ROWID;
"""
"""What this ledger has recorded, and everything that can be worked out from it."""
