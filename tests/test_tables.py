"""Tables are known by their columns."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd
import pytest

from fzanalytics.base.tables import COLUMNS, empty_table, make_table, require_columns
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.datasets import load_sample

sample: Callable[[], Corpus] = cache(load_sample)


@pytest.mark.parametrize("name", COLUMNS)
def test_empty_tables_have_their_columns(name: str) -> None:
    assert tuple(empty_table(name).columns) == COLUMNS[name] == tuple(make_table(name, []).columns)
    assert len(set(COLUMNS[name])) == len(COLUMNS[name])


def test_rows_are_put_in_order_and_filled() -> None:
    table = make_table("problems", [{"message": "b", "extra": 1}, {"kind": "a"}])
    assert tuple(table.columns) == (*COLUMNS["problems"], "extra")
    assert table["doc_id"].isna().all() and table["kind"].tolist()[1] == "a"


def test_all_missing_columns_are_named_at_once() -> None:
    table = pd.DataFrame({"doc_id": []})
    with pytest.raises(
        ValueError, match=r"`passages` must have the columns .*; missing: source, target; it has: doc_id"
    ):
        require_columns(table, ["doc_id", "source", "target"], name="passages")
    require_columns(table, ["doc_id"], name="passages")


@pytest.mark.parametrize("name", ["documents", "clauses", "paragraphs", "mentions", "problems", "repairs"])
def test_corpus_keeps_the_contract(name: str) -> None:
    table = getattr(sample(), name)
    assert tuple(table.columns) == COLUMNS[name]
    assert len(table) > 0
