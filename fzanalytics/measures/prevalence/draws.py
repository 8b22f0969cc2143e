"""Topic shares as they might be as well, given the words: draws for each document, from a posterior or by parametric bootstrap.

Shape letters: D documents, C units, V vocabulary, K topics, M draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from fzanalytics.base.options import check_number
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.measures.topics.result import TopicResult

Floats = NDArray[np.float64]

#: Rounds of multiplicative updates in which shares are found anew from drawn words.
_ROUNDS = 60
_LITTLE = 1e-12


def draw_document_shares(
    result: TopicResult, doc_ids: Sequence[str], *, n_draws: int = 200, random_state: RandomState = 0
) -> Floats:
    """Topic shares of documents as they might be as well, given their words.

    Parameters
    ----------
    result : TopicResult
        From `fit_topics`.
    doc_ids : sequence of str, length D
        Documents with at least one unit that has topics.
    n_draws : int
        M, at least 1.
    random_state : int, Generator or None
        Same int, same draws.

    Returns
    -------
    ndarray, shape (M, D, K)
        Rows sum to 1. Units are drawn independently of each other, topics taken as known.

    Notes
    -----
    *LDA* (`unit_weights` is there): from the Dirichlet posterior of each unit.

    *NMF*, which has no posterior: parametric bootstrap. As many words as a unit has are drawn from its topics, shares are found
    anew from them with the topics held, and the error of these (found minus drawn) is taken off the shares of the fit.
    So draws correct what the method gets wrong in the same way each time, and at a document of few words a share may lie
    a little outside of [0, 1].

    *A result without the words it was fitted to* (`material` is None) and without a posterior: Dirichlet with shares times one
    more than the tokens, as if each token had been seen to belong to its topic.

    Examples
    --------
    >>> from fzanalytics import fit_topics, load_sample
    >>> result = fit_topics(load_sample(), model="nmf", n_topics=4)
    >>> draws = draw_document_shares(result, ["xiahe_county_2017"], n_draws=3)
    >>> draws.shape, draws.sum(axis=2).round(6).tolist()
    ((3, 1, 4), [[1.0], [1.0], [1.0]])
    """
    check_number(n_draws, name="n_draws", within="[1, inf)", whole=True, remedy="Take 200.")
    generator = make_generator(random_state, "document shares")
    return np.array(list(document_draws(result, list(map(str, doc_ids)), n_draws, generator)))


def document_draws(
    result: TopicResult, doc_ids: list[str], n_draws: int, generator: np.random.Generator
) -> Iterator[Floats]:
    """The draws one after the other, each of shape (D, K); see `draw_document_shares`."""
    average, known = average_of_units(result, doc_ids)
    shares = result.unit_topics.to_numpy(dtype=float)[known]
    tokens = result.units["n_tokens"].to_numpy(dtype=float)[known]
    if result.unit_weights is None and result.material is not None:
        yield from _bootstrapped(result, average, known, n_draws, generator)
        return
    shapes = shares * (tokens[:, None] + 1)
    if result.unit_weights is not None:
        shapes = result.unit_weights.to_numpy(dtype=float)[known]
    for _ in range(n_draws):
        drawn = generator.standard_gamma(shapes)
        totals = drawn.sum(axis=1, keepdims=True)
        even = np.full_like(drawn, 1 / drawn.shape[1])
        yield np.asarray(average @ np.divide(drawn, totals, out=even, where=totals > 0))


def average_of_units(result: TopicResult, doc_ids: list[str]) -> tuple[sparse.csr_matrix, NDArray[np.bool_]]:
    """From units to documents: rows of weights that sum to 1, for the units that have topics and are of these documents."""
    places = pd.Series(range(len(doc_ids)), index=doc_ids)
    place = places.reindex(result.units["doc_id"].astype(str)).to_numpy(dtype=float)
    known = ~np.isnan(place) & result.unit_topics.notna().all(axis=1).to_numpy(dtype=bool)
    rows, tokens = place[known].astype(int), result.units["n_tokens"].to_numpy(dtype=float)[known]
    totals = np.bincount(rows, tokens, minlength=len(doc_ids))
    cells = (tokens / totals[rows], (rows, np.arange(len(rows))))
    return sparse.csr_matrix(cells, shape=(len(doc_ids), len(rows))), known


def _bootstrapped(
    result: TopicResult, average: sparse.csr_matrix, known: NDArray[np.bool_], n: int, generator: np.random.Generator
) -> Iterator[Floats]:
    """Shares of the documents less the error that shares of words drawn from them have."""
    assert result.material is not None
    counts = result.material.counts
    topics = result.topic_terms.to_numpy(dtype=float)
    # inverse document frequencies as scikit-learn has them: the topics of NMF are of weighted words
    rarity = np.log((1 + counts.shape[0]) / (1 + counts.getnnz(axis=0))) + 1
    words = topics / rarity
    bounds = np.cumsum(words / words.sum(axis=1, keepdims=True), axis=1)
    shares = result.unit_topics.to_numpy(dtype=float)[known]
    tokens = result.units["n_tokens"].to_numpy(dtype=np.int64)[known]
    fitted = np.asarray(average @ shares)
    for _ in range(n):
        written = generator.multinomial(tokens, shares / shares.sum(axis=1, keepdims=True))
        drawn = _draw_words(written, bounds, generator)
        found = _found_anew(drawn.multiply(rarity).tocsr(), topics)
        yield fitted - np.asarray(average @ (found - written / tokens[:, None]))


def _draw_words(written: NDArray[np.int64], bounds: Floats, generator: np.random.Generator) -> sparse.csr_matrix:
    """So many words of each topic for each unit, as counts of shape (C, V)."""
    units: list[NDArray[Any]] = []
    columns: list[NDArray[Any]] = []
    for topic, own in enumerate(bounds):
        units.append(np.repeat(np.arange(len(written)), written[:, topic]))
        columns.append(np.minimum(np.searchsorted(own, generator.random(len(units[-1]))), len(own) - 1))
    rows, places = np.concatenate(units), np.concatenate(columns)
    return sparse.csr_matrix((np.ones(len(rows)), (rows, places)), shape=(len(written), bounds.shape[1]))


def _found_anew(weights: sparse.csr_matrix, topics: Floats) -> Floats:
    """Shares of NMF with the topics held (Lee and Seung's multiplicative updates); the scale of a unit drops out."""
    lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    aim = np.asarray(weights @ topics.T) / np.maximum(lengths, _LITTLE)[:, None]
    gram = topics @ topics.T
    found = np.full(aim.shape, max(float(aim.mean()), _LITTLE))
    for _ in range(_ROUNDS):
        found *= aim / np.maximum(found @ gram, _LITTLE)
    return np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), _LITTLE))
