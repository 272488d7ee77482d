"""The life of a pack as a line of time: what happened, when, by whom, what became of the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.icons import drawing, icon
from desktop.story import Line
from desktop.theme import Theme, mono, sans
from desktop.words import Words

_Index = QModelIndex | QPersistentModelIndex
_WHEN, _RAIL, _END = 118, 44, 190
_TOP, _GAP, _TITLE, _SMALL = 11, 3, 24, 20
_WRAP = int(Qt.TextFlag.TextWordWrap)
DELIVERY = {
    "delivery_pending": ("wait", "quiet"),
    "delivery_sent": ("outbox", "accent"),
    "delivery_accepted": ("check", "ok_text"),
    "delivery_parked": ("fault", "stop_text"),
    "story_elsewhere": ("cloud", "accent"),
}


class Chapters(QAbstractListModel):
    """The lines of the story, the latest first."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these."""
        if tuple(lines) == self.lines:
            return
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """How many."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A line as one sentence, for whoever cannot see it."""
        if not index.isValid() or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        line = self.lines[index.row()]
        return " · ".join((f"{line.day} {line.time}", line.title, *line.details, *line.remarks))


class _Painter(QStyledItemDelegate):
    """Paints one chapter."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.words = Words()
        self._title, self._small, self._code = sans(16, QFont.Weight.DemiBold), sans(14), mono(13)
        self._of_small = QFontMetrics(self._small)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802
        """As tall as its words at this width."""
        view = self.parent()
        assert isinstance(view, QListView)
        width = view.viewport().width()
        line = self._line(index)
        height = _TOP + _TITLE + _GAP + self._height(self._joined(line), width)
        height += sum(self._height(remark, width) for remark in line.remarks)
        return QSize(width, max(height + _TOP, 62))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw it."""
        line, colour = self._line(index), self._theme.colour
        room = QRect(option.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, QColor(colour("chosen")))
        middle = room.left() + _WHEN + _RAIL / 2
        top, bottom = room.top(), room.bottom() + 1
        sign = room.top() + _TOP + 14
        painter.setPen(QPen(QColor(colour("line")), 2))
        last = index.row() == index.model().rowCount() - 1
        painter.drawLine(
            QPointF(middle, sign if index.row() == 0 else top), QPointF(middle, sign if last else bottom)
        )
        self._sign(painter, line, middle, sign)
        painter.setFont(self._title)
        painter.setPen(QColor(colour("text")))
        painter.drawText(QRect(room.left() + 16, room.top() + _TOP, _WHEN - 12, _TITLE), _LEFT, line.day[5:])
        painter.setFont(self._code)
        painter.setPen(QColor(colour("quiet")))
        under = QRect(room.left() + 16, room.top() + _TOP + _TITLE, _WHEN - 12, _SMALL)
        painter.drawText(under, _LEFT, f"{line.time[:5]}  {line.day[:4]}")
        self._words(painter, room, line)
        self._record(painter, room, line)

    def _sign(self, painter: QPainter, line: Line, middle: float, y: float) -> None:
        colour = self._theme.colour
        tint = {"receive": "accent_tint", "dispense": "accent_tint", "quiet": "sunken"}.get(
            line.tone, f"{line.tone}_tint"
        )
        ink = {"receive": "receive", "dispense": "dispense", "quiet": "quiet"}.get(
            line.tone, f"{line.tone}_text"
        )
        painter.setPen(QPen(QColor(colour(ink)), 1.5))
        painter.setBrush(QColor(colour(tint)))
        painter.drawEllipse(QPointF(middle, y), 15, 15)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        drawing(line.sign, colour(ink)).render(painter, QRectF(middle - 8.5, y - 8.5, 17, 17))

    def _words(self, painter: QPainter, room: QRect, line: Line) -> None:
        colour = self._theme.colour
        left = room.left() + _WHEN + _RAIL + 6
        width = room.width() - (left - room.left()) - _END
        font = QFont(self._title)
        font.setStrikeOut(line.voided)
        painter.setFont(font)
        painter.setPen(QColor(colour("quiet" if line.faint else "text")))
        painter.drawText(QRect(left, room.top() + _TOP, width, _TITLE), _LEFT, line.title)
        painter.setFont(self._small)
        y = room.top() + _TOP + _TITLE + _GAP
        painter.setPen(QColor(colour("quiet")))
        for text, ink in (
            (self._joined(line), "quiet"),
            *((remark, self._ink(line)) for remark in line.remarks),
        ):
            height = self._height(text, room.width())
            painter.setPen(QColor(colour(ink)))
            painter.drawText(QRect(left, y, width, height), _WRAP, text)
            y += height

    def _record(self, painter: QPainter, room: QRect, line: Line) -> None:
        colour = self._theme.colour
        left = room.right() - _END + 12
        painter.setFont(self._small)
        if line.delivery:
            sign, ink = DELIVERY.get(line.delivery, ("info", "quiet"))
            icon(sign, colour(ink), 16).paint(painter, left, room.top() + _TOP + 4, 16, 16)
            painter.setPen(QColor(colour(ink)))
            side = QRect(left + 22, room.top() + _TOP, _END - 36, _TITLE)
            painter.drawText(side, _LEFT, self.words.say(line.delivery))
        if line.seq is not None:
            painter.setFont(self._code)
            painter.setPen(QColor(colour("quiet")))
            under = QRect(left, room.top() + _TOP + _TITLE, _END - 20, _SMALL)
            record = self.words.say("history_record", seq=line.seq)
            painter.drawText(under, _LEFT, f"{record} {line.hash[:8]}")

    @staticmethod
    def _ink(line: Line) -> str:
        return f"{line.tone}_text" if line.tone in ("stop", "ask", "held") else "text"

    @staticmethod
    def _joined(line: Line) -> str:
        return " · ".join(
            detail.replace(" ", "\u00a0") for detail in line.details
        )  # breaks between, not within

    def _height(self, text: str, width: int) -> int:
        if not text:
            return 0
        room = QRect(0, 0, max(80, width - _WHEN - _RAIL - 6 - _END), 10_000)
        return self._of_small.boundingRect(room, _WRAP, text).height() + 2

    @staticmethod
    def _line(index: _Index) -> Line:
        model = index.model()
        assert isinstance(model, Chapters)
        return model.lines[index.row()]


class Timeline(QListView):
    """Shows the story; the arrows walk along it."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("timeline")
        self.chapters = Chapters()
        self._painter = _Painter(theme, self)
        self.setItemDelegate(self._painter)
        self.setModel(self.chapters)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.retranslate(words)

    def retranslate(self, words: Words) -> None:
        """Speak another language; the lines themselves come from the page."""
        self._painter.words = words
        self.setAccessibleName(words.say("history_timeline"))
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Other widths wrap otherwise."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
