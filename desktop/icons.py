"""The icons: line drawings in resources/icons, drawn in whatever colour the palette wants, sharp at every scale."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


@lru_cache(maxsize=64)
def _drawing(name: str) -> str:
    return (files("resources") / "icons" / f"{name}.svg").read_text("utf-8")


@lru_cache(maxsize=128)
def drawing(name: str, colour: str) -> QSvgRenderer:
    """The named drawing in this colour, ready to be painted."""
    return QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))


@lru_cache(maxsize=128)
def icon(name: str, colour: str, pixels: int = 20) -> QIcon:
    """The drawing as an icon for buttons and lists, for screens of single, one-and-a-half and double density."""
    made = QIcon()
    for scale in (1.0, 1.5, 2.0, 3.0):
        picture = QPixmap(QSize(round(pixels * scale), round(pixels * scale)))
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        drawing(name, colour).render(painter, QRectF(picture.rect()))
        painter.end()
        picture.setDevicePixelRatio(scale)
        made.addPixmap(picture)
    return made
