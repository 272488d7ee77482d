"""Tiles: large numbers with a word beneath, each of them a filter that is switched on and off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from desktop.theme import Theme, sans
from desktop.words import Words

_HEIGHT = 62


@dataclass(frozen=True, slots=True)
class TileSpec:
    """One tile: its name, its colour when there is something, and the group in which only one is on."""

    name: str
    tone: str
    group: str


class Tile(QAbstractButton):
    """One number; pressed, it is a filter."""

    def __init__(self, theme: Theme, spec: TileSpec) -> None:
        super().__init__()
        self._theme, self.spec = theme, spec
        self.number = 0
        self.setObjectName(f"tile_{spec.name}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(86)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Large enough to touch."""
        return QSize(120, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw number and word; a colour only where there is something."""
        colour, tone = self._theme.colour, self.spec.tone if self.number else ""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(
            QPen(QColor(colour("accent" if self.isChecked() else self._theme.edge(tone) or "line")), 1)
        )
        if self.isChecked():
            painter.setPen(QPen(QColor(colour("accent")), 2))
        ground = f"{tone}_tint" if tone else "accent_tint" if self.isChecked() else "surface"
        painter.setBrush(QColor(colour(ground)))
        painter.drawRoundedRect(side, 10, 10)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colour("accent")), 2, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(side.adjusted(3, 3, -3, -3), 8, 8)
        ink = f"{tone}_text" if tone else "text" if self.number else "quiet"
        painter.setPen(QColor(colour(ink)))
        painter.setFont(sans(22, QFont.Weight.Bold))
        painter.drawText(
            QRectF(12, 5, self.width() - 20, 32), int(Qt.AlignmentFlag.AlignVCenter), f"{self.number:,}"
        )
        painter.setFont(sans(13))
        painter.setPen(QColor(colour(ink if tone else "quiet")))
        room = QRectF(12, 35, self.width() - 18, 20)
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, round(room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()


class Tiles(QWidget):
    """A row of tiles."""

    changed = Signal()
    """A filter was switched."""

    def __init__(self, theme: Theme, words: Words, specs: Sequence[TileSpec], area: str) -> None:
        super().__init__()
        self._words, self._area = words, area
        self.tiles = {spec.name: Tile(theme, spec) for spec in specs}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        before = ""
        for tile in self.tiles.values():
            if before and tile.spec.group != before:
                row.addSpacing(10)
            before = tile.spec.group
            row.addWidget(tile)
            tile.clicked.connect(lambda _=False, tile=tile: self._press(tile))
        self.retranslate(words)

    @property
    def on(self) -> frozenset[str]:
        """Names of the tiles that are pressed."""
        return frozenset(name for name, tile in self.tiles.items() if tile.isChecked())

    def press(self, *names: str) -> None:
        """Press these and no others."""
        for name, tile in self.tiles.items():
            tile.setChecked(name in names)

    def show_numbers(self, numbers: Mapping[str, int]) -> None:
        """Show how much there is."""
        for name, number in numbers.items():
            tile = self.tiles[name]
            if tile.number != number:
                tile.number = number
                self._name(tile)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        for tile in self.tiles.values():
            self._name(tile)

    def _press(self, pressed: Tile) -> None:
        if pressed.isChecked():
            for tile in self.tiles.values():
                if tile is not pressed and tile.spec.group == pressed.spec.group:
                    tile.setChecked(False)
        self.changed.emit()

    def _name(self, tile: Tile) -> None:
        tile.setText(self._words.say(f"{self._area}_tile_{tile.spec.name}"))
        tip = self._words.say(f"{self._area}_tile_tip", what=tile.text(), number=tile.number)
        tile.setToolTip(tip)
        tile.setAccessibleName(tip)
        tile.update()
