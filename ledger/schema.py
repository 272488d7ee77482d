"""The ledger's tables, their migrations, and the guard that refuses a file that is not ours or too new.

sqlite-utils runs the migrations and is imported only when one is due, because importing it costs more than
opening the ledger. `user_version` holds the number of the last migration that ran.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from types import MappingProxyType

from ledger.errors import LedgerForeign, LedgerNewer

APPLICATION_ID = 0x54724473
"""The bytes "TrDs" in the file header; `file` and SQLite's own tools show them."""

VERSION = 1
"""The newest schema this program knows."""

_TABLES = """
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
CREATE INDEX outbox_open ON outbox (seq) WHERE state <> 'accepted';
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

-- Reference data: what files and the platform say; loaded as a whole, replaced when it changes.
CREATE TABLE product (
    product_id INTEGER PRIMARY KEY,
    product TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    spec TEXT NOT NULL,
    maker TEXT NOT NULL,
    pack_size INTEGER,
    storage TEXT NOT NULL,
    near_expiry_days INTEGER,
    opened_days INTEGER,
    needs_approval INTEGER NOT NULL,
    second_person INTEGER NOT NULL,
    prescription_only INTEGER NOT NULL,
    split_allowed INTEGER NOT NULL
) STRICT;
CREATE TABLE product_code (
    code TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    product_id INTEGER NOT NULL REFERENCES product
) STRICT, WITHOUT ROWID;
CREATE INDEX product_code_product ON product_code (product_id);
CREATE TABLE partner (
    gln TEXT PRIMARY KEY,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    role TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE recall (
    product TEXT NOT NULL,
    lot TEXT NOT NULL,
    serial TEXT NOT NULL,
    number TEXT NOT NULL,
    class INTEGER,
    reason TEXT NOT NULL,
    day TEXT NOT NULL,
    action TEXT NOT NULL,
    withdrawn INTEGER NOT NULL,
    PRIMARY KEY (product, lot, serial, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX recall_number ON recall (number);
CREATE TABLE tree (
    key TEXT PRIMARY KEY,
    parent TEXT NOT NULL,
    product TEXT,
    serial TEXT,
    lot TEXT,
    expiry TEXT,
    expiry_precision TEXT,
    level TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tree_parent ON tree (parent);
CREATE TABLE document (
    document_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    partner TEXT,
    day TEXT,
    known INTEGER NOT NULL,
    UNIQUE (kind, number)
) STRICT;
CREATE TABLE document_line (
    document_id INTEGER NOT NULL REFERENCES document,
    line INTEGER NOT NULL,
    product TEXT NOT NULL,
    lot TEXT,
    quantity INTEGER NOT NULL,
    unit TEXT NOT NULL,
    expiry TEXT,
    expiry_precision TEXT,
    PRIMARY KEY (document_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_line_product ON document_line (document_id, product);
CREATE TABLE document_serial (
    document_id INTEGER NOT NULL REFERENCES document,
    key TEXT NOT NULL,
    line INTEGER NOT NULL,
    declared INTEGER NOT NULL,
    PRIMARY KEY (document_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_serial_line ON document_serial (document_id, line, key);
CREATE TABLE document_case (
    document_id INTEGER NOT NULL REFERENCES document,
    key TEXT NOT NULL,
    PRIMARY KEY (document_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_case_key ON document_case (key);
CREATE TABLE prescription (
    document_id INTEGER PRIMARY KEY REFERENCES document,
    patient TEXT NOT NULL,
    weeks INTEGER,
    filing TEXT NOT NULL,
    consent INTEGER NOT NULL,
    assessed INTEGER NOT NULL,
    signed INTEGER NOT NULL
) STRICT;
CREATE INDEX prescription_patient ON prescription (patient);
-- What is known of patients, sealed under keys that lie elsewhere (ledger/patients.py).
CREATE TABLE patient (
    patient TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE approval (
    document_id INTEGER PRIMARY KEY REFERENCES document,
    product TEXT NOT NULL,
    institution TEXT NOT NULL,
    patient TEXT,
    lot TEXT,
    quantity INTEGER,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    suspended INTEGER NOT NULL
) STRICT;
CREATE INDEX approval_product ON approval (product, institution);

-- How far each kind was pulled from the platform, and what it has given: so that what it no longer has can be
-- told apart from what came from files.
CREATE TABLE cursor (
    kind TEXT PRIMARY KEY,
    cursor TEXT NOT NULL,
    etag TEXT NOT NULL,
    load INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE pulled (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    load INTEGER NOT NULL,
    refused TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX pulled_refused ON pulled (kind, name) WHERE refused <> '';

-- Packs that the platform was asked about and could not tell: asked again later.
CREATE TABLE asked (
    key TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX asked_at ON asked (at);

-- What the site's other workstations have told, as facts that are not this ledger's own: no chain, no outbox, no
-- projection of the audit. What is built upon is taken into the chain first (`adopted`).
CREATE TABLE told_event (
    event_id TEXT PRIMARY KEY,
    after_seq INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE told_pack (
    key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (key, event_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE told_void (
    event_id TEXT PRIMARY KEY,
    declared TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- With row ids: the stock list names its rows by them (ledger/stocklist.py).
CREATE TABLE site_pack (
    key TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
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
    place TEXT NOT NULL
) STRICT;
CREATE INDEX site_pack_shelf ON site_pack (product, expiry) WHERE state IN ('in_stock', 'opened');
CREATE INDEX site_pack_parent ON site_pack (parent) WHERE parent IS NOT NULL;
CREATE INDEX site_pack_lot ON site_pack (product, lot);
CREATE TABLE site_code (
    code TEXT PRIMARY KEY,
    key TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX site_code_key ON site_code (key);

-- Progress of documents: a projection of the events alone, whatever the documents' lines say.
CREATE TABLE progress (
    document_id INTEGER NOT NULL REFERENCES document,
    key TEXT NOT NULL,
    seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    act TEXT NOT NULL,
    product TEXT NOT NULL,
    lot TEXT NOT NULL,
    shown INTEGER NOT NULL,
    packs INTEGER NOT NULL,
    units INTEGER NOT NULL,
    cases INTEGER NOT NULL,
    of_seq INTEGER,
    of_place INTEGER,
    PRIMARY KEY (document_id, key, seq, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX progress_seq ON progress (seq);
CREATE TABLE progress_sum (
    document_id INTEGER NOT NULL REFERENCES document,
    product TEXT NOT NULL,
    lot TEXT NOT NULL,
    act TEXT NOT NULL,
    shown INTEGER NOT NULL,
    packs INTEGER NOT NULL,
    units INTEGER NOT NULL,
    cases INTEGER NOT NULL,
    PRIMARY KEY (document_id, product, lot, act)
) STRICT, WITHOUT ROWID;
CREATE TABLE progress_end (
    document_id INTEGER PRIMARY KEY REFERENCES document,
    seq INTEGER NOT NULL,
    finished INTEGER NOT NULL
) STRICT;

-- People. The name is for the screen alone and stands in no event; an id that has signed is never given away.
CREATE TABLE person (
    person_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    verifier TEXT NOT NULL DEFAULT '',
    badge BLOB UNIQUE,
    failures INTEGER NOT NULL DEFAULT 0,
    locked INTEGER NOT NULL DEFAULT 0,
    active INTEGER NOT NULL DEFAULT 1,
    valid_until TEXT,
    pin_due INTEGER NOT NULL DEFAULT 0,
    last_in TEXT,
    source TEXT NOT NULL DEFAULT 'local'
) STRICT, WITHOUT ROWID;
CREATE TABLE seat (
    seat TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person,
    token BLOB,
    seen_at TEXT NOT NULL,
    boot TEXT NOT NULL,
    mono_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER person_no_delete BEFORE DELETE ON person BEGIN SELECT RAISE(ABORT, 'people are kept'); END;
"""

