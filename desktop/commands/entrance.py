"""`tracedesk people sign-in, sign-out, who, pin, badge, recover`: how a person proves to be one.

Secrets are read from standard input, a line each in the order the help names; with --operator and --pin-stdin
the acting person's PIN is the first line.
"""

from __future__ import annotations

import click

from desktop import terminal
from desktop.commands.context import Context
from desktop.commands.office import acting_options, good, new_pin, open_office, person_json, person_line, show
from ledger import badge as badges
from ledger import recovery, staff
from ledger.roles import Act
from ledger.verifier import verifier_of


@click.command("sign-in", help="Sign in at the command line. PIN on stdin; without PERSON the badge code.")
@click.argument("person", required=False)
@click.option("--badge-and-pin", is_flag=True, help="Badge code and PIN on stdin, where the site wants both.")
@click.pass_obj
def sign_in(ctx: Context, person: str | None, badge_and_pin: bool) -> None:
    """Open a session."""
    with open_office(ctx) as office:
        person_id = office.find(person).id if person else None
        say = ctx.words.say
        secret = terminal.read_secret(say("ask_pin") if person_id else say("ask_badge"))
        pin = terminal.read_secret(say("ask_pin")) if badge_and_pin and not person_id else None
        signed = good(
            terminal.open_session(office.sign_in, ctx.home, person_id=person_id, secret=secret, pin=pin)
        )
    who = signed.operator
    told = {"id": who.id, "name": who.name, "roles": sorted(who.roles), "pin_due": signed.pin_due}
    human = say("signed_in_due" if signed.pin_due else "signed_in", person=who.name, id=who.id)
    ctx.line(told, human)


@click.command("sign-out", help="Sign out at the command line.")
@click.pass_obj
def sign_out(ctx: Context) -> None:
    """Close the session."""
    with open_office(ctx) as office:
        left = terminal.close_session(office.sign_in, ctx.home)
    human = ctx.words.say("signed_out", person=left.name) if left else ctx.words.say("signed_out_nobody")
    ctx.line({"id": left.id if left else None}, human)


@click.command("who", help="Who acts at the command line now.")
@click.pass_obj
def who(ctx: Context) -> None:
    """Tell who is signed in."""
    with open_office(ctx) as office:
        here = office.acting(Act.SIGN_IN, None, False)
    ctx.line(
        {"id": here.id, "name": here.name, "roles": sorted(here.roles)},
        ctx.words.say("who_is_here", person=here.name or here.id, id=here.id),
    )


@click.command(
    "pin", help="Change a PIN. One's own: old and new PIN on stdin. --reset: somebody else's, new PIN."
)
@click.argument("person")
@click.option(
    "--reset", is_flag=True, help="Give somebody else a new PIN, to be changed at the first sign-in."
)
@acting_options
@click.pass_obj
def pin(ctx: Context, person: str, reset: bool, operator: str | None, pin_stdin: bool) -> None:
    """Change a PIN."""
    with open_office(ctx) as office:
        if reset:
            by = office.acting(Act.MANAGE_PEOPLE, operator, pin_stdin)
            one = office.find(person)
            verifier = office.verifier(ctx, one.id, one.roles)
            good(office.run(lambda store: staff.set_pin(store, office.clock, by.id, one.id, verifier)))
        else:
            one = office.find(person)
            old = terminal.read_secret(ctx.words.say("ask_old_pin"))
            good(office.sign_in.change_pin(one.id, old, new_pin(ctx, one.id)))
        now = office.find(one.id)
    show(ctx, now, "pin_changed")


@click.command("badge", help="Let a badge stand for PERSON. Its code on stdin, as the scanner types it.")
@click.argument("person")
@click.option("--mint", is_flag=True, help="Make a new code and print it, once, to be put on a card.")
@click.option("--remove", is_flag=True, help="Take the badge away, as when it is lost.")
@acting_options
@click.pass_obj
def badge(ctx: Context, person: str, mint: bool, remove: bool, operator: str | None, pin_stdin: bool) -> None:
    """Give or take a badge."""
    if mint and remove:
        raise click.UsageError("--mint and --remove exclude each other")
    with open_office(ctx) as office:
        by = office.acting(Act.MANAGE_PEOPLE, operator, pin_stdin)
        one = office.find(person)
        code = "" if remove else badges.minted() if mint else terminal.read_secret(ctx.words.say("ask_badge"))
        digest = None if remove else office.badge_digest(by, code)
        now = good(office.run(lambda store: staff.set_badge(store, office.clock, by.id, one.id, digest)))
    told = person_json(now) | ({"badge_code": code} if mint else {})
    human = person_line(ctx, now)
    if mint:
        human += "\n" + ctx.words.say("badge_minted", code=code)
    ctx.line(told, human)


@click.command("recover", help="Administrator PERSON gets a new PIN. Recovery code and new PIN on stdin.")
@click.argument("person")
@click.pass_obj
def recover(ctx: Context, person: str) -> None:
    """Open the sealed envelope."""
    with open_office(ctx) as office:
        one = office.find(person)
        code = recovery.digest(terminal.read_secret(ctx.words.say("ask_recovery")))
        verifier = verifier_of(new_pin(ctx, one.id))
        following = recovery.minted()
        now = good(
            office.run(
                lambda store: staff.recover(
                    store, office.clock, one.id, code, verifier, recovery.digest(following)
                )
            )
        )
    told = person_json(now) | {"recovery": following}
    ctx.line(told, ctx.words.say("people_recovered", person=now.name, code=following))
