"""The machine fails, or somebody meddles: each fault has its own sentence in both languages, and costs nothing
that was acknowledged."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.commands.root import main
from desktop.settings import Settings
from desktop.station import Station
from desktop.words import LANGUAGES, Words
from ledger.audit import audit
from ledger.errors import LedgerDamaged, TraceDeskError
from ledger.event import Event, EventKind
from ledger.store import FILE, open_reader
from ledger.writer import Writer
from tests.faults.disk import build, environment
from tests.faults.shift import scan

ROOT = Path(__file__).resolve().parents[2]
PACK = "01095212340000131728013110L1<GS>21S{}"


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home at rest, with twenty packs received and five of them dispensed."""
    return at_rest(tmp_path / "home")


def at_rest(home: Path) -> Path:
    station = Station(home, Settings(home))
    for number in range(20):
        scan(station, EventKind.RECEIVE, f"S{number}").result(60)
    for number in range(5):
        scan(station, EventKind.DISPENSE, f"S{number}").result(60)
    station.close()
    return home


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def tracedesk(home: Path, *arguments: str, env: dict[str, str], given: str = "") -> Done:
    """Run a command on a disk or under a clock that is not as it should be."""
    command = [sys.executable, "-c", "from desktop.commands.root import main; main()", "--home", str(home)]
    done = subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env=env,
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Done]:
    """Run a command in this process, where nothing has to stand between it and the machine."""

    def command(home: Path, *arguments: str) -> Done:
        capfdbinary.readouterr()
        status: object = 0
        try:
            main(["--home", str(home), *arguments])
        except SystemExit as stop:
            status = stop.code or 0
        out, err = capfdbinary.readouterr()
        return Done(int(str(status)), out.decode(), err.decode())

    return command


def said(lang: str, code: str) -> str:
    """The sentence up to its first parameter, as it must come out."""
    return (
        Words(lang)
        .say(code, folder="\x00", why="\x00", found="\x00", known="\x00", wall="\x00", expected="\x00")
        .split("\\x00")[0]
    )


def events(home: Path) -> list[Event]:
    with closing(open_reader(home)) as store:
        return [Event.from_canonical(body) for _, body, _ in store.chain()]


def test_a_full_disk(home: Path, shim: Path, run: Callable[..., Done]) -> None:
    codes = "".join(PACK.format(f"N{number}") + "\n" for number in range(600))
    env = environment(shim, home, disk_quota=400_000)
    done = tracedesk(home, "--lang", "en", "--json", "receive", "--codes", "-", env=env, given=codes)
    assert done.returncode == 1
    assert said("en", "disk_full") in done.stderr
    accepted = [line["event_id"] for line in map(json.loads, done.stdout.splitlines()) if line["event_id"]]
    assert 0 < len(accepted) < 600
    assert {event.event_id for event in events(home)}.issuperset(accepted)
    assert audit(home).whole
    chinese = tracedesk(home, "receive", PACK.format("N599"), env=environment(shim, home, disk_quota=30_000))
    assert said("zh_CN", "disk_full") in chinese.stderr
    (home.parent / "codes").write_text(codes)
    again = run(home, "--json", "receive", "--codes", str(home.parent / "codes"))
    assert again.returncode == 0, "with room again everything goes on, and what was kept is a repetition"
    outcomes = [json.loads(line)["outcome"] for line in again.stdout.splitlines()]
    assert len(outcomes) == 600 and set(outcomes) == {"repeated", "accepted"}
    assert outcomes.count("repeated") >= len(accepted)
    assert audit(home).whole


def test_a_read_only_folder(home: Path, shim: Path) -> None:
    env = environment(shim, home, disk_readonly=1)
    for lang in LANGUAGES:
        done = tracedesk(home, "--lang", lang, "receive", PACK.format("N"), env=env)
        assert (done.returncode, done.stdout) == (1, "")
        assert said(lang, "home_unwritable") in done.stderr
    before = (home / FILE).read_bytes()
    assert tracedesk(home, "audit", env=env).returncode == 0, "what can be read can be proved"
    assert tracedesk(home, "history", PACK.format("0"), env=env).returncode == 0
    assert (home / FILE).read_bytes() == before


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_second_program_on_the_same_folder(home: Path, lang: str, run: Callable[..., Done]) -> None:
    writer = Writer(home)
    try:
        done = run(home, "--lang", lang, "receive", PACK.format("N"))
        assert (done.returncode, done.stdout) == (1, "")
        assert said(lang, "ledger_locked") in done.stderr and str(home) in done.stderr
        assert run(home, "audit").returncode == 0
    finally:
        writer.close()
    assert len(events(home)) == 25


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_ledger_of_a_newer_program(home: Path, lang: str, run: Callable[..., Done]) -> None:
    with closing(sqlite3.connect(home / FILE)) as newer:
        newer.execute("PRAGMA user_version=99")
    before = (home / FILE).read_bytes()
    for verb in (
        ["receive", PACK.format("N")],
        ["audit"],
        ["status"],
        ["export"],
        ["backup", str(home / "b")],
    ):
        done = run(home, "--lang", lang, *verb)
        assert (done.returncode, done.stdout) == (1, ""), verb
        assert said(lang, "ledger_newer") in done.stderr and "99" in done.stderr
    assert (home / FILE).read_bytes() == before


