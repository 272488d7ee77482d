from __future__ import annotations

import pytest

from ledger.codes.code import Code, Kind
from ledger.codes.identify import identify
from ledger.codes.join import is_fragment, is_partial, join
from tests.ledger.codes.strings import GS, TODAY

GTIN = "06901234567892"


def read(text: str) -> Code:
    return identify(text, today=TODAY)


PAIRS = [
    ("6901234567892", f"]C11726123110AB{GS}21X", f"gs1:{GTIN}/X"),
    (f"]C101{GTIN}", f"]C11726123110AB{GS}21X", f"gs1:{GTIN}/X"),
    (f"]e001{GTIN}", "]C110AB" + GS + "21X", f"gs1:{GTIN}/X"),
    (f"]d201{GTIN}10AB", "]d221X", f"gs1:{GTIN}/X"),
    (f"https://id.gs1.org/01/{GTIN}", "]d221X", f"gs1:{GTIN}/X"),
    (f"]d201{GTIN}10AB", f"]d201{GTIN}1726123121X", None),
    ("]I116901234567899", f"]C11726123110AB{GS}21X", "gs1:16901234567899/X"),
    ("+A123BJC5D6E71G", "+$$52001510X3GD", None),
]


@pytest.mark.parametrize(("first", "second", "key"), PAIRS)
def test_both_orders_make_the_same_code(first: str, second: str, key: str | None) -> None:
    one, other = join(read(first), read(second), TODAY), join(read(second), read(first), TODAY)
    if "21X" in second and f"01{GTIN}" in second:  # the second is whole: nothing waits
        assert one is None
        assert other is None
        return
    assert one is not None
    assert other is not None
    assert one.accepted
    assert (one.key, one.product, one.serial, one.lot, one.expiry) == (
        other.key,
        other.product,
        other.serial,
        other.lot,
        other.expiry,
    )
    assert set(one.elements) == set(other.elements)
    assert one.key == key
    assert not {"no_serial", "gs1_required", "gs1_no_product"} & {p.code for p in one.problems if one.serial}


def test_hibc_lines_belong_together_by_their_link() -> None:
    whole = join(read("+A123BJC5D6E71G"), read("+$$52001510X3GD"))
    assert whole is not None
    assert (whole.kind, whole.product, whole.lot) == (Kind.HIBC, "A123BJC5D6E71", "10X3")
    from ledger.codes.check import mod43

    stranger = "+$$52001510X3H"
    assert join(read("+A123BJC5D6E71G"), read(stranger + str(mod43(stranger)))) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"]d201{GTIN}10AB", "]d210AC"),
        (f"]d201{GTIN}", "]d20106901234567908"),
        (f"]d201{GTIN}", "]d2375"),
        ("6901234567892", "+$$52001510X3GD"),
        ("6901234567892", "6925265101481"),
        ("6901234567892", f"]d2{GS}10A"),
        ("83386520001941653320", "]d210A"),
        (f"]d201{GTIN}", "00106141412345678908"),
        ("+A123BJC5D6E71G", "+A123BJC5D6E71G"),
        ("+$$52001510X3GD", "+$$52001510X3GD"),
    ],
)
def test_what_contradicts_itself_is_not_joined(first: str, second: str) -> None:
    assert join(read(first), read(second)) is None
    assert join(read(second), read(first)) is None


def test_three_symbols() -> None:
    dated = join(read("]d21726123110AB"), read("]d221X"))
    assert dated is not None
    assert is_fragment(dated)
    whole = join(dated, read("6901234567892"))
    assert whole is not None
    assert (whole.key, whole.lot) == (f"gs1:{GTIN}/X", "AB")


@pytest.mark.parametrize(
    ("text", "partial", "fragment"),
    [
        ("]d210AB", True, True),
        ("]d217261231", True, True),
        ("]d221X", True, True),
        ("+$$52001510X3GD", True, True),
        (f"]d201{GTIN}", True, False),
        (f"]d201{GTIN}10AB", True, False),
        ("+A123BJC5D6E71G", True, False),
        ("6925265101481", True, False),
        ("]I116901234567899", True, False),
        (f"]d201{GTIN}21X", False, False),
        ("83386520001941653320", False, False),
        ("00106141412345678908", False, False),
        ("6925265101482", False, False),
        ("]d28004690012345", False, False),
        ("HELLO", False, False),
    ],
)
def test_what_waits_for_its_other_half(text: str, partial: bool, fragment: bool) -> None:
    assert is_partial(read(text)) is partial
    assert is_fragment(read(text)) is fragment
