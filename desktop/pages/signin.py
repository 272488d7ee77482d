"""The sign-in page: choose yourself, type the PIN, or scan the badge. Large enough for gloves."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.gate import Gate
from desktop.theme import Theme, sans
from desktop.widgets.glyph import Glyph
from desktop.widgets.keypad import BadgeWanted, Keypad
from desktop.widgets.scrolled import Scrolled
from desktop.words import Words
from ledger.roles import Operator, Refusal
from ledger.tiles import Tile

_COLUMNS = 2


class SignInPage(QWidget):
    """Shown while nobody works here. Everything on it can be done by keys, by touch, or by a badge."""

    def __init__(self, gate: Gate, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("signin")
        self._gate, self._theme, self._words = gate, theme, words
        self._why: tuple[str, dict[str, str]] = ("sign_in_first", {})
        self._chosen = ""
        self._badge = ""
        """The badge code that waits for its PIN."""
        self._due: Operator | None = None
        """Who has to change the PIN."""
        self._old = ""
        self._new = ""
        self._title, self._hint = QLabel(), QLabel()
        self._title.setFont(sans(26, QFont.Weight.Bold))
        self._hint.setFont(sans(15))
        self._hint.setProperty("role", "quiet")
        self._hint.setWordWrap(True)
        self._people = QGridLayout()
        self._people.setSpacing(10)
        self._group = QButtonGroup(self)
        self.tiles: dict[str, QPushButton] = {}
        self._who = QLabel()
        self._who.setFont(sans(18, QFont.Weight.DemiBold))
        self._who.setTextFormat(Qt.TextFormat.PlainText)
        self.pin = QLineEdit()
        self.pin.setObjectName("pin")
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(32)
        self.pin.setFont(sans(26))
        self.pin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pin.setMinimumHeight(56)
        self.pin.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.pin.returnPressed.connect(self._enter)
        self.pin.textEdited.connect(lambda _: self._say(""))
        self.pad = Keypad()
        self.pad.pressed.connect(self._press)
        self.by_badge = BadgeWanted(theme)
        self._problem = QLabel()
        self._problem.setObjectName("signin_problem")
        self._problem.setWordWrap(True)
        self._problem.setFont(sans(15, QFont.Weight.DemiBold))
        self._problem.setMinimumHeight(44)
        self._lay_out()
        gate.tiles_changed.connect(self._show_tiles)
        gate.refused.connect(self._refused)
        gate.pin_due.connect(self._pin_due)
        self.retranslate(words)

    @property
    def problem(self) -> str:
        """What is said of the last attempt."""
        return self._problem.text()

    @property
    def _tile(self) -> Tile | None:
        """Whoever is chosen."""
        return next((one for one in self._gate.tiles if one.id == self._chosen), None)

    @property
    def _types(self) -> bool:
        """Whether a PIN can be typed: not by whoever has none."""
        return self._due is not None or self._tile is None or self._tile.pin

    def begin(self, why: str) -> None:
        """Ask somebody to sign in, and say why."""
        self._why, self._due, self._badge = (why, {}), None, ""
        self._say("")
        self.pin.clear()
        self._show_tiles()
        self._render()
        self.rest()

    def rest(self) -> None:
        """Put the focus where the next key belongs."""
        tile = self.tiles.get(self._chosen)
        (self.pin if self._types or tile is None else tile).setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._show_tiles()
        self._render()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrows walk over the tiles; digits go to the PIN from wherever they are typed."""
        text = event.text()
        if text.isdigit() and text.isascii():
            if self._types:
                self.pin.setFocus(Qt.FocusReason.OtherFocusReason)
                self.pin.insert(text)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Left):
            self._walk(-1)
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Right):
            self._walk(1)
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(10)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(Glyph("lock", self._theme.colour("accent"), 34))
        head.addWidget(self._title, 1)
        left.addLayout(head)
        left.addWidget(self._hint)
        left.addSpacing(6)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(3, 3, 9, 3)
        column.addLayout(self._people)
        column.addStretch(1)
        left.addWidget(Scrolled(inner, "signin_scroll", "signin_people"), 1)
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(380)
        right = QVBoxLayout(card)
        right.setContentsMargins(22, 22, 22, 18)
        right.setSpacing(12)
        right.addWidget(self._who)
        right.addWidget(self.pin)
        right.addWidget(self._problem)
        right.addWidget(self.pad)
        right.addWidget(self.by_badge)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(48, 36, 48, 36)
        row.setSpacing(36)
        row.addLayout(left, 1)
        row.addWidget(card)

    def _press(self, name: str) -> None:
        self.pin.setFocus(Qt.FocusReason.OtherFocusReason)
        if name == "back":
            self.pin.backspace()
        elif name == "enter":
            self._enter()
        else:
            self.pin.insert(name)
            self._say("")

    def _walk(self, by: int) -> None:
        names = list(self.tiles)
        if names:
            here = names.index(self._chosen) if self._chosen in names else -by
            self._choose(names[(here + by) % len(names)])

    @Slot()
    def _show_tiles(self) -> None:
        if not self._due and self._gate.tiles and self._chosen not in {tile.id for tile in self._gate.tiles}:
            self._chosen = self._gate.tiles[0].id
        for button in self.tiles.values():
            self._people.removeWidget(button)
            button.deleteLater()
        self.tiles = {}
        for place, tile in enumerate(self._gate.tiles):
            button = self._button(tile)
            self._people.addWidget(button, *divmod(place, _COLUMNS))
            self.tiles[tile.id] = button
        self._render()

    def _button(self, tile: Tile) -> QPushButton:
        say = self._words.say
        roles = say("list_comma").join(say(f"role_{role}") for role in sorted(tile.roles))
        state = ""
        if tile.barred is not None:
            state = self._words.problem(tile.barred)
        elif tile.locked:
            state = say("person_state_locked")
        elif not tile.pin:
            roles = say("signin_tile_badge" if tile.badge else "signin_tile_none", roles=roles)
        button = QPushButton()
        button.setProperty("role", "tile")
        button.setObjectName(f"tile_{tile.id}")
        button.setCheckable(True)
        button.setChecked(tile.id == self._chosen)
        button.setMinimumHeight(74)
        button.setText(f"{_plain(tile.name)}\n{state or roles}")
        button.setAccessibleName(f"{tile.name} {roles} {state}")
        button.clicked.connect(lambda _=False, name=tile.id: self._choose(name))
        self._group.addButton(button)
        return button

    def _choose(self, person_id: str) -> None:
        if self._due is not None:
            return
        self._chosen, self._badge = person_id, ""
        self.tiles[person_id].setChecked(True)
        self.pin.clear()
        self._say("")
        self._render()
        self.rest()

    @Slot()
    def _enter(self) -> None:
        typed = self.pin.text()
        if not typed or self._gate.busy:
            return
        if self._due is not None:
            self._step_of_change(self._due, typed)
        elif self._badge:
            self._old = typed
            self._gate.by_badge(self._badge, typed)
        elif self._chosen:
            self._old = typed
            self._gate.by_pin(self._chosen, typed)
        else:
            self._say("choose_yourself")
            return
        self.pin.clear()
        self._render()

    def _step_of_change(self, who: Operator, typed: str) -> None:
        if not self._new:
            self._new = typed
        elif self._new != typed:
            self._new = ""
            self._say("pin_differs")
        else:
            new, self._new = self._new, ""
            self._gate.change_pin(who.id, self._old, new)

    @Slot(object)
    def _pin_due(self, who: Operator) -> None:
        self._due, self._new = who, ""
        self._say("")
        self._render()
        self.rest()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        params = dict(refusal.params)
        if refusal.code == "badge_pin_wanted" and "badge" in params:
            self._badge, self._chosen = params.pop("badge"), params["person"]
            if self._chosen in self.tiles:
                self.tiles[self._chosen].setChecked(True)
        beside = refusal.code == "badge_pin_wanted" and not self._types
        self._say("badge_pin_none" if beside else refusal.code, **params)
        self._render()
        self.rest()

    def _say(self, code: str, **params: str) -> None:
        self._problem.setText(self._words.say(code, **params) if code else "")

    def _render(self) -> None:
        say = self._words.say
        self._title.setText(say("signin_title"))
        self._hint.setText(say(f"signin_{self._why[0]}" if self._gate.tiles else "signin_nobody"))
        tile = self._tile
        if self._due is not None:
            self._who.setText(say("pin_new_again" if self._new else "pin_new"))
        else:
            self._who.setText(say("pin_of", person=_plain(tile.name)) if tile else say("pin"))
        self.pin.setPlaceholderText(say("pin_placeholder"))
        self.pin.setAccessibleName(self._who.text())
        self.pad.retranslate(self._words)
        for part in (self.pin, self.pad):
            part.setVisible(self._types)
        self.by_badge.setVisible(not self._types)
        if tile is not None and not self._types:
            self._who.setText(_plain(tile.name))
            self.by_badge.say(say("signin_by_badge" if tile.badge else "signin_no_way"))


def _plain(name: str) -> str:
    return name.replace("&", "&&")
