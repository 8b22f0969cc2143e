"""Frequency of terms: counts against a plain count, zero counts kept, intervals where they may stand."""

import numpy as np
import pandas as pd
import pytest

from fzanalytics import PolicyAnalyzer
from fzanalytics.measures.resampling import population_interval
from fzanalytics.measures.vocabulary.lens import term_lens
from fzanalytics.measures.vocabulary.trends import COLUMNS, _rates, term_frequency
from helpers import make_corpus


def test_counts_and_rates_by_hand():
    corpus = make_corpus(
        {"a": "法治法治建设", "b": "建设", "c": "法治"},
        documents={"b": {"level": "county"}, "c": {"level": "county"}},
    )
    table = term_frequency(corpus, ["法治", "督察"], per=100)
    assert tuple(table.columns) == COLUMNS
    assert table[["group", "term", "count", "n"]].to_numpy().tolist() == [
        ["province", "法治", 2, 6],
        ["province", "督察", 0, 6],
        ["county", "法治", 1, 4],
        ["county", "督察", 0, 4],
    ]
    assert table["rate"].tolist() == pytest.approx([100 * 2 / 6, 0, 25, 0])
    assert table["n_documents"].tolist() == [1, 0, 1, 0] and table["of_documents"].tolist() == [1, 1, 2, 2]


def test_counts_are_those_of_the_text(sample):
    table = term_frequency(sample, ["行政复议", "法治", "考核"], by="doc_id")
    texts = dict(zip(sample.held["doc_id"], sample.held["text"], strict=True))
    for row in table.itertuples():
        assert row.count == texts[row.group].count(row.term) and row.n == len(texts[row.group])
    assert table["n"].groupby(table["term"]).sum().tolist() == [int(sample.held["n_chars"].sum())] * 3


def test_forms_of_a_concept_are_counted_together_and_once():
    corpus = make_corpus({"a": "政务公开和公开", "b": "信息公开"})
    table = term_frequency(corpus, {"openness": ["公开", "政务公开"], "法治": "法治"}, by="doc_id")
    assert table.set_index(["term", "group"])["count"].to_dict() == {
        ("openness", "a"): 2,
        ("openness", "b"): 1,
        ("法治", "a"): 0,
        ("法治", "b"): 0,
    }


def test_words_of_an_analyzer():
    corpus = make_corpus({"a": "法治 政府 法治政府"})
    as_words = term_frequency(corpus, "法治", of="tokens", analyzer=str.split, per=1).iloc[0]
    assert as_words[["count", "n"]].tolist() == [1, 3] and as_words["rate"] == pytest.approx(1 / 3)
    assert term_frequency(corpus, "法治").iloc[0]["count"] == 2


def test_a_word_that_the_analyzer_never_gives_is_not_a_silent_nothing():
    corpus = make_corpus({"a": "加强行政复议工作"})
    with pytest.warns(UserWarning, match="复议 stands in the texts but is never a word"):
        table = term_frequency(corpus, "复议", of="tokens", analyzer=PolicyAnalyzer())
    assert table.iloc[0]["count"] == 0


def test_a_date_in_two_years_is_of_neither(sample):
    table = term_frequency(sample, "督察", by="year").set_index("group")
    assert set(table.index) == {"2016", "2016–", "2017", "2017–", "2021–2022"}
    assert table.loc["2021–2022", "of_documents"] == 2 and pd.isna(table.loc["2017–", "latest"])
    assert table.loc["2017", "earliest"] == pd.Timestamp("2017-01-26")
    undated = term_frequency(make_corpus({"a": "法治"}), "法治", by="year")
    assert undated["group"].tolist() == ["undated"]


def test_five_documents_have_the_sampling_of_text_and_nothing_more(sample):
    table = term_frequency(sample, ["考核", "没有这个词"])
    assert table[["low", "high"]].isna().all(axis=None) and set(table["scope"]) == {"these documents"}
    assert (table["text_low"] <= table["rate"]).all() and (table["rate"] < table["text_high"]).all()
    nothing = table[table["count"] == 0]
    assert len(nothing) == 3 and (nothing["text_low"] == 0).all() and (nothing["text_high"] > 0).all()


def many(n, generator):
    """n jurisdictions whose rates differ; half of them have two documents."""
    texts, documents = {}, {}
    for i in range(n):
        share = generator.beta(2, 18)
        for part in range(1 + i % 2):
            texts[f"{i}-{part}"] = "".join(generator.choice(["甲", "乙"], size=400, p=[share, 1 - share]))
            documents[f"{i}-{part}"] = {"region": f"{i}省"}
    return make_corpus(texts, documents=documents)


