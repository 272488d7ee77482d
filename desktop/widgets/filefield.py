"""A field for the path of a file or a folder, typed or chosen in a window that stops nothing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop.words import Words


class FileField(QWidget):
    """`kind`: `open` an existing file, `save` a new one, `folder`."""

    chosen = Signal(str)
    """A path was typed and confirmed, or chosen."""

    def __init__(self, words: Words, kind: str, filters: str = "") -> None:
        super().__init__()
        self._kind, self._filters = kind, filters
        self.field = QLineEdit()
        self.field.setMinimumHeight(42)
        self.field.returnPressed.connect(lambda: self.chosen.emit(self.path))
        self._choose = QPushButton()
        self._choose.setMinimumHeight(42)
        self._choose.clicked.connect(self._open)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self._choose)
        self.retranslate(words)

    @property
    def path(self) -> str:
        """What stands in the field."""
        return self.field.text().strip()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._choose.setText(words.say("file_choose"))
        self.field.setPlaceholderText(words.say(f"file_{self._kind}"))
        self.field.setAccessibleName(self.field.placeholderText())

    def _open(self) -> None:
        dialog = QFileDialog(self.window(), self.field.placeholderText(), self._beginning(), self._filters)
        dialog.setModal(False)
        if self._kind == "folder":
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        elif self._kind == "open":
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        else:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(self._took)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def _beginning(self) -> str:
        typed = Path(self.path) if self.path else Path.home()
        return str(typed if typed.is_dir() else typed.parent)

    def _took(self, path: str) -> None:
        self.field.setText(path)
        self.chosen.emit(path)
