from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.settings import DECLARED, Settings
from desktop.words import Words
from ledger.errors import SettingsError


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.set("site.name", "示例药房")
    settings.set("policy.near_expiry_days", "45")
    settings.save()
    back = Settings.load(tmp_path)
    assert (back.text("site.name"), back.number("policy.near_expiry_days")) == ("示例药房", 45)
    assert back.policy().near_expiry_days == 45
    assert (tmp_path / "settings.json").stat().st_mode & 0o777 == 0o600


def test_every_default_passes_its_own_check_and_every_expectation_has_words() -> None:
    for setting in DECLARED.values():
        assert setting.check(setting.default), setting.name
        assert all(Words(language).knows(setting.expects) for language in ("zh_CN", "en")), setting.expects


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("no.such", "x"),
        ("site.gln", "9521999000007"),
        ("site.gln", "95219990"),
        ("platform.url", "https://user:pass@host"),
        ("platform.url", "file:///etc/passwd"),
        ("platform.url", "http://[broken"),
        ("policy.near_expiry", "maybe"),
        ("policy.near_expiry_days", -1),
        ("policy.near_expiry_days", True),
        ("sound.volume", 101),
        ("operator", "张三"),
        ("device.dock", "DOCK 1"),
        ("site.name", "two\nlines"),
        ("zone.pattern", "("),
        ("language", "fr"),
    ],
)
def test_what_will_not_do_is_refused_and_nothing_changes(tmp_path: Path, name: str, value: str | int) -> None:
    settings = Settings(tmp_path)
    before = {known: settings[known] for known in settings}
    with pytest.raises(SettingsError) as caught:
        settings.set(name, value)
    assert caught.value.code in ("setting_unknown", "setting_refused")
    assert {known: settings[known] for known in settings} == before


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*DECLARED, "other"]), json_values, max_size=4))
def test_any_file_is_understood_or_refused_with_our_own_error(raw: dict[str, object]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "settings.json"
        file.write_text(json.dumps(raw), "utf-8")
        try:
            settings = Settings.load(Path(folder))
        except SettingsError:
            return
        for name, value in raw.items():
            assert settings[name] == value or str(settings[name]) == value


def test_zone_pattern_is_none_until_it_is_set(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert settings.zone() is None
    settings.set("zone.prefix", "LC-")
    zone = settings.zone()
    assert zone is not None and zone.prefix == "LC-"
