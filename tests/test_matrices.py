"""Count and TF-IDF matrices: by hand, bounds, order, bad input."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from fzanalytics.features.matrices import count_matrix, counts_of_terms, tfidf_matrix

TERMS = st.lists(st.lists(st.sampled_from("甲乙丙丁"), max_size=6), min_size=1, max_size=6).filter(any)


def split(text: str) -> list[str]:
    return text.split()


def test_counts_by_hand() -> None:
    matrix, vocabulary = count_matrix(pd.Series(["乙 甲 乙", "", "丙"]), analyzer=split)
    assert sparse.issparse(matrix) and matrix.format == "csr"
    assert vocabulary.tolist() == sorted(["甲", "乙", "丙"])
    expected = {"甲": [1, 0, 0], "乙": [2, 0, 0], "丙": [0, 0, 1]}
    assert {term: matrix.toarray()[:, column].tolist() for column, term in enumerate(vocabulary)} == expected


def test_tfidf_by_hand() -> None:
    # Two texts; 甲 in both, 乙 in one: idf ln(3/3)+1 = 1 and ln(3/2)+1.
    matrix, vocabulary = tfidf_matrix(["甲 乙", "甲"], analyzer=split)
    rare = math.log(3 / 2) + 1
    length = math.hypot(1, rare)
    row = dict(zip(vocabulary, matrix.toarray()[0], strict=True))
    assert row["甲"] == pytest.approx(1 / length)
    assert row["乙"] == pytest.approx(rare / length)
    sublinear, _ = tfidf_matrix(["甲 甲 乙", "甲"], analyzer=split, sublinear_tf=True)
    plain, _ = tfidf_matrix(["甲 甲 乙", "甲"], analyzer=split)
    column = vocabulary.tolist().index("甲")
    assert sublinear.toarray()[0, column] < plain.toarray()[0, column]


@given(TERMS)
@settings(max_examples=60, deadline=None)
def test_counts_equal_counting(terms: list[list[str]]) -> None:
    matrix, vocabulary = counts_of_terms(terms)
    slow = [[row.count(term) for term in vocabulary] for row in terms]
    assert matrix.toarray().tolist() == slow
    assert vocabulary.tolist() == sorted({term for row in terms for term in row})


@given(TERMS)
@settings(max_examples=60, deadline=None)
def test_tfidf_rows_have_length_one_or_zero(terms: list[list[str]]) -> None:
    matrix, _ = tfidf_matrix([" ".join(row) for row in terms], analyzer=split)
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    assert np.allclose(lengths, [float(bool(row)) for row in terms])
    assert matrix.min() >= 0 and matrix.max() <= 1 + 1e-12


def test_default_analyzer_keeps_policy_terms() -> None:
    _, vocabulary = count_matrix(["完善行政复议制度", "建设法治政府"])
    assert vocabulary.tolist() == ["法治政府", "行政复议"]


def test_min_df_and_max_df() -> None:
    texts = ["甲 乙", "甲 丙", "甲 丙"]
    assert count_matrix(texts, analyzer=split, min_df=2).vocabulary.tolist() == sorted(["甲", "丙"])
    assert count_matrix(texts, analyzer=split, max_df=0.7).vocabulary.tolist() == sorted(["乙", "丙"])
    assert count_matrix(texts, analyzer=split, max_features=1).vocabulary.tolist() == ["甲"]
    with pytest.raises(ValueError, match=r"`min_df` and `max_df` must leave at least one term; got 3 and 0\.5"):
        count_matrix(texts, analyzer=split, min_df=3, max_df=0.5)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "`texts` must hold at least one text; got none"),
        (["", "，。"], "`texts` must hold at least one term; none of the 2 texts does"),
        ("一个", "`texts` must be several texts; got one str"),
        (["甲", None, 3], r"`texts` must be str; number 1 is NoneType \(2 in all\)"),
    ],
)
def test_bad_input_is_one_sentence(texts: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        count_matrix(texts)  # type: ignore[arg-type]
