"""A whole shift by keys alone, at the program itself: a receipt of sixty packs, five dispenses, a network that goes and
comes back, a program that is killed in between. Every pack is in the ledger once, and at last on the platform; every
code is there exactly as it was sent, also where a Chinese input method, Caps Lock or a French layout stands between.

The pictures stay in test-output/ for whoever wants to see what a person saw.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ledger.event import EventKind
from ledger.pack import State
from ledger.scans import RawScan
from tests.display.conditions import EACH, EVERYTHING, PLAIN, Condition
from tests.display.inputmethod import needs_pinyin
from tests.display.keyboard import Keyboard
from tests.display.shift import OUTPUT, Shift, title_of
from tests.display.shift_world import (
    DROPS,
    LATER,
    MAB,
    MINE,
    OPIOID,
    PAST,
    SECOND,
    SIXTY,
    TWELVE,
    Load,
    Platform,
    code,
    furnish,
    key,
)
from tests.display.xserver import XServer, needs_display, xserver

pytestmark = [pytest.mark.display, needs_display]


@pytest.fixture(scope="module")
def screen() -> Iterator[XServer]:
    """The screen of a small workstation."""
    with xserver("1366x768") as server:
        yield server


@pytest.fixture(
    params=[
        ("zh_CN", "en"),
        pytest.param(("zh_CN", "zh_CN"), marks=pytest.mark.long),
        pytest.param(("en", "en"), marks=pytest.mark.long),
    ],
    ids="-".join,
)
def languages(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The language before the program is killed, and after; each for a whole shift in the long run."""
    first, second = request.param
    return first, second


