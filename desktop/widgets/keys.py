"""The keys on one sheet, over the page and gone with the next key: scanning goes on beneath it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.widgets.cover import Cover
from desktop.words import Words

KEYS = (
    ("F2", "key_receive"),
    ("F3", "key_dispense"),
    ("F10", "key_tasks"),
    ("F12", "key_paper"),
    ("Ctrl+Enter", "key_finish"),
    ("Ctrl+B", "key_board"),
    ("Ctrl+Z", "key_undo"),
    ("Ctrl+D / Ctrl+T", "key_damaged"),
    ("Ctrl+E", "key_card"),
    ("F4 / Ctrl+K", "key_entry"),
    ("Ctrl+G", "key_goods"),
    ("1 – 9", "key_reason"),
    ("Enter", "key_confirm"),
    ("Esc", "key_escape"),
    ("F6", "key_label"),
    ("F7", "key_question"),
    ("↑ ↓ Enter", "key_list"),
    ("F5", "key_deliver"),
    ("F8", "key_camera"),
    ("F9", "key_sound"),
    ("F11", "key_lock"),
    ("Ctrl+R", "key_print_label"),
    ("Ctrl+P", "key_palette"),
    ("Ctrl+H / Ctrl+O", "key_beside"),
    ("Ctrl+L", "key_language"),
    ("Ctrl+N", "key_new"),
    ("F1", "key_help"),
    ("Ctrl+Q", "key_quit"),
)


AT_THE_DOOR = frozenset({"F1", "F9", "Enter", "Ctrl+L", "Ctrl+Q"})
"""The keys that do something while nobody works here yet."""
DOOR = frozenset({"opening", "first", "signin", "restoring"})
"""What is shown before the work."""
HINTS = (
    ("F10", "hint_tasks"),
    ("F12", "hint_paper"),
    ("Ctrl+G", "hint_goods"),
    ("Ctrl+Z", "hint_undo"),
    ("Ctrl+N", "hint_new"),
    ("F1", "hint_all"),
)


class KeyHints(QWidget):
    """The few keys of the day, always in sight."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 0, 0, 2)
        grid.setVerticalSpacing(7)
        self._sentences: list[QLabel] = []
        for place, (key, _) in enumerate(HINTS):
            cap, sentence = QLabel(key), QLabel()
            cap.setProperty("role", "key")
            sentence.setProperty("role", "quiet")
            pair = QHBoxLayout()
            pair.setSpacing(8)
            pair.addWidget(cap)
            pair.addWidget(sentence, 1)
            grid.addLayout(pair, *divmod(place, 2))
            self._sentences.append(sentence)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.retranslate(words)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        for sentence, (_, code) in zip(self._sentences, HINTS, strict=True):
            sentence.setText(words.say(code))


_ABOUT = 720
"""Width of the sentences about a page."""


class KeySheet(Cover):
    """All keys and what they do, on a card before the dimmed page."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent, QColor(0, 0, 0, 90))
        self._card = QFrame(self)
        self._card.setObjectName("keys")
        self._title = QLabel()
        self._title.setObjectName("keys_title")
        self._about_title, self._about = QLabel(), QLabel()
        self._about_title.setObjectName("keys_title")
        self._about.setWordWrap(True)
        self._about.setFixedWidth(_ABOUT)
        self._page = "work"
        self._note = QLabel()
        self._note.setProperty("role", "quiet")
        self._note.setWordWrap(True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnMinimumWidth(2, 28)
        self._rows: list[tuple[QLabel, QLabel]] = []
        for key, _ in KEYS:
            cap = QLabel(key, self._card)
            cap.setProperty("role", "key")
            cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._rows.append((cap, QLabel(self._card)))
        self._placed = 0
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(36, 20, 36, 18)
        inside.setSpacing(10)
        inside.addWidget(self._about_title)
        inside.addWidget(self._about)
        inside.addWidget(self._title)
        inside.addLayout(self._grid)
        inside.addWidget(self._note)
        self.middle(self._card)
        self.retranslate(words)
        self.hide()

    def show_page(self, name: str) -> None:
        """Tell of this page what it is for."""
        self._page = name
        self.retranslate(self._words)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        door = self._page in DOOR
        self._about_title.setText(words.say(f"door_{self._page}" if door else f"page_{self._page}"))
        self._about.setText(words.say(f"help_{self._page}"))
        self._about.setMinimumHeight(self._about.heightForWidth(_ABOUT))
        self._title.setText(words.say("keys_title"))
        self._note.setText(words.say("keys_note"))
        self._note.setVisible(not door)
        for (_, sentence), (_, code) in zip(self._rows, KEYS, strict=True):
            sentence.setText(words.say(code))
        self._place([row for row in self._rows if not door or row[0].text() in AT_THE_DOOR])
        self.setAccessibleName(words.say("keys_title"))

    def _place(self, shown: list[tuple[QLabel, QLabel]]) -> None:
        """Put these into two columns, and the others out of sight."""
        if len(shown) == self._placed:
            return
        self._placed, half = len(shown), (len(shown) + 1) // 2
        for part in (part for row in self._rows for part in row):
            self._grid.removeWidget(part)
            part.hide()
        for place, row in enumerate(shown):
            for beside, part in enumerate(row):
                self._grid.addWidget(part, place % half, (0 if place < half else 3) + beside)
                part.show()
