"""The tables of what others say: products, documents, approvals, patients, the site's other workstations, people.

Loaded from files and from the platform, and replaced when it changes; progress of documents stands beside them,
because it is worked out with them.
"""

from __future__ import annotations

TOLD = """
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
CREATE TABLE told_document (
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (kind, number, event_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE told_void (
    event_id TEXT PRIMARY KEY,
    declared TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- What of that counts under approvals (ledger/draws.py), and which dispenses an undo elsewhere took back: others' ones,
-- and own ones, by their number.
CREATE TABLE told_draw (
    number TEXT NOT NULL,
    event_id TEXT NOT NULL,
    key TEXT NOT NULL,
    act TEXT NOT NULL,
    packs INTEGER NOT NULL,
    units INTEGER NOT NULL,
    device TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (number, event_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE told_back (
    event_id TEXT NOT NULL,
    key TEXT NOT NULL,
    by_event TEXT NOT NULL,
    own_seq INTEGER,
    PRIMARY KEY (event_id, key, by_event)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_back_by ON told_back (by_event);
CREATE INDEX told_back_own ON told_back (own_seq, key, by_event) WHERE own_seq IS NOT NULL;
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
"""What others have told, and what people are registered."""
