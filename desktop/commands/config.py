"""`tracedesk config get, set, list`: the settings without a window."""

from __future__ import annotations

import click

from desktop.commands.context import Context
from desktop.settings import Settings
from desktop.terminal import acting
from ledger.clock import Clock
from ledger.errors import SettingsError
from ledger.event import EventKind
from ledger.record import record
from ledger.roles import Act, Refusal
from ledger.store import exists
from ledger.writer import Writer


@click.group(help="Read and change settings.")
def config() -> None:
    """Settings."""


@config.command("get", help="Print one setting.")
@click.argument("name")
@click.pass_obj
def get(ctx: Context, name: str) -> None:
    """Print one setting."""
    settings = Settings.load(ctx.home)
    if name not in set(settings):
        raise SettingsError("setting_unknown", name=name)
    ctx.line({"name": name, "value": settings[name]}, str(settings[name]))


@config.command("set", help="Change one setting.")
@click.argument("name")
@click.argument("value")
@click.pass_obj
def set_(ctx: Context, name: str, value: str) -> None:
    """Change one setting."""
    settings = Settings.load(ctx.home)
    before = settings[name] if name in set(settings) else ""
    try:
        settings.set(name, value)
    except SettingsError as error:
        expects = error.params.get("expects")
        if expects:
            error.params["expects"] = ctx.words.say(expects)
        raise
    _keep(ctx, settings, name, str(before))
    ctx.line({"name": name, "value": settings[name]}, ctx.words.say("config_saved", name=name, value=value))


def _keep(ctx: Context, settings: Settings, name: str, before: str) -> None:
    """Save the settings; where there is a ledger the change is an event, by somebody who may."""
    if not exists(ctx.home):
        settings.save()
        return
    writer, clock = Writer(ctx.home), Clock()
    try:
        who = acting(writer.run, ctx.home, settings, clock, Act.CHANGE_SETTINGS)
        if isinstance(who, Refusal):
            raise who.error()
        settings.save()
        after = str(settings[name])
        changed = EventKind.SETTINGS_CHANGED
        writer.run(lambda store: record(store, clock, changed, who.id, name=name, before=before, after=after))
    finally:
        writer.close()


@config.command("list", help="Print all settings.")
@click.pass_obj
def list_(ctx: Context) -> None:
    """Print all settings."""
    settings = Settings.load(ctx.home)
    for name in settings:
        value = settings[name]
        ctx.line({"name": name, "value": value}, ctx.words.say("config_value", name=name, value=value))
