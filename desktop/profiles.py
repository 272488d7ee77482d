"""The calibrations of this workstation's scanners: a small JSON file in the home folder, a profile per device."""

from __future__ import annotations

import json
from pathlib import Path

from desktop.homefile import write_home_file
from ledger.errors import SettingsError
from scanner.profile import Profile

FILE = "scanner-profiles.json"
ANY = ""
"""The device of a profile that counts for whichever scanner types and cannot be told from others."""


class Profiles:
    """Finds the calibration of a scanner. Looked up from any thread, changed from one."""

    def __init__(self, home: Path, kept: dict[str, Profile] | None = None) -> None:
        self._path = home / FILE
        self._kept = dict(kept or {})

    @classmethod
    def load(cls, home: Path) -> Profiles:
        """Read the file; absent means none calibrated. Raise SettingsError where it cannot be understood."""
        path = home / FILE
        try:
            plain = json.loads(path.read_text("utf-8"))
            profiles = [Profile.of(one) for one in plain["profiles"]]
        except FileNotFoundError:
            return cls(home)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise SettingsError("profiles_unreadable", file=str(path), why=type(error).__name__) from None
        return cls(home, {profile.device: profile for profile in profiles})

    def of(self, device: str) -> Profile | None:
        """The calibration of this device, else the one for whichever types; None where there is neither."""
        return self._kept.get(device) or self._kept.get(ANY)

    def all(self) -> tuple[Profile, ...]:
        """Every calibration, by device."""
        return tuple(self._kept[device] for device in sorted(self._kept))

    def keep(self, profile: Profile) -> None:
        """Use this calibration from now on, and keep it. Raises EnvironmentFault where it cannot be written."""
        self._change({**self._kept, profile.device: profile})

    def forget(self, device: str) -> None:
        """Read this device again as one that was never calibrated. Raises EnvironmentFault."""
        self._change({name: profile for name, profile in self._kept.items() if name != device})

    def _change(self, kept: dict[str, Profile]) -> None:
        self._kept = kept
        plain = {"profiles": [profile.json() for profile in self.all()]}
        write_home_file(self._path, json.dumps(plain, ensure_ascii=False, indent=1))
