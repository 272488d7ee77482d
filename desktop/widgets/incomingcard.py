"""What came from the platform: whether recalls are new, why they are not, and how much of each kind is here."""

from __future__ import annotations

from desktop.incoming import NEVER, Incoming
from desktop.localtime import day_and_minute
from desktop.widgets.card import Card, Said
from desktop.words import Words


class IncomingCard(Card):
    """Shows one `Incoming`."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setObjectName("incoming")
        self._words = words
        self._shown: Incoming | None = None
        self.state, self.why, self.kinds = Said(), Said(), Said()
        self.add(self.state, self.why, self.kinds)
        self.retranslate(words)

    def show_incoming(self, shown: Incoming) -> None:
        """Show how it stands now."""
        self._shown = shown
        self._render()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.title.setText(words.say("incoming_title"))
        self._render()

    def _render(self) -> None:
        shown, say = self._shown, self._words.say
        if shown is None:
            return
        at = day_and_minute(shown.last)
        if shown.old == NEVER:
            self.state.tell(say("incoming_never"), "stop")
        elif shown.old:
            self.state.tell(say("incoming_old", days=shown.old, at=at), "stop")
        elif shown.last:
            self.state.tell(say("incoming_new", at=at), "ask" if shown.why else "ok")
        else:
            self.state.tell(say("incoming_not_yet"), "quiet")
        told = [f"{say('incoming_why')} {say(shown.why)}"] if shown.why else []
        if shown.refused:
            told.append(say("incoming_refused", count=shown.refused))
        self.why.tell("\n".join(told), "ask")
        self.kinds.tell(self._about(shown))

    def _about(self, shown: Incoming) -> str:
        """How much of each kind is here: recalls by themselves, the rest where there is any."""
        say, told = self._words.say, []
        for kind in shown.kinds:
            if kind.name == "recalls" or kind.count:
                word = "incoming_kind" if kind.whole else "incoming_kind_loading"
                told.append(say(word, kind=say(f"incoming_{kind.name}"), count=f"{kind.count:,}"))
        moved = max((kind.moved for kind in shown.kinds if kind.count), default="")
        if moved:
            told.append(say("incoming_moved", at=day_and_minute(moved)))
        return " · ".join(told)
