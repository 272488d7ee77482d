"""The program itself, driven by keys on a real X server: every pack is saved exactly once, in both languages.

The pictures stay in test-output/ for whoever wants to see what a person saw.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from desktop.settings import Settings
from desktop.theme import LIGHT
from ledger.capture import Outcome
from ledger.catalog import Product
from ledger.event import ABOUT_PACKS, Event, EventKind
from ledger.scans import RawScan
from ledger.store import exists
from ledger.writer import Writer
from tests.display import beside
from tests.display.xserver import PROJECT, Program, XServer, needs_display, xserver

pytestmark = [pytest.mark.display, needs_display]

OUTPUT = PROJECT / "test-output"
PROGRAM = "import sys; from desktop.commands.root import main; main(sys.argv[1:])"
GTIN, DRUG = "09521234000013", "8338652"
LATER = date.today() + timedelta(days=700)
CODE = f"01{GTIN}17{LATER:%y%m%d}10aB-1/2\x1d21SER-0001"
KEY = f"gs1:{GTIN}/SER-0001"
DRUG_CODE = "83386520001941653320"


@pytest.fixture(scope="module")
def x() -> Iterator[XServer]:
    """The screen of a small workstation."""
    with xserver("1366x768") as server:
        yield server


@dataclass
class Desk:
    """The running program and the person before it."""

    x: XServer
    program: Program
    home: Path
    language: str

    def press(self, key: str) -> None:
        self.x.xdotool("key", key)

    def type(self, text: str) -> None:
        """Type as a person does."""
        self.x.xdotool("type", "--delay", "90", text)

    def scan(self, code: str, suffix: str = "Return") -> None:
        """Type as a scanner does, GS as Ctrl+], in one run of xdotool so that no key comes late."""
        keys: list[str] = []
        for place, part in enumerate(code.split("\x1d")):
            keys += ["key", "--delay", "2", "ctrl+bracketright"] if place else []
            keys += ["type", "--delay", "2", "--args", "1", part]
        self.x.xdotool(*keys, "key", suffix)

    def events(self) -> list[Event]:
        """What happened to packs, without what the workstation tells of itself."""
        return [event for event in beside.events(self.home) if event.kind in ABOUT_PACKS]

    def raw(self, text: str) -> tuple[RawScan, ...]:
        return beside.look(self.home, lambda store: store.scans_of(text))

    def until(self, done: Callable[[], bool], seconds: float = 20) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if done():
                return True
            time.sleep(0.05)
        return False

    def shows(self, colour: str, least: int = 20_000) -> bool:
        """Whether the picture on the screen has so many pixels of a colour of the palette."""
        import cv2
        import numpy as np

        picture = cv2.imread(str(self.x.screenshot(self.home.parent / "now.png")))
        value = getattr(LIGHT, colour)
        bgr = [int(value[at : at + 2], 16) for at in (5, 3, 1)]
        return int(np.all(picture == bgr, axis=2).sum()) >= least

    def keep(self, name: str) -> None:
        OUTPUT.mkdir(exist_ok=True)
        time.sleep(0.2)
        self.x.screenshot(OUTPUT / f"window-{self.language}-{name}.png")


@pytest.fixture(params=["zh_CN", "en"])
def desk(request: pytest.FixtureRequest, x: XServer, tmp_path: Path) -> Iterator[Desk]:
    home = tmp_path / "home"
    writer = Writer(home)
    writer.run(
        lambda store: store.catalog.load(
            [
                Product(GTIN, "示例单抗注射液", "Demo Mab Injection", "100 mg/4 mL", "Demo Biologics"),
                Product(DRUG, "聚乙烯醇滴眼液", "Polyvinyl Alcohol Eye Drops", "0.8 mL"),
            ]
        )
    )
    writer.close()
    settings = Settings(home)
    settings.set("people.later", True)
    settings.save()
    program = x.start([sys.executable, "-c", PROGRAM, "--home", str(home), "--lang", request.param])
    desk = Desk(x, program, home, request.param)
    assert desk.until(lambda: desk.shows("surface", 300_000), 30), program.errors()
    yield desk
    program.end()


def save(desk: Desk, code: str, kind: EventKind) -> Event:
    """Scan until the ledger has the event; a scan that the X server itself cut in two is refused and scanned again."""
    before = len(desk.events())
    for _ in range(5):
        desk.scan(code)
        if desk.until(lambda: len(desk.events()) > before, 4):
            break
        assert all(scan.outcome != Outcome.ACCEPTED for scan in desk.raw(code)[before:])
    events = desk.events()
    assert len(events) == before + 1, desk.program.errors()
    assert events[-1].kind is kind
    return events[-1]


def test_a_shift_by_keys_alone(desk: Desk) -> None:
    desk.keep("0-ready")
    # A code with GS, while a text field has the focus.
    desk.press("F4")
    time.sleep(0.3)
    event = save(desk, CODE, EventKind.RECEIVE)
    facts = event.packs[0]
    assert (facts.key, facts.lot, facts.expiry, facts.entry) == (KEY, "aB-1/2", LATER, "scan")
    assert [scan.text for scan in desk.raw(CODE) if scan.outcome == Outcome.ACCEPTED] == [CODE]
    assert desk.until(lambda: desk.shows("ok"), 5), "the verdict is green"
    desk.keep("1-received")

    # The same pack again: answered, not recorded.
    for _ in range(5):
        desk.scan(CODE)
        if desk.until(lambda: desk.raw(CODE)[-1].outcome == Outcome.REPEATED, 4):
            break
    assert desk.raw(CODE)[-1].outcome == Outcome.REPEATED
    assert len(desk.events()) == 1
    assert desk.until(lambda: desk.shows("repeated"), 5)
    desk.keep("2-repeated")

    # What a person types by hand into the same field, no scanner.
    desk.press("F4")
    desk.type("6925265101481")
    desk.press("Return")
    assert desk.until(lambda: bool(desk.raw("6925265101481")))
    assert desk.raw("6925265101481")[0].source == "manual"
    assert desk.until(lambda: desk.shows("stop"), 5), "a commodity code stops"
    assert len(desk.events()) == 1
    desk.keep("3-stopped")

    # A code without lot and expiry asks for them; the answer is typed and confirmed by keys.
    for _ in range(5):
        desk.scan(DRUG_CODE)
        if desk.until(lambda: any(scan.outcome == Outcome.ASKED for scan in desk.raw(DRUG_CODE)), 4):
            break
    assert desk.until(lambda: desk.shows("ask"), 5), "a question is amber"
    desk.keep("4-asked")
    desk.type("1AK2003")
    desk.press("Tab")
    desk.type(f"{LATER:%Y-%m}")
    desk.press("Return")
    assert desk.until(lambda: len(desk.events()) == 2), desk.program.errors()
    answered = desk.events()[-1].packs[0]
    assert (answered.lot, answered.entry, answered.expiry_precision) == ("1AK2003", "manual", "month")
    desk.keep("5-answered")

    # Over the counter.
    desk.press("F3")
    time.sleep(0.3)
    save(desk, CODE, EventKind.DISPENSE)
    assert desk.until(lambda: desk.shows("ok"), 5)
    desk.keep("6-dispensed")

    # The other language, at run time and for the next start.
    desk.press("ctrl+l")
    other = {"zh_CN": "en", "en": "zh_CN"}[desk.language]
    assert desk.until(lambda: Settings.load(desk.home)["language"] == other)
    desk.press("F1")
    desk.keep("7-other-language-and-keys")
    desk.press("Escape")

    # The end: at once, clean, and the ledger whole.
    desk.press("ctrl+q")
    assert desk.program.process.wait(15) == 0
    assert desk.program.errors() == ""
    assert [event.kind for event in desk.events()] == [
        EventKind.RECEIVE,
        EventKind.RECEIVE,
        EventKind.DISPENSE,
    ]


def test_a_ledger_in_use_is_explained_not_fought_over(x: XServer, tmp_path: Path) -> None:
    home = tmp_path / "home"
    writer = Writer(home)
    program = x.start([sys.executable, "-c", PROGRAM, "--home", str(home), "--lang", "zh_CN"])
    desk = Desk(x, program, home, "locked")
    assert desk.until(lambda: desk.shows("stop", 500), 30), program.errors()
    desk.keep("0")
    writer.close()
    desk.press("F5")
    assert desk.until(lambda: desk.shows("surface", 300_000), 20), "it works once the ledger is free"
    desk.press("ctrl+q")
    assert program.process.wait(15) == 0
    assert exists(home)
