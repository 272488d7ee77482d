"""The top of the window: name, task switch, where and who, and the tools that are always at hand."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from desktop.icons import icon
from desktop.theme import Theme, sans
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.widgets.tasks import TaskSwitch
from desktop.words import Words

_TOOLS = ("lock", "language", "sound", "help")


class Header(QFrame):
    """Shows; what is pressed it announces by name."""

    pressed = Signal(str)
    """`lock`, `language`, `sound` or `help`."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setFixedHeight(66)
        self._theme, self._words = theme, words
        self._site_name, self._operator_name = "", ""
        self._sound_on = True
        self.tasks = TaskSwitch(theme, words)
        brand = QLabel("TraceDesk")
        brand.setFont(sans(18, QFont.Weight.Bold))
        brand.setObjectName("brand")
        self._site, self._operator = Elided(), Elided()
        self._site.setObjectName("site")
        self._operator.setObjectName("operator")
        self._operator.setProperty("role", "quiet")
        for line in (self._site, self._operator):
            line.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        who = QVBoxLayout()
        who.setSpacing(0)
        who.addStretch(1)
        who.addWidget(self._site)
        who.addWidget(self._operator)
        who.addStretch(1)
        self.tools = {name: self._tool(name) for name in _TOOLS}
        self.tools["lock"].setIcon(icon("lock", theme.colour("quiet"), 22))
        self.tools["lock"].hide()
        self.tools["help"].setIcon(icon("keyboard", theme.colour("quiet"), 22))
        self.tools["help"].setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(10)
        row.addWidget(Glyph("scan", theme.colour("accent"), 28))
        row.addWidget(brand)
        row.addSpacing(18)
        row.addWidget(self.tasks)
        row.addLayout(who, 1)
        row.addSpacing(8)
        for tool in self.tools.values():
            row.addWidget(tool)
        self.show_sound(on=True)
        self.retranslate(words)

    def show_site(self, site: str) -> None:
        """Say where."""
        self._site_name = site
        self._render_who()

    def show_operator(self, name: str, *, lockable: bool) -> None:
        """Say who works here; empty for nobody."""
        self._operator_name = name
        self.tools["lock"].setVisible(lockable)
        self._render_who()

    def show_sound(self, *, on: bool) -> None:
        """Say whether sounds are on."""
        self._sound_on = on
        self.tools["sound"].setIcon(icon("sound" if on else "mute", self._theme.colour("quiet"), 22))
        self._render_tools()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.tasks.retranslate(words)
        self._render_tools()
        self._render_who()

    def _tool(self, name: str) -> QToolButton:
        tool = QToolButton()
        tool.setObjectName(name)
        tool.setProperty("role", "tool")
        tool.setIconSize(QSize(22, 22))
        tool.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tool.clicked.connect(lambda: self.pressed.emit(name))
        return tool

    def _render_tools(self) -> None:
        say = self._words.say
        for name, text, tip in (
            ("language", say("language_other"), say("language_tip")),
            ("sound", "", say("sound_turn_off" if self._sound_on else "sound_turn_on")),
            ("help", "F1", say("keys_title")),
            ("lock", "", say("lock_tip")),
        ):
            tool = self.tools[name]
            tool.setText(text)
            tool.setToolTip(tip)
            tool.setAccessibleName(tip)

    def _render_who(self) -> None:
        say, operator = self._words.say, self._operator_name
        self._site.setText(self._site_name or say("site_unnamed"))
        self._operator.setText(say("operator", operator=operator) if operator else "")
        self._operator.setVisible(bool(operator))
