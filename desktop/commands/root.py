"""The command line: finds the verb, gives it its context, and turns every error into a sentence.

Exit status: 0 success, 1 where a line was refused, asked or unreadable or something outside failed, 2 wrong
usage. The modules of the verbs are imported only when called; none of them imports Qt except the window's.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from desktop.commands.context import Context
from desktop.words import LANGUAGES, Words, language_of_system
from ledger.errors import TraceDeskError, UserError

_VERBS = {
    "audit": "desktop.commands.audit:audit",
    "backup": "desktop.commands.backup:backup",
    "blackbox": "desktop.commands.blackbox:blackbox",
    "bench": "desktop.commands.bench:bench",
    "card": "desktop.commands.card:card",
    "clock": "desktop.commands.backup:clock",
    "codeless": "desktop.commands.codeless:codeless_",
    "config": "desktop.commands.config:config",
    "correct": "desktop.commands.correct:correct_",
    "count": "desktop.commands.capture:count",
    "decode": "desktop.commands.decode:decode",
    "demo": "desktop.commands.demo:demo",
    "destroy": "desktop.commands.capture:destroy",
    "dispense": "desktop.commands.capture:dispense",
    "doctor": "desktop.commands.doctor:doctor",
    "documents": "desktop.commands.documents:documents",
    "enrol": "desktop.commands.enrol:enrol",
    "export": "desktop.commands.audit:export",
    "finish": "desktop.commands.tasks:finish_",
    "history": "desktop.commands.history:history",
    "identify": "desktop.commands.identify:identify",
    "import": "desktop.commands.importing:import_",
    "label": "desktop.commands.capture:label",
    "move": "desktop.commands.capture:move",
    "pack": "desktop.commands.capture:pack",
    "patients": "desktop.commands.patients:patients",
    "parked": "desktop.commands.handover:parked",
    "people": "desktop.commands.people:people",
    "quarantine": "desktop.commands.capture:quarantine",
    "receive": "desktop.commands.capture:receive",
    "release": "desktop.commands.capture:release",
    "reopen": "desktop.commands.tasks:reopen_",
    "replay": "desktop.commands.replay:replay_",
    "reread": "desktop.commands.history:reread_",
    "restore": "desktop.commands.backup:restore",
    "retire": "desktop.commands.enrol:retire",
    "return": "desktop.commands.capture:return_",
    "rollback": "desktop.commands.tasks:rollback",
    "sandbox": "desktop.commands.sandbox:sandbox",
    "sheet": "desktop.commands.sheet:sheet",
    "slip": "desktop.commands.handover:slip",
    "snapshot": "desktop.commands.snapshot:snapshot",
    "status": "desktop.commands.sync:status",
    "supplier-return": "desktop.commands.capture:supplier_return",
    "sync": "desktop.commands.sync:sync",
    "tasks": "desktop.commands.tasks:tasks",
    "transfer-in": "desktop.commands.capture:transfer_in",
    "transfer-out": "desktop.commands.capture:transfer_out",
    "undo": "desktop.commands.capture:undo",
    "unpack": "desktop.commands.capture:unpack",
    "void": "desktop.commands.capture:void",
}


class Verbs(click.Group):
    """The verbs, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, sorted."""
        return sorted(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's module and return its command."""
        if cmd_name not in _VERBS:
            return None
        module, name = _VERBS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    epilog=("--home DIR, --json and --lang zh_CN|en may stand before or after the verb."),
)
@click.version_option(package_name="tracedesk")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Scan traceability codes, record what happened, deliver it to the platform.

    Without a verb the workstation window opens.
    """
    if ctx.invoked_subcommand is None:
        from desktop.commands.window import open_window

        raise SystemExit(open_window(ctx.obj))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    os.umask(0o077)
    words = Words(language_of_system())
    try:
        rest, context = _common(list(sys.argv[1:] if arguments is None else arguments))
        words = context.words
        cli.main(args=rest, prog_name="tracedesk", obj=context, standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except UsageFault as error:
        sys.stderr.write(words.say(error.code, **error.params) + "\n")
        sys.exit(2)
    except TraceDeskError as error:
        sys.stderr.write(words.say(error.code, **error.params) + "\n")
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


class UsageFault(UserError):
    """The command line itself cannot be understood."""


def _common(arguments: list[str]) -> tuple[list[str], Context]:
    """Take --home, --json and --lang out of the arguments, wherever they stand before a `--`."""
    rest: list[str] = []
    home: str | None = os.environ.get("TRACEDESK_HOME")
    language: str | None = None
    as_json = False
    at = 0
    while at < len(arguments):
        name, equals, value = arguments[at].partition("=")
        if name == "--":
            rest += arguments[at:]
            break
        if name == "--json" and not equals:
            as_json = True
        elif name in ("--home", "--lang"):
            if not equals:
                at += 1
                if at == len(arguments):
                    raise UsageFault("option_needs_value", option=name)
                value = arguments[at]
            if name == "--home":
                home = value
            else:
                language = value
        else:
            rest.append(arguments[at])
        at += 1
    if language is not None and language not in LANGUAGES:
        raise UsageFault("language_unknown", found=language, known=", ".join(LANGUAGES))
    folder = Path(home).expanduser() if home else _default_home()
    return rest, Context(folder, as_json, Words(language or _language_of(folder)))


def _language_of(home: Path) -> str:
    """The language that the settings name, else the system's; a broken file is somebody else's to report."""
    from desktop.settings import Settings

    try:
        return str(Settings.load(home)["language"]) or language_of_system()
    except TraceDeskError:
        return language_of_system()


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("TraceDesk", appauthor=False)
