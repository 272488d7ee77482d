"""Delivery by hand: a signed file out, receipts back, and each record is settled once whichever road it took."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import UserError
from ledger.outbox import Batch
from ledger.signing import SigningKey
from sync import stick
from sync.courier import Courier
from sync.lint import document_faults
from sync.platform import Platform
from sync.receipts import Receipt, Settled, made, read, settle
from sync.sandbox.carried import KEY as SANDBOX_KEY
from sync.sandbox.server import Sandbox, serve
from tests.sync.books import WIRE, TinyBooks, event
from tests.sync.test_crash import held, ours
from tests.sync.victim import QUICK, drain, fill

NOW = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)


@pytest.fixture
def books() -> Iterator[TinyBooks]:
    made_ = TinyBooks()
    yield made_
    made_.close()


@pytest.fixture
def server() -> Iterator[Sandbox]:
    running = serve()
    yield running
    running.stop()


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return SigningKey.of(tmp_path)


def export(books: TinyBooks, key: SigningKey) -> bytes:
    out = io.BytesIO()
    stick.export(books.run, WIRE, key, out, "ledger-1", NOW)
    return out.getvalue()


def park(books: TinyBooks) -> Callable[[int, list[tuple[str, str]], str], int]:
    return lambda batch_id, keys, words: books.run(lambda within: within.outbox.park(batch_id, keys, words))


def bring_back(books: TinyBooks, body: bytes, key: str = "") -> Settled:
    return settle(books.run, park(books), read(body, key), NOW.isoformat())


def hand_in(server: Sandbox, file: bytes) -> bytes:
    answer = httpx.post(f"{server.url}/unsent", content=file, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_out_on_a_stick_and_back_with_receipts(books: TinyBooks, server: Sandbox, key: SigningKey) -> None:
    fill(books)
    for seq in range(6, 260):
        books.add(event(seq))
    file = export(books, key)
    found = stick.read(io.BytesIO(file))
    assert len(found.documents) == 4  # a declaration starts a new one
    assert [(f"urn:uuid:{event_id}", declared) for event_id, declared, _ in found.records] == ours(books)
    for document in found.documents:
        assert document_faults(json.loads(document)) == ()
    receipts = hand_in(server, file)
    assert held(server) == Counter(ours(books))
    assert bring_back(books, receipts, SANDBOX_KEY.public.hex()) == Settled(accepted=259)
    assert books.outbox.summary().pending == 0
    assert bring_back(books, receipts) == Settled(known=259)


def test_what_was_carried_is_asked_about_when_the_line_is_back(
    books: TinyBooks, server: Sandbox, key: SigningKey
) -> None:
    fill(books)
    file = export(books, key)
    hand_in(server, file)  # and the receipts are lost on the way home
    books.add(event(9))
    assert drain(books, server.url, "none").pending == 0
    assert held(server) == Counter(ours(books))


def test_a_stick_that_never_arrived_loses_nothing(books: TinyBooks, server: Sandbox, key: SigningKey) -> None:
    fill(books)
    export(books, key)
    export(books, key)
    assert drain(books, server.url, "unknown").pending == 0
    assert held(server) == Counter(ours(books))


def test_many_carried_batches_are_taken_up_one_at_a_time(
    books: TinyBooks, server: Sandbox, key: SigningKey
) -> None:
    for seq in range(1, 451):
        books.add(event(seq))
    hand_in(server, export(books, key))
    held_at_once: list[int] = []

    def run(job: Callable[[TinyBooks], object]) -> object:
        found = books.run(job)
        if isinstance(found, Batch):
            held_at_once.append(len(found.parcels))
        return found

    platform = Platform(server.url)
    assert Courier(run, platform, WIRE, QUICK).drain().accepted == 450  # type: ignore[arg-type]
    platform.close()
    assert held_at_once == [100, 100, 100, 100, 50]
    assert server.held() == 450


def test_what_waits_for_a_person_stays_here_with_all_that_stands_on_it(
    books: TinyBooks, key: SigningKey
) -> None:
    for seq, pack in ((1, 1), (2, 1), (3, 3)):
        books.add(event(seq, pack=pack), packs=(pack,))
    batch = books.run(lambda within: within.outbox.next_batch(0.0, "", 1, 10**6))
    assert batch is not None
    park(books)(batch.batch_id, [batch.parcels[0].key], "no")
    assert [seq for _, _, seq in numbers(books, export(books, key))] == [3]


def numbers(books: TinyBooks, file: bytes) -> list[tuple[str, str, int]]:
    by_key = {
        (event_id, declared): seq
        for event_id, declared, seq in books.connection.execute(
            "SELECT event_id, declaration_time, seq FROM outbox"
        )
    }
    return [(one, when, by_key[one, when]) for one, when, _ in stick.read(io.BytesIO(file)).records]


def test_a_refused_record_is_parked_with_the_platforms_words(books: TinyBooks) -> None:
    books.add(event(1))
    ((event_id, declared),) = books.connection.execute(
        "SELECT event_id, declaration_time FROM outbox"
    ).fetchall()
    digest = books.connection.execute("SELECT lower(hex(payload_sha256)) FROM outbox").fetchone()[0]
    body = made("platform", [Receipt(event_id, declared, "refused", digest, "unknown place")])
    assert bring_back(books, body) == Settled(refused=1)
    assert books.states() == {1: "parked"}
    assert books.errors() == {1: "unknown place"}
    body = made("platform", [Receipt(event_id, declared, "accepted", digest)])
    assert bring_back(books, body) == Settled(accepted=1)


def test_a_receipt_for_other_bytes_settles_nothing(books: TinyBooks) -> None:
    books.add(event(1))
    event_id = books.connection.execute("SELECT event_id FROM outbox").fetchone()[0]
    receipts = [
        Receipt(event_id, "", "accepted", "00" * 32),
        Receipt(event_id, "", "unknown", ""),
        Receipt("0195f0c0-0001-7001-8000-000000000001", "", "accepted", "00" * 32),
    ]
    assert bring_back(books, made("platform", receipts)) == Settled(foreign=3)
    assert books.states() == {1: "pending"}


def test_the_platforms_own_events_are_receipts_where_they_agree(books: TinyBooks) -> None:
    books.add(event(1))
    books.add(event(2))
    first, second = (
        json.loads(payload)
        for (payload,) in books.connection.execute("SELECT payload FROM outbox ORDER BY seq")
    )
    events = [first, {**second, "bizStep": "shipping"}]
    body = json.dumps({"epcisBody": {"queryResults": {"resultsBody": {"eventList": events}}}}).encode()
    assert bring_back(books, body) == Settled(accepted=1, foreign=1)
    assert books.states() == {1: "accepted", 2: "pending"}


def test_only_the_platforms_own_signature_counts_where_its_key_is_set(key: SigningKey) -> None:
    other = SigningKey(Ed25519PrivateKey.generate())
    body = made("platform", [Receipt("x", "", "accepted")], key)
    assert read(body, key.public.hex())
    changed = body.replace(b'"accepted"', b'"refused"')
    for forged in (
        changed,
        made("platform", [], other),
        made("platform", []),
        b'{"format": 1, "signature": "00", "receipts": [{"eventID": "\\ud800"}]}',
        json.dumps({"epcisBody": {"eventList": []}}).encode(),
    ):
        with pytest.raises(UserError) as caught:
            read(forged, key.public.hex())
        assert caught.value.code == "receipts_unsigned"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"format": 2, "receipts": []}', b'{"format": 1, "receipts": [1]}', b"[" * 100_000,
     b'{"format": 1, "receipts": [{"state": "accepted"}]}',
     b'{"format": 1, "receipts": [{"eventID": "\\ud800", "state": "accepted"}]}',
     b'{"format": 1, "receipts": [{"eventID": "x", "state": "refused", "words": "\\udfff"}]}',
     b'{"epcisBody": {"eventList": [{"eventID": "\\ud800"}]}}'],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_file_of_receipts_is_said(body: bytes) -> None:
    with pytest.raises(UserError) as caught:
        read(body)
    assert caught.value.code == "receipts_broken"


def rewritten(file: bytes, name: str, change: Callable[[bytes], bytes | None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as before, zipfile.ZipFile(out, "w") as after:
        for entry in before.namelist():
            body = before.read(entry)
            new = change(body) if entry == name else body
            if new is not None:
                after.writestr(entry, new)
    return out.getvalue()


def packed(file: bytes, way: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as before, zipfile.ZipFile(out, "w", way) as after:
        for entry in reversed(before.namelist()):
            after.writestr(entry, before.read(entry))
    return out.getvalue()


def torn(file: bytes, at: int) -> bytes:
    """Damaged in the first entry, what says where everything lies being whole."""
    place = file.index(stick.MANIFEST.encode()) + at
    return file[:place] + bytes(255 - byte for byte in file[place : place + 3]) + file[place + 3 :]


def test_a_file_that_was_changed_is_refused(books: TinyBooks, server: Sandbox, key: SigningKey) -> None:
    fill(books)
    file = export(books, key)
    first = stick.read(io.BytesIO(file)).documents[0]
    broken = (
        rewritten(file, "documents/000001.jsonld", lambda body: body.replace(b"receiving", b"accepting")),
        rewritten(file, "documents/000001.jsonld", lambda body: None),
        rewritten(file, stick.MANIFEST, lambda body: body.replace(b"ledger-1", b"ledger-2")),
        rewritten(file, stick.SIGNATURE, lambda body: b"00" * 64),
        rewritten(file, stick.SIGNATURE, lambda body: None),
        file[: len(file) // 2],
        first,
        b"",
        rewritten(file, stick.MANIFEST, lambda body: b"[" * 100_000),
        packed(file, zipfile.ZIP_LZMA),
        *(torn(packed(file, zipfile.ZIP_DEFLATED), at) for at in (6, 45, 60, 80)),
    )
    for one in broken:
        with pytest.raises(UserError) as caught:
            stick.read(io.BytesIO(one))
        assert caught.value.code == "stick_broken"
    assert httpx.post(f"{server.url}/unsent", content=broken[0], trust_env=False).status_code == 400
    assert server.held() == 0
