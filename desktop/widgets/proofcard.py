"""The card that proves a pack's records: how far the chain has been checked, and what it said."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from desktop.story import Teller
from desktop.theme import Theme, mono
from desktop.widgets.glyph import Glyph
from desktop.words import Words
from ledger.chainproof import Proof

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse


class ProofCard(QFrame):
    """What proves the pack's records."""

    again = Signal()
    """Check once more."""
    stop = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._running = False
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._sign = Glyph("wait", theme.colour("quiet"), 20)
        self._theme = theme
        self.said = QLabel()
        self.said.setObjectName("proof_said")
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setTextInteractionFlags(_SELECTABLE)
        self._hash = QLabel()
        self._hash.setFont(mono(12))
        self._hash.setWordWrap(True)
        self._hash.setTextInteractionFlags(_SELECTABLE)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(10)
        self._button = QPushButton()
        self._button.setMinimumHeight(40)
        self._button.clicked.connect(self._press)
        top = QHBoxLayout()
        top.addWidget(self._sign)
        top.addWidget(self._title, 1)
        top.addWidget(self._button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 12, 14)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self.said)
        column.addWidget(self._hash)

    def _press(self) -> None:
        (self.stop if self._running else self.again).emit()

    def show_proof(self, proof: Proof, teller: Teller, words: Words) -> None:
        """Show how far it is."""
        self._running = not proof.done
        say = words.say
        self._title.setText(say("history_proof"))
        self._button.setText(say("history_proof_stop" if self._running else "history_proof_again"))
        self._bar.setVisible(self._running)
        total = max(1, proof.head - proof.first + 1)
        self._bar.setRange(0, total)
        self._bar.setValue(max(0, proof.seq - proof.first + 1))
        told = teller.proof(proof)
        holds = proof.done and proof.fault is None
        sign, ink = (
            ("check", "ok_text") if holds else ("stop", "stop_text") if proof.fault else ("wait", "quiet")
        )
        self._sign.show_icon(sign, self._theme.colour(ink))
        self.said.setText("\n".join((told[0], told[2]) if holds else told))
        self.said.setProperty("tone", "stop" if proof.fault else "")
        self.said.style().polish(self.said)
        digest = proof.hash.hex()
        self._hash.setText(" ".join(digest[start : start + 16] for start in range(0, 64, 16)))
        self._hash.setVisible(holds)
