"""How sure a difference in vocabulary is: of these sections, of other jurisdictions, of this stretch of text.

Three questions with three answers, never mixed: how far a number rests on single sections of these documents
(sections left out), what other jurisdictions would show (jackknife and permutation of whole jurisdictions, refused
where there are few), and how far a rate moves because a text is short (Poisson limits).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse, stats

from fzanalytics.base.options import check_level
from fzanalytics.measures.resampling import MIN_FREEDOM, jackknife_spread

Floats = NDArray[np.float64]
#: From the words asked for (a slice of V), counts and totals of the two sides, to a statistic of shape (..., V).
Statistic = Callable[[slice, Any, Any, Any, Any], Any]

#: Words that are held in memory at a time.
_CHUNK = 256


class Sides(NamedTuple):
    """Counts by cluster (a section or a jurisdiction) of a group and of what it is compared with.

    counts, counts_against : CSR, shapes (clusters, V); totals, totals_against : shapes (clusters,).
    """

    counts: sparse.csr_matrix
    totals: Floats
    counts_against: sparse.csr_matrix
    totals_against: Floats


def jackknife_se(joint: Sides, statistic: Statistic) -> Floats:
    """Standard error of a statistic when whole jurisdictions are the draws: each is left out once.

    Parameters
    ----------
    joint : Sides
        A row a jurisdiction on both sides, zeros where it has no document on that side.

    Returns
    -------
    ndarray, shape (V,)
        sqrt((n - 1) / n times the sum of squared deviations from the full value), n jurisdictions.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 11; deviations from the full value rather
    than from their mean, the more cautious form (MacKinnon, Nielsen and Webb 2023, CV3).
    """
    n = len(joint.totals)
    total, total_against = joint.totals.sum(), joint.totals_against.sum()
    result = np.empty(joint.counts.shape[1])
    for part, ours, theirs in _chunks(joint.counts, joint.counts_against):
        full = statistic(part, ours.sum(axis=0), total, theirs.sum(axis=0), total_against)
        without = statistic(
            part,
            ours.sum(axis=0) - ours,
            (total - joint.totals)[:, None],
            theirs.sum(axis=0) - theirs,
            (total_against - joint.totals_against)[:, None],
        )
        result[part] = np.sqrt((n - 1) / n * np.sum((without - full) ** 2, axis=0))
    return result


def section_interval(sides: Sides, statistic: Statistic, *, level: float) -> tuple[Floats, Floats]:
    """Where a statistic of two sides would lie with other sections of the same kind: each section is left out once.

    Parameters
    ----------
    sides : Sides
        A row a section.
    statistic : function
        On a scale without bounds, such as log-odds.
    level : float
        Nominal coverage, in (0, 1).

    Returns
    -------
    low, high : ndarray, shape (V,)
        The statistic less and plus a quantile of Student's t times the root of V1 + V2: for each side of B sections with
        text (B - 1) / B times the sum of squared deviations of the values without one section from their mean, as in
        `clause_resampling_interval`. Each side has the degrees of freedom given there, 3 B / kurtosis, at least 4 and at most
        B - 1; together they have Satterthwaite's. Nothing is drawn at random.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 11; Satterthwaite (1946), An approximate
    distribution of estimates of variance components.

    Examples
    --------
    >>> counts, totals = sparse.csr_matrix(np.array([[3], [4], [5], [4], [4]])), np.full(5, 100.0)
    >>> sides = Sides(counts, totals, sparse.csr_matrix(np.full((5, 1), 2)), totals)
    >>> low, high = section_interval(sides, lambda part, a, n, b, m: a / n - b / m, level=0.95)
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.0112, 0.0288)
    """
    low, high = np.empty(sides.counts.shape[1]), np.empty(sides.counts.shape[1])
    keep, keep_against = sides.totals > 0, sides.totals_against > 0
    totals, against = sides.totals[keep], sides.totals_against[keep_against]
    n, m = totals.sum(), against.sum()
    for part, ours, theirs in _chunks(sides.counts, sides.counts_against):
        a, b = ours[keep], theirs[keep_against]
        whole_a, whole_b = a.sum(axis=0), b.sum(axis=0)
        full = statistic(part, whole_a, n, whole_b, m)
        first = jackknife_spread(statistic(part, whole_a - a, (n - totals)[:, None], whole_b, m))
        second = jackknife_spread(statistic(part, whole_a, n, whole_b - b, (m - against)[:, None]))
        variance = first[0] + second[0]
        with np.errstate(invalid="ignore"):
            freedom = variance**2 / (first[0] ** 2 / first[1] + second[0] ** 2 / second[1])
        quantile = stats.t.ppf((1 + level) / 2, np.where(variance > 0, freedom, MIN_FREEDOM))
        low[part], high[part] = full - quantile * np.sqrt(variance), full + quantile * np.sqrt(variance)
    return low, high


def relabelling_p(
    counts: sparse.csr_matrix,
    totals: Floats,
    labels: NDArray[np.bool_],
    strata: NDArray[Any],
    statistic: Statistic,
    *,
    n_permutations: int,
    generator: np.random.Generator,
) -> Floats:
    """Share of the relabellings of whole jurisdictions in which the statistic is at least as far from 0.

    Parameters
    ----------
    counts : CSR, shape (clusters, V); totals : shape (clusters,)
        What keeps together under the hypothesis.
    labels : ndarray of bool, shape (clusters,)
        Which clusters are of the group.
    strata : ndarray, shape (clusters,)
        Labels change places within a stratum only.

    Returns
    -------
    ndarray, shape (V,)
        In (0, 1]: (1 + exceeding) / (1 + permutations), two-sided. NaN where no relabelling differs.
    """
    drawn = _relabelled(labels, strata, n_permutations, generator)
    if drawn is None:
        return np.full(counts.shape[1], np.nan)
    ours_total = drawn @ totals
    theirs_total = totals.sum() - ours_total
    result = np.empty(counts.shape[1])
    for part, block in _chunks(counts):
        everything, ours = block.sum(axis=0), drawn @ block
        seen = block[labels].sum(axis=0)
        found = statistic(part, seen, totals[labels].sum(), everything - seen, totals[~labels].sum())
        values = statistic(part, ours, ours_total[:, None], everything - ours, theirs_total[:, None])
        exceeding = np.sum(np.abs(values) >= np.abs(found) - 1e-9, axis=0)
        result[part] = (1 + exceeding) / (1 + n_permutations)
    return result


def _relabelled(
    labels: NDArray[np.bool_], strata: NDArray[Any], n: int, generator: np.random.Generator
) -> Floats | None:
    """n relabellings, shape (n, clusters), or None if all strata are of one label."""
    drawn = np.tile(labels.astype(float), (n, 1))
    moves = False
    codes = np.unique(strata.astype(str), return_inverse=True)[1]
    for code in range(codes.max(initial=-1) + 1):
        places = np.flatnonzero(codes == code)
        if 0 < labels[places].sum() < len(places):
            drawn[:, places] = generator.permuted(drawn[:, places], axis=1)
            moves = True
    return drawn if moves else None


def _chunks(*counts: sparse.csr_matrix) -> Iterator[tuple[Any, ...]]:
    """Some words at a time: which (a slice of V), and their dense counts in each matrix."""
    columns = [one.tocsc() for one in counts]
    for begin in range(0, counts[0].shape[1], _CHUNK):
        part = slice(begin, begin + _CHUNK)
        yield part, *(one[:, part].toarray().astype(float) for one in columns)


def poisson_limits(count: ArrayLike, exposure: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Limits of a rate from one count: how far it moves because the text is short.

    Parameters
    ----------
    count : array_like of int, shape (G,)
        Occurrences, at least 0.
    exposure : array_like of float, shape (G,)
        Amount of text, such as characters / 10,000.
    level : float
        In (0, 1).

    Returns
    -------
    low, high : ndarray, shape (G,)
        Rates an exposure of 1; quantiles of the gamma posterior with Jeffreys' prior, shape count + 1/2. low is 0 for
        a count of 0. NaN where there is no text.

    Notes
    -----
    As if a locality went on writing in the same way, each word on its own: too narrow for words that come in bursts,
    and nothing about other localities.

    References
    ----------
    Brown, Cai and DasGupta (2003), Interval estimation in exponential families (the Jeffreys interval).

    Examples
    --------
    >>> [round(float(limit[0]), 2) for limit in poisson_limits([4], [2.0])]
    [0.68, 4.76]
    """
    n, size = np.asarray(count, dtype=float), np.asarray(exposure, dtype=float)
    check_level(level)
    if (n < 0).any():
        raise ValueError(f"`count` must be at least 0; got {n.min():g}. Give occurrences.")
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(size > 0, 1 / size, np.nan)
    low = np.where(n > 0, stats.gamma.ppf((1 - level) / 2, n + 0.5), 0.0) * scale
    return low, stats.gamma.ppf((1 + level) / 2, n + 0.5) * scale
