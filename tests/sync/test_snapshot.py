"""A first load by file: the same data come out, no byte can be changed, and the platform goes on from there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.capture import Outcome
from ledger.errors import UserError
from ledger.reference import HANDED_ON, items
from ledger.signing import SigningKey
from sync.sandbox import Sandbox, serve
from sync.snapshot import check, export, load
from tests.desktop.test_commands import objects, tracedesk
from tests.ledger.counter import GTIN
from tests.sync.site import Workstation, gs1

CASE = "sscc:095212340000000013"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    platform = serve()
    platform.publish(
        "products",
        [
            {
                "id": GTIN,
                "name_zh": "测试片",
                "pack_size": 10,
                "drug_id": ["8338652"],
                "near_expiry_days": 60,
            },
            {"id": "09521234000020", "name_zh": "注射液", "needs_approval": True, "split_allowed": False},
        ],
    )
    platform.publish("partners", [{"id": "9521234000006", "name_zh": "供货商", "role": "supplier"}])
    platform.publish(
        "recalls",
        [
            {"id": "RC-1", "day": "2026-11-19", "level": 2, "lines": [{"product": GTIN, "lot": "L1"}]},
            {"id": "RC-0", "day": "2025-11-19", "product": GTIN, "withdrawn": True},
        ],
    )
    lines = [{"code": f"gs1:{GTIN}/S{n}", "lot": "L2", "expiry": "2028-01"} for n in range(3)]
    platform.publish("trees", [{"id": CASE, "lines": lines}])
    platform.publish(
        "shipments",
        [
            {
                "id": "DN-1",
                "partner": "9521234000006",
                "day": "2026-11-21",
                "lines": [{"product": GTIN, "quantity": 3, "cases": [CASE]}],
            },
            {
                "id": "DN-2",
                "lines": [
                    {"product": GTIN, "quantity": 2, "serials": ["A1", "A2"]},
                    {"product": "09521234000020", "quantity": 5, "lot": "X"},
                ],
            },
        ],
    )
    platform.publish(
        "approvals",
        [
            {
                "id": "AP-1",
                "product": "09521234000020",
                "institution": "9521999000006",
                "valid_from": "2026-01-01",
                "valid_to": "2027-01-01",
                "quantity": 4,
            }
        ],
    )
    yield platform
    platform.stop()


@pytest.fixture
def desk(tmp_path: Path, sandbox: Sandbox) -> Iterator[Workstation]:
    one = Workstation(tmp_path / "old", sandbox.url)
    assert one.sync().why == ""
    yield one
    one.close()


def everything(desk: Workstation) -> dict[str, list[object]]:
    return desk.of(lambda store: {kind: list(items(store, kind)) for kind in HANDED_ON})


def snapshot_of(desk: Workstation, file: Path) -> Path:
    key = SigningKey.of(desk.home)
    with file.open("wb") as out:
        desk.of(lambda store: export(store, desk.clock, out, key))
    return file


def test_another_workstation_s_file_gives_the_same_data_and_the_platform_goes_on(
    tmp_path: Path, desk: Workstation, sandbox: Sandbox
) -> None:
    file = snapshot_of(desk, tmp_path / "usb.jsonl")
    new = Workstation(tmp_path / "new", sandbox.url)
    try:
        done = load(new.writer.run, new.clock, check(file))
        assert (done.refused, done.items) == (0, 9)
        assert everything(new) == everything(desk)
        new.receive(gs1("S1"))
        assert (
            new.dispense(gs1("S1")).outcome is Outcome.REFUSED
        )  # recalled, and the platform was never asked
        assert new.sync().pulled == 0
        sandbox.publish("partners", [{"id": "9521999000020", "name_zh": "新伙伴"}], gone=["9521234000006"])
        assert new.sync().pulled == 2
        assert [one.gln for one in new.of(lambda store: store.partners.all())] == ["9521999000020"]
        with pytest.raises(UserError, match="snapshot_not_first"):
            load(new.writer.run, new.clock, check(file))
    finally:
        new.close()


def test_the_platform_s_own_file_gives_the_same_data(
    tmp_path: Path, desk: Workstation, sandbox: Sandbox
) -> None:
    file = tmp_path / "platform.jsonl"
    file.write_bytes(httpx.get(f"{sandbox.url}/snapshot", trust_env=False).content)
    new = Workstation(tmp_path / "new", sandbox.url)
    try:
        assert load(new.writer.run, new.clock, check(file)).refused == 0
        assert everything(new) == everything(desk)
        assert new.sync().pulled == 0
    finally:
        new.close()


def test_nothing_of_patients_or_operators_travels(
    tmp_path: Path, desk: Workstation, sandbox: Sandbox
) -> None:
    patient = "6f1c9b1e-0d0f-4a52-9c8e-1d7f0c1a2b3c"
    sandbox.publish("prescriptions", [{"id": "RX-1", "patient": patient, "product": GTIN, "quantity": 1}])
    verifier = "scrypt$15$8$1$" + "ab" * 16 + "$" + "cd" * 32
    sandbox.publish(
        "operators", [{"id": "op-1", "name": "李雷", "roles": ["administrator"], "verifier": verifier}]
    )
    assert desk.sync().pulled == 2
    text = snapshot_of(desk, tmp_path / "usb.jsonl").read_text("utf-8")
    assert patient not in text and "李雷" not in text and "scrypt" not in text


def test_an_interrupted_load_is_taken_again(tmp_path: Path, desk: Workstation, sandbox: Sandbox) -> None:
    file = snapshot_of(desk, tmp_path / "usb.jsonl")
    new = Workstation(tmp_path / "new", sandbox.url)
    try:
        calls = iter(range(4))

        def breaks(job):  # type: ignore[no-untyped-def]
            if next(calls, None) is None:
                raise KeyboardInterrupt
            return new.writer.run(job)

        with pytest.raises(KeyboardInterrupt):
            load(breaks, new.clock, check(file))
        assert load(new.writer.run, new.clock, check(file)).refused == 0
        assert everything(new) == everything(desk)
    finally:
        new.close()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_byte_can_be_changed_added_or_cut_off(
    tmp_path: Path, desk: Workstation, data: st.DataObject
) -> None:
    file = tmp_path / "whole.jsonl"
    if not file.exists():
        snapshot_of(desk, file)
    whole = file.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = data.draw(
        st.sampled_from(
            [
                whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :],
                whole[:at],
                whole[:at] + whole[at + 1 :],
                whole[:at] + b"\n" + whole[at:],
                whole + b"{}\n",
            ]
        )
    )
    if changed == whole:
        return
    other = tmp_path / "changed.jsonl"
    other.write_bytes(changed)
    with pytest.raises(UserError):
        check(other)


def test_a_line_without_end_is_no_snapshot(tmp_path: Path) -> None:
    for content in (b"", b"\n", b"{}\n", b"[]\n", b'{"snapshot":1}\n', b"\xff\n", b"[" * 100_000 + b"\n"):
        file = tmp_path / "x"
        file.write_bytes(content)
        with pytest.raises(UserError):
            check(file)


def test_by_command_who_signed_must_be_named(tmp_path: Path, desk: Workstation) -> None:
    desk.close()
    file, new = tmp_path / "usb.jsonl", tmp_path / "new"
    (out,) = objects(tracedesk("--json", "snapshot", "export", str(file), home=desk.home))
    unknown = tracedesk("--lang", "en", "snapshot", "import", str(file), home=new)
    assert unknown.returncode == 1 and str(out["fingerprint"]) in unknown.stderr
    wrong = tracedesk("snapshot", "import", str(file), "--signer", "00" * 32, home=new)
    assert wrong.returncode == 1
    done = tracedesk("--json", "snapshot", "import", str(file), "--signer", str(out["fingerprint"]), home=new)
    assert done.returncode == 0, done.stderr
    assert objects(done)[0]["items"] == 9


def test_what_is_written_is_read(tmp_path: Path, desk: Workstation) -> None:
    out = io.BytesIO()
    count = desk.of(lambda store: export(store, desk.clock, out, SigningKey.of(desk.home)))
    file = tmp_path / "x"
    file.write_bytes(out.getvalue())
    checked = check(file)
    assert (checked.items, set(checked.cursors)) == (count, set(HANDED_ON))