PROJECTION = MappingProxyType(
    {
        "pack": "pack_id",
        "pack_code": "key",
        "pack_event": "pack_id, seq",
        "task": "task_id",
        "verdict": "key",
    },
)
"""The tables that `Store.project` writes, with their keys: an audit makes them anew and compares."""

_APPEND_ONLY = ("event", "raw_scan", "reading", "anchor")


def _first(connection: sqlite3.Connection) -> None:
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            connection.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")


_MIGRATIONS: tuple[tuple[str, Callable[[sqlite3.Connection], None]], ...] = (("0001_first", _first),)


def scratch() -> sqlite3.Connection:
    """An empty ledger in a temporary file that nobody else sees, to fold events into once more."""
    connection = sqlite3.connect("", isolation_level=None)
    connection.execute("PRAGMA journal_mode=OFF").fetchall()
    connection.execute("PRAGMA cache_size=-64000")
    connection.execute("BEGIN")
    _first(connection)
    return connection


def guard(connection: sqlite3.Connection) -> int:
    """Return the file's schema version; raise LedgerForeign or LedgerNewer where it is not for this program."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    owner: int = connection.execute("PRAGMA application_id").fetchone()[0]
    tables: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if tables and owner != APPLICATION_ID:
        raise LedgerForeign("ledger_foreign")
    if version > VERSION:
        raise LedgerNewer("ledger_newer", found=str(version), known=str(VERSION))
    return version


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date, each migration in one transaction with its record."""
    if guard(connection) == VERSION:
        return
    from sqlite_utils import Database, Migrations

    # First of all, so that a file whose making was cut short is known for ours.
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    migrations = Migrations("tracedesk")
    for name, step in _MIGRATIONS:

        def run(db: Database, step: Callable[[sqlite3.Connection], None] = step) -> None:
            step(db.conn)

        migrations(name=name)(run)
    migrations.apply(Database(connection, execute_plugins=False))
    connection.execute(f"PRAGMA user_version={VERSION}")
