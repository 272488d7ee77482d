"""The window starts light, opens the ledger after the first paint, explains what keeps it from working, and ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.bridge import Bridge
from desktop.deliverywatch import DeliveryWatch
from desktop.desk import Desk
from desktop.devices import Sight
from desktop.duty import Duty
from desktop.equipment import Equipment
from desktop.keeping import keep
from desktop.room import Room
from desktop.settings import Settings
from desktop.sound import Sound
from desktop.steps import FIRST_TASK
from desktop.theme import Theme
from desktop.viewfinder import Viewfinder
from desktop.wedgefilter import WedgeFilter
from desktop.window import Window
from desktop.words import Words
from ledger.clock import Clock
from ledger.recovery import digest
from ledger.roles import Role
from ledger.staff import add_first
from ledger.store import FILE, exists
from ledger.verifier import Cost, verifier_of
from ledger.writer import Writer
from sync.sandbox import Sandbox
from sync.sandbox.peek import held_events
from tests.desktop.conftest import GTIN, gs1, wedge

HEAVY = (
    "cv2",
    "numpy",
    "httpx",
    "sqlite_utils",
    "uvicorn",
    "starlette",
    "truststore",
    "PySide6.QtMultimedia",
)


@pytest.fixture
def start(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[object]:
    """Builds the window on a home folder and begins; everything is stopped afterwards."""
    running: list[SimpleNamespace] = []

    def begin(
        home: Path, settings: Settings | None = None, camera: str | None = None, sight: Sight | None = None
    ) -> SimpleNamespace:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        _tried_out(home)
        bridge, words = Bridge(), Words("zh_CN")
        desk = Desk(bridge)
        window = Window(theme, words)
        room = Room(theme, words, home)
        window.furnish(desk, room, FIRST_TASK)
        qtbot.addWidget(window)
        parts = SimpleNamespace(
            bridge=bridge,
            desk=desk,
            room=room,
            window=window,
            sound=Sound(80, ways=[]),
            viewfinder=Viewfinder(bridge),
            watch=DeliveryWatch(bridge, window.work.tables.values()),
            wedge=WedgeFilter(app),
        )
        nothing = Sight(ports=list, hids=list, keyboards=lambda _models: [])
        parts.equipment = Equipment(bridge, parts.viewfinder, parts.wedge, sight or nothing)
        room.equipment = parts.equipment
        parts.duty = Duty(
            words,
            home,
            settings,
            camera,
            bridge,
            parts.sound,
            parts.viewfinder,
            desk,
            window,
            parts.watch,
            parts.equipment,
        )
        window.resize(1366, 768)
        window.show()
        running.append(parts)
        parts.duty.begin()
        return parts

    yield begin
    for parts in running:
        parts.watch.close()
        parts.viewfinder.stop(2)
        parts.equipment.close()
        parts.room.close()
        parts.duty.close()
        parts.sound.close()
        parts.wedge.deleteLater()


def _tried_out(home: Path) -> None:
    """Nobody is registered and nobody wants to be: the work begins at once."""
    if (home / "settings.json").exists():
        return
    settings = Settings(home)
    settings.set("people.later", True)
    settings.save()


def working(parts: SimpleNamespace) -> bool:
    return bool(parts.window.work.isVisible())


def test_importing_the_app_loads_nothing_heavy() -> None:
    program = (
        f"import sys, json; import desktop.app; print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(done.stdout) == []


def test_the_first_paint_needs_nothing_heavy(tmp_path: Path) -> None:
    program = f"""
import sys, json
from pathlib import Path
from PySide6.QtCore import QTimer
import desktop.app as app
from desktop.words import Words
paint = app._paint
def painted(window):
    paint(window)
    print(json.dumps([name for name in {(*HEAVY, "ledger.capture", "scanner.camera")!r} if name in sys.modules]))
    QTimer.singleShot(0, window.close)
