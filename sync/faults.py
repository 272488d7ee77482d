"""What can go wrong on the road to the platform, sorted by what the courier must do about it.

    PlatformFault (ledger/errors.py)
    ├── Offline       the request never left: nothing was stored; back off
    ├── Ambiguous     it left, and no usable answer came: ask before sending again
    ├── Retry         the platform asks for patience (408 425 429 502 503 504)
    ├── Failing       the platform itself fails (500): bounded, then looked for in halves
    ├── Rejected      what was sent is refused (400, 409, 422): looked for in halves, the culprit is parked
    ├── TooLarge      send less at once (413)
    ├── AuthFault     who we are is refused (401, 403): pause, ask a person
    └── ConfigFault   this is not the platform we were told of: pause, ask a person

None of them carries a header, a token or a request body.
"""

from __future__ import annotations

from ledger.errors import PlatformFault, TraceDeskError


class Offline(PlatformFault):
    """No connection: nothing was sent."""


class Ambiguous(PlatformFault):
    """The request may or may not have been carried out."""


class Retry(PlatformFault):
    """The platform asks to come again later."""

    def __init__(
        self, code: str, after: float | None = None, *, carried_out: bool = False, **params: str
    ) -> None:
        super().__init__(code, **params)
        self.after = after
        """Seconds the platform asked for."""
        self.maybe_carried_out = carried_out
        """True where a gateway answered and what lies behind it may have done the work."""


class Failing(PlatformFault):
    """The platform failed over this request."""


class Rejected(PlatformFault):
    """The platform refuses what was sent."""

    def __init__(self, code: str, words: str, **params: str) -> None:
        super().__init__(code, words=words, **params)
        self.words = words
        """What the platform itself said, as one line."""


class Duplicate(Rejected):
    """The platform says that it has this already (409): true only where the contents agree."""


class TooLarge(PlatformFault):
    """The document is larger than the platform takes."""


class AuthFault(PlatformFault):
    """The platform does not let this workstation in."""


class ConfigFault(PlatformFault):
    """What answers is not the platform that the settings promise."""


def answers(fault: TraceDeskError | None) -> bool:
    """True when somebody was there to answer, whatever they said."""
    return fault is None or (isinstance(fault, PlatformFault) and not isinstance(fault, Offline | Ambiguous))


def passing(fault: TraceDeskError) -> bool:
    """True for failures that may be gone in a moment."""
    return isinstance(fault, PlatformFault) and not isinstance(fault, Offline | AuthFault | ConfigFault)
