"""When reads of successive frames become a scan, by symbology, and when the same code may count again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.read import Read
from scanner.steady import DEBOUNCE_S, GONE_FRAMES, GONE_S, Steady, value_of, votes_needed

_CORNERS = ((0, 0), (9, 0), (9, 9), (0, 9))
_FRAME_S = 1 / 30


def _read(
    symbology: str, payload: bytes, *, aim: str = "", sharpened: bool = False, decoder: str = "zxing"
) -> Read:
    text = payload.decode("latin-1")
    return Read(symbology, payload, text, aim, _CORNERS, decoder, sharpened)


DRUG_CODE = _read("Code128", b"83386520001941653320", aim="]C0")
GS1_128 = _read("Code128", b"0106901234567892", aim="]C1")
MATRIX = _read("DataMatrix", b"0106901234567892", aim="]d2")


def _frames_until_accepted(steady: Steady, reads: list[Read]) -> int | None:
    """One read a frame; the number of the frame that was accepted first, counted from 1."""
    for frame, read in enumerate(reads, 1):
        if steady.see([read], frame * _FRAME_S, frame):
            return frame
    return None


@pytest.mark.parametrize(
    ("read", "frames"),
    [
        (_read("DataMatrix", b"abc"), 1),
        (_read("QRCode", b"abc"), 1),
        (_read("Aztec", b"abc"), 1),
        (_read("PDF417", b"abc"), 1),
        (DRUG_CODE, 2),
        (GS1_128, 2),
        (_read("EAN13", b"6925265101481"), 2),
        (_read("UPCA", b"0012345678905"), 2),
        (_read("DataBar", b"0106901234567892"), 2),
        (_read("DataBarLimited", b"0106901234567892"), 2),
        (_read("DataBarExpanded", b"0106901234567892"), 2),
        (_read("Code39", b"+A1426EMK1A13"), 2),  # the mod-43 character of HIBC is right
        (_read("Code39", b"+A1426EMK1A14"), 3),  # and here it is not
        (_read("Code39", b"PART-12/3"), 3),
        (_read("EAN8", b"96385074"), 3),
        (_read("UPCE", b"0012345000058"), 3),
        (_read("ITF", b"14256948793600"), 2),
        (_read("ITF", b"14256948793601"), None),  # check digit
        (_read("ITF", b"256948793600"), None),  # length
    ],
    ids=lambda value: f"{value.symbology}-{value.text}" if isinstance(value, Read) else None,
)
def test_each_symbology_needs_its_number_of_frames(read: Read, frames: int | None) -> None:
    assert _frames_until_accepted(Steady(), [read] * 6) == frames
    assert votes_needed(read) == frames


@pytest.mark.parametrize(
    ("symbology", "payload", "frames"),
    [
        ("DataMatrix", b"abc", 1),
        ("QRCode", b"abc", 1),
        ("PDF417", b"abc", 2),
        ("Code128", b"83386520001941653320", 3),
        ("EAN13", b"6925265101481", 3),
        ("ITF", b"14256948793600", 3),
    ],
)
def test_sharpened_frames_need_one_more(symbology: str, payload: bytes, frames: int) -> None:
    sharpened = _read(symbology, payload, sharpened=True)
    assert _frames_until_accepted(Steady(), [sharpened] * 6) == frames


def test_two_plain_frames_suffice_whatever_was_sharpened_between() -> None:
    sharpened = _read("Code128", DRUG_CODE.payload, sharpened=True)
    assert _frames_until_accepted(Steady(), [DRUG_CODE, sharpened, DRUG_CODE]) == 3
    assert _frames_until_accepted(Steady(), [DRUG_CODE, sharpened, sharpened]) == 3
    assert _frames_until_accepted(Steady(), [DRUG_CODE, sharpened]) is None


def test_gs1_that_parses_cleanly_is_believed_at_once() -> None:
    assert _frames_until_accepted(Steady(lambda _: True), [GS1_128]) == 1
    assert _frames_until_accepted(Steady(lambda _: True), [_read("DataBar", b"0106901234567892")]) == 1
    assert _frames_until_accepted(Steady(lambda _: False), [GS1_128, GS1_128]) == 2
    assert _frames_until_accepted(Steady(lambda _: True), [DRUG_CODE]) is None  # no GS1, however it parses


def test_agreeing_decoders_on_one_frame_are_one_vote() -> None:
    steady = Steady()
    other = _read("Code128", DRUG_CODE.payload, decoder="zbar")
    assert steady.see([DRUG_CODE, other], 0.0, 1) == ()
    assert steady.see([DRUG_CODE], 0.0, 1) == ()
    assert steady.see([other], 0.033, 2) == (other,)


def test_a_frame_read_plainly_too_counts_as_plain() -> None:
    steady = Steady()
    sharpened = _read("Code128", DRUG_CODE.payload, sharpened=True)
    assert steady.see([sharpened, DRUG_CODE], 0.0, 1) == ()
    assert steady.see([DRUG_CODE], 0.033, 2) == (DRUG_CODE,)


def test_votes_grow_old() -> None:
    steady = Steady()
    assert steady.see([DRUG_CODE], 0.0, 1) == ()
    assert steady.see([DRUG_CODE], 1.01, 2) == ()
    assert steady.see([DRUG_CODE], 1.9, 3) == (DRUG_CODE,)


def test_different_values_do_not_help_each_other() -> None:
    steady = Steady()
    wrong = _read("Code128", b"83386520001941653321", aim="]C0")
    assert steady.see([DRUG_CODE], 0.0, 1) == ()
    assert steady.see([wrong], 0.033, 2) == ()
    assert steady.see([_read("EAN13", DRUG_CODE.payload)], 0.066, 3) == ()
    assert steady.see([DRUG_CODE], 0.1, 4) == (DRUG_CODE,)


def test_a_code_in_view_counts_once_however_long_it_stays() -> None:
    steady = Steady()
    accepted = [
        read for frame in range(300) for read in steady.see([DRUG_CODE, MATRIX], frame * _FRAME_S, frame)
    ]
    assert sorted(read.symbology for read in accepted) == ["Code128", "DataMatrix"]


def _look_away(steady: Steady, since: float, frame: int, frames: int = GONE_FRAMES) -> None:
    """Frames in which nothing is read, right after `since`."""
    for step in range(frames):
        assert steady.see([], since + (step + 1) * _FRAME_S, frame + step) == ()


def test_a_code_counts_again_after_it_was_away() -> None:
    steady = Steady()
    assert steady.see([MATRIX], 0.0, 1)
    _look_away(steady, 0.0, 2)
    assert not steady.see([MATRIX], 1.2, 11)  # away for long, but the repeat comes too soon
    _look_away(steady, 1.2, 12)
    assert not steady.see([MATRIX], 1.6, 21)  # late enough, but it was in view a moment ago
    _look_away(steady, 1.6, 22)
    assert steady.see([MATRIX], 1.6 + GONE_S, 31)
    _look_away(steady, 1.6 + GONE_S, 32)
    assert not steady.see([MATRIX], 2.2, 41)


def test_a_code_is_not_gone_while_nobody_looks() -> None:
    """A reader that gets no processor for seconds must not count the code that lay there all the time."""
    steady = Steady()
    assert steady.see([MATRIX], 0.0, 1)
    for number in range(1, 6):
        _look_away(steady, number * 10.0, 10 * number, GONE_FRAMES - 1)
        assert not steady.see([MATRIX], number * 10.0 + 5, 10 * number + 5)
    _look_away(steady, 60.0, 100)
    assert steady.see([MATRIX], 65.0, 110)


def test_the_same_frame_looked_at_twice_is_one_look() -> None:
    steady = Steady()
    assert steady.see([MATRIX], 0.0, 5)
    for _ in range(GONE_FRAMES + 1):
        assert steady.see([], 4.0, 6) == ()
        assert steady.see([], 0.0, 4) == ()  # a slower reader, still busy with an older frame
    assert not steady.see([MATRIX], 5.0, 7)


def test_a_code_that_came_back_is_voted_on_afresh() -> None:
    steady = Steady()
    assert not steady.see([DRUG_CODE], 0.0, 1)
    assert steady.see([DRUG_CODE], 0.1, 2)
    _look_away(steady, 0.2, 3)
    assert not steady.see([DRUG_CODE], 1.7, 13)
    assert steady.see([DRUG_CODE], 1.8, 14)


def test_a_code_held_is_in_view_without_being_read() -> None:
    steady = Steady()
    assert steady.see([MATRIX], 0.0, 1)
    for tenth in range(1, 30):
        steady.see([], tenth / 10, tenth + 1)
        steady.hold(value_of(MATRIX), tenth / 10)
    assert not steady.see([MATRIX], 3.0, 40)
    _look_away(steady, 3.0, 41)
    assert steady.see([MATRIX], 3.0 + GONE_S, 51)


def test_holding_what_was_not_accepted_changes_nothing() -> None:
    steady = Steady()
    steady.hold(value_of(DRUG_CODE), 0.0)
    assert not steady.see([DRUG_CODE], 0.1, 1)
    steady.hold(value_of(DRUG_CODE), 0.2)
    assert steady.see([DRUG_CODE], 0.3, 2)


_KINDS = st.sampled_from(("Code128", "EAN13", "EAN8", "UPCA", "Code39", "DataMatrix", "QRCode", "ITF"))
_READS = st.builds(
    _read,
    _KINDS,
    st.sampled_from((b"14256948793600", b"6925265101481", b"ABC")),
    aim=st.sampled_from(("", "]C0", "]C1")),
    sharpened=st.booleans(),
    decoder=st.sampled_from(("zxing", "zbar")),
)
_STEPS = st.lists(
    st.tuples(st.floats(0, 2, allow_nan=False), st.lists(_READS, max_size=4)), min_size=1, max_size=25
)


@given(
    st.lists(
        st.tuples(st.sampled_from(("Code128", "EAN13", "UPCA")), st.integers(1, 3), st.booleans()),
        min_size=1,
        max_size=30,
    )
)
def test_a_value_seen_in_one_frame_is_never_accepted(frames: list[tuple[str, int, bool]]) -> None:
    steady = Steady()
    for number, (symbology, times, sharpened) in enumerate(frames):
        once = _read(symbology, f"{number:020}".encode(), sharpened=sharpened)
        assert steady.see([once] * times, number * _FRAME_S, number) == ()


@given(
    st.one_of(st.text("0123456789", min_size=14, max_size=14), st.text("0123456789", max_size=20)),
    st.integers(2, 8),
)
def test_itf_is_accepted_only_as_14_digits_with_their_check_digit(digits: str, frames: int) -> None:
    sums = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(digits))
    whole = len(digits) == 14 and sums % 10 == 0
    seen = _frames_until_accepted(Steady(lambda _: True), [_read("ITF", digits.encode())] * frames)
    assert seen == (2 if whole else None)


@given(st.text("0123456789", min_size=13, max_size=13))
def test_itf_with_its_check_digit_is_accepted(digits: str) -> None:
    sums = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(digits))
    whole = digits + str(-sums % 10)
    assert _frames_until_accepted(Steady(), [_read("ITF", whole.encode())] * 3) == 2


@given(_STEPS)
def test_what_is_accepted_is_what_was_seen_in_its_order(steps: list[tuple[float, list[Read]]]) -> None:
    steady, at = Steady(), 0.0
    for number, (pause, reads) in enumerate(steps):
        at += pause
        accepted = steady.see(reads, at, number)
        remaining = iter(reads)
        assert all(any(read is seen for seen in remaining) for read in accepted)


@given(_STEPS)
def test_acceptances_of_a_value_lie_apart(steps: list[tuple[float, list[Read]]]) -> None:
    steady, at = Steady(), 0.0
    last: dict[tuple[str, bytes], float] = {}
    for number, (pause, reads) in enumerate(steps):
        at += pause
        for read in steady.see(reads, at, number):
            before = last.get(value_of(read))
            assert before is None or at - before >= DEBOUNCE_S
            last[value_of(read)] = at
