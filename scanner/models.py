"""Which USB devices are scanners, and how they talk: the table in resources/scanners.json, open to editing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path


class Mode(StrEnum):
    """How a scanner delivers codes."""

    SERIAL = "serial"
    KEYBOARD = "keyboard"
    HIDPOS = "hidpos"
    ASK = "ask"
    """A chip that many devices use: a person has to say that it is a scanner."""
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Model:
    """A line of the table."""

    vendor: int
    product: int | None
    """None stands for every product of the vendor."""
    name: str
    mode: Mode
    layout: str = ""
    """Name of the report layout of a HID-POS scanner, see scanner.hidpos."""
    baud: int = 9600
    """Speed of a real serial line; a USB-COM scanner ignores it."""


@dataclass(frozen=True, slots=True)
class Models:
    """All known scanners; a later line wins over an earlier one, an exact one over a whole vendor."""

    lines: tuple[Model, ...]

    def find(self, vendor: int | None, product: int | None) -> Model | None:
        """The line for a USB device, None for one that is no known scanner."""
        hits = [line for line in self.lines if line.vendor == vendor and line.product in (product, None)]
        return max(enumerate(hits), key=lambda hit: (hit[1].product is not None, hit[0]))[1] if hits else None


def known_models(*more: Path) -> Models:
    """The table that comes with the program, followed by further files where they exist.

    Raises ValueError, naming the file, where one cannot be understood.
    """
    texts = [("scanners.json", (files("resources") / "scanners.json").read_text("utf-8"))]
    texts += [(str(path), path.read_text("utf-8")) for path in more if path.exists()]
    lines: list[Model] = []
    for name, text in texts:
        try:
            lines += _lines(json.loads(text)["scanners"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{name}: {error!r}") from error
    return Models(tuple(lines))


def _lines(plain: Iterable[dict[str, str]]) -> Iterable[Model]:
    for line in plain:
        product = line["product"]
        yield Model(
            vendor=int(line["vendor"], 16),
            product=None if product == "*" else int(product, 16),
            name=line["name"],
            mode=Mode(line["mode"]),
            layout=line.get("layout", ""),
            baud=int(line.get("baud", 9600)),
        )
