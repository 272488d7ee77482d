"""`tracedesk people` as people and scripts use it: secrets on standard input alone.

One test runs real processes; the others call the same `main` in this one, because a start costs a second.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest

from desktop.commands.people import people as group
from desktop.commands.root import main
from desktop.words import LANGUAGES, Words
from ledger.roles import Act, Role
from tests.desktop.test_commands import GS1, objects, tracedesk

ROOT = Path(__file__).resolve().parents[2]
ADMIN, LI, LI_OWN, ZHAO = "7305194826", "4829157306", "9061724835", "6180341597"


class Office:
    """A home folder with an administrator in it; `people` calls the verb and gives its JSON lines."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.said = ""

    def people(self, *arguments: str, given: str = "", status: int = 0) -> list[dict[str, object]]:
        return self.verb("people", *arguments, given=given, status=status)

    def verb(self, *arguments: str, given: str = "", status: int = 0) -> list[dict[str, object]]:
        """Call any verb and give its JSON lines."""
        out, err = TextIOWrapper(BytesIO(), "utf-8"), StringIO()
        done = 0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", TextIOWrapper(BytesIO(given.encode())))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            try:
                main([*arguments, "--json", "--lang", "en", "--home", str(self.home)])
            except SystemExit as stop:
                done = int(stop.code or 0)
        out.flush()
        text = out.buffer.getvalue().decode()  # type: ignore[attr-defined]
        self.said = err.getvalue()
        assert done == status, text + self.said
        return [json.loads(line) for line in text.splitlines()]

    def first(self) -> str:
        made = self.people("first", "Wang", given=f"{ADMIN}\n")[0]
        self.admin, self.recovery = str(made["id"]), str(made["recovery"])
        return self.admin

    def by_verb(self, *arguments: str) -> list[dict[str, object]]:
        """Call any verb as the administrator."""
        return self.verb(*arguments, "--operator", self.admin, "--pin-stdin", given=f"{ADMIN}\n")

    def by_admin(self, *arguments: str, given: str = "", status: int = 0) -> list[dict[str, object]]:
        return self.people(
            *arguments, "--operator", self.admin, "--pin-stdin", given=f"{ADMIN}\n{given}", status=status
        )


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with its first administrator, to be copied."""
    made = Office(tmp_path_factory.mktemp("founded") / "home")
    made.first()
    return made


@pytest.fixture
def office(founded: Office, tmp_path: Path) -> Office:
    """A copy of it for one test."""
    made = Office(tmp_path / "home")
    shutil.copytree(founded.home, made.home)
    made.admin, made.recovery = founded.admin, founded.recovery
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Office:
    """An office where nobody is registered."""
    return Office(tmp_path / "home")


def test_processes_share_a_session_and_nothing_leaks(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = objects(tracedesk("people", "first", "Wang", "--json", given=f"{ADMIN}\n", home=home))[0]
    wrong = tracedesk("people", "sign-in", "Wang", "--lang", "zh_CN", given=f"{LI}\n", home=home)
    assert (wrong.returncode, wrong.stdout) == (1, "") and "还可再试 4 次" in wrong.stderr
    assert tracedesk("people", "sign-in", "Wang", given=f"{ADMIN}\n", home=home).returncode == 0
    here = objects(tracedesk("people", "who", "--json", home=home))[0]
    assert here["id"] == first["id"]
    assert tracedesk("people", "sign-out", home=home).returncode == 0
    assert tracedesk("people", "who", home=home).returncode == 1


def test_a_day_of_people(office: Office) -> None:
    office.people("sign-in", "Wang", given=f"{ADMIN}\n")
    assert office.people("who")[0]["id"] == office.admin
    added = office.people("add", "Li", "--role", "pharmacist", "--id", "li", given=f"{LI}\n")[0]
    assert (added["id"], added["roles"], added["pin_due"], added["until"]) == (
        "li",
        ["pharmacist"],
        True,
        None,
    )
    office.people("add", "Zhao", "--role", "supervisor", "--id", "zhao", "--until", "2099-12-31", given=ZHAO)
    minted = office.people("badge", "zhao", "--mint")[0]
    code = str(minted["badge_code"])
    assert office.people("sign-in", "li", given=LI)[0]["pin_due"] is True
    office.people("who", status=1)
    assert "tracedesk people pin" in office.said
    office.people("pin", "li", given=f"{LI}\n{LI_OWN}\n")
    assert office.people("who")[0] == {"id": "li", "name": "Li", "roles": ["pharmacist"]}
    office.people("rename", "zhao", "Zhao Min", status=1)
    assert "does not have this right" in office.said
    assert office.people("sign-in", given=f"{code}\n")[0]["id"] == "zhao"
    office.people("sign-out")
    office.people("who", status=1)
    office.by_admin("roles", "li", "--role", "clerk", "--role", "pharmacist")
    office.by_admin("rename", "zhao", "Zhao Min")
    office.by_admin("until", "zhao", "never")
    office.by_admin("leave", "zhao")
    office.by_admin("back", "zhao", given=f"{ZHAO}\n")
    listed = {one["id"]: one for one in office.people("list")}
    assert listed["li"]["roles"] == ["clerk", "pharmacist"]
    assert (listed["zhao"]["name"], listed["zhao"]["until"], listed["zhao"]["badge"]) == (
        "Zhao Min",
        None,
        False,
    )
    finding = office.by_verb("audit")[0]
    assert finding["chain_ok"] and finding["projection_ok"]
    chain = [json.loads(str(line["body"])) for line in office.by_verb("export")]
    assert len(chain) > 10
    told = json.dumps(chain, ensure_ascii=False)
    for secret in (ADMIN, LI, LI_OWN, ZHAO, code, office.recovery, "Wang", "Zhao"):
        assert secret not in told
    for file in office.home.iterdir():
        for secret in (ADMIN, LI, LI_OWN, ZHAO, code, office.recovery):
            assert secret.encode() not in file.read_bytes(), file.name
        assert file.stat().st_mode & 0o077 == 0


def test_five_wrong_pins_lock_and_a_supervisor_unlocks(office: Office) -> None:
    office.by_admin("add", "Li", "--role", "clerk", "--id", "li", given=LI)
    office.by_admin("add", "Zhao", "--role", "supervisor", "--id", "zhao", given=ZHAO)
    office.people("pin", "zhao", given=f"{ZHAO}\n{LI_OWN}")
    for left in (4, 3, 2, 1):
        office.people("sign-in", "li", given="9999900000", status=1)
        assert f"Tries left: {left}" in office.said
    office.people("sign-in", "li", given="9999900000", status=1)
    assert "now locked" in office.said
    office.people("sign-in", "li", given=LI, status=1)
    assert "unlock" in office.said
    assert next(one for one in office.people("list") if one["id"] == "li")["locked"] is True
    office.people("unlock", "li", "--operator", "zhao", "--pin-stdin", given=LI_OWN)
    office.people("sign-in", "li", given=LI)


def test_the_recovery_code_opens_once(office: Office) -> None:
    for _ in range(6):
        office.people("sign-in", "Wang", given="9999900000", status=1)
    made = office.people("recover", "Wang", given=f"{office.recovery}\n{ZHAO}\n")[0]
    assert made["recovery"] != office.recovery
    office.people("sign-in", "Wang", given=ZHAO)
    office.people("recover", "Wang", given=f"{office.recovery}\n{LI}\n", status=1)
    assert "sealed" in office.said


def test_a_lost_badge_key_is_survived(office: Office) -> None:
    office.by_admin("add", "Li", "--role", "clerk", "--id", "li", given=LI)
    office.by_admin("add", "Sun", "--role", "clerk", "--id", "sun", "--no-pin")
    code = str(office.by_admin("badge", "li", "--mint")[0]["badge_code"])
    office.by_admin("badge", "sun", given="EMP-00012345")
    office.people("sign-in", given="EMP-00012345")
    (office.home / "badge.key").unlink()
    office.people("sign-in", given=code, status=1)
    assert "key of the badges is missing" in office.said
    office.by_admin("badge", "sun", given="EMP-00012345")
    office.people("sign-in", given="EMP-00012345")
    office.people("sign-in", given=code, status=1)
    assert "unknown" in office.said
    assert [one["badge"] for one in office.people("list") if one["id"] == "li"] == [False]


def test_badge_and_pin(office: Office) -> None:
    office.by_admin("badge", "Wang", given="EMP-00012345")
    assert office.people("sign-in", "--badge-and-pin", given=f"EMP-00012345\n{ADMIN}")[0]["name"] == "Wang"
    office.people("sign-in", "--badge-and-pin", given=f"EMP-00012345\n{LI}", status=1)
    assert "Tries left: 4" in office.said


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["first", "Eve"], LI, "registered already"),
        (["add", "Eve", "--role", "clerk"], LI, "Sign in first"),
        (["sign-in", "nobody"], LI, "nobody"),
        (["sign-in", "Wang"], "", "standard input"),
        (["sign-in", "Wang"], "9" * 2000, "too long"),
        (["sign-in"], "EMP-00099999", "unknown"),
        (["pin", "Wang"], f"{ADMIN}\n123456", "too easy"),
        (["pin", "Wang"], f"{ADMIN}\n48x915", "digits"),
        (["pin", "Wang"], f"{ADMIN}\n{ADMIN}", "is the old one"),
        (["recover", "Wang"], f"AAAAA\n{LI}", "recovery code"),
        (["unlock", "Wang", "--pin-stdin"], ADMIN, "--operator"),
    ],
)
def test_mistakes_get_a_sentence(office: Office, arguments: list[str], given: str, said: str) -> None:
    assert office.people(*arguments, given=given, status=1) == []
    assert said in office.said


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["add", "Eve"], LI, "--role"),
        (["add", "Eve", "--role", "clerk"], "123456", "too easy"),
        (["add", "Eve", "--role", "administrator"], ADMIN, "nobody else's"),
        (["add", "Eve", "--role", "clerk", "--id", "a b"], LI, "cannot be used"),
        (["add", " ", "--role", "clerk"], LI, "name"),
        (["add", "Eve", "--role", "clerk", "--until", "soon"], LI, "2026-11-20"),
        (["leave", "Wang"], "", "last administrator"),
        (["unlock", "Wang"], "", "Nobody unlocks themselves"),
        (["pin", "Wang", "--reset"], LI, "--reset"),
        (["badge", "Wang"], "83386520001941653320", "code of goods"),
        (["badge", "Wang"], "1234", "--mint"),
    ],
)
def test_an_administrators_mistakes_get_a_sentence(
    office: Office, arguments: list[str], given: str, said: str
) -> None:
    assert office.by_admin(*arguments, given=given, status=1) == []
    assert said in office.said


def test_before_anybody_is_registered_only_the_first_can_be(empty: Office) -> None:
    assert empty.people("list") == []
    empty.people("add", "Eve", "--role", "clerk", given=LI, status=1)
    assert "people first" in empty.said
    empty.people("first", "Eve", given="111111", status=1)
    assert empty.people("list") == []
    empty.people("badge", "x", "--mint", "--remove", status=2)


def test_without_people_the_walk_is_as_before(empty: Office) -> None:
    assert objects(tracedesk("receive", "--json", GS1, home=empty.home))[0]["outcome"] == "accepted"
    assert empty.people("who")[0]["id"] == "op-1"


def test_no_secret_can_stand_in_an_argument() -> None:
    """Arguments are seen by everybody on the machine; an option that takes a secret must not exist."""
    for command in group.commands.values():
        for parameter in command.params:
            assert not re.search("pin|secret|code|token", parameter.name or "") or parameter.is_flag, (  # type: ignore[attr-defined]
                command.name,
                parameter.name,
            )


def test_the_table_of_rights_is_printed(empty: Office) -> None:
    lines = empty.people("rights")
    assert {str(line["act"]) for line in lines} == {act.value for act in Act}
    assert next(line["roles"] for line in lines if line["act"] == "release") == ["supervisor"]
    human = tracedesk("people", "rights", home=empty.home).stdout
    assert "解除隔离：主管" in human


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_people_has_a_sentence(language: str) -> None:
    words = Words(language)
    files = ["ledger/roles.py", "ledger/people.py", "ledger/staff.py", "ledger/signin.py", "ledger/badge.py"]
    files += ["ledger/verifier.py", "desktop/session.py", "desktop/terminal.py"]
    text = "".join((ROOT / name).read_text("utf-8") for name in files)
    said = set(re.findall(r'refused\(\s*"([a-z_]+)"', text)) | set(
        re.findall(r'return "([a-z]+_[a-z_]+)"', text)
    )
    said |= {"pin_same", "person_ambiguous"}
    assert len(said) > 25
    said |= {f"role_{role}" for role in Role} | {f"act_{act}" for act in Act}
    assert not {code for code in said if not words.knows(code)}
