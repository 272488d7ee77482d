"""Import: reference data from a file. What is good goes in, what is not is listed line by line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QWidget

from desktop.longwork import LongWork
from desktop.sections.section import Section
from desktop.widgets.card import Card, Said, press
from desktop.widgets.filefield import FileField
from desktop.widgets.progress import ProgressLine
from desktop.words import Words
from ledger.roles import Act

if TYPE_CHECKING:
    from ledger.importing.report import Report
    from ledger.stages import Progress

_ACROSS = 4
_SHOWN = 60
"""So many bad rows are listed; the number of the rest is said."""


class ImportSection(Section):
    """Kind, file, report."""

    name = "import"

    def build(self) -> None:
        """Add the two steps and the report."""
        from ledger.importing import KINDS

        self._work = LongWork(self.room, self)
        self._card, self._report = Card(), Card()
        self._kinds: dict[str, QPushButton] = {}
        group, grid = QButtonGroup(self), QGridLayout()
        grid.setSpacing(8)
        for place, kind in enumerate(KINDS):
            button = QPushButton()
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setMinimumHeight(42)
            button.setObjectName(f"import_{kind}")
            button.clicked.connect(self._told_columns)
            group.addButton(button)
            grid.addWidget(button, *divmod(place, _ACROSS))
            self._kinds[kind] = button
        self._kinds[KINDS[0]].setChecked(True)
        holder = QWidget()
        grid.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(grid)
        self._columns = Said()
        self.file = FileField(self.room.words, "open", "CSV, JSON (*.csv *.json *.txt)")
        self.file.chosen.connect(lambda _: self._import())
        self._go = press(self._import, primary=True, name="import_go")
        self._line = ProgressLine(self._work, self.room.words)
        self.said, self._bad = Said(), Said()
        self._card.add(holder, self._columns, self.file)
        self._card.line(self._go)
        self._card.add(self._line, self.said)
        self._report.add(self._bad)
        self._report.hide()
        self.column.addWidget(self._card)
        self.column.addWidget(self._report)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        super().retranslate(words)
        self._card.title.setText(words.say("import_title"))
        self._report.title.setText(words.say("import_bad_title"))
        self._go.setText(words.say("import_go"))
        for kind, button in self._kinds.items():
            button.setText(words.say(f"import_{kind}"))
        self.file.retranslate(words)
        self._line.retranslate(words)
        self._told_columns()

    @property
    def kind(self) -> str:
        """What the file holds."""
        return next(kind for kind, button in self._kinds.items() if button.isChecked())

    def _told_columns(self) -> None:
        from ledger.importing import columns_of

        words, columns = self.room.words, columns_of(self.kind)
        chinese = words.language == "zh_CN"
        named = [
            next((other for other in others if chinese and not other.isascii()), name)
            for name, others in columns.known.items()
        ]
        # Said beside the sentence, not in it: there it would be cut as what a stranger may have written.
        self._columns.tell(words.say("import_columns") + words.say("list_comma").join(named))

    def _import(self) -> None:
        say, station, path = self.room.words.say, self.room.station, self.file.path
        barred = self.room.bars(Act.IMPORT)
        if barred or station is None:
            self.said.tell(barred, "stop")
            return
        if not path:
            self.said.tell(say("import_where"), "ask")
            return
        kind, clock, run = self.kind, station.clock, station.writer.run

        def work(progress: Progress) -> Report:
            from ledger.importing import columns_of, parse, read_file, save

            progress("import_reading", 0, 0)
            sheet = read_file(Path(path), columns_of(kind))
            parsed = parse(kind, sheet.rows, sheet.ignored)
            progress("import_saving", 0, 0)
            return run(lambda store: save(store, parsed, clock))

        def cancelled() -> None:
            self.said.tell(say("work_cancelled"))

        if self._work.turn_away(self.said):
            return
        self.said.tell("")
        self._report.hide()
        self._work.start(work, self._done, self._failed, cancelled, name="work_import")
        self._line.begin("import_reading")

    def _done(self, report: Report) -> None:
        say = self.room.words.say
        said = say(
            "import_done",
            kind=say(f"import_{report.kind}"),
            taken=report.taken,
            added=report.added,
            changed=report.changed,
            same=report.same,
            refused=report.refused,
        )
        if report.ignored:
            said += "\n" + say("import_ignored", columns=", ".join(report.ignored))
        self.said.tell(said, "ask" if report.refused else "ok")
        lines = [say("import_row", line=bad.line) + say(bad.code, **dict(bad.params)) for bad in report.bad]
        if report.faults > _SHOWN:
            lines[_SHOWN:] = [say("import_more", count=report.faults - _SHOWN)]
        self._bad.tell("\n".join(lines), "stop")
        self._report.setVisible(bool(lines))
        self.room.note_change()

    def _failed(self, error: BaseException) -> None:
        self.said.tell(self.room.why(error), "stop")
