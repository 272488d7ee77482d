"""A month at a small bonded pharmacy, told through the real walk of capture: to look at pages full of life.

    python -m tests.month HOME [DAYS] [PACKS_A_DAY]

Everything is drawn from one seed, so two homes of the same arguments hold the same month.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from desktop.settings import Settings
from desktop.workplace import workplace_of
from ledger.capture import Captured, Outcome, Scanned, Workplace, capture
from ledger.catalog import Product
from ledger.clock import Clock
from ledger.codes.code import Entry, Level
from ledger.event import DocumentRef, Event, EventKind
from ledger.pack import State
from ledger.partners import Partner
from ledger.recalls import Recall
from ledger.situation import Intent
from ledger.store import Store
from ledger.trees import Child
from ledger.writer import Writer

PRODUCTS = (
    Product("09521234000013", "示例单抗注射液", "Demo Mab Injection", "100 mg/4 mL", "Demo Biologics", 1),
    Product("09521234000020", "示例滴眼液", "Demo Eye Drops", "5 mL", "Demo Ophthalmics", 1),
    Product("09521234000037", "示例口服片", "Demo Tablets", "20 mg × 30 片", "Demo Pharma", 30),
    Product("09521234000044", "示例胰岛素笔芯", "Demo Insulin Cartridge", "3 mL:300 IU", "Demo Endocrine", 5),
    Product("09521234000051", "示例抗凝注射液", "Demo Anticoagulant", "0.4 mL × 10 支", "Demo Pharma", 10),
    Product(
        "09521234000068", "示例缓释胶囊", "Demo Prolonged-release Capsules", "75 mg × 14 粒", "Demo AG", 14
    ),
    Product("09521234000075", "示例造影剂", "Demo Contrast Medium", "50 mL", "Demo Imaging", 1),
    Product("09521234000082", "示例吸入粉雾剂", "Demo Inhalation Powder", "60 吸", "Demo Respiratory", 1),
    Product("8338652", "聚乙烯醇滴眼液", "Polyvinyl Alcohol Eye Drops", "0.8 mL × 10", "示例制药", 10),
)
SUPPLIER = "9521999000013"
PLACES = ("A-01", "A-02", "A-03", "B-01", "B-02", "冷藏-1", "冷藏-2")
_NONSENSE = ("6925265101481", "8338652000194165332", "https://www.example.com/leaflet?p=1", "86901234567898")


@dataclass
class Month:
    """The month as it is being told."""

    home: Path
    days: int = 30
    packs: int = 40
    """Packs that come in on a day."""
    today: date = field(default_factory=date.today)
    seed: int = 7

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._now = datetime.now(UTC)
        self._ticks = 0
        clock = Clock(wall=lambda: self._now, monotonic=self._tick, boot="month")
        self._settings = Settings(self.home)
        self._clock = clock
        self._serial = 0
        self._shelf: list[str] = []
        self._expiry: dict[str, tuple[str, date]] = {}
        self._left: dict[str, int] = {}
        self._out: list[str] = []

    def tell(self) -> int:
        """Fill the home; the number of its events."""
        self._settings.save()
        writer = Writer(self.home)
        try:
            writer.run(self._prepare)
            device = writer.run(lambda store: store.device_id)
            place = workplace_of(self._settings, self._clock, device)
            for back in range(self.days, -1, -1):
                day = self.today - timedelta(days=back)
                if day.weekday() == 6 and back:
                    continue
                writer.run(lambda store, day=day: self._day(store, place, day))
            writer.run(self._afterwards)
            return writer.run(lambda store: store.head.seq)
        finally:
            writer.close()

    def _tick(self) -> int:
        self._ticks += 1
        return int(self._now.timestamp() * 1000) + self._ticks

    def _prepare(self, store: Store) -> None:
        store.catalog.load(PRODUCTS)
        store.partners.put(Partner(SUPPLIER, "示例医药供应链", "Demo Medical Supply", "supplier"))

    def _afterwards(self, store: Store) -> None:
        lot = self._lots(PRODUCTS[1])[0][0]
        store.recalls.put(
            Recall(
                "R-2026-118",
                PRODUCTS[1].product,
                lot,
                level=2,
                reason="可见异物",
                day=self.today,
                action="停用并召回",
            )
        )

    def _lots(self, product: Product) -> list[tuple[str, date]]:
        """Four lots of each product, the first of them soon to expire for some."""
        dice = random.Random(product.product)
        near = (12, 45, 150, 240, 100, 25, 170, 60, 200)[PRODUCTS.index(product) % 9]
        after = [near, near + 130, near + 330, near + 700]
        return [
            (f"{dice.choice('ABCDKLT')}{2400 + dice.randrange(300)}{n}", self.today + timedelta(days=d))
            for n, d in enumerate(after, 1)
        ]

    def _scan(self, store: Store, place: Workplace, text: str, intent: Intent, **answers: object) -> Captured:
        self._now += timedelta(seconds=self._dice.randrange(4, 50))
        entry = Entry.CAMERA if self._dice.random() < 0.2 else Entry.WEDGE
        scanned = Scanned(text, entry, device="month")
        got = capture(store, place, scanned, intent)
        if got.outcome is Outcome.ASKED:
            self._now += timedelta(seconds=6)
            given = {"reason": "已核对实物标签", **answers}
            got = capture(store, place, scanned, replace(intent, **given))  # type: ignore[arg-type]
        return got

    def _code(self, product: Product, lot: str, expiry: date) -> str:
        self._serial += 1
        if product.product == "8338652":
            return f"{product.product}{self._serial:09d}{self._dice.randrange(10_000):04d}"
        serial = f"{self._dice.choice('KMTX')}{self._serial:06d}{self._dice.choice('ABCDEFGH')}"
        return f"]d201{product.product}17{expiry:%y%m%d}10{lot}\x1d21{serial}"

    def _day(self, store: Store, place: Workplace, day: date) -> None:
        self._now = datetime(day.year, day.month, day.day, 8, 5).astimezone()
        if day == self.today:
            self._now = min(self._now, datetime.now().astimezone() - timedelta(hours=6))
        number = f"SHIP-{day:%m%d}"
        dice = self._dice
        for _ in range(dice.randrange(self.packs * 2 // 3, self.packs * 4 // 3)):
            product = dice.choice(PRODUCTS)
            lot, expiry = dice.choices(self._lots(product), (2, 4, 5, 4))[0]
            text = self._code(product, lot, expiry)
            intent = Intent(
                EventKind.RECEIVE, dice.choice(("op-1", "op-2")), (DocumentRef("desadv", number),), SUPPLIER,
                place=dice.choice(PLACES),
                damaged="damaged" if dice.random() < 0.01 else None,
            )  # fmt: skip
            got = self._scan(store, place, text, intent, lot=lot, expiry=expiry)
            if got.event and got.event.packs[0].state == State.IN_STOCK:
                self._shelf.append(text)
                self._expiry[text] = (product.product, expiry)
            if dice.random() < 0.04:
                self._scan(store, place, dice.choice(_NONSENSE), intent)
        if dice.random() < 0.25:
            self._case(store, place, number)
        self._now = max(self._now, self._now.replace(hour=10, minute=0))
        for patient in range(dice.randrange(self.packs // 2, self.packs)):
            self._counter(store, place, f"RX-{day:%m%d}-{patient + 1:03d}")
            self._now += timedelta(minutes=dice.randrange(1, 9))
        self._office(store, place)

    def _case(self, store: Store, place: Workplace, number: str) -> None:
        product = self._dice.choice(PRODUCTS[:4])
        lot, expiry = self._lots(product)[2]
        self._serial += 1
        body = f"0952123400{self._serial:07d}"
        check = -sum(int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(body)) % 10
        case = f"sscc:{body}{check}"
        for n in range(24):
            serial = f"C{self._serial:05d}{n:02d}"
            child = Child(
                f"gs1:{product.product}/{serial}", product.product, serial, lot, expiry, "day", Level.UNIT
            )
            store.trees.put(case, child)
        intent = Intent(EventKind.RECEIVE, "op-2", (DocumentRef("desadv", number),), SUPPLIER, place="C-01")
        self._scan(store, place, f"00{body}{check}", intent)

    def _counter(self, store: Store, place: Workplace, number: str) -> None:
        dice = self._dice
        if not self._shelf:
            return
        text = dice.choice(self._shelf)
        if dice.random() < 0.95:  # whoever follows the advice takes the pack that expires first
            same = [one for one in self._shelf if self._expiry[one][0] == self._expiry[text][0]]
            text = min(same, key=lambda one: self._expiry[one][1])
        intent = Intent(
            EventKind.DISPENSE, dice.choice(("op-3", "op-4")), (DocumentRef("prescription", number),)
        )
        if dice.random() < 0.08 or text in self._left:
            wanted = min(dice.randrange(1, 5), self._left.get(text, 5))
            intent = replace(intent, quantity=wanted, second="op-1")
        got = self._scan(store, place, text, intent)
        event: Event | None = got.event
        if event is None:
            return
        self._left.pop(text, None)
        if event.packs[0].remaining:
            self._left[text] = event.packs[0].remaining
        if event.packs[0].state == State.DISPENSED:
            self._shelf.remove(text)
            self._out.append(text)
            luck = dice.random()
            if luck < 0.03:
                self._scan(store, place, text, replace(intent, verb=EventKind.UNDO, reason="处方取消"))
                self._out.remove(text)
                self._shelf.append(text)
            elif luck < 0.06:
                self._scan(store, place, text, replace(intent, quantity=None))

    def _office(self, store: Store, place: Workplace) -> None:
        dice = self._dice
        if self._out and dice.random() < 0.5:
            intent = Intent(EventKind.RETURN, "op-3", reason="患者停药，未拆封")
            self._scan(store, place, dice.choice(self._out), intent)
        if self._shelf and dice.random() < 0.3:
            text = self._shelf.pop(dice.randrange(len(self._shelf)))
            verb = dice.choice((EventKind.QUARANTINE, EventKind.TRANSFER_OUT))
            intent = Intent(verb, "op-2", reason="外观待查", partner=SUPPLIER, place="隔离区")
            self._scan(store, place, text, intent)
        if self._shelf and dice.random() < 0.6:
            text = dice.choice(self._shelf)
            self._scan(store, place, text, Intent(EventKind.MOVE, "op-2", place=dice.choice(PLACES)))
        if self._shelf and dice.random() < 0.2:
            text = self._shelf.pop()
            self._scan(store, place, text, Intent(EventKind.VOID, "op-1", reason="incorrect_data"))


def main() -> None:
    """Fill the home folder named on the command line."""
    home, *numbers = sys.argv[1:]
    month = Month(Path(home), *(int(number) for number in numbers))
    sys.stdout.write(f"{month.tell()} events\n")


if __name__ == "__main__":
    main()
