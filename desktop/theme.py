"""How the window looks: a palette of named colours, the type, and the style sheet made from both.

Every colour is named by what it means, never by what it is; another theme is another palette with the same names.
Text on its ground has a contrast of at least 4.5 : 1 (WCAG 2.2, 1.4.3), which a test holds all palettes against.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from importlib.resources import files
from string import Template
from types import MappingProxyType

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

SANS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "Segoe UI",
    "Noto Sans",
    "DejaVu Sans",
)
"""Families for all text; Qt takes the first that is there. The SC forms matter: 骨, 直, 门 differ in JP and TC."""
MONO = (
    *{"win32": ("Cascadia Mono", "Consolas"), "darwin": ("Menlo",)}.get(sys.platform, ("DejaVu Sans Mono",)),
    "Noto Sans Mono CJK SC",
    "monospace",
)
"""Families for codes: digits of one width, 0 told from O, which the Chinese family does not do: it comes later. Those
of other systems are left out: looking for one that is not there costs the first window a tenth of a second."""
_MONO_SHARE, _MONO_LEAST = 0.94, 13
"""Their digits stand larger than the words beside them, unless they are made smaller by this; not below so many
pixels."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours by meaning."""

    ground: str
    """Behind everything."""
    surface: str
    """Cards, tables, fields."""
    sunken: str
    """Table heads, empty places."""
    line: str
    """Borders."""
    track: str
    """The part of a bar that is not full."""
    off: str
    """Text of what cannot be pressed now."""
    off_line: str
    """Border of what cannot be pressed now."""
    text: str
    quiet: str
    """Text that explains."""
    accent: str
    """What can be pressed and what has the focus."""
    on_accent: str
    accent_tint: str
    receive: str
    on_receive: str
    dispense: str
    on_dispense: str
    ok: str
    on_ok: str
    ok_tint: str
    ok_text: str
    ask: str
    on_ask: str
    ask_tint: str
    ask_text: str
    ask_line: str
    """Borders of what asks: its own colour is too pale for a line on white."""
    stop: str
    on_stop: str
    stop_tint: str
    stop_text: str
    repeated: str
    on_repeated: str
    repeated_tint: str
    repeated_text: str
    held: str
    on_held: str
    held_tint: str
    held_text: str
    chosen: str
    """Ground of the chosen row."""
    shade: str
    """Behind the camera's picture."""
    on_shade: str


LIGHT = Palette(
    ground="#edf0f3",
    surface="#ffffff",
    sunken="#f5f7f9",
    line="#d5dbe1",
    track="#d5dbe1",
    off="#63707d",
    off_line="#e3e8ec",
    text="#17212b",
    quiet="#55626f",
    accent="#1f5fa8",
    on_accent="#ffffff",
    accent_tint="#e6eff9",
    receive="#1f5fa8",
    on_receive="#ffffff",
    dispense="#6a3d9a",
    on_dispense="#ffffff",
    ok="#0f7b3e",
    on_ok="#ffffff",
    ok_tint="#e7f4ec",
    ok_text="#0b6431",
    ask="#f5b301",
    on_ask="#2a1e00",
    ask_tint="#fff5d9",
    ask_text="#7a4f00",
    ask_line="#f5b301",
    stop="#b42318",
    on_stop="#ffffff",
    stop_tint="#fdecea",
    stop_text="#a11b11",
    repeated="#475a6c",
    on_repeated="#ffffff",
    repeated_tint="#e9eef2",
    repeated_text="#3b4c5c",
    held="#9a4b00",
    on_held="#ffffff",
    held_tint="#fdf0e3",
    held_text="#8a4300",
    chosen="#dce9f8",
    shade="#1d262f",
    on_shade="#e8edf2",
)

