"""What the platform says it has, brought back in a file: receipts, or the events themselves as it holds them.

    {"format": 1, "platform": "…", "key": "…", "signature": "…",
     "receipts": [{"eventID", "declarationTime", "sha256", "state", "words"}]}

`state` is `accepted`, `refused` or `unknown`. A receipt counts only for exactly the bytes that we have; where the
settings name the platform's key, only when it signed them. An EPCISQueryDocument counts for the events that agree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.errors import UserError
from ledger.signing import SigningKey, is_signed
from sync.agreement import agrees
from sync.lint import identity
from sync.replies import event_list
from sync.road import Park, Run

FORMAT = 1
_SIGNED = b"TraceDesk receipts\n"
_URN = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one record at the platform."""

    event_id: str
    declared: str
    state: str
    sha256: str = ""
    words: str = ""
    event: dict[str, Any] | None = None
    """The event as the platform holds it, where that is the receipt."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a file of receipts has settled."""

    accepted: int = 0
    refused: int = 0
    known: int = 0
    """Records that were settled already."""
    foreign: int = 0
    """Receipts for records that this ledger does not have, or has otherwise."""


def made(platform: str, receipts: Iterable[Receipt], key: SigningKey | None = None) -> bytes:
    """A file of receipts, as a platform writes it."""
    told: dict[str, Any] = {
        "format": FORMAT,
        "platform": platform,
        "receipts": [
            {
                "eventID": _URN + one.event_id,
                "declarationTime": one.declared,
                "sha256": one.sha256,
                "state": one.state,
                "words": one.words,
            }
            for one in receipts
        ],
    }
    if key is not None:
        told["key"] = key.public.hex()
        told["signature"] = key.sign(_SIGNED + _canonical(told)).hex()
    return json.dumps(told, ensure_ascii=False).encode("utf-8")


def read(body: bytes, key: str = "") -> tuple[Receipt, ...]:
    """The receipts of a file; `key` is the platform's public key in hex. Raises UserError where they will not do."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise UserError("receipts_broken") from None
    if (events := event_list(told)) is not None:
        if key:
            raise UserError("receipts_unsigned")
        return _whole(map(_held, events))
    if (
        not isinstance(told, dict)
        or told.get("format") != FORMAT
        or not isinstance(told.get("receipts"), list)
    ):
        raise UserError("receipts_broken")
    if key and not _is_genuine(told, key):
        raise UserError("receipts_unsigned")
    return _whole(map(_receipt, told["receipts"]))


def settle(run: Run, park: Park, receipts: Iterable[Receipt], now: str) -> Settled:
    """Settle the outbox by receipts, each in a transaction of its own; what is refused is parked for a person."""
    counted = dict.fromkeys(("accepted", "refused", "known", "foreign"), 0)
    for receipt in receipts:
        counted[_settle(run, park, receipt, now)] += 1
    return Settled(**counted)


def _settle(run: Run, park: Park, receipt: Receipt, now: str) -> str:
    key = (receipt.event_id, receipt.declared)
    if receipt.state not in ("accepted", "refused"):
        return "foreign"
    state = run(lambda books: books.outbox.state_of(key))
    if state is None:
        return "foreign"
    if state[0] not in ("pending", "sent", "parked"):
        return "known"
    if not _is_ours(receipt, state[1]):
        return "foreign"
    batch_id = run(lambda books: books.outbox.batch_of(key, now))
    if batch_id is None:
        return "known"
    if receipt.state == "accepted":
        run(lambda books: books.outbox.accept(batch_id, [key]))
        return "accepted"
    park(batch_id, [key], receipt.words or "-")
    return "refused"


def _is_ours(receipt: Receipt, payload: bytes) -> bool:
    if receipt.event is not None:
        return agrees(json.loads(payload), receipt.event)
    return receipt.sha256 == hashlib.sha256(payload).hexdigest()


def _whole(receipts: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """All of them, or UserError: what JSON can tell and no record can hold (half a character) is in none of ours."""
    try:
        found = tuple(receipts)
        "".join(f"{one.event_id}{one.declared}{one.words}" for one in found).encode()
    except (KeyError, TypeError, AttributeError, UnicodeEncodeError, RecursionError):
        raise UserError("receipts_broken") from None
    return found


def _held(event: dict[str, Any]) -> Receipt:
    event_id, declared = identity(event)
    return Receipt(event_id.removeprefix(_URN), declared, "accepted", event=event)


def _receipt(one: Mapping[str, Any]) -> Receipt:
    return Receipt(
        str(one["eventID"]).removeprefix(_URN),
        str(one.get("declarationTime") or ""),
        str(one["state"]),
        str(one.get("sha256", "")).lower(),
        str(one.get("words", ""))[:1000],
    )


def _is_genuine(told: Mapping[str, Any], key: str) -> bool:
    try:
        signature = bytes.fromhex(str(told.get("signature", "")))
        public = bytes.fromhex(key)
        plain = _canonical({name: value for name, value in told.items() if name != "signature"})
    except (ValueError, RecursionError):
        return False
    return is_signed(public, signature, _SIGNED + plain)


def _canonical(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
