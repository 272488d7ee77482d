"""The settings of one workstation: a small JSON file in the home folder, checked when read and when set.

Every setting is declared here with its default and its check. An unknown or broken value is a SettingsError
that names the setting; the file is never overwritten by a program that could not read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from urllib.parse import urlsplit

from desktop.homefile import write_home_file
from desktop.serialports import is_ports
from ledger.codes.zone import ZonePattern
from ledger.errors import SettingsError
from ledger.situation import Policy

Value = str | int | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting."""

    name: str
    default: Value
    check: Callable[[Value], bool]
    expects: str
    """Code word of the sentence that says what is allowed."""
    choices: tuple[str, ...] = ()
    """What can be chosen; empty where it is typed."""


def _text(pattern: str, limit: int = 200) -> Callable[[Value], bool]:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and len(value) <= limit and bool(compiled.fullmatch(value))


def _number(low: int, high: int) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _yes_or_no(value: Value) -> bool:
    return isinstance(value, bool)


def _choice(name: str, choices: tuple[str, ...], default: str, expects: str) -> Setting:
    return Setting(name, default, lambda value: value in choices, expects, choices)


_POLICY = ("note", "ask", "stop")


def _url(value: Value) -> bool:
    if value == "":
        return True
    if not isinstance(value, str) or len(value) > 500:
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username


def _pattern(value: Value) -> bool:
    return isinstance(value, str) and len(value) <= 200 and not ZonePattern(pattern=value).error()


def _gln(value: Value) -> bool:
    if value == "":
        return True
    if not isinstance(value, str) or not re.fullmatch("[0-9]{13}", value):
        return False
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(value[:12]))
    return (10 - total % 10) % 10 == int(value[12])


_DECLARED = (
    _choice("language", ("", "zh_CN", "en"), "", "expects_language"),
    Setting("site.name", "", _text(r"[^\x00-\x1f]*"), "expects_text"),
    Setting("site.gln", "", _gln, "expects_gln"),
    Setting("site.party_gln", "", _gln, "expects_gln"),
    Setting("site.usci", "", _text(r"|[0-9A-HJ-NPQRTUWXY]{18}"), "expects_usci"),
    Setting("device.name", "", _text(r"[^\x00-\x1f]*"), "expects_text"),
    Setting("device.dock", "DOCK-1", _text(r"[A-Za-z0-9._-]*", 20), "expects_place"),
    Setting("device.counter", "COUNTER-1", _text(r"[A-Za-z0-9._-]*", 20), "expects_place"),
    Setting("operator", "op-1", _text(r"[A-Za-z0-9._-]+", 40), "expects_operator"),
    Setting("camera", "", _text(r"[^\x00-\x1f]*", 500), "expects_text"),
    _choice("look.theme", ("light", "dark", "contrast"), "light", "expects_theme"),
    _choice("look.scale", ("100", "125", "150", "175", "200"), "100", "expects_scale"),
    Setting("sound.speech", False, _yes_or_no, "expects_yes_or_no"),
    Setting("print.label", "pdf", _text(r"[^\x00-\x1f]*"), "expects_text"),
    _choice(
        "print.label_size", ("60x40", "50x30", "70x50", "80x50", "100x70"), "60x40", "expects_label_size"
    ),
    Setting("print.paper", "", _text(r"[^\x00-\x1f]*"), "expects_text"),
    Setting("print.folder", "", _text(r"[^\x00-\x1f]*", 1000), "expects_text"),
    Setting("backup.folder", "", _text(r"[^\x00-\x1f]*", 1000), "expects_text"),
    Setting("backup.keep", 14, _number(1, 400), "expects_copies"),
    Setting("scanner.ports", "", is_ports, "expects_ports"),
    Setting("sound.volume", 80, _number(0, 100), "expects_percent"),
    Setting("platform.url", "", _url, "expects_url"),
    Setting("platform.id_base", "https://id.tracedesk.example/site-1", _url, "expects_url"),
    Setting("platform.org_base", "https://id.tracedesk.example", _url, "expects_url"),
    Setting("platform.namespace", "https://ns.tracedesk.example/epcis/", _url, "expects_url"),
    Setting("platform.signer", "", _text(r"|[0-9a-f]{64}"), "expects_text"),
    Setting("platform.ca_file", "", _text(r"[^\x00-\x1f]*", 1000), "expects_text"),
    Setting("platform.client_cert", "", _text(r"[^\x00-\x1f]*", 1000), "expects_text"),
    Setting("platform.client_key", "", _text(r"[^\x00-\x1f]*", 1000), "expects_text"),
    Setting("platform.token_url", "", _url, "expects_url"),
    Setting("platform.client_id", "", _text(r"[\x21-\x7e]*"), "expects_text"),
    Setting("platform.scope", "", _text(r"[\x20-\x7e]*"), "expects_text"),
    Setting("platform.receipt_key", "", _text(r"|[0-9a-f]{64}"), "expects_key"),
    _choice("platform.dedupe", ("unknown", "event_id", "hash", "none"), "unknown", "expects_dedupe"),
    Setting("platform.recall_days", 1, _number(0, 3650), "expects_days"),
    Setting("policy.near_expiry_days", 30, _number(0, 3650), "expects_days"),
    _choice("policy.near_expiry", _POLICY, "ask", "expects_policy"),
    Setting("policy.receive_near_expiry_days", 180, _number(0, 3650), "expects_days"),
    _choice("policy.unknown_product", _POLICY, "note", "expects_policy"),
    _choice("policy.no_document", _POLICY, "note", "expects_policy"),
    Setting("policy.repeat_seconds", 120, _number(0, 3600), "expects_seconds"),
    Setting("policy.undo_days", 10, _number(0, 3650), "expects_days"),
    _choice("policy.fefo", _POLICY, "ask", "expects_policy"),
    _choice("policy.early_refill", _POLICY, "ask", "expects_policy"),
    Setting("policy.early_refill_days", 7, _number(0, 365), "expects_days"),
    Setting("policy.opened_days", 0, _number(0, 3650), "expects_days"),
    Setting("people.lock_minutes", 10, _number(1, 480), "expects_minutes"),
    _choice("people.badge", ("alone", "with_pin"), "alone", "expects_badge"),
    Setting("people.later", False, _yes_or_no, "expects_yes_or_no"),
    Setting("zone.prefix", "", _text(r"[\x21-\x7e]*", 40), "expects_text"),
    Setting("zone.pattern", "", _pattern, "expects_pattern"),
    Setting("zone.query_key", "", _text(r"[A-Za-z0-9_.-]*", 40), "expects_query_key"),
)
DECLARED = MappingProxyType({setting.name: setting for setting in _DECLARED})
FILE = "settings.json"


