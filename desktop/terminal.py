"""Who acts on the command line: a session that `tracedesk people sign-in` opens, or a PIN for one command.

The session is a token in a file of the home folder that only its owner can read. The ledger keeps the token's
SHA-256 with the person and the last time seen, so the file alone proves nothing, and touching it prolongs nothing.
It ends after the same idle time as at the window, by whichever clock says more. Secrets come from standard
input, a line each, never from an argument; where that is a terminal they are asked for and not shown.
"""

from __future__ import annotations

import getpass
import hashlib
import hmac
import os
import secrets
import sys
from pathlib import Path

from desktop.session import badge_needs_pin, lock_after
from desktop.settings import Settings
from ledger import staff
from ledger.clock import Clock
from ledger.errors import EnvironmentFault, UserError
from ledger.roles import Act, Operator, Refusal, allowed, anybody, refused
from ledger.seats import close_seat
from ledger.signin import ONCE, TERMINAL, Run, SignedIn, SignIn
from ledger.store import Store

FILE = "session.token"
_NEWS = 15.0
"""Seconds that may pass before it is worth a write that the person was seen."""
_LONGEST = 512


def acting(
    run: Run,
    home: Path,
    settings: Settings,
    clock: Clock,
    act: Act,
    given: str | None = None,
    pin: str | None = None,
    *,
    touch: bool = True,
) -> Operator | Refusal:
    """Who does this, with the right to it, or why nobody may.

    `run` runs a job of the store: a writer's, or `lambda job: job(reader)` with `touch=False`, which writes nothing.
    `given` is the operator named on the command line; with `pin` it is proved for this one command, without it
    the session counts and must be theirs. Where nobody is registered, `given` or the settings' operator may all.
    """
    if pin is None:
        return run(lambda store: _seated(store, home, settings, clock, act, given, touch))
    if not run(lambda store: store.people.any()):
        return anybody(given or settings.text("operator"))
    if given is None:
        return refused("operator_wanted")
    problem = run(lambda store: store.people.judge(given, act, staff.today(store, clock)))
    if problem:
        return problem
    signed = _sign_in(run, home, settings, clock).by_pin(given, pin, ONCE)
    return signed.operator if isinstance(signed, SignedIn) else signed


def seconded(
    run: Run,
    home: Path,
    settings: Settings,
    clock: Clock,
    first: Operator,
    given: str | None,
    secret: str | None,
    act: Act = Act.WITNESS,
) -> Operator | Refusal:
    """The second person beside the first: `given` with their PIN, or without a name a badge code as the secret."""
    sign_in = _sign_in(run, home, settings, clock)
    if given is None:
        return sign_in.second_by_badge(first.id, secret, act) if secret else refused("second_wanted")
    if secret is None and sign_in.wanted():
        return refused("second_needs_pin", person=given)
    return sign_in.second_by_pin(first.id, given, secret or "", act)


def open_session(
    sign_in: SignIn, home: Path, *, person_id: str | None, secret: str, pin: str | None
) -> SignedIn | Refusal:
    """Sign in at the command line: by PIN, or by badge where no person is named."""
    token = secrets.token_hex(32)
    if person_id is not None:
        signed = sign_in.by_pin(person_id, secret, TERMINAL, _digest(token))
    else:
        signed = sign_in.by_badge(secret, TERMINAL, _digest(token), pin)
    if isinstance(signed, SignedIn):
        _write(home / FILE, token)
    return signed


def close_session(sign_in: SignIn, home: Path) -> Operator | None:
    """Sign out at the command line; the person who was signed in."""
    left = sign_in.leave(TERMINAL)
    (home / FILE).unlink(missing_ok=True)
    return left


def asks() -> bool:
    """Whether secrets are typed by a person who does not see them."""
    return sys.stdin.isatty()


def read_secret(prompt: str) -> str:
    """A secret from standard input: asked for without showing it on a terminal, else the next line.

    Raises UserError where the input ends first or the line is absurdly long.
    """
    if asks():
        return getpass.getpass(prompt, sys.stderr)
    line = sys.stdin.buffer.readline(_LONGEST + 2)
    if not line:
        raise UserError("secret_missing")
    if len(line) > _LONGEST + 1:
        raise UserError("secret_too_long")
    return line.decode("utf-8", "surrogateescape").rstrip("\r\n")


def _seated(
    store: Store, home: Path, settings: Settings, clock: Clock, act: Act, given: str | None, touch: bool
) -> Operator | Refusal:
    if not store.people.any():
        return anybody(given or settings.text("operator"))
    seat = store.people.seat(TERMINAL)
    token = _read(home / FILE)
    if seat is None or token is None or not hmac.compare_digest(seat.token or b"", _digest(token)):
        return refused("sign_in_first")
    moment = clock.now(store.head.at)
    away = seat.away(moment)
    if away > lock_after(settings):
        if touch:
            close_seat(store, clock, TERMINAL, "idle")
        return refused("signed_out_idle")
    if given is not None and given != seat.person_id:
        return refused("signed_in_other", operator=given)
    person = store.people.person(seat.person_id)
    assert person is not None
    problem = person.barred(staff.today(store, clock))
    if problem is None and person.pin_due:
        problem = refused("pin_change_due", person=person.name)
    problem = problem or allowed(person.operator, act)
    if problem:
        return problem
    if touch and away > _NEWS:
        store.people.sit(TERMINAL, person.id, seat.token, moment)
    return person.operator


def _sign_in(run: Run, home: Path, settings: Settings, clock: Clock) -> SignIn:
    return SignIn(run, clock, home, badge_needs_pin=badge_needs_pin(settings))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _read(path: Path) -> str | None:
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _write(path: Path, token: str) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
        ) as file:
            file.write(token + "\n")
        draft.replace(path)
    except OSError as error:
        raise EnvironmentFault(
            "home_unwritable", folder=str(path.parent), why=os.strerror(error.errno or 0)
        ) from None
