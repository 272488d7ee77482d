"""What a question offers on its number keys: reasons, or the partners where the other side is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.questions import Question
from desktop.reasons import MOST, offered
from desktop.words import Words
from ledger.partners import Partner


@dataclass(frozen=True, slots=True)
class Offer:
    """One choice."""

    value: str
    """Code word of a reason, or a partner's GLN."""
    partner: Partner | None = None

    def said(self, words: Words) -> str:
        """What the choice says."""
        one = self.partner
        if one is None:
            return words.say(self.value)
        return f"{words.name((one.name_zh, one.name_en))}  {self.value}"


def offers_for(question: Question, partners: Sequence[Partner]) -> tuple[Offer, ...]:
    """What answers this question; `partners` are those who may be the other side."""
    if "partner" in question.needs:
        return tuple(Offer(one.gln, one) for one in partners[:MOST])
    return tuple(Offer(reason) for reason in offered(question.answer.problems))


def beyond_said(need: str, words: Words) -> str:
    """What is scanned, not typed: that the next scan answers it."""
    word = f"question_{need}"
    return words.say(word if words.knows(word) else "question_beyond", needs=words.say(f"need_{need}"))
