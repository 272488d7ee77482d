"""Restoring from the window: proved, explained, typed, exchanged under the open window; no scan is lost silently."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.bridge import Bridge
from desktop.deliverywatch import DeliveryWatch
from desktop.desk import Desk
from desktop.devices import Sight
from desktop.duty import Duty
from desktop.equipment import Equipment
from desktop.pages.settings import SECTIONS, SettingsPage
from desktop.restoring import Restoring
from desktop.room import Room
from desktop.sections.audit import AuditSection
from desktop.sections.backup import BackupSection
from desktop.settings import Settings
from desktop.sound import Sound
from desktop.steps import FIRST_TASK
from desktop.theme import Theme
from desktop.viewfinder import Viewfinder
from desktop.wedgefilter import WedgeFilter
from desktop.window import Window
from desktop.words import Words
from ledger.audit import audit
from ledger.backup import back_up
from ledger.event import Event, EventKind
from ledger.identity import installation
from ledger.patients import Patient, Patients
from ledger.roles import Operator, Role
from ledger.store import FILE, open_reader
from ledger.writer import Writer
from tests.desktop.conftest import gs1, wedge

PATIENT = "9a7d1c52-5a36-4e0e-8f2b-2f6f3f0c7d11"
WORDS = "correct horse battery"


@pytest.fixture
def parts(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """The whole window at work on a folder of its own, a folder for backups beside it."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    home, folder = tmp_path / "home", tmp_path / "backups"
    folder.mkdir()
    settings = Settings(home)
    settings.set("people.later", True)
    settings.set("backup.folder", str(folder))
    settings.save()
    bridge, words = Bridge(), Words("zh_CN")
    desk, window, room = Desk(bridge), Window(theme, words), Room(theme, words, home)
    window.furnish(desk, room, FIRST_TASK)
    qtbot.addWidget(window)
    viewfinder, wedged = Viewfinder(bridge), WedgeFilter(app)
    sound, watch = Sound(80, ways=[]), DeliveryWatch(bridge, window.work.tables.values())
    equipment = Equipment(
        bridge, viewfinder, wedged, Sight(ports=list, hids=list, keyboards=lambda _models: [])
    )
    room.equipment = equipment
    duty = Duty(words, home, None, None, bridge, sound, viewfinder, desk, window, watch, equipment)
    restoring = Restoring(window, desk, duty, watch)
    window.resize(1366, 768)
    window.show()
    duty.begin()
    qtbot.waitUntil(window.work.isVisible, timeout=20_000)
    yield SimpleNamespace(
        bot=qtbot,
        home=home,
        folder=folder,
        desk=desk,
        room=room,
        window=window,
        duty=duty,
        restoring=restoring,
    )
    restoring.close()
    watch.close()
    viewfinder.stop(2)
    equipment.close()
    room.close()
    duty.close()
    sound.close()
    wedged.deleteLater()


def scan(parts: SimpleNamespace, serial: str) -> None:
    with parts.bot.waitSignal(parts.desk.told, timeout=10_000):
        parts.window.take(wedge(gs1(serial)))


def section(parts: SimpleNamespace) -> BackupSection:
    parts.window.show_page("settings", "backup")
    page = parts.window.page
    assert isinstance(page, SettingsPage)
    found = page.sections["backup"]
    assert isinstance(found, BackupSection)
    return found


def choose(parts: SimpleNamespace, file: Path) -> BackupSection:
    """Choose a backup and wait until it is proved."""
    shown = section(parts)
    parts.bot.waitUntil(lambda: file in shown.there.buttons, timeout=10_000)
    shown.there.buttons[file].click()
    parts.bot.waitUntil(shown.there.typed.isVisible, timeout=20_000)
    return shown


def confirm(parts: SimpleNamespace, shown: BackupSection) -> None:
    found = shown.there._outlook
    assert found is not None
    parts.bot.keyClicks(shown.there.typed, str(found.kept.events))
    parts.bot.keyClick(shown.there.typed, Qt.Key.Key_Return)


def serials(home: Path) -> set[str]:
    store = open_reader(home)
    try:
        events = [Event.from_canonical(body) for _, body, _ in store.chain()]
    finally:
        store.close()
    return {pack.serial or "" for one in events if one.kind is EventKind.RECEIVE for pack in one.packs}


