"""`tracedesk decode FILE…`: the codes in pictures, in videos, and in sequences of frames as a camera gives
them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from desktop.commands.context import Context
from ledger.codes.identify import identify
from scanner.decode import (
    Box,
    Read,
    Unreadable,
    cut,
    decode_image,
    load_gray,
    prepare,
    second_reader_missing,
)
from scanner.picture import SUFFIXES
from scanner.steady import Steady, votes_needed

if TYPE_CHECKING:
    from scanner.vision import Gray

_VIDEOS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".3gp", ".ts")
_FRAME_BUDGET_MS = 100.0
"""What a frame of a video may take: nobody waits for it in front of a camera."""


class _Area(click.ParamType[Box]):
    """An aiming box as x,y,w,h."""

    name = "x,y,w,h"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Box:
        """Four whole numbers, the size above zero."""
        parts = str(value).split(",")
        try:
            x, y, width, height = (int(part) for part in parts)
        except ValueError:
            self.fail(f"{value!r} is not x,y,w,h", param, ctx)
        if width <= 0 or height <= 0:
            self.fail(f"{value!r} has no area", param, ctx)
        return (x, y, width, height)


@click.command(help="Read the codes in pictures and videos. FILE: any picture or video.")
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--budget-ms", type=click.FloatRange(min=1), help="Read as the camera does, within this time.")
@click.option("--box", type=_Area(), help="The aiming box: look inside it only.")
@click.option(
    "--sequence",
    "sequences",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of frames, or a folder of such folders: replayed in real time.",
)
@click.option("--fps", type=click.FloatRange(min=0.1), default=30.0, show_default=True, help="Of the replay.")
@click.pass_obj
def decode(
    ctx: Context,
    files: tuple[Path, ...],
    budget_ms: float | None,
    box: Box | None,
    sequences: tuple[Path, ...],
    fps: float,
) -> None:
    """Decode each file, then replay each sequence; exit status 1 where one of them gave nothing."""
    if not files and not sequences:
        raise click.UsageError("FILE or --sequence is needed.")
    missing = second_reader_missing()
    if missing:
        ctx.complain(ctx.words.say(missing))
    prepare()
    good = True
    for file in files:
        good &= _file(ctx, file, budget_ms, box)
    for folder in sequences:
        for sequence in _sequences(folder):
            good &= _replay(ctx, sequence, fps)
    if not good:
        raise SystemExit(1)


def gs1_clean(text: str) -> bool:
    """Whether a GS1 element string parses without any doubt: the camera then believes one frame."""
    code = identify(text, aim="]C1")
    return code.accepted and not code.problems


def _file(ctx: Context, file: Path, budget_ms: float | None, box: Box | None) -> bool:
    if file.suffix.lower() in _VIDEOS:
        result = _video(file, budget_ms, box)
    else:
        picture = load_gray(file)
        result = picture if isinstance(picture, Unreadable) else _timed(picture, budget_ms, box)
    if isinstance(result, Unreadable):
        ctx.line(
            {"file": str(file), "error": result.code, "detail": result.detail},
            ctx.words.say(result.code, file=file),
        )
        return False
    reads, milliseconds = result
    ctx.line(
        {"file": str(file), "ms": round(milliseconds, 2), "reads": [_json(read) for read in reads]},
        _text(ctx, file, reads, milliseconds),
    )
    return bool(reads)


def _timed(picture: Gray, budget_ms: float | None, box: Box | None) -> tuple[tuple[Read, ...], float]:
    began = time.perf_counter()
    reads = decode_image(picture, budget_ms=budget_ms, box=box)
    return reads, (time.perf_counter() - began) * 1000


def _video(
    file: Path, budget_ms: float | None, box: Box | None
) -> tuple[tuple[Read, ...], float] | Unreadable:
    """Every frame until one makes a scan, glanced at and then studied; the time counts decoding alone."""
    from scanner.shot import Fault
    from scanner.videosource import Video
    from scanner.vision import gray_of
    from scanner.watch import Watch
    from scanner.window import moved

    source, steady, spent, number = Video(str(file), live=False, paced=False), Steady(gs1_clean), 0.0, 0
    fault, stop, watch = source.open(), threading.Event(), Watch()
    if fault is not None:
        return Unreadable(str(file), detail=fault.detail or fault.code)
    try:
        while not isinstance(shot := source.read(stop), Fault):
            number += 1
            gray, (left, top) = cut(gray_of(shot.picture), box)
            at, began = number * source.period, time.perf_counter()
            reads = watch.glance(gray, at, budget_ms or _FRAME_BUDGET_MS)
            if not reads:
                reads = tuple(watch.independent(watch.study(gray, at), number))
            spent += (time.perf_counter() - began) * 1000
            accepted = steady.see(moved(list(reads), left, top), at, number)
            if accepted:
                return accepted, spent
        return ((), spent) if number else Unreadable(str(file), detail=shot.code)
    finally:
        source.close()


def _json(read: Read) -> dict[str, object]:
    return {
        "symbology": read.symbology,
        "hex": read.payload.hex(),
        "text": read.text,
        "aim": read.aim,
        "corners": [list(corner) for corner in read.corners],
        "decoder": read.decoder,
        "sharpened": read.sharpened,
        "doubt": "" if votes_needed(read) is not None else "itf_not_trusted",
    }


def _text(ctx: Context, file: Path, reads: tuple[Read, ...], milliseconds: float) -> str:
    if not reads:
        return ctx.words.say("no_code_found", file=file)
    lines = []
    for read in reads:
        doubt = "" if votes_needed(read) is not None else "  " + ctx.words.say("itf_not_trusted")
        lines.append(
            ctx.words.say(
                "code_found", file=file, symbology=read.symbology, text=read.text, ms=f"{milliseconds:.0f}"
            )
            + doubt
        )
    return "\n".join(lines)


def _sequences(folder: Path) -> Iterator[Path]:
    """The folder itself where it holds pictures, and the folders in it that do."""
    if _pictures(folder):
        yield folder
    for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
        if _pictures(inner):
            yield inner


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


def _replay(ctx: Context, folder: Path, fps: float) -> bool:
    """Show the frames to the camera's own threads at their own pace, and say when each scan came out."""
    from scanner.camera import Camera, DecodedFrame, Frame
    from scanner.videosource import Preloaded

    loaded = [load_gray(file) for file in _pictures(folder)]
    frames = [frame for frame in loaded if not isinstance(frame, Unreadable)]
    began: list[float] = []
    accepted: list[dict[str, object]] = []
    texts: list[str] = []

    def on_frame(frame: Frame) -> None:
        if not began:
            began.append(frame.at)

    def on_reads(decoded: DecodedFrame) -> None:
        for read in decoded.accepted:
            milliseconds = round((time.monotonic() - began[0]) * 1000, 1)
            accepted.append({"hex": read.payload.hex(), "symbology": read.symbology, "ms": milliseconds})
            texts.append(read.text)

    source = Preloaded(folder.name, frames, fps=fps)
    camera = Camera(source, on_frame=on_frame, on_reads=on_reads, is_clean=gs1_clean)
    camera.start()
    camera.finish(len(frames) / fps + 60)
    camera.stop()
    first = accepted[0]["ms"] if accepted else None
    ctx.line(
        {"sequence": str(folder), "first_ms": first, "accepted": accepted},
        ctx.words.say("sequence_read", file=folder, text=", ".join(texts), ms=first)
        if accepted
        else ctx.words.say("no_code_found", file=folder),
    )
    return bool(accepted)
