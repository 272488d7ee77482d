"""Products from rows: one row a product, with any of its identifiers.

A row changes only the columns it has, so a list of shelf lives may come without names; a new product needs a
name. Where a row has a column of identifiers (gtin, drug_id, udi_di, ppn), those it names are all the product
has of that kind. No two rows of one import may name the same identifier.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ledger.importing.columns import Columns
from ledger.importing.files import read_file
from ledger.importing.identifiers import any_product, of_kind
from ledger.importing.report import BadRow, Report
from ledger.importing.rows import Row
from ledger.product import Product, meant
from ledger.store import Store

COLUMNS = Columns(
    {
        "product": ("产品编码", "编码", "code"),
        "gtin": ("商品条码",),
        "drug_id": ("药品标识码", "drug_identifier"),
        "udi_di": ("udi", "di", "产品标识"),
        "ppn": (),
        "name_zh": ("名称", "产品名称", "通用名称", "药品名称", "name"),
        "name_en": ("英文名称",),
        "spec": ("规格", "规格型号"),
        "maker": ("生产企业", "厂家", "生产厂家", "注册人"),
        "pack_size": ("包装数量", "转换比"),
        "storage": ("贮藏", "储存条件", "贮藏条件"),
        "near_expiry_days": ("近效期天数",),
        "opened_days": ("开封后天数", "启用后天数"),
        "needs_approval": ("特许药械",),
        "second_person": ("双人复核", "特殊管理"),
        "prescription_only": ("处方药",),
        "split_allowed": ("可拆零", "允许拆零"),
    }
)

CHUNK = 2000
"""Products looked up and written at once."""

_IDENTIFIERS = {"gtin": "gtin", "drug_id": "drug", "udi_di": "udi", "ppn": "ppn"}


@dataclass(frozen=True, slots=True)
class Given:
    """What one row says of a product."""

    line: int
    main: str
    identifiers: tuple[tuple[str, str], ...]
    kinds: frozenset[str]
    """The kinds of identifiers that the row has columns for: what it names is all there is."""
    values: tuple[tuple[str, Any], ...]
    """The other columns that the row has, as fields of Product."""

    def all_identifiers(self, known: Product | None) -> tuple[tuple[str, str], ...]:
        """The identifiers that the product has after this row."""
        kept = [pair for pair in known.identifiers if pair[0] not in self.kinds] if known else []
        return tuple(sorted({*self.identifiers, *kept}))


def parse(rows: Iterable[Row], report: Report) -> list[Given]:
    """The products of rows; rows that will not do are refused."""
    taken: list[Given] = []
    owners: dict[str, int] = {}
    for row in rows:
        given = _given(row)
        if given and not row.bad:
            for _, code in given.identifiers:
                if code in owners:
                    row.fault("product", "row_identifier_twice", product=code, other=str(owners[code]))
        if row.bad or given is None:
            for one in row.bad:
                report.refuse(one)
            continue
        owners.update((code, row.line) for _, code in given.identifiers)
        taken.append(given)
    return taken


def save(store: Store, taken: Iterable[Given], report: Report) -> None:
    """Put the products into the catalogue, inside the caller's transaction."""
    for chunk in _chunks(taken):
        known = store.catalog.known(code for given in chunk for _, code in given.identifiers)
        made = []
        for given in chunk:
            product = _made(given, known)
            if product is None:
                report.refuse(BadRow(given.line, "name_zh", "row_no_name"))
            else:
                made.append(product)
        for change in store.catalog.put_all(made, known):
            report.count(change)


def _chunks(taken: Iterable[Given]) -> Iterator[list[Given]]:
    source = iter(taken)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _made(given: Given, known: Mapping[str, Product]) -> Product | None:
    """The whole product after this row; None for a new one without a name."""
    holder = known.get(given.main)
    if holder is None:
        others = (known[code] for _, code in given.identifiers if code in known)
        holder = next((one for one in others if meant(one, given.identifiers)), None)
    values: dict[str, Any] = dict(given.values)
    if holder is None and not (values.get("name_zh") or values.get("name_en")):
        return None
    values["identifiers"] = given.all_identifiers(holder)
    if holder is not None:
        product = replace(holder, **values)
    else:
        product = Product(given.main, **{"name_zh": "", "name_en": "", **values})
    if product.name_zh and product.name_en:
        return product
    name = product.name_zh or product.name_en
    return replace(product, name_zh=name, name_en=name)


def read_products(path: Path) -> Products:
    """Products of a file, without a ledger: what a demonstration or a test fills its catalogue with."""
    report = Report("products")
    found = parse(read_file(path, COLUMNS).rows, report)
    products = [
        replace(Product(given.main, "", ""), **dict(given.values), identifiers=given.identifiers)
        for given in found
    ]
    return Products(products, report.bad)


@dataclass(frozen=True, slots=True)
class Products:
    """What a file holds."""

    products: list[Product]
    bad: list[BadRow]


def _given(row: Row) -> Given | None:
    identifiers: list[tuple[str, str]] = []
    main = row.text("product")
    if main:
        found = any_product(main)
        if found is None:
            if not row.rounded("product", main):
                row.fault("product", "row_product_bad", product=main)
            return None
        identifiers.append(found)
    for name, kind in _IDENTIFIERS.items():
        for text in row.several(name):
            found = of_kind(kind, text)
            if found is None and not row.rounded(name, text):
                row.fault(name, "row_identifier_bad", found=text)
            elif found and found not in identifiers:
                identifiers.append(found)
    if not identifiers:
        if not row.bad:
            row.fault("product", "row_no_product")
        return None
    values = _values(row)
    if (row.has("name_zh") or row.has("name_en")) and not row.text("name_zh") and not row.text("name_en"):
        row.fault("name_zh", "row_no_name")
    kinds = frozenset(kind for name, kind in _IDENTIFIERS.items() if row.has(name))
    return Given(row.line, identifiers[0][1], tuple(sorted(identifiers)), kinds, tuple(values.items()))


def _values(row: Row) -> dict[str, Any]:
    """The columns that the row has; an empty cell means the plain value."""
    values: dict[str, Any] = {}
    for name, longest in (
        ("name_zh", 200),
        ("name_en", 200),
        ("spec", 200),
        ("maker", 200),
        ("storage", 200),
    ):
        if row.has(name):
            values[name] = row.text(name, longest)
    if row.has("pack_size"):
        values["pack_size"] = row.whole("pack_size", 1, 999_999)
    for name in ("near_expiry_days", "opened_days"):
        if row.has(name):
            values[name] = row.whole(name, 0 if name == "near_expiry_days" else 1, 3650)
    for name in ("needs_approval", "second_person", "prescription_only", "split_allowed"):
        if row.has(name):
            said = row.yes(name)
            values[name] = name == "split_allowed" if said is None else said
    return values
