"""kill -9 in the middle of a stream of scans: what was acknowledged is there, once, here and on the platform."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path

import pytest

from ledger.audit import audit
from ledger.event import Event, EventKind
from ledger.store import open_reader
from tests.ledger.counter import gs1

RUNS = 20
RUNS_LONG = 200


def tracedesk(home: Path, *arguments: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        "from desktop.commands.root import main; main()",
        "--home",
        str(home),
        *arguments,
    ]


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        tracedesk(home, *arguments), capture_output=True, text=True, check=False, timeout=120
    )


def stream_until_killed(home: Path, first: int, after: int) -> list[dict[str, object]]:
    """Feed codes without end, kill after so many answers; return the answers that came out whole."""
    child = subprocess.Popen(
        tracedesk(home, "receive", "--json", "--codes", "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdin and child.stdout and child.stderr

    def feed() -> None:
        try:
            for number in range(first, first + 100_000):
                child.stdin.write(gs1(f"S{number:06d}").replace("\x1d", "<GS>") + "\n")  # type: ignore[union-attr]
                child.stdin.flush()  # type: ignore[union-attr]
        except (BrokenPipeError, ValueError):
            pass

    feeder = threading.Thread(target=feed)
    feeder.start()
    answers = []
    for line in child.stdout:
        answers.append(json.loads(line))
        if len(answers) == after:
            os.kill(child.pid, signal.SIGKILL)
            break
    # What was on its way through the pipe when the process died counts as acknowledged as well.
    answers += [json.loads(line) for line in child.stdout if line.endswith("\n")]
    child.wait(30)
    feeder.join(30)
    for stream in (child.stdin, child.stdout, child.stderr):
        with suppress(BrokenPipeError):
            stream.close()
    return answers


@pytest.mark.timeout(3600)
def test_no_acknowledged_event_is_lost_and_the_platform_gets_each_once(
    tmp_path: Path, long_run: bool
) -> None:
    chance = random.Random(20261120)
    for number in range(RUNS_LONG // RUNS if long_run else 1):
        week(tmp_path / f"home{number}", chance)


def week(home: Path, chance: random.Random) -> None:
    """One ledger whose program is killed again and again, and then gets to the platform all the same."""
    from sync.sandbox.peek import held_events
    from sync.sandbox.server import serve

    platform = serve()
    try:
        assert run(home, "config", "set", "platform.url", platform.url).returncode == 0
        acknowledged: dict[str, str] = {}
        for number in range(RUNS):
            answers = stream_until_killed(home, number * 1_000, chance.randint(1, 120))
            assert answers
            for answer in answers:
                assert answer["outcome"] == "accepted", answer
                acknowledged[str(answer["key"])] = str(answer["event_id"])
            finding = audit(home)
            assert finding.whole, finding.faults
        with closing(open_reader(home)) as store:
            for key, event_id in acknowledged.items():
                pack = store.look_up(key)
                assert pack is not None, f"{key} was acknowledged and is gone"
                assert [event.event_id for event in store.events_of(pack.pack_id)] == [event_id]
            kinds = {Event.from_canonical(body).kind for _, body, _ in store.chain()}
        assert kinds == {EventKind.RECEIVE}, "a kill is no reason to doubt the ledger or the clock"
        # A pack whose beep the kill swallowed is answered kindly when it is scanned again.
        again = run(home, "receive", "--json", gs1("S000000").replace("\x1d", "<GS>"))
        assert json.loads(again.stdout)["outcome"] == "repeated"
        assert again.returncode == 0
        done = run(home, "sync", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        finding = audit(home)
        assert held_events(platform.url) == finding.events >= len(acknowledged)
        status = json.loads(run(home, "status", "--json").stdout)
        assert status["pending"] == 0
        assert status["safe_to_leave"] is True
    finally:
        platform.stop()
