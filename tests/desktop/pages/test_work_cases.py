"""Cases at the work page: packed and unpacked, and told from the packs that go into them."""

from __future__ import annotations

from desktop.verdict import Level
from ledger.event import EventKind
from ledger.trees import Child
from tests.desktop.conftest import FIRST_DRUG, GTIN, SECOND_DRUG, Place, gs1, wedge
from tests.desktop.pages.atwork import control, find

CASE = "00106141412345678908"


def test_packing_takes_the_case_first_and_unpacking_takes_it_all_out(stocked: Place) -> None:
    control(stocked, "PACK")
    work = stocked.window.work
    assert work.verdict.title.text() == "请先扫外箱码"
    refused = stocked.scan(wedge("6925265101481"))
    assert refused.level is Level.STOP
    stocked.desk.take(wedge(CASE))
    assert stocked.desk.sheet.parent is not None
    assert work.verdict.title.text() != "请先扫外箱码"
    for serial in ("S-1", "S-2"):
        assert stocked.scan(wedge(gs1(serial))).title == "did_pack"
    assert "106141412345678908" in find(stocked, "task_parent_set").text()  # type: ignore[attr-defined]
    control(stocked, "NEXT")
    assert stocked.desk.sheet.parent is None
    control(stocked, "UNPACK")
    taken = stocked.scan(wedge(CASE))
    assert taken.title == "did_unpack"
    pack = stocked.station.run(lambda store: store.look_up(f"gs1:{GTIN}/S-1"))
    assert pack is not None and pack.parent is None


def test_a_pack_scanned_in_the_place_of_the_case_is_refused_with_what_to_scan(stocked: Place) -> None:
    control(stocked, "PACK")
    work = stocked.window.work
    for code in (gs1("S-1"), gs1("S-9"), gs1("NEVER-SEEN")):
        refused = stocked.scan(wedge(code))
        assert refused.level is Level.STOP
        assert "SSCC" in work.verdict.spoken()
        assert stocked.desk.sheet.parent is None, "no pack is put into another pack"
    case = gs1("C-1").replace(GTIN, "19521234000010")
    stocked.desk.take(wedge(case))
    assert stocked.desk.sheet.parent is not None, "a case code: the indicator digit says so"
    assert stocked.scan(wedge(gs1("S-1"))).title == "did_pack"


def test_a_case_that_the_sender_declared_is_one_whatever_its_code_looks_like(stocked: Place) -> None:
    """Twenty digits say nothing of the level: what lies here as goods is no case, what is declared to hold packs is."""
    edit = {"lot": "A1", "expiry": "2099-05"}
    assert stocked.desk.verb is EventKind.RECEIVE
    assert stocked.scan(wedge(FIRST_DRUG)).level is Level.ASKED
    for name, text in edit.items():
        stocked.window.work.question.fields.fields[name].edit.setText(text)
    assert stocked.told(stocked.window.work.question.confirm).saved
    stocked.station.run(
        lambda store: store.trees.put(f"cn20:{SECOND_DRUG}", Child("cn20:83386520001941675512"))
    )
    control(stocked, "PACK")
    assert stocked.scan(wedge(FIRST_DRUG)).level is Level.STOP
    stocked.desk.take(wedge(SECOND_DRUG))
    stocked.bot.waitUntil(lambda: stocked.desk.sheet.parent is not None, timeout=10_000)
    assert stocked.scan(wedge(gs1("S-1"))).title == "did_pack"
