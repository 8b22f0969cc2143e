"""Collocations: a table worked by hand, a slow count, and gensim's scores as a peer."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.measures.vocabulary.collocations import collocates, collocations
from helpers import make_corpus

PLAIN = {"analyzer": str.split, "ignore": (), "min_chars": 1, "min_count": 1}
TEXTS = st.lists(st.lists(st.sampled_from("abcd"), max_size=7), min_size=1, max_size=4)


def test_scores_by_hand():
    # stretches a b | a b | a c | d b: pairs ab 2, ac 1, db 1
    table = collocations(make_corpus({"x": "a b，a b。a c\nd b"}), **PLAIN).set_index(["first", "second"])
    pair = table.loc[("a", "b")]
    assert pair[["count", "count_first", "count_second", "n_pairs", "expected"]].tolist() == [2, 3, 3, 4, 2.25]
    assert pair["pmi"] == pytest.approx(math.log2(2 / 2.25))
    assert pair["npmi"] == pytest.approx(math.log(2 / 2.25) / -math.log(2 / 4))
    assert pair["t"] == pytest.approx((2 - 2.25) / math.sqrt(2))
    # cells 2 1 / 1 0 with expected 2.25 .75 / .75 .25
    assert pair["g2"] == pytest.approx(2 * (2 * math.log(2 / 2.25) + 2 * math.log(1 / 0.75)))
    assert table.loc[("d", "b"), "pmi"] == pytest.approx(math.log2(1 / 0.75))
    assert list(table.index)[-1] == ("a", "b"), "rarer than expected comes last"


def test_words_that_only_stand_together_have_npmi_one():
    table = collocations(make_corpus({"x": "p q，r s，p q，s t"}), **PLAIN).set_index(["first", "second"])
    assert table.loc[("p", "q"), "npmi"] == pytest.approx(1)
    alone = collocations(make_corpus({"x": "p q"}), **PLAIN)
    assert alone["npmi"].tolist() == [1] and alone["g2"].tolist() == [0]


def slow(stretches, window):
    pairs = {}
    for words in stretches:
        for i, first in enumerate(words):
            for second in words[i + 1 : i + 1 + window]:
                pairs[first, second] = pairs.get((first, second), 0) + 1
    return pairs


@settings(max_examples=25, deadline=None)
@given(TEXTS, st.integers(1, 4))
def test_fast_is_slow(stretches, window):
    expected = slow(stretches, window)
    corpus = make_corpus({"x": "，".join(" ".join(words) for words in stretches) + " "})
    if not expected:
        with pytest.raises(ValueError):
            collocations(corpus, window=window, **PLAIN)
        return
    table = collocations(corpus, window=window, **PLAIN)
    assert table.set_index(["first", "second"])["count"].to_dict() == expected
    assert set(table["n_pairs"]) == {sum(expected.values())}
    for side in ("first", "second"):
        assert (table.groupby(side)["count"].sum() == table.groupby(side)[f"count_{side}"].first()).all()
    assert table["npmi"].between(-1, 1 + 1e-12).all() and (table["g2"] >= 0).all()


def test_npmi_is_gensims():
    from gensim.models.phrases import npmi_scorer

    corpus = make_corpus({"x": "a b a b c，b c a b，a c b a b"})
    for row in collocations(corpus, **PLAIN).itertuples():
        peer = npmi_scorer(row.count_first, row.count_second, row.count, 3, 1, row.n_pairs)
        assert row.npmi == pytest.approx(peer)


def test_gensim_finds_the_same_phrases(sample):
    """gensim's Phrases on the same stretches: what it joins at npmi 0.7 is at the head of our table."""
    import re

    from gensim.models.phrases import Phrases

    from fzanalytics import PolicyAnalyzer

    analyze = PolicyAnalyzer(stop_words=None, min_chars=1)
    stretches = [
        analyze(one) for text in sample.held["text"] for one in re.split(r"[，。；：！？、\n（）()《》]", text)
    ]
    found = Phrases(stretches, min_count=8, threshold=0.7, scoring="npmi").export_phrases()
    table = collocations(sample, min_count=8, sort="npmi")
    ours = {f"{row.first}_{row.second}" for row in table.itertuples() if row.npmi > 0.65}
    wanted = {phrase for phrase in found if all(len(word) > 1 for word in phrase.split("_"))}
    listed = {f"{row.first}_{row.second}" for row in table.itertuples()}
    assert len(wanted & listed) >= 3 and wanted & listed <= ours


