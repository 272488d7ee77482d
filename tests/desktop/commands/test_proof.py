"""The verbs of proof as support scripts use them: audit, export, backup, restore, clock; in both languages."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.commands.root import main
from desktop.settings import Settings
from desktop.station import Station
from desktop.words import LANGUAGES, Words
from ledger.clock import Clock
from ledger.event import EventKind
from ledger.store import FILE, open_reader
from ledger.writer import Writer
from tests.faults.shift import scan

ROOT = Path(__file__).resolve().parents[3]
PACK = "01095212340000131728013110L1<GS>21S{}"


@dataclass
class Done:
    status: int
    out: str
    err: str

    def objects(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]

    def one(self) -> dict[str, object]:
        (line,) = self.objects()
        return line


Run = Callable[..., Done]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run a command in this process, which saves starting one."""

    def command(home: Path, *arguments: object) -> Done:
        capfdbinary.readouterr()
        status: object = 0
        try:
            main(["--home", str(home), *map(str, arguments)])
        except SystemExit as stop:
            status = stop.code or 0
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in err
        return Done(int(str(status)), out.decode(), err.decode())

    return command


@pytest.fixture
def home(tmp_path: Path, run: Run) -> Iterator[Path]:
    """A home in which three packs were received."""
    done = run(tmp_path / "home", "receive", *(PACK.format(number) for number in range(3)))
    assert done.status == 0, done.out
    return tmp_path / "home"


def kinds(home: Path) -> list[str]:
    with closing(open_reader(home)) as store:
        return [event.kind for event in map(store.event, range(1, store.head.seq + 1))]


def test_an_export_is_verified_without_the_ledger_and_one_byte_is_located(
    home: Path, tmp_path: Path, run: Run
) -> None:
    out, sheet = tmp_path / "out.jsonl", tmp_path / "out.csv"
    made = run(home, "export", "--out", out, "--csv", sheet, "--json").one()
    assert (made["events"], made["recorded"], made["file"], made["csv"]) == (3, True, str(out), str(sheet))
    assert stat.S_IMODE(out.stat().st_mode) == stat.S_IMODE(sheet.stat().st_mode) == 0o600
    assert kinds(home) == ["receive"] * 3 + ["exported"]
    elsewhere = tmp_path / "elsewhere"
    for file in (out, sheet):
        done = run(elsewhere, "audit", "--file", file, "--json", "--key", made["key"])
        assert done.status == 0
        found = done.one()
        assert (found["events"], found["chain_ok"], found["projection_ok"]) == (3, True, True)
        assert (found["head"], found["key"]) == (made["head"], made["key"])
        changed = bytearray(file.read_bytes())
        second = changed.index(b"\n", changed.index(b"S1")) - 40
        changed[second] ^= 1
        file.with_suffix(".bad").write_bytes(changed)
        broken = run(elsewhere, "audit", "--file", file.with_suffix(".bad"), "--json")
        assert broken.status == 1
        assert (broken.one()["chain_ok"], broken.one()["line"]) == (False, 2 + (file == sheet))
    assert not elsewhere.exists(), "no ledger was needed and none was made"


def test_lines_on_standard_output_are_events_and_nothing_else(home: Path, tmp_path: Path, run: Run) -> None:
    done = run(home, "export")
    lines = done.objects()
    assert [line["seq"] for line in lines] == [1, 2, 3]
    assert {"event_id", "seq", "hash", "previous", "body"} <= lines[0].keys()
    assert lines[0]["previous"] == "0" * 64
    (tmp_path / "piped").write_text(done.out, "utf-8")
    assert run(tmp_path, "audit", "--file", tmp_path / "piped").status == 0
    nothing = run(home, "export", "--from", "2001-01-01", "--to", "2001-01-02")
    assert (nothing.status, nothing.out) == (0, "")
    assert Words().say("exported_nothing") in nothing.err
    assert run(tmp_path / "none", "export").out == ""
    assert not (tmp_path / "none").exists()


def test_an_export_beside_a_window_works_and_says_that_it_is_not_recorded(
    home: Path, tmp_path: Path, run: Run
) -> None:
    writer = Writer(home)
    try:
        done = run(home, "--lang", "en", "export", "--out", tmp_path / "out", "--json")
    finally:
        writer.close()
    assert (done.status, done.one()["recorded"]) == (0, False)
    assert "no record of it" in done.err and str(home) in done.err
    assert run(home, "audit", "--file", tmp_path / "out").status == 0


def test_nothing_is_overwritten_and_nothing_half_written_stays(home: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "letter").write_text("to mother")
    done = run(home, "export", "--out", tmp_path / "new", "--csv", tmp_path / "letter")
    assert done.status == 1 and "letter" in done.err
    assert (tmp_path / "letter").read_text() == "to mother"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "letter"]
    assert run(home, "export", "--out", tmp_path / "letter" / "x").status == 1
    assert run(home, "audit", "--file", tmp_path / "nothing").status == 1
    assert kinds(home) == ["receive"] * 3


