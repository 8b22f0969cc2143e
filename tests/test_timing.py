"""The timeline and the bounds of lags."""

from __future__ import annotations

import logging

import pandas as pd
import pytest

from fzanalytics.measures.adoption.timing import lag_table, timeline
from helpers import make_corpus

DOCUMENTS = {
    "late": {"earliest": "2017-10-18", "parent_ids": ["open", "first"]},
    "open": {"latest": "2017-01-26"},
    "nodate": {},
    "first": {"earliest": "2015-12-01", "latest": "2015-12-31"},
    "listed": {},
}


@pytest.fixture
def documents():
    texts = {"late": "文", "nodate": "文"}
    return make_corpus(texts, documents=DOCUMENTS).documents


def test_timeline_is_sorted_in_time_with_open_ends(documents):
    table = timeline(documents)
    assert table["doc_id"].tolist() == ["first", "open", "late", "listed", "nodate"]
    assert table["status"].tolist() == ["named, not held", "named, not held", "adopted", "unknown", "adopted"]
    assert table["latest"].isna().tolist() == [False, False, True, True, True]
    assert pd.isna(table["earliest"][1])


def test_timeline_does_not_depend_on_the_order_of_rows_nor_change_its_input(documents):
    before = documents.copy()
    turned = timeline(documents.iloc[::-1])
    pd.testing.assert_frame_equal(timeline(documents), turned)
    pd.testing.assert_frame_equal(documents, before)


def test_timeline_names_missing_columns():
    with pytest.raises(ValueError, match=r"`documents` must have the columns .* missing: .*held"):
        timeline(pd.DataFrame({"doc_id": ["a"]}))


def test_a_corpus_stands_for_its_documents():
    corpus = make_corpus({"late": "文"}, documents=DOCUMENTS)
    pd.testing.assert_frame_equal(timeline(corpus), timeline(corpus.documents))
    pd.testing.assert_frame_equal(lag_table(corpus), lag_table(corpus.documents))


@pytest.mark.parametrize("function", [timeline, lag_table])
def test_what_is_no_table_is_told(function):
    with pytest.raises(
        TypeError, match=r"^`documents` must be a DataFrame; got str\. Take corpus\.documents of a corpus"
    ):
        function("corpora/plans")


def test_lag_table_by_hand(documents):
    """2015-12-31 to 2017-10-18 is 657 days; the other end is open, as both ends are towards `open`."""
    rows = lag_table(documents).set_index(["source", "target"])
    assert rows.loc[("first", "late"), "lag_days_low"] == 657
    assert pd.isna(rows.loc[("first", "late"), "lag_days_high"])
    assert rows.loc[("open", "late"), "lag_days_low"] == 265
    assert not rows["contradiction"].any()


@pytest.mark.parametrize(
    ("parent", "child", "low", "high", "contradiction"),
    [
        (("2016-01-01", "2016-03-01"), ("2016-06-01", "2016-06-30"), 92, 181, False),
        (("2016-01-01", "2016-12-31"), ("2016-11-01", None), 0, None, False),  # overlap: not below 0
        ((None, None), ("2016-11-01", "2016-11-01"), 0, None, False),
        (("2017-01-01", "2017-01-01"), ("2016-11-01", "2016-12-31"), None, -1, True),
        (("2016-11-01", "2016-11-01"), ("2016-11-01", "2016-11-01"), 0, 0, False),
    ],
)
def test_lag_table(parent, child, low, high, contradiction):
    corpus = make_corpus(
        {},
        documents={
            "p": {"earliest": parent[0], "latest": parent[1]},
            "c": {"earliest": child[0], "latest": child[1], "parent_ids": ["p"]},
        },
    )
    (row,) = lag_table(corpus.documents).itertuples(index=False)
    assert (None if pd.isna(row.lag_days_low) else row.lag_days_low) == low
    assert (None if pd.isna(row.lag_days_high) else row.lag_days_high) == high
    assert row.contradiction == contradiction


def test_parents_without_a_row_are_told(caplog):
    corpus = make_corpus({"c": "文"}, documents={"c": {"parent_ids": ["nowhere"]}})
    with caplog.at_level(logging.WARNING):
        table = lag_table(corpus.documents)
    assert len(table) == 0 and "lag_days_low" in table
    assert "1 declared superiors have no row" in caplog.text


def test_bundled_corpus():
    from fzanalytics.texts.datasets import load_sample

    documents = load_sample().documents
    table = timeline(documents)
    assert sorted(table["doc_id"]) == sorted(documents["doc_id"])
    assert (table.loc[~table["held"].astype(bool), "status"] != "adopted").all()
    lags = lag_table(documents).set_index(["source", "target"])
    assert lags.loc[("hebei_province_2016", "shijiazhuang_city_2016"), "lag_days_low"] == 0
    assert not lags["contradiction"].any()
