"""`tracedesk correct CODE`: the last record of a pack was wrong; it is declared wrong and recorded again as it was.

Both are one event each in the ledger, and travel to the platform in one document.
"""

from __future__ import annotations

import click

from desktop.commands.answering import answer_json, answer_text
from desktop.commands.context import Context
from desktop.commands.proving import entitled, person_options, recording
from ledger.capture import Captured, Outcome
from ledger.clock import Clock
from ledger.codes.escape import unescape
from ledger.codes.identify import identify
from ledger.correction import correct
from ledger.errors import UserError
from ledger.event import ABOUT_PACKS, DocumentRef, EventKind
from ledger.merge import standing
from ledger.roles import Act
from ledger.shipment import PRESCRIPTION, SHIPMENT
from ledger.situation import Intent
from ledger.store import Store
from ledger.tasks.typed import typed_expiry, typed_lot, typed_text

_OUT = (EventKind.DISPENSE, EventKind.RETURN)


@click.command("correct", help="Put the last record of a pack right: say what was different, and why.")
@click.argument("code")
@click.option("--reason", metavar="TEXT", required=True, help="Why the record was wrong.")
@click.option("--quantity", type=int, metavar="N", help="Units of a split pack, or packs without serial.")
@click.option("--lot", metavar="LOT", help="Lot as printed on the label.")
@click.option("--expiry", metavar="DATE", help="Expiry as printed: YYYY-MM-DD, or YYYY-MM for a month.")
@click.option("--document", metavar="N", help="Number of the business document.")
@click.option("--kind", metavar="KIND", help="Kind of the document; else a prescription or a shipment.")
@click.option("--partner", metavar="GLN", help="The other side: supplier, or site of a transfer.")
@click.option("--place", metavar="PLACE", help="Where the pack was put.")
@click.option("--second", metavar="ID", help="The second person, where one is wanted.")
@person_options
@click.pass_obj
def correct_(
    ctx: Context,
    code: str,
    reason: str,
    quantity: int | None,
    lot: str | None,
    expiry: str | None,
    document: str | None,
    kind: str | None,
    partner: str | None,
    place: str | None,
    second: str | None,
    operator: str | None,
    pin_stdin: bool,
) -> None:
    """Declare the last record wrong and record what really happened."""
    clock = Clock()
    who = entitled(ctx, clock, Act.VOID, operator, pin_stdin)
    last_day, precision = typed_expiry(expiry) if expiry else (None, None)
    number = typed_text(document)
    found = identify(unescape(code))

    def job(store: Store) -> Captured:
        pack = store.look_up(found.key) if found.key else None
        history = standing(store.events_of(pack.pack_id)) if pack else ()
        event = next((one for one in reversed(history) if one.kind in ABOUT_PACKS), None)
        if event is None:
            raise UserError("correct_nothing", key=found.key or code)
        of = kind or (PRESCRIPTION if event.kind in _OUT else SHIPMENT)
        right = Intent(
            event.kind,
            who,
            documents=(DocumentRef(of, number),) if number else (),
            partner=partner,
            reason=typed_text(reason),
            second=second,
            lot=typed_lot(lot) if lot else None,
            expiry=last_day,
            expiry_precision=precision,
            quantity=quantity,
            place=typed_text(place),
        )
        return correct(store, station.workplace, event, right)

    with recording(ctx, clock) as station:
        answer = station.run(job)
    ctx.line(answer_json(ctx, code, answer), answer_text(ctx, code, answer))
    if answer.outcome is not Outcome.ACCEPTED:
        raise SystemExit(1)
