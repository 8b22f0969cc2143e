"""The timeline and the bounds of lags."""

from __future__ import annotations

import logging

import pandas as pd
import pytest

from fzanalytics.measures.adoption.breadth import adoption_status
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


def two_clocks():
    """The centre in 2015, two provinces, of which one has a prefecture that was earlier than its province."""
    return make_corpus(
        dict.fromkeys(["n", "p", "c", "q"], "文"),
        documents={
            "n": {"level": "national", "earliest": "2015-12-27", "latest": "2015-12-27"},
            "p": {"region": "河北省", "earliest": "2016-03-01", "latest": "2016-03-31", "parent_ids": ["n"]},
            "c": {"region": "河北省/石家庄市", "level": "prefecture", "earliest": "2016-01-10", "latest": "2016-01-10"},
            "q": {"region": "河南省", "earliest": "2016-06-01", "parent_ids": ["n"]},
        },
    ).documents


def test_the_two_clocks_of_declared_superiors():
    documents = make_corpus(
        dict.fromkeys("npc", "文"),
        documents={
            "n": {"level": "national"},
            "p": {"region": "河北省", "parent_ids": ["n"]},
            "c": {"region": "河北省/石家庄市/长安区", "level": "county", "parent_ids": ["n", "p"]},
        },
    ).documents
    rows = lag_table(documents).set_index(["source", "target"])
    assert rows.loc[("n", "p"), ["since_centre", "since_superior"]].tolist() == [True, True]
    assert rows.loc[("n", "c"), ["since_centre", "since_superior"]].tolist() == [True, False]
    assert rows.loc[("p", "c"), ["since_centre", "since_superior"]].tolist() == [False, False]  # a grandparent
    assert lag_table(documents.drop(columns="region"))["since_superior"].isna().all()
    unknown = documents.assign(region=documents["region"].where(documents["doc_id"] == "c", None))
    rows = lag_table(unknown).set_index(["source", "target"])["since_superior"]
    assert rows.isna().to_dict() == {("n", "c"): False, ("p", "c"): True, ("n", "p"): True}  # where p is, nobody knows
    assert not rows["n", "c"]


def test_lags_by_lineage_need_no_declaration_and_may_be_negative():
    rows = lag_table(two_clocks(), lineage="法治政府建设").set_index(["source", "target"])
    assert len(rows) == 4  # p and q on both clocks in one row, c on each
    assert rows.loc[("n", "c"), ["lag_days_low", "lag_days_high"]].tolist() == [14, 14]
    # 10 January against 1 to 31 March: 81 to 51 days earlier than its province
    assert rows.loc[("p", "c"), ["lag_days_low", "lag_days_high"]].tolist() == [-81, -51]
    assert not rows.loc[("p", "c"), ["declared", "contradiction"]].any()
    assert rows.loc[("n", "p"), ["lag_days_low", "lag_days_high"]].tolist() == [65, 95]
    assert rows.loc[("n", "p"), ["since_centre", "since_superior", "declared"]].all()


def test_the_day_of_gathering_closes_open_ends():
    rows = lag_table(two_clocks(), lineage="法治政府建设", at="2016-12-31").set_index("target")
    assert rows.loc["q", ["lag_days_low", "lag_days_high"]].tolist() == [157, 370]
    assert rows.loc["p", "lag_days_high"] == 95


def test_jurisdictions_without_a_document():
    """Shanxi is known not to have adopted through 2016-12-31, 370 days after the centre; of Shandong nothing is known."""
    roster = pd.DataFrame(
        {
            "region": ["河北省", "河南省", "山西省", "山东省"],
            "level": "province",
            "not_adopted_by": [None, None, "2016-12-31", None],
        }
    )
    rows = lag_table(two_clocks(), lineage="法治政府建设", roster=roster).set_index("region")
    assert rows["status"].to_dict() == {
        "河北省": "adopted", "河南省": "adopted", "山西省": "known non-adopter", "山东省": "unknown",
    }  # fmt: skip
    assert rows.loc["山西省", "lag_days_low"] == 371 and pd.isna(rows.loc["山西省", "lag_days_high"])
    assert rows.loc["山东省", ["lag_days_low", "lag_days_high"]].isna().all()
    assert rows.loc[["山西省", "山东省"], "target"].isna().all()


