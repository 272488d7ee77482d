"""A workstation that talks to a real sandbox: ledger, writer, courier and puller, one drain at a time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from desktop.workplace import frozen_by
from ledger import audit
from ledger.capture import Captured, Scanned, Workplace, capture
from ledger.clock import Clock
from ledger.codes.code import Entry
from ledger.event import EventKind
from ledger.identity import Resumed, settle
from ledger.situation import Policy
from ledger.store import Store
from ledger.writer import Writer
from sync.courier import Courier, SyncResult
from sync.epcis import Wire
from sync.pace import Pace
from sync.platform import Platform
from sync.pull import Pull, pulling
from tests.ledger.counter import CHINA, NOON, gs1, intent_of

QUICK = Pace(first=0.02, limit=0.05, polls=(0.0, 0.02), settle=0.01, idle=0.05, linger=0.0, patience=1.0)
GLN = "9521999000006"
LENIENT = Policy(near_expiry="note", fefo="note", receive_near_expiry_days=0)

__all__ = ["GLN", "NOON", "Workstation", "gs1"]


class Workstation:
    """One counter of a site; `sync` is a visit to the platform."""

    def __init__(self, home: Path, url: str, policy: Policy = LENIENT, gln: str | None = GLN) -> None:
        self.home = home
        self.url = url
        self.time = NOON
        self.clock = Clock(lambda: self.time, CHINA)
        self.writer = Writer(home)
        self.writer.run(lambda store: settle(store, home, self.clock))
        self.device_id = self.writer.run(lambda store: store.device_id)
        self.wire = Wire(
            "https://id.tracedesk.example/hospital-1",
            "https://id.tracedesk.example",
            "https://ns.tracedesk.example/epcis/",
            gln,
            None,
            self.device_id,
        )
        self.workplace = Workplace(
            self.clock, policy, frozen_by(self.wire), "DOCK-1", "COUNTER-1", institution=gln or ""
        )
        self.resumed: list[Resumed] = []
        self.courier, self.puller = self._line()

    def _line(self) -> tuple[Courier, Pull]:
        platform = self._platform = Platform(self.url)
        # The clock of the tests stands still; the platform's own time must not move it.
        pull = pulling(self.writer.run, platform, self.wire, self.clock, self.resumed.append)
        pull._client._clock = None
        return Courier(
            self.writer.run, platform, self.wire, QUICK, self.clock, puller=pull, roll=lambda: 0.5
        ), pull

    def sync(self) -> SyncResult:
        return self.courier.drain()

    def later(self, **span: float) -> None:
        self.time += timedelta(**span)

    def scan(self, text: str, kind: EventKind, *, entry: Entry = Entry.WEDGE, **intent: object) -> Captured:
        wanted = intent_of(kind, **intent)
        self.later(seconds=1)
        return self.writer.run(lambda store: capture(store, self.workplace, Scanned(text, entry), wanted))

    def receive(self, text: str, **intent: object) -> Captured:
        return self.scan(text, EventKind.RECEIVE, **intent)

    def dispense(self, text: str, **intent: object) -> Captured:
        return self.scan(text, EventKind.DISPENSE, **intent)

    def tasks(self) -> list[tuple[str, str]]:
        return self.writer.run(lambda store: [(one.kind, one.key) for one in store.worklist.open_tasks()])

    def of(self, job):  # type: ignore[no-untyped-def]
        """The result of a job of the writer's."""
        return self.writer.run(job)

    def packs_told(self) -> int:
        """How many packs others have told of."""
        count: int = self.writer.run(
            lambda store: store.connection.execute("SELECT count(*) FROM site_pack").fetchone()[0]
        )
        return count

    def state(self, key: str) -> str:
        def look(store: Store) -> str:
            pack = store.look_up(key)
            return pack.state.value if pack else "unknown"

        return self.writer.run(look)

    def known(self, key: str) -> str:
        """The state of a pack for the whole site."""
        pack = self.writer.run(lambda store: store.site.known(key))
        return pack.state.value if pack else "unknown"

    def remaining(self, key: str) -> int | None:
        pack = self.writer.run(lambda store: store.site.known(key))
        return pack.remaining if pack else None

    def close(self) -> None:
        self._platform.close()  # a puller that worked alone leaves its connection open
        self.writer.close()


def assert_whole(desk: Workstation) -> None:
    """Whatever was heard from others, the ledger's own chain explains its own stock."""
    found = desk.of(audit.check)
    assert (found.chain_ok, found.projection_ok, found.faults) == (True, True, ())
