"""`tracedesk receive`, `dispense` and every other verb: the capture walk without a window.

One line per code, in order, each printed after its COMMIT. Codes come as arguments or, with --codes, one a
line from a file or standard input; escapes such as <GS> and \\x1d are understood.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import click

from desktop.commands.answering import Answers
from desktop.commands.chosen import chosen, tell
from desktop.commands.context import Context
from desktop.commands.keeping import Keeping
from desktop.settings import DECLARED, Settings
from desktop.station import Station
from desktop.terminal import acting, read_secret, seconded
from ledger.capture import Captured
from ledger.codes.code import Code
from ledger.codes.escape import unescape
from ledger.codes.identify import identify
from ledger.errors import SettingsError, UserError
from ledger.event import DocumentRef, EventKind
from ledger.roles import Act, Refusal
from ledger.situation import Intent, TakeOut
from ledger.tasks.typed import typed_expiry, typed_lot, typed_text
from scanner.scan import Scan, Source

_COMMON = (
    click.argument("codes", nargs=-1, metavar="[CODE…]"),
    click.option(
        "--codes", "file", metavar="FILE", help="Codes, one a line, from FILE or - for standard input."
    ),
    click.option("--document", metavar="N", help="Number of the business document."),
    click.option("--reason", metavar="TEXT", help="Answers what would be asked for a reason."),
    click.option("--second", metavar="ID", help="The second person, where one is wanted."),
    click.option("--lot", metavar="LOT", help="Lot as printed on the label, where the code has none."),
    click.option("--expiry", metavar="DATE", help="Expiry as printed: YYYY-MM-DD, or YYYY-MM for a month."),
    click.option("--quantity", type=int, metavar="N", help="Units of a split pack, or packs without serial."),
    click.option("--operator", metavar="ID", help="Who does it; else as set in the settings."),
    click.option(
        "--pin-stdin", is_flag=True, help="Sign in for this command: the PIN is the first input line."
    ),
    click.option("--second-pin-stdin", is_flag=True, help="The second person's PIN is the next input line."),
    click.option("--place", metavar="PLACE", help="Where the pack is put."),
    click.option("--partner", metavar="GLN", help="The other side: supplier, or site of a transfer."),
    click.option("--product", metavar="ID", help="Goods without any code: the product; give no CODE then."),
    click.option("--literal", is_flag=True, help="Take the codes as they stand, without escapes."),
)
_ARRIVING = (
    click.option("--damaged", is_flag=True, help="The pack is damaged: it goes to quarantine."),
    click.option("--temperature", is_flag=True, help="The pack was too warm or too cold: to quarantine."),
)
_DISPENSING = (
    click.option("--units", type=int, metavar="N", help="Units in a full pack, where nobody knows them."),
    click.option("--patient", metavar="UUID", help="Pseudonym of the patient; never a name or number."),
    click.option("--weeks", type=int, metavar="N", help="Taken out of the zone: weeks of supply."),
    click.option("--filing", default="", metavar="N", help="Taken out of the zone: number of the filing."),
    click.option("--consent", is_flag=True, help="Taken out of the zone: the patient consents."),
    click.option("--assessed", is_flag=True, help="Taken out of the zone: the hospital has assessed it."),
    click.option("--signed", is_flag=True, help="Taken out of the zone: the patient has signed."),
)

_WHICH = (
    click.option(
        "--quarantined/--shelf",
        "apart",
        default=None,
        help="Goods without serial: those in quarantine, or those on the shelf.",
    ),
)


def _verb(kind: EventKind, what: str, document_kind: str, *more: Callable[..., Any]) -> click.Command:
    def run(ctx: Context, codes: tuple[str, ...], file: str | None, literal: bool, **given: Any) -> None:
        settings = Settings.load(ctx.home)
        intent = _intent(kind, document_kind, settings, given)
        product = given.get("product")
        listed = chosen(given, codes, file)
        if not codes and file is None and product is None:
            file = "-"
        texts = iter([""]) if product is not None else _texts(codes, file)
        station = Station(ctx.home, settings)
        try:
            intent = signed(station, intent, given)
            if listed is not None:
                tell(ctx, listed(station, intent))
                return
            with Keeping(ctx.home, file) as keeping:
                fine = capture_all(
                    ctx, station, intent, texts, literal=literal, product=product, keep=keeping.keep
                )
        finally:
            station.close()
        if not fine:
            raise SystemExit(1)

    command: Any = click.pass_obj(run)
    every: tuple[Callable[..., Any], ...] = (*_COMMON, *more)
    for option in reversed(every):
        command = option(command)
    made: click.Command = click.command(kind.value.replace("_", "-"), help=what)(command)
    return made


def _intent(kind: EventKind, document_kind: str, settings: Settings, given: dict[str, Any]) -> Intent:
    """What the options say, checked and made fit for a record; raises UserError for what will not do."""
    number = typed_text(given["document"])
    last_day, precision = typed_expiry(given["expiry"]) if given["expiry"] else (None, None)
    lot, weeks = given["lot"], given.get("weeks")
    damaged = "damaged" if given.get("damaged") else "temperature" if given.get("temperature") else None
    take_out = None
    if weeks is not None:
        flags = {name: given[name] for name in ("consent", "assessed", "signed")}
        take_out = TakeOut(weeks, typed_text(given["filing"]) or "", **flags)
    return Intent(
        verb=kind,
        operator=_operator(given["operator"]) or settings.text("operator"),
        documents=(DocumentRef(document_kind, number),) if number else (),
        partner=_partner(given["partner"]),
        reason=typed_text(given["reason"]),
        second=_operator(given["second"]),
        lot=typed_lot(lot) if lot else None,
        expiry=last_day,
        expiry_precision=precision,
        quantity=given["quantity"],
        units=given.get("units"),
        damaged=damaged,
        place=typed_text(given["place"]),
        parent=_code(given.get("case")),
        label=_code(given.get("label")),
        missing=bool(given.get("missing")),
        apart=given.get("apart"),
        patient=_patient(given.get("patient")),
        take_out=take_out,
    )


receive = _verb(EventKind.RECEIVE, "Receive packs into stock.", "desadv", *_ARRIVING)
dispense = _verb(
    EventKind.DISPENSE, "Dispense packs, or units of one, to a patient.", "prescription", *_DISPENSING
)
undo = _verb(EventKind.UNDO, "Take a dispense back.", "prescription")
return_ = _verb(EventKind.RETURN, "A patient brings a pack or units of it back.", "return-slip")
supplier_return = _verb(EventKind.SUPPLIER_RETURN, "Send packs back to the supplier.", "rma", *_WHICH)
transfer_out = _verb(EventKind.TRANSFER_OUT, "Send packs to another site.", "transfer")
transfer_in = _verb(EventKind.TRANSFER_IN, "Take packs in from another site.", "transfer", *_ARRIVING)
move = _verb(EventKind.MOVE, "Put packs somewhere else inside the site.", "move")
quarantine = _verb(
    EventKind.QUARANTINE,
    "Set packs apart, or with --delivery everything that came with one and is still here.",
    "recall-notice",
    click.option("--delivery", metavar="N", help="Number of the delivery; --lot chooses a lot of it."),
    click.option("--delivery-kind", default="desadv", show_default=True, help="Kind of its document."),
)
release = _verb(EventKind.RELEASE, "Let packs back into stock after inspection.", "inspection")
destroy = _verb(EventKind.DESTROY, "Destroy packs before a second person.", "cert", *_WHICH)
pack = _verb(
    EventKind.PACK,
    "Put packs into a case.",
    "packing",
    click.option("--case", metavar="CODE", help="Code of the case."),
)
unpack = _verb(EventKind.UNPACK, "Take packs out of their case, or everything out of a case.", "packing")
count = _verb(
    EventKind.COUNT,
    "Count the stock, pack by pack.",
    "stocktake",
    click.option("--missing", is_flag=True, help="The pack is not where it should be."),
    *_WHICH,
)
label = _verb(
    EventKind.LABEL,
    "Put another code on a pack.",
    "label",
    click.option("--label", metavar="CODE", help="The code that is put on the pack."),
)
void = _verb(
    EventKind.VOID,
    "Declare the record of a pack's last event wrong, or with --last your own last record.",
    "void",
    click.option("--last", is_flag=True, help="Whatever you recorded last at this workstation."),
)


def _code(typed: str | None) -> Code | None:
    return identify(unescape(typed)) if typed else None


def _partner(typed: str | None) -> str | None:
    if typed is not None and not DECLARED["site.gln"].check(typed):
        raise UserError("gln_unreadable", typed=typed)
    return typed or None


def _patient(typed: str | None) -> str | None:
    try:
        return str(UUID(typed)) if typed else None
    except ValueError:
        raise UserError("patient_unreadable") from None


def _operator(typed: str | None) -> str | None:
    """An operator id as the settings would take it, else a SettingsError."""
    if typed is not None and not DECLARED["operator"].check(typed):
        raise SettingsError("operator_unreadable", typed=typed)
    return typed


def signed(station: Station, intent: Intent, given: dict[str, Any]) -> Intent:
    """The intent of a person who is signed in, and of a second one who proved to be another.

    Where nobody is registered the operator of the settings does everything. Raises UserError for a refusal.
    """
    run, home, settings, clock = station.run, station.home, station.settings, station.clock
    pin = read_secret("PIN: ") if given.get("pin_stdin") else None
    act = Act(intent.verb.value)
    operator = acting(run, home, settings, clock, act, given["operator"], pin)
    if isinstance(operator, Refusal):
        raise operator.error()
    if intent.second is None:
        return replace(intent, operator=operator.id)
    secret = read_secret("PIN: ") if given.get("second_pin_stdin") else None
    second = seconded(run, home, settings, clock, operator, intent.second, secret)
    if isinstance(second, Refusal):
        raise second.error()
    return replace(intent, operator=operator.id, second=second.id)


def capture_all(
    ctx: Context,
    station: Station,
    intent: Intent,
    texts: Iterator[str],
    *,
    literal: bool = False,
    product: str | None = None,
    keep: Callable[[Scan, Future[Captured]], None] = lambda _scan, _answer: None,
) -> bool:
    """Capture and print every code; True when none was refused or asked. `keep` is told of each scan."""
    answers = Answers(ctx)
    try:
        for text in texts:
            scan = Scan(text if literal else unescape(text), Source.FILE)
            answer = station.capture(scan, intent, product=product)
            keep(scan, answer)
            answers.expect(text, answer)
    finally:
        fine = answers.finish()
    return fine


def _texts(codes: tuple[str, ...], file: str | None) -> Iterator[str]:
    yield from codes
    if file is None:
        return
    if file == "-":
        yield from _lines(sys.stdin.buffer)
        return
    try:
        with Path(file).open("rb") as lines:
            yield from _lines(lines)
    except OSError as error:
        raise UserError("file_unreadable", file=file, why=os.strerror(error.errno or 0)) from None


def _lines(raw: BinaryIO) -> Iterator[str]:
    for line in raw:
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        if text:
            yield text
