"""`tracedesk import operators FILE`: people come by list, their secrets never do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desktop.test_people_command import ADMIN, LI_OWN, Office

LIST = "工号,姓名,角色,离岗日期\nli,李,药师;库管员,2099-12-31\nzhao,赵,主管,\n"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "home")
    made.first()
    return made


def bring(office: Office, text: str, *more: str, status: int = 0) -> list[dict[str, object]]:
    file = office.home.parent / "list.csv"
    file.write_text(text, "utf-8")
    given = ("--operator", office.admin, "--pin-stdin", *more)
    return office.verb("import", "operators", str(file), *given, given=f"{ADMIN}\n", status=status)


def test_people_come_by_list_and_change_by_list(office: Office) -> None:
    *pins, done = bring(office, LIST, "--first-pins")
    assert (done["added"], done["refused"]) == (2, 0)
    assert [one["person"] for one in pins] == ["li", "zhao"]
    first = str(pins[0]["first_pin"])
    assert office.people("sign-in", "li", given=f"{first}\n")[0]["pin_due"] is True
    office.people("pin", "li", given=f"{first}\n{LI_OWN}\n")
    office.people("sign-in", "li", given=f"{LI_OWN}\n")
    (again,) = bring(office, LIST, "--first-pins")
    assert (again["added"], again["changed"], again["same"]) == (0, 0, 2), "and no PIN is made anew"
    (changed,) = bring(office, LIST.replace("药师;库管员,2099-12-31", "库管员,"))
    assert (changed["changed"], changed["same"]) == (1, 1)
    people = {one["id"]: one for one in office.people("list")}
    assert (people["li"]["roles"], people["li"]["until"]) == (["clerk"], None)
    assert office.by_verb("audit")[0]["projection_ok"]


def test_without_first_pins_nobody_can_sign_in_before_a_secret_was_given(office: Office) -> None:
    (done,) = bring(office, LIST)
    assert done["added"] == 2
    office.people("sign-in", "li", given="12345678\n", status=1)
    assert {one["id"]: one["pin"] for one in office.people("list")}["li"] is False


@pytest.mark.parametrize("column", ["PIN", "password", "密码", "badge code"])
def test_file_with_secrets_is_not_taken(office: Office, column: str) -> None:
    bring(office, f"id,name,roles,{column}\nli,Li,clerk,4829157306\n", status=1)
    assert column in office.said and "4829157306" not in office.said
    assert [one["id"] for one in office.people("list")] == [office.admin]


def test_bad_rows_and_the_last_administrator_are_told_by_their_row(office: Office) -> None:
    text = (
        "id,name,roles\n"
        "li,,clerk\nzhao,Zhao,king\nsun,Sun,\nwu,Wu,clerk\nwu,Wu,clerk\n-x,X,clerk\n"
        f"{office.admin},Wang,clerk\n"
    )
    (done,) = bring(office, text, status=1)
    bad = {one["line"]: one["code"] for one in done["bad"]}  # type: ignore[attr-defined]
    assert bad == {
        2: "row_missing",
        3: "row_not_word",
        4: "row_missing",
        6: "row_twice",
        7: "person_id_unreadable",
        8: "last_administrator",
    }
    assert done["added"] == 1
    for one in done["bad"]:  # type: ignore[attr-defined]
        assert one["text"] and "{" not in one["text"]


def test_list_needs_the_right_to_manage_people_and_somebody_who_has_it(
    office: Office, tmp_path: Path
) -> None:
    bring(office, LIST, "--first-pins")
    office.verb("import", "operators", str(tmp_path / "list.csv"), status=1)
    assert "Sign in" in office.said
    empty = Office(tmp_path / "empty")
    empty.verb("import", "operators", str(tmp_path / "list.csv"), status=1)
    assert "people first" in empty.said
