"""Whether an event that a platform holds is the one that we sent.

A platform may write the same thing otherwise: times in UTC, CBV words as URIs, lists in another order, fields
of its own added, extensions left out. It contradicts us only where a field that both have says something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

_CORE = ("type", "eventTime", "action", "epcList", "quantityList", "childEPCs", "parentID", "bizStep")
"""What an event is about; a platform that has lost one of these has not stored the event."""
_THEIRS = frozenset({"recordTime", "@context", "captureID", "_links"})
_WORDS = ("https://ref.gs1.org/cbv/", "https://ns.gs1.org/cbv/", "cbv:", "urn:epcglobal:cbv:")
_TIMES = frozenset({"eventTime", "declarationTime", "time", "startTime", "endTime"})


def agrees(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """True when nothing in the platform's copy contradicts ours and nothing essential is missing."""
    if any(name in ours and not _same(name, ours[name], theirs.get(name)) for name in _CORE):
        return False
    return all(
        _same(name, ours[name], value)
        for name, value in theirs.items()
        if name in ours and name not in _THEIRS
    )


def _same(name: str, ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and all(
            _same(key, value, theirs[key]) for key, value in ours.items() if key in theirs
        )
    if isinstance(ours, list):
        if not isinstance(theirs, list) or len(ours) != len(theirs):
            return False
        left = list(theirs)
        for item in ours:
            match = next((at for at, other in enumerate(left) if _same(name, item, other)), None)
            if match is None:
                return False
            del left[match]
        return True
    if isinstance(ours, str) and isinstance(theirs, str):
        if ours == theirs:
            return True
        if name in _TIMES:
            return _instant(ours) is not None and _instant(ours) == _instant(theirs)
        return bare(theirs) == ours
    return bool(ours == theirs) and isinstance(ours, bool) == isinstance(theirs, bool)


def bare(word: str) -> str:
    """A CBV word without the URI around it: …/cbv/BizStep-receiving, cbv:BizStep-receiving, …:bizstep:receiving."""
    for start in _WORDS:
        if word.startswith(start):
            rest = word[len(start) :]
            return rest.rpartition("-")[2] if "-" in rest else rest.rpartition(":")[2]
    return word


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
