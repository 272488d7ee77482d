"""An export is checked without the ledger: whatever was done to it is found, and where."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import stat
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import EnvironmentFault
from ledger.export import Exported, Target, export
from ledger.exportcheck import Checked, check_export
from ledger.exportform import Csv, Form, JsonLines, sealed_bytes
from ledger.signing import FILE as KEY
from ledger.signing import SigningKey, fingerprint
from tests.ledger.counter import NOON, TODAY, Counter, gs1

FORMS = {"jsonl": JsonLines, "csv": Csv}


def hand_out(
    counter: Counter, file: Path, form: str = "jsonl", first: date | None = None, last: date | None = None
) -> Exported:
    with file.open("wb") as out:
        target = Target(out, FORMS[form]())
        return export(counter.home, SigningKey.of(counter.home), [target], "now", first, last)


def fill(counter: Counter, packs: int = 4) -> None:
    """Some packs in, one out, with a reason in Chinese."""
    for number in range(packs):
        counter.receive(gs1(f"S{number}"), reason="=破损，见“记录”,\n第二行")
    counter.dispense(gs1("S0"), document="RX-1")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One ledger's export in both forms."""
    folder = tmp_path_factory.mktemp("export")
    counter = Counter(folder / "home")
    try:
        fill(counter)
        for form in FORMS:
            hand_out(counter, folder / form, form)
    finally:
        counter.close()
    return {form: (folder / form).read_bytes() for form in FORMS}


def look(folder: Path, data: bytes) -> Checked:
    file = folder / "export"
    file.write_bytes(data)
    return check_export(file)


def line_of(checked: Checked) -> int:
    assert checked.fault is not None
    return int(dict(checked.fault.params)["line"])


@pytest.mark.parametrize("form", FORMS)
def test_a_whole_export_is_whole_on_any_machine(counter: Counter, tmp_path: Path, form: str) -> None:
    fill(counter)
    done = hand_out(counter, tmp_path / "out", form)
    checked = check_export(tmp_path / "out")
    assert checked.fault is None
    assert (checked.events, checked.first_seq, checked.last_seq) == (5, 1, 5)
    assert checked.stock_ok is True
    assert checked.head == done.head == counter.store(lambda store: store.head.hash.hex())
    assert checked.key == done.key == fingerprint(SigningKey.of(counter.home).public)
    assert checked.ledger_id == counter.store(lambda store: store.ledger_id)


def test_every_line_is_an_event_and_anyone_can_compute_the_chain(samples: dict[str, bytes]) -> None:
    previous = bytes(32)
    lines = [json.loads(line) for line in samples["jsonl"].splitlines()]
    for number, line in enumerate(lines, start=1):
        assert line["seq"] == number
        assert line["event_id"] == json.loads(line["body"])["event_id"]
        assert line["previous"] == previous.hex()
        previous = hashlib.sha256(previous + line["body"].encode()).digest()
        assert line["hash"] == previous.hex()
    assert "export" in lines[0] and "seal" in lines[-1]


def test_a_spreadsheet_reads_the_csv_and_runs_nothing(samples: dict[str, bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(samples["csv"].decode("utf-8-sig"))))
    assert [row["kind"] for row in rows] == ["receive"] * 4 + ["dispense"]
    assert rows[0]["reason"] == "'=破损，见“记录”,\\x0a第二行"
    assert rows[4]["documents"] == "prescription:RX-1"
    assert rows[1]["previous"] == rows[0]["hash"]


@pytest.mark.parametrize("form", FORMS)
def test_one_changed_byte_anywhere_is_found_in_its_line(
    samples: dict[str, bytes], tmp_path: Path, form: str, long_run: bool
) -> None:
    whole = samples[form]
    step = 1 if long_run else 29
    for at in range(0, len(whole), step):
        for change in (0x01, 0x20) if long_run else (0x01,):
            broken = bytearray(whole)
            broken[at] ^= change
            checked = look(tmp_path, bytes(broken))
            assert checked.fault is not None, f"byte {at} of {len(whole)}"
            line = whole.count(b"\n", 0, at) + 1
            # An end of line that became something else joins two lines; a new one parts a line.
            assert line_of(checked) in (line, line + 1), (at, checked.fault)
            if whole[at : at + 1] not in b"\r\n" and broken[at : at + 1] not in b"\r\n":
                assert line_of(checked) == line, (at, checked.fault)


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_removed_doubled_or_moved_are_found(
    samples: dict[str, bytes], tmp_path: Path, form: str, data: st.DataObject
) -> None:
    lines = samples[form].splitlines(keepends=True)
    changed = list(lines)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(changed) - 1))
        match data.draw(st.sampled_from(["remove", "double", "move", "blank"])):
            case "remove":
                del changed[at]
            case "double":
                changed.insert(at, changed[at])
            case "move":
                changed.insert(data.draw(st.integers(0, len(changed) - 1)), changed.pop(at))
            case _:
                changed.insert(at, b"\n")
        if not changed:
            break
    checked = look(tmp_path, b"".join(changed))
    if changed == lines:
        assert checked.fault is None
        return
    assert checked.fault is not None
    first = next((n for n, (a, b) in enumerate(zip(lines, changed, strict=False)) if a != b), -1)
    first = min(len(lines), len(changed)) if first < 0 else first
    assert line_of(checked) in (first, first + 1), checked.fault


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_at_all_breaks_the_check(
    samples: dict[str, bytes], tmp_path: Path, form: str, data: st.DataObject
) -> None:
    whole = samples[form]
    start, end = sorted((data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, len(whole)))))
    put = data.draw(st.one_of(st.binary(max_size=40), st.sampled_from([b"[" * 5000, b'"', b"\x00", b"1e9"])))
    changed = whole[:start] + put + whole[end:]
    assert (look(tmp_path, changed).fault is None) == (changed == whole)


