"""`tracedesk receive` and `dispense`: the capture walk without a window.

One line per code, in order, each printed after its COMMIT. Codes come as arguments or, with --codes, one a
line from a file or standard input; escapes such as <GS> and \\x1d are understood.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import BinaryIO

import click

from desktop.commands.context import Context
from desktop.settings import DECLARED, Settings
from desktop.station import Station
from ledger.capture import Captured, Outcome
from ledger.codes.escape import unescape
from ledger.errors import SettingsError, UserError
from ledger.event import DocumentRef, EventKind
from ledger.situation import Intent
from ledger.tasks.typed import typed_expiry, typed_lot, typed_text
from scanner.scan import Scan, Source

WINDOW = 64
"""Scans on their way at once: enough for a group commit to pay, few enough to keep memory flat."""


def _verb(kind: EventKind, what: str, document_kind: str) -> click.Command:
    @click.command(kind.value, help=what)
    @click.argument("codes", nargs=-1, metavar="[CODE…]")
    @click.option(
        "--codes", "file", metavar="FILE", help="Codes, one a line, from FILE or - for standard input."
    )
    @click.option("--document", metavar="N", help="Number of the business document.")
    @click.option("--reason", metavar="TEXT", help="Answers what would be asked for a reason.")
    @click.option("--lot", metavar="LOT", help="Lot as printed on the label, where the code has none.")
    @click.option("--expiry", metavar="DATE", help="Expiry as printed: YYYY-MM-DD, or YYYY-MM for a month.")
    @click.option("--operator", metavar="ID", help="Who does it; else as set in the settings.")
    @click.option("--literal", is_flag=True, help="Take the codes as they stand, without escapes.")
    @click.pass_obj
    def command(
        ctx: Context,
        codes: tuple[str, ...],
        file: str | None,
        document: str | None,
        reason: str | None,
        lot: str | None,
        expiry: str | None,
        operator: str | None,
        literal: bool,
    ) -> None:
        settings = Settings.load(ctx.home)
        number = typed_text(document)
        documents = (DocumentRef(document_kind, number),) if number else ()
        last_day, precision = typed_expiry(expiry) if expiry else (None, None)
        intent = Intent(
            verb=kind,
            operator=_operator(operator) or settings.text("operator"),
            documents=documents,
            reason=typed_text(reason),
            lot=typed_lot(lot) if lot else None,
            expiry=last_day,
            expiry_precision=precision,
        )
        if not codes and file is None:
            file = "-"
        if not capture_all(ctx, settings, intent, _texts(codes, file), literal=literal):
            raise SystemExit(1)

    return command


receive = _verb(EventKind.RECEIVE, "Receive packs into stock.", "desadv")
dispense = _verb(EventKind.DISPENSE, "Dispense whole packs to a patient.", "prescription")


def _operator(typed: str | None) -> str | None:
    """An operator id as the settings would take it, else a SettingsError."""
    if typed is not None and not DECLARED["operator"].check(typed):
        raise SettingsError("operator_unreadable", typed=typed)
    return typed


def capture_all(
    ctx: Context, settings: Settings, intent: Intent, texts: Iterator[str], *, literal: bool
) -> bool:
    """Capture and print every code; True when none was refused or asked."""
    station = Station(ctx.home, settings)
    answers = _Answers(ctx)
    try:
        for text in texts:
            scan = Scan(text if literal else unescape(text), Source.FILE)
            answers.expect(text, station.capture(scan, intent))
    finally:
        station.close()
        fine = answers.finish()
    return fine


class _Answers:
    """Prints answers in order in a thread of its own, so that each is out before the next code must come."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._expected: queue.Queue[tuple[str, Future[Captured]] | None] = queue.Queue(WINDOW)
        self._fine = True
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._print, name="answers")
        self._thread.start()

    def expect(self, text: str, future: Future[Captured]) -> None:
        """Print this answer after the ones before it; raises what printing an earlier one raised."""
        if self._failure:
            raise self._failure
        self._expected.put((text, future))

    def finish(self) -> bool:
        """Wait for the last answer; True when every code was accepted or repeated."""
        self._expected.put(None)
        self._thread.join()
        if self._failure:
            raise self._failure
        return self._fine

    def _print(self) -> None:
        while (item := self._expected.get()) is not None:
            if self._failure:
                continue
            try:
                self._fine &= report(self._ctx, *item)
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that feeds us
                self._failure = error


def report(ctx: Context, text: str, future: Future[Captured]) -> bool:
    """Print what became of one code; True when it was accepted or repeated."""
    answer = future.result()
    ctx.line(answer_json(ctx, text, answer), answer_text(ctx, text, answer))
    return answer.outcome in (Outcome.ACCEPTED, Outcome.REPEATED)


def answer_json(ctx: Context, text: str, answer: Captured) -> dict[str, object]:
    """The answer as its JSON object."""
    return {
        "input": text,
        "key": answer.key,
        "outcome": answer.outcome,
        "verdict": answer.verdict,
        "event_id": answer.event.event_id if answer.event else None,
        "seq": answer.event.seq if answer.event else None,
        "problems": [
            {"code": problem.code, "severity": problem.severity, "text": ctx.words.problem(problem)}
            for problem in answer.problems
        ],
        "needs": list(answer.needs),
    }


def answer_text(ctx: Context, text: str, answer: Captured) -> str:
    """The answer as a line for people."""
    words = ctx.words
    parts = [words.say(f"outcome_{answer.outcome}"), answer.key or words.say("shown_code", code=text)]
    if answer.product:
        parts.append(answer.product.name_zh if words.language == "zh_CN" else answer.product.name_en)
    parts += [words.problem(problem) for problem in answer.problems if problem.code != "no_document"]
    return "  ".join(parts)


def _texts(codes: tuple[str, ...], file: str | None) -> Iterator[str]:
    yield from codes
    if file is None:
        return
    if file == "-":
        yield from _lines(sys.stdin.buffer)
        return
    try:
        with Path(file).open("rb") as lines:
            yield from _lines(lines)
    except OSError as error:
        raise UserError("file_unreadable", file=file, why=os.strerror(error.errno or 0)) from None


def _lines(raw: BinaryIO) -> Iterator[str]:
    for line in raw:
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        if text:
            yield text
