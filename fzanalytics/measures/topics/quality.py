"""How good single topics are: coherence of their top terms, and how far these are theirs alone.

Shape letters: C units, V vocabulary, K topics.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import rankdata

from fzanalytics.measures.topics.units import TermStream

Floats = np.ndarray[Any, np.dtype[np.float64]]
Integers = np.ndarray[Any, Any]

#: Words of a topic that coherence and exclusivity are about.
COHERENCE_TERMS = 10
#: Terms to a window: of c_v and of NPMI (Röder, Both and Hinneburg 2015).
WINDOWS = {"c_v": 110, "npmi": 10}
#: gensim's addition to a share before its logarithm.
_EPSILON = 1e-12


def top_indices(topic_terms: Floats, n: int) -> Integers:
    """Columns of the n heaviest terms of each topic, shape (K, n); ties in the order of the vocabulary."""
    return np.argsort(-topic_terms, axis=1, kind="stable")[:, :n]


def top_columns(topic_terms: Floats, n: int = COHERENCE_TERMS) -> list[list[int]]:
    """The top terms of each topic that have any weight in it, as columns."""
    order = top_indices(topic_terms, n)
    return [[int(one) for one in row if topic_terms[topic, one] > 0] for topic, row in enumerate(order)]


def quality_scores(topic_terms: Floats, stream: TermStream) -> pd.DataFrame:
    """Coherence and exclusivity of each topic.

    Parameters
    ----------
    topic_terms : array, shape (K, V)
    stream : TermStream
        The terms of the units in order.

    Returns
    -------
    DataFrame, one row a topic
        c_v, npmi (see `coherence_scores`) and exclusivity (see `exclusivity_scores`).
    """
    scores = coherence_of_columns(top_columns(topic_terms), stream)
    return scores.assign(exclusivity=exclusivity_scores(topic_terms))


def exclusivity_scores(topic_terms: Floats, *, n_terms: int = COHERENCE_TERMS, weight: float = 0.7) -> Floats:
    """FREX of the top terms of each topic: how far frequent terms of a topic are its own.

    Parameters
    ----------
    topic_terms : array, shape (K, V)
        Rows sum to 1.
    n_terms : int
        Top terms, by share in the topic.
    weight : float
        Of exclusivity against frequency; in (0, 1).

    Returns
    -------
    array of float, shape (K,)
        Mean FREX of the top terms, in (0, 1]; higher is more exclusive. NaN for a single topic.

    Notes
    -----
    FREX of a term is the harmonic mean of two ranks within the topic, each as a share of the vocabulary: of its share in
    the topic, and of its share here over the sum of its shares in all topics. R's stm sums where a mean is taken here,
    so that `n_terms` does not set the scale: 10 terms and weight 0.7 give a tenth of its number. More topics mean less
    room to be exclusive in, so compare it between numbers of topics together with coherence.

    References
    ----------
    Bischof and Airoldi (2012), Summarizing topical content with word frequency and exclusivity; Roberts, Stewart and
    Tingley (2014), stm: an R package for structural topic models.

    Examples
    --------
    >>> own = exclusivity_scores(np.array([[0.6, 0.4, 0.0, 0.0], [0.0, 0.0, 0.6, 0.4]]), n_terms=2)
    >>> shared = exclusivity_scores(np.array([[0.6, 0.4, 0.0, 0.0], [0.6, 0.0, 0.4, 0.0]]), n_terms=2)
    >>> bool((own > shared).all())
    True
    """
    if len(topic_terms) < 2:
        return np.full(len(topic_terms), np.nan)
    totals = topic_terms.sum(axis=0)
    own = topic_terms / np.where(totals > 0, totals, 1)
    n = topic_terms.shape[1]
    tops = top_indices(topic_terms, n_terms)
    # Shares that differ by rounding alone are ties, or their ranks would hang on the order of sums.
    exclusive = rankdata(np.round(own, 12), axis=1) / n
    frequent = rankdata(np.round(topic_terms, 15), axis=1) / n
    frex = 1 / (weight / exclusive + (1 - weight) / frequent)
    return np.take_along_axis(frex, tops, axis=1).mean(axis=1)


def coherence_scores(topics: Sequence[Sequence[str]], terms: Sequence[Sequence[str]]) -> pd.DataFrame:
    """c_v and NPMI of lists of top terms, computed on the units themselves.

    Parameters
    ----------
    topics : sequence of sequences of str
        The top terms of each topic, the heaviest first.
    terms : sequence of sequences of str
        The terms of each unit in order: the texts that the terms should meet in.

    Returns
    -------
    DataFrame, one row a topic
        c_v in [0, 1], npmi in [-1, 1]; higher is more coherent. NaN for a topic of fewer than two terms.

    Raises
    ------
    ValueError
        If a top term is in no unit.

    Notes
    -----
    The numbers are those of gensim's `CoherenceModel`, counted some twenty times faster; in a unit that is longer than
    the window gensim takes a word for gone when one of two occurrences leaves the window, and so do we.

    References
    ----------
    Röder, Both and Hinneburg (2015), Exploring the space of topic coherence measures: windows of 110 and 10 terms.

    Examples
    --------
    >>> coherence_scores([["执法", "监督"]], [["执法", "监督"], ["执法", "监督"], ["复议"]])["npmi"].round(3).tolist()
    [1.0]
    """
    column = {term: position for position, term in enumerate(dict.fromkeys(one for row in terms for one in row))}
    unknown = sorted({term for topic in topics for term in topic} - set(column))
    if unknown:
        raise ValueError(f"`topics` must hold terms of the units; got {', '.join(unknown[:5])}. Use the same analyzer.")
    columns = np.fromiter((column[term] for row in terms for term in row), dtype=np.int32)
    bounds = np.concatenate([[0], np.cumsum([len(row) for row in terms])]).astype(np.int64)
    listed = [[column[term] for term in topic[:COHERENCE_TERMS]] for topic in topics]
    return coherence_of_columns(listed, TermStream(columns, bounds, len(column)))


def coherence_of_columns(topics: Sequence[Sequence[int]], stream: TermStream) -> pd.DataFrame:
    """As `coherence_scores`, for terms that are columns of the vocabulary."""
    scores = pd.DataFrame(np.nan, index=range(len(topics)), columns=list(WINDOWS))
    wanted = np.unique([one for topic in topics for one in topic]).astype(int)
    local = np.full(stream.n_terms, -1)
    local[wanted] = np.arange(len(wanted))
    for name, size in WINDOWS.items():
        together, n_windows = _co_occurrences(local, len(wanted), stream, size)
        for position, topic in enumerate(topics):
            if len(topic) > 1:
                matrix = _npmi(together, local[list(topic)], n_windows)
                scores.loc[position, name] = _c_v(matrix) if name == "c_v" else _mean_apart(matrix)
    return scores


def _co_occurrences(local: Integers, n: int, stream: TermStream, size: int) -> tuple[Floats, int]:
    """In how many windows two terms are both, shape (n, n); on the diagonal, in how many one is. And the number of windows."""
    lengths = np.diff(stream.bounds)
    n_windows = np.maximum(lengths - size + 1, 1)
    offset = np.concatenate([[0], np.cumsum(n_windows)])
    unit = np.repeat(np.arange(len(lengths)), lengths)
    term = local[stream.columns]
    place = np.flatnonzero(term >= 0)
    term, unit = term[place], unit[place]
    begin = stream.bounds[unit]
    enters = np.maximum(place - begin - size + 1, 0)
    leaves = _first_from(term, place, begin + enters) - begin
    last = np.minimum(leaves, n_windows[unit] - 1)
    enters = np.minimum(enters, n_windows[unit] - 1)
    spread = np.maximum(last - enters + 1, 1)
    rows = np.repeat(offset[unit] + enters, spread)
    rows += np.arange(len(rows)) - np.repeat(np.cumsum(spread) - spread, spread)
    held = sparse.csr_matrix((np.ones(len(rows)), (rows, np.repeat(term, spread))), shape=(int(offset[-1]), n))
    held.data[:] = 1  # twice in a window counts once
    return np.asarray((held.T @ held).todense()), int(offset[-1])


def _first_from(term: Integers, place: Integers, least: Integers) -> Integers:
    """The place of the first occurrence of the same term at or after `least` (one is always there: the term itself)."""
    width = int(place[-1]) + 2 if len(place) else 1
    keys = term.astype(np.int64) * width + place
    ordered = np.sort(keys)
    return ordered[np.searchsorted(ordered, term.astype(np.int64) * width + least)] % width


def _npmi(together: Floats, columns: Integers, n_windows: int) -> Floats:
    pairs = together[np.ix_(columns, columns)] / n_windows
    single = np.diag(pairs)
    joint = pairs + _EPSILON
    return np.log(joint / np.outer(single, single)) / -np.log(joint)


def _mean_apart(matrix: Floats) -> float:
    """Mean over pairs of two different terms."""
    n = len(matrix)
    return float((matrix.sum() - np.trace(matrix)) / (n * (n - 1)))


def _c_v(matrix: Floats) -> float:
    """Mean cosine of the vector of each term with the sum of all."""
    whole = matrix.sum(axis=0)
    return float(np.mean(matrix @ whole / (np.linalg.norm(matrix, axis=1) * np.linalg.norm(whole))))
