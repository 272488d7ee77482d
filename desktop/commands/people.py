"""`tracedesk people`: who works here, with which rights, and signing in at the command line.

PINs, badge and recovery codes are read from standard input, a line each in the order the help names; where
that is a terminal they are asked for and not shown. With --operator and --pin-stdin the acting person's PIN is
the first line.
"""

from __future__ import annotations

from collections.abc import Callable

import click

from desktop.commands import entrance
from desktop.commands.context import Context
from desktop.commands.office import (
    acting_options,
    day_of,
    good,
    new_pin,
    open_office,
    person_json,
    person_line,
    role_option,
    role_words,
    roles_of,
    show,
)
from ledger import recovery, staff
from ledger.clock import Clock
from ledger.errors import UserError
from ledger.people import Person
from ledger.roles import Act, Refusal, who_may
from ledger.store import Store, exists, open_reader
from ledger.verifier import verifier_of


@click.group(help="Who works here: register, sign in, and what each may do.")
def people() -> None:
    """People."""


for _command in (
    entrance.sign_in,
    entrance.sign_out,
    entrance.who,
    entrance.pin,
    entrance.badge,
    entrance.recover,
):
    people.add_command(_command)


_until = click.option("--until", metavar="DATE", help="Last day of work, YYYY-MM-DD; else no end.")


@people.command(
    "first", help="Register the first administrator; from then on everybody signs in. PIN on stdin."
)
@click.argument("name")
@role_option
@click.pass_obj
def first(ctx: Context, name: str, roles: tuple[str, ...]) -> None:
    """Register the first administrator."""
    with open_office(ctx) as office:
        if office.sign_in.wanted():
            raise UserError("people_exist")
        verifier = verifier_of(new_pin(ctx, ""))
        code = recovery.minted()
        made = good(
            office.run(
                lambda store: staff.add_first(
                    store, office.clock, name, verifier, roles_of(roles), recovery.digest(code)
                )
            )
        )
    told = person_json(made) | {"recovery": code}
    ctx.line(
        told, person_line(ctx, made) + "\n" + ctx.words.say("people_first_done", person=made.id, code=code)
    )


@people.command(
    "add", help="Register a person. The first PIN on stdin; it has to be changed at the first sign-in."
)
@click.argument("name")
@role_option
@click.option("--id", "person_id", metavar="ID", help="Id that stands in the records; else one is made.")
@_until
@click.option("--no-pin", is_flag=True, help="Without a PIN, for somebody who gets a badge alone.")
@acting_options
@click.pass_obj
def add(
    ctx: Context,
    name: str,
    roles: tuple[str, ...],
    person_id: str | None,
    until: str | None,
    no_pin: bool,
    operator: str | None,
    pin_stdin: bool,
) -> None:
    """Register a person."""
    last_day = day_of(until) if until else None
    wanted = roles_of(roles)
    with open_office(ctx) as office:
        by = office.acting(Act.MANAGE_PEOPLE, operator, pin_stdin)
        verifier = "" if no_pin else office.verifier(ctx, person_id, wanted)
        made = good(
            office.run(
                lambda store: staff.add(
                    store,
                    office.clock,
                    by.id,
                    name,
                    wanted,
                    verifier=verifier,
                    until=last_day,
                    person_id=person_id,
                )
            )
        )
    show(ctx, made)


@people.command("list", help="Everybody who is or was registered here.")
@click.pass_obj
def list_(ctx: Context) -> None:
    """List everybody."""
    found: tuple[Person, ...] = ()
    if exists(ctx.home):
        store = open_reader(ctx.home)
        try:
            found = store.people.everybody()
        finally:
            store.close()
    for person in found:
        show(ctx, person)
    if not found and not ctx.json:
        ctx.line({}, ctx.words.say("people_none"))


@people.command("rights", help="The table of who may do what.")
@click.pass_obj
def rights(ctx: Context) -> None:
    """Print the table."""
    for act in Act:
        roles = who_may(act)
        human = ctx.words.say(
            "right_line",
            act=ctx.words.say(f"act_{act}"),
            roles=ctx.words.say("and").join(role_words(ctx, roles)),
        )
        ctx.line({"act": act, "roles": list(roles)}, human)


@people.command("roles", help="Give PERSON these roles and no others.")
@click.argument("person")
@role_option
@acting_options
@click.pass_obj
def roles_(ctx: Context, person: str, roles: tuple[str, ...], operator: str | None, pin_stdin: bool) -> None:
    """Change roles."""
    wanted = roles_of(roles)
    _alter(ctx, person, operator, pin_stdin, lambda s, c, by, one: staff.set_roles(s, c, by, one, wanted))


@people.command("rename", help="Change the name that the screen shows.")
@click.argument("person")
@click.argument("name")
@acting_options
@click.pass_obj
def rename(ctx: Context, person: str, name: str, operator: str | None, pin_stdin: bool) -> None:
    """Change the name."""
    _alter(ctx, person, operator, pin_stdin, lambda s, c, by, one: staff.rename(s, c, by, one, name))


@people.command("until", help="Let PERSON work until DATE, included; `never` for no end.")
@click.argument("person")
@click.argument("day", metavar="DATE")
@acting_options
@click.pass_obj
def until_(ctx: Context, person: str, day: str, operator: str | None, pin_stdin: bool) -> None:
    """Change the last day."""
    last = None if day == "never" else day_of(day)
    _alter(ctx, person, operator, pin_stdin, lambda s, c, by, one: staff.set_until(s, c, by, one, last))


@people.command("unlock", help="Let PERSON try again after too many wrong PINs.")
@click.argument("person")
@acting_options
@click.pass_obj
def unlock(ctx: Context, person: str, operator: str | None, pin_stdin: bool) -> None:
    """Unlock somebody."""
    _alter(ctx, person, operator, pin_stdin, staff.unlock, Act.UNLOCK_PERSON)


@people.command("leave", help="PERSON works here no more; the records keep the id.")
@click.argument("person")
@acting_options
@click.pass_obj
def leave(ctx: Context, person: str, operator: str | None, pin_stdin: bool) -> None:
    """Let somebody go."""
    _alter(ctx, person, operator, pin_stdin, staff.leave)


@people.command("back", help="PERSON, who had left, works here again. A first PIN on stdin.")
@click.argument("person")
@acting_options
@click.pass_obj
def back(ctx: Context, person: str, operator: str | None, pin_stdin: bool) -> None:
    """Take somebody back."""
    with open_office(ctx) as office:
        by = office.acting(Act.MANAGE_PEOPLE, operator, pin_stdin)
        one = office.find(person)
        verifier = office.verifier(ctx, one.id, one.roles)
        now = good(office.run(lambda store: staff.come_back(store, office.clock, by.id, one.id, verifier)))
    show(ctx, now)


def _alter(
    ctx: Context,
    person: str,
    operator: str | None,
    pin_stdin: bool,
    change: Callable[[Store, Clock, str, str], Person | Refusal],
    act: Act = Act.MANAGE_PEOPLE,
) -> None:
    """One change of one person, by whoever acts."""
    with open_office(ctx) as office:
        by = office.acting(act, operator, pin_stdin)
        one = office.find(person)
        now = good(office.run(lambda store: change(store, office.clock, by.id, one.id)))
    show(ctx, now)
