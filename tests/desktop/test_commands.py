"""The command line as support scripts use it: real processes, their output and exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.demo.samples import samples
from sync.sandbox.peek import held_events
from sync.sandbox.server import serve
from tests.ledger.counter import CN20, TODAY

GS1 = "01095212340000131728013110L1<GS>21S1"


def tracedesk(
    *arguments: str, given: str | bytes = b"", home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from desktop.commands.root import main; main()", *arguments]
    if home:
        command += ["--home", str(home)]
    data = given.encode() if isinstance(given, str) else given
    environment = os.environ | {"LANG": "C.UTF-8", "PYTHONWARNINGS": "error"}
    done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=120, env=environment)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(command, done.returncode, out, err)


def objects(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_walk_from_the_command_line(tmp_path: Path) -> None:
    platform = serve()
    try:
        assert tracedesk("config", "set", "platform.url", platform.url, home=tmp_path).returncode == 0
        assert tracedesk("config", "set", "site.gln", "9521999000006", home=tmp_path).returncode == 0
        received = tracedesk("receive", "--json", GS1, GS1, home=tmp_path)
        assert received.returncode == 0, "a repeated scan is success"
        first, second = objects(received)
        assert set(first) >= {"input", "key", "outcome", "verdict", "event_id", "seq", "problems"}
        assert (first["outcome"], second["outcome"]) == ("accepted", "repeated")
        assert (first["event_id"], first["seq"]) == (second["event_id"], second["seq"])
        dispensed = tracedesk("--json", "dispense", "--document", "RX-1", GS1, home=tmp_path)
        assert objects(dispensed)[0]["outcome"] == "accepted"
        waiting = objects(tracedesk("status", "--json", home=tmp_path))[0]
        assert (waiting["pending"], waiting["safe_to_leave"], waiting["why"]) == (2, False, "events_waiting")
        done = objects(tracedesk("sync", "--json", home=tmp_path))[0]
        assert {name: done[name] for name in ("sent", "accepted", "parked", "pending", "online")} == {
            "sent": 2,
            "accepted": 2,
            "parked": 0,
            "pending": 0,
            "online": True,
        }
        assert held_events(platform.url) == 2
        home_free = objects(tracedesk("status", "--json", home=tmp_path))[0]
        assert (home_free["pending"], home_free["safe_to_leave"], home_free["why"]) == (
            0,
            True,
            "all_delivered",
        )
        assert home_free["last_success"]
        finding = objects(tracedesk("audit", "--json", home=tmp_path))[0]
        assert finding == {
            "events": 2,
            "chain_ok": True,
            "projection_ok": True,
            "head": home_free["head"],
            "anchors": 1,  # the platform has confirmed the head
        }
        told = objects(tracedesk("history", "--json", GS1, home=tmp_path))
        assert [event["kind"] for event in told] == ["receive", "dispense"]
        chain = objects(tracedesk("export", home=tmp_path))
        assert [line["seq"] for line in chain] == [1, 2]
        assert (chain[0]["previous"], chain[1]["previous"]) == ("0" * 64, chain[0]["hash"])
    finally:
        platform.stop()


def test_questions_and_refusals_exit_with_1_and_say_what_to_do(tmp_path: Path) -> None:
    asked = tracedesk("receive", CN20, home=tmp_path)
    assert asked.returncode == 1
    assert "有效期" in asked.stdout
    refused = tracedesk("receive", "--lang", "en", "--json", "8338652000194165332", home=tmp_path)
    assert refused.returncode == 1
    line = objects(refused)[0]
    assert (line["outcome"], line["verdict"], line["event_id"]) == ("refused", "stop", None)
    problem = line["problems"][0]  # type: ignore[index]
    assert (problem["code"], problem["severity"]) == ("wrong_length", "fatal")
    assert "20" in problem["text"] and "19" in problem["text"]
    told = tracedesk("receive", "--lot", "L9", "--expiry", "2028-08", "--json", CN20, home=tmp_path)
    assert objects(told)[0]["outcome"] == "accepted"


def test_codes_come_from_a_file_or_standard_input_in_any_encoding(tmp_path: Path) -> None:
    file = tmp_path / "codes.txt"
    file.write_bytes(GS1.encode() + b"\r\n\r\n\xff\xfe\n" + b"9" * 10_000 + b"\n")
    done = tracedesk("receive", "--json", "--codes", str(file), home=tmp_path / "home")
    assert [line["outcome"] for line in objects(done)] == ["accepted", "refused", "refused"]
    piped = tracedesk("receive", "--json", "--codes", "-", given=GS1, home=tmp_path / "home")
    assert objects(piped)[0]["outcome"] == "repeated"
    absent = tracedesk("receive", "--codes", str(tmp_path / "no such file"), home=tmp_path / "home")
    assert (absent.returncode, absent.stdout) == (1, "")
    assert "no such file" in absent.stderr


def test_answers_come_one_by_one_while_the_input_stays_open(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from desktop.commands.root import main; main()"]
    command += ["receive", "--home", str(tmp_path), "--json", "--codes", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin and child.stdout
        for serial in ("A", "B", "C"):
            child.stdin.write(GS1[:-2] + serial + "\n")
            child.stdin.flush()
            assert json.loads(child.stdout.readline())["outcome"] == "accepted"
        child.stdin.close()
        assert child.wait(30) == 0


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["receive", "--expiry", "31.12.27", GS1], 1, "2027-05-31"),
        (["receive", "--lot", " ", GS1], 1, "批号"),
        (["receive", "--operator", "张三", GS1], 1, "操作人"),
        (["config", "set", "no.such", "x"], 1, "config list"),
        (["config", "set", "site.gln", "9521999000007"], 1, "GLN"),
        (["config", "set", "platform.url", "ftp://x"], 1, "http"),
        (["sync"], 1, "platform.url"),
        (["bench", "nothing"], 1, "ledger"),
        (["import", "people", "x"], 1, "products"),
        (["import", "products", "no-such-file.csv"], 1, "no-such-file.csv"),
        (["export", "--from", "yesterday"], 1, "2026-11-20"),
        (["history", "8" * 20], 1, "8" * 20),
        (["--lang", "fr", "status"], 2, "zh_CN"),
        (["--home"], 2, "--home"),
        (["no-such-verb"], 2, "no-such-verb"),
        (["receive", "--no-such-option"], 2, "--no-such-option"),
    ],
)
def test_mistakes_get_a_sentence_and_the_right_status(
    tmp_path: Path, arguments: list[str], status: int, said: str
) -> None:
    done = tracedesk(*arguments, home=None if arguments == ["--home"] else tmp_path)
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert done.stdout == ""


def test_broken_settings_file_gets_a_sentence_and_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    for text, said in (
        ('{"site.name": "x"', "第"),
        ("[]", "移走"),
        ('{"policy.near_expiry": "maybe"}', "policy.near_expiry"),
    ):
        file.write_text(text, "utf-8")
        done = tracedesk("receive", GS1, home=tmp_path)
        assert done.returncode == 1
        assert said in done.stderr
        assert file.read_text("utf-8") == text


def test_foreign_newer_and_locked_ledgers_get_their_sentences(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite3").write_text("a letter to mother, long enough to be read")
    foreign = tracedesk("receive", GS1, home=tmp_path)
    assert foreign.returncode == 1
    assert "ledger.sqlite3" in foreign.stderr


def test_settings_are_kept_and_listed(tmp_path: Path) -> None:
    assert tracedesk("config", "set", "policy.near_expiry_days", "45", home=tmp_path).returncode == 0
    assert tracedesk("config", "get", "policy.near_expiry_days", home=tmp_path).stdout.strip() == "45"
    listed = {
        line["name"]: line["value"] for line in objects(tracedesk("config", "list", "--json", home=tmp_path))
    }
    assert listed["policy.near_expiry_days"] == 45
    assert (tmp_path / "settings.json").stat().st_mode & 0o777 == 0o600


def test_a_changed_setting_is_an_event_once_there_is_a_ledger(tmp_path: Path) -> None:
    tracedesk("config", "set", "site.name", "before", home=tmp_path)
    tracedesk("receive", GS1, home=tmp_path)
    assert tracedesk("config", "set", "site.name", "after", home=tmp_path).returncode == 0
    last = json.loads(str(objects(tracedesk("export", home=tmp_path))[-1]["body"]))
    assert last["kind"] == "settings_changed"
    assert dict(last["detail"]) == {"name": "site.name", "before": "before", "after": "after"}


def test_history_tells_everything_of_a_pack_refused_scans_too(tmp_path: Path) -> None:
    tracedesk("receive", GS1, home=tmp_path)
    tracedesk("dispense", "--quantity", "2", GS1, home=tmp_path)
    told = objects(tracedesk("history", "--json", GS1, home=tmp_path))
    assert [line["kind"] for line in told] == ["receive", "scan"]
    assert (told[0]["delivery"], told[1]["outcome"]) == ("pending", "asked")


def test_history_of_a_recalled_pack_ends_with_the_recall_and_reassures_nobody(tmp_path: Path) -> None:
    tracedesk("receive", GS1, home=tmp_path)
    file = tmp_path / "recalls.csv"
    file.write_text(
        "number,product,lot,class,day,action\nR-7,09521234000013,L1,一级,2026-11-01,停用\n", "utf-8"
    )
    assert tracedesk("import", "recalls", str(file), home=tmp_path).returncode == 0
    told = tracedesk("history", GS1, home=tmp_path).stdout
    assert "R-7" in told.splitlines()[-1] and "通过" not in told


def test_products_are_imported_and_bad_rows_reported(tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text(
        "product,name_zh,name_en,spec,maker,pack_size\n"
        "09521234000013,单抗,Mab,100 mg,Demo,1\n"
        "12345,坏码,Bad,,,\n"
        "8338652,,,,,\n"
        "8338652,滴眼液,Drops,,,ten\n",
        "utf-8-sig",
    )
    done = tracedesk("import", "products", str(file), "--json", home=tmp_path / "home")
    assert done.returncode == 1
    said = objects(done)[0]
    assert {name: said[name] for name in ("kind", "imported", "refused")} == {
        "kind": "products",
        "imported": 1,
        "refused": 3,
    }
    assert [f"第 {line} 行" in done.stderr for line in (3, 4, 5)] == [True] * 3


def test_doctor_looks_at_everything_and_stops_at_nothing(tmp_path: Path) -> None:
    done = tracedesk("doctor", "--json", home=tmp_path)
    assert done.returncode == 0
    assert {"python", "sqlite", "qt", "zbar", "disk", "cameras"} <= {
        str(line["name"]) for line in objects(done)
    }


def test_demo_walks_the_whole_road(tmp_path: Path) -> None:
    done = tracedesk("demo", "--headless", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    last = objects(done)[-1]
    made = samples(TODAY)
    assert last["images"] == len(made) + 1
    assert last["decoded"] == len([sample for sample in made if sample.symbology]) + 1
    assert last["sent"] == last["accepted"] == int(str(last["received"])) + int(str(last["dispensed"]))
    assert (last["parked"], last["chain_ok"]) == (0, True)


def test_demo_with_a_folder_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "letter.png").write_text("not a picture")
    done = tracedesk("demo", "--headless", "--images", str(tmp_path))
    assert done.returncode == 0
    assert "letter.png" in done.stdout
    empty = tmp_path / "empty"
    empty.mkdir()
    assert tracedesk("demo", "--headless", "--images", str(empty)).returncode == 1


def test_last_record_and_a_whole_delivery_need_no_code(tmp_path: Path) -> None:
    home = tmp_path / "home"
    reason = ("--reason", "warm", "--json")
    (received,) = objects(tracedesk("receive", "--document", "DN-9", GS1, "--json", home=home))
    assert received["outcome"] == "accepted"
    apart = objects(tracedesk("quarantine", "--delivery", "DN-9", *reason, home=home))
    assert [one["outcome"] for one in apart] == ["accepted"]
    again = tracedesk("quarantine", "--delivery", "DN-9", *reason, home=home)
    assert (again.returncode, again.stdout) == (1, "")
    voided = objects(tracedesk("void", "--last", *reason, home=home))
    assert [one["outcome"] for one in voided] == ["accepted"]
    assert tracedesk("void", "--last", *reason, GS1, home=home).returncode == 2
