"""Power cuts, simulated: at any moment, with whatever was not flushed lost, nothing that was acknowledged is.

One shift is worked on a disk that notes everything (disk.c); then the power is cut at many moments of it, and what
is left is opened by the real program.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.settings import Settings
from desktop.station import Station
from ledger import headmark
from ledger.audit import audit
from ledger.backup import back_up
from ledger.clock import Clock
from ledger.errors import LedgerDamaged, TraceDeskError
from ledger.event import Event, EventKind
from ledger.restore import restore
from ledger.store import FILE, open_reader
from tests.faults.disk import Disk, Step, build, environment, steps
from tests.faults.shift import scan

ROOT = Path(__file__).resolve().parents[2]
CUTS, CUTS_LONG = 40, 400
SCANS = 60


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift that was worked, and everything that it did to the disk."""

    home: Path
    acks: Path
    log: list[Step]


def python(*arguments: object) -> list[str]:
    return [sys.executable, *map(str, arguments)]


def work(folder: Path, seed: int, synchronous: str = "FULL", scans: int = SCANS) -> Shift:
    home, acks, log = folder / "home", folder / "home" / "acks", folder / "log"
    home.mkdir()
    command = python("-m", "tests.faults.shift", home, acks, scans, seed, synchronous)
    shim = environment(build(folder), home, disk_log=log)
    done = subprocess.run(
        command, cwd=ROOT, env=shim, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return Shift(home, acks, list(steps(log)))


def acknowledged(shift: Shift, upto: int) -> dict[int, str]:
    """Sequence number -> event id of everything that was acknowledged before the cut."""
    said = b"".join(
        step.data for step in shift.log[:upto] if step.kind == "W" and step.path == str(shift.acks)
    )
    return {int(seq): event_id for seq, event_id in (line.split() for line in said.decode().splitlines())}


def moments(shift: Shift, count: int, chance: random.Random) -> list[int]:
    """Where to cut: half of them right after something was acknowledged, for that is where it hurts."""
    every = range(len(shift.log) + 1)
    told = [at + 1 for at, step in enumerate(shift.log) if step.kind == "W" and step.path == str(shift.acks)]
    return sorted([*chance.choices(every, k=count // 2), *chance.choices(told, k=count - count // 2)])


def lost(home: Path, promised: dict[int, str]) -> int:
    """How many acknowledged events are not there; all of them where the ledger cannot be read."""
    try:
        with closing(open_reader(home)) as store:
            found = {
                event.seq: event.event_id
                for event in (Event.from_canonical(body) for _, body, _ in store.chain())
            }
    except (TraceDeskError, sqlite3.Error, ValueError):
        return len(promised)
    return sum(found.get(seq) != event_id for seq, event_id in promised.items())


@pytest.mark.timeout(1800)
def test_nothing_acknowledged_is_lost_torn_or_broken(tmp_path: Path, long_run: bool) -> None:
    chance = random.Random(20261120)
    cuts = 0
    for seed in range(10 if long_run else 1):
        folder = tmp_path / str(seed)
        folder.mkdir()
        shift = work(folder, seed)
        disk, done = Disk(), 0
        for at in moments(shift, (CUTS_LONG // 10) if long_run else CUTS, chance):
            for step in shift.log[done:at]:
                disk.take(step)
            done = at
            disk.cut(shift.home, chance)
            promised = acknowledged(shift, at)
            assert lost(shift.home, promised) == 0, f"seed {seed}, cut at {at}"
            finding = audit(shift.home)
            assert finding.whole, (seed, at, finding.faults)
            go_on(shift.home, len(promised))
            cuts += 1
    assert cuts == (CUTS_LONG if long_run else CUTS)


def go_on(home: Path, promised: int) -> None:
    """The next morning: the same ledger under the same name, and the next number."""
    notices: list[str] = []
    station = Station(home, Settings(home), on_notice=lambda code, _: notices.append(code))
    try:
        before = station.run(lambda store: store.head.seq)
        assert before >= promised
        answer = scan(station, EventKind.RECEIVE, "NEXT-MORNING").result(60)
        assert answer.event is not None and answer.event.seq == before + 1
    finally:
        station.close()
    assert notices == []
    mark = headmark.read(home)
    assert mark is not None and mark.seq == before + 1
    assert audit(home).whole


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_the_disk_tells_the_difference(tmp_path: Path, synchronous: str) -> None:
    """The same cuts take acknowledged events away from a program that flushes less: so the test above can fail."""
    chance = random.Random(20261120)
    shift = work(tmp_path, 0, synchronous)
    disk, done, losses = Disk(), 0, 0
    for at in moments(shift, CUTS, chance):
        for step in shift.log[done:at]:
            disk.take(step)
        done = at
        disk.cut(shift.home, chance)
        losses += lost(shift.home, acknowledged(shift, at)) > 0
    assert losses > CUTS // 4


def test_a_power_cut_in_the_middle_of_a_restore_forks_nothing(tmp_path: Path, long_run: bool) -> None:
    """Whatever is left is the old ledger, the restored one under a new name, or none and a sentence that says so."""
    home, saved, log = tmp_path / "home", tmp_path / "saved", tmp_path / "log"
    for number in range(2):
        station = Station(home, Settings(home))
        for serial in range(5):
            scan(station, EventKind.RECEIVE, f"S{number}-{serial}").result(60)
        station.close()
        if number == 0:
            back_up(home, saved)
    with closing(open_reader(home)) as store:
        old_id, old_head = store.ledger_id, store.head
    before = tmp_path / "before"
    shutil.copytree(home, before)
    command = python("-c", "from desktop.commands.root import main; main()", "--home", home, "restore", saved)
    shim = environment(build(tmp_path), home, disk_log=log)
    subprocess.run(command, cwd=ROOT, env=shim, capture_output=True, timeout=300, check=True)
    told = list(steps(log))
    seen = set()
    chance = random.Random(20261120)
    for at in sorted(chance.choices(range(len(told) + 1), k=200 if long_run else 40)):
        shutil.rmtree(home)
        shutil.copytree(before, home)
        disk = Disk()
        disk.start_from(home)
        for step in told[:at]:
            disk.take(step)
        disk.cut(home, chance)
        seen.add(what_is_left(home, old_id, old_head.seq))
        if not (home / FILE).exists() or audit(home).events < 5:
            assert restore(home, saved, Clock()).resumed.seq > old_head.seq
            assert audit(home).whole
    assert {"old", "restored"} <= seen <= {"old", "restored", "gone"}


def what_is_left(home: Path, old_id: str, old_seq: int) -> str:
    try:
        station = Station(home, Settings(home), on_notice=lambda *_: None)
    except LedgerDamaged as error:
        return "gone" if error.code == "ledger_gone" else error.code
    try:
        ledger_id, seq = station.run(lambda store: (store.ledger_id, store.head.seq))
    finally:
        station.close()
    assert audit(home).whole
    if ledger_id == old_id:
        assert seq == old_seq
        return "old"
    assert seq > old_seq
    return "restored"
