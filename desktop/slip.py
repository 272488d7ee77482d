"""The slip that closes a shift: what was recorded, what the platform has, and whether one may leave.

Lines with a meaning, not a layout: the command prints them as text, a printer or PDF sets them as it likes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from desktop.handover import DayReport
from desktop.settings import Settings
from desktop.words import Words

WIDTH = 48
"""Columns of the printed text: 80 mm paper."""
MOST = 20
"""Refused records that are named; more are counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `title`, `head`, `pair` (a name and a value), `text`, `strong`, `rule` or `sign` (a dotted line)."""

    kind: str
    text: str = ""
    value: str = ""


def slip(
    report: DayReport, settings: Settings, operator: str, now: datetime, words: Words
) -> tuple[Line, ...]:
    """The lines of the slip; `operator` is whoever hands the shift over."""
    say, status = words.say, report.delivery.status
    lines = [
        Line("title", say("slip_title")),
        Line("pair", say("slip_site"), settings.text("site.name") or settings.text("site.gln")),
        Line("pair", say("slip_device"), settings.text("device.name") or report.device_id[:8]),
        Line("pair", say("slip_operator"), operator),
        Line("pair", say("slip_day"), report.day.isoformat()),
        Line("pair", say("slip_at"), _minute(now.isoformat())),
        Line("head", say("slip_work")),
        *(Line("pair", say(f"history_{kind}"), str(count)) for kind, count in report.done),
    ]
    if not report.done:
        lines.append(Line("text", say("slip_nothing")))
    lines += [
        Line("pair", say("slip_refusals"), str(report.refusals)),
        Line("head", say("slip_delivery")),
        Line("pair", say("slip_accepted"), str(status.accepted)),
        Line("pair", say("slip_pending"), str(status.pending)),
        Line("pair", say("slip_sent"), str(status.sent)),
        Line("pair", say("slip_parked"), str(status.parked)),
        Line("pair", say("slip_provisional"), str(status.provisional)),
        Line("pair", say("slip_tasks"), str(report.tasks)),
    ]
    if report.delivery.oldest_unsent:
        lines.append(Line("pair", say("slip_oldest"), _minute(report.delivery.oldest_unsent)))
    last = status.last_success
    lines.append(Line("pair", say("slip_last_success"), _minute(last) if last else say("slip_never")))
    if status.last_failure:
        lines += [Line("text", say("slip_last_failure")), Line("text", say(status.last_failure))]
    lines.append(Line("strong", say("slip_leave"), say("slip_yes" if status.safe_to_leave else "slip_no")))
    lines.append(Line("text", say(status.why)))
    lines += _refused(report, words)
    lines += [
        Line("rule"),
        Line("pair", say("slip_chain"), str(report.seq)),
        Line("text", f"{say('slip_head')} {_groups(status.head[:32])}"),
        Line("sign", say("slip_sign_out")),
        Line("sign", say("slip_sign_in")),
    ]
    return tuple(lines)


def _refused(report: DayReport, words: Words) -> Iterator[Line]:
    """The refused records by name, with the platform's words."""
    parked = report.delivery.parked
    if not parked:
        return
    yield Line("head", words.say("slip_refused"))
    for record in parked[:MOST]:
        what = words.say("parked_declared" if record.declared else f"history_{record.kind}")
        yield Line("text", f"{record.seq} {_minute(record.at)} {what} {' '.join(record.packs[:3])}")
        yield Line("text", words.say(record.words) if words.knows(record.words) else record.words)
    if (more := report.delivery.status.parked - min(len(parked), MOST)) > 0:
        yield Line("text", words.say("slip_more", count=str(more)))


def as_text(lines: tuple[Line, ...], width: int = WIDTH) -> str:
    """The slip for a line printer or a screen; Chinese signs take two columns."""
    return "\n".join(part for line in lines for part in _set(line, width)) + "\n"


def _set(line: Line, width: int) -> Iterator[str]:
    if line.kind == "title":
        yield " " * max(0, (width - _columns(line.text)) // 2) + line.text
        yield "=" * width
    elif line.kind == "rule":
        yield "-" * width
    elif line.kind == "head":
        yield ""
        yield line.text
        yield "-" * width
    elif line.kind == "sign":
        yield ""
        yield f"{line.text} {'.' * max(8, width - _columns(line.text) - 1)}"
    elif line.kind in ("pair", "strong"):
        gap = width - _columns(line.text) - _columns(line.value)
        if line.kind == "strong":
            yield ""
        if gap > 0:
            yield line.text + " " * gap + line.value
        else:
            yield line.text
            yield from _wrapped(line.value, width)
    else:
        yield from _wrapped(line.text, width)


def _wrapped(text: str, width: int) -> Iterator[str]:
    """The text in lines of so many columns, broken between words where there are any."""
    row, columns, broken = "", 0, 0
    for sign in text:
        if columns + _columns(sign) > width:
            at = broken or len(row)
            yield row[:at].rstrip()
            row = row[at:].lstrip()
            columns, broken = _columns(row), 0
        row += sign
        columns += _columns(sign)
        if sign == " ":
            broken = len(row)
    if row.strip():
        yield row


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")


def _groups(digits: str) -> str:
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
