"""What the answer says is all to be read: on a small screen, beside a large question, by keys and by touch."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from desktop.tasksheet import TASKS
from desktop.verdict import Level
from desktop.words import LANGUAGES, Words
from ledger.codes.code import Problem, Severity
from ledger.event import EventKind
from tests.desktop.conftest import LATER, Place, gs1, wedge


def shown(place: Place) -> list[str]:
    return [reason.sentence.text() for reason in place.window.work.verdict._reasons if not reason.isHidden()]


def test_what_has_no_room_beside_a_question_is_turned_to(place: Place) -> None:
    for number, days in (("EARLY", 0), ("LATE", 60)):
        assert place.scan(wedge(gs1(number, expiry=LATER - timedelta(days=60 - days)))).saved
    place.desk.choose(EventKind.DISPENSE)
    weeks = place.window.findChild(QLineEdit, "task_weeks")
    assert weeks is not None
    weeks.setText("6")
    weeks.editingFinished.emit()
    place.window.resize(1093, 614)
    asked = place.scan(wedge(gs1("LATE")))
    assert asked.level is Level.ASKED
    work, words = place.window.work, Words("zh_CN")
    sentences = [words.problem(problem) for problem in asked.problems]
    assert len(sentences) > 3 and work.below.isHidden(), (
        "more than there is room for, and no list to look it up in"
    )
    seen: list[str] = []
    for _ in sentences:
        now = shown(place)
        assert len(now) <= len(sentences)
        seen += now
        place.bot.keyClick(work.focusWidget(), Qt.Key.Key_PageDown)
    for sentence in sentences:
        assert any(one.startswith(sentence) for one in seen), sentence
        assert sentence in work.verdict.spoken(), "a screen reader says all of it"


def test_a_touch_turns_too_and_the_end_leads_back(place: Place) -> None:
    work = place.window.work
    told = place.scan(wedge(gs1("S-1")))
    many = tuple(Problem("case_expanded", Severity.NOTE, (("count", str(number)),)) for number in range(1, 7))
    work.verdict.show_verdict(replace(told, problems=many))
    first = shown(place)
    assert "还有 4 条" in first[-1]
    place.bot.mouseClick(work.verdict, Qt.MouseButton.LeftButton)
    assert shown(place)[0].startswith("箱内 3 件") and "还有 2 条" in shown(place)[-1]
    place.bot.mouseClick(work.verdict, Qt.MouseButton.LeftButton)
    assert shown(place)[0].startswith("箱内 5 件") and "回到前面" in shown(place)[-1]
    place.bot.mouseClick(work.verdict, Qt.MouseButton.LeftButton)
    assert shown(place) == first
    work.verdict.show_verdict(replace(told, problems=many[:3]))
    assert len(shown(place)) == 3 and not any("PgDn" in one for one in shown(place))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_large_question_is_whole_on_a_small_enlarged_screen(place: Place, language: str) -> None:
    """1366 x 768 at 125 % leaves 1093 x 614: an earlier pack and a take-out are asked about at once."""
    window, work = place.window, place.window.work
    window.retranslate(Words(language))
    for number, days in (("EARLY", 0), ("LATE", 60)):
        assert place.scan(wedge(gs1(number, expiry=LATER - timedelta(days=60 - days)))).saved
    place.desk.choose(EventKind.DISPENSE)
    weeks = window.findChild(QLineEdit, "task_weeks")
    assert weeks is not None
    weeks.setText("6")
    weeks.editingFinished.emit()
    window.resize(1093, 614)
    assert place.scan(wedge(gs1("LATE"))).level is Level.ASKED
    panel = work.question
    place.bot.waitUntil(lambda: panel.geometry().bottom() <= work.rect().bottom())
    QApplication.processEvents()
    buttons = [one for one in panel.findChildren(QPushButton) if one.isVisible()]
    edits = [one for one in panel.findChildren(QLineEdit) if one.isVisible()]
    assert len(buttons) == 8 and len(edits) == 2
    for part in (*buttons, *edits):
        seen = part.visibleRegion().boundingRect().size()
        assert (seen.width(), seen.height()) == (part.width(), part.height()), part.objectName()
    for one in buttons:
        assert one.width() >= one.minimumSizeHint().width() and one.height() >= 36, one.text()
    assert work.verdict.geometry().bottom() < panel.geometry().top()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(1080, 600), (1093, 614), (1366, 768), (1920, 1080)])
def test_nothing_of_what_is_waited_for_is_cut(place: Place, size: tuple[int, int], language: str) -> None:
    window, panel = place.window, place.window.work.verdict
    window.retranslate(Words(language))
    window.resize(*size)
    for verb in TASKS:
        place.desk.choose(verb)
        place.bot.waitUntil(lambda: panel.title.width() > 100)
        QApplication.processEvents()
        for label in (panel.title, panel.basis):
            assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width(), label.text()
    entry = window.work.entry.field
    room = entry.width() - 2 * 10 - 6
    assert entry.fontMetrics().horizontalAdvance(entry.placeholderText()) <= room, entry.placeholderText()


def test_a_question_says_what_it_is_about_wherever_no_answer_above_does(place: Place) -> None:
    work = place.window.work
    assert place.scan(wedge(gs1("GOOD"))).saved
    place.desk.choose(EventKind.DISPENSE)
    assert place.scan(wedge(gs1("STRANGE"))).level is Level.ASKED
    assert not work.question._head.isVisible(), "the answer above says it"
    place.desk.choose(EventKind.RECEIVE)
    assert work.question._head.isVisible() and "STRANGE" in work.question._head.told, (
        "above stands another pack"
    )
    place.desk.choose(EventKind.MOVE)
    assert work.question._head.isVisible(), "above stands that a scan is waited for"
    place.desk.choose(EventKind.DISPENSE)
    assert not work.question._head.isVisible()


def test_taking_back_what_is_asked_about_leaves_it_out_and_touches_no_pack_before_it(place: Place) -> None:
    work, control = place.window.work, Qt.KeyboardModifier.ControlModifier
    assert place.scan(wedge(gs1("MINE"))).saved
    place.desk.choose(EventKind.DISPENSE)
    assert place.scan(wedge(gs1("MINE"))).saved
    assert place.scan(wedge(gs1("STRANGE"))).level is Level.ASKED
    before = place.events()
    left = place.told(lambda: place.bot.keyClick(place.window, Qt.Key.Key_Z, control))
    assert (left.level, left.serial) == (Level.LEFT, "STRANGE")
    assert place.events() == before and not work.question.isVisible()
    undone = place.told(lambda: place.bot.keyClick(place.window, Qt.Key.Key_Z, control))
    assert (undone.level, undone.serial) == (Level.UNDONE, "MINE")
