"""Texts to counts and TF-IDF weights: a CSR matrix and its vocabulary, through scikit-learn.

Shape letters: D texts (documents, clauses or paragraphs), V vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from fzanalytics.features.tokens import Analyzer, PolicyAnalyzer


class TermMatrix(NamedTuple):
    """A document-term matrix, shape (D, V), and the terms of its columns, shape (V,), in code point order."""

    matrix: sparse.csr_matrix
    vocabulary: np.ndarray[Any, Any]


def count_matrix(
    texts: Iterable[str],
    *,
    analyzer: Analyzer | None = None,
    min_df: int | float = 1,
    max_df: int | float = 1.0,
    max_features: int | None = None,
) -> TermMatrix:
    """Count the terms of each text.

    Parameters
    ----------
    texts : iterable of str, such as a Series
        D texts.
    analyzer : callable str -> list of str, optional
        Default: `PolicyAnalyzer()`.
    min_df, max_df : int or float
        Terms in fewer, or more, texts are left out; an int is a number of texts, a float a share of them.
    max_features : int, optional
        Keep only so many terms, the most frequent.

    Returns
    -------
    TermMatrix
        matrix : CSR of int64, shape (D, V), rows in the order of the texts; vocabulary : array of str, shape (V,),
        sorted. An empty text is a row of zeros.

    Raises
    ------
    ValueError
        If there is no text, a text is not a str, or no term is left.

    Examples
    --------
    >>> matrix, vocabulary = count_matrix(["行政复议与行政调解", "行政复议"])
    >>> vocabulary.tolist(), matrix.toarray().tolist()
    (['行政复议', '行政调解'], [[1, 1], [1, 0]])
    """
    listed = check_texts(texts)
    analyze = PolicyAnalyzer() if analyzer is None else analyzer
    return counts_of_terms([analyze(text) for text in listed], min_df=min_df, max_df=max_df, max_features=max_features)


def tfidf_matrix(
    texts: Iterable[str],
    *,
    analyzer: Analyzer | None = None,
    min_df: int | float = 1,
    max_df: int | float = 1.0,
    max_features: int | None = None,
    sublinear_tf: bool = False,
) -> TermMatrix:
    """Weigh the terms of each text by TF-IDF, rows of Euclidean length 1.

    Parameters
    ----------
    texts, analyzer, min_df, max_df, max_features
        As for `count_matrix`.
    sublinear_tf : bool
        Replace a count n by 1 + log(n).

    Returns
    -------
    TermMatrix
        matrix : CSR of float64, shape (D, V), entries in [0, 1], rows of length 1, an empty text a row of zeros. The
        weight of a term in n of D texts is log((1 + D) / (1 + n)) + 1, scikit-learn's: it depends on the other texts,
        so weights from two corpora do not compare.

    References
    ----------
    Salton and Buckley (1988), Term-weighting approaches in automatic text retrieval; smoothed as in scikit-learn.

    Examples
    --------
    >>> matrix, vocabulary = tfidf_matrix(["行政复议与行政调解", "行政复议"])
    >>> matrix.toarray().round(2).tolist()
    [[0.58, 0.81], [1.0, 0.0]]
    """
    counts, vocabulary = count_matrix(texts, analyzer=analyzer, min_df=min_df, max_df=max_df, max_features=max_features)
    return TermMatrix(weigh_tfidf(counts, sublinear_tf=sublinear_tf), vocabulary)


def counts_of_terms(
    terms: Sequence[Sequence[str]],
    *,
    min_df: int | float = 1,
    max_df: int | float = 1.0,
    max_features: int | None = None,
) -> TermMatrix:
    """Count terms of texts that are cut already; as `count_matrix`.

    Examples
    --------
    >>> counts_of_terms([["甲", "乙", "甲"], []]).matrix.toarray().tolist()
    [[1, 2], [0, 0]]
    """
    from sklearn.feature_extraction.text import CountVectorizer

    if not any(terms):
        raise ValueError(
            f"`texts` must hold at least one term; none of the {len(terms)} texts does. "
            "Check that they are Chinese text, or relax the analyzer (stop words, min_chars)."
        )
    vectorizer = CountVectorizer(analyzer=list, min_df=min_df, max_df=max_df, max_features=max_features)
    try:
        matrix = vectorizer.fit_transform(terms)
    except ValueError as error:
        if "no terms remain" not in str(error) and "max_df corresponds" not in str(error):
            raise
        raise ValueError(
            f"`min_df` and `max_df` must leave at least one term; got {min_df!r} and {max_df!r} "
            f"for {len(terms)} texts. Lower `min_df` or raise `max_df`."
        ) from error
    return TermMatrix(sparse.csr_matrix(matrix), vectorizer.get_feature_names_out())


def weigh_tfidf(counts: sparse.csr_matrix, *, sublinear_tf: bool = False) -> sparse.csr_matrix:
    """TF-IDF of a count matrix, shape (D, V): see `tfidf_matrix`."""
    from sklearn.feature_extraction.text import TfidfTransformer

    return sparse.csr_matrix(TfidfTransformer(sublinear_tf=sublinear_tf).fit_transform(counts))


def check_texts(texts: Iterable[str]) -> list[str]:
    """The texts as a list, at least one, each a str."""
    if isinstance(texts, str):
        raise ValueError("`texts` must be several texts; got one str. Put it into a list.")
    listed = list(texts)
    wrong = [position for position, text in enumerate(listed) if not isinstance(text, str)]
    if not listed:
        raise ValueError("`texts` must hold at least one text; got none. Check the corpus or the selection.")
    if wrong:
        raise ValueError(
            f"`texts` must be str; number {wrong[0]} is {type(listed[wrong[0]]).__name__}"
            f" ({len(wrong)} in all). Drop or fill missing texts."
        )
    return listed
