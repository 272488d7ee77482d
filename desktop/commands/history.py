"""`tracedesk history CODE`: everything known of a pack, an event a line."""

from __future__ import annotations

import click

from desktop.commands.context import Context
from ledger.codes.escape import unescape
from ledger.codes.identify import identify
from ledger.event import Event
from ledger.pack import State
from ledger.store import exists, open_reader


@click.command(help="Everything known of a pack, an event a line. CODE as scanned, or a pack's key.")
@click.argument("code")
@click.pass_obj
def history(ctx: Context, code: str) -> None:
    """Tell what happened to one pack."""
    events: tuple[Event, ...] = ()
    if exists(ctx.home):
        store = open_reader(ctx.home)
        try:
            pack = store.look_up(code) or store.look_up(identify(unescape(code)).key or "")
            events = store.events_of(pack.pack_id) if pack else ()
        finally:
            store.close()
    if not events:
        ctx.complain(ctx.words.say("history_none", code=code))
        raise SystemExit(1)
    for event in events:
        ctx.line(_json(event), _text(ctx, event))


def _json(event: Event) -> dict[str, object]:
    return {
        "seq": event.seq,
        "event_id": event.event_id,
        "kind": event.kind,
        "at": event.moment.iso(),
        "operator": event.operator,
        "place": event.place,
        "state": event.packs[0].state,
        "documents": [{"kind": ref.kind, "number": ref.number} for ref in event.documents],
        "reason": event.reason,
        "flags": list(event.flags),
        "verdict": event.verdict,
    }


def _text(ctx: Context, event: Event) -> str:
    say = ctx.words.say
    what = "history_to_quarantine" if event.packs[0].state == State.QUARANTINED else f"history_{event.kind}"
    return say(
        "history_event",
        at=event.moment.iso()[:19].replace("T", " "),
        what=say(what),
        place=event.place,
        operator=event.operator,
        seq=event.seq,
    )
