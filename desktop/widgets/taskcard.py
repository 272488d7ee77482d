"""The task card: what stands for the whole task, in sight and changed here; what stands for the next scan alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
)

from desktop.answers import gln, number
from desktop.reasons import spoken
from desktop.tasksheet import BOARDS, CARD, TaskSheet
from desktop.theme import Theme
from desktop.widgets.elided import Elided
from desktop.widgets.paperbrief import PaperBrief
from desktop.widgets.scanfield import ScanLineEdit
from desktop.words import Words
from ledger.errors import UserError
from ledger.event import EventKind
from ledger.partners import Partner
from ledger.situation import TakeOut
from ledger.tasks.typed import typed_text

FIELDS = ("document", "partner", "place", "quantity", "weeks", "reason")


class _Chip(QFrame):
    """Something that is set, and its key of taking it back."""

    removed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("role", "note")
        self.text = Elided()
        self.text.setObjectName(f"task_{name}_set")
        self.close_button = QPushButton("×")
        self.close_button.setObjectName(f"task_{name}_clear")
        self.close_button.setFixedWidth(40)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(lambda: self.removed.emit(name))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 3, 3)
        row.addWidget(self.text, 1)
        row.addWidget(self.close_button)


class TaskCard(QFrame):
    """Shows the sheet of the task at hand and takes changes to it."""

    changed = Signal(object)
    """The `TaskSheet` from now on."""
    left = Signal()
    """Enter was pressed: the cursor is done here."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("task_card")
        self.setProperty("role", "card")
        self._words = words
        self._verb = EventKind.RECEIVE
        self._sheet = TaskSheet()
        self._partners: tuple[Partner, ...] = ()
        self._title, self._key = Elided(), QLabel("Ctrl+E")
        self._title.setProperty("role", "heading")
        self._key.setProperty("role", "key")
        self.paper = PaperBrief(theme, words)
        self._captions: dict[str, QLabel] = {}
        self.fields: dict[str, QLineEdit] = {}
        self._error = QLabel()
        self._error.setObjectName("label_error")
        self._error.setWordWrap(True)
        self._error.hide()
        self._note = QLabel()
        self._note.setObjectName("task_note")
        self._note.setProperty("role", "told")
        self._note.setProperty("tone", "ok")
        self._note.setWordWrap(True)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.hide()
        self._chips = {name: _Chip(name) for name in ("parent", "second", "damaged", "quantity")}
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._key)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for row, name in enumerate(FIELDS):
            caption, edit = QLabel(), QLineEdit() if name == "reason" else ScanLineEdit()
            edit.setObjectName(f"task_{name}")
            edit.setMaxLength(200 if name == "reason" else 60)
            edit.editingFinished.connect(lambda name=name: self._finish(name))
            edit.returnPressed.connect(self._leave)
            caption.setBuddy(edit)
            self._captions[name], self.fields[name] = caption, edit
            grid.addWidget(caption, row, 0)
            grid.addWidget(edit, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.paper)
        for chip in self._chips.values():
            chip.removed.connect(self._remove)
            column.addWidget(chip)
        column.addLayout(grid)
        column.addWidget(self._error)
        column.addWidget(self._note)
        self._render()

    @property
    def begun(self) -> bool:
        """True while the cursor stands in one of the fields."""
        focused = self.focusWidget()
        return isinstance(focused, QLineEdit) and focused.hasFocus()

    def show_sheet(self, verb: EventKind, sheet: TaskSheet) -> None:
        """Show what stands for this task."""
        self._verb, self._sheet = verb, sheet
        self._error.hide()
        for name, edit in self.fields.items():
            if not edit.hasFocus():
                edit.setText(self._shown(name))
        self._render()
        self.setVisible(
            verb in BOARDS or bool(CARD[verb]) or any(not chip.isHidden() for chip in self._chips.values())
        )

    def know(self, partners: Sequence[Partner]) -> None:
        """Who may be the other side."""
        self._partners = tuple(partners)

    def say(self, sentence: str) -> None:
        """Say what was done with the task's papers, until something else happens."""
        if not sentence and not self._note.text():
            return  # as with nearly every scan
        self._note.setText(sentence)
        self._note.setVisible(bool(sentence))
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def begin(self) -> bool:
        """Put the cursor into the first field; False where there is none."""
        for name in CARD[self._verb]:
            self.fields[name].setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.fields[name].selectAll()
            return True
        return False

    def put_back(self) -> None:
        """Forget what was typed and not confirmed."""
        for name, edit in self.fields.items():
            edit.setText(self._shown(name))
        self._error.hide()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.paper.retranslate(words)
        for name in ("reason", "partner"):
            if not self.fields[name].hasFocus():
                self.fields[name].setText(self._shown(name))
        self._render()

    def _shown(self, name: str) -> str:
        sheet = self._sheet
        match name:
            case "partner":
                return self._words.name(sheet.partner_names) or sheet.partner
            case "quantity":
                return str(sheet.quantity or "")
            case "weeks":
                return str(sheet.take_out.weeks) if sheet.take_out else ""
            case "reason":
                return spoken(sheet.reason, self._words)
        return str(getattr(sheet, name))

    def _render(self) -> None:
        say, sheet, verb = self._words.say, self._sheet, self._verb
        self._title.setText(say("task_card", task=say(f"task_{verb}")))
        self.paper.show_task(verb)
        named = CARD[verb]
        for name, edit in self.fields.items():
            self._captions[name].setText(say(f"card_{name}"))
            edit.setPlaceholderText(say(f"card_{name}_hint"))
            edit.setAccessibleName(say(f"card_{name}"))
            for part in (self._captions[name], edit):
                part.setVisible(name in named)
        case = sheet.parent.key if sheet.parent and verb is EventKind.PACK else ""
        for name, text in (
            ("parent", say("card_case", case=(case or "").partition(":")[2]) if case else ""),
            ("second", say("card_second", person=sheet.second_name or sheet.second) if sheet.second else ""),
            ("damaged", say(f"card_next_{sheet.damaged}") if sheet.damaged else ""),
            ("quantity", say("card_next_quantity", count=sheet.quantity) if sheet.quantity else ""),
        ):
            chip = self._chips[name]
            chip.text.setText(text)
            chip.close_button.setAccessibleName(say("card_clear", what=text))
            chip.setVisible(bool(text))
        self._key.setVisible(bool(named))

    def _finish(self, name: str) -> None:
        text = self.fields[name].text().strip()
        if text == self._shown(name):
            return
        try:
            sheet = self._changed(name, text)
        except UserError as error:
            self._error.setText(self._words.say(error.code, **error.params))
            self._error.show()
            return
        self._error.hide()
        self._sheet = sheet
        self.changed.emit(sheet)

    def _changed(self, name: str, text: str) -> TaskSheet:
        sheet = self._sheet
        match name:
            case "partner":
                partner = self._partner(text) if text else None
                names = (partner.name_zh, partner.name_en) if partner else ("", "")
                found = partner.gln if partner else gln(text) if text else ""
                return replace(sheet, partner=found, partner_names=names)
            case "quantity":
                return replace(sheet, quantity=number(text) if text else None)
            case "weeks":
                if not text:
                    return replace(sheet, take_out=None)
                out = sheet.take_out
                return replace(
                    sheet, take_out=replace(out, weeks=number(text)) if out else TakeOut(number(text))
                )
            case "document":
                return sheet.under(typed_text(text) or "")
            case "place":
                return replace(sheet, place=typed_text(text) or "")
        return replace(sheet, reason=typed_text(text) or "")

    def _partner(self, text: str) -> Partner | None:
        """The one partner that is meant by a part of the name or the GLN."""
        low = text.lower()
        found = [one for one in self._partners if low in f"{one.name_zh} {one.name_en} {one.gln}".lower()]
        return found[0] if len(found) == 1 else None

    @Slot()
    def _leave(self) -> None:
        if self._error.isHidden():
            self.left.emit()

    @Slot(str)
    def _remove(self, name: str) -> None:
        sheet = self._sheet
        cleared = {
            "parent": replace(sheet, parent=None),
            "second": replace(sheet, second="", second_name=""),
            "damaged": replace(sheet, damaged=""),
            "quantity": replace(sheet, quantity=None),
        }
        self.changed.emit(cleared[name])
