"""`tracedesk enrol URL` and `tracedesk retire`: a device comes into service, and leaves it."""

from __future__ import annotations

import click

from desktop.commands.context import Context
from desktop.road import belongs_to, platform_of
from desktop.settings import Settings
from desktop.station import Station
from desktop.terminal import acting, read_secret
from ledger.clock import Clock
from ledger.errors import UserError
from ledger.event import EventKind
from ledger.record import record
from ledger.roles import Act, Operator, Refusal
from ledger.signing import SigningKey, fingerprint
from ledger.writer import Writer


@click.command(
    help="Bring this workstation into service at the platform at URL. The one-time code is read from stdin."
)
@click.argument("url")
@click.option("--name", default="", help="What the platform is to call this workstation.")
@click.pass_obj
def enrol(ctx: Context, url: str, name: str) -> None:
    """Trade a one-time code for this device's own credentials."""
    from sync.enrolment import SETTINGS, enrol
    from sync.reference_client import ReferenceClient
    from sync.vault import TOKEN, Vault

    settings = Settings.load(ctx.home)
    settings.set("platform.url", url)
    code = read_secret(ctx.words.say("enrol_code_prompt"))
    writer, clock = Writer(ctx.home), Clock()
    try:
        who = _administrator(ctx, settings, writer, clock)
        platform = platform_of(settings)
        try:
            public = SigningKey.of(ctx.home).public
            client = ReferenceClient(platform, clock)
            given = enrol(writer.run, client, code, name or settings.text("device.name"), public)
        finally:
            platform.close()
        for setting, value in given.settings.items():
            if setting in SETTINGS:
                settings.set(setting, value)
        settings.set("platform.signer", given.signer)
        Vault(ctx.home).set(TOKEN, given.token, belongs_to(settings, TOKEN))
        settings.save()
        changed = EventKind.SETTINGS_CHANGED
        told = {"name": "platform.url", "before": "", "after": url}
        writer.run(lambda store: record(store, clock, changed, who.id, documents=(), **told))
    finally:
        writer.close()
    print_ = fingerprint(public)
    ctx.line(
        {"enrolled": True, "url": url, "fingerprint": print_},
        ctx.words.say("enrolled", url=url, fingerprint=print_),
    )


@click.command(help="Deliver everything and put this workstation out of service.")
@click.option(
    "--replace", is_flag=True, help="Ask for the one-time code of the workstation that takes its place."
)
@click.pass_obj
def retire(ctx: Context, replace: bool) -> None:
    """Leave service; refused while anything waits."""
    from sync.enrolment import leave
    from sync.reference_client import ReferenceClient
    from sync.vault import TOKEN, Vault

    settings = Settings.load(ctx.home)
    if not settings.text("platform.url"):
        raise UserError("no_platform_configured")
    station = Station(ctx.home, settings)
    try:
        who = _administrator(ctx, settings, station.writer, station.clock)
        platform = platform_of(settings)
        try:
            client = ReferenceClient(platform, station.clock)
            left = leave(station.run, station.drain, client, station.clock, who.id, replaced=replace)
        finally:
            platform.close()
        Vault(ctx.home).forget(TOKEN)
    finally:
        station.close()
    say = ctx.words.say("retired_replaced", seq=left.seq, code=left.code) if left.code else ""
    ctx.line(
        {"retired": True, "seq": left.seq, "code": left.code or None},
        say or ctx.words.say("retired", seq=left.seq),
    )


def _administrator(ctx: Context, settings: Settings, writer: Writer, clock: Clock) -> Operator:
    who = acting(writer.run, ctx.home, settings, clock, Act.CHANGE_SETTINGS)
    if isinstance(who, Refusal):
        raise who.error()
    return who
