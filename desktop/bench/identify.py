"""How long it takes to say what a code is, beside the decoder that read it and beside the library biip.

For each code a symbol is drawn, read back, and the text that came out is identified. Ours, zxing-cpp's bare
reading of the same image (grey, only that format) and biip's parse take turns in batches; the figure is the
median of the batches. Where biip knows nothing of a code there is no row for it.

Options: rounds (batches of each, 40), batch (calls in a batch, 50; a tenth of it for the decoder).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from desktop.bench.row import Row
from ledger.codes.code import Entry
from ledger.codes.identify import identify

CODES = (
    ("gs1_datamatrix", "DataMatrix", "(01)06901234567892(17)271231(10)12AB34(21)XY123456"),
    ("gs1_128_case", "Code128", "(00)106141412345678908"),
    ("digital_link", "QRCode", "https://id.gs1.org/01/06901234567892/10/12AB34/21/XY123456?17=271231"),
    ("drug_code", "Code128", "83386520001941653320"),
    ("ma", "DataMatrix", "MA.156.M0.100011.2cscp023.Ste002.M200206.L343432.D555555.E200228.V200307.C9"),
    ("retail", "EAN13", "6925265101481"),
)
_IMPORT = "import time; a = time.process_time(); import {}; print((time.process_time() - a) * 1e3)"


def rows(options: dict[str, str]) -> Iterator[Row]:
    """Measure each code, then what loading the parser costs a process."""
    rounds, batch = int(options.get("rounds", 40)), int(options.get("batch", 50))
    for name, symbology, content in CODES:
        yield from _code_rows(name, symbology, content, rounds, batch)
    if _biip() is not None:
        modules = ("ledger.codes.identify", "biip")
        times: dict[str, list[float]] = {module: [] for module in modules}
        for _ in range(min(rounds, 7)):
            for module in modules:
                times[module].append(_import_ms(module))
        ours, theirs = (statistics.median(times[module]) for module in modules)
        yield Row("identify", "import", ours, theirs, "biip", "lower", "ms", min(rounds, 7))


def _code_rows(name: str, symbology: str, content: str, rounds: int, batch: int) -> Iterator[Row]:
    read, text = _drawn(symbology, content)
    calls: dict[str, Callable[[], object]] = {
        "ours": lambda: identify(text, entry=Entry.CAMERA),
        "zxing-cpp": read,
    }
    biip = _biip()
    if biip is not None and (given := _known_to_biip(biip, text)):
        calls["biip"] = lambda: biip.parse(given)
    sizes = {"zxing-cpp": max(1, batch // 10)}
    times: dict[str, list[float]] = {who: [] for who in calls}
    for _ in range(rounds):
        for who, call in calls.items():
            size = sizes.get(who, batch)
            started = time.perf_counter()
            for _ in range(size):
                call()
            times[who].append((time.perf_counter() - started) / size * 1e6)
    ours, *others = ((who, statistics.median(found)) for who, found in times.items())
    for who, median in others:
        yield Row("identify", name, ours[1], median, who, "lower", "us", rounds * batch)


def _drawn(symbology: str, content: str) -> tuple[Callable[[], object], str]:
    """A call that reads the symbol of a content, and the text that reading gives, identifier first."""
    import numpy as np
    import zxingcpp

    kind = getattr(zxingcpp.BarcodeFormat, symbology)
    extra: dict[str, Any] = {"gs1": True} if content.startswith("(") else {}
    made = zxingcpp.create_barcode(content, kind, **extra)
    image = np.array(made.to_image(scale=4))

    def read() -> object:
        return zxingcpp.read_barcode(image, kind, text_mode=zxingcpp.TextMode.Plain)

    found = read()
    if found is None:
        raise RuntimeError(f"the symbol of {content} could not be read")
    return read, found.symbology_identifier + found.bytes.decode("latin-1")  # type: ignore[attr-defined]


def _biip() -> Any:
    """The library, where the tests' extras are installed."""
    try:
        import biip
    except ImportError:
        return None
    return biip


def _known_to_biip(biip: Any, text: str) -> str:
    """The form of a text in which biip understands it: with its identifier, or without; empty when in neither."""
    for given in (text, text[3:]):
        try:
            result = biip.parse(given)
        except biip.ParseError:
            continue
        if any(
            getattr(result, part, None) for part in ("gs1_message", "gs1_digital_link_uri", "gtin", "sscc")
        ):
            return given
    return ""


def _import_ms(module: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT.format(module)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)
