"""Frames are the same however the bytes were chopped on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.framing import LONGEST, Frame, Framer, text_of

GS1 = b"]d201069012345678921712345678\x1d17271231\x1d10aB-1/2 "
ENVELOPE = b"]d1[)>\x1e06\x1d9N111234567842\x1d1T12\r\n34\x1dS99\x1e\x04"


def frames(*chunks: bytes) -> list[bytes]:
    framer = Framer()
    return [frame.data for chunk in chunks for frame in framer.feed(chunk)]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\x03", b"\x03\r\n"])
def test_a_suffix_ends_a_frame_and_data_stay_as_they_are(end: bytes) -> None:
    assert frames(GS1 + end + b"123" + end) == [GS1, b"123"]


def test_stx_is_framing() -> None:
    assert frames(b"\x02123\x03\x02456\x03") == [b"123", b"456"]


def test_an_envelope_is_not_split() -> None:
    assert frames(ENVELOPE + b"\r\n" + GS1 + b"\r") == [ENVELOPE, GS1]


def test_an_envelope_without_its_end_is_ended_by_silence() -> None:
    framer = Framer()
    assert framer.feed(ENVELOPE[:-1] + b"\r\n") == []
    assert framer.pending
    assert framer.idle() == [Frame(ENVELOPE[:-1], ended=True)]
    assert not framer.pending


def test_silence_ends_a_frame_without_suffix() -> None:
    framer = Framer()
    assert framer.feed(GS1) == []
    assert framer.idle() == [Frame(GS1, ended=False)]
    assert framer.idle() == []


def test_what_is_too_long_is_thrown_away_and_counted() -> None:
    framer = Framer()
    assert framer.feed(b"x" * LONGEST + b"\r") == [Frame(b"x" * LONGEST, ended=True)]
    assert framer.feed(b"x" * (LONGEST + 1) + b"\r" + b"123\r") == [Frame(b"123", ended=True)]
    assert framer.dropped == 1


def test_half_a_frame_is_forgotten() -> None:
    framer = Framer()
    framer.feed(b"123")
    assert framer.reset()
    assert not framer.reset()
    assert framer.feed(b"456\r") == [Frame(b"456", ended=True)]


_DATA = st.binary(min_size=1, max_size=50).map(lambda data: data.translate(None, b"\r\n\x03\x02") or b"0")


@given(st.lists(_DATA | st.just(ENVELOPE), max_size=10), st.sampled_from([b"\r", b"\r\n"]), st.data())
def test_chopping_makes_no_difference(codes: list[bytes], end: bytes, data: st.DataObject) -> None:
    codes = [code for code in codes if code == ENVELOPE or b"[)>" not in code]
    stream = b"".join(code + end for code in codes)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    chunks = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert frames(*chunks) == codes


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (GS1, GS1.decode()),
        ("]Q1https://例.cn/01/x".encode(), "]Q1https://例.cn/01/x"),
        ("]d1阿莫西林".encode("gb18030"), "]d1阿莫西林"),
        (b"]C1\xe9", "]C1é"),
        (b"\xff\x00", "ÿ\x00"),
        (b"]Q1\xff", "]Q1ÿ"),
    ],
)
def test_text(data: bytes, text: str) -> None:
    assert text_of(data) == text
