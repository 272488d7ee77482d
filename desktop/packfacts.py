"""What is known of a pack, in pairs and sentences of one language, for the card and the paper alike."""

from __future__ import annotations

from datetime import date

from desktop.words import Words
from ledger.dossier import Dossier
from ledger.pack import State
from ledger.recalls import Match


def facts_of(known: Dossier, words: Words, today: date) -> tuple[tuple[str, str], ...]:
    """Names and values of what is known of the pack, for card and paper."""
    pack, say = known.pack, words.say
    if pack is None:
        return ()
    expiry = ""
    if pack.expiry is not None:
        expiry = pack.expiry.strftime("%Y-%m" if pack.expiry_precision == "month" else "%Y-%m-%d")
        left = (pack.expiry - today).days
        expiry += f" · {say('history_expired') if left < 0 else say('history_days', days=left)}"
    amount = ""
    if pack.is_heap:
        amount = say("history_heap", remaining=pack.remaining or 0)
    elif pack.state is State.OPENED:
        amount = say("history_opened", remaining=pack.remaining or 0, units=pack.units or 0)
    pairs = (
        ("stock_column_lot", pack.lot or ""),
        ("stock_column_expiry", expiry),
        ("stock_column_serial", pack.serial or ""),
        ("stock_column_place", pack.place),
        ("stock_column_remaining", amount),
    )
    return tuple((say(code), value) for code, value in pairs if value)


def warnings_of(known: Dossier, words: Words) -> tuple[tuple[str, str], ...]:
    """What a person must see first: (tone, sentence)."""
    told = []
    for recall in known.recalls:
        sure = recall.match is Match.CERTAIN
        code = "history_recalled" if sure else "history_recalled_maybe"
        told.append(("stop" if sure else "ask", words.say(code, number=recall.number, reason=recall.reason)))
    told += [("ask", words.say(f"task_{kind}")) for kind in known.tasks]
    return tuple(told)