def test_a_backup_goes_to_a_file_or_a_folder_and_comes_back(home: Path, tmp_path: Path, run: Run) -> None:
    made = run(home, "backup", tmp_path / "saved", "--json").one()
    assert (made["events"], made["file"]) == (3, str(tmp_path / "saved"))
    (tmp_path / "folder").mkdir()
    named = Path(str(run(home, "backup", tmp_path / "folder", "--json").one()["file"]))
    assert named.parent == tmp_path / "folder" and named.name.startswith("tracedesk-")
    assert run(home, "backup", tmp_path / "saved").status == 1
    assert run(home, "receive", PACK.format(9)).status == 0
    done = run(home, "restore", tmp_path / "saved", "--json")
    assert done.status == 0
    found = done.one()
    assert (found["kept_seq"], found["old_seq"], found["seq"], found["lost"]) == (3, 4, 5, 1)
    assert found["old_ledger"] == made["ledger_id"] != found["ledger_id"]
    assert (Path(str(found["set_aside"])) / FILE).exists()
    audited = run(home, "audit", "--json")
    assert audited.status == 0
    assert audited.one()["gaps"] == [[4, 4]]
    assert run(home, "receive", PACK.format(9)).status == 0
    assert "1" in run(home, "--lang", "en", "restore", tmp_path / "saved").out
    assert run(tmp_path / "none", "backup", tmp_path / "x").status == 1


def test_a_copied_home_says_so_at_its_first_command(home: Path, tmp_path: Path, run: Run) -> None:
    shutil.copytree(home, tmp_path / "copy")
    done = run(tmp_path / "copy", "--lang", "en", "export", "--out", tmp_path / "out")
    assert done.status == 0
    assert "moved or copied here" in done.err
    assert kinds(tmp_path / "copy")[-2:] == ["ledger_resumed", "exported"]
    assert run(tmp_path / "copy", "audit").status == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_broken_ledger_is_explained(home: Path, run: Run, lang: str) -> None:
    with closing(sqlite3.connect(home / FILE, isolation_level=None)) as forger:
        (rule,) = forger.execute("SELECT sql FROM sqlite_schema WHERE name = 'event_no_update'").fetchone()
        forger.execute("DROP TRIGGER event_no_update")
        forger.execute("UPDATE event SET hash = randomblob(32) WHERE seq = 2")
        forger.execute("UPDATE outbox SET payload = randomblob(9) WHERE seq = 3")
        forger.execute(rule)
    done = run(home, "--lang", lang, "audit")
    assert done.status == 1
    assert done.out.splitlines() == [
        Words(lang).say(code, seq=seq)
        for code, seq in (("audit_not_whole", 0), ("audit_changed", 2), ("audit_payload", 3))
    ]
    found = run(home, "audit", "--json").one()
    assert (found["chain_ok"], found["projection_ok"], found["broken_at"]) == (False, False, 2)


def test_the_clock_is_told_and_can_be_confirmed(home: Path, run: Run) -> None:
    assert run(home, "clock", "--json").one()["health"] == "fine"
    found = run(home, "clock", "--confirm", "--operator", "admin", "--json").one()
    assert (found["health"], found["seq"]) == ("fine", 4)
    assert kinds(home)[-1] == "clock_shifted"


def test_a_station_tells_a_shift_once_and_backs_up_once_a_night(tmp_path: Path) -> None:
    shifted = timedelta(0)
    clock = Clock(lambda: datetime(2026, 11, 20, 4, tzinfo=UTC) + shifted, monotonic=lambda: 1_000, boot="b")
    notices: list[str] = []
    home = tmp_path / "home"
    station = Station(home, Settings(home), clock, lambda code, params: notices.append(code))
    try:
        for number in range(3):
            scan(station, EventKind.RECEIVE, f"S{number}").result(30)
            shifted = timedelta(hours=3)
        assert notices == ["clock_jumped"]
        made = station.back_up(tmp_path / "nights", keep=2)
        assert made is not None and made.events == 4
        assert station.back_up(tmp_path / "nights", keep=2) is None
    finally:
        station.close()
    assert kinds(home) == ["receive", "clock_shifted", "receive", "receive"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_has_a_sentence_that_uses_what_is_known(lang: str) -> None:
    """Code words of faults, stages and notices are made here and there; none may be left without words."""
    source = "".join(
        (ROOT / "ledger" / f"{name}.py").read_text("utf-8")
        for name in (
            "audit",
            "auditstages",
            "chain",
            "exportcheck",
            "backup",
            "restore",
            "identity",
            "timekeeping",
            "export",
        )
    )
    codes = set(re.findall(r"(?:Fault|_Broken|rogress)\(\s*\"([a-z_]+)\"", source))
    codes |= set(re.findall(r"(?:Error|Damaged|Full|Fault)\(\s*\"([a-z_]+)\"", source))
    codes |= {f"resumed_{why}" for why in ("restored", "moved", "set_back", "mark_gone", "platform_ahead")}
    codes |= {f"clock_{what}" for what in ("jumped", "skewed", "behind", "ahead", "settled")}
    codes |= {"copying", "exporting", "audit_ledger_gone"}
    assert len(codes) > 45
    assert [code for code in sorted(codes) if not Words(lang).knows(code)] == []
