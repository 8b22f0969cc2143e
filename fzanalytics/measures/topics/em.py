"""Latent Dirichlet allocation by expectation and maximisation, on sparse matrices: fast, and the same every time.

Shape letters: C units, V vocabulary, K topics.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

Floats = np.ndarray[Any, np.dtype[np.float64]]

#: Entries of the count matrix that are taken at once: their rows of topic shares stay in the processor's cache.
BLOCK = 4096
#: Rounds between two looks at the objective.
LOOK_EVERY = 10
#: The fit ends when so many rounds raise the objective by less than this share of it ...
ENOUGH = 4e-4
#: ... and is said to have converged if they raise it by less than this one.
CLOSE = 1e-3


class EmFit(NamedTuple):
    """`weights`, shape (C, K), and `lambdas`, shape (K, V): prior plus expected tokens; the objective every ten rounds."""

    weights: Floats
    lambdas: Floats
    n_iter: int
    converged: bool
    objective: list[float]


def fit_em(
    counts: sparse.csr_matrix, *, n_topics: int, seed: int, max_iter: int, alpha: float, beta: float | Floats
) -> EmFit:
    """Fit latent Dirichlet allocation by EM: the most probable shares under the priors (MAP).

    Parameters
    ----------
    counts : CSR, shape (C, V)
        Tokens; every row has at least one.
    n_topics, seed, max_iter : int
    alpha : float
        Prior tokens of each topic in a unit.
    beta : float, or array of shape (K, V)
        Prior tokens of each term in a topic.

    Notes
    -----
    Each round gives every token to topics in proportion to (share of the topic in its unit) x (share of the term in the
    topic), and takes the shares anew. In the terms of Blei, Ng and Jordan the priors are Dirichlet(1 + alpha) and
    Dirichlet(1 + beta), whose mode stands where the mean stands with Dirichlet(alpha) and Dirichlet(beta): Asuncion,
    Welling, Smyth and Teh (2009), On smoothing and inference for topic models, equations 7 to 9. They show that EM,
    variational Bayes and Gibbs sampling come to like perplexity once the priors are set to match. No digamma is needed
    and nothing is drawn after the start, so that a round is two products of a sparse and a dense matrix.
    """
    n_units, n_terms = counts.shape
    generator = np.random.default_rng(seed)
    shares = _rows(generator.gamma(100.0, 0.01, (n_units, n_topics)))
    start = generator.gamma(100.0, 0.01, (n_topics, n_terms))
    prior = np.broadcast_to(np.asarray(beta, dtype=float), (n_topics, n_terms))
    topics = _rows(start if np.ndim(beta) == 0 else seeded_start(start, prior))
    step = _Step(counts)
    objective: list[float] = []
    gain = np.inf
    for n_iter in range(1, max_iter + 1):
        norms, weights, lambdas = step(shares, topics, alpha, prior)
        if (n_iter - 1) % LOOK_EVERY == 0:
            value = float(step.data @ np.log(norms)) + alpha * float(np.log(shares).sum())
            value += float((prior * np.log(topics)).sum())
            gain = abs(value - objective[-1]) / abs(value) if objective else np.inf
            objective.append(value)
        shares, topics = _rows(weights), _rows(lambdas)
        if gain < ENOUGH:
            break
    return EmFit(weights, lambdas, n_iter, bool(gain < CLOSE), objective)


def seeded_start(start: Floats, prior: Floats) -> Floats:
    """Tokens to start from where single words have a prior: its words lead in their topic, some ten to one.

    More would leave the other words of a seeded topic so small a share that every unit would turn away from it.
    """
    scale = np.maximum(1.0, prior.max(axis=1, keepdims=True) / 10)
    return start * scale + prior


def fold_in(counts: sparse.csr_matrix, topic_terms: Floats, alpha: Floats | float, *, n_iter: int = 50) -> Floats:
    """Shares of known topics in new units, shape (C, K); a unit without a token has the shares of the prior.

    Examples
    --------
    >>> topics = np.array([[0.9, 0.1], [0.1, 0.9]])
    >>> fold_in(sparse.csr_matrix([[9, 1], [0, 0]]), topics, 0.5).round(1).tolist()
    [[0.9, 0.1], [0.5, 0.5]]
    """
    prior = np.broadcast_to(np.asarray(alpha, dtype=float), (len(topic_terms),))
    shares = np.tile(prior / prior.sum(), (counts.shape[0], 1))
    columns = np.ascontiguousarray(topic_terms.T)
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    for _ in range(n_iter):
        norms = mixtures(shares, columns, rows, counts.indices)
        ratios = sparse.csr_matrix((counts.data / norms, counts.indices, counts.indptr), shape=counts.shape)
        shares = _rows(shares * (ratios @ columns) + prior)
    return shares


def mixtures(shares: Floats, columns: Floats, rows: np.ndarray[Any, Any], terms: np.ndarray[Any, Any]) -> Floats:
    """Probability of term t in unit r under the mixture, for pairs (r, t); `columns` is topics turned, shape (V, K)."""
    found = np.empty(len(rows))
    size = (min(BLOCK, len(rows)), shares.shape[1])
    left, right = np.empty(size), np.empty(size)
    for begin in range(0, len(rows), BLOCK):
        part = slice(begin, begin + BLOCK)
        n = len(rows[part])
        # "clip" since the indices are known to be good: "raise" would go through a buffer.
        np.take(shares, rows[part], axis=0, out=left[:n], mode="clip")
        np.take(columns, terms[part], axis=0, out=right[:n], mode="clip")
        np.einsum("ij,ij->i", left[:n], right[:n], out=found[part])
    return np.maximum(found, np.finfo(float).tiny)


class _Step:
    """One round of EM; holds the count matrix by units and by terms."""

    def __init__(self, counts: sparse.csr_matrix) -> None:
        self.data = counts.data.astype(float)
        self.rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        self.order = np.argsort(counts.indices, kind="stable")
        self.by_unit = sparse.csr_matrix(counts, dtype=float, copy=True)
        self.by_term = sparse.csr_matrix(self.by_unit.T)

    def __call__(self, shares: Floats, topics: Floats, alpha: float, prior: Floats) -> tuple[Floats, Floats, Floats]:
        """Probability of each entry before the round, and prior plus expected tokens of units and of topics after it."""
        columns = np.ascontiguousarray(topics.T)
        norms = mixtures(shares, columns, self.rows, self.by_unit.indices)
        np.divide(self.data, norms, out=self.by_unit.data)
        np.take(self.by_unit.data, self.order, out=self.by_term.data)
        weights = shares * (self.by_unit @ columns) + alpha
        lambdas = (columns * (self.by_term @ shares)).T + prior
        return norms, weights, lambdas


def _rows(values: Floats) -> Floats:
    return values / values.sum(axis=1, keepdims=True)
