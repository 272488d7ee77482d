"""Is this ledger the one that was here last, at the place where it was? If not, it goes on under a new name.

A backup put back, a disk cloned, a folder copied: each makes two histories out of one. The numbers of the first
history may already be known outside, so the second must not use them again. It gets a new ledger id, starts after
the last number that anybody is known to have seen, and its first event names the old id, number and hash.

Found out without the platform by two things: the mark beside the ledger (ledger/headmark.py) tells how far it had
come, and the installation, machine and folder, tells where. What only the platform can know is asked by
`resume_if_behind`.
"""

from __future__ import annotations

import hashlib
import json
import sys
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ledger import headmark
from ledger.clock import Clock
from ledger.errors import LedgerDamaged
from ledger.event import Event, EventKind
from ledger.headmark import Mark
from ledger.moment import new_event_id
from ledger.store import FILE, Store

RESTORED = "restored"
"""Name under which a restored file remembers the head of the ledger that it replaced, until it is resumed."""


RESUMED_FROM = "resumed_from"
"""Name under which a resumed file remembers the old head, should a crash leave the old mark behind."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """A ledger goes on under a new id."""

    why: str
    """Code word: `restored`, `moved`, `set_back`, `mark_gone`, `platform_ahead`."""
    old: Mark
    """What is known of the head of the old one."""
    ledger_id: str
    kept_seq: int
    """Last number of the old ledger that is still here."""
    seq: int
    """Number of the event that says so."""
    doubted: int
    """Records of which the platform is asked before they are sent again."""

    def params(self) -> dict[str, str]:
        """Parameters of the sentence `resumed_` + why."""
        return {
            "lost": str(self.lost),
            "old_seq": str(self.old.seq),
            "kept_seq": str(self.kept_seq),
            "seq": str(self.seq),
            "ledger": self.ledger_id[:8],
        }

    @property
    def lost(self) -> int:
        """How many events of the old ledger are not here."""
        return max(self.old.seq - self.kept_seq, 0)


def settle(store: Store, home: Path, clock: Clock, operator: str = "") -> Resumed | None:
    """Find out whether the ledger is the one that was here, resume it if not, and keep its mark from now on.

    The first job of a writer, before anything is recorded. Raises LedgerDamaged where the ledger has vanished and
    an empty one stands in its place.
    """
    here, mark = installation(home), headmark.read(home)
    known, restored = store.noted("installation"), store.noted(RESTORED)
    if mark and mark.seq and not store.head.seq:
        raise LedgerDamaged("ledger_gone", file=str(home / FILE), seq=str(mark.seq), mark=headmark.FILE)
    if mark is None:
        # So that a power cut before the first checkpoint does not look as if somebody had taken the mark away.
        headmark.write(home, Mark(store.ledger_id, store.head.seq, store.head.hash, here))
    if known and known != here:
        # Two machines may now hold what one held: each needs a name of its own.
        store.device_id = str(uuid.uuid4())
        store.note("device_id", store.device_id)
    resumed = None
    if store.head.seq:
        own = Mark(store.ledger_id, store.head.seq, store.head.hash, known or "")
        if restored:
            resumed = resume(store, clock, _furthest(own, mark, mark_of(restored)), "restored", operator)
        elif known and known != here:
            resumed = resume(store, clock, _furthest(own, mark), "moved", operator)
        elif mark and is_behind(store, mark):
            resumed = resume(store, clock, _furthest(own, mark), "set_back", operator)
        elif known and mark is None:
            resumed = resume(store, clock, own, "mark_gone", operator)
    if known != here:
        store.note("installation", here)
    if restored:
        store.note(RESTORED, "")
    store.keep_mark(home, here)
    return resumed


def resume_if_behind(
    store: Store, clock: Clock, seq: int, digest: bytes, operator: str = ""
) -> Resumed | None:
    """Go on under a new id when somebody outside has seen more of this ledger than is here, or something else.

    `seq` and `digest` are the highest number that the platform holds of this ledger id and its hash. Runs inside
    the writer's transaction.
    """
    told = Mark(store.ledger_id, seq, digest)
    if not is_behind(store, told):
        return None
    own = Mark(store.ledger_id, store.head.seq, store.head.hash)
    return resume(store, clock, _furthest(own, told), "platform_ahead", operator)


def resume(store: Store, clock: Clock, old: Mark, why: str, operator: str) -> Resumed:
    """Give the ledger a new id and append the event that names the old one."""
    kept, moment = store.head, clock.now(store.head.at)
    ledger_id = str(uuid.uuid4())
    detail = {
        "why": why,
        "old_ledger": old.ledger_id,
        "old_seq": str(old.seq),
        "old_hash": old.hash.hex(),
        "restored_seq": str(kept.seq),
        "restored_hash": kept.hash.hex(),
    }
    event = Event(
        event_id=new_event_id(moment),
        ledger_id=ledger_id,
        seq=max(old.seq, kept.seq) + 1,
        kind=EventKind.LEDGER_RESUMED,
        moment=moment,
        device_id=store.device_id,
        operator=operator,
        place="",
        packs=(),
        reason=why,
        verdict="",
        detail=tuple(sorted(detail.items())),
    )
    store.append(event, None)
    store.note("ledger_id", ledger_id)
    store.note(RESUMED_FROM, marked(old))
    store.ledger_id = ledger_id
    doubted = store.doubt(moment.iso())
    return Resumed(why, old, ledger_id, kept.seq, event.seq, doubted)


def installation(home: Path) -> str:
    """What tells this folder on this machine from its copies; says nothing about either to a reader."""
    words = f"TraceDesk installation\n{_machine()}\n{home.resolve()}"
    return hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def marked(mark: Mark) -> str:
    """A mark as text, for `RESTORED`."""
    return json.dumps([mark.ledger_id, mark.seq, mark.hash.hex()])


def mark_of(text: str) -> Mark:
    """A mark read back from `marked`."""
    ledger_id, seq, digest = json.loads(text)
    return Mark(ledger_id, seq, bytes.fromhex(digest))


def is_behind(store: Store, mark: Mark) -> bool:
    """True when the ledger does not hold what the mark says that it did, and has not said so itself."""
    if not mark.seq or store.hash_at(mark.seq) == mark.hash:
        return False
    return store.noted(RESUMED_FROM) != marked(mark)


def _furthest(own: Mark, *others: Mark | None) -> Mark:
    return max((own, *(one for one in others if one)), key=lambda mark: mark.seq)


if sys.platform == "win32":
    import winreg

    def _machine() -> str:
        with (
            suppress(OSError),
            winreg.OpenKey(
                winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography", 0, winreg.KEY_READ
            ) as key,
        ):
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        return ""

elif sys.platform == "darwin":

    def _machine() -> str:
        import ctypes

        name, wait = ctypes.create_string_buffer(16), (ctypes.c_long * 2)(1, 0)
        with suppress(OSError, AttributeError):
            if ctypes.CDLL(None).gethostuuid(name, wait) == 0:
                return name.raw.hex()
        return ""

else:

    def _machine() -> str:
        """The system's own id; empty where it has none, as in a bare container, and the folder alone counts."""
        for file in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
            with suppress(OSError):
                if len(said := Path(file).read_text("ascii", "replace").strip()) == 32:
                    return said
        return ""