def test_a_backup_is_restored_under_the_open_window(parts: SimpleNamespace) -> None:
    for serial in "AB":
        scan(parts, serial)
    file = parts.folder / "tracedesk-x.sqlite3"
    back_up(parts.home, file)
    scan(parts, "C")
    before, verb = parts.room.station, parts.desk.verb
    old_id = before.run(lambda store: store.ledger_id)
    shown = choose(parts, file)
    said = shown.there.told.text()
    assert "只在本机的有 1 条" in said and "replaced" in said
    confirm(parts, shown)
    # From this very moment a scan is turned away, in words.
    parts.window.take(wedge(gs1("LOST")))
    assert parts.restoring.page.isVisible() and "1" in parts.restoring.page._away.text()
    assert not parts.window.rail.isVisible()
    parts.bot.waitUntil(parts.window.work.isVisible, timeout=30_000)
    station = parts.room.station
    assert station is not before and station.run(lambda store: store.ledger_id) != old_id
    sentence = parts.window.banner.findChild(object, "banner_sentence")
    parts.bot.waitUntil(lambda: "1 次没有登记" in sentence.text(), timeout=10_000)
    assert parts.window.work.below.scans.model().rowCount() == 0, "the list tells of this ledger alone"
    assert parts.desk.verb is verb and parts.desk.undo() is False
    assert serials(parts.home) == {"A", "B"}
    scan(parts, "D")
    assert serials(parts.home) == {"A", "B", "D"}
    assert audit(parts.home).whole
    (aside,) = parts.home.glob("replaced-*")
    assert "C" in serials(aside)


def test_every_page_looks_at_the_restored_ledger(parts: SimpleNamespace) -> None:
    scan(parts, "FIRST")
    file = parts.folder / "tracedesk-x.sqlite3"
    back_up(parts.home, file)
    scan(parts, "SECOND")
    parts.window.show_page("stock")
    stock = parts.window.page
    parts.bot.waitUntil(lambda: stock.model.rowCount() > 0, timeout=10_000)
    confirm(parts, choose(parts, file))
    parts.bot.waitUntil(parts.window.work.isVisible, timeout=30_000)
    for name in parts.window.rail.buttons:
        parts.window.show_page(name)
    parts.window.show_page("stock", "FIRST")
    parts.bot.waitUntil(lambda: stock.model.rowCount() == 1, timeout=10_000)
    parts.window.show_page("stock", "SECOND")
    parts.bot.waitUntil(lambda: stock.model.rowCount() == 0, timeout=10_000)


def test_nothing_is_restored_without_the_right_number_or_the_right(parts: SimpleNamespace) -> None:
    scan(parts, "A")
    file = parts.folder / "tracedesk-x.sqlite3"
    back_up(parts.home, file)
    shown = choose(parts, file)
    assert "不会丢失" in shown.there.told.text() and not shown.there.go.isEnabled()
    parts.bot.keyClicks(shown.there.typed, "999999")
    assert not shown.there.go.isEnabled()
    parts.bot.keyClick(shown.there.typed, Qt.Key.Key_Return)
    assert parts.window.page is not None
    parts.room.show_operator(Operator("li", "李", frozenset({Role.SUPERVISOR})))
    shown.there.buttons[file].click()
    assert shown.there.told.property("tone") == "stop" and not shown.there.typed.isVisible()


def test_a_restore_waits_for_an_export_that_runs(parts: SimpleNamespace, tmp_path: Path) -> None:
    scan(parts, "A")
    made = back_up(parts.home, parts.folder / "one.sqlite3")
    shown = choose(parts, made.file)
    audit, go = SECTIONS["audit"](parts.room), Flag()
    assert isinstance(audit, AuditSection)
    parts.room.station.writer.submit(lambda _: go.wait(20))
    audit._dest.field.setText(str(tmp_path / "export.jsonl"))
    audit._export.click()
    confirm(parts, shown)
    assert shown.there.told.property("tone") == "ask" and "导出记录" in shown.there.told.text()
    assert parts.room.station is not None and parts.restoring.page is None, "nothing was closed"
    go.set()
    parts.bot.waitUntil(lambda: not parts.room.at_work, timeout=20_000)
    with parts.bot.waitSignal(parts.room.opened, timeout=30_000):
        parts.bot.keyClick(shown.there.typed, Qt.Key.Key_Return)
    assert (tmp_path / "export.jsonl").exists()
    audit.deleteLater()


