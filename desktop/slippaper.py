"""The slip that closes a shift, as blocks of paper for a printer or a PDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from desktop.paper import Block, Facts, Heading, Rule, Text
from desktop.slip import Line
from desktop.story import capital


def blocks(lines: Iterable[Line]) -> Iterator[Block]:
    """The lines set on paper: names and values in two columns, signatures on dotted lines."""
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if line.kind == "pair":
            pairs.append((capital(line.text.strip()), line.value))
            continue
        if pairs:
            yield Facts(tuple(pairs))
            pairs = []
        if line.kind == "title":
            yield Heading(line.text, 1)
        elif line.kind == "head":
            yield Heading(line.text)
        elif line.kind == "rule":
            yield Rule()
        elif line.kind == "strong":
            yield Text(f"{line.text}  {line.value}", bold=True)
        elif line.kind == "sign":
            yield Text("")
            yield Text(f"{line.text} {'.' * 60}")
        else:
            yield Text(capital(line.text))
    if pairs:
        yield Facts(tuple(pairs))