app._paint = painted
sys.exit(app.run(Words("en"), Path(sys.argv[1])))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "home")],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_what_delivery_needs_is_loaded_by_the_thread_that_opens_the_ledger(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from desktop.settings import Settings;"
        f"from desktop.station import Station; home = Path({str(tmp_path)!r}); settings = Settings(home);"
        "settings.set('platform.url', 'http://127.0.0.1:9'); station = Station(home, settings);"
        "station.begin(); before = set(sys.modules); station.start_delivery(lambda _: None);"
        "print(sorted(one for one in set(sys.modules) - before if one.startswith(('sync', 'desktop'))));"
        "station.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_scan_made_while_the_ledger_opens_is_taken_when_it_is_open(
    qtbot: QtBot, start: object, tmp_path: Path
) -> None:
    parts = start(tmp_path / "home")  # type: ignore[operator]
    assert parts.window.opening.isVisible()
    with qtbot.waitSignal(parts.desk.told, timeout=10_000) as caught:
        parts.desk.take(wedge(gs1("EARLY-1")))
    assert caught.args[0].saved
    qtbot.waitUntil(lambda: working(parts), timeout=10_000)
    assert parts.window.guide.is_done(0)


def test_a_scan_made_while_the_ledger_opens_is_refused_where_somebody_has_to_sign_in(
    qtbot: QtBot, start: object, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    writer = Writer(home)
    cost, roles = Cost(4, 1, 1), frozenset({Role.SUPERVISOR})
    writer.run(lambda store: add_first(store, Clock(), "关", verifier_of("482915", cost), roles, digest("x")))
    writer.close()
    parts = start(home)  # type: ignore[operator]
    parts.window.take(wedge(gs1("EARLY-1")))
    qtbot.waitUntil(parts.window.signin.isVisible, timeout=10_000)
    station = parts.duty._station
    kept = station.run(lambda store: store.last_scan())
    assert (kept.outcome, kept.problem) == ("refused", "sign_in_first")
    assert station.run(lambda store: store.look_up(f"gs1:{GTIN}/EARLY-1")) is None


def test_a_second_program_on_the_folder_is_told_and_works_once_it_is_free(
    qtbot: QtBot, start: object, tmp_path: Path
) -> None:
    other = Writer(tmp_path / "home")
    parts = start(tmp_path / "home")  # type: ignore[operator]
    qtbot.waitUntil(lambda: parts.window.opening.faulty, timeout=10_000)
    assert "另一个 TraceDesk" in parts.window.opening.sentence.text()
    with qtbot.waitSignal(parts.desk.turned_away):
        parts.desk.take(wedge(gs1("NOBODY-1")))
    other.close()
    again = parts.window.findChild(QPushButton, "opening_again")
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: working(parts), timeout=10_000)
    with qtbot.waitSignal(parts.desk.told, timeout=10_000) as caught:
        parts.desk.take(wedge(gs1("FIRST-1")))
    assert caught.args[0].seq == 2, "the opening and this scan: the one that was turned away left no record"