def test_a_broken_backup_and_one_of_another_ledger_are_refused(
    parts: SimpleNamespace, tmp_path: Path
) -> None:
    scan(parts, "AAAA")
    whole, broken = parts.folder / "whole.sqlite3", parts.folder / "broken.sqlite3"
    back_up(parts.home, whole)
    broken.write_bytes(whole.read_bytes().replace(b'"serial":"AAAA"', b'"serial":"AAAB"', 1))
    (parts.folder / "none.sqlite3").write_bytes(b"nothing")
    shown = section(parts)
    parts.bot.waitUntil(lambda: len(shown.there.buttons) == 3, timeout=10_000)
    assert not shown.there.buttons[parts.folder / "none.sqlite3"].isEnabled()
    shown.there.buttons[broken].click()
    parts.bot.waitUntil(lambda: shown.there.told.property("tone") == "stop", timeout=20_000)
    assert not shown.there.typed.isVisible()
    assert "另选一份备份" in shown.there.told.text()


def test_a_backup_that_is_torn_is_said_to_be_and_not_the_ledger(parts: SimpleNamespace) -> None:
    for serial in "ABCDEFGH":
        scan(parts, serial)
    file = parts.folder / "tracedesk-x.sqlite3"
    back_up(parts.home, file)
    whole = file.read_bytes()
    torn = whole[:8192] + bytes(len(whole) // 2) + whole[8192 + len(whole) // 2 :]
    shown = choose(parts, file)
    file.write_bytes(torn)  # after it was proved
    confirm(parts, shown)
    parts.bot.waitUntil(lambda: parts.restoring.page is not None, timeout=10_000)
    parts.bot.waitUntil(parts.window.work.isVisible, timeout=30_000)
    sentence = parts.window.banner.findChild(object, "banner_sentence")
    parts.bot.waitUntil(lambda: "没有恢复" in sentence.text(), timeout=10_000)
    assert "另选一份备份" in sentence.text() and "停止扫码" not in sentence.text()
    scan(parts, "C2")


def test_a_restore_that_fails_leaves_the_old_ledger_at_work(parts: SimpleNamespace, tmp_path: Path) -> None:
    scan(parts, "A")
    file = parts.folder / "tracedesk-x.sqlite3"
    back_up(parts.home, file)
    scan(parts, "B")
    shown = choose(parts, file)
    file.unlink()  # the stick was pulled
    confirm(parts, shown)
    parts.bot.waitUntil(lambda: parts.restoring.page is not None, timeout=10_000)
    parts.bot.waitUntil(parts.window.work.isVisible, timeout=30_000)
    sentence = parts.window.banner.findChild(object, "banner_sentence")
    parts.bot.waitUntil(lambda: "没有恢复" in sentence.text(), timeout=10_000)
    scan(parts, "C")
    assert serials(parts.home) == {"A", "B", "C"} and not list(parts.home.glob("replaced-*"))


def test_another_program_that_takes_the_folder_is_told_and_nothing_is_lost(parts: SimpleNamespace) -> None:
    """Between closing and exchanging somebody else may write: then it is not restored, and said."""
    scan(parts, "A")
    file = parts.folder / "tracedesk-x.sqlite3"
    back_up(parts.home, file)
    shown = choose(parts, file)
    close = parts.room.station.close
    taken: list[Writer] = []

    def close_and_be_robbed() -> None:
        close()
        taken.append(Writer(parts.home))

    parts.room.station.close = close_and_be_robbed
    confirm(parts, shown)
    parts.bot.waitUntil(
        lambda: parts.window.opening.isVisible() and parts.window.opening.faulty, timeout=30_000
    )
    parts.window.take(wedge(gs1("X")))
    taken[0].close()
    parts.window.opening.again.emit()
    parts.bot.waitUntil(parts.window.work.isVisible, timeout=30_000)
    assert serials(parts.home) == {"A"} and installation(parts.home)


def test_patients_whose_keys_are_not_here_are_told_of_after_a_restore(parts: SimpleNamespace) -> None:
    parts.room.station.run(lambda store: Patients.of(store).put(PATIENT, Patient("王小明")))
    scan(parts, "A")
    file = parts.folder / "tracedesk-x.sqlite3"
    back_up(parts.home, file)
    (parts.home / "patient-keys" / f"{PATIENT}.key").unlink()
    shown = choose(parts, file)
    assert "1 位患者" in shown.there.told.text()
    confirm(parts, shown)
    parts.bot.waitUntil(parts.window.work.isVisible, timeout=30_000)
    sentence = parts.window.banner.findChild(object, "banner_sentence")
    parts.bot.waitUntil(
        lambda: "取回恢复文件" in sentence.text() and "已恢复，" in sentence.text(), timeout=10_000
    )
    keys = section(parts).keys
    parts.bot.waitUntil(lambda: keys.where.property("tone") == "stop", timeout=10_000)


@pytest.mark.parametrize("gone", [False, True])
def test_a_ledger_that_cannot_be_opened_is_restored_from_its_own_page(
    parts: SimpleNamespace, gone: bool
) -> None:
    for serial in "AB":
        scan(parts, serial)
    file = parts.folder / "tracedesk-x.sqlite3"
    back_up(parts.home, file)
    scan(parts, "C")
    parts.room.let_go()()
    parts.duty.let_go()()
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
        (parts.home / name).unlink(missing_ok=True)
    if not gone:
        (parts.home / FILE).write_bytes(b"SQLite format 3\0" + bytes(5_000))
    parts.duty.begin()
    opening = parts.window.opening
    parts.bot.waitUntil(lambda: opening.isVisible() and opening.faulty, timeout=20_000)
    assert opening.restore.isVisible()
    opening.restore.click()
    card = parts.restoring.rescue.card
    parts.bot.waitUntil(lambda: file in card.buttons, timeout=10_000)
    card.buttons[file].click()
    parts.bot.waitUntil(card.typed.isVisible, timeout=20_000)
    assert "读不出来" in card.told.text(), "nobody says that nothing is lost"
    parts.bot.keyClicks(card.typed, str(card._outlook.kept.events))
    parts.bot.keyClick(card.typed, Qt.Key.Key_Return)
    parts.bot.waitUntil(parts.window.work.isVisible, timeout=30_000)
    assert serials(parts.home) == {"A", "B"} and audit(parts.home).whole
    scan(parts, "D")


def test_keys_are_saved_and_taken_in_from_the_window(parts: SimpleNamespace, tmp_path: Path) -> None:
    station = parts.room.station
    station.run(lambda store: Patients.of(store).put(PATIENT, Patient("王小明")))
    keys = section(parts).keys
    parts.bot.waitUntil(lambda: "patient-site.key" in keys.where.text(), timeout=10_000)
    assert keys.where.property("tone") == "ask", "nobody has saved them yet"
    keys.file.field.setText(str(tmp_path / "site"))
    for field in (keys.passphrase, keys.again):
        parts.bot.keyClicks(field, "short")
    keys.save_file.click()
    assert keys.said.property("tone") == "ask" and not (tmp_path / "site.tracekeys").exists()
    for field, text in ((keys.passphrase, WORDS), (keys.again, WORDS + "!")):
        field.clear()
        parts.bot.keyClicks(field, text)
    keys.save_file.click()
    assert keys.said.property("tone") == "ask"
    keys.again.clear()
    parts.bot.keyClicks(keys.again, WORDS)
    keys.save_file.click()
    parts.bot.waitUntil(lambda: keys.said.property("tone") == "ok", timeout=20_000)
    assert (tmp_path / "site.tracekeys").exists() and not keys.passphrase.text()
    parts.bot.waitUntil(lambda: keys.where.property("tone") == "quiet", timeout=10_000)
    (parts.home / "patient-keys" / f"{PATIENT}.key").unlink()
    keys.file.field.setText(str(tmp_path / "site.tracekeys"))
    parts.bot.keyClicks(keys.passphrase, "wrong horse battery")
    keys.take_file.click()
    parts.bot.waitUntil(lambda: keys.said.property("tone") == "stop", timeout=20_000)
    parts.bot.keyClicks(keys.passphrase, WORDS)
    keys.take_file.click()
    parts.bot.waitUntil(lambda: keys.said.property("tone") == "ok", timeout=20_000)
    assert station.run(lambda store: Patients.of(store).find(PATIENT)) == Patient("王小明")
