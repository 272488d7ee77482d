"""Printers: one for labels, one for papers, the label's size, and where files go instead."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel

from desktop.printers import PDF, SYSTEM, Printer
from desktop.settings import DECLARED
from desktop.theme import Theme
from desktop.widgets.card import Card, Said, press
from desktop.widgets.choice import Choice
from desktop.widgets.filefield import FileField
from desktop.words import Words

SIZES = DECLARED["print.label_size"].choices


class PrinterCard(Card):
    """Shows what is chosen and takes another choice."""

    chosen = Signal(str, str)
    """Name of the setting and its value."""
    left = Signal()
    tried = Signal(str)
    """`label` or `paper`: print a page to see whether it works."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("printers")
        self._words = words
        self._printers: tuple[Printer, ...] | None = None
        self._now = {"print.label": PDF, "print.paper": SYSTEM, "print.label_size": SIZES[0]}
        self.label, self.paper, self.mm = Choice(theme), Choice(theme), Choice(theme)
        self._captions = {name: QLabel() for name in ("label", "paper", "folder")}
        self.folder = FileField(words, "folder")
        self.try_label = press(lambda: self.tried.emit("label"), name="try_label")
        self.try_paper = press(lambda: self.tried.emit("paper"), name="try_paper")
        self.state, self.said = Said(), Said()
        self.back = press(self.left.emit, name="printers_back")
        self.column.removeWidget(self.title)
        self.line(self.title).addWidget(self.back)
        for name, box in (
            ("print.label", self.label),
            ("print.paper", self.paper),
            ("print.label_size", self.mm),
        ):
            box.setObjectName(name.replace(".", "_"))
            box.activated.connect(lambda _row, name=name, box=box: self.chosen.emit(name, box.currentData()))
        self.folder.chosen.connect(lambda path: self.chosen.emit("print.folder", path))
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.addWidget(self._captions["label"], 0, 0)
        grid.addWidget(self.label, 0, 1)
        grid.addWidget(self.mm, 0, 2)
        grid.addWidget(self.try_label, 0, 3)
        grid.addWidget(self._captions["paper"], 1, 0)
        grid.addWidget(self.paper, 1, 1, 1, 2)
        grid.addWidget(self.try_paper, 1, 3)
        grid.addWidget(self._captions["folder"], 2, 0)
        grid.addWidget(self.folder, 2, 1, 1, 3)
        grid.setColumnStretch(1, 1)
        self.add(self.state)
        self.column.addLayout(grid)
        self.add(self.said)
        self.column.addStretch(1)
        self.retranslate(words)

    def show_printers(self, found: Sequence[Printer]) -> None:
        """The system's printers."""
        self._printers = tuple(found)
        self._render()

    def show_choice(self, chosen: dict[str, str]) -> None:
        """What is set, by the setting's name."""
        self._now |= {name: value for name, value in chosen.items() if name in self._now}
        self.folder.field.setText(chosen.get("print.folder", ""))
        self._render()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.folder.retranslate(words)
        self._render()

    def _render(self) -> None:
        say = self._words.say
        self.title.setText(say("printers_title"))
        self.back.setText(say("printers_back"))
        for name, caption in self._captions.items():
            caption.setText(say(f"printers_{name}"))
        for box, name in ((self.label, "label"), (self.paper, "paper")):
            box.setAccessibleName(say(f"printers_{name}"))
        self.mm.setAccessibleName(say("printers_size"))
        self.folder.field.setPlaceholderText(say("printers_folder_none"))
        self.try_label.setText(say("printers_try"))
        self.try_paper.setText(say("printers_try"))
        self.try_label.setAccessibleName(f"{say('printers_label')}: {say('printers_try')}")
        self.try_paper.setAccessibleName(f"{say('printers_paper')}: {say('printers_try')}")
        self.mm.fill([(say("printers_mm", size=size.replace("x", " × ")), size) for size in SIZES])
        self.mm.choose(self._now["print.label_size"])
        self._offer(self.label, "print.label", with_system=False)
        self._offer(self.paper, "print.paper", with_system=True)
        if self._printers is None:
            self.state.tell(say("printers_looking"))
        elif not self._printers:
            self.state.tell(say("printers_none"), "ask")
        else:
            broken = [one.title for one in self._printers if one.broken]
            self.state.tell(say("printers_broken", printers=", ".join(broken)) if broken else "", "ask")

    def _offer(self, box: Choice, setting: str, *, with_system: bool) -> None:
        """The file, the system's own, every printer, and one that was chosen and has gone."""
        say, now, found = self._words.say, self._now[setting], self._printers or ()
        items = [(say("printers_pdf"), PDF)]
        if with_system:
            own = next((one.title for one in found if one.own), "")
            items.insert(0, (say("printers_own", printer=own) if own else say("printers_own_none"), SYSTEM))
        items += [(one.title, one.name) for one in found]
        if now not in [value for _, value in items]:
            items.append((say("printers_gone", printer=now), now))
        box.fill(items)
        box.choose(now)
