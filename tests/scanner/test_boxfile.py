"""The last scans survive a restart, are bounded, and never hold a badge."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.blackbox import MASKED, BlackBox, Record
from scanner.boxfile import BoxFile, export_records, read_records
from scanner.scan import Scan, Source

QUICK = 0.02


def scans(*texts: str) -> list[Scan]:
    return [Scan(text, Source.SERIAL) for text in texts]


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def told(path: Path) -> list[tuple[str, str]]:
    return [(record.scan.text, record.verdict) for record in read_records(path)]


def test_scans_and_their_verdicts_come_back_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "box"
    box = BlackBox()
    early, late = scans("early", "late")
    box.keep(early, b"early\r")
    file = BoxFile(path, box, QUICK)
    file.start()
    until(lambda: told(path) == [("early", "")])
    box.keep(late)
    box.judge(late, "ok")
    box.judge(early, "stop")
    file.close()
    assert told(path) == [("early", "stop"), ("late", "ok")]
    again = BlackBox()
    again.keep(scans("before the file")[0])
    file = BoxFile(path, again, QUICK)
    file.start()
    again.keep(scans("after")[0])
    file.close()
    assert [text for text, _ in told(path)] == ["early", "late", "before the file", "after"]
    assert [record.number for record in again.records()] == [1, 2, 3, 4]
    assert again.records() == tuple(read_records(path))
    assert again.records()[0].data == b"early\r"


def test_the_file_is_bounded_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "box"
    box = BlackBox(capacity=10)
    file = BoxFile(path, box, 0)
    file.start()
    for number in range(55):
        box.keep(scans(str(number))[0])
        until(lambda number=number: told(path)[-1:] == [(str(number), "")])  # type: ignore[misc]
        assert len(path.read_bytes().splitlines()) <= 20
    file.close()
    assert [text for text, _ in told(path)][-10:] == [str(number) for number in range(45, 55)]
    assert [entry.name for entry in tmp_path.iterdir()] == ["box"]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_badge_leaves_no_trace_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "box"
    box = BlackBox(secret=lambda text: text.startswith("TDB"))
    file = BoxFile(path, box, QUICK)
    file.start()
    foreign, pack = scans("STAFF-CARD-77", "6901234567892")
    for scan in (*scans("TDB-SECRET"), foreign, pack):
        box.keep(scan, scan.text.encode())
    until(lambda: path.exists() and b"STAFF-CARD-77" in path.read_bytes())
    box.mask(foreign)
    box.judge(foreign, "ok")
    until(lambda: b"STAFF-CARD-77" not in path.read_bytes())
    file.close()
    assert b"SECRET" not in path.read_bytes()
    assert told(path) == [("", MASKED), ("", MASKED), ("6901234567892", "")]


def test_torn_and_foreign_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "box"
    box = BlackBox()
    box.keep(scans("6901234567892")[0])
    (line,) = box.lines()
    path.write_bytes(b"\xff\xfe\n" + line.encode() + b"\n" + line.encode()[:-9])
    assert told(path) == [("6901234567892", "")]
    assert read_records(tmp_path / "none") == []


def test_a_folder_that_cannot_be_written_costs_no_scan(tmp_path: Path) -> None:
    box = BlackBox()
    file = BoxFile(tmp_path / "nowhere" / "box", box, 0)
    file.start()
    box.keep(scans("a")[0])
    file.close()
    assert len(box.records()) == 1


def test_export_writes_a_new_file_only(tmp_path: Path) -> None:
    box = BlackBox()
    for scan in scans("a", "b"):
        box.keep(scan)
    path = tmp_path / "export"
    assert export_records(path, box.records()) == 2
    assert [Record.of(line) for line in path.read_text("utf-8").splitlines()] == list(box.records())
    with pytest.raises(FileExistsError):
        export_records(path, box.records())
