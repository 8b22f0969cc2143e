"""Topic models one at a time: counts to topics, by three libraries, and the topics of two runs matched.

`fzanalytics.measures.topics.fitting` puts them behind one result. Shape letters: C units, V vocabulary, K topics.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from fzanalytics.features.matrices import weigh_tfidf
from fzanalytics.measures.topics.em import fit_em, seeded_start

Model = Literal["lda", "nmf"]
Backend = Literal["em", "sklearn", "gensim"]
Floats = np.ndarray[Any, np.dtype[np.float64]]

#: Rounds of each fit. On the bundled corpus 40 rounds of scikit-learn's LDA improve perplexity over 20 by less than 2 %.
DEFAULT_ITERATIONS = {("lda", "em"): 200, ("lda", "sklearn"): 20, ("lda", "gensim"): 40, ("nmf", "sklearn"): 400}
#: Who fits a model unless another is named.
DEFAULT_BACKENDS: dict[str, Backend] = {"lda": "em", "nmf": "sklearn"}
#: The ways to fit that take prior tokens of single words, hence seed words.
SEEDED = (("lda", "em"), ("lda", "gensim"))


class FittedTopics(NamedTuple):
    """One run. Rows sum to 1: `topic_terms`, shape (K, V), and `unit_topics`, shape (C, K; NaN where a unit got no weight).

    `alpha`, shape (K,), is the prior of the shares of a unit; None for a model without one. `origin`, shape (K,), is
    the number of each topic, from 0, before topics were put in order of prevalence.
    """

    topic_terms: Floats
    unit_topics: Floats
    n_iter: int
    converged: bool
    alpha: Floats | None = None
    origin: np.ndarray[Any, Any] = np.empty(0, dtype=int)


def fit_model(
    counts: sparse.csr_matrix,
    *,
    model: Model,
    backend: Backend,
    n_topics: int,
    seed: int,
    max_iter: int,
    prior: Floats | None = None,
    spread_start: bool = False,
) -> FittedTopics:
    """Fit one model and order its topics by prevalence, the largest first.

    `prior`, shape (K, V), holds prior tokens of each term in each topic (LDA by EM or gensim); without it they are 1/K.
    `spread_start` starts NMF at random and not from the singular vectors, so that seeds differ at all; a latent Dirichlet
    allocation always starts at random.
    """
    # One BLAS thread: sums in one order, hence the same bits on every run.
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        if model == "nmf":
            init = "random" if spread_start else "nndsvda"
            fitted = _fit_sklearn_nmf(counts, n_topics, seed, max_iter, init)
        else:
            fitted = _FITS[backend](counts, n_topics, seed, max_iter, prior)
    tokens = np.asarray(counts.sum(axis=1)).ravel()
    prevalence = tokens @ np.nan_to_num(fitted.unit_topics)
    order = np.argsort(-np.round(prevalence, 9), kind="stable")
    return fitted._replace(
        topic_terms=fitted.topic_terms[order],
        unit_topics=fitted.unit_topics[:, order],
        alpha=None if fitted.alpha is None else fitted.alpha[order],
        origin=order,
    )


def match_topics(first: Floats, second: Floats) -> tuple[np.ndarray[Any, Any], Floats]:
    """Pair the topics of two runs so that the sum of their cosines is largest.

    Parameters
    ----------
    first, second : array, shape (K, V)
        Term shares over the same vocabulary.

    Returns
    -------
    partner : array of int, shape (K,)
        Row of `second` for each row of `first`.
    cosine : array of float, shape (K,)
        In [0, 1] for non-negative rows; 1 for rows in proportion.

    Examples
    --------
    >>> partner, cosine = match_topics(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> partner.tolist(), cosine.tolist()
    ([1, 0], [1.0, 1.0])
    """
    if first.shape != second.shape:
        raise ValueError(f"`second` must have the shape of `first` {first.shape}; got {second.shape}.")
    norms = np.outer(np.linalg.norm(first, axis=1), np.linalg.norm(second, axis=1))
    cosines = np.clip((first @ second.T) / np.where(norms > 0, norms, 1), 0, 1)
    rows, partner = linear_sum_assignment(-cosines)
    return partner, cosines[rows, partner]


def _shares(weights: Floats) -> Floats:
    """Rows that sum to 1; NaN for a row of zeros."""
    totals = weights.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(totals > 0, weights / totals, np.nan)


def _fit_em_lda(
    counts: sparse.csr_matrix, n_topics: int, seed: int, max_iter: int, prior: Floats | None
) -> FittedTopics:
    even = 1 / n_topics
    fit = fit_em(
        counts, n_topics=n_topics, seed=seed, max_iter=max_iter, alpha=even, beta=even if prior is None else prior
    )
    alpha = np.full(n_topics, even)
    return FittedTopics(_shares(fit.lambdas), _shares(fit.weights), fit.n_iter, fit.converged, alpha)


def _fit_sklearn_lda(
    counts: sparse.csr_matrix, n_topics: int, seed: int, max_iter: int, prior: Floats | None
) -> FittedTopics:
    from sklearn.decomposition import LatentDirichletAllocation

    model = LatentDirichletAllocation(
        n_components=n_topics,
        learning_method="batch",
        max_iter=max_iter,
        random_state=seed,
        n_jobs=1,
    )
    unit_topics = model.fit_transform(counts)
    alpha = np.full(n_topics, 1 / n_topics)
    return FittedTopics(_shares(model.components_), _shares(unit_topics), int(model.n_iter_), True, alpha)


def _fit_gensim_lda(
    counts: sparse.csr_matrix, n_topics: int, seed: int, max_iter: int, prior: Floats | None
) -> FittedTopics:
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    bags = list(Sparse2Corpus(counts, documents_columns=False))
    model = LdaModel(
        id2word={column: str(column) for column in range(counts.shape[1])},
        num_topics=n_topics,
        passes=max_iter,
        iterations=100,
        chunksize=len(bags),
        update_every=0,
        eval_every=None,
        random_state=seed,
        dtype=np.float64,
        eta=prior,
    )
    if prior is not None:
        model.state.sstats[...] = seeded_start(model.state.sstats, prior) - prior
        model.sync_state()
    model.update(bags)
    gamma, _ = model.inference(bags)
    alpha = np.asarray(model.alpha, dtype=float)
    return FittedTopics(_shares(model.get_topics()), _shares(gamma), max_iter, True, alpha)


def _fit_sklearn_nmf(counts: sparse.csr_matrix, n_topics: int, seed: int, max_iter: int, init: str) -> FittedTopics:
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    model = NMF(n_components=n_topics, init=init, max_iter=max_iter, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        weights = model.fit_transform(weigh_tfidf(counts))
    scale = model.components_.sum(axis=1)
    topic_terms = _shares(model.components_)
    # A topic that lost all its weight says nothing of any term.
    topic_terms[scale == 0] = 1 / topic_terms.shape[1]
    return FittedTopics(topic_terms, _shares(weights * scale), int(model.n_iter_), bool(model.n_iter_ < max_iter))


_FITS: dict[str, Callable[..., FittedTopics]] = {
    "em": _fit_em_lda,
    "sklearn": _fit_sklearn_lda,
    "gensim": _fit_gensim_lda,
}
