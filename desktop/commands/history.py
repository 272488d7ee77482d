"""`tracedesk history CODE`: everything known of a pack, an event a line; `reread`: old scans read again."""

from __future__ import annotations

import click

from desktop.commands.context import Context
from desktop.settings import Settings
from desktop.station import Station
from ledger.codes.escape import escape, unescape
from ledger.codes.identify import identify
from ledger.event import Event
from ledger.pack import Pack, State
from ledger.rereading import PORTION, reread
from ledger.scans import RawScan
from ledger.store import Store, exists, open_reader


@click.command(help="Everything known of a pack, an event a line. CODE as scanned, or a pack's key.")
@click.argument("code")
@click.pass_obj
def history(ctx: Context, code: str) -> None:
    """Tell what happened to one pack."""
    told = False
    if exists(ctx.home):
        store = open_reader(ctx.home)
        try:
            text = unescape(code)
            pack = store.look_up(code) or store.look_up(identify(text).key or "")
            told = _tell(ctx, store, pack, text)
        finally:
            store.close()
    if not told:
        ctx.complain(ctx.words.say("history_none", code=code))
        raise SystemExit(1)


def _tell(ctx: Context, store: Store, pack: Pack | None, text: str) -> bool:
    """Print the events of the pack and the scans of the text that came to nothing; True if there was anything."""
    events = store.events_of(pack.pack_id) if pack else ()
    voided = {event.told("voids") for event in events}
    for event in events:
        delivery, words = store.outbox.delivery_of(event.seq)
        human = _text(ctx, event)
        if event.event_id in voided:
            human += ctx.words.say("history_voided")
        if delivery:
            human += ctx.words.say(f"history_{delivery}", words=words)
        ctx.line(_json(event) | {"delivery": delivery, "voided": event.event_id in voided}, human)
    idle = [scan for scan in store.scans_of(text) if scan.outcome in ("refused", "asked", "failed")]
    for scan in idle:
        ctx.line(_scan_json(scan), _scan_text(ctx, scan))
    if pack and not ctx.json:
        verdict = ctx.words.say(f"verdict_{store.worklist.verdict(pack.key)}")
        ctx.line(
            {}, ctx.words.say("history_now", state=ctx.words.say(f"state_{pack.state}"), verdict=verdict)
        )
    return bool(events or idle)


def _json(event: Event) -> dict[str, object]:
    return {
        "seq": event.seq,
        "event_id": event.event_id,
        "kind": event.kind,
        "at": event.moment.iso(),
        "operator": event.operator,
        "second": event.second,
        "place": event.place,
        "state": event.packs[0].state,
        "quantity": event.packs[0].quantity,
        "remaining": event.packs[0].remaining,
        "documents": [{"kind": ref.kind, "number": ref.number} for ref in event.documents],
        "reason": event.reason,
        "flags": list(event.flags),
        "verdict": event.verdict,
    }


def _text(ctx: Context, event: Event) -> str:
    say, first = ctx.words.say, event.packs[0]
    quarantined = first.state == State.QUARANTINED and event.kind in ("receive", "transfer_in")
    parts = [
        say(
            "history_event",
            at=event.moment.iso()[:19].replace("T", " "),
            what=say("history_to_quarantine" if quarantined else f"history_{event.kind}"),
            place=event.place,
            operator=event.operator,
            seq=event.seq,
        )
    ]
    if first.quantity is not None:
        parts.append(say("history_quantity", quantity=first.quantity, remaining=first.remaining))
    parts += [say("history_document", number=ref.number) for ref in event.documents]
    if event.second:
        parts.append(say("history_second", second=event.second))
    if event.reason:
        parts.append(say("history_reason", reason=event.reason))
    return "  ".join(parts)


def _scan_json(scan: RawScan) -> dict[str, object]:
    names = ("at", "outcome", "problem", "operator", "verb", "source", "device", "parser")
    return {"kind": "scan", "text": escape(scan.text), **{name: getattr(scan, name) for name in names}}


def _scan_text(ctx: Context, scan: RawScan) -> str:
    return ctx.words.say(
        "history_scan",
        at=scan.at[:19].replace("T", " "),
        outcome=ctx.words.say(f"outcome_{scan.outcome}"),
        why=ctx.words.say(scan.problem) if scan.problem else "",
        operator=scan.operator,
    )


@click.command("reread", help="Read the old scans again by today's parser, as new facts beside the old ones.")
@click.pass_obj
def reread_(ctx: Context) -> None:
    """Re-identify old scans."""
    settings = Settings.load(ctx.home)
    station = Station(ctx.home, settings)
    scans, accepted, refused = 0, 0, 0
    try:
        while True:
            done = station.run(lambda store: reread(store, settings.zone()))
            scans += done.scans
            for text in (*done.now_accepted, *done.now_refused):
                taken = text in done.now_accepted
                said = ctx.words.say("reread_accepted" if taken else "reread_refused", text=text)
                ctx.line({"text": escape(text), "accepted": taken}, said)
            accepted, refused = accepted + len(done.now_accepted), refused + len(done.now_refused)
            if done.scans < PORTION:
                break
    finally:
        station.close()
    result = {"scans": scans, "now_accepted": accepted, "now_refused": refused}
    ctx.line(result, ctx.words.say("reread_done", **result))