Begin = Callable[..., Shift]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begins a shift on a computer that is set so, by default one of its own; everything is ended afterwards."""
    with ExitStack() as running:
        platform = Platform(0, tmp_path / "platform.sqlite3")
        platform.start()
        running.callback(platform.pull_the_plug)
        home = tmp_path / "home"

        def begun(
            screen: XServer | None, language: str, condition: Condition = PLAIN, load: Load = SIXTY
        ) -> Shift:
            furnish(home, platform.url, load)
            for old in OUTPUT.glob(f"{title_of(condition, language)}-*.png"):
                old.unlink()
            if screen is None:
                screen = running.enter_context(xserver("1366x768"))
            keyboard = running.enter_context(Keyboard(screen.display))
            environment = running.enter_context(condition.holds(screen, keyboard))
            shift = Shift(screen, keyboard, home, language, platform, load, condition, environment)
            running.callback(lambda: shift.program.end() if shift.program is not None else None)
            return shift

        yield begun


def test_a_whole_shift(begin: Begin, screen: XServer, languages: tuple[str, str]) -> None:
    work(begin(screen, languages[0]), languages[1])


@pytest.mark.parametrize(
    ("condition", "load"),
    [
        pytest.param(EVERYTHING, TWELVE, id=f"{EVERYTHING}-twelve"),
        *(pytest.param(one, SIXTY, id=f"{one}-sixty", marks=pytest.mark.long) for one in EACH),
    ],
)
@needs_pinyin
def test_the_same_where_something_stands_between_scanner_and_text(
    begin: Begin, condition: Condition, load: Load
) -> None:
    work(begin(None, "zh_CN", condition, load), "zh_CN")


def work(shift: Shift, language: str) -> None:
    """The shift from the first key to the last; the language is the one after the program was killed."""
    shift.start()
    shift.keep("signed-in")
    if shift.condition.layout != PLAIN.layout:
        shift.calibrate()
    receive(shift)
    shift.kill()
    assert len(arrivals(shift)) == len(shift.load.packs), "a power cut takes nothing that was shown as saved"
    shift.language = language
    shift.start()
    shift.keep("started-again")
    dispense(shift)
    shift.platform.start()
    shift.press("F5")
    assert shift.until(lambda: backlog(shift) == (0, 0), 60), backlog(shift)
    shift.keep("delivered")
    shift.press("ctrl+q")
    assert shift.program is not None
    assert shift.program.process.wait(15) == 0
    assert shift.program.errors() == ""
    whole(shift)
    exact(shift)


def receive(shift: Shift) -> None:
    """All packs but one, one of them damaged, and one that nobody announced; the line is cut half-way."""
    shift.press("F12")
    shift.keep("choose-shipment")
    shift.press("Return")
    shift.keep("board")
    packs, damaged, missing = shift.load.packs, shift.load.damaged, shift.load.missing
    for number, (product, lot, serial) in enumerate(packs):
        if serial == missing:
            continue
        if serial == damaged:
            shift.press("ctrl+d")
            shift.keep("next-is-damaged")
        if number == len(packs) // 2:
            shift.platform.pull_the_plug()
        shift.scan(code(product, lot, serial), "accepted")
        if serial == damaged:
            shift.keep("damaged")
    shift.scan(code(MAB, "AB-123", "EXTRA1"), "asked")
    shift.keep("extra-asked")
    for _ in range(5):
        time.sleep(0.6)  # a question that has just appeared takes no number key
        shift.press("1")
        if shift.until(lambda: shift.state(MAB, "EXTRA1") is State.IN_STOCK, 3):
            break
    assert shift.state(MAB, "EXTRA1") is State.IN_STOCK
    shift.keep("extra-received")
    shift.press("ctrl+Return")
    shift.keep("finish-asked")
    shift.press("Return")
    time.sleep(0.3)
    assert shift.count(EventKind.DOCUMENT_FINISHED) == 0, "not without the reasons"
    shift.press("2")
    shift.press("6")
    assert shift.until(lambda: shift.count(EventKind.DOCUMENT_FINISHED) == 1)
    shift.keep("finished")
    assert shift.state(MAB, damaged) is State.QUARANTINED
    assert shift.state(MAB, missing) is State.UNKNOWN
    closed = shift.events()[-1]
    assert closed.reason == "reason_short_supplier + reason_over_send_back"
    told = {name: closed.told(name) for name in ("expected", "seen", "missing", "extra")}
    many = len(packs)
    assert told == {"expected": str(many), "seen": str(many - 1), "missing": "1", "extra": "1"}


def dispense(shift: Shift) -> None:
    """Five prescriptions: plain, split, an expired pack refused, one taken back, one before a second person."""
    shift.scan("RX-2026-0001", "document")
    shift.scan(code(MAB, "AB-123", "M001"), "accepted")
    shift.keep("dispensed")
    shift.scan("RX-2026-0002", "document")
    shift.control("QUANTITY=4")
    shift.scan(code(DROPS, "ED-77", "D001"), "accepted")
    shift.keep("split")
    shift.press("ctrl+r")
    whole = b"%%EOF"
    made = (shift.home / "labels").glob
    assert shift.until(lambda: any(whole in file.read_bytes() for file in made("*.pdf"))), "for the bag"
    shift.keep("label")
    shift.scan("RX-2026-0003", "document")
    shift.scan(code(MAB, "AB-99", "OLD1", PAST), "refused")
    shift.keep("expired-refused")
    shift.scan(code(MAB, "AB-123", "M002"), "accepted")
    shift.scan("RX-2026-0004", "document")
    shift.scan(code(MAB, "AB-123", "M003"), "accepted")
    shift.press("ctrl+z")
    assert shift.until(lambda: shift.state(MAB, "M003") is State.IN_STOCK)
    shift.keep("taken-back")
    shift.scan(code(MAB, "AB-123", "M004"), "accepted")
    shift.scan("RX-2026-0005", "document")
    shift.scan(code(OPIOID, "OP-5", "O001"), "asked")
    shift.keep("second-person-asked")
    for _ in range(6):
        shift.keyboard.scan(SECOND, 2)
        if shift.until(lambda: shift.state(OPIOID, "O001") is State.DISPENSED, 4):
            break
    shift.keep("second-person")
    last = shift.events()[-1]
    assert (last.kind, last.operator, last.second) == (EventKind.DISPENSE, "zhao", "qian")


def arrivals(shift: Shift) -> set[str]:
    """Every pack that was received."""
    received = [event for event in shift.events() if event.kind is EventKind.RECEIVE]
    keys = {facts.key for event in received for facts in event.packs}
    assert len(keys) == len(received), "nothing twice"
    return keys


def backlog(shift: Shift) -> tuple[int, int]:
    summary = shift.look(lambda store: store.outbox.summary())
    return summary.pending, summary.parked


def whole(shift: Shift) -> None:
    """The ledger is what was done, no more and no less."""
    events = shift.events()
    dispensed = [event for event in events if event.kind is EventKind.DISPENSE]
    assert [event.packs[0].key for event in dispensed] == [
        key(MAB, "M001"),
        key(DROPS, "D001"),
        key(MAB, "M002"),
        key(MAB, "M003"),
        key(MAB, "M004"),
        key(OPIOID, "O001"),
    ]
    assert (dispensed[1].packs[0].quantity, dispensed[1].packs[0].remaining) == (4, 6)
    assert [event.documents[0].number for event in dispensed] == [
        "RX-2026-0001",
        "RX-2026-0002",
        "RX-2026-0003",
        "RX-2026-0004",
        "RX-2026-0004",
        "RX-2026-0005",
    ]
    assert shift.state(MAB, "M003") is State.IN_STOCK
    assert shift.state(MAB, "OLD1") is State.UNKNOWN
    about_packs = {EventKind.RECEIVE, EventKind.DISPENSE, EventKind.UNDO}
    sent = [event.event_id for event in events if event.kind in about_packs]
    accepted = shift.look(lambda store: store.outbox.summary())
    assert (accepted.pending, accepted.parked) == (0, 0)
    assert len(sent) == len(set(sent)) == len(shift.load.packs) + 6 + 1


def exact(shift: Shift) -> None:
    """Every code in the ledger is one that was sent, character by character; what was cut in two was refused."""
    kept: list[RawScan] = shift.look(lambda store: [scan for _, scan, _ in store.scans()])
    # The end of a badge in whose middle the window opened: refused like any other text that is no code.
    torn = [scan for scan in kept if scan.problem == "suspect_scan" or MINE.endswith(scan.text)]
    assert {scan.text for scan in kept if scan not in torn} == set(shift.sent)
    assert all(scan.outcome == "refused" for scan in torn)
    assert {MINE, SECOND}.isdisjoint(scan.text for scan in kept), "a badge is nobody's pack"
    announced = {key(product, serial): lot for product, lot, serial in shift.load.packs}
    announced[key(MAB, "EXTRA1")] = "AB-123"
    received = [event.packs[0] for event in shift.events() if event.kind is EventKind.RECEIVE]
    assert {pack.key: (pack.lot, pack.expiry) for pack in received} == {
        name: (lot, LATER) for name, lot in announced.items() if name != key(MAB, shift.load.missing)
    }
