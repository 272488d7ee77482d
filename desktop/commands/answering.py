"""What became of each code: printed in the order of the codes, as a line for people or as JSON."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future

from desktop.commands.context import Context
from ledger.capture import Captured, Outcome

WINDOW = 64
"""Scans on their way at once: enough for a group commit to pay, few enough to keep memory flat."""


class Answers:
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
        parts.append(words.name((answer.product.name_zh, answer.product.name_en)))
    parts += [words.problem(problem) for problem in answer.problems if problem.code != "no_document"]
    return "  ".join(parts)
