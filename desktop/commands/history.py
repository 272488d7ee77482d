"""`tracedesk history CODE`: everything known of a pack, an event a line; `reread`: old scans read again."""

from __future__ import annotations

import click

from desktop.commands.context import Context
from desktop.commands.proving import entitled, person_options
from desktop.packfacts import warnings_of
from desktop.settings import Settings
from desktop.station import Station
from desktop.story import Teller
from ledger.clock import Clock
from ledger.codes.escape import escape, unescape
from ledger.codes.identify import identify
from ledger.dossier import Dossier, dossier
from ledger.event import Event, PackFacts
from ledger.rereading import PORTION, reread
from ledger.roles import Act
from ledger.scans import RawScan
from ledger.store import exists, open_reader


@click.command(help="Everything known of a pack, an event a line. CODE as scanned, or a pack's key.")
@click.argument("code")
@person_options
@click.pass_obj
def history(ctx: Context, code: str, operator: str | None, pin_stdin: bool) -> None:
    """Tell what happened to one pack."""
    entitled(ctx, Clock(), Act.LOOK_UP, operator, pin_stdin)
    told = False
    if exists(ctx.home):
        store = open_reader(ctx.home)
        try:
            text = unescape(code)
            told = _tell(ctx, dossier(store, text, (code, identify(text).key or "")))
        finally:
            store.close()
    if not told:
        ctx.complain(ctx.words.say("history_none", code=code))
        raise SystemExit(1)


def _tell(ctx: Context, known: Dossier | None) -> bool:
    """Print the events of the pack and its scans that came to nothing; True if there was anything."""
    if known is None:
        return False
    teller = Teller(ctx.words, known.people)
    chapters = [chapter for chapter in known.chapters if chapter.facts is not None]
    for chapter in chapters:
        event, facts = chapter.event, chapter.facts
        assert facts is not None
        outcome = {"delivery": chapter.delivery, "voided": chapter.voided_by is not None}
        ctx.line(_json(event, facts) | outcome, teller.line(event, facts) + teller.aside(chapter))
    for attempt in known.attempts:
        ctx.line(_scan_json(attempt.scan), teller.attempt_line(attempt))
    if known.pack and not ctx.json:
        ctx.line({}, teller.now(known.pack, known.verdict))
        for _, sentence in warnings_of(known, ctx.words):
            ctx.line({}, f"! {sentence}")
    return bool(chapters or known.attempts)


def _json(event: Event, facts: PackFacts) -> dict[str, object]:
    return {
        "seq": event.seq,
        "event_id": event.event_id,
        "kind": event.kind,
        "at": event.moment.iso(),
        "operator": event.operator,
        "second": event.second,
        "place": event.place,
        "state": facts.state,
        "quantity": facts.quantity,
        "remaining": facts.remaining,
        "documents": [{"kind": ref.kind, "number": ref.number} for ref in event.documents],
        "reason": event.reason,
        "flags": list(event.flags),
        "verdict": event.verdict,
    }


def _scan_json(scan: RawScan) -> dict[str, object]:
    names = ("at", "outcome", "problem", "operator", "verb", "source", "device", "parser")
    return {"kind": "scan", "text": escape(scan.text), **{name: getattr(scan, name) for name in names}}


@click.command("reread", help="Read the old scans again by today's parser, as new facts beside the old ones.")
@person_options
@click.pass_obj
def reread_(ctx: Context, operator: str | None, pin_stdin: bool) -> None:
    """Re-identify old scans."""
    entitled(ctx, Clock(), Act.IMPORT, operator, pin_stdin)
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
