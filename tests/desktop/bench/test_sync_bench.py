"""The bench of delivery measures what it says: both sides deliver the same documents, all of them."""

from __future__ import annotations

from desktop.bench.sync import rows


def test_both_sides_deliver() -> None:
    speed, memory = rows({"events": "60", "rounds": "1", "few": "20", "many": "60"})
    assert (speed.bench, speed.better, memory.better) == ("sync", "higher", "lower")
    assert speed.ours > 0 < speed.baseline
    assert 0 < memory.baseline < 500
    assert 0.5 < memory.ratio < 2