DARK = replace(
    LIGHT,
    ground="#12181f",
    surface="#1b232c",
    sunken="#202a34",
    line="#3a4754",
    track="#3a4754",
    off="#8b98a6",
    off_line="#2a3541",
    text="#eef2f6",
    quiet="#a9b6c3",
    accent="#6cb2ff",
    on_accent="#06182b",
    accent_tint="#1c3350",
    receive="#6cb2ff",
    on_receive="#06182b",
    dispense="#c39bf0",
    on_dispense="#1d0b33",
    ok="#1b8246",
    ok_tint="#15301f",
    ok_text="#7fdca2",
    ask_tint="#3a2d08",
    ask_text="#ffd15c",
    stop="#cf3427",
    stop_tint="#3d1613",
    stop_text="#ff9d94",
    repeated="#5c7186",
    repeated_tint="#26313c",
    repeated_text="#c3d2e0",
    held="#a85a12",
    held_tint="#38230d",
    held_text="#ffb877",
    chosen="#243f5f",
    shade="#05080b",
)
"""For dim rooms and night shifts."""

CONTRAST = replace(
    LIGHT,
    ground="#ffffff",
    sunken="#ffffff",
    line="#000000",
    track="#e4e4e4",
    off="#666666",
    off_line="#b4b4b4",
    text="#000000",
    quiet="#1f1f1f",
    accent="#00318f",
    accent_tint="#e3ecff",
    receive="#00318f",
    dispense="#4b0082",
    ok="#00551f",
    ok_tint="#ffffff",
    ok_text="#00451a",
    ask="#ffc400",
    on_ask="#000000",
    ask_tint="#ffffff",
    ask_text="#5c3a00",
    ask_line="#8a5a00",
    stop="#9b0000",
    stop_tint="#ffffff",
    stop_text="#8a0000",
    repeated="#26333f",
    repeated_tint="#ffffff",
    repeated_text="#1b262f",
    held="#6e3300",
    held_tint="#ffffff",
    held_text="#632e00",
    chosen="#d7e6ff",
    shade="#000000",
    on_shade="#ffffff",
)
"""For weak eyes and bright light: black on white, and lines that are lines."""

PALETTES = MappingProxyType({"light": LIGHT, "dark": DARK, "contrast": CONTRAST})
"""By the names of the setting `look.theme`."""


class Theme:
    """A palette put on the application."""

    def __init__(self, palette: Palette = LIGHT) -> None:
        self.palette = palette

    def colour(self, name: str) -> str:
        """The colour of a meaning, `#rrggbb`."""
        value: str = getattr(self.palette, name)
        return value

    @staticmethod
    def edge(tone: str) -> str:
        """The name of the colour of a line in this tone."""
        return "ask_line" if tone == "ask" else tone

    def apply(self, app: QApplication) -> None:
        """Set style, colours and type of the whole application."""
        app.setStyle("Fusion")
        colours = self.palette
        palette = QPalette()
        for role, value in (
            (QPalette.ColorRole.Window, colours.ground),
            (QPalette.ColorRole.WindowText, colours.text),
            (QPalette.ColorRole.Base, colours.surface),
            (QPalette.ColorRole.AlternateBase, colours.sunken),
            (QPalette.ColorRole.Text, colours.text),
            (QPalette.ColorRole.PlaceholderText, colours.quiet),
            (QPalette.ColorRole.Button, colours.surface),
            (QPalette.ColorRole.ButtonText, colours.text),
            (QPalette.ColorRole.Highlight, colours.accent),
            (QPalette.ColorRole.HighlightedText, colours.on_accent),
            (QPalette.ColorRole.ToolTipBase, colours.text),
            (QPalette.ColorRole.ToolTipText, colours.surface),
            (QPalette.ColorRole.Link, colours.accent),
        ):
            palette.setColor(role, QColor(value))
        app.setPalette(palette)
        app.setFont(sans(14))
        app.setStyleSheet(_style_sheet().substitute(asdict(colours)))


@lru_cache(maxsize=1)
def _style_sheet() -> Template:
    return Template((files("resources") / "style" / "window.qss").read_text("utf-8"))


def sans(pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The type for text, in pixels of height."""
    font = QFont(list(SANS))
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font


def mono(pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The type for codes, as large to the eye as words of so many pixels of height."""
    font = QFont(list(MONO))
    font.setPixelSize(max(min(pixels, _MONO_LEAST), round(pixels * _MONO_SHARE)))
    font.setWeight(weight)
    return font
