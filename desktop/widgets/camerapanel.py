"""What the camera sees, with the codes it reads outlined, and in words how the camera is."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.icons import drawing
from desktop.preview import Picture
from desktop.theme import Theme, sans
from desktop.widgets.elided import Elided
from desktop.words import Words
from scanner.camera import CameraState, DecodedFrame

OUTLINE_MS = 300
"""An outline stays so long after the last frame in which its code was read."""
_ROUND = 8
"""Radius of the picture's corners in pixels."""
AIM = (960, 540)
"""The aiming box in pixels of the frame: what lies inside is read best."""


@lru_cache(maxsize=4)
def _corner(colour: str, ratio: float) -> tuple[QPixmap, ...]:
    """What lies outside a round corner, from the upper left one clockwise."""
    found = []
    for x, y in ((0, 0), (-_ROUND, 0), (-_ROUND, -_ROUND), (0, -_ROUND)):
        picture = QPixmap(round(_ROUND * ratio), round(_ROUND * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        outside = QPainterPath()
        outside.addRect(QRectF(0, 0, _ROUND, _ROUND))
        outside.addEllipse(QRectF(x, y, 2 * _ROUND, 2 * _ROUND))  # what lies in both is left out
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(QRectF(0, 0, _ROUND, _ROUND))
        painter.fillPath(outside, QColor(colour))
        painter.end()
        found.append(picture)
    return tuple(found)


class View(QWidget):
    """The picture, or why there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("camera_view")
        # Every pixel is painted here: the card behind would be painted with each picture, too.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._theme = theme
        self._image: QImage | None = None
        self._data = b""
        self._of = (16, 9)
        self._outlines: tuple[QPolygonF, ...] = ()
        self._says = ""
        self._hint = ""
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(OUTLINE_MS)
        self._fade.timeout.connect(self._forget)

    def show_picture(self, picture: Picture) -> None:
        """Show the newest picture."""
        self._data = picture.data
        stride = picture.width * 4
        kind = QImage.Format.Format_RGB32
        self._image = QImage(self._data, picture.width, picture.height, stride, kind)
        self._of = picture.of
        self.update()

    def show_reads(self, frame: DecodedFrame, hint: str) -> None:
        """Outline what was read, in pixels of the frame; `hint` says what would help to read."""
        if frame.reads:
            self._of = frame.size
            self._outlines = tuple(
                QPolygonF([QPointF(x, y) for x, y in read.corners]) for read in frame.reads
            )
            self._fade.start()
        before, self._hint = self._hint, "" if self._outlines else hint
        if frame.reads or self._hint != before:
            self.update()

    def show_none(self, says: str) -> None:
        """No picture; say why."""
        self._image = None
        self._outlines = ()
        self._hint = ""
        self._says = says
        self.update()

    @property
    def wide(self) -> int:
        """Pixels across of a picture that needs no scaling here."""
        width, height = self._of
        if width / height < 1.2 or width / height > 2.4:
            return max(1, round(min(self.width(), self.height() * width / height)))
        return max(1, round(max(self.width(), self.height() * width / height)))

    @property
    def outlines(self) -> int:
        """How many codes are outlined."""
        return len(self._outlines)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw picture, aiming box and outlines."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(self._theme.colour("shade")))
        if self._image is None:
            self._paint_none(painter)
        else:
            self._paint_picture(painter, self._image)
        self._round_off(painter)
        painter.end()

    def _round_off(self, painter: QPainter) -> None:
        """Lay the card over the four corners: a picture inside a round path costs twice as much to paint."""
        side, colour = _ROUND, self._theme.colour("surface")
        corner = _corner(colour, self.devicePixelRatioF())
        for turn, (x, y) in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
            painter.drawPixmap(x * (self.width() - side), y * (self.height() - side), corner[turn])

    def _paint_none(self, painter: QPainter) -> None:
        ink = QColor(self._theme.colour("on_shade"))
        middle = self.rect().center()
        drawing("camera_off", self._theme.colour("on_shade")).render(
            painter, QRectF(middle.x() - 18, middle.y() - 46, 36, 36)
        )
        painter.setPen(ink)
        painter.setFont(sans(15))
        room = QRectF(self.rect()).adjusted(20, self.height() / 2, -20, -10)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap), self._says)

    def _paint_picture(self, painter: QPainter, image: QImage) -> None:
        width, height = self._of
        scale = max(self.width() / width, self.height() / height)
        if width / height < 1.2 or width / height > 2.4:
            scale = min(self.width() / width, self.height() / height)
        left, top = (self.width() - width * scale) / 2, (self.height() - height * scale) / 2
        if abs(image.width() - width * scale) < 2:
            painter.drawImage(QPointF(round(left), round(top)), image)  # made to measure: nothing to scale
        else:
            painter.drawImage(QRectF(left, top, width * scale, height * scale), image)
        box = QRectF(0, 0, min(AIM[0], width) * scale, min(AIM[1], height) * scale)
        box.moveCenter(QRectF(self.rect()).center())
        self._corners(painter, box.intersected(QRectF(self.rect()).adjusted(8, 8, -8, -8)))
        painter.save()
        painter.translate(left, top)
        painter.scale(scale, scale)
        for outline in self._outlines:
            for colour, thick in (("on_ok", 6.0), ("ok", 3.5)):
                painter.setPen(
                    QPen(QColor(self._theme.colour(colour)), thick / scale, j=Qt.PenJoinStyle.RoundJoin)
                )
                painter.drawPolygon(outline)
        painter.restore()
        if self._hint:
            self._paint_hint(painter)

    def _corners(self, painter: QPainter, box: QRectF) -> None:
        line = QColor(self._theme.colour("on_shade"))
        line.setAlphaF(0.75)
        painter.setPen(QPen(line, 2, c=Qt.PenCapStyle.RoundCap))
        arm = min(22.0, box.width() / 5)
        for x, towards_x in ((box.left(), arm), (box.right(), -arm)):
            for y, towards_y in ((box.top(), arm), (box.bottom(), -arm)):
                painter.drawLine(QPointF(x, y), QPointF(x + towards_x, y))
                painter.drawLine(QPointF(x, y), QPointF(x, y + towards_y))

    def _paint_hint(self, painter: QPainter) -> None:
        painter.setFont(sans(14))
        strip = QRectF(0, self.height() - 32, self.width(), 32)
        ground = QColor(self._theme.colour("shade"))
        ground.setAlphaF(0.8)
        painter.fillRect(strip, ground)
        painter.setPen(QColor(self._theme.colour("on_shade")))
        painter.drawText(strip, int(Qt.AlignmentFlag.AlignCenter), self._hint)

    @Slot()
    def _forget(self) -> None:
        self._outlines = ()
        self.update()


class CameraPanel(QFrame):
    """The camera's card: picture, state, switch."""

    switched = Signal()
    """The person wants the camera on, or off."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("camera")
        self.setProperty("role", "card")
        self._words = words
        self._state = CameraState("camera_stopped", "")
        self._on = False
        self.view = View(theme)
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._name = Elided()
        self._name.setProperty("role", "quiet")
        self._name.setObjectName("camera_name")
        self._switch = QPushButton()
        self._switch.setObjectName("camera_switch")
        self._switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._switch.clicked.connect(self.switched)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self._title)
        top.addWidget(self._name, 1)
        top.addWidget(self._switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 14)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.view)
        self._render()

    @property
    def state(self) -> CameraState:
        """How the camera is."""
        return self._state

    def set_width(self, pixels: int) -> None:
        """Be so wide; the picture is sixteen to nine whatever the camera delivers, so that the page never jumps."""
        margins = self.contentsMargins() if (layout := self.layout()) is None else layout.contentsMargins()
        self.view.setFixedHeight((pixels - margins.left() - margins.right()) * 9 // 16)

    def show_on(self, on: bool) -> None:
        """Say whether the camera is meant to run."""
        self._on = on
        if not on:
            self._state = CameraState("camera_stopped", "")
        self._render()

    def show_state(self, state: CameraState) -> None:
        """Say how the camera is."""
        if self._on:
            self._state = state
            self._render()

    def show_picture(self, picture: Picture) -> None:
        """Show what it sees."""
        if self._on and self._state.code == "camera_running":
            self.view.show_picture(picture)

    def show_reads(self, frame: DecodedFrame) -> None:
        """Outline what it reads."""
        if self._on:
            self.view.show_reads(frame, self._words.say(frame.guidance) if frame.guidance else "")

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()

    def _render(self) -> None:
        say = self._words.say
        self._title.setText(say("camera"))
        self._switch.setText(say("camera_turn_off" if self._on else "camera_turn_on"))
        running = self._state.code == "camera_running"
        self._name.setText(self._state.camera if running else "")
        sentence = say(self._state.code, camera=self._state.camera)
        if not self._on:
            sentence = say("camera_off_hint")
        if not running:
            self.view.show_none(sentence)
        # Switched off it takes no more room than its switch: the task's papers need it.
        self.view.setVisible(self._on)
        self.view.setAccessibleName(sentence)
        self.view.setAccessibleDescription(sentence)