def test_a_pause_parts_and_a_quotation_mark_does_not():
    corpus = make_corpus({"x": "深化“放管服”改革，监督（检查）"})
    table = collocations(corpus, min_count=1, ignore=())
    assert set(zip(table["first"], table["second"], strict=True)) == {("深化", "放管服"), ("放管服", "改革")}


def test_ignored_words_keep_their_place():
    corpus = make_corpus({"x": "监督 的 检查"})
    assert collocations(corpus, analyzer=str.split, ignore=["的"], min_count=1).empty
    wider = collocations(corpus, analyzer=str.split, ignore=["的"], min_count=1, window=2)
    assert wider[["first", "second"]].to_numpy().tolist() == [["监督", "检查"]]


def test_documents_are_counted():
    corpus = make_corpus({"x": "a b，a b", "y": "a b", "z": "b a"})
    table = collocations(corpus, **PLAIN).set_index(["first", "second"])
    assert table.loc[("a", "b"), ["count", "n_documents"]].tolist() == [3, 2]
    clauses = collocations(corpus, unit="clause", **PLAIN).set_index(["first", "second"])
    pd.testing.assert_frame_equal(table, clauses)


def test_company_by_hand():
    corpus = make_corpus({"x": "a k b，b k c，d d d d d d，k"})
    table = collocates(corpus, "k", window=1, **PLAIN).set_index("term")
    assert table.loc["b", ["count", "count_before", "count_after", "n"]].tolist() == [2, 1, 1, 4]
    assert table.loc["a", ["count_before", "count_after"]].tolist() == [1, 0]
    assert set(table["n"] + table["n_elsewhere"]) == {10} and "d" not in table.index and "k" not in table.index
    # half an occurrence elsewhere stands for none: log2((2/4) / (0.5/6))
    assert table.loc["b", "log_ratio"] == pytest.approx(math.log2(6))


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.integers(1, 3))
def test_company_is_what_stands_within_the_window(stretches, window):
    near = {}
    for words in stretches:
        for i, word in enumerate(words):
            around = words[max(i - window, 0) : i] + words[i + 1 : i + 1 + window]
            if word != "a" and "a" in around:
                near[word] = near.get(word, 0) + 1
    corpus = make_corpus({"x": "，".join(" ".join(words) for words in stretches) + " "})
    table = collocates(corpus, "a", window=window, **PLAIN)
    found = dict(zip(table["term"], table["count"], strict=True))
    assert found.items() <= near.items() and (not len(table) or set(table["n"]) == {sum(near.values())})


def test_the_word_is_kept_whole():
    corpus = make_corpus({"x": "推进局队合一体制改革，推进局队合一，推进改革"})
    assert collocates(corpus, "局队合一", min_count=1, ignore=())["term"].tolist() == ["推进"]
    assert collocates(corpus, "没有这个词").empty


def test_a_word_is_found_as_the_analyzer_gives_it():
    corpus = make_corpus({"x": "推广 PPP 项目，推广 PPP 项目，其他 文字 其他 文字"})
    for analyzer, word in ((str.split, "PPP"), (lambda text: text.lower().split(), "PPP")):
        assert set(collocates(corpus, word, analyzer=analyzer, min_count=1, ignore=())["term"]) == {"推广", "项目"}


def test_one_word_to_ignore_is_one_word():
    corpus = make_corpus({"x": "社会监督 社会 监 督，社会监督 社会 监 督"})
    options = {"analyzer": str.split, "min_count": 1, "min_chars": 1}
    one, listed = (collocations(corpus, ignore=ignore, **options) for ignore in ("监督", ["监督"]))
    pd.testing.assert_frame_equal(one, listed)
    assert ("社会", "监") in set(zip(one["first"], one["second"], strict=True))


def test_faults(sample):
    for function in (lambda **one: collocations(sample, **one), lambda **one: collocates(sample, "监督", **one)):
        with pytest.raises(ValueError, match="must be at least 1; got 0"):
            function(window=0)
    with pytest.raises(ValueError, match="`sort` must be 'g2'"):
        collocations(sample, sort="size")
    with pytest.raises(ValueError, match="`word` must not be empty"):
        collocates(sample, "")
    with pytest.raises(ValueError, match="two words in a row"):
        collocations(make_corpus({"x": "a，b"}), **PLAIN)


def test_order_is_by_score(sample):
    corpus = make_corpus({"x": sample.held["text"].iloc[2]})
    for sort in ("npmi", "pmi", "t", "count"):
        values = collocations(corpus, sort=sort, min_count=2)[sort].to_numpy()
        assert len(values) > 20
        assert (np.diff(values) <= 0).all()
