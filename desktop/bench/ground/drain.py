"""One drain in a process of its own, so that its memory is its own: `python -m desktop.bench.ground.drain HOME`.

Prints a JSON line: seconds of the drain alone, records accepted, and the most memory that the process ever held.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from desktop.road import platform_of
from desktop.settings import Settings
from desktop.workplace import wire_of
from ledger.writer import Writer
from sync.courier import Courier


def main(home: Path) -> None:
    """Deliver everything and tell what it took. What comes the other way is another bench's matter."""
    settings = Settings.load(home)
    writer = Writer(home)
    device_id = writer.run(lambda store: store.device_id)
    platform = platform_of(settings)
    platform.options()  # loading the client is no part of the drain
    courier = Courier(writer.run, platform, wire_of(settings, device_id))
    started = time.perf_counter()
    result = courier.drain()
    seconds = time.perf_counter() - started
    writer.close()
    told = {"seconds": seconds, "accepted": result.accepted, "pending": result.pending, "why": result.why}
    sys.stdout.write(json.dumps(told | {"peak": peak()}) + "\n")


def peak() -> float:
    """The most memory that this process ever held, in MB; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return 0.0
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