class Settings:
    """The checked settings of a home folder; read like a mapping, changed by `set`, kept by `save`."""

    def __init__(self, home: Path, given: dict[str, Value] | None = None) -> None:
        self.home = home
        self._given = dict(given or {})
        self._saving = Lock()

    @classmethod
    def load(cls, home: Path) -> Settings:
        """Read the file; absent means all defaults. Raise SettingsError where it cannot be understood."""
        path = home / FILE
        try:
            raw = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return cls(home)
        except json.JSONDecodeError as error:
            raise SettingsError(
                "settings_unreadable", file=str(path), line=str(error.lineno), column=str(error.colno)
            ) from None
        except (OSError, UnicodeDecodeError, RecursionError) as error:
            raise SettingsError("settings_unopenable", file=str(path), why=type(error).__name__) from None
        if not isinstance(raw, dict):
            raise SettingsError("settings_no_object", file=str(path))
        settings = cls(home)
        for name, value in raw.items():
            settings.set(name, value)
        return settings

    def __getitem__(self, name: str) -> Value:
        """The value given, else the default."""
        return self._given.get(name, DECLARED[name].default)

    def text(self, name: str) -> str:
        """A setting that is text."""
        return str(self[name])

    def number(self, name: str) -> int:
        """A setting that is a whole number."""
        return int(self[name])

    def __iter__(self) -> Iterator[str]:
        """The declared names in the order declared."""
        return iter(DECLARED)

    def set(self, name: str, value: Value) -> None:
        """Change a setting in memory; raise SettingsError where name or value will not do."""
        setting = DECLARED.get(name)
        if setting is None:
            raise SettingsError("setting_unknown", name=name)
        if type(setting.default) is int and isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value):
            value = int(value)
        if isinstance(setting.default, bool) and value in ("true", "false"):
            value = value == "true"
        if not setting.check(value):
            raise SettingsError("setting_refused", name=name, value=str(value), expects=setting.expects)
        self._given[name] = value

    def save(self) -> None:
        """Write the file in one piece, from any thread; raise EnvironmentFault where it cannot be written."""
        with self._saving:  # who saves last has seen every change made before
            text = json.dumps(dict(self._given), ensure_ascii=False, indent=1, sort_keys=True)
            write_home_file(self.home / FILE, text)

    def policy(self) -> Policy:
        """The rules' policy as set here."""
        return Policy(
            near_expiry_days=self.number("policy.near_expiry_days"),
            near_expiry=self.text("policy.near_expiry"),
            receive_near_expiry_days=self.number("policy.receive_near_expiry_days"),
            unknown_product=self.text("policy.unknown_product"),
            no_document=self.text("policy.no_document"),
            repeat_seconds=self.number("policy.repeat_seconds"),
            undo_days=self.number("policy.undo_days"),
            fefo=self.text("policy.fefo"),
            early_refill=self.text("policy.early_refill"),
            early_refill_days=self.number("policy.early_refill_days"),
            opened_days=self.number("policy.opened_days"),
        )

    def zone(self) -> ZonePattern | None:
        """How the zone's own code is recognised; None where nothing is set."""
        pattern = ZonePattern(
            self.text("zone.prefix"), self.text("zone.pattern"), self.text("zone.query_key")
        )
        return pattern if pattern != ZonePattern() else None
