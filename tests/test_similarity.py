"""TF-IDF similarity: by hand, bounds, symmetry, blocks against the plain product, masks, empty texts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.features.tokens import PolicyAnalyzer
from fzanalytics.measures.similarity import cluster_order, tfidf_similarity
from helpers import make_corpus


def split(text: str) -> list[str]:
    return text.split()


def test_by_hand() -> None:
    # Three texts. idf: 甲 in two of three ln(4/3)+1, 乙 and 丙 in one ln(4/2)+1.
    corpus = make_corpus({"a": "甲 乙", "b": "甲 丙", "c": "丁"})
    similarity = tfidf_similarity(corpus, analyzer=split)
    common, rare = math.log(4 / 3) + 1, math.log(4 / 2) + 1
    assert similarity.loc["a", "b"] == pytest.approx(common**2 / (common**2 + rare**2))
    assert similarity.loc["a", "c"] == 0
    assert similarity.index.tolist() == similarity.columns.tolist() == ["a", "b", "c"]


TEXTS = st.lists(st.lists(st.sampled_from("甲乙丙丁"), max_size=5).map(" ".join), min_size=2, max_size=7).filter(
    lambda texts: any(text.strip() for text in texts)
)


@given(TEXTS)
@settings(max_examples=50, deadline=None)
def test_bounds_symmetry_and_blocks(texts: list[str]) -> None:
    corpus = make_corpus({str(number): text for number, text in enumerate(texts)})
    similarity = tfidf_similarity(corpus, analyzer=split).to_numpy()
    known = similarity[~np.isnan(similarity)]
    assert ((known >= 0) & (known <= 1)).all()
    assert np.array_equal(similarity, similarity.T, equal_nan=True)
    empty = np.array([not text.strip() for text in texts])
    assert np.array_equal(np.isnan(similarity), empty[:, None] | empty[None, :])
    assert (np.diag(similarity)[~empty] == 1).all()
    small = tfidf_similarity(corpus, analyzer=split, block_size=2).to_numpy()
    assert np.allclose(small, similarity, atol=1e-12, equal_nan=True)


def test_equal_proportions_are_one_whatever_the_length() -> None:
    corpus = make_corpus({"a": "甲 乙", "b": "甲 乙 甲 乙", "c": "乙"})
    assert tfidf_similarity(corpus, analyzer=split).loc["a", "b"] == pytest.approx(1)


def test_masks_take_names_out_of_the_likeness() -> None:
    same = "由{0}财政局报{0}人民政府批准后公布行政复议决定"
    corpus = make_corpus({"a": same.format("清远市"), "b": same.format("夏河县"), "c": "清远市清远市财政局完善仲裁"})
    plain = tfidf_similarity(corpus)
    masked = tfidf_similarity(corpus, mask=("place", "agency"))
    assert plain.loc["a", "b"] < 1
    assert masked.loc["a", "b"] == pytest.approx(1)
    assert plain.loc["a", "c"] > 0
    assert masked.loc["a", "c"] == 0


def test_units() -> None:
    corpus = make_corpus({"a": "（一）行政复议\n人民调解员", "b": "人民调解员"}, documents={"c": {"title": "未见"}})
    paragraphs = tfidf_similarity(corpus, unit="paragraph")
    assert paragraphs.index.tolist() == corpus.paragraphs["paragraph_id"].tolist()
    assert paragraphs.to_numpy().round(6).tolist() == [[1, 0, 0], [0, 1, 1], [0, 1, 1]]
    assert tfidf_similarity(corpus, unit="clause").index.tolist() == corpus.clauses["clause_id"].tolist()
    assert tfidf_similarity(corpus).index.tolist() == ["a", "b"], "a document that is not held takes part"
    with pytest.raises(ValueError, match="`unit` must be 'document', 'paragraph' or 'clause'; got 'sentence'"):
        tfidf_similarity(corpus, unit="sentence")  # type: ignore[arg-type]


def test_bad_input() -> None:
    nothing = make_corpus({}, documents={"c": {"title": "未见"}})
    with pytest.raises(ValueError, match="`corpus` must hold at least one document; 0 of its 1 documents are held"):
        tfidf_similarity(nothing)
    corpus = make_corpus({"a": "行政复议"})
    with pytest.raises(ValueError, match="`mask` must be empty when an `analyzer` is given"):
        tfidf_similarity(corpus, mask="place", analyzer=PolicyAnalyzer())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="`block_size` must be at least 1"):
        tfidf_similarity(corpus, block_size=0)
    with pytest.raises(ValueError, match="`texts` must hold at least one term"):
        tfidf_similarity(make_corpus({"a": "的"}))


def test_cluster_order_by_hand() -> None:
    # Pairs (0, 2) and (1, 3) are near, all else far: heights 0.1, 0.2, and the average 0.9 between the pairs.
    likeness = np.full((4, 4), 0.1)
    likeness[0, 2] = likeness[2, 0] = 0.9
    likeness[1, 3] = likeness[3, 1] = 0.8
    np.fill_diagonal(likeness, 1)
    order, linkage = cluster_order(pd.DataFrame(likeness))
    assert {frozenset(order[:2].tolist()), frozenset(order[2:].tolist())} == {frozenset({0, 2}), frozenset({1, 3})}
    assert linkage[:, 2].round(9).tolist() == [0.1, 0.2, 0.9]


def test_cluster_order_edges() -> None:
    order, linkage = cluster_order(pd.DataFrame([[1.0]]))
    assert order.tolist() == [0] and linkage.shape == (0, 4)
    order, linkage = cluster_order(pd.DataFrame([[1, 0.5], [0.5, 1]]))
    assert sorted(order.tolist()) == [0, 1] and linkage[0, 2] == 0.5
    with pytest.raises(ValueError, match="`similarity` must be square"):
        cluster_order(pd.DataFrame([[1, 0.5]]))
    with pytest.raises(ValueError, match="`similarity` must be without NaN; texts without terms: b"):
        cluster_order(pd.DataFrame([[1, np.nan], [np.nan, np.nan]], index=["a", "b"], columns=["a", "b"]))


def test_sample_shijiazhuang_is_nearest_to_its_superior() -> None:
    import fzanalytics as fz

    similarity = tfidf_similarity(fz.load_sample(), mask=("place", "agency"))
    others = similarity.loc["shijiazhuang_city_2016"].drop("shijiazhuang_city_2016")
    assert others.idxmax() == "hebei_province_2016"
    assert similarity.shape == (6, 6)
