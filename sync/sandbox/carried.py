"""The sandbox platform's desk for sticks: takes records that came by hand and writes the receipts."""

from __future__ import annotations

import hashlib
import io
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.signing import SigningKey
from sync.lint import document_faults, events_in, identity
from sync.receipts import Receipt, made
from sync.sandbox.store import Conflict, SandboxStore
from sync.stick import read

KEY = SigningKey(Ed25519PrivateKey.generate())
"""What receipts are signed with; another one in each process, so that nobody takes it for a real platform's."""


def take(store: SandboxStore, file: bytes, dedupe: str) -> bytes:
    """Store what is on the stick, record by record; the receipts. Raises UserError where the file is not whole."""
    stick = read(io.BytesIO(file))
    digests = {(event_id, declared): digest for event_id, declared, digest in stick.records}
    receipts: list[Receipt] = []
    for body in stick.documents:
        document = json.loads(body)
        faults = {fault.at.split(".")[1] for fault in document_faults(document) if "." in fault.at}
        for place, event in enumerate(events_in(document)):
            if not isinstance(event, dict):
                continue
            event_id, declared = identity(event)
            plain = event_id.removeprefix("urn:uuid:")
            words = "breaks a rule of EPCIS" if str(place) in faults else ""
            if not words:
                try:
                    store.save([event], dedupe)
                except Conflict:
                    words = "is held with other content"
            receipts.append(
                Receipt(
                    plain,
                    declared,
                    "refused" if words else "accepted",
                    digests.get((plain, declared), hashlib.sha256(b"").hexdigest()),
                    words,
                )
            )
    return made("TraceDesk sandbox", receipts, KEY)
