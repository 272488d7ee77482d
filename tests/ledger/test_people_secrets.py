"""PINs and badges: which will do, and that what is kept tells nothing and lets nobody else in."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import badge, recovery
from ledger.errors import EnvironmentFault
from ledger.verifier import (
    LONGEST,
    OURS,
    SHORTEST,
    Cost,
    cheaper,
    holds,
    readable,
    verifier_of,
    weakness,
)
from tests.ledger.house import CHEAP

PINS = st.text("0123456789", min_size=SHORTEST, max_size=LONGEST)


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("", "pin_not_digits"),
        ("48291a", "pin_not_digits"),
        ("４８２９１５", "pin_not_digits"),
        ("٤٨٢٩١٥", "pin_not_digits"),
        ("48291", "pin_too_short"),
        ("4829157" * 5, "pin_too_long"),
        ("000000", "pin_too_easy"),
        ("888888", "pin_too_easy"),
        ("123456", "pin_too_easy"),
        ("654321", "pin_too_easy"),
        ("789012", "pin_too_easy"),
        ("135791", "pin_too_easy"),
        ("121212", "pin_too_easy"),
        ("481481", "pin_too_easy"),
        ("1212121", "pin_too_easy"),
        ("112233", "pin_too_easy"),
        ("147258", "pin_too_easy"),
        ("5201314", "pin_too_easy"),
        ("204817", "pin_is_id"),
        ("048170", "pin_is_id"),
        ("482915", None),
        ("906172", None),
        ("4829154829150", None),
    ],
)
def test_which_pins_will_do(pin: str, why: str | None) -> None:
    assert weakness(pin, "emp-2048170") == why


@given(PINS, PINS)
def test_the_pin_opens_and_no_other_does(pin: str, other: str) -> None:
    verifier = verifier_of(pin, CHEAP)
    assert holds(verifier, pin)
    assert holds(verifier, other) is (pin == other)
    assert pin not in verifier.split("$")[4:]
    assert verifier_of(pin, CHEAP) != verifier, "a salt of its own each time"


def test_our_verifiers_cost_what_was_decided() -> None:
    assert (1 << OURS.log_n, OURS.r, OURS.p) == (32768, 8, 1)
    verifier = verifier_of("482915")
    assert verifier.startswith("scrypt$15$8$1$")
    assert holds(verifier, "482915") and not holds(verifier, "482916")


def test_a_known_answer_of_the_standard() -> None:
    """RFC 7914 section 12, third vector, in the shape of our text."""
    key = (
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    )
    verifier = f"scrypt$14$8$1${b'SodiumChloride'.hex()}${key}"
    assert holds(verifier, "pleaseletmein")
    assert not holds(verifier, "pleaseletmeim")
    assert not readable(f"scrypt$10$8$1${b'NaCl'.hex()}${key}"), "a salt of four bytes is too short"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "scrypt",
        "scrypt$15$8$1$00$00",
        "argon2id$15$8$1$" + "00" * 16 + "$" + "00" * 32,
        "scrypt$15$8$1$" + "zz" * 16 + "$" + "00" * 32,
        "scrypt$-1$8$1$" + "00" * 16 + "$" + "00" * 32,
        "scrypt$30$8$1$" + "00" * 16 + "$" + "00" * 32,
        "scrypt$20$32$4$" + "00" * 16 + "$" + "00" * 32,
        "scrypt$0$8$1$" + "00" * 16 + "$" + "00" * 32,
        "scrypt$15$8$1$" + "00" * 16 + "$" + "00" * 500,
        "scrypt$" + "9" * 5000 + "$8$1$" + "00" * 16 + "$" + "00" * 32,
    ],
)
def test_a_verifier_from_elsewhere_that_is_nonsense_or_too_dear_lets_nobody_in(text: str) -> None:
    assert not readable(text)
    assert not holds(text, "482915")


def test_an_older_cheaper_verifier_is_known_as_such() -> None:
    assert cheaper(verifier_of("482915", CHEAP))
    assert not cheaper(verifier_of("482915", CHEAP), CHEAP)
    assert not cheaper("nonsense")
    assert Cost(15, 8, 1).memory < 34 * 2**20


def test_minted_badges_are_badges_and_survive_caps_lock() -> None:
    made = {badge.minted() for _ in range(50)}
    assert len(made) == 50
    for code in made:
        assert badge.is_minted(code) and badge.is_minted(code.lower()) and badge.weakness(code) is None
        assert badge.digest(b"k", code) == badge.digest(b"k", code.swapcase())
        assert badge.is_secret(code)
        for torn in (code[1:], code[2:], code[:-1], code[:12]):
            assert badge.is_secret(torn) and not badge.is_minted(torn), "nearly a badge is a secret as well"


@pytest.mark.parametrize("text", ["TDB1", "TDB1234", "81234567890123456789", "B1-4711", "1ABCDEFGH"])
def test_what_only_looks_like_a_badge_is_no_secret(text: str) -> None:
    assert not badge.is_secret(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("83386520001941653320", "badge_is_goods"),
        ("6925265101481", "badge_is_goods"),
        ("]d201095212340000131728013110L1\x1d21S1", "badge_unreadable"),
        ("01095212340000131728013110L1", "badge_is_goods"),
        ("00012345", "badge_too_easy"),
        ("AAAAAAAAAAAA", "badge_too_easy"),
        ("ABC123", "badge_too_easy"),
        ("工牌-00012345", "badge_unreadable"),
        ("x" * 200, "badge_unreadable"),
        ("EMP-00012345", None),
    ],
)
def test_which_codes_can_be_badges(text: str, why: str | None) -> None:
    assert badge.weakness(text) == why


def test_badges_of_other_cards_keep_their_case() -> None:
    assert badge.digest(b"k", "EMP-0001234x") != badge.digest(b"k", "EMP-0001234X")


def test_the_key_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    assert badge.read_key(tmp_path) is None
    key = badge.make_key(tmp_path)
    assert len(key) == 32 and badge.make_key(tmp_path) == key == badge.read_key(tmp_path)
    assert stat.S_IMODE((tmp_path / badge.FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [badge.FILE]


def test_a_broken_key_is_said_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / badge.FILE).write_bytes(b"short")
    for ask in (badge.read_key, badge.make_key):
        with pytest.raises(EnvironmentFault) as caught:
            ask(tmp_path)
        assert caught.value.code == "badge_key_broken"
    assert (tmp_path / badge.FILE).read_bytes() == b"short"


def test_a_scan_finds_its_person_and_only_under_the_key() -> None:
    book = badge.Badges(b"a" * 32, {badge.digest(b"a" * 32, "EMP-00012345"): "op-1"})
    assert book.owner("EMP-00012345") == "op-1"
    assert book.owner("EMP-00012346") is None
    assert badge.Badges(b"b" * 32, book.owners).owner("EMP-00012345") is None
    assert "a" * 32 not in repr(book)


def test_a_recovery_code_is_read_as_people_write_it() -> None:
    code = recovery.minted()
    assert recovery.digest(code) == recovery.digest(f"  {code.lower().replace('-', ' ')} ")
    assert recovery.digest("O1I5W-CY3A4") == recovery.digest("0115w cy3a4")
    assert recovery.digest(code) != recovery.digest(recovery.minted())
    assert len(code.replace("-", "")) * 5 == 125
