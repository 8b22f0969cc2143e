"""EM for latent Dirichlet allocation: the plain loop gives the same, the objective never falls, tokens are kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from fzanalytics.measures.topics import em
from fzanalytics.measures.topics.em import fit_em, fold_in, mixtures

COUNTS = sparse.csr_matrix(np.array([[3, 1, 0, 0], [0, 2, 2, 0], [0, 0, 1, 4], [1, 0, 0, 1], [2, 2, 0, 0]]))


def plain_em(counts: np.ndarray, n_topics: int, seed: int, n_iter: int, alpha: float, beta: np.ndarray):
    """The oracle: one token type at a time."""
    generator = np.random.default_rng(seed)
    shares = generator.gamma(100.0, 0.01, (len(counts), n_topics))
    topics = generator.gamma(100.0, 0.01, (n_topics, counts.shape[1]))
    shares /= shares.sum(axis=1, keepdims=True)
    topics /= topics.sum(axis=1, keepdims=True)
    for _ in range(n_iter):
        weights = np.full(shares.shape, alpha)
        lambdas = np.array(np.broadcast_to(beta, topics.shape))
        for unit, term in zip(*np.nonzero(counts), strict=True):
            given_to = shares[unit] * topics[:, term]
            expected = counts[unit, term] * given_to / given_to.sum()
            weights[unit] += expected
            lambdas[:, term] += expected
        shares = weights / weights.sum(axis=1, keepdims=True)
        topics = lambdas / lambdas.sum(axis=1, keepdims=True)
    return weights, lambdas


@pytest.mark.parametrize("n_iter", [1, 7])
def test_the_fast_one_is_the_plain_one(n_iter: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(em, "BLOCK", 3)  # blocks that end within a row
    fit = fit_em(COUNTS, n_topics=3, seed=4, max_iter=n_iter, alpha=0.2, beta=0.1)
    weights, lambdas = plain_em(COUNTS.toarray(), 3, 4, n_iter, 0.2, np.full((3, 4), 0.1))
    assert np.allclose(fit.weights, weights, rtol=1e-12)
    assert np.allclose(fit.lambdas, lambdas, rtol=1e-12)
    assert (fit.n_iter, fit.converged) == (n_iter, False)


TABLES = st.lists(st.lists(st.integers(0, 4), min_size=5, max_size=5), min_size=3, max_size=8)


@given(TABLES, st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_the_objective_never_falls_and_tokens_are_kept(rows: list[list[int]], seed: int) -> None:
    counts = sparse.csr_matrix(np.array([[*row, 1] for row in rows]))
    fit = fit_em(counts, n_topics=2, seed=seed, max_iter=80, alpha=0.5, beta=0.25)
    assert (np.diff(fit.objective) >= -1e-8).all()
    tokens = np.asarray(counts.sum(axis=1)).ravel()
    assert np.allclose(fit.weights.sum(axis=1), tokens + 2 * 0.5)
    assert np.isclose(fit.lambdas.sum(), tokens.sum() + 2 * 6 * 0.25)


def test_it_ends_where_nothing_is_gained() -> None:
    fit = fit_em(COUNTS, n_topics=2, seed=0, max_iter=5_000, alpha=0.5, beta=0.5)
    assert fit.converged and fit.n_iter < 5_000
    assert not fit_em(COUNTS, n_topics=2, seed=0, max_iter=5, alpha=0.5, beta=0.5).converged


def test_a_prior_of_single_words_draws_its_topic_to_them() -> None:
    counts = sparse.csr_matrix(np.kron(np.eye(2), np.ones((6, 3))).astype(int) * 2)
    for seed in range(4):
        prior = np.full((2, 6), 0.5)
        prior[0, 5] += 5  # the last word belongs to the second block
        fit = fit_em(counts, n_topics=2, seed=seed, max_iter=100, alpha=0.5, beta=prior)
        assert fit.weights[6:, 0].min() > fit.weights[:6, 0].max()


def test_known_topics_are_found_in_new_units() -> None:
    topics = np.array([[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]]) * 0.999 + 0.00025
    counts = sparse.csr_matrix(np.array([[2, 2, 0, 0], [3, 0, 0, 1], [0, 0, 0, 0]]))
    shares = fold_in(counts, topics, 0.1, n_iter=300)
    assert shares[0, 0] == pytest.approx(4.1 / 4.2, abs=1e-3)
    assert shares[1, 0] == pytest.approx(3.1 / 4.2, abs=2e-3)
    assert shares[2].tolist() == [0.5, 0.5]
    uneven = fold_in(counts[2:], topics, np.array([3.0, 1.0]))
    assert uneven.tolist() == [[0.75, 0.25]]


def test_mixtures_are_products_of_rows() -> None:
    generator = np.random.default_rng(1)
    shares, columns = generator.random((4, 3)), generator.random((5, 3))
    rows, terms = np.array([0, 3, 3]), np.array([4, 0, 2])
    assert np.allclose(
        mixtures(shares, columns, rows, terms), [shares[r] @ columns[t] for r, t in zip(rows, terms, strict=True)]
    )
