"""`tracedesk config get, set, list`: the settings without a window."""

from __future__ import annotations

import click

from desktop.commands.context import Context
from desktop.settings import Settings
from ledger.errors import SettingsError


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
    try:
        settings.set(name, value)
    except SettingsError as error:
        expects = error.params.get("expects")
        if expects:
            error.params["expects"] = ctx.words.say(expects)
        raise
    settings.save()
    ctx.line({"name": name, "value": settings[name]}, ctx.words.say("config_saved", name=name, value=value))


@config.command("list", help="Print all settings.")
@click.pass_obj
def list_(ctx: Context) -> None:
    """Print all settings."""
    settings = Settings.load(ctx.home)
    for name in settings:
        value = settings[name]
        ctx.line({"name": name, "value": value}, ctx.words.say("config_value", name=name, value=value))
