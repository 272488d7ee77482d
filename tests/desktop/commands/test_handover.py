"""What people see of delivery from the command line: refused records, the slip, the stick."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from desktop.settings import Settings
from sync.sandbox.server import serve
from tests.desktop.test_commands import objects, tracedesk

CODES = [f"010952123400001317280131{'10'}L{n}<GS>21S{n}" for n in range(1, 5)]


def put(home: Path, values: dict[str, str]) -> None:
    settings = Settings.load(home)
    for name, value in values.items():
        settings.set(name, value)
    settings.save()


def ready(home: Path, url: str) -> None:
    put(home, {"platform.url": url, "site.gln": "9521999000006", "site.name": "乐城药房"})
    assert tracedesk("receive", *CODES, home=home).returncode == 0


def test_refused_records_are_spelled_out_and_settled(tmp_path: Path) -> None:
    platform = serve(faults=["reject=1", "reject=2", "reject=3"])
    try:
        ready(tmp_path, platform.url)
        assert objects(tracedesk("--json", "sync", home=tmp_path))[0]["parked"] == 3
        first, second, third = objects(tracedesk("--json", "parked", home=tmp_path))
        assert (first["seq"] < second["seq"] < third["seq"], first["kind"]) == (True, "receive")  # type: ignore[operator]
        assert first["packs"] == ["gs1:09521234000013/S2"]
        assert "breaks a rule of this platform" in str(first["words"])
        assert first["actions"] == ["retry", "correct", "hand_over"]
        human = tracedesk("--lang", "en", "parked", home=tmp_path).stdout
        assert "The platform says: ValidationException: an event breaks a rule of this platform" in human
        assert str(first["event_id"]) in human
        now = objects(tracedesk("--json", "status", home=tmp_path))[0]
        assert (now["safe_to_leave"], now["why"], now["accepted"], now["parked"]) == (
            False,
            "events_parked",
            1,
            3,
        )
        assert tracedesk("parked", "retry", "nothing", "--reason", "x", home=tmp_path).returncode == 1
        platform.arm()
        done = tracedesk(
            "--json", "parked", "retry", str(first["event_id"]), "--reason", "mended", home=tmp_path
        )
        assert objects(done)[0]["step"] == "retry"
        done = tracedesk(
            "--json", "parked", "hand-over", str(second["seq"]), "--reason", "too hard", home=tmp_path
        )
        assert done.returncode == 0, done.stderr
        done = tracedesk(
            "--json", "parked", "correct", str(third["seq"]), "--reason", "wrong pack", home=tmp_path
        )
        assert done.returncode == 0, done.stderr
        (left,) = objects(tracedesk("--json", "parked", home=tmp_path))
        assert (left["seq"], left["with_supervisor"], left["actions"]) == (
            second["seq"],
            True,
            ["retry", "correct"],
        )
        synced = objects(tracedesk("--json", "sync", home=tmp_path))[0]
        assert (synced["accepted"], synced["parked"], synced["pending"]) == (1, 0, 0)
        assert platform.held() == 2
    finally:
        platform.stop()


def test_a_wrong_record_is_put_right(tmp_path: Path) -> None:
    assert tracedesk("receive", *CODES[:1], home=tmp_path).returncode == 0
    wrong = ["correct", CODES[0], "--reason", "typed wrong"]
    done = tracedesk("--json", *wrong, "--document", "PO-7", "--kind", "po", home=tmp_path)
    assert (objects(done)[0]["outcome"], objects(done)[0]["seq"]) == ("accepted", 3), done.stderr
    assert objects(tracedesk("--json", "status", home=tmp_path))[0]["pending"] == 3
    assert tracedesk("correct", "nonsense", "--reason", "x", home=tmp_path).returncode == 1


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_slip(tmp_path: Path, language: str) -> None:
    assert tracedesk("slip", home=tmp_path).returncode == 1
    ready(tmp_path, "http://127.0.0.1:9")
    assert tracedesk("receive", "nonsense", home=tmp_path).returncode == 1
    told = objects(tracedesk("--json", "slip", home=tmp_path))[0]
    assert (told["done"], told["refusals"], told["pending"]) == ({"receive": 4}, 1, 4)
    assert (told["safe_to_leave"], told["why"]) == (False, "events_waiting")
    text = tracedesk("--lang", language, "slip", home=tmp_path).stdout
    assert "乐城药房" in text
    assert ("NO" if language == "en" else "否") in text
    out = tmp_path / "slip.txt"
    assert tracedesk("--lang", language, "slip", "--out", str(out), home=tmp_path).returncode == 0
    assert "乐城药房" in out.read_text("utf-8")


def test_undelivered_records_go_out_on_a_stick_and_come_back_as_receipts(tmp_path: Path) -> None:
    home, file, back = tmp_path / "home", tmp_path / "unsent.zip", tmp_path / "receipts.json"
    platform = serve()
    try:
        assert objects(tracedesk("--json", "export", "--unsent", str(file), home=home))[0]["events"] == 0
        ready(home, "http://127.0.0.1:9")
        out = objects(tracedesk("--json", "export", "--unsent", str(file), home=home))[0]
        assert (out["events"], out["documents"]) == (4, 1)
        assert tracedesk("export", "--unsent", str(file), home=home).returncode == 1, "never overwrites"
        waiting = objects(tracedesk("--json", "status", home=home))[0]
        assert (waiting["pending"], waiting["sent"], waiting["safe_to_leave"]) == (4, 4, False)
        answer = httpx.post(f"{platform.url}/unsent", content=file.read_bytes(), trust_env=False)
        back.write_bytes(answer.content)
        key = json.loads(answer.content)["key"]
        put(home, {"platform.receipt_key": "0" * 64})
        assert tracedesk("import", "receipts", str(back), home=home).returncode == 1
        put(home, {"platform.receipt_key": key})
        done = tracedesk("--json", "import", "receipts", str(back), home=home)
        assert objects(done) == [{"accepted": 4, "refused": 0, "known": 0, "foreign": 0}], done.stderr
        now = objects(tracedesk("--json", "status", home=home))[0]
        assert (now["pending"], now["accepted"], now["safe_to_leave"], now["why"]) == (
            0,
            4,
            True,
            "all_delivered",
        )
    finally:
        platform.stop()
