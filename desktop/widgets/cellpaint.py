"""How the cells of lists are painted: by hand, because a style sheet costs five times as much a cell."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.cell import Cell
from desktop.icons import icon
from desktop.theme import Theme

PAD, SIGN = 11, 16
"""Room before a cell's text, and the side of a sign before it, in pixels."""
TWO_LINES = 56
"""Height of a row whose cells have two lines."""
_FITTED = 4_000
_ROUND = 4.0
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class CellPaint(QStyledItemDelegate):
    """Paints ground, signs and words of cells in the colours of the palette that is worn."""

    def __init__(self, theme: Theme, fonts: Mapping[str, QFont], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fonts = dict(fonts)
        self._metrics = {name: QFontMetrics(font) for name, font in self._fonts.items()}
        self._worn: object = None
        self._inks: dict[str, QColor] = {}
        self._cut: dict[tuple[str, str, int], str] = {}

    def ink(self, name: str) -> QColor:
        """A colour of the palette that is worn now."""
        if self._worn is not self._theme.palette:
            self._worn, self._inks = self._theme.palette, {}
        ink = self._inks.get(name)
        if ink is None:
            ink = self._inks[name] = QColor(self._theme.colour(name))
        return ink

    def ground(self, painter: QPainter, option: QStyleOptionViewItem, tint: str = "") -> QRect:
        """Paint what a cell stands on, chosen or in `tint`, and the line below; the room that is left for it."""
        room = QRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            tint = "chosen"
        if tint:
            painter.fillRect(room, self.ink(tint))
        painter.setPen(self.ink("ground"))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        return room.adjusted(PAD, 0, -6, -1)

    def edge(self, painter: QPainter, option: QStyleOptionViewItem, tone: str) -> None:
        """Paint the left edge of an alarming row."""
        room = option.rect
        painter.fillRect(QRect(room.left(), room.top(), 4, room.height() - 1), self.ink(tone))

    def fetching(self, painter: QPainter, room: QRect) -> None:
        """Paint the faint bar of what is not there yet."""
        bar = QRectF(room.left(), room.center().y() - 4, min(room.width() * 0.6, 120), 8)
        painter.fillRect(bar, self.ink("sunken"))

    def cell(self, painter: QPainter, room: QRect, cell: Cell) -> None:
        """Paint a cell: its pill, its sign, its text."""
        room = QRect(room)
        if cell.tone:
            wide = self.width(cell.text, cell.type) + 16 + (SIGN + 6 if cell.sign else 0)
            pill = QRectF(room.left() - 6, room.center().y() - 12, min(wide, room.width() + 6), 25)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self.ink(self._theme.edge(cell.tone)))
            painter.setBrush(self.ink(f"{cell.tone}_tint"))
            painter.drawRoundedRect(pill, 7, 7)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            room.adjust(2, 0, 0, 0)
        if cell.sign:
            self.sign(painter, room, cell.sign, cell.ink)
        if cell.right:
            room.adjust(0, 0, -8, 0)
        self.write(painter, room, cell.text, cell.type, cell.ink, right=cell.right)

    def two_lines(self, painter: QPainter, room: QRect, cell: Cell, below: str) -> None:
        """Paint a cell with a quiet line below it, in the font `small`."""
        self.cell(painter, QRect(room.left(), room.top() + 6, room.width(), 24), cell)
        lower = QRect(room.left(), room.top() + 29, room.width(), 20)
        self.write(painter, lower, below, "small", "quiet")

    def sign(self, painter: QPainter, room: QRect, name: str, ink: str) -> None:
        """Paint a sign at the left of the room and take its width from it."""
        drawn = icon(name, self._theme.colour(ink), SIGN)
        drawn.paint(painter, room.left(), room.center().y() + 1 - SIGN // 2, SIGN, SIGN)
        room.adjust(SIGN + 6, 0, 0, 0)

    def write(
        self, painter: QPainter, room: QRect, text: str, kind: str, ink: str, *, right: bool = False
    ) -> None:
        """Write the text as it fits, in one of the fonts; a code loses its middle, words their end."""
        painter.setPen(self.ink(ink))
        painter.setFont(self._fonts[kind])
        painter.drawText(room, _RIGHT if right else _LEFT, self._fitted(text, kind, room.width()))

    def bar(self, painter: QPainter, track: QRectF, share: float, ink: str) -> None:
        """Paint a bar that is full to this share, 0 to 1."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.ink("line"))
        painter.setBrush(self.ink("track"))
        painter.drawRoundedRect(track, _ROUND, _ROUND)
        painter.setPen(Qt.PenStyle.NoPen)
        if share > 0:
            painter.setBrush(self.ink(ink))
            wide = max(2 * _ROUND, track.width() * min(1.0, share))
            painter.drawRoundedRect(QRectF(track.topLeft(), QSizeF(wide, track.height())), _ROUND, _ROUND)
        painter.restore()

    def width(self, text: str, kind: str) -> int:
        """How wide the whole text stands in one of the fonts, in pixels."""
        return self._metrics[kind].horizontalAdvance(text)

    def _fitted(self, text: str, kind: str, width: int) -> str:
        """The text as it fits: measuring costs as much as painting."""
        key = (text, kind, width)
        fitted = self._cut.get(key)
        if fitted is None:
            if len(self._cut) > _FITTED:
                self._cut.clear()
            mode = Qt.TextElideMode.ElideMiddle if kind == "mono" else Qt.TextElideMode.ElideRight
            fitted = self._cut[key] = self._metrics[kind].elidedText(text, mode, width)
        return fitted
