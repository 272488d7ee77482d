"""Any interleaving of typing and scanning: every scan exact, every typed stroke given back in order."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.keymap import DOWN, ENTER, F8, LEFT_CTRL, LEFT_SHIFT, TAB, US, Stroke
from tests.display.keyboard import Move, scanner_keys
from tests.scanner.desk import desk
from tests.scanner.strokes import Player

PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


@dataclass(frozen=True)
class Segment:
    """What somebody does, after a rest."""

    rest: int
    moves: tuple[Move, ...]
    pauses: tuple[int, ...]
    text: str | None
    """The scan it is, None for typing."""


@st.composite
def scans(draw: st.DrawFn) -> Segment:
    text = draw(st.text(alphabet=PRINTABLE + "\x1d\x1e", min_size=6, max_size=60))
    gs = draw(st.sampled_from(["ctrl", "alt029", "alt0029"]))
    suffix = draw(st.sampled_from([ENTER, TAB]))
    pauses = draw(st.lists(st.integers(0, 35), min_size=1, max_size=20))
    return Segment(draw(st.integers(1100, 5000)), tuple(scanner_keys(text, gs, suffix)), tuple(pauses), text)


_KEYS = st.sampled_from([*US, ENTER, TAB, 14, 1, 103, 106, DOWN, F8])


@st.composite
def typing(draw: st.DrawFn) -> Segment:
    moves: list[Move] = []
    pauses: list[int] = []
    fast = 0
    down: list[int] = []
    for code in draw(st.lists(_KEYS, min_size=1, max_size=30)):
        modifier = draw(st.sampled_from([None, None, None, LEFT_SHIFT, LEFT_CTRL]))
        for pressed in [*([modifier] if modifier else []), code]:
            if pressed in down:  # a person cannot press a key that is down
                down.remove(pressed)
                moves.append((pressed, False))
            pause = draw(st.integers(1, 300))
            fast = fast + 1 if pause <= 35 else 0
            if fast >= 4:
                pause, fast = 36, 0
            pauses.append(pause)
            moves.append((pressed, True))
            down.append(pressed)
        while down and draw(st.booleans()):
            moves.append((down.pop(draw(st.integers(0, len(down) - 1))), False))
    moves += [(code, False) for code in down]
    return Segment(draw(st.integers(130, 2000)), tuple(moves), tuple(pauses), None)


@settings(max_examples=300, deadline=None)
@given(st.lists(scans() | typing(), max_size=8), st.booleans(), st.booleans())
def test_nothing_is_lost_or_changed(segments: list[Segment], timer: bool, caps: bool) -> None:
    d = desk()
    player = Player(caps=caps)
    typed: list[Stroke] = []
    for segment in segments:
        player.rest(segment.rest)
        strokes = list(player.play(segment.moves, segment.pauses))
        if segment.text is None:
            typed += strokes
        d.feed(strokes, timer)
    d.quiet()
    assert d.scans == [segment.text for segment in segments if segment.text is not None]
    assert d.typed == typed
    assert d.wedge.count == 0


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*US, ENTER, TAB, LEFT_SHIFT, LEFT_CTRL, 56, 79, 58, F8, DOWN, 103]),
            st.booleans(),
            st.integers(0, 200),
            st.booleans(),
        ),
        max_size=200,
    )
)
def test_whatever_keys_come_each_is_typed_or_scanned_at_most_once(
    moves: list[tuple[int, bool, int, bool]],
) -> None:
    d = desk()
    player = Player()
    fed: list[Stroke] = []
    for code, down, pause, repeat in moves:
        (stroke,) = player.play([(code, down)], pause)
        stroke = Stroke(
            stroke.at_ms, 0, stroke.text, code, stroke.modifiers, down, repeat and down, number=len(fed)
        )
        fed.append(stroke)
        d.feed([stroke])
    d.quiet()
    numbers = [stroke.number for stroke in d.typed]
    assert numbers == sorted(set(numbers))
    scanned = [stroke.number for burst in d.bursts for stroke in burst.strokes]
    assert len(set(scanned)) == len(scanned)
    others = set(numbers) & set(scanned)
    assert all(not fed[number].pressed for number in others)
    missing = [fed[n] for n in range(len(fed)) if n not in numbers and n not in scanned]
    # all that may vanish is the second half of a suffix and the releases of swallowed keys
    assert all(
        not s.pressed or s.scan_code in (ENTER, TAB, DOWN, 36, 50, LEFT_CTRL, LEFT_SHIFT, 56) for s in missing
    )
