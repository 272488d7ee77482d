from __future__ import annotations

import itertools

import pytest

from ledger.event import EventKind
from ledger.pack import IllegalTransition, State, step

# The table of the field (domain rules), written out a second time on purpose: kind -> {from: [to]}.
HERE = ("in_stock", "opened", "quarantined")
LEGAL: dict[str, dict[str, tuple[str, ...]]] = {
    "receive": {"unknown": ("in_stock", "quarantined"), "returned": ("in_stock", "quarantined")},
    "transfer_in": {"unknown": ("in_stock", "quarantined"), "in_transit": ("in_stock", "quarantined")},
    "dispense": dict.fromkeys(("unknown", "in_stock", "opened"), ("opened", "dispensed")),
    "undo": dict.fromkeys(("dispensed", "opened"), ("unknown", *HERE)),
    "return": {"dispensed": ("quarantined",), "opened": ("opened",), "quarantined": ("quarantined",)},
    "supplier_return": dict.fromkeys(HERE, ("returned",)),
    "transfer_out": {"in_stock": ("in_transit",)},
    "move": {here: (here,) for here in HERE},
    "label": {here: (here,) for here in HERE},
    "quarantine": dict.fromkeys(("unknown", "in_stock", "opened"), ("quarantined",)),
    "release": {"quarantined": ("in_stock", "opened")},
    "destroy": dict.fromkeys(HERE, ("destroyed",)),
    "pack": {"in_stock": ("in_stock",), "unknown": ("in_stock",)},
    "unpack": {here: (here,) for here in HERE},
    "count": {here: (here, "lost") for here in HERE} | {"unknown": ("in_stock", "quarantined"), "lost": HERE},
    "adopted": dict.fromkeys(State, tuple(State)),
    "void": dict.fromkeys(State, tuple(State)),
}


@pytest.mark.parametrize(("state", "kind", "target"), list(itertools.product(State, EventKind, State)))
def test_every_cell_of_the_transition_table(state: State, kind: EventKind, target: State) -> None:
    if target in LEGAL.get(kind, {}).get(state, ()):
        assert step(state, kind, target) is target
    else:
        with pytest.raises(IllegalTransition):
            step(state, kind, target)
