"""`tracedesk import KIND FILE`: reference data from a file, with a report of the rows that will not do."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.commands.context import Context
from desktop.commands.proving import entitled, person_options
from ledger.clock import Clock
from ledger.errors import UserError
from ledger.importing import (
    ENCODINGS,
    KINDS,
    BadRow,
    Report,
    Sheet,
    columns_of,
    operators,
    parse,
    read_file,
    save,
)
from ledger.roles import Act
from ledger.verifier import first_pin, verifier_of
from ledger.writer import Writer

_RECEIPTS = "receipts"
_KINDS = (*KINDS, operators.KIND, _RECEIPTS)


@click.command("import", help=f"Take reference data from FILE (CSV or JSON). KIND: {', '.join(_KINDS)}.")
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--encoding", metavar="NAME", help=f"Of a CSV file: {', '.join(ENCODINGS)}; else found out.")
@click.option(
    "--first-pins", is_flag=True, help="Operators: make a first PIN for newcomers and print it once."
)
@person_options
@click.pass_obj
def import_(
    ctx: Context,
    kind: str,
    file: Path,
    encoding: str | None,
    first_pins: bool,
    operator: str | None,
    pin_stdin: bool,
) -> None:
    """Import reference data: what is good goes in, what is not is reported line by line."""
    if kind == _RECEIPTS:
        from desktop.commands.handover import import_receipts

        import_receipts(ctx, file, operator, pin_stdin)
        return
    if kind == operators.KIND:
        sheet = read_file(file, operators.COLUMNS, encoding)
        report = _operators(ctx, sheet, first_pins, operator, pin_stdin)
        _tell(ctx, report, sheet.encoding)
        return
    sheet = read_file(file, columns_of(kind), encoding)
    parsed = parse(kind, sheet.rows, sheet.ignored)
    clock = Clock()
    entitled(ctx, clock, Act.IMPORT, operator, pin_stdin)
    writer = Writer(ctx.home)
    try:
        report = writer.run(lambda store: save(store, parsed, clock))
    finally:
        writer.close()
    _tell(ctx, report, sheet.encoding)


def _operators(ctx: Context, sheet: Sheet, first_pins: bool, operator: str | None, pin_stdin: bool) -> Report:
    """Take people; newcomers get a first PIN, printed once, where that is asked for."""
    if secrets := operators.secret_columns(sheet.ignored):
        raise UserError("operators_secret", columns=", ".join(secrets))
    report = Report(operators.KIND, ignored=sheet.ignored)
    listed = operators.parse(sheet.rows, report)
    clock = Clock()
    by = entitled(ctx, clock, Act.MANAGE_PEOPLE, operator, pin_stdin)
    writer = Writer(ctx.home)
    try:
        fresh = writer.run(lambda store: operators.newcomers(store, listed)) if first_pins else ()
        pins = {person: first_pin(person) for person in fresh}
        verifiers = {person: verifier_of(pin) for person, pin in pins.items()}
        writer.run(lambda store: operators.save(store, clock, by, listed, verifiers, report))
        there = writer.run(lambda store: [store.people.person(person) for person in pins])
    finally:
        writer.close()
    for person in there:
        if person is not None:
            told = {"person": person.id, "first_pin": pins[person.id]}
            ctx.line(told, ctx.words.say("operators_first_pin", **told, name=person.name))
    return report


def _tell(ctx: Context, report: Report, encoding: str) -> None:
    """Say what came of an import; exit status 1 where rows were refused."""
    words = ctx.words
    for bad in report.bad:
        ctx.complain(words.say("import_row", line=bad.line) + _why(ctx, bad))
    if report.faults > len(report.bad):
        ctx.complain(words.say("import_more", count=report.faults - len(report.bad)))
    if report.ignored:
        ctx.complain(words.say("import_ignored", columns=", ".join(report.ignored)))
    ctx.line(
        {
            "kind": report.kind,
            "imported": report.taken,
            "refused": report.refused,
            "added": report.added,
            "changed": report.changed,
            "same": report.same,
            "encoding": encoding,
            "ignored": list(report.ignored),
            "bad": [
                {"line": bad.line, "field": bad.field, "code": bad.code, "text": _why(ctx, bad)}
                for bad in report.bad
            ],
        },
        words.say(
            "import_done",
            kind=words.say(f"import_{report.kind}"),
            taken=report.taken,
            added=report.added,
            changed=report.changed,
            same=report.same,
            refused=report.refused,
        ),
    )
    if report.refused:
        raise SystemExit(1)


def _why(ctx: Context, bad: BadRow) -> str:
    return ctx.words.say(bad.code, **dict(bad.params))