def edit_line(whole: bytes, number: int, edit: Callable[[dict[str, object]], None]) -> bytes:
    lines = whole.splitlines(keepends=True)
    line = json.loads(lines[number])
    edit(line)
    lines[number] = json.dumps(line, ensure_ascii=False).encode() + b"\n"
    return b"".join(lines)


def test_a_forger_who_chains_anew_is_caught_by_the_seal(samples: dict[str, bytes], tmp_path: Path) -> None:
    entries = [JsonLines().decode(line) for line in samples["jsonl"].splitlines(keepends=True)]
    forged, previous = [], bytes(32)
    for entry in entries:
        body = (entry.body or "").replace('"operator":"op-1"', '"operator":"op-2"')
        digest = hashlib.sha256(previous + body.encode()).digest()
        forged.append(
            JsonLines().encode(
                type(entry)(
                    entry.event_id,
                    entry.seq,
                    digest.hex(),
                    previous.hex(),
                    body,
                    entry.header,
                    entry.seal,
                )
            )
        )
        previous = digest
    checked = look(tmp_path, b"".join(forged))
    assert checked.fault is not None and checked.fault.code == "export_count"
    assert line_of(checked) == len(entries)


def test_a_forger_with_a_key_of_his_own_has_another_fingerprint(
    samples: dict[str, bytes], tmp_path: Path
) -> None:
    mine = SigningKey.of(tmp_path)
    entry = JsonLines().decode(samples["jsonl"].splitlines(keepends=True)[-1])
    seal = dict(entry.seal or {}) | {"key": mine.public.hex()}
    seal["signature"] = mine.sign(sealed_bytes(seal)).hex()
    whole = edit_line(samples["jsonl"], -1, lambda line: line.update(seal=seal))
    assert (fault := look(tmp_path, whole).fault) is not None and fault.code == "export_header"
    file = tmp_path / "true"
    file.write_bytes(samples["jsonl"])
    true = check_export(file).key
    assert check_export(file, true.upper().replace(" ", ":")).fault is None
    other = check_export(file, fingerprint(mine.public)).fault
    assert other is not None and other.code == "export_other_key"


@pytest.mark.parametrize("form", FORMS)
def test_days_are_local_and_both_included(counter: Counter, tmp_path: Path, form: str) -> None:
    for day in range(4):
        counter.time = NOON + timedelta(days=day)
        counter.receive(gs1(f"S{day}"))
    middle = hand_out(counter, tmp_path / "out", form, TODAY + timedelta(days=1), TODAY + timedelta(days=2))
    assert (middle.events, middle.first_seq, middle.last_seq) == (2, 2, 3)
    checked = check_export(tmp_path / "out")
    assert (checked.fault, checked.events, checked.stock_ok) == (None, 2, None)
    none = hand_out(counter, tmp_path / "out", form, TODAY + timedelta(days=9))
    assert none.events == 0
    empty = check_export(tmp_path / "out")
    assert (empty.fault, empty.events, empty.stock_ok) == (None, 0, None)


def test_an_export_is_one_unbroken_stretch_even_where_the_clock_was_wrong(
    counter: Counter, tmp_path: Path
) -> None:
    for number, days in enumerate((0, 900, 0, 1)):
        counter.time = NOON + timedelta(days=days)
        counter.receive(gs1(f"S{number}"))
    done = hand_out(counter, tmp_path / "out", "jsonl", TODAY, TODAY)
    assert (done.first_seq, done.last_seq, done.events) == (1, 3, 3)
    assert check_export(tmp_path / "out").fault is None


def test_the_key_is_for_the_owner_alone_and_stays_the_same(tmp_path: Path) -> None:
    first = SigningKey.of(tmp_path)
    assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o600
    assert SigningKey.of(tmp_path).public == first.public
    assert [path.name for path in tmp_path.iterdir()] == [KEY]
    (tmp_path / KEY).write_text("-----BEGIN PRIVATE KEY-----\nno\n-----END PRIVATE KEY-----\n")
    with pytest.raises(EnvironmentFault) as caught:
        SigningKey.of(tmp_path)
    assert caught.value.code == "signing_key_broken"


def test_both_forms_are_written_in_one_pass(counter: Counter, tmp_path: Path) -> None:
    fill(counter)
    with (tmp_path / "a").open("wb") as one, (tmp_path / "b").open("wb") as two:
        targets: list[tuple[object, Form]] = [(one, JsonLines()), (two, Csv())]
        done = export(counter.home, SigningKey.of(counter.home), [Target(f, form) for f, form in targets], "")  # type: ignore[arg-type]
    assert check_export(tmp_path / "a").head == check_export(tmp_path / "b").head == done.head