def test_a_clock_set_back(home: Path, shim: Path, run: Callable[..., Done]) -> None:
    """The real program under a clock that says last month: told, recorded once, and no expired pack revived."""
    assert run(home, "clock").returncode == 0
    env = environment(shim, home, clock_offset=-30 * 86_400)
    for lang in LANGUAGES:
        done = tracedesk(home, "--lang", lang, "clock", env=env)
        assert done.returncode == 1
        assert said(lang, "clock_behind") in done.stdout
    for number in range(2):
        assert tracedesk(home, "--json", "receive", PACK.format(f"N{number}"), env=env).returncode == 0
    told = events(home)[25:]
    assert [event.kind for event in told] == [EventKind.CLOCK_SHIFTED, EventKind.RECEIVE, EventKind.RECEIVE]
    assert {event.moment.trust for event in told} == {"suspect"}
    found = json.loads(run(home, "audit", "--json").stdout)
    assert (found["chain_ok"], found["doubtful"]) == (True, 3)
    assert run(home, "clock").returncode == 0


def flipped(home: Path, to: Path, chance: random.Random) -> None:
    """A copy of the home in which one bit of the ledger is another."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(home, to)
    whole = bytearray((home / FILE).read_bytes())
    at = chance.randrange(len(whole))
    whole[at] ^= 1 << chance.randrange(8)
    (to / FILE).write_bytes(whole)


def started(home: Path) -> Station | None:
    """A station on a damaged file, None where it stops with a sentence."""
    try:
        return Station(home, Settings(home), on_notice=lambda *_: None)
    except TraceDeskError as error:
        known = Words("en").knows(error.code)
    except sqlite3.OperationalError as error:  # the name of a table or a column has another letter
        known = any(words in str(error) for words in ("no such", "has no column", "no column"))
    return None if known else pytest.fail("no sentence")


@pytest.mark.timeout(3600)
def test_a_flipped_bit_anywhere_stops_with_a_sentence_or_stops_nothing(
    tmp_path: Path, home: Path, long_run: bool
) -> None:
    """The window's own walk on a damaged file: never a traceback, and the audit finds whatever it lets through."""
    chance = random.Random(20261120)
    noticed = 0
    for _ in range(1_000 if long_run else 40):
        flipped(home, tmp_path / "flipped", chance)
        station = started(tmp_path / "flipped")
        if station is None:
            noticed += 1
            continue
        try:
            for number in (1, 19, 99):
                with suppress(TraceDeskError, sqlite3.OperationalError):
                    scan(station, EventKind.DISPENSE, f"S{number}").result(60)
            with suppress(TraceDeskError):
                station.status().result(60)
        finally:
            station.close()
        try:
            noticed += not audit(tmp_path / "flipped").whole
        except TraceDeskError:
            noticed += 1
    assert noticed


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_torn_page_is_said_and_found(home: Path, lang: str, run: Callable[..., Done]) -> None:
    whole = bytearray((home / FILE).read_bytes())
    with closing(sqlite3.connect(home / FILE)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'event'").fetchone()[0]
    whole[(page - 1) * 4096 : (page - 1) * 4096 + 100] = bytes(100)
    (home / FILE).write_bytes(whole)
    for verb in (["receive", PACK.format("N")], ["status"], ["history", PACK.format("0")]):
        done = run(home, "--lang", lang, *verb)
        assert done.returncode == 1
        assert said(lang, "ledger_damaged") in done.stderr, verb
    done = run(home, "--lang", lang, "audit")
    assert done.returncode == 1
    assert Words(lang).say("audit_not_whole") in done.stdout


def test_a_damaged_file_is_found_after_an_unclean_stop_before_the_first_scan(home: Path) -> None:
    """Whoever was killed leaves a log; then the file is looked through before anybody relies on it."""
    station = Station(home, Settings(home))
    scan(station, EventKind.RECEIVE, "LAST").result(60)
    log = (home / f"{FILE}-wal").read_bytes()
    whole = bytearray((home / FILE).read_bytes())
    station.close()
    with closing(sqlite3.connect(home / FILE)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'recall'").fetchone()
    whole[(page - 1) * 4096 : (page - 1) * 4096 + 8] = bytes(8)  # a table that no start looks into
    (home / FILE).write_bytes(whole)
    (home / f"{FILE}-wal").write_bytes(log)
    with pytest.raises(LedgerDamaged):
        Station(home, Settings(home))
