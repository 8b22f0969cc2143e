"""How alike documents or clauses are in their words.

Shape letters: D documents, C clauses or paragraphs, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from fzanalytics.base.options import check_number
from fzanalytics.features.masks import MaskKind
from fzanalytics.features.matrices import counts_of_terms, weigh_tfidf
from fzanalytics.features.tokens import Analyzer, PolicyAnalyzer
from fzanalytics.measures.ignoring import without_ignored
from fzanalytics.texts.corpus import Corpus

Unit = Literal["document", "paragraph", "clause"]

#: Above so many units the exact order of leaves (cubic) gives way to the plain one.
_MAX_OPTIMAL = 1000


def tfidf_similarity(
    corpus: Corpus,
    *,
    unit: Unit = "document",
    mask: Iterable[MaskKind] = (),
    analyzer: Analyzer | None = None,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    block_size: int = 1024,
) -> pd.DataFrame:
    """Cosine of the TF-IDF vectors of every two documents or clauses.

    Parameters
    ----------
    corpus : Corpus
        Documents that are not held take no part.
    unit : "document", "paragraph" or "clause"
        What is compared: whole documents; the paragraphs that carry their own number or responsibility bracket; or
        the numbered clauses, each with its own text and not that of clauses below it.
    mask : "place", "agency" or both
        Names to take out first, so that likeness is not that of names alone; see `mask_names`.
    analyzer : callable str -> list of str, optional
        Replaces the default `PolicyAnalyzer(mask=mask)`; then `mask` must be empty.
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        What is no text, neither shared nor to be shared: spans, such as those of `find_slogans`, or phrases. It is in no
        vector, and a text that is nothing else has no terms.
    block_size : int
        Rows that are multiplied at once.

    Returns
    -------
    DataFrame of float, shape (D, D) or (C, C)
        Labelled by doc_id, paragraph_id or clause_id in the order of the corpus. Symmetric, in [0, 1]: 0 without a
        common term, 1 for equal proportions of terms. A text without terms has no similarity: NaN in its row and
        column, the diagonal included. Takes 8 bytes a cell (20,000 clauses: 3.2 GB).

    Raises
    ------
    ValueError
        If no document is held or no text has a term, `unit` is none of these, or both `mask` and `analyzer` are given.

    Notes
    -----
    Terms are weighed within this corpus and unit, so that the same two texts are more or less alike in another. Word
    order is lost: a high cosine is shared vocabulary, no proof that one was drawn from the other.

    References
    ----------
    Salton and Buckley (1988), Term-weighting approaches in automatic text retrieval.

    Examples
    --------
    >>> from fzanalytics import load_sample
    >>> similarity = tfidf_similarity(load_sample(), mask=("place", "agency"))
    >>> pair = similarity.loc["shijiazhuang_city_2016"]
    >>> bool(pair["hebei_province_2016"] > pair["xiahe_county_2017"])
    True
    """
    texts = unit_texts(without_ignored(corpus, ignore), unit)
    masked = tuple(mask) if not isinstance(mask, str) else (mask,)
    if analyzer is not None and masked:
        raise ValueError(
            f"`mask` must be empty when an `analyzer` is given; got {masked!r}. "
            "Give the mask to the analyzer: PolicyAnalyzer(mask=...)."
        )
    check_number(block_size, name="block_size", within="[1, inf)", whole=True, remedy="Use the default.")
    analyze = PolicyAnalyzer(mask=masked) if analyzer is None else analyzer
    weights = weigh_tfidf(counts_of_terms([analyze(text) for text in texts]).matrix)
    return pd.DataFrame(_cosines(weights, block_size), index=texts.index, columns=texts.index.rename(None))


def unit_texts(corpus: Corpus, unit: Unit) -> pd.Series:
    """The texts of one unit, indexed by its id: held documents, or their paragraphs or clauses.

    Raises
    ------
    ValueError
        If `unit` is none of the three, or there is no such text.
    """
    if unit not in ("document", "paragraph", "clause"):
        raise ValueError(
            f"`unit` must be 'document', 'paragraph' or 'clause'; got {unit!r}. "
            "Sentences and passages have functions of their own."
        )
    held = corpus.held
    if unit == "document":
        table, label = held, "doc_id"
    else:
        table = corpus.paragraphs if unit == "paragraph" else corpus.clauses
        table, label = table[table["doc_id"].isin(held["doc_id"])], f"{unit}_id"
    if table.empty:
        raise ValueError(
            f"`corpus` must hold at least one {unit}; {len(held)} of its {len(corpus.documents)} documents are held. "
            "Add texts, or choose another `unit`."
        )
    return table.set_index(label)["text"]


def cluster_order(similarity: pd.DataFrame) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Order in which like stands beside like, by average linkage on 1 - similarity.

    Parameters
    ----------
    similarity : DataFrame, shape (D, D)
        Symmetric, in [0, 1], without NaN; as `tfidf_similarity` gives it.

    Returns
    -------
    order : array of int, shape (D,)
        Positions of rows; up to 1,000 rows the order that puts neighbours closest.
    linkage : array of float, shape (D - 1, 4)
        As scipy's, for `dendrogram`; heights are distances in [0, 1].

    Raises
    ------
    ValueError
        If the table is not square, or holds NaN.

    Examples
    --------
    >>> import pandas as pd
    >>> order, linkage = cluster_order(pd.DataFrame([[1, 0.1, 0.9], [0.1, 1, 0.1], [0.9, 0.1, 1]]))
    >>> sorted(order[:2].tolist()) in ([0, 2], [1, 2], [0, 1]), round(float(linkage[0, 2]), 2)
    (True, 0.1)
    """
    values = similarity.to_numpy(dtype=float)
    if values.shape[0] != values.shape[1] or not len(values):
        raise ValueError(f"`similarity` must be square and not empty; got shape {values.shape}.")
    if np.isnan(values).any():
        empty = similarity.index[np.isnan(np.diag(values))].tolist()
        raise ValueError(
            f"`similarity` must be without NaN; texts without terms: {', '.join(map(str, empty[:5])) or 'none'}. "
            "Drop their rows and columns first."
        )
    if len(values) == 1:
        return np.zeros(1, dtype=int), np.empty((0, 4))
    distances = np.clip(1 - (values + values.T) / 2, 0, 1)
    np.fill_diagonal(distances, 0)
    # Rounded, so that ties are ties on every machine and the order repeats.
    condensed = np.round(squareform(distances, checks=False), 12)
    linkage = hierarchy.linkage(condensed, method="average", optimal_ordering=len(values) <= _MAX_OPTIMAL)
    return hierarchy.leaves_list(linkage), linkage


def _cosines(weights: sparse.csr_matrix, block_size: int) -> np.ndarray[Any, Any]:
    """Products of rows of length 1, block by block; NaN for rows of zeros."""
    size = weights.shape[0]
    cosines = np.empty((size, size))
    transposed = weights.T.tocsc()
    for begin in range(0, size, block_size):
        end = min(begin + block_size, size)
        block = (weights[begin:end] @ transposed[:, begin:]).toarray()
        cosines[begin:end, begin:] = block
        cosines[begin:, begin:end] = block.T
    np.clip(cosines, 0, 1, out=cosines)
    # Equal up to the last bit is equal: the diagonal is 1 by definition.
    np.fill_diagonal(cosines, 1)
    empty = np.diff(weights.indptr) == 0
    cosines[empty] = np.nan
    cosines[:, empty] = np.nan
    return cosines
