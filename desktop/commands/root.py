"""The command line: finds the verb, gives it its context, and turns every error into a sentence.

Exit status: 0 success, 1 where a line was refused, asked or unreadable or something outside failed, 2 wrong
usage. The modules of the verbs are imported only when called; none of them imports Qt except the window's.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from desktop.commands.context import Context
from desktop.look import look_of
from desktop.words import LANGUAGES, Words, language_of_system
from ledger.errors import TraceDeskError, UserError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    os.umask(0o077)
    words = Words(language_of_system())
    try:
        rest, context = _common(list(sys.argv[1:] if arguments is None else arguments))
        words = context.words
        if rest:
            _obey(rest, context)
        else:
            # Straight to the window: importing what reads verbs costs an eighth of the way to its first paint.
            from desktop.commands.window import open_window

            sys.exit(open_window(context))
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


def _obey(rest: list[str], context: Context) -> None:
    """Run the verb that the arguments begin with."""
    import click

    from desktop.commands.verbs import cli

    try:
        cli.main(args=rest, prog_name="tracedesk", obj=context, standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.Abort:
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
    return rest, Context(folder, as_json, Words(language or look_of(folder).language or language_of_system()))


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("TraceDesk", appauthor=False)
