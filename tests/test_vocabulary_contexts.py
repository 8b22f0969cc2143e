"""Keywords in context: slices of the text, at their places; and patterns that cannot run away."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.measures.vocabulary import contexts
from fzanalytics.measures.vocabulary.contexts import COLUMNS, keywords_in_context
from helpers import make_corpus


def test_by_hand():
    corpus = make_corpus({"a": "题目\n（一）依法行政\n行政复议", "b": "无"})
    table = keywords_in_context(corpus, "行政", window=3)
    assert tuple(table.columns) == COLUMNS
    assert table.drop(columns="clause_id").to_numpy().tolist() == [
        ["a", 8, 10, "）依法", "行政", "\n行政"],
        ["a", 11, 13, "行政\n", "行政", "复议"],
    ]
    assert table["clause_id"].tolist() == ["a#（一）", "a#（一）/3"]


def test_every_row_is_a_slice_of_the_text(sample):
    texts = dict(zip(sample.held["doc_id"], sample.held["text"], strict=True))
    spans = sample.clauses.set_index("clause_id")[["begin", "end"]]
    for keyword, regex in (("行政复议", False), ("建立[^，。]{0,10}制度", True)):
        table = keywords_in_context(sample, keyword, regex=regex)
        for row in table.itertuples():
            text = texts[row.doc_id]
            assert text[row.begin : row.end] == row.keyword
            assert text[row.begin - len(row.left) : row.end + len(row.right)] == row.left + row.keyword + row.right
            if not pd.isna(row.clause_id):
                assert spans.loc[row.clause_id, "begin"] <= row.begin < spans.loc[row.clause_id, "end"]
        assert table["clause_id"].notna().mean() > 0.9
    assert len(keywords_in_context(sample, "行政复议")) == sum(text.count("行政复议") for text in texts.values())


@settings(max_examples=50, deadline=None)
@given(st.text("ab。\n", min_size=1, max_size=40), st.text("ab.", min_size=1, max_size=3))
def test_a_literal_is_found_as_it_is_written(text, keyword):
    found = keywords_in_context(make_corpus({"x": text + " "}), keyword)
    assert found["begin"].tolist() == [one.start() for one in re.finditer(re.escape(keyword), text + " ")]


def test_what_stands_outside_of_clauses_has_none():
    corpus = make_corpus({"a": "行政\n行政\n行政"})
    gap = type(corpus)(corpus.documents, corpus.clauses.iloc[[1]], corpus.paragraphs)
    assert keywords_in_context(gap, "行政")["clause_id"].isna().tolist() == [True, False, True]


def test_orders():
    corpus = make_corpus({"a": "乙市政府甲\n甲市政府丙\n丙县政府乙"})
    common = {"keyword": "政府", "window": 2}
    assert keywords_in_context(corpus, **common)["left"].tolist() == ["乙市", "甲市", "丙县"]
    assert keywords_in_context(corpus, sort="left", **common)["left"].tolist() == ["丙县", "乙市", "甲市"]
    assert keywords_in_context(corpus, sort="right", window=1, keyword="政府")["right"].tolist() == ["丙", "乙", "甲"]


def test_documents_may_be_chosen(sample):
    table = keywords_in_context(sample, "监督", doc_ids=["xiahe_county_2017"])
    assert set(table["doc_id"]) == {"xiahe_county_2017"}
    with pytest.raises(ValueError, match="`doc_ids` must name documents that are held; got 'nobody'"):
        keywords_in_context(sample, "监督", doc_ids="nobody")


def test_nothing_found_is_an_empty_table(sample):
    table = keywords_in_context(sample, "没有这个词", sort="left")
    assert table.empty and tuple(table.columns) == COLUMNS
    assert keywords_in_context(sample, "没*", regex=True)["keyword"].str.len().min() > 0


def test_a_pattern_stays_within_its_line():
    corpus = make_corpus({"a": "甲\n乙丙\n乙"})
    assert keywords_in_context(corpus, r"甲\s乙", regex=True).empty
    assert keywords_in_context(corpus, "^乙", regex=True)["begin"].tolist() == [2, 5]
    assert keywords_in_context(corpus, "[甲乙丙]+", regex=True)["keyword"].tolist() == ["甲", "乙丙", "乙"]


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a*)*", "(ab?)+", "(甲乙|甲)*丙", "(a{1,9}){2}", "((a|bc)d)+", "(?:x(?:a+)){3}"]
)
def test_what_may_match_in_many_ways_is_not_repeated(pattern):
    with pytest.raises(ValueError, match="`keyword` must not repeat a repetition or a choice"):
        keywords_in_context(make_corpus({"x": "a" * 40}), pattern, regex=True)


@pytest.mark.parametrize(
    "pattern", ["[一-龥]+政府", "(市|县)+", "(?:.{3})+", "提[^。]{0,20}(政府|法治)", "a{2}b*", "(?<=甲)乙"]
)
def test_plain_patterns_are_run(pattern):
    keywords_in_context(make_corpus({"x": "甲乙市县政府" * 5}), pattern, regex=True)


def test_the_worst_case_is_counted_and_bounded():
    """Steps, not seconds: twice the length of a line is four times the ways of two free repetitions."""
    costs = [contexts._cost(contexts._regex.parse(".*甲.*乙"), n) for n in (100, 200)]
    assert costs == [100**2, 200**2]
    assert contexts._cost(contexts._regex.parse("甲.{0,20}(乙|丙丁)"), 10_000) == 40
    with pytest.raises(ValueError, match="`keyword` must be quick on 100,000 characters"):
        keywords_in_context(make_corpus({"x": "甲" * 100_000}), ".*甲.*乙", regex=True)
    assert keywords_in_context(make_corpus({"x": "甲" * 100_000}), ".{0,20}乙", regex=True).empty


@pytest.mark.parametrize(
    ("keyword", "options", "message"),
    [
        ("", {}, "`keyword` must be a text that is not empty"),
        ("(", {"regex": True}, r"`keyword` must be a regular expression; got '\('"),
        ("甲", {"window": -1}, "`window` must be at least 0; got -1"),
        ("甲", {"sort": "middle"}, "`sort` must be 'text', 'left' or 'right'"),
    ],
)
def test_faults(keyword, options, message):
    with pytest.raises(ValueError, match=message):
        keywords_in_context(make_corpus({"x": "甲"}), keyword, **options)
    with pytest.raises(TypeError, match="`corpus` must be a Corpus; got str"):
        keywords_in_context("甲", "甲")
