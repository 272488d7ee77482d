"""The looks: text that can be read, icons that are drawings, a style sheet that names every colour."""

from __future__ import annotations

import re
from dataclasses import asdict
from importlib.resources import files

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo, QFontMetrics, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from desktop.icons import icon
from desktop.theme import LIGHT, MONO, PALETTES, Palette, Theme, mono, sans
from desktop.verdict import Level
from desktop.widgets.looks import LOOKS

_LEVELS = ("ok", "ask", "stop", "repeated", "held")
PAIRS = [
    ("text", "ground"),
    ("text", "surface"),
    ("text", "sunken"),
    ("text", "chosen"),
    ("quiet", "ground"),
    ("quiet", "surface"),
    ("quiet", "sunken"),
    ("off", "surface"),
    ("off", "sunken"),
    ("accent", "surface"),
    ("on_accent", "accent"),
    ("on_shade", "shade"),
    ("on_receive", "receive"),
    ("on_dispense", "dispense"),
    ("text", "accent_tint"),
    ("quiet", "accent_tint"),
    ("ok_text", "accent_tint"),
    *((f"on_{level}", level) for level in _LEVELS),
    *((f"{level}_text", f"{level}_tint") for level in _LEVELS),
    *((f"{level}_text", "surface") for level in _LEVELS),
    *(("text", f"{level}_tint") for level in _LEVELS),
    *(("quiet", f"{level}_tint") for level in _LEVELS),
]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(colour: str) -> float:
        parts = []
        for at in (1, 3, 5):
            share = int(colour[at : at + 2], 16) / 255
            parts.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(palette: Palette, ink: str, ground: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 4.5


def test_levels_differ_by_icon_not_by_colour_alone() -> None:
    assert set(LOOKS) == set(Level)
    of_sign: dict[str, set[str]] = {}
    for colour, sign in LOOKS.values():
        of_sign.setdefault(sign, set()).add(colour)
    assert all(len(colours) == 1 for colours in of_sign.values()), "a sign means one thing"
    assert len(of_sign) >= len({colour for colour, _ in LOOKS.values()}), "no colour is told by colour alone"


def test_the_style_sheet_names_only_colours_of_the_palette() -> None:
    sheet = (files("resources") / "style" / "window.qss").read_text("utf-8")
    assert set(re.findall(r"\$(\w+)", sheet)) <= set(asdict(LIGHT))
    assert not re.findall(r"#[0-9a-fA-F]{6}\b", sheet), "a colour that no other theme could change"


def test_every_icon_is_a_drawing_in_the_wanted_colour(qapp: object) -> None:
    names = [entry.name.removesuffix(".svg") for entry in (files("resources") / "icons").iterdir()]
    assert len(names) > 20
    for name in names:
        text = (files("resources") / "icons" / f"{name}.svg").read_text("utf-8")
        assert "currentColor" in text, name
        assert QSvgRenderer(text.encode()).isValid(), name
        picture = icon(name, "#ff0000", 24).pixmap(24, 24).toImage()
        inks = {
            QColor(picture.pixelColor(x, y)).name()
            for x in range(picture.width())
            for y in range(picture.height())
            if picture.pixelColor(x, y).alpha() == 255
        }
        assert inks == {"#ff0000"}, name


def test_the_type_falls_back_to_a_family_that_is_there(theme: Theme) -> None:
    assert QFontInfo(sans(20)).pixelSize() == 20
    assert QFontInfo(sans(20)).family()


def test_a_nought_in_a_code_is_no_letter(qapp: object) -> None:
    """A lot is read aloud and typed again from the screen: what tells the two apart stands in the middle of 0."""
    if not set(MONO[:-2]) & set(QFontDatabase.families()):
        pytest.skip("no family for codes is installed that tells 0 from O")

    def ink(sign: str) -> int:
        font = mono(48)
        drawn = QImage(60, 60, QImage.Format.Format_Grayscale8)
        drawn.fill(Qt.GlobalColor.white)
        painter = QPainter(drawn)
        painter.setFont(font)
        painter.drawText(drawn.rect(), int(Qt.AlignmentFlag.AlignCenter), sign)
        painter.end()
        middle = QFontMetrics(font).tightBoundingRect(sign)
        middle.moveCenter(drawn.rect().center())
        across, down = middle.width() // 6, middle.height() // 6
        middle = middle.adjusted(2 * across, 2 * down, -2 * across, -2 * down)
        places = [
            (x, y) for x in range(middle.left(), middle.right()) for y in range(middle.top(), middle.bottom())
        ]
        return sum(drawn.pixelColor(x, y).lightness() < 128 for x, y in places)

    assert ink("0") > 10
    assert ink("O") == 0
