from __future__ import annotations

from desktop.pairing import PATIENCE_S, Pairing
from ledger.codes.code import Code
from ledger.codes.identify import identify
from scanner.scan import Scan, Source

PRODUCT, REST = "]C10109521234000013", "]C11728013110L1\x1d21S1"


def take(pairing: Pairing, ticket: int, text: str, now: float) -> object:
    code: Code = identify(text)
    return pairing.take(ticket, Scan(text, Source.WEDGE), code, now)


def test_halves_meet_in_either_order_and_only_once() -> None:
    for first, second in ((PRODUCT, REST), (REST, PRODUCT)):
        pairing = Pairing()
        assert take(pairing, 1, first, 0.0) is None
        half = take(pairing, 2, second, 5.0)
        assert half is not None and half.ticket == 1  # type: ignore[attr-defined]
        assert take(pairing, 3, second, 6.0) is None


def test_a_half_is_forgotten_when_it_waits_too_long_or_another_pack_comes() -> None:
    pairing = Pairing()
    take(pairing, 1, REST, 0.0)
    assert take(pairing, 2, PRODUCT, PATIENCE_S + 1) is None
    take(pairing, 3, REST, 100.0)
    assert take(pairing, 4, "83386520001941653320", 101.0) is None
    assert take(pairing, 5, PRODUCT, 102.0) is None
