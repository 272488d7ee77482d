"""The daily backup is made by itself, once a day, and a failure is said aloud."""

from __future__ import annotations

from pathlib import Path

from desktop.nightwatch import Nightwatch
from tests.desktop.conftest import Place, gs1, wedge


def test_a_backup_a_day_and_no_more(place: Place, tmp_path: Path) -> None:
    place.scan(wedge(gs1("N-1")))
    watch = Nightwatch(place.window.room)
    watch.look()
    assert not watch._busy, "without a folder there is nothing to do"
    place.station.settings.set("backup.folder", str(tmp_path / "copies"))
    watch.look()
    place.bot.waitUntil(lambda: not watch._busy, timeout=20_000)
    made = list((tmp_path / "copies").glob("*.sqlite3"))
    assert len(made) == 1
    watch.look()
    place.bot.waitUntil(lambda: not watch._busy, timeout=20_000)
    assert list((tmp_path / "copies").glob("*.sqlite3")) == made


def test_a_folder_that_cannot_be_written_is_said_in_the_banner(place: Place, tmp_path: Path) -> None:
    place.scan(wedge(gs1("N-2")))
    (tmp_path / "file").write_text("in the way")
    place.station.settings.set("backup.folder", str(tmp_path / "file" / "copies"))
    watch = Nightwatch(place.window.room)
    with place.bot.waitSignal(place.window.room.said, timeout=20_000) as caught:
        watch.look()
    assert caught.args is not None and caught.args[0] == "backup_failed"
