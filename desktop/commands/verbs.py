"""The verbs of the command line by name; the module of each is imported only when it is called."""

from __future__ import annotations

from importlib import import_module

import click

VERBS = {
    "audit": "desktop.commands.audit:audit",
    "backup": "desktop.commands.backup:backup",
    "blackbox": "desktop.commands.blackbox:blackbox",
    "bench": "desktop.commands.bench:bench",
    "card": "desktop.commands.paper:card",
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
    "sheet": "desktop.commands.paper:sheet",
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
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's module and return its command."""
        if cmd_name not in VERBS:
            return None
        module, name = VERBS[cmd_name].split(":")
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
