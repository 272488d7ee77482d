"""Which line counts what: nothing is lost, no line gets more than it wants before the others have theirs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.allocation import _on_many, _on_one, allocate
from ledger.journal import Amount
from ledger.shipment import PACK, UNIT, Line

lots = st.sampled_from([None, "A", "B"])
lines_ = st.lists(st.tuples(st.integers(1, 5), lots), min_size=1, max_size=4).map(
    lambda some: [Line(number, "P", quantity, lot) for number, (quantity, lot) in enumerate(some, 1)]
)
sums_ = st.dictionaries(st.sampled_from(["", "A", "B", "C"]), st.integers(0, 8).map(lambda n: Amount(n, n)))


@given(lines_, sums_)
def test_every_pack_is_on_a_line_or_extra(lines: list[Line], sums: dict[str, Amount]) -> None:
    found = allocate(lines, sums, None)
    on_lines = sum(one.seen or 0 for one in found.lines)
    assert on_lines + sum(one.packs for one in found.extra.values()) == sum(
        one.packs for one in sums.values()
    )
    assert [one.line for one in found.lines] == lines
    for one in found.lines:
        assert one.seen is not None and one.open is not None
        assert one.over == max(0, one.seen - one.line.quantity) and one.open == max(
            0, one.line.quantity - one.seen
        )
    for lot in found.extra:
        assert lot and all(line.lot not in (None, lot) for line in lines)


@given(lines_, sums_)
def test_nothing_is_over_while_a_line_that_would_take_it_has_room(
    lines: list[Line], sums: dict[str, Amount]
) -> None:
    found = allocate(lines, sums, None)
    if any(one.over for one in found.lines) and all(
        lot not in sums or not sums[lot].packs for lot in ("", "A", "B")
    ):
        assert not any(one.open for one in found.lines if one.line.lot is None)
    for one in found.lines:
        if one.over and one.line.lot is None:
            assert not any(other.open for other in found.lines if other.line.lot is None)


@given(lines_, sums_, st.integers(1, 30))
def test_a_pack_size_changes_nothing_where_only_packs_are_counted(
    lines: list[Line], sums: dict[str, Amount], size: int
) -> None:
    plain, sized = allocate(lines, sums, None), allocate(lines, sums, size)
    assert [(one.seen, one.over, one.open) for one in plain.lines] == [
        (one.seen, one.over, one.open) for one in sized.lines
    ]
    assert all(one.open_units == (one.open or 0) * size for one in sized.lines)
    assert all(one.open_units is None for one in plain.lines)


@given(lines_, sums_, st.sampled_from([None, "A", "B", "C"]))
def test_one_more_pack_is_taken_by_a_line_with_room_if_there_is_one(
    lines: list[Line], sums: dict[str, Amount], lot: str | None
) -> None:
    found = allocate(lines, sums, None)
    taking = found.taking(lot)
    fitting = [one for one in found.lines if lot is None or one.line.lot in (None, lot)]
    if taking is None:
        assert not fitting
    elif not taking.open:
        assert not any(one.open for one in fitting)
    if taking and lot and any(one.line.lot == lot and one.open for one in fitting):
        assert taking.line.lot == lot


def test_a_begun_pack_counts_as_one_on_a_line_of_packs_and_as_its_units_on_a_line_of_units() -> None:
    sums = {"A": Amount(shown=2, packs=1, units=3)}
    (packs,) = allocate([Line(1, "P", 2, unit=PACK)], sums, 10).lines
    (units,) = allocate([Line(1, "P", 20, unit=UNIT)], sums, 10).lines
    assert (packs.seen, packs.open, packs.open_units) == (2, 0, 7)
    assert (units.seen, units.open, units.open_units) == (13, 7, 7)


def test_units_without_a_pack_size_cannot_be_said() -> None:
    for line in (Line(1, "P", 2, unit=UNIT), Line(1, "P", 2)):
        (filled,) = allocate([line], {"A": Amount(shown=1, units=3)}, None).lines
        assert (filled.seen, filled.open, filled.open_units) == (None, None, None)


@given(
    st.builds(Line, st.just(1), st.just("P"), st.integers(1, 30), lots, unit=st.sampled_from([PACK, UNIT])),
    st.dictionaries(
        st.sampled_from(["", "A", "B", "C"]),
        st.builds(Amount, st.just(1), st.integers(0, 8), st.integers(0, 40), st.integers(0, 2)),
    ),
    st.none() | st.integers(1, 30),
)
def test_a_single_line_is_reckoned_the_short_way_to_the_same_end(
    line: Line, sums: dict[str, Amount], size: int | None
) -> None:
    assert _on_one(line, sums, size) == _on_many([line], sums, size)
