"""Products by any identifier: one medicine is never taken for two, nor two for one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.catalog import Catalog
from ledger.change import Change
from ledger.product import Product, kind_of
from tests.ledger.papers import DRUG, GTIN, GTIN_2, store

BOTH = (("drug", DRUG), ("gtin", GTIN))


def drops(**values: object) -> Product:
    return replace(Product(GTIN, "滴眼液", "Drops", identifiers=BOTH), **values)  # type: ignore[arg-type]


@pytest.fixture
def catalog() -> Catalog:
    return store().catalog


def test_a_product_is_found_by_each_of_its_identifiers(catalog: Catalog) -> None:
    assert catalog.put(drops(pack_size=10, storage="2-8 °C", second_person=True)) is Change.ADDED
    by_gtin, by_drug = catalog.product(GTIN), catalog.product(DRUG)
    assert by_gtin == by_drug == drops(pack_size=10, storage="2-8 °C", second_person=True)
    assert catalog.same(GTIN, DRUG) and catalog.same(DRUG, GTIN)
    assert catalog.identifiers(DRUG) == tuple(sorted((DRUG, GTIN)))
    assert catalog.main(DRUG) == GTIN


def test_an_unknown_identifier_is_the_same_as_itself_alone(catalog: Catalog) -> None:
    catalog.put(drops())
    assert catalog.same("unknown", "unknown")
    assert not catalog.same("unknown", GTIN) and not catalog.same(GTIN, "unknown")
    assert catalog.product("unknown") is None
    assert catalog.identifiers("unknown") == ("unknown",) and catalog.main("unknown") == "unknown"


def test_loading_the_same_product_again_changes_nothing(catalog: Catalog) -> None:
    assert catalog.put(drops()) is Change.ADDED
    assert catalog.put(drops()) is Change.SAME
    assert catalog.put(drops(spec="5 mL")) is Change.CHANGED
    assert catalog.put(drops(spec="5 mL")) is Change.SAME
    assert catalog.size() == 1


def test_a_product_given_without_identifiers_keeps_those_it_had(catalog: Catalog) -> None:
    catalog.put(drops())
    assert catalog.put(Product(GTIN, "滴眼液", "Drops", spec="5 mL")) is Change.CHANGED
    assert catalog.same(GTIN, DRUG)
    assert catalog.put(Product(DRUG, "滴眼液", "Drops", spec="5 mL")) is Change.CHANGED
    assert catalog.size() == 1 and catalog.main(GTIN) == DRUG


def test_the_main_identifier_is_always_one_of_them(catalog: Catalog) -> None:
    given_ = Product(GTIN, "滴眼液", "Drops", identifiers=(("drug", DRUG),))
    assert catalog.put(given_) is Change.ADDED
    assert catalog.put_all([given_], catalog.known([GTIN, DRUG])) == [Change.SAME]
    other = store().catalog
    assert other.put_all([given_], {}) == [Change.ADDED]
    assert catalog.identifiers(GTIN) == other.identifiers(GTIN) == (DRUG, GTIN)[:: 1 if DRUG < GTIN else -1]


def test_a_wrong_link_is_mended_by_sending_the_product_anew(catalog: Catalog) -> None:
    catalog.put(drops())
    catalog.put(Product(GTIN_2, "片", "Tablets", identifiers=(("drug", DRUG), ("gtin", GTIN_2))))
    assert catalog.same(DRUG, GTIN_2) and not catalog.same(DRUG, GTIN)
    assert catalog.product(GTIN) == drops(identifiers=(("gtin", GTIN),))


def test_two_products_that_prove_to_be_one_are_joined(catalog: Catalog) -> None:
    catalog.put(Product(GTIN, "滴眼液", "Drops"))
    catalog.put(Product(DRUG, "滴眼液", "Drops"))
    assert catalog.size() == 2 and not catalog.same(GTIN, DRUG)
    catalog.put(drops())
    assert catalog.size() == 1 and catalog.same(GTIN, DRUG)


def test_a_product_that_loses_its_main_identifier_is_known_by_another(catalog: Catalog) -> None:
    catalog.put(drops())
    catalog.put(Product(GTIN, "别的", "Other", identifiers=(("gtin", GTIN),)))
    catalog.put(Product(DRUG, "滴眼液", "Drops"))
    other = catalog.product(GTIN)
    assert other is not None and (other.name_en, catalog.same(GTIN, DRUG)) == ("Other", False)
    catalog.put(Product(GTIN_2, "片", "Tablets", identifiers=(("gtin", GTIN), ("gtin", GTIN_2))))
    assert catalog.main(GTIN) in (GTIN, GTIN_2)
    assert len({catalog.main(code) for code in (GTIN, GTIN_2)}) == 1


def test_known_finds_many_at_once(catalog: Catalog) -> None:
    catalog.put(drops())
    found = catalog.known([GTIN, DRUG, "unknown"])
    assert found == {GTIN: drops(), DRUG: drops()}


def test_search_takes_the_text_as_it_stands(catalog: Catalog) -> None:
    catalog.put(drops())
    catalog.put(Product(GTIN_2, "100% 葡萄糖", "Glucose"))
    assert [one.product for one in catalog.search("滴眼")] == [GTIN]
    assert [one.product for one in catalog.search("drops")] == [GTIN]
    assert [one.product for one in catalog.search("%")] == [GTIN_2]
    assert {one.product for one in catalog.search("09521")} == {GTIN, GTIN_2}
    assert catalog.search("833", limit=1)[0].product == GTIN
    assert catalog.search("_") == ()


def test_kind_goes_by_form() -> None:
    assert [kind_of(code) for code in (GTIN, DRUG, "MA.156.M0.100204.13351764")] == ["gtin", "drug", "udi"]


codes = st.sampled_from(
    [("drug", f"800000{digit}") for digit in range(6)] + [("gtin", f"1{n:013d}") for n in range(3)]
)
products = st.builds(
    lambda identifiers, name, size: Product(
        identifiers[0][1], name, name, pack_size=size, identifiers=tuple(sorted(set(identifiers)))
    ),
    st.lists(codes, min_size=1, max_size=3),
    st.sampled_from(["a", "b"]),
    st.sampled_from([None, 10]),
)


def state_of(catalog: Catalog) -> dict[str, Product | None]:
    rows = catalog._connection.execute("SELECT code FROM product_code").fetchall()
    return {code: catalog.product(code) for (code,) in rows}


@given(st.lists(products, max_size=8), st.lists(products, max_size=8))
def test_many_at_once_do_what_one_after_the_other_does(before: list[Product], given_: list[Product]) -> None:
    one, other = store().catalog, store().catalog
    for product in before:
        one.put(product)
        other.put(product)
    singly = [one.put(product) for product in given_]
    known = other.known(code for product in given_ for _, code in product.identifiers)
    assert other.put_all(given_, known) == singly
    assert state_of(other) == state_of(one)


@given(st.lists(products, max_size=10))
def test_every_identifier_names_one_product_that_knows_it(given_: list[Product]) -> None:
    catalog = store().catalog
    for product in given_:
        catalog.put(product)
        assert catalog.put(product) is Change.SAME
    for code, product in state_of(catalog).items():
        assert product is not None
        assert code in [own for _, own in product.identifiers]
        assert product.product in [own for _, own in product.identifiers]
        assert catalog.identifiers(code) == tuple(sorted(own for _, own in product.identifiers))
    count = catalog._connection.execute(
        "SELECT count(*) FROM product WHERE NOT EXISTS"
        " (SELECT 1 FROM product_code WHERE product_code.product_id = product.product_id)"
    ).fetchone()
    assert count == (0,)