def test_broken_settings_are_explained_and_never_overwritten(
    qtbot: QtBot, start: object, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    broken = '{"sound.volume": }'
    (home / "settings.json").write_text(broken, "utf-8")
    parts = start(home)  # type: ignore[operator]
    qtbot.waitUntil(lambda: parts.window.opening.faulty, timeout=5_000)
    assert "settings.json" in parts.window.opening.sentence.text()
    parts.window.language_wanted.emit("en")
    parts.window.sound_switched.emit()
    assert "settings.json" in parts.window.opening.sentence.text()
    assert (home / "settings.json").read_text("utf-8") == broken
    assert not exists(home)


def test_a_file_that_is_no_ledger_is_left_alone(qtbot: QtBot, start: object, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / FILE).write_bytes(b"These are not the records of a pharmacy. " * 40)
    parts = start(home)  # type: ignore[operator]
    qtbot.waitUntil(lambda: parts.window.opening.faulty, timeout=5_000)
    assert FILE in parts.window.opening.sentence.text()
    assert (home / FILE).read_bytes().startswith(b"These are not")


def test_language_and_sound_are_kept_for_the_next_start(qtbot: QtBot, start: object, tmp_path: Path) -> None:
    home = tmp_path / "home"
    parts = start(home)  # type: ignore[operator]
    qtbot.waitUntil(lambda: working(parts), timeout=10_000)
    assert parts.window.windowTitle() == Words("zh_CN").say("window_title")
    parts.window.language_wanted.emit("en")
    parts.window.sound_switched.emit()
    assert parts.window.windowTitle() == Words("en").say("window_title")

    def kept() -> tuple[object, object]:
        settings = Settings.load(home)
        return settings["language"], settings["sound.volume"]

    qtbot.waitUntil(lambda: kept() == ("en", 0), timeout=10_000)
    parts.window.sound_switched.emit()
    qtbot.waitUntil(lambda: kept() == ("en", 80), timeout=10_000)


def test_a_full_disk_stops_scanning_and_says_so_until_a_scan_is_saved_again(
    qtbot: QtBot, start: object, tmp_path: Path
) -> None:
    parts = start(tmp_path / "home")  # type: ignore[operator]
    qtbot.waitUntil(lambda: working(parts), timeout=10_000)
    station = parts.duty._station

    def limit(pages: str) -> None:
        station.run(lambda store: store._connection.execute(f"PRAGMA max_page_count={pages}").fetchone())

    before = station.run(lambda store: store.head.seq)
    limit("1")
    failed = 0
    for number in range(200):
        with qtbot.waitSignal(parts.desk.told, timeout=10_000) as caught:
            parts.desk.take(wedge(gs1(f"FULL-{number}")))
        if not caught.args[0].saved:
            failed += 1
            assert caught.args[0].title == "did_failed"
            break
        before = caught.args[0].seq
    assert failed == 1, "the disk never filled"
    assert parts.window.banner.isVisible()
    assert "磁盘已满" in parts.window.banner.sentence.text()
    assert station.run(lambda store: store.head.seq) == before, "nothing half-done"
    parts.window.controls.escape()
    assert parts.window.banner.isVisible(), "a stop cannot be waved away"
    limit("100000")
    with qtbot.waitSignal(parts.desk.told, timeout=10_000) as caught:
        parts.desk.take(wedge(gs1("ROOM-1")))
    assert caught.args[0].saved
    assert not parts.window.banner.isVisible()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program_ends_cleanly_when_asked(tmp_path: Path, number: signal.Signals) -> None:
    home = tmp_path / "home"
    program = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from desktop.commands.root import main; main(sys.argv[1:])",
            "--home",
            str(home),
        ],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while not exists(home) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    program.send_signal(number)
    out, errors = program.communicate(timeout=30)
    assert program.returncode == 0, errors
    assert out == ""
    assert errors == ""
    writer = Writer(home)
    writer.close()


def test_what_a_person_must_know_of_ledger_and_clock_stands_in_the_banner(
    qtbot: QtBot, start: object, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    parts = start(home)  # type: ignore[operator]
    qtbot.waitUntil(lambda: working(parts), timeout=10_000)
    parts.bridge.on_notice("resumed_mark_gone", {"kept_seq": "7", "seq": "8", "ledger": "abcd1234"})
    qtbot.waitUntil(lambda: not parts.window.banner.isHidden(), timeout=5_000)
    told = " ".join(label.text() for label in parts.window.banner.findChildren(QLabel))
    assert "ledger.head" in told and "abcd1234" in told


def test_a_scan_that_opens_nothing_makes_the_sound_of_a_stop(
    qtbot: QtBot, start: object, tmp_path: Path
) -> None:
    parts = start(tmp_path / "home")  # type: ignore[operator]
    qtbot.waitUntil(lambda: working(parts), timeout=10_000)
    heard: list[str] = []
    parts.sound._ways.append(lambda file: heard.append(Path(file).stem))
    parts.window.gate.turned_away.emit()
    qtbot.waitUntil(lambda: heard == ["stop-80"], timeout=5_000)


def test_a_platform_set_at_the_window_shows_at_once_and_gets_what_was_recorded(
    qtbot: QtBot, start: object, tmp_path: Path, sandbox: Sandbox
) -> None:
    parts = start(tmp_path / "home")  # type: ignore[operator]
    qtbot.waitUntil(lambda: working(parts), timeout=10_000)
    with qtbot.waitSignal(parts.desk.told, timeout=10_000):
        parts.window.take(wedge(gs1("LATER-1")))
    strip, tables = parts.window.status, parts.window.work.tables.values()
    none = Words("zh_CN").say("line_none")
    assert strip.line.words.text() == none and all(one.local for one in tables)

    def change(address: str) -> None:
        with qtbot.waitSignal(parts.room.settings_changed, timeout=10_000):
            keep(parts.room, "platform.url", address, lambda: None, pytest.fail)

    change(sandbox.url)
    assert strip.line.words.text() != none and not any(one.local for one in tables)
    qtbot.waitUntil(lambda: bool(strip.safe_to_leave), timeout=30_000)
    assert held_events(sandbox.url) == parts.room.station.run(lambda store: store.outbox.summary()).accepted
    change("")
    assert strip.line.words.text() == none and all(one.local for one in tables)
