"""The history of a pack on paper, as an inspector reads it: from the first event on, with every hash."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from desktop.packfacts import facts_of, warnings_of
from desktop.paper import Block, Facts, Heading, Rule, Text
from desktop.stockcells import product_name
from desktop.story import Line, Teller, short_key
from desktop.words import Words
from ledger.chainproof import Proof
from ledger.dossier import Dossier


def history_blocks(
    known: Dossier, proof: Proof | None, words: Words, made: str, today: date
) -> tuple[Block, ...]:
    """Everything known of the pack, in order."""
    return tuple(_blocks(known, proof, words, made, today))


def _blocks(known: Dossier, proof: Proof | None, words: Words, made: str, today: date) -> Iterator[Block]:
    say, teller, pack = words.say, Teller(words, known.people), known.pack
    yield Heading(say("history_pdf_title"), level=1)
    yield Text(made, quiet=True)
    yield Rule()
    if pack is not None:
        product = known.product
        names = (product.name_zh, product.name_en) if product else ("", "")
        yield Heading(product_name(names, product.spec if product else "", pack.product, words))
        state = (say("stock_column_state"), say(f"state_{pack.state}"))
        verdict = (say("stock_column_alert"), say(f"verdict_{known.verdict}"))
        yield Facts((state, verdict, *facts_of(known, words, today)))
        for code in known.codes:
            yield Text(f"{say('stock_column_code')}  {short_key(code)}", code=True)
        for key in known.around:
            yield Text(f"{say('history_around')}  {short_key(key)}", code=True)
    for _, sentence in warnings_of(known, words):
        yield Text(f"! {sentence}", bold=True)
    yield Rule()
    yield Heading(say("history_timeline"))
    if known.earlier:
        yield Text(say("history_earlier", count=known.earlier), quiet=True)
    for chapter in known.chapters:
        yield from _line(teller.chapter(chapter), words)
    open_attempts = [attempt for attempt in known.attempts if not attempt.answered]
    if open_attempts:
        yield Heading(say("history_attempts"))
        for attempt in open_attempts:
            yield from _line(teller.attempt(attempt), words)
    if proof is not None:
        yield Rule()
        yield Heading(say("history_proof"))
        for sentence in teller.proof(proof):
            yield Text(sentence)


def _line(line: Line, words: Words) -> Iterator[Block]:
    delivery = f" · {words.say(line.delivery)}" if line.delivery else ""
    yield Text(f"{line.day} {line.time}  {line.title}{delivery}", bold=True)
    yield Text(" · ".join(line.details), indent=12)
    for remark in line.remarks:
        yield Text(remark, indent=12)
    if line.seq is not None:
        yield Text(
            f"{words.say('history_record', seq=line.seq)}  {line.hash}", quiet=True, code=True, indent=12
        )
