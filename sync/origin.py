"""Which platform an address means: scheme, host and port. A secret is sent to no other, a cursor is used at no other.

Path, trailing slash and the case of letters do not make another platform. A name that is not ASCII stays as it is
written: two spellings of one name cost entering a secret again, two names taken for one would give it away. Source:
RFC 6454 section 4.
"""

from __future__ import annotations

from urllib.parse import urlsplit

_PORTS = {"https": 443, "http": 80}


def origin(url: str) -> str:
    """The origin of an address in one spelling, `https://host` or `https://host:8443`; empty where it names none."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return ""
    host = parts.hostname or ""
    if parts.scheme not in _PORTS or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + ("" if port == _PORTS[parts.scheme] else f":{port}")


def belonging(*addresses: str) -> str:
    """What a secret that goes to these addresses belongs to; `-` stands for one that is not known yet."""
    return " ".join(origin(address) or "-" for address in addresses)


def fits(kept: str, asked: str) -> bool:
    """Whether a secret that belongs to `kept` may go to `asked`: nothing that was known differs."""
    ours, theirs = kept.split(), asked.split()
    return len(ours) == len(theirs) and all(
        one in ("-", other) for one, other in zip(ours, theirs, strict=True)
    )


def others(kept: str, asked: str) -> str:
    """The platform that a secret belongs to, where that is another than the one asked about; for people to read."""
    differ = (one for one, other in zip(kept.split(), asked.split(), strict=False) if one not in ("-", other))
    return next(differ, "")
