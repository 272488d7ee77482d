r"""`tracedesk identify [CODE…]`: what is this code? Needs no installation and writes nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from desktop.commands.context import Context
from ledger.codes.code import Code, Entry, Severity
from ledger.codes.escape import escape, unescape
from ledger.codes.identify import identify as identified

_MARKS = {Severity.FATAL: "✗", Severity.WARNING: "!", Severity.NOTE: "·"}


@click.command(
    context_settings={"ignore_unknown_options": True},
    help=r"""Say what codes are: CODE… or one a line on standard input.

    \b
    Escapes: \xHH \r \n \\ <GS> <RS> <EOT>; --literal switches them off.
    Exit status 1 where any code is not accepted.""",
)
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--literal", is_flag=True, help="Take codes as they stand, without escapes.")
@click.option(
    "--entry",
    type=click.Choice([entry.value for entry in Entry]),
    default=Entry.WEDGE.value,
    show_default=True,
)
@click.option(
    "--aim", default="", metavar="]XX", help="AIM identifier, where the code does not begin with it."
)
@click.option("--symbology", default="", help="Name of the symbology, where the device tells it.")
@click.pass_obj
def identify(
    ctx: Context, codes: tuple[str, ...], literal: bool, entry: str, aim: str, symbology: str
) -> None:
    """Identify each code and print it, in order."""
    all_accepted = True
    for given in codes or _lines():
        text = given if literal else unescape(given)
        code = identified(text, entry=Entry(entry), aim=aim, symbology=symbology)
        all_accepted &= code.accepted
        ctx.line(_json(ctx, given, code), _text(ctx, text, code))
    if not all_accepted:
        raise SystemExit(1)


def _lines() -> Iterator[str]:
    """Lines of standard input as they come, so that a pipe is answered line by line."""
    while raw := sys.stdin.buffer.readline():
        yield raw.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")


def _json(ctx: Context, given: str, code: Code) -> dict[str, object]:
    return {
        "input": given,
        "kind": code.kind.value,
        "key": code.key,
        "product": code.product,
        "serial": code.serial,
        "lot": code.lot,
        "expiry": code.expiry.isoformat() if code.expiry else None,
        "expiry_precision": code.expiry_precision,
        "production": code.production.isoformat() if code.production else None,
        "level": code.level.value,
        "elements": dict(code.elements),
        "problems": [
            {"code": problem.code, "severity": problem.severity.value, "text": ctx.words.problem(problem)}
            for problem in code.problems
        ],
        "accepted": code.accepted,
    }


def _text(ctx: Context, text: str, code: Code) -> str:
    say = ctx.words.say
    lines = [f"{'✓' if code.accepted else '✗'} {escape(text)}  {say(f'code_kind_{code.kind.value}')}"]
    facts = (
        ("product", code.product),
        ("serial", code.serial),
        ("lot", code.lot),
        ("expiry", code.expiry),
        ("production", code.production),
    )
    lines += [
        f"    {say(f'code_{name}')}  {escape(str(value))}" for name, value in facts if value is not None
    ]
    lines += [f"  {_MARKS[problem.severity]} {ctx.words.problem(problem)}" for problem in code.problems]
    return "\n".join(lines)
