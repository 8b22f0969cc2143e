"""Whether chance would make one candidate stand out as a source does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def source_p(
    counts: NDArray[np.generic], strata: Ints, tendency: Floats, chosen: int, *, n_permutations: int, rng: np.random.Generator
) -> float:  # fmt: skip
    """p of one candidate: whether the same one shares more than its part in section after section.

    Parameters
    ----------
    counts : ndarray, shape (n, B)
        What n candidates share with each of B sections.
    strata : ndarray of int, shape (n,)
    tendency : ndarray, shape (n,)
        How much each candidate shares with others, at least 0.
    chosen : int
        The candidate in question.
    n_permutations : int
    rng : Generator

    Returns
    -------
    float
        In [1 / (n_permutations + 1), 1]; see `infer_sources`.

    Examples
    --------
    >>> counts = np.zeros((8, 6))
    >>> counts[3] = 10
    >>> source_p(counts, np.zeros(8, int), np.ones(8), 3, n_permutations=99, rng=np.random.default_rng(0))
    0.01
    """
    # of the p of single strata, in each permutation; the labels as they are last
    smallest = np.ones(n_permutations + 1)
    own = 1.0
    for stratum in np.unique(strata):
        members = np.flatnonzero(strata == stratum)
        if len(members) < 2:
            continue
        members = rng.permutation(members)  # the circle that is turned
        excess = _excess(counts[members].astype(float), tendency[members])
        scale = np.sqrt((excess**2).mean(axis=0).sum())
        excess = np.asarray(np.round(excess / (scale or 1.0), 6), dtype=float)
        largest = np.append(_turned(excess, n_permutations, rng).max(axis=1), excess.sum(axis=1).max())
        ranked = np.sort(largest)
        smallest = np.minimum(smallest, _share_above(largest, ranked))
        if chosen in members:
            own = float(_share_above(excess.sum(axis=1)[members == chosen], ranked)[0])
    return float(np.mean(smallest <= own + 1e-9))


def _share_above(values: Floats, ranked: Floats) -> Floats:
    """Which share of sorted values are at least as large."""
    return np.asarray(1.0 - np.searchsorted(ranked, values - 1e-6) / len(ranked), dtype=float)


def _excess(counts: Floats, tendency: Floats) -> Floats:
    """What each candidate shares of each section beyond its part, in units of about the same spread."""
    part = tendency + max(0.1 * tendency.mean(), 1e-12)
    part = part / part.sum()
    expected = part[:, None] * counts.sum(axis=0)[None, :]
    return np.asarray((counts - expected) / np.sqrt(part * len(part))[:, None], dtype=float)


def _turned(excess: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Sums over sections with the circle of candidates turned at random in each; shape (n, candidates)."""
    size, n_blocks = excess.shape
    turns = rng.integers(size, size=(n_blocks, n))
    circles = np.lib.stride_tricks.sliding_window_view(np.concatenate([excess, excess[:-1]]).T, size, axis=1)
    sums = np.zeros((n, size))
    for circle, turn in zip(circles, turns, strict=True):
        sums += circle[turn]
    return sums
