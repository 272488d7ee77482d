"""The settings page: every declared setting explained, kept when it is answered, refused in words when it is wrong."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt

from desktop.keeping import keep
from desktop.pages.settings import SECTIONS, SettingsPage
from desktop.sections.audit import AuditSection
from desktop.sections.backup import BackupSection
from desktop.sections.importing import ImportSection
from desktop.sections.people import PeopleSection
from desktop.sections.plain import LookSection, RulesSection, SiteSection
from desktop.sections.platform import PlatformSection
from desktop.settings import DECLARED, FILE, Settings
from desktop.widgets.form import SettingRow
from desktop.words import LANGUAGES, Words
from ledger import badge, staff
from ledger.event import EventKind
from ledger.importing import columns_of
from ledger.people import Person
from ledger.roles import Operator, Role
from sync.vault import Vault
from tests.desktop.conftest import Place, gs1, wedge

ELSEWHERE = {
    "camera",
    "people.later",
    "scanner.ports",
    "print.label",
    "print.label_size",
    "print.paper",
    "print.folder",
}
"""Chosen where they are used: on the devices page, and at the first start."""


@pytest.fixture
def page(place: Place) -> SettingsPage:
    place.window.show_page("settings")
    shown = place.window.page
    assert isinstance(shown, SettingsPage)
    return shown


def row(page: SettingsPage, name: str) -> SettingRow:
    found = page.findChild(SettingRow, f"setting_{name}")
    assert isinstance(found, SettingRow)
    return found


def test_every_declared_setting_has_its_place_and_its_words() -> None:
    shown = {
        name
        for section in (SiteSection, RulesSection, LookSection, PlatformSection, PeopleSection, BackupSection)
        for name in section.settings
    }
    assert set(DECLARED) - ELSEWHERE == shown
    for language in LANGUAGES:
        words = Words(language)
        for name in shown:
            word = f"setting_{name.replace('.', '_')}"
            assert words.knows(word) and words.knows(f"{word}_why"), name
            for choice in DECLARED[name].choices:
                assert words.knows(f"choice_{choice}"), choice


def test_every_section_opens_in_both_languages(place: Place, page: SettingsPage) -> None:
    for language in LANGUAGES:
        place.window.retranslate(Words(language))
        for name, button in page.buttons.items():
            button.click()
            assert page.sections[name].isVisible(), name
    assert set(page.sections) == set(SECTIONS)


def test_a_typed_setting_is_saved_told_in_the_chain_and_in_force(place: Place, page: SettingsPage) -> None:
    field = row(page, "device.dock").field
    assert field is not None
    field.setFocus()
    field.setText("DOCK-7")
    with place.bot.waitSignal(page.room.settings_changed, timeout=5_000):
        place.bot.keyClick(field, Qt.Key.Key_Return)
    assert Settings.load(place.station.home).text("device.dock") == "DOCK-7"
    event = place.station.run(lambda store: store.event(store.head.seq))
    assert event.kind is EventKind.SETTINGS_CHANGED
    assert (event.told("name"), event.told("before"), event.told("after")) == (
        "device.dock",
        "DOCK-1",
        "DOCK-7",
    )
    told = place.scan(wedge(gs1("SET-1")))
    assert place.station.run(lambda store: store.event(told.seq)).place == "DOCK-7"


def test_a_setting_is_written_beside_the_window_and_taken_back_where_the_disk_refuses(
    place: Place, page: SettingsPage
) -> None:
    dock = row(page, "device.dock")
    assert dock.field is not None
    file, go = place.station.home / FILE, Event()
    before = place.station.run(lambda store: store.head.seq)
    place.station.writer.submit(lambda _: go.wait(20))
    dock.field.setText("DOCK-8")
    place.bot.keyClick(dock.field, Qt.Key.Key_Return)
    assert "DOCK-8" not in (file.read_text("utf-8") if file.exists() else ""), (
        "the window does not wait for it"
    )
    with place.bot.waitSignal(page.room.settings_changed, timeout=5_000):
        go.set()
    assert "DOCK-8" in file.read_text("utf-8")
    file.unlink()
    file.mkdir()
    dock.field.setText("DOCK-9")
    place.bot.keyClick(dock.field, Qt.Key.Key_Return)
    place.bot.waitUntil(lambda: dock._told.property("tone") == "stop", timeout=5_000)
    assert str(file) in dock._told.text() and place.station.settings.text("device.dock") == "DOCK-8"
    assert place.station.run(lambda store: store.head.seq) == before + 1, "only what was saved is told"
    # what is in force again is written once more after it was told, and no draft of it stays
    place.bot.waitUntil(lambda: not list(place.station.home.glob(f"{FILE}?*")), timeout=5_000)


def test_a_value_that_will_not_do_is_refused_in_words_and_changes_nothing(
    place: Place, page: SettingsPage
) -> None:
    gln = row(page, "site.gln")
    assert gln.field is not None
    gln.field.setFocus()
    gln.field.setText("1234")
    place.bot.keyClick(gln.field, Qt.Key.Key_Return)
    assert "GLN" in gln._told.text() and gln._told.property("tone") == "stop"
    assert place.station.settings.text("site.gln") == ""


def test_the_test_of_the_line_keeps_the_focus_where_its_answer_is_told(
    place: Place, page: SettingsPage
) -> None:
    page.show_section("platform")
    section = page.findChild(PlatformSection)
    assert section is not None
    address = row(page, "platform.url")
    assert address.field is not None
    address.field.setText("http://127.0.0.1:9")
    place.bot.keyClick(address.field, Qt.Key.Key_Return)
    place.bot.waitUntil(lambda: bool(place.window.room.settings.text("platform.url")), timeout=10_000)
    section._go.setFocus()
    place.bot.keyClick(section._go, Qt.Key.Key_Space)
    place.bot.waitUntil(lambda: section._said.property("tone") == "stop", timeout=20_000)
    assert section._go.hasFocus()


def test_who_may_not_is_told_so(place: Place, page: SettingsPage) -> None:
    place.window.room.show_operator(Operator("li", "李", frozenset({Role.CLERK})))
    page.show_section("rules")
    fefo = row(page, "policy.fefo")
    fefo.buttons["stop"].click()
    assert place.station.settings.text("policy.fefo") == "ask" and fefo.buttons["ask"].isChecked()
    assert fefo._told.property("tone") == "stop"


def test_backup_audit_and_export_run_beside_the_work(
    place: Place, page: SettingsPage, tmp_path: Path
) -> None:
    place.scan(wedge(gs1("B-1")))
    page.show_section("backup")
    backup = page.sections["backup"]
    assert isinstance(backup, BackupSection)
    backup._dest.field.setText(str(tmp_path))
    backup._go.setFocus()
    backup._go.click()
    place.bot.waitUntil(lambda: backup._said.property("tone") == "ok", timeout=20_000)
    assert backup._go.hasFocus(), "and no field that a scanner would type into"
    assert list(tmp_path.glob("tracedesk-*.sqlite3"))
    page.show_section("audit")
    audit = page.sections["audit"]
    assert isinstance(audit, AuditSection)
    audit._go.click()
    place.bot.waitUntil(lambda: audit._own_said.property("tone") == "ok", timeout=20_000)
    export = tmp_path / "export.jsonl"
    audit._dest.field.setText(str(export))
    audit._export.click()
    place.bot.waitUntil(lambda: audit._out_said.property("tone") == "ok", timeout=20_000)
    audit._source.field.setText(str(export))
    audit._check.click()
    place.bot.waitUntil(lambda: audit._other_said.property("tone") == "ok", timeout=20_000)
    export.write_bytes(export.read_bytes().replace(b"B-1", b"B-2", 1))
    audit._check.click()
    place.bot.waitUntil(lambda: audit._other_said.property("tone") == "stop", timeout=20_000)


def test_what_is_wanted_while_long_work_runs_is_told_to_wait_and_for_what(
    place: Place, page: SettingsPage, tmp_path: Path
) -> None:
    place.scan(wedge(gs1("B-1")))
    page.show_section("audit")
    audit, go = page.sections["audit"], Event()
    assert isinstance(audit, AuditSection)
    place.station.writer.submit(lambda _: go.wait(20))  # the event of the export waits behind it
    audit._dest.field.setText(str(tmp_path / "export.jsonl"))
    audit._source.field.setText(str(tmp_path / "export.jsonl"))
    audit._export.click()
    assert page.room.at_work == ["work_export"]
    for button, said in (
        (audit._go, audit._own_said),
        (audit._export, audit._out_said),
        (audit._check, audit._other_said),
    ):
        button.click()
        assert said.property("tone") == "ask", button.objectName()
        assert "导出记录" in said.text() and "取消" in said.text()
    go.set()
    place.bot.waitUntil(lambda: audit._out_said.property("tone") == "ok", timeout=20_000)
    assert not audit._own_said.text() and not audit._other_said.text(), "nothing is to be waited for any more"
    assert page.room.at_work == []


def test_a_second_import_is_told_to_wait_for_the_first(
    place: Place, page: SettingsPage, tmp_path: Path
) -> None:
    file, go = tmp_path / "products.csv", Event()
    file.write_text("gtin,name_zh\n09521234000020,新药\n", "utf-8")
    page.show_section("import")
    section = page.sections["import"]
    assert isinstance(section, ImportSection)
    place.station.writer.submit(lambda _: go.wait(20))
    section.file.field.setText(str(file))
    section._go.click()
    section._go.click()
    assert section.said.property("tone") == "ask" and "正在导入" in section.said.text()
    go.set()
    place.bot.waitUntil(lambda: section.said.property("tone") == "ok", timeout=10_000)


def test_every_column_of_a_file_is_named_in_the_language_at_hand(place: Place, page: SettingsPage) -> None:
    page.show_section("import")
    section = page.sections["import"]
    assert isinstance(section, ImportSection)
    for kind, button in section._kinds.items():
        button.click()
        known = columns_of(kind).known
        place.window.retranslate(Words("en"))
        assert all(name in section._columns.text() for name in known), kind
        place.window.retranslate(Words("zh_CN"))
        told = section._columns.text()
        assert all(any(name in told for name in (own, *others)) for own, others in known.items()), kind
    assert "患者" in told and "patient" not in told


def test_an_import_takes_the_good_rows_and_lists_the_others(
    place: Place, page: SettingsPage, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("gtin,name_zh\n09521234000020,新药\n123,坏行\n", "utf-8")
    page.show_section("import")
    section = page.sections["import"]
    assert isinstance(section, ImportSection)
    section.file.field.setText(str(file))
    section._go.click()
    place.bot.waitUntil(lambda: bool(section.said.text()) and not section._work.running, timeout=10_000)
    assert section.said.property("tone") == "ask" and "3" in section._bad.text()
    assert place.station.run(lambda store: store.catalog.product("09521234000020")) is not None


def test_whoever_tried_the_program_first_registers_here_later(place: Place, page: SettingsPage) -> None:
    page.show_section("people")
    section = page.sections["people"]
    assert isinstance(section, PeopleSection)
    place.bot.waitUntil(section._register_first.isVisible, timeout=5_000)
    section._register_first.click()
    form = section.first
    assert form is not None and form.isVisible() and not section._list.isVisible()
    form._later.click()
    place.bot.waitUntil(section._register_first.isVisible, timeout=5_000)
    section._register_first.click()
    for name, typed in (("name", "周敏"), ("pin", "730264"), ("again", "730264")):
        form.fields[name].setText(typed)
    form._go.click()
    place.bot.waitUntil(lambda: bool(form._shown.text()), timeout=20_000)
    page.show_section("site")
    page.show_section("people")
    assert form.isVisible() and form._shown.text(), "the recovery code stands until it was written down"
    with place.bot.waitSignal(page.room.people_changed, timeout=5_000):
        form._go.click()
    place.bot.waitUntil(lambda: len(section.buttons) == 1, timeout=5_000)
    assert not form.isVisible() and section._list.isVisible()
    (person,) = place.station.run(lambda store: store.people.everybody())
    assert person.name == "周敏" and Role.ADMINISTRATOR in person.roles


def test_a_badge_is_minted_beside_the_window_and_is_its_owners_at_once(
    place: Place, page: SettingsPage
) -> None:
    station = place.station
    first = station.run(
        lambda store: staff.add_first(store, station.clock, "周敏", "v", frozenset({Role.ADMINISTRATOR}), "d")
    )
    assert isinstance(first, Person)
    place.window.room.show_operator(Operator(first.id, first.name, first.roles))
    page.show_section("people")
    section = page.sections["people"]
    assert isinstance(section, PeopleSection)
    place.bot.waitUntil(lambda: first.id in section.buttons, timeout=5_000)
    section.buttons[first.id].click()
    section._mint.click()
    place.bot.waitUntil(lambda: section._said.property("tone") == "ok", timeout=5_000)
    code = next(word for word in re.split(r"[\s：:，。]+", section._said.text()) if badge.is_minted(word))
    page.show_section("site")
    page.show_section("people")
    assert code not in section._said.text(), "nobody else is to read it there"
    digest = badge.digest(badge.make_key(station.home), code)
    owner = station.run(lambda store: store.people.person(first.id))
    assert owner is not None and owner.badge == digest


def test_a_new_pin_is_the_one_of_whom_it_was_typed_for(place: Place, page: SettingsPage) -> None:
    station = place.station
    first = station.run(
        lambda store: staff.add_first(store, station.clock, "周敏", "v", frozenset({Role.ADMINISTRATOR}), "d")
    )
    assert isinstance(first, Person)
    other = station.run(
        lambda store: staff.add(store, station.clock, first.id, "李药师", frozenset({Role.PHARMACIST}))
    )
    assert isinstance(other, Person)
    place.window.room.show_operator(Operator(first.id, first.name, first.roles))
    page.show_section("people")
    section = page.sections["people"]
    assert isinstance(section, PeopleSection)
    place.bot.waitUntil(lambda: other.id in section.buttons, timeout=5_000)
    section.buttons[other.id].click()
    section._pin.setText("730264")
    section._set_pin.click()
    section.buttons[first.id].click()  # while the slow hash is made

    def kept(who: Person) -> str:
        person = station.run(lambda store: store.people.person(who.id))
        assert person is not None
        return person.verifier

    place.bot.waitUntil(lambda: kept(other) != "" or kept(first) != "v", timeout=30_000)
    assert kept(first) == "v" and kept(other)


def test_a_secret_is_kept_beside_the_window_and_told_in_the_chain_without_what_it_is(
    place: Place, page: SettingsPage
) -> None:
    station = place.station
    page.show_section("platform")
    section = page.sections["platform"]
    assert isinstance(section, PlatformSection)
    row = section._rows["platform.auth.token"]
    row.field.setText("s3cret")
    place.bot.keyClick(row.field, Qt.Key.Key_Return)
    place.bot.waitUntil(lambda: "已设置" in row.why.text(), timeout=10_000)
    assert Vault(station.home).get("platform.auth.token", "-") == "s3cret"
    number = place.events()
    event = station.run(lambda store: store.event(number))
    assert event.kind is EventKind.SETTINGS_CHANGED and event.operator == "op-1"
    assert "platform.auth.token" in str(event) and "s3cret" not in str(event)
    place.bot.keyClick(row.field, Qt.Key.Key_Return)
    row._save.click()
    place.bot.waitUntil(lambda: "未设置" in row.why.text(), timeout=10_000)
    assert Vault(station.home).get("platform.auth.token", "-") is None
    assert place.events() == number + 1, "a key alone deletes nothing"


@pytest.mark.parametrize(
    ("language", "said", "row_says"),
    [("zh_CN", "请重新填写", "请重新填写"), ("en", "enter them again", "Enter it again")],
)
def test_another_platform_is_told_to_want_its_own_secrets(
    place: Place, page: SettingsPage, language: str, said: str, row_says: str
) -> None:
    station = place.station
    page.show_section("platform")
    section = page.sections["platform"]
    assert isinstance(section, PlatformSection)
    place.window.room.words = Words(language)
    section.retranslate(place.window.room.words)
    refused: list[str] = []
    keep(place.window.room, "platform.url", "http://127.0.0.1:9", lambda: None, refused.append)
    place.bot.waitUntil(lambda: station.settings.text("platform.url") != "", timeout=10_000)
    row = section._rows["platform.auth.token"]
    section.keep_secret("platform.auth.token", "s3cret")
    there = "已设置" if language == "zh_CN" else "Set."
    place.bot.waitUntil(lambda: there in row.why.text(), timeout=10_000)
    assert said not in section._said.text()
    keep(place.window.room, "platform.url", "http://127.0.0.1:9/other/", lambda: None, refused.append)
    place.bot.waitUntil(lambda: "other" in station.settings.text("platform.url"), timeout=10_000)
    place.window.room.settings_changed.emit()
    assert said not in section._said.text(), "a path is no other platform"
    keep(place.window.room, "platform.url", "http://127.0.0.1:10", lambda: None, refused.append)
    place.bot.waitUntil(lambda: row_says in row.why.text(), timeout=10_000)
    assert said in section._said.text() and not refused
