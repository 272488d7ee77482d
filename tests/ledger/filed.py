"""Papers filed at a counter, and what its rules say of a scan under one, for tests."""

from __future__ import annotations

from ledger.capture import Captured
from ledger.catalog import Product
from ledger.recalls import Recall
from tests.ledger.counter import Counter

PATIENT = "9a7d1c52-5a36-4e0e-8f2b-2f6f3f0c7d11"
INSTITUTION = "9521999000006"


def said(answer: Captured) -> set[str]:
    return {problem.code for problem in answer.problems} - {"no_document", "product_unknown"}


def put(counter: Counter, *papers: object) -> None:
    for paper in papers:
        target = {Product: "catalog", Recall: "recalls"}.get(type(paper), "documents")
        if target == "catalog":
            counter.store(lambda store, p=paper: store.catalog.load([p]))
        else:
            counter.store(lambda store, p=paper, t=target: getattr(store, t).put(p))
