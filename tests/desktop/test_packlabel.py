"""The label of what was handed out: its symbol says the pack's own code, its words what the ledger says, no name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from desktop.onepage import DPI
from desktop.packlabel import LABEL_MM, PackLabel, label_of, paint_label, printable, write_label
from desktop.theme import Theme
from desktop.verdict import Level, Verdict
from desktop.words import LANGUAGES, Words
from ledger.codes.identify import identify
from ledger.event import EventKind

GS1 = "]d2010952123400002017281022" + "10ED-77\x1d21D001"
CODES = (GS1, GS1[3:], "83386520001941653320", "MA.156.M0.100204.13351764")
VERDICT = Verdict(
    ticket=1,
    at=datetime(2026, 11, 22, 9, 30),
    verb=EventKind.DISPENSE,
    level=Level.OK,
    text=GS1,
    names=("示例滴眼液", "Demo Eye Drops"),
    spec="5 mL",
    maker="Demo Ophthalmics",
    lot="ED-77",
    expiry=date(2028, 10, 22),
    serial="D001",
    seq=7,
    paper="RX-2001",
    quantity=6,
    units=10,
    remaining=4,
)


def picture(label: PackLabel, words: Words) -> QImage:
    """The label as a printer of 300 dots an inch would put it on paper."""
    image = QImage(*(round(side / 25.4 * DPI) for side in LABEL_MM), QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_label(painter, label, words)
    painter.end()
    return image


@pytest.mark.parametrize("text", CODES)
def test_the_symbol_says_the_code_that_was_scanned(text: str, theme: Theme, tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    import zxingcpp

    label = label_of(replace(VERDICT, text=text), Words("zh_CN"))
    assert label is not None
    file = tmp_path / "label.png"
    assert picture(label, Words("zh_CN")).save(str(file))
    (read,) = zxingcpp.read_barcodes(cv2.imread(str(file)))
    same, wanted = identify(read.bytes.decode().replace("]d2", "")), identify(text)
    assert (same.key, same.lot, same.expiry) == (wanted.key, wanted.lot, wanted.expiry)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_made_as_a_page_of_its_size(language: str, theme: Theme, tmp_path: Path) -> None:
    label = label_of(VERDICT, Words(language))
    assert label is not None
    file = tmp_path / "labels" / "7.pdf"
    write_label(file, label, Words(language))
    body = file.read_bytes()
    assert body.startswith(b"%PDF")
    assert b"170" in body and b"113" in body, "60 by 40 millimetres in points"


def test_there_is_a_label_for_what_was_handed_out_alone() -> None:
    words = Words("en")
    assert label_of(VERDICT, words) is not None
    for other in (
        replace(VERDICT, level=Level.STOP),
        replace(VERDICT, level=Level.UNDONE),
        replace(VERDICT, level=Level.REPEATED),
        replace(VERDICT, verb=EventKind.RECEIVE),
        replace(VERDICT, text=""),
    ):
        assert label_of(other, words) is None


def test_a_whole_pack_tells_no_units_and_a_bracket_makes_no_other_element() -> None:
    whole = label_of(replace(VERDICT, quantity=None, units=None, remaining=None), Words("en"))
    assert whole is not None and (whole.quantity, whole.units, whole.remaining) == (None, None, None)
    bracket = GS1.replace("ED-77", "E(21)7")
    assert printable(bracket) == (bracket[3:], False)
    assert printable(GS1)[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_strength_lot_and_prescription_are_told_to_their_end_however_long(
    language: str, theme: Theme
) -> None:
    words = Words(language)
    label = label_of(VERDICT, words)
    assert label is not None
    long = replace(
        label,
        product="重组人促红素注射液（CHO细胞）（预充式注射器）36000 IU/1.0 mL",
        lot="LOT-1234567890123456",
        paper="RX-2026-000000123456789",
    )
    before = picture(long, words)
    for changed in (
        replace(long, product=long.product.replace("1.0 mL", "1.0 mg")),
        replace(long, lot=long.lot[:-1] + "8"),
        replace(long, paper=long.paper[:-1] + "0"),
    ):
        assert picture(changed, words) != before
