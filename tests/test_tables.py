"""Tables are known by their columns."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd
import pytest

from fzanalytics.base.tables import (
    COLUMNS,
    DATE_COLUMNS,
    empty_table,
    make_table,
    require_columns,
    table_of_texts,
    type_documents,
)
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


def test_documents_have_the_types_of_the_contract() -> None:
    rows: list[dict[str, object]] = [
        {"doc_id": "a", "dated": "2016-05-01", "period_end": "2020", "held": 1, "n_chars": 3},
        {"doc_id": "b", "dated": "last year", "period_end": "soon", "held": 0, "n_chars": 0, "wave": "x"},
    ]
    given = make_table("documents", rows)
    typed = type_documents(given)
    assert given["dated"].tolist() == ["2016-05-01", "last year"] and list(typed.columns) == list(given.columns)
    assert typed["dated"].tolist() == [pd.Timestamp("2016-05-01"), pd.NaT]
    assert all(typed[column].dtype.kind == "M" for column in DATE_COLUMNS)
    assert typed["period_end"].dtype == "Int64" and typed["period_end"].isna().tolist() == [False, True]
    assert typed["held"].tolist() == [True, False] and typed["held"].dtype == bool
    assert typed["n_chars"].dtype == "int64"
    assert type_documents(given.assign(n_chars=pd.NA))["n_chars"].isna().all()
    pd.testing.assert_frame_equal(type_documents(typed), typed)


def test_half_characters_stand_in_a_table_of_texts() -> None:
    """Arrow refuses them; where pandas keeps text in Arrow, the columns without one are as ever, missing cells too."""
    rows = [("invisible", 3, "法\ud800", None), ("widths", 4, "２", "2")]
    table = table_of_texts(rows, ["fixer", "raw_begin", "before", "after"])
    usual = table_of_texts(rows[1:], ["fixer", "raw_begin", "before", "after"])
    assert table["before"].tolist() == ["法\ud800", "２"] and table["after"].isna().tolist() == [True, False]
    assert table["raw_begin"].dtype == usual["raw_begin"].dtype and table["fixer"].dtype == usual["fixer"].dtype
    assert table_of_texts([], ["fixer", "before"]).columns.tolist() == ["fixer", "before"]


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
