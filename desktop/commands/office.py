"""What the people verbs share: the open ledger, who acts, secrets from standard input, how a person is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import click

from desktop import terminal
from desktop.commands.context import Context
from desktop.session import badge_needs_pin
from desktop.settings import Settings
from ledger import badge as badges
from ledger import staff
from ledger.clock import Clock
from ledger.errors import UserError
from ledger.people import Person
from ledger.roles import Act, Operator, Refusal, Role, refused
from ledger.signin import SignIn
from ledger.store import Store
from ledger.verifier import verifier_of, weakness
from ledger.writer import Writer

T = TypeVar("T")
Command = Callable[..., Any]


def acting_options(command: Command) -> Command:
    """The options by which a verb learns who acts."""
    command = click.option("--operator", metavar="ID", help="Who does it; else whoever is signed in.")(
        command
    )
    return click.option(
        "--pin-stdin", is_flag=True, help="The operator's PIN is the first line of standard input."
    )(command)


def role_option(command: Command) -> Command:
    """The option that names roles."""
    return click.option(
        "--role",
        "roles",
        multiple=True,
        type=click.Choice([role.value for role in Role]),
        help="May be given again.",
    )(command)


@dataclass(frozen=True, slots=True)
class Office:
    """What the verbs work with while they hold the ledger."""

    ctx: Context
    settings: Settings
    clock: Clock
    writer: Writer
    sign_in: SignIn

    def run(self, job: Callable[[Store], T]) -> T:
        """Run a job in one transaction and wait for it."""
        return self.writer.run(job)

    def acting(self, act: Act, operator: str | None, pin_stdin: bool) -> Operator:
        """Whoever acts here, with the right to it; raises UserError."""
        pin = terminal.read_secret(self.ctx.words.say("ask_pin")) if pin_stdin else None
        who = good(
            terminal.acting(self.writer.run, self.ctx.home, self.settings, self.clock, act, operator, pin)
        )
        if act is not Act.SIGN_IN and not self.sign_in.wanted():
            raise UserError("people_first")
        return who

    def find(self, person: str) -> Person:
        """The person with this id, or the only one with this name; raises UserError."""

        def look(store: Store) -> Person | Refusal:
            named = [one for one in store.people.everybody() if one.name == person]
            found = store.people.person(person) or (named[0] if len(named) == 1 else None)
            return found or refused("person_ambiguous" if named else "person_unknown", person=person)

        return good(self.run(look))

    def verifier(self, ctx: Context, person_id: str | None, roles: frozenset[Role]) -> str:
        """Read a new PIN for somebody and make what is kept of it; raises UserError where it will not do."""
        pin = new_pin(ctx, person_id or "")
        shared = self.sign_in.shared(person_id, pin, roles)
        if shared:
            raise shared.error()
        return verifier_of(pin)

    def badge_digest(self, by: Operator, code: str) -> bytes:
        """What is kept of a badge code; without the key all badges before it are worthless and go."""
        weak = badges.weakness(code)
        if weak:
            raise UserError(weak)
        if badges.read_key(self.ctx.home) is None:
            good(self.run(lambda store: staff.drop_badges(store, self.clock, by.id)))
        return badges.digest(badges.make_key(self.ctx.home), code)


@contextmanager
def open_office(ctx: Context) -> Iterator[Office]:
    """Hold the ledger for as long as a verb works; raises what `Writer` raises."""
    settings = Settings.load(ctx.home)
    clock = Clock()
    writer = Writer(ctx.home)
    try:
        door = SignIn(writer.run, clock, ctx.home, badge_needs_pin=badge_needs_pin(settings))
        yield Office(ctx, settings, clock, writer, door)
    finally:
        writer.close()


def good(answer: T | Refusal) -> T:
    """The answer, where it is no refusal; else raise UserError, which ends the command with its sentence."""
    if isinstance(answer, Refusal):
        raise answer.error()
    return answer


def new_pin(ctx: Context, person_id: str) -> str:
    """A new PIN that will do; on a terminal it is typed twice."""
    pin = terminal.read_secret(ctx.words.say("ask_new_pin"))
    weak = weakness(pin, person_id)
    if weak:
        raise UserError(weak)
    if terminal.asks() and terminal.read_secret(ctx.words.say("ask_again")) != pin:
        raise UserError("pin_differs")
    return pin


def roles_of(words: tuple[str, ...]) -> frozenset[Role]:
    """The roles that the options named."""
    return frozenset(Role(word) for word in words)


def day_of(typed: str) -> date:
    """A day as typed; raise UserError where it is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise UserError("date_unreadable", typed=typed) from None


def role_words(ctx: Context, roles: Iterable[Role]) -> list[str]:
    """The names of roles for people."""
    return [ctx.words.say(f"role_{role}") for role in roles]


def person_json(person: Person) -> dict[str, object]:
    """A person as a JSON object; what is kept of the secrets stays out."""
    return {
        "id": person.id,
        "name": person.name,
        "roles": sorted(person.roles),
        "pin": bool(person.verifier),
        "pin_due": person.pin_due,
        "badge": person.badge is not None,
        "locked": person.locked,
        "active": person.active,
        "until": person.valid_until.isoformat() if person.valid_until else None,
        "last_in": person.last_in,
    }


def person_line(ctx: Context, person: Person) -> str:
    """A person as a line for people."""
    say = ctx.words.say
    parts = [person.id, person.name, say("and").join(role_words(ctx, sorted(person.roles)))]
    states = {
        "person_state_left": not person.active,
        "person_state_locked": person.locked,
        "person_state_no_secret": person.active and not person.verifier and person.badge is None,
        "person_state_pin_due": person.pin_due,
    }
    parts += [say(word) for word, holds in states.items() if holds]
    if person.valid_until:
        parts.append(say("person_state_until", until=person.valid_until.isoformat()))
    return "  ".join(parts)


def show(ctx: Context, person: Person, word: str = "") -> None:
    """Print a person, or for people the sentence of a code word about them."""
    human = person_line(ctx, person)
    ctx.line(person_json(person), ctx.words.say(word, person=person.name) if word else human)
