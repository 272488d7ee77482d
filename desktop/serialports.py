"""The setting `scanner.ports`: serial ports that are scanners whatever the table says, with their speed.

    COM3=115200, /dev/ttyS0, 1a86:7523:@1-1.4=9600

A port's path or the identity of the device behind it, and behind `=` the speed in bits a second where it is not the
table's. A USB-COM scanner does not care for the speed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PORT = re.compile(r"\s*([^\s,=\x00-\x1f][^,=\x00-\x1f]*?)\s*(?:=\s*([0-9]{3,7}))?\s*")


def is_ports(text: object) -> bool:
    """Whether a text can be the setting."""
    return isinstance(text, str) and len(text) <= 1000 and (not text.strip() or _parsed(text) is not None)


def ports_of(text: str) -> dict[str, int]:
    """Port -> speed, 0 where none is given; nothing where the text is not the setting's."""
    return (_parsed(text) if text.strip() else {}) or {}


def text_of(ports: Mapping[str, int]) -> str:
    """The setting for these ports."""
    return ", ".join(f"{port}={speed}" if speed else port for port, speed in ports.items())


def _parsed(text: str) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for part in text.split(","):
        port = _PORT.fullmatch(part)
        if port is None:
            return None
        found[port[1]] = int(port[2] or 0)
    return found