def test_lags_feed_the_curve():
    """Exact lags of 65 (Hebei, its dates made exact) and at least 157 and 371 days: a third by day 65."""
    from fzanalytics.measures.adoption.turnbull import turnbull

    documents = two_clocks()
    documents.loc[documents["doc_id"] == "p", "latest"] = pd.Timestamp("2016-03-01")
    roster = pd.DataFrame(
        {"region": ["河北省", "河南省", "山西省"], "level": "province", "not_adopted_by": [None, None, "2016-12-31"]}
    )
    result = turnbull(lag_table(documents, lineage="法治政府建设", roster=roster))
    assert (result.n, result.n_censored, result.n_open) == (3, 1, 1)  # Henan has adopted, who knows when
    assert result.censored.tolist() == [370]
    assert result.curve.loc[result.curve["day"] == 65, "adopted_high"].item() == pytest.approx(1 / 3)


def test_a_superior_without_a_document_leaves_the_lag_open():
    documents = make_corpus(
        {"c": "文"}, documents={"c": {"region": "河北省/石家庄市", "level": "prefecture", "earliest": "2016-01-10"}}
    ).documents
    rows = lag_table(documents, lineage="法治政府建设")
    assert rows["source"].isna().all() and rows["lag_days_low"].isna().all() and len(rows) == 2
    assert rows["status"].tolist() == ["adopted", "adopted"]


def test_a_roster_comes_with_a_lineage(documents):
    with pytest.raises(ValueError, match="`roster` must come with `lineage`"):
        lag_table(documents, roster="provinces")


def test_a_lineage_of_the_centre_alone_has_no_lag():
    table = lag_table(two_clocks().iloc[:1], lineage="法治政府建设")
    assert len(table) == 0 and "since_superior" in table


def test_a_law_family_on_both_clocks(real_data):
    from fzanalytics.texts.datasets import fetch_law_family

    documents = fetch_law_family("air", path=real_data / "law_families").documents
    lineage = documents["lineage"].iloc[0]
    rows = lag_table(documents, lineage=lineage)
    assert rows["since_centre"].sum() == 30
    own = rows[rows["since_superior"].fillna(False) & (rows["target_level"] == "prefecture")]
    assert set(own["source"].dropna()) <= set(documents.loc[documents["level"] == "province", "doc_id"])
    assert len(own) == 25


def test_one_open_document_of_the_centre_opens_its_clock_and_is_named(caplog):
    """The outline of 2021 has no first day: it might be the first of all, so no lag since the centre has an upper bound."""
    rows = {
        "n1": {"level": "national", "earliest": "2015-12-27", "latest": "2015-12-27"},
        "n2": {"level": "national", "latest": "2021-08-11", "period_start": 2021, "period_end": 2025},
        "p": {"earliest": "2016-06-01", "latest": "2016-06-30", "period_end": 2020},
    }
    documents = make_corpus({"p": "文"}, documents=rows).documents
    with caplog.at_level(logging.WARNING):
        both = lag_table(documents, lineage="法治政府建设")
    assert both["source"].tolist() == ["n1"]
    assert both["lag_days_low"].tolist() == [157.0]
    assert both["lag_days_high"].isna().all()
    assert "no first possible day is known of n2, which may be older than n1" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        wave = lag_table(documents[documents["doc_id"] != "n2"], lineage="法治政府建设")
    assert wave["lag_days_high"].tolist() == [186.0]
    assert not caplog.text


def test_no_lag_says_why(caplog):
    alone = make_corpus({"a": "推行网上办理。", "b": "公开目录。"})
    assert lag_table(alone).empty and "No document declares a superior" in caplog.text
    caplog.clear()
    assert len(lag_table(make_corpus({"a": "推行。", "b": "公开。"}, documents={"b": {"parent_ids": ["a"]}}))) == 1
    assert caplog.text == ""


def test_a_table_put_together_of_two_keeps_quiet(recwarn):
    one = pd.DataFrame(
        {"doc_id": ["a"], "level": ["province"], "region": ["河北省"], "lineage": ["甲"],
         "earliest": pd.to_datetime(["2016-01-01"]), "latest": pd.to_datetime(["2016-12-31"])}
    )  # fmt: skip
    both = pd.concat([one, one.assign(doc_id="b", region="河南省", lineage="乙")])  # both rows have the index 0
    table = adoption_status(both, lineage="甲", roster="provinces", at="2017-01-01")
    assert int(table["n_adopted"].iloc[0]) == 1 and not recwarn.list
