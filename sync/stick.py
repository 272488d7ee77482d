"""What is not delivered yet, carried by hand: EPCIS documents and a signed list of them in one file.

    unsent records -> documents -> file on a stick -> the platform's desk -> receipts -> outbox settled

The file is a ZIP with `manifest.json`, `manifest.sig` and `documents/*.jsonld`, the records in their order. What was
handed out counts as possibly arrived: when the line is back it is asked about before it is sent.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from ledger.errors import UserError
from ledger.outbox import Parcel
from ledger.signing import SigningKey, is_signed
from sync.epcis import Wire
from sync.road import Run

FORMAT = 1
EVENTS = 100
"""Records in a document: every platform takes so many."""
LONGEST = 64 * 1024 * 1024
"""Bytes of one entry of the file that are read; a longer one is none of ours."""
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError)
_SIGNED = b"TraceDesk unsent records\n"


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What lies on the stick."""

    events: int
    documents: int
    key: str
    """Public half of the key that signed, 64 hex digits."""


def export(run: Run, wire: Wire, key: SigningKey, out: BinaryIO, ledger_id: str, now: datetime) -> HandedOut:
    """Write all that is unsent; document by document, so that memory stays flat and capture goes on meanwhile."""
    listed: list[dict[str, Any]] = []
    stamp = now.strftime("%Y%m%dT%H%M%S")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for number, parcels in enumerate(_parts(run, now), 1):
            name = f"documents/{number:06d}.jsonld"
            body = wire.document(
                [one.payload for one in parcels], now, f"{wire.device_id}-stick-{stamp}-{number}"
            )
            file.writestr(name, body)
            records = [[*one.key, hashlib.sha256(one.payload).hexdigest()] for one in parcels]
            listed.append({"name": name, "sha256": hashlib.sha256(body).hexdigest(), "records": records})
        manifest = json.dumps(
            {
                "format": FORMAT,
                "ledger_id": ledger_id,
                "device_id": wire.device_id,
                "made_at": now.isoformat(),
                "key": key.public.hex(),
                "documents": listed,
            },
            ensure_ascii=False,
        ).encode("utf-8")
        file.writestr(MANIFEST, manifest)
        file.writestr(SIGNATURE, key.sign(_SIGNED + manifest).hex())
    return HandedOut(sum(len(part["records"]) for part in listed), len(listed), key.public.hex())


def _parts(run: Run, now: datetime) -> Iterator[tuple[Parcel, ...]]:
    """The unsent records in documents, each handed out in a transaction of its own."""
    after = 0
    while True:
        parcels = run(lambda books, after=after: _next_part(books.outbox.unsent(after, EVENTS)))  # type: ignore[misc]
        if not parcels:
            return
        run(lambda books, parcels=parcels: books.outbox.hand_out(parcels, now.isoformat()))  # type: ignore[misc]
        after = parcels[-1].seq
        yield parcels


def _next_part(found: tuple[Parcel, ...]) -> tuple[Parcel, ...]:
    """As many as may stand in one document: no declaration beside the event that it voids."""
    seen: set[str] = set()
    for place, parcel in enumerate(found):
        if parcel.event_id in seen:
            return found[:place]
        seen.add(parcel.event_id)
    return found


@dataclass(frozen=True, slots=True)
class Stick:
    """A file that was checked: whole, and signed by the key that it names."""

    ledger_id: str
    device_id: str
    key: str
    documents: tuple[bytes, ...]
    records: tuple[tuple[str, str, str], ...]
    """Event id, time of declaration, SHA-256 of the record."""


def read(file: BinaryIO) -> Stick:
    """Read a file and check it. Raises UserError `stick_broken` where it is not what was written."""
    try:
        with zipfile.ZipFile(file) as archive:
            body = _entry(archive, MANIFEST)
            manifest = json.loads(body)
            signature = bytes.fromhex(_entry(archive, SIGNATURE).decode("ascii"))
            if manifest["format"] != FORMAT or not is_signed(
                bytes.fromhex(manifest["key"]), signature, _SIGNED + body
            ):
                raise UserError("stick_broken", what=SIGNATURE)
            documents = []
            for listed in manifest["documents"]:
                document = _entry(archive, listed["name"])
                if hashlib.sha256(document).hexdigest() != listed["sha256"]:
                    raise UserError("stick_broken", what=str(listed["name"]))
                documents.append(document)
            records = tuple(
                (str(event_id), str(declared), str(digest))
                for listed in manifest["documents"]
                for event_id, declared, digest in listed["records"]
            )
            return Stick(
                manifest["ledger_id"], manifest["device_id"], manifest["key"], tuple(documents), records
            )
    except (*_BROKEN, KeyError, ValueError, TypeError, OSError, NotImplementedError, RecursionError) as error:
        raise UserError("stick_broken", what=type(error).__name__) from None


def _entry(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(name)
    plain = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not info.flag_bits & 1
    if info.file_size > LONGEST or not plain:
        raise UserError("stick_broken", what=name)
    return archive.read(name)