def test_intervals_of_jurisdictions_are_refused_below_thirty():
    generator = np.random.default_rng(0)
    few, enough = (term_frequency(many(n, generator), "甲", per=1).iloc[0] for n in (29, 30))
    assert np.isnan(few["low"]) and few["scope"] == "these documents" and few["of_documents"] == 43
    assert enough["low"] < enough["rate"] < enough["high"] and enough["scope"] == "jurisdictions"
    # they carry the differences between localities, which the sampling of text does not
    assert enough["high"] - enough["low"] > 2 * (enough["text_high"] - enough["text_low"])


def test_intervals_of_jurisdictions_hold_the_truth():
    generator = np.random.default_rng(1)
    held = []
    for _ in range(60):
        row = term_frequency(many(30, generator), "甲", per=1).iloc[0]
        held.append(row["low"] <= 0.1 <= row["high"])
    assert 0.85 <= np.mean(held) <= 1


@pytest.mark.parametrize("rate", [1e-4, 5e-4, 2e-3, 1e-2])
def test_intervals_hold_the_rate_of_rare_words(rate):
    """Counts as of one word in plans of about 6,000 characters from 30 jurisdictions of uneven rates and sizes."""
    generator = np.random.default_rng(0)
    found = []
    for _ in range(500):
        sizes = np.exp(generator.normal(8.7, 0.5, 30)).astype(int)
        counts = generator.poisson(rate * generator.gamma(2, 1 / 2, 30) * sizes)
        found.append(_rates(counts, sizes, np.arange(30), 1, 0.95))
    held = [one["low"] <= rate <= one["high"] for one in found]
    assert 0.93 <= np.mean(held) <= 0.98


def test_the_interval_is_the_population_interval():
    """Documents of a jurisdiction are taken together, and an empty text is no jurisdiction."""
    corpus = many(30, np.random.default_rng(2))
    texts, regions = corpus.held["text"], corpus.held["region"]
    shares = texts.str.count("甲") / texts.str.len()
    expected = population_interval(shares, texts.str.len(), regions, level=0.9)
    row = term_frequency(corpus, "甲", per=100, level=0.9).iloc[0]
    assert row[["rate", "low", "high"]].tolist() == pytest.approx([100 * one for one in expected[:3]])
    with_empty = {**dict(zip(corpus.held["doc_id"], texts, strict=True)), "空": ""}
    documents = {doc_id: {"region": region} for doc_id, region in zip(corpus.held["doc_id"], regions, strict=True)}
    more = term_frequency(make_corpus(with_empty, documents=documents), "甲", per=100, level=0.9).iloc[0]
    assert more["of_documents"] == 46 and more["n_jurisdictions"] == 30 and more["low"] == row["low"]


@pytest.mark.parametrize(
    ("terms", "options", "message"),
    [
        ([], {}, "`terms` must hold at least one word"),
        ("", {}, "`terms` must hold at least one word"),
        ({"a": []}, {}, "`terms` must hold at least one word"),
        ("法治", {"of": "words"}, "`of` must be 'characters' or 'tokens'; got 'words'"),
        ("法治", {"per": 0}, "`per` must be above 0"),
        ("法治", {"level": 2}, "`level` must be above 0 and below 1; got 2"),
    ],
)
def test_faults(terms, options, message):
    with pytest.raises(ValueError, match=message):
        term_frequency(make_corpus({"a": "法治"}), terms, **options)


def test_a_lens_holds_what_the_parts_hold(sample):
    lens = term_lens(sample, "监督")
    assert lens.documents["doc_id"].tolist() == sample.held["doc_id"].tolist()
    assert lens.documents["count"].sum() == lens.levels["count"].sum() == len(lens.contexts) > 0
    assert set(lens.contexts["keyword"]) == {"监督"}
    nothing = term_lens(sample, "没有这个词")
    assert repr(nothing) == "TermLens(没有这个词: 0 times in 89,863 characters, in 0 of 6 documents)"
    assert nothing.collocates.empty and nothing.contexts.empty


def test_bounds_that_are_no_year_are_warned_of():
    dated = {
        "a": {"earliest": "2016-01-01", "latest": "2016-12-31"},
        "b": {"earliest": "2016-01-01", "latest": "2017-05-01"},
    }
    with pytest.warns(UserWarning, match="1 of 2 documents have bounds and no year of their own"):
        term_frequency(make_corpus({"a": "行政复议", "b": "行政复议"}, documents=dated), "行政复议", by="year")
