"""`tracedesk config get, set, list`: the settings without a window."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from desktop.commands.context import Context
from desktop.road import belongs_to
from desktop.settings import Settings
from desktop.terminal import acting
from desktop.words import Words
from ledger.clock import Clock
from ledger.errors import SettingsError
from ledger.event import EventKind
from ledger.record import record
from ledger.roles import Act, Refusal
from ledger.store import exists
from ledger.writer import Writer
from sync.vault import NAMES, Vault

_SECRET = "platform.auth."  # noqa: S105 - how the names of secrets begin


@click.group(help="Read and change settings.")
def config() -> None:
    """Settings."""


@config.command("get", help="Print one setting.")
@click.argument("name")
@click.pass_obj
def get(ctx: Context, name: str) -> None:
    """Print one setting."""
    if name in NAMES:
        _tell_secret(ctx, name)
        return
    settings = Settings.load(ctx.home)
    if name not in set(settings):
        raise SettingsError("setting_unknown", name=name)
    ctx.line({"name": name, "value": settings[name]}, str(settings[name]))


@config.command("set", help="Change one setting. Secrets (platform.auth.*) are read from standard input.")
@click.argument("name")
@click.argument("value", required=False)
@click.pass_obj
def set_(ctx: Context, name: str, value: str | None) -> None:
    """Change one setting."""
    if name.startswith(_SECRET):
        _set_secret(ctx, name, value)
        return
    if value is None:
        raise click.UsageError("Missing argument 'VALUE'.")
    settings = Settings.load(ctx.home)
    before = settings[name] if name in set(settings) else ""
    try:
        settings.set(name, value)
    except SettingsError as error:
        expects = error.params.get("expects")
        if expects:
            error.params["expects"] = ctx.words.say(expects)
        raise
    _keep(ctx, settings, name, str(before), str(settings[name]), settings.save)
    ctx.line({"name": name, "value": settings[name]}, ctx.words.say("config_saved", name=name, value=value))


def _set_secret(ctx: Context, name: str, value: str | None) -> None:
    """Read a secret where nobody looks on; an empty line removes it."""
    if name not in NAMES:
        raise SettingsError("setting_unknown", name=name)
    if value not in (None, "-"):
        from desktop.commands.root import UsageFault

        # What stands on a command line stands in the shell's history and in the list of processes.
        raise UsageFault("secret_from_stdin", name=name)
    if sys.stdin.isatty():
        text = click.prompt(ctx.words.say("secret_prompt", name=name), hide_input=True, default="")
    else:
        text = sys.stdin.buffer.read(10_000).decode("utf-8", "replace").rstrip("\r\n")
    if not text.isprintable() or text != text.strip():
        raise SettingsError("secret_unfit", name=name)
    vault = Vault(ctx.home)
    settings = Settings.load(ctx.home)
    if text:
        _keep(ctx, settings, name, "", "", lambda: vault.set(name, text, belongs_to(settings, name)))
        human = ctx.words.say("secret_saved", name=name, where=where_secrets_lie(ctx.words, vault))
    else:
        _keep(ctx, settings, name, "", "", lambda: vault.forget(name))
        human = ctx.words.say("secret_removed", name=name)
    ctx.line({"name": name, "value": None, "set": bool(text), "where": vault.place().code}, human)


def _tell_secret(ctx: Context, name: str) -> None:
    """Say whether a secret is set, never what it is."""
    vault = Vault(ctx.home)
    belongs = belongs_to(Settings.load(ctx.home), name)
    there, other = vault.get(name, belongs) is not None, vault.elsewhere(name, belongs)
    human = (
        ctx.words.say("secret_set", name=name, where=where_secrets_lie(ctx.words, vault))
        if there
        else ctx.words.say("secret_elsewhere", name=name, other=other)
        if other
        else ctx.words.say("secret_unset", name=name)
    )
    told = {"name": name, "value": None, "set": there, "where": vault.place().code, "elsewhere": other}
    ctx.line(told, human)


def where_secrets_lie(words: Words, vault: Vault) -> str:
    """Where secrets are kept, in words."""
    place = vault.place()
    return words.say(place.code, backend=place.backend, file=place.file)


def _keep(
    ctx: Context, settings: Settings, name: str, before: str, after: str, save: Callable[[], None]
) -> None:
    """Save what changed; where there is a ledger the change is an event, by somebody who may."""
    if not exists(ctx.home):
        save()
        return
    writer, clock = Writer(ctx.home), Clock()
    try:
        who = acting(writer.run, ctx.home, settings, clock, Act.CHANGE_SETTINGS)
        if isinstance(who, Refusal):
            raise who.error()
        save()
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
    for name in NAMES:
        _tell_secret(ctx, name)
