from desktop.bench.identify import CODES, rows


def test_every_code_has_a_row_beside_the_decoder() -> None:
    found = list(rows({"rounds": "1", "batch": "1"}))
    assert [row.row for row in found if row.baseline_name == "zxing-cpp"] == [name for name, _, _ in CODES]
    assert {row.row for row in found if row.baseline_name == "biip"} >= {
        "gs1_datamatrix",
        "digital_link",
        "import",
    }
    assert all(row.ours > 0 and row.baseline > 0 and row.better == "lower" for row in found)
