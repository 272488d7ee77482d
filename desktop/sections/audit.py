"""The audit: does everything hold? And the signed export that an inspector takes along and verifies elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QLineEdit

from desktop.longwork import LongWork
from desktop.sections.section import Section
from desktop.widgets.card import Card, Said, press
from desktop.widgets.filefield import FileField
from desktop.widgets.progress import ProgressLine
from desktop.words import Words
from ledger.errors import UserError
from ledger.roles import Act

if TYPE_CHECKING:
    from ledger.audit import Finding
    from ledger.export import Exported
    from ledger.exportcheck import Checked
    from ledger.stages import Progress

T = TypeVar("T")


class AuditSection(Section):
    """Three cards: this ledger, an export made here, an export from elsewhere."""

    name = "audit"

    def build(self) -> None:
        """Add the cards."""
        words = self.room.words
        self._work = LongWork(self.room, self)
        self._line = ProgressLine(self._work, words)
        self._own, self._out, self._other = Card(), Card(), Card()
        self._go = press(self._audit, primary=True, name="audit_go")
        self._own_said, self._out_said, self._other_said = Said(), Said(), Said()
        self._own.line(self._go)
        self._own.add(self._line, self._own_said)
        self._first, self._last = QLineEdit(), QLineEdit()
        for field in (self._first, self._last):
            field.setMinimumHeight(42)
            field.setFixedWidth(170)
        self._dest = FileField(words, "save")
        self._export = press(self._hand_out, name="export_go")
        self._out.line(self._first, self._last)
        self._out.add(self._dest)
        self._out.line(self._export)
        self._out.add(self._out_said)
        self._source = FileField(words, "open")
        self._check = press(self._check_file, name="check_go")
        self._other.add(self._source)
        self._other.line(self._check)
        self._other.add(self._other_said)
        for card in (self._own, self._out, self._other):
            self.column.addWidget(card)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        super().retranslate(words)
        for card, title in ((self._own, "audit_own"), (self._out, "audit_out"), (self._other, "audit_other")):
            card.title.setText(words.say(title))
        self._go.setText(words.say("audit_go"))
        self._export.setText(words.say("export_go"))
        self._check.setText(words.say("check_go"))
        for field, word in ((self._first, "export_from"), (self._last, "export_to")):
            field.setPlaceholderText(words.say(word))
            field.setAccessibleName(words.say(word))
        self._dest.retranslate(words)
        self._source.retranslate(words)
        self._line.retranslate(words)

    def _audit(self) -> None:
        home = self.room.home

        def work(progress: Progress) -> Finding:
            from ledger.audit import audit

            return audit(home, progress)

        self._run("work_audit", Act.AUDIT, work, self._audited, self._own_said)

    def _audited(self, finding: Finding) -> None:
        say = self.room.words.say
        if finding.whole:
            said = [say("audit_fine", events=finding.events), say("head_is", head=finding.head)]
            if finding.anchors:
                said.append(say("audit_anchors", anchors=finding.anchors))
        else:
            said = [say("audit_not_whole")]
            said += [say(fault.code, **({"seq": fault.seq} | dict(fault.params))) for fault in finding.faults]
        said += [say("audit_gap", first=gap.first, last=gap.last) for gap in finding.gaps]
        if finding.doubtful:
            said.append(say("audit_doubtful", doubtful=finding.doubtful))
        self._own_said.tell("\n".join(said), "ok" if finding.whole else "stop")

    def _hand_out(self) -> None:
        station, operator, dest = self.room.station, self.room.operator, self._dest.path
        if station is None or operator is None:
            return
        if not dest:
            self._out_said.tell(self.room.words.say("export_where"), "ask")
            return
        first, last = self._first.text().strip() or None, self._last.text().strip() or None
        who = operator.id

        def work(progress: Progress) -> Exported:
            from desktop.handingout import hand_out

            return hand_out(station, who, Path(dest), first, last, progress)

        def told(done: Exported) -> None:
            say = self.room.words.say
            said = (say("exported", count=done.events, file=dest), say("export_key", key=done.key))
            self._out_said.tell("\n".join(said), "ok")

        self._run("work_export", Act.EXPORT, work, told, self._out_said)

    def _check_file(self) -> None:
        path = self._source.path
        if not path:
            self._other_said.tell(self.room.words.say("check_where"), "ask")
            return

        def work(progress: Progress) -> Checked:
            from ledger.exportcheck import check_export

            try:
                return check_export(Path(path), None, progress)
            except OSError as error:
                raise UserError("file_unreadable", file=path, why=type(error).__name__) from None

        self._run("work_check", Act.AUDIT, work, self._checked, self._other_said)

    def _checked(self, checked: Checked) -> None:
        say = self.room.words.say
        if checked.fault is not None:
            params = {"seq": checked.fault.seq} | dict(checked.fault.params)
            self._other_said.tell(say("export_not_whole") + say(checked.fault.code, **params), "stop")
            return
        said = say("export_fine", events=checked.events, first=checked.first_seq, last=checked.last_seq)
        self._other_said.tell(said + "\n" + say("export_key", key=checked.key), "ok")

    def _run(
        self, name: str, act: Act, work: Callable[[Progress], T], then: Callable[[T], None], said: Said
    ) -> None:
        room = self.room
        barred = room.bars(act)
        if barred:
            said.tell(barred, "stop")
            return

        def failed(error: BaseException) -> None:
            said.tell(room.why(error), "stop")

        def cancelled() -> None:
            said.tell(room.words.say("work_cancelled"))

        if self._work.turn_away(said):
            return
        said.tell("")
        self._work.start(work, then, failed, cancelled, name=name)
        self._line.begin()
