"""The world of a shift: two people with badges, a shipment of sixty packs, five prescriptions, a platform to lose."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from desktop.settings import Settings
from ledger import staff
from ledger.badge import digest, make_key
from ledger.catalog import Product
from ledger.clock import Clock
from ledger.people import Person
from ledger.prescription import Prescription
from ledger.roles import Role
from ledger.shipment import Line, Shipment
from ledger.store import Store
from ledger.verifier import verifier_of
from ledger.writer import Writer
from tests.display.xserver import PROJECT

PROGRAM = "import sys; from desktop.commands.root import main; main(sys.argv[1:])"
MAB, DROPS, OPIOID = "09521234000013", "09521234000020", "09521234000037"
LATER, PAST = date.today() + timedelta(days=700), date.today() - timedelta(days=20)
SHIPMENT = "DN-2026-0601"
MINE, SECOND = "TDB1AAAABBBBCCCCDDDDEEEE", "TDB1FFFFGGGGHHHHJJJJKKKK"
"""The badges of the pharmacist at work and of the one who checks."""


def code(product: str, lot: str, serial: str, expiry: date = LATER) -> str:
    """A pack's element string as a scanner types it."""
    return f"01{product}17{expiry:%y%m%d}10{lot}\x1d21{serial}"


def key(product: str, serial: str) -> str:
    """The pack's key in the ledger."""
    return f"gs1:{product}/{serial}"


@dataclass(frozen=True)
class Load:
    """What is announced: so many packs of each product. The last of the first one does not come."""

    mab: int = 40
    drops: int = 15
    opioid: int = 5

    @property
    def packs(self) -> tuple[tuple[str, str, str], ...]:
        """Product, lot and serial of each."""
        return (
            *((MAB, "AB-123", f"M{number:03}") for number in range(1, self.mab + 1)),
            *((DROPS, "ED-77", f"D{number:03}") for number in range(1, self.drops + 1)),
            *((OPIOID, "OP-5", f"O{number:03}") for number in range(1, self.opioid + 1)),
        )

    @property
    def damaged(self) -> str:
        """Serial of the one that comes damaged."""
        return f"M{self.mab // 2:03}"

    @property
    def missing(self) -> str:
        """Serial of the one that does not come."""
        return f"M{self.mab:03}"


SIXTY, TWELVE = Load(), Load(10, 1, 1)


@dataclass
class Platform:
    """The sandbox platform as a process of its own, with a memory that outlives it."""

    port: int
    store: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to listen, on the same port as before."""
        command = [sys.executable, "-c", PROGRAM, "--json", "sandbox", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--store", str(self.store)], stdout=subprocess.PIPE, cwd=PROJECT
        )
        assert self.process.stdout is not None
        url: str = json.loads(self.process.stdout.readline())["url"]
        self.port = int(url.rsplit(":", 1)[1].strip("/"))

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def pull_the_plug(self) -> None:
        """Be gone, as a line that is cut."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None


def furnish(home: Path, url: str, load: Load = SIXTY) -> None:
    """Fill a home folder with what the platform and the administrator would have put there."""
    settings = Settings(home)
    for name, value in (("platform.url", url), ("site.name", "乐城医院药房"), ("sound.volume", 0)):
        settings.set(name, value)
    settings.save()
    writer = Writer(home)
    try:
        clock = Clock()
        writer.run(lambda store: _people(store, clock, home))
        writer.run(lambda store: _papers(store, load))
    finally:
        writer.close()


def _people(store: Store, clock: Clock, home: Path) -> None:
    key_of_badges = make_key(home)
    chief = staff.add_first(store, clock, "王管理", verifier_of("735192"), frozenset(), "")
    assert isinstance(chief, Person)
    for person_id, name, badge in (("zhao", "赵药师", MINE), ("qian", "钱药师", SECOND)):
        roles = frozenset({Role.PHARMACIST})
        made = staff.add(store, clock, chief.id, name, roles, person_id=person_id)
        assert isinstance(made, Person), made
        worn = staff.set_badge(store, clock, chief.id, person_id, digest(key_of_badges, badge))
        assert isinstance(worn, Person), worn


def _papers(store: Store, load: Load) -> None:
    store.catalog.load(
        [
            Product(MAB, "示例单抗注射液", "Demo Mab Injection", "100 mg/4 mL", "Demo Biologics"),
            Product(DROPS, "示例滴眼液", "Demo Eye Drops", "5 mL", "Demo Ophthalmics", pack_size=10),
            Product(
                OPIOID, "示例镇痛缓释片", "Demo Opioid Tablets", "10 mg", "Demo Pharma", second_person=True
            ),
        ]
    )
    lines = (
        Line(1, MAB, load.mab, "AB-123", LATER, "day"),
        Line(2, DROPS, load.drops, "ED-77", LATER, "day"),
        Line(3, OPIOID, load.opioid, "OP-5", LATER, "day"),
    )
    line_of = {MAB: 1, DROPS: 2, OPIOID: 3}
    serials = tuple(sorted((key(product, serial), line_of[product]) for product, _, serial in load.packs))
    store.documents.put(Shipment(SHIPMENT, lines, None, date.today(), serials))
    for number, wanted in enumerate(
        (
            Line(1, MAB, 1),
            Line(1, DROPS, 4, unit="unit"),
            Line(1, MAB, 1),
            Line(1, MAB, 1),
            Line(1, OPIOID, 1),
        ),
        1,
    ):
        patient = f"0190a7c4-0000-7000-8000-{number:012}"
        store.documents.put(Prescription(f"RX-2026-{number:04}", (wanted,), patient, date.today()))
