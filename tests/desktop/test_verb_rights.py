"""Every verb of the command line asks for the right that it needs, or touches nothing that needs one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.commands.verbs import VERBS
from desktop.words import Words
from ledger.roles import Act, Role, who_may
from ledger.store import open_reader
from tests.desktop.test_people_command import ADMIN, Office

CODE = "01095212340000131728013110L1\x1d21S1"
PATIENT = "9a7d1c52-5a36-4e0e-8f2b-2f6f3f0c7d11"
PINS = {
    Role.CLERK: "4829157306",
    Role.PHARMACIST: "9061724835",
    Role.SUPERVISOR: "6180341597",
    Role.AUDITOR: "2750836194",
}

_KNOWN: tuple[tuple[tuple[str, ...], Act], ...] = (
    *(((act.value.replace("_", "-"), CODE), act) for act in list(Act)[: list(Act).index(Act.VOID) + 1]),
    (("audit",), Act.AUDIT),
    (("backup", "{out}/copy"), Act.BACKUP),
    (("clock", "--confirm"), Act.CHANGE_SETTINGS),
    (("codeless",), Act.LOOK_UP),
    (("config", "set", "language", "en"), Act.CHANGE_SETTINGS),
    (("documents", "list", "shipments"), Act.LOOK_UP),
    (("documents", "show", "shipments", "N"), Act.LOOK_UP),
    (("documents", "board", "shipments", "N"), Act.LOOK_UP),
    (("export", "--out", "{out}/export"), Act.EXPORT),
    (("finish", "N"), Act.DOCUMENT),
    (("history", CODE), Act.LOOK_UP),
    (("import", "partners", "{out}/partners.csv"), Act.IMPORT),
    (("parked",), Act.LOOK_UP),
    (("parked", "retry", "1", "--reason", "r"), Act.RESOLVE_TASK),
    (("parked", "hand-over", "1", "--reason", "r"), Act.RESOLVE_TASK),
    (("parked", "correct", "1", "--reason", "r"), Act.VOID),
    (("patients", "list"), Act.LOOK_UP),
    (("patients", "put", PATIENT), Act.PATIENT),
    (("patients", "show", PATIENT), Act.LOOK_UP),
    (("patients", "show", PATIENT, "--reveal", "--reason", "r"), Act.PATIENT),
    (("patients", "erase", PATIENT, "--reason", "r"), Act.ERASE_PATIENT),
    (("people", "add", "Li", "--role", "clerk"), Act.MANAGE_PEOPLE),
    (("people", "roles", "clerk", "--role", "supervisor"), Act.MANAGE_PEOPLE),
    (("people", "rename", "clerk", "x"), Act.MANAGE_PEOPLE),
    (("people", "until", "clerk", "never"), Act.MANAGE_PEOPLE),
    (("people", "unlock", "clerk"), Act.UNLOCK_PERSON),
    (("people", "leave", "clerk"), Act.MANAGE_PEOPLE),
    (("people", "back", "clerk"), Act.MANAGE_PEOPLE),
    (("people", "badge", "clerk", "--mint"), Act.MANAGE_PEOPLE),
    (("people", "pin", "clerk", "--reset"), Act.MANAGE_PEOPLE),
    (("reopen", "N"), Act.DOCUMENT),
    (("reread",), Act.IMPORT),
    (("restore", "{out}/copy"), Act.RESTORE),
    (("rollback", "N"), Act.VOID),
    (("slip",), Act.LOOK_UP),
    (("snapshot", "export", "{out}/snapshot"), Act.EXPORT),
    (("snapshot", "import", "{out}/partners.csv"), Act.IMPORT),
    (("correct", CODE, "--reason", "r"), Act.VOID),
    (("tasks",), Act.LOOK_UP),
    (("tasks", "--resolve", "T", "--step", "void", "--reason", "r"), Act.RESOLVE_TASK),
)
ASKS = tuple(row for row in _KNOWN if row[0][0] in VERBS)
"""A way to call each verb that reads or changes the ledger, and the right that it takes."""


def _named(value: tuple[str, ...] | str) -> str:
    return "-".join(value[:2]) if isinstance(value, tuple) else value


OPEN = {
    "bench": "measures in folders of its own",
    "blackbox": "reads the file of scans, which its owner's account protects",
    "card": "prints what everybody may know",
    "decode": "reads pictures",
    "demo": "works in a folder of its own",
    "doctor": "looks at the machine",
    "identify": "reads a code that is given to it",
    "replay": "reads a file that is given to it",
    "sandbox": "works in a folder of its own",
    "sheet": "prints codes",
    "status": "says in numbers whether it is safe to leave, to whoever leaves",
    "sync": "delivers what was recorded, as the machine does by itself",
}
"""Verbs that ask for none, and why."""

ELSEWHERE = {
    "enrol": "needs a platform and its code before it asks for an administrator",
    "retire": "needs a platform before it asks for an administrator",
}
"""Verbs whose rights are tried where there is what they need."""


@dataclass
class House:
    office: Office
    out: Path

    def call(self, arguments: tuple[str, ...], who: Role | None) -> str:
        """Call a verb as somebody of the role, by PIN, or as nobody; what it said on standard error."""
        words = [argument.replace("{out}", str(self.out)) for argument in arguments]
        as_whom = ("--operator", who.value, "--pin-stdin") if who else ()
        given = f"{PINS[who]}\n" if who else ""
        self.office.verb(*words, *as_whom, given=given, status=1)
        return self.office.said

    def head(self) -> tuple[int, bytes]:
        """The end of the chain, and of the facts about partners."""
        store = open_reader(self.office.home)
        try:
            partners: int = store.connection.execute("SELECT count(*) FROM partner").fetchone()[0]
            return store.head.seq + partners, b"" if store.head.seq else store.head.hash
        finally:
            store.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with somebody of every role; nobody is signed in."""
    folder = tmp_path_factory.mktemp("rights")
    office = Office(folder / "home")
    office.first()
    for role, pin in PINS.items():
        office.by_admin("add", role.value, "--role", role.value, "--id", role.value, given=f"{ADMIN[::-1]}\n")
        office.people("pin", role.value, given=f"{ADMIN[::-1]}\n{pin}\n")
    out = folder / "out"
    out.mkdir()
    (out / "partners.csv").write_text("gln,name\n9521999000006,x\n")
    return House(office, out)


def test_the_table_speaks_of_every_verb() -> None:
    asking = {arguments[0] for arguments, _ in ASKS}
    assert set(VERBS) <= asking | set(OPEN) | set(ELSEWHERE)
    assert not asking & set(OPEN)


@pytest.mark.parametrize(("arguments", "act"), ASKS, ids=_named)
def test_nobody_signed_in_does_nothing(house: House, arguments: tuple[str, ...], act: Act) -> None:
    before = house.head()
    said = house.call(arguments, None)
    assert Words("en").say("sign_in_first") in said
    assert house.head() == before
    assert sorted(path.name for path in house.out.iterdir()) == ["partners.csv"]


REFUSED = [
    (arguments, act, role)
    for arguments, act in ASKS
    for role in PINS
    if role not in who_may(act) and arguments[0] != "config"  # which takes no PIN
    if role is Role.AUDITOR or arguments[0] in ("audit", "export", "destroy")
]


@pytest.mark.parametrize(("arguments", "act", "role"), REFUSED, ids=_named)
def test_whoever_has_no_right_is_told_whom_to_ask(
    house: House, arguments: tuple[str, ...], act: Act, role: Role
) -> None:
    before = house.head()
    said = house.call(arguments, role)
    assert "does not have this right" in said, said
    assert house.head() == before
