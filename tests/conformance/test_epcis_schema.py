"""Our documents against GS1's own EPCIS 2.0 JSON Schema, with the formats asserted.

Without its format checkers the schema lets "not a uri" and local times pass, so the first tests prove that they
are at work.
"""

# ruff: noqa: E501

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from ledger.codes.code import Kind
from ledger.event import DocumentRef, PackFacts
from sync import vocabulary
from sync.courier import Courier
from sync.lint import document_faults
from sync.pace import Pace
from sync.platform import Platform
from sync.sandbox.server import serve
from sync.steps import STEPS
from tests.shared import SHARED, needs_shared, shared
from tests.sync.books import WIRE, TinyBooks, event

GOLDEN = sorted((SHARED / "data/epcis/golden").iterdir()) if SHARED else []


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(shared("data/epcis/EPCIS-JSON-Schema.json").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> Draft7Validator:
    return Draft7Validator(schema, format_checker=FormatChecker())


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every document that the sandbox got from a courier that had a hard day."""
    return written(tmp_path_factory.mktemp("documents"))


def written(folder: Path) -> list[Path]:
    """What delivery writes of events of every kind, through faults, as the sandbox kept it in the folder."""
    books = TinyBooks()
    server = serve(faults=["cut-after", "500", "reject=17", "413=20"], keep_documents=folder)
    try:
        for seq, one in enumerate(varied(), 1):
            books.add(replace(one, seq=seq), packs=(seq,))
        quick = Pace(first=0.02, limit=0.05, polls=(0.0, 0.02), settle=0.02)
        result = Courier(books.run, Platform(server.url), WIRE, quick).drain()
        assert (result.parked, result.pending) == (1, 0)
    finally:
        server.stop()
        books.close()
    return sorted(folder.iterdir())


def varied() -> Iterator[Any]:
    """Events of every kind, of every sort of code, with and without what may be absent."""
    packs = (
        PackFacts("cn20:81234560123456789012", Kind.CN20, "8123456", "012345678"),
        PackFacts("ma:MA.156.M0.100221.10101/SN0001", Kind.MA, "MA.156.M0.100221.10101", "SN0001", "L/1"),
        PackFacts("hibc:A123BJC5D6E71/77D/99", Kind.HIBC, "A123BJC5D6E71", "77D/99", "LOT 9$"),
        PackFacts("ppn:111234567842/AB12CD", Kind.PPN, "111234567842", "AB12CD"),
        PackFacts("sscc:095212340000000013", Kind.SSCC),
        PackFacts('gs1:09521234000013/A"%<>', Kind.GS1, "09521234000013", 'A"%<>', "批 1"),
        PackFacts("", Kind.GS1, "09521234000013", None, "AB-77"),
        PackFacts("opaque:乐城 7", Kind.OPAQUE),
    )
    number = 0
    for kind in STEPS:
        for pack in packs:
            for more in (
                {},
                {"partner": "9521234000006"},
                {"partner": "某公司", "documents": (DocumentRef("desadv", "DN/7", "9521234000006"), DocumentRef("prescription", "处方 7"))},
                {"place": "", "operator": "", "second": "op-2"},
            ):  # fmt: skip
                number += 1
                yield replace(
                    event(number, kind),
                    packs=(pack,),
                    detail=(("parent", "sscc:095212340000000020"),),
                    **more,
                )


@needs_shared
def test_the_uri_and_date_time_checkers_are_at_work() -> None:
    checker = FormatChecker()
    for kind, bad, good in (
        ("uri", "not a uri", "https://id.gs1.org/01/09521234000013"),
        ("date-time", "2026-11-20T09:01:02", "2026-11-20T09:01:02+08:00"),
    ):
        assert not checker.conforms(bad, kind), f"no {kind} checker: install jsonschema[format-nongpl]"
        assert checker.conforms(good, kind)


@needs_shared
@pytest.mark.parametrize(
    "change",
    [
        {"bizStep": "returning"},
        {"epcList": ["not a uri"]},
        {"eventTime": "2026-11-20T09:01:02"},
        {"operator": "op-1"},
        {"quantityList": [{"epcClass": "https://id.gs1.org/01/09521234000013", "quantity": 1, "td:x": 1}]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_schema_refuses_what_is_wrong(validator: Draft7Validator, change: dict[str, Any]) -> None:
    document = json.loads(WIRE.document([WIRE.event_bytes(event(1))], datetime.now(UTC), "d"))
    assert list(validator.iter_errors(document)) == []
    document["epcisBody"]["eventList"][0].update(change)
    assert list(validator.iter_errors(document))


@needs_shared
def test_every_document_received_is_valid(validator: Draft7Validator, received: list[Path]) -> None:
    assert len(received) > 5
    for path in received:
        document = json.loads(path.read_bytes())
        errors = [
            f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(document)
        ]
        assert not errors, (path.name, errors[:3])
        assert document_faults(document) == ()


@needs_shared
@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_lint_and_the_schema_agree_on_the_golden_documents(
    validator: Draft7Validator, path: Path
) -> None:
    document = json.loads(path.read_text("utf-8"))
    assert list(validator.iter_errors(document)) == []
    if document["type"] == "EPCISDocument":
        assert document_faults(document) == ()


@needs_shared
def test_the_golden_documents_of_the_project_are_the_shared_ones() -> None:
    for own in (Path(__file__).resolve().parents[1] / "golden").glob("*.jsonld"):
        assert json.loads(own.read_text("utf-8")) == json.loads(
            shared(f"data/epcis/golden/{own.name}").read_text("utf-8")
        )


@needs_shared
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bizStep", vocabulary.BIZ_STEPS),
        ("disposition", vocabulary.DISPOSITIONS),
        ("bizTransaction-type", vocabulary.DOCUMENT_TYPES),
        ("source-dest-type", vocabulary.PARTY_TYPES),
        ("error-reason", vocabulary.ERROR_REASONS),
    ],
)
def test_our_words_are_the_schemas(schema: dict[str, Any], name: str, words: frozenset[str]) -> None:
    listed = [part["enum"] for part in schema["definitions"][name]["anyOf"] if "enum" in part]
    assert words == frozenset(listed[0])


@needs_shared
def test_every_mutation_that_the_schema_refuses_the_lint_refuses_too(validator: Draft7Validator) -> None:
    """A change of one field at a time to a value of another field: where GS1 says no, we say no."""
    good = json.loads(WIRE.event_bytes(replace(event(1), partner="9521234000006")))
    values = [*good.values(), "", "x", 0, 1.5, True, None, [], {}, [None], [{}], "2026-11-20", "urn:a:b"]
    tried = 0
    for field in good:
        for value in values:
            changed = {**good, field: value}
            document = json.loads(WIRE.document([json.dumps(changed).encode()], datetime.now(UTC), "d"))
            if any(True for _ in validator.iter_errors(document)):
                tried += 1
                assert document_faults(document), (field, value)
    assert tried > 150
