"""A throwaway world: temporary home, sandbox platform, demo catalogue, and pictures for the camera."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

from desktop.demo.samples import Sample, samples, stranger
from desktop.settings import Settings
from ledger.importing import read_products
from ledger.writer import Writer


@dataclass(frozen=True, slots=True)
class World:
    """Everything a demo needs, for as long as it runs."""

    home: Path
    settings: Settings
    url: str
    """Address of the sandbox platform."""
    held: Callable[[], int]
    """Asks the sandbox how many events it holds."""
    images: Path
    """Folder that feeds the camera."""
    samples: tuple[Sample, ...]
    """What the images show; empty when they are somebody else's."""


@contextmanager
def demo_world(today: date, language: str, images: Path | None = None) -> Iterator[World]:
    """Build the world and take it away again; `images` is a folder to use instead of the demo's own."""
    from sync.sandbox.peek import held_events
    from sync.sandbox.server import serve

    with tempfile.TemporaryDirectory(prefix="tracedesk-demo-") as temporary:
        folder = Path(temporary)
        home = folder / "home"
        own: tuple[Sample, ...] = ()
        if images is None:
            from desktop.demo.pictures import make_pictures

            own = (*samples(today), stranger(today))
            images = folder / "images"
            make_pictures(images, own)
        platform = serve()
        try:
            settings = Settings(home)
            for name, value in (
                ("platform.url", platform.url),
                ("language", language),
                ("site.name", "演示药房" if language == "zh_CN" else "Demo pharmacy"),
                ("site.gln", "9521999000006"),
                ("operator", "op-demo"),
                ("people.later", True),
                ("platform.id_base", "https://id.tracedesk.example/demo"),
            ):
                settings.set(name, value)
            settings.save()
            _load_catalog(home)
            yield World(home, settings, platform.url, lambda: held_events(platform.url), images, own)
        finally:
            platform.stop()


def _load_catalog(home: Path) -> None:
    with as_file(files("resources") / "demo" / "catalog.csv") as path:
        products = read_products(path).products
    writer = Writer(home)
    try:
        writer.run(lambda store: store.catalog.load(products))
    finally:
        writer.close()
