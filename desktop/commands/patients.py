"""`tracedesk patients`: what is known of patients, masked; in clear only with a reason; erased by law.

A patient is named by the hospital's pseudonym, a UUID. Names and numbers come from standard input or a file,
never from an argument, and go to no log.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from uuid import UUID

import click

from desktop.commands.context import Context
from desktop.commands.office import good
from desktop.commands.patientkeys import keys
from desktop.commands.proving import entitled, person_options, recording
from desktop.sitekeeper import site_key
from ledger.clock import Clock
from ledger.erasure import erase, reveal
from ledger.errors import UserError
from ledger.importing import load
from ledger.keyfile import SAVED
from ledger.patients import Patient, Patients, in_clear, masked
from ledger.patientsearch import search
from ledger.recalls import Match
from ledger.roles import Act
from ledger.store import Store, exists, open_reader
from ledger.tasks.typed import typed_text
from ledger.treatment import given_to

_LONGEST = 8192


@click.group(help="What is known of patients: sealed, masked, erasable. PATIENT is the hospital's pseudonym.")
def patients() -> None:
    """Patients."""


patients.add_command(keys)


@patients.command("put", help="Write down or change a patient: a JSON object on standard input.")
@click.argument("patient")
@person_options
@click.pass_obj
def put(ctx: Context, patient: str, operator: str | None, pin_stdin: bool) -> None:
    """Seal what is known of a patient. Keys: name, id_type, id_number, phone, collector."""
    one, clock = _pseudonym(patient), Clock()
    entitled(ctx, clock, Act.PATIENT, operator, pin_stdin)
    try:
        given = json.loads(sys.stdin.buffer.read(_LONGEST))
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise UserError("patient_no_object")
    item = {name: given.get(name) for name in ("name", "id_type", "id_number", "phone", "collector")}
    with recording(ctx, clock) as station:
        report = station.run(lambda store: load(store, "patients", [{"patient": one, **item}], clock))
    for bad in report.bad:
        raise UserError(bad.code, **dict(bad.params))
    ctx.line({"patient": one, "changed": not report.same}, ctx.words.say("patient_kept", patient=one))


@patients.command("list", help="The patients that something is known of, masked.")
@person_options
@click.pass_obj
def list_(ctx: Context, operator: str | None, pin_stdin: bool) -> None:
    """List patients."""
    if not exists(ctx.home):
        return
    entitled(ctx, Clock(), Act.LOOK_UP, operator, pin_stdin)
    with _reading(ctx) as store:
        known = Patients.of(store)
        for one in known.all():
            _show(ctx, one, masked(found) if (found := known.find(one)) else None)


@patients.command("find", help="Find patients: a name, number, prescription or pseudonym on standard input.")
@person_options
@click.pass_obj
def find(ctx: Context, operator: str | None, pin_stdin: bool) -> None:
    """Find patients; exit status 1 where nobody is found."""
    if not exists(ctx.home):
        raise UserError("patients_nobody")
    entitled(ctx, Clock(), Act.LOOK_UP, operator, pin_stdin)
    text = sys.stdin.buffer.readline(_LONGEST).decode("utf-8", "replace")
    with _reading(ctx) as store:
        found = search(store, text)
    for hit in found.hits:
        if hit.fault:
            ctx.line({"patient": hit.patient, "fault": hit.fault}, ctx.words.say(hit.fault))
        else:
            _show(ctx, hit.patient, None if hit.erased else in_clear(Patient("")) | dict(hit.shown))
    if found.more:
        ctx.complain(ctx.words.say("patients_more"))
    if found.closed:
        ctx.complain(ctx.words.say("patients_closed", number=found.closed))
    if not found.hits:
        raise UserError("patients_nobody")


@patients.command("given", help="What was dispensed to a patient here, and what of it a recall reaches.")
@click.argument("patient")
@person_options
@click.pass_obj
def given(ctx: Context, patient: str, operator: str | None, pin_stdin: bool) -> None:
    """List what a patient was given, the latest first."""
    one = _pseudonym(patient)
    if not exists(ctx.home):
        raise UserError("patient_unknown")
    entitled(ctx, Clock(), Act.LOOK_UP, operator, pin_stdin)
    with _reading(ctx) as store:
        if Patients.of(store).keys.erased(one):
            raise UserError("patient_erased")
        told = given_to(store, one)
    for pack in told:
        until = pack.lasts_until.isoformat() if pack.lasts_until else None
        name = ctx.words.name(pack.names)
        result: dict[str, object] = {
            "seq": pack.seq,
            "at": pack.at.isoformat(timespec="seconds"),
            "key": pack.facts.key,
            "product": pack.facts.product,
            "lot": pack.facts.lot,
            "quantity": pack.facts.quantity,
            "prescription": pack.number or None,
            "weeks": pack.weeks,
            "until": until,
            "now": pack.now,
            "recalled": pack.recalled,
            "recalls": [recall.number for recall in pack.recalls],
        }
        now = {
            None: f"given_{pack.now}",
            Match.CERTAIN: "given_recalled",
            Match.POSSIBLE: "given_maybe_recalled",
        }
        human = "  ".join(
            part
            for part in (
                f"{pack.at.astimezone():%Y-%m-%d %H:%M}",
                f"{name or pack.facts.product or ''} {pack.spec}".strip(),
                pack.facts.key,
                pack.number,
                until or "",
                ctx.words.say(now[pack.recalled]),
            )
            if part
        )
        ctx.line(result, human)


@patients.command("show", help="One patient, masked; --reveal in clear, which is recorded with its --reason.")
@click.argument("patient")
@click.option("--reveal", "clear", is_flag=True, help="Show everything in clear.")
@click.option("--reason", metavar="TEXT", help="Why it has to be seen; without names.")
@person_options
@click.pass_obj
def show(
    ctx: Context, patient: str, clear: bool, reason: str | None, operator: str | None, pin_stdin: bool
) -> None:
    """Show a patient."""
    one, clock = _pseudonym(patient), Clock()
    if not exists(ctx.home):
        raise UserError("patient_unknown")
    if not clear:
        entitled(ctx, clock, Act.LOOK_UP, operator, pin_stdin)
        with _reading(ctx) as store:
            known = Patients.of(store)
            found = known.find(one)
            if found is None:
                raise UserError("patient_erased" if known.keys.erased(one) else "patient_unknown")
        _show(ctx, one, masked(found))
        return
    why = typed_text(reason)
    if not why:
        raise UserError("patient_reason")
    who = entitled(ctx, clock, Act.PATIENT, operator, pin_stdin)
    with recording(ctx, clock) as station:
        seen = good(station.run(lambda store: reveal(store, clock, who, one, why)))
    _show(ctx, one, in_clear(seen))


@patients.command(
    "erase", help="Erase a patient by law, for ever: the key is destroyed, the chain still verifies."
)
@click.argument("patient")
@click.option("--reason", metavar="TEXT", help="Why; without names.")
@person_options
@click.pass_obj
def erase_(ctx: Context, patient: str, reason: str | None, operator: str | None, pin_stdin: bool) -> None:
    """Erase a patient."""
    one, clock, why = _pseudonym(patient), Clock(), typed_text(reason)
    if not why:
        raise UserError("patient_reason")
    who = entitled(ctx, clock, Act.ERASE_PATIENT, operator, pin_stdin)
    with recording(ctx, clock) as station:
        refusal = station.run(lambda store: erase(store, clock, who, one, why))
        if refusal:
            raise refusal.error()
        # Only now, durable in the chain: a key destroyed first would leave a loss that nothing explains.
        station.run(lambda store: Patients.of(store).keys.destroy(one))
        saved = station.run(lambda store: store.noted(SAVED))
    ctx.line({"patient": one, "erased": True}, ctx.words.say("patient_erased_now", patient=one))
    if saved:
        ctx.complain(ctx.words.say("key_file_outdated", day=saved[:10]))


@contextmanager
def _reading(ctx: Context) -> Iterator[Store]:
    """The ledger to read patients in, beside a window that may be at work."""
    with closing(open_reader(ctx.home)) as store:
        store.site_key = site_key(ctx.home)
        yield store


def _show(ctx: Context, patient: str, found: dict[str, str] | None) -> None:
    if found is None:
        ctx.line({"patient": patient, "erased": True}, ctx.words.say("patient_line_erased", patient=patient))
        return
    kind = ctx.words.say(f"patient_id_{found['id_type']}") if found["id_type"] else ""
    parts = {name: value or "—" for name, value in found.items()} | {"id_type": kind}
    ctx.line({"patient": patient, **found}, ctx.words.say("patient_line", patient=patient, **parts))


def _pseudonym(typed: str) -> str:
    try:
        return str(UUID(typed))
    except ValueError:
        raise UserError("patient_unreadable") from None
