"""Intervals for ratios of sums over blocks, for jurisdictions, and how surprising a statistic is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from fzanalytics.base.options import check_level, check_number

#: With fewer blocks than this there is no interval.
MIN_BLOCKS = 5
#: With fewer jurisdictions than this nothing is said of others.
MIN_CLUSTERS = 30
#: The least degrees of freedom, however unequal the blocks are.
MIN_FREEDOM = 4
#: The same for jurisdictions, few of which may make up most of the variance.
_MIN_FREEDOM_CLUSTERS = 3

Floats = NDArray[np.float64]


def ratio_intervals(
    tops: ArrayLike, bottoms: ArrayLike, level: float, *, freedom: float = 3.0, least: int = MIN_FREEDOM,
    most: float = float("inf"),
) -> tuple[Floats, Floats]:  # fmt: skip
    """The intervals of N ratios of sums over the same B blocks; see `clause_resampling_interval`.

    Parameters
    ----------
    tops : array_like of float, shape (N, B)
    bottoms : array_like of float, shape (B,)
        Above 0.
    level, freedom, least
        See `clause_resampling_interval` and `jackknife_spread`.
    most : float
        No more degrees of freedom than these, whatever `least` is.

    Returns
    -------
    low, high : ndarray, shape (N,)
        NaN where the ratio is 0 or 1; both are the ratio where all blocks are alike.

    Examples
    --------
    >>> low, high = ratio_intervals([[0, 10, 20, 30, 40, 50], [0] * 6], [100] * 6, 0.95)
    >>> bool(low[0] < 0.25 < high[0]), bool(np.isnan(low[1]))
    (True, True)
    """
    top, bottom = np.ascontiguousarray(tops, dtype=float), np.asarray(bottoms, dtype=float)
    total = top.sum(axis=1)
    share = total / bottom.sum()
    without = (total[:, None] - top) / (bottom.sum() - bottom)
    variance, degrees = jackknife_spread(without.T, freedom=freedom, least=least)
    with np.errstate(divide="ignore", invalid="ignore"):
        trials = share * (1 - share) / variance
        limits = wilson_limits(share, stdtrit(np.minimum(degrees, most), (1 + level) / 2) ** 2 / trials)
    alike, known = variance <= (1e-12 * share) ** 2, (share > 0) & (share < 1)
    low, high = (np.where(known, np.where(alike, share, side), np.nan) for side in limits)
    return low, high


def jackknife_spread(without: Floats, *, freedom: float = 3.0, least: int = MIN_FREEDOM) -> tuple[Floats, Floats]:
    """Variance of a statistic and the degrees of freedom it is worth, from its values without each of B blocks.

    Parameters
    ----------
    without : ndarray, shape (B, ...)
        The statistic without the first block, without the second, and so on.
    freedom, least : float, int
        Degrees of freedom are `freedom` * B / kurtosis, at least `least` and at most B - 1; see
        `clause_resampling_interval`.

    Returns
    -------
    variance, degrees : ndarray, shape (...)

    Examples
    --------
    >>> variance, degrees = jackknife_spread(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    >>> float(variance), float(degrees)
    (8.0, 4.0)
    """
    n = len(without)
    squares = (without - without.mean(axis=0)) ** 2
    total = np.asarray(squares.sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        degrees = np.where(total > 0, freedom * total**2 / (squares**2).sum(axis=0), n - 1)
    return (n - 1) / n * total, np.clip(degrees, min(least, n - 1), n - 1)


def wilson_limits(shares: ArrayLike, units: ArrayLike) -> tuple[Floats, Floats]:
    """Wilson's score limits of shares of a number of trials, which need be no whole number.

    Parameters
    ----------
    shares : array_like of float, shape (n,)
        In [0, 1].
    units : array_like of float, shape (n,)
        The squared quantile (of the normal distribution, or of Student's) over the trials; above 0.

    Returns
    -------
    low, high : ndarray, shape (n,)
        0 <= low <= share <= high <= 1.

    Notes
    -----
    For whole numbers of trials these are ``scipy.stats.binomtest(...).proportion_ci(method="wilson")``, which takes no
    others and no Student's t.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212.

    Examples
    --------
    >>> low, high = wilson_limits(0.8, 1.96**2 / 10)
    >>> round(float(low), 4), round(float(high), 4)
    (0.4902, 0.9433)
    """
    share, unit = np.asarray(shares, dtype=float), np.asarray(units, dtype=float)
    middle = (share + unit / 2) / (1 + unit)
    half = np.sqrt(unit * (share * (1 - share) + unit / 4)) / (1 + unit)
    return np.clip(np.minimum(middle - half, share), 0, 1), np.clip(np.maximum(middle + half, share), 0, 1)


class PopulationInterval(NamedTuple):
    """A mean share over jurisdictions; low and high are NaN where `reason` says why."""

    share: float
    low: float
    high: float
    n_clusters: int
    n_values: int
    n_missing: int
    reason: str


def sum_blocks(top: Floats, bottom: Floats, labels: NDArray[np.generic]) -> tuple[Floats, Floats]:
    """Sums by block, of those with a positive denominator."""
    place = np.unique(labels.astype(str), return_inverse=True)[1]
    tops, bottoms = np.bincount(place, weights=top).astype(float), np.bincount(place, weights=bottom).astype(float)
    return tops[bottoms > 0], bottoms[bottoms > 0]


def population_interval(
    values: ArrayLike, weights: ArrayLike | None, clusters: ArrayLike, *, level: float = 0.95
) -> PopulationInterval:
    """A share over jurisdictions, with its confidence interval for all jurisdictions they were drawn from.

    Parameters
    ----------
    values : array_like of float, shape (D,)
        A share in [0, 1] of each document; NaN where it is not known, which is left out and counted.
    weights : array_like of float, shape (D,), or None
        Of each document, at least 0; its text-carrying characters give the share of all characters. None: each counts 1,
        the mean share.
    clusters : array_like, shape (D,)
        The jurisdiction of each document: the unit that was sampled. Take the province where the prefectures of one
        province were sampled together, since what they have from it they have in common.
    level : float
        Nominal coverage, in (0, 1).

    Returns
    -------
    PopulationInterval
        share = sum(weights * values) / sum(weights) in [0, 1], NaN without a known value of positive weight; low, high:
        NaN with fewer than `MIN_CLUSTERS` (30) clusters and where the share is 0 or 1 exactly; n_clusters, n_values: those
        used; n_missing: values left out; reason: why there is no interval, "" if there is one.

    Raises
    ------
    ValueError
        If the shapes differ, a value is outside of [0, 1], a weight is negative or missing, or `level` is out of its range.

    Notes
    -----
    *Estimand*: E(weight * value) / E(weight) over the jurisdictions from which these are a random sample. If they are
    not (the documents that happened to be online), the interval does not say what it seems to say; if they are all
    there are, it is about a larger, imagined population. The formula is that of `clause_resampling_interval` with 1.5
    in place of 3 in the degrees of freedom, at least 3. Coverage at level 0.95, in 1,000 simulations of 30 and of 100
    provinces of 1 to 8 documents (benchmarks/intervals.py): 93 to 97 % in all 34 designs with a truth in 0.05 to 0.95,
    provinces of uneven size included.

    Shares of texts that copy *each other* are not independent between clusters: the interval is then too narrow. Share
    with the centre or the superior has not this fault.

    Examples
    --------
    >>> found = population_interval([0.2, 0.4] * 20, None, range(40))
    >>> round(found.share, 3), round(found.low, 3), round(found.high, 3), found.n_clusters
    (0.3, 0.269, 0.333, 40)
    >>> population_interval([0.2, 0.4], None, ["甲省", "乙省"]).reason
    'fewer than 30 clusters'
    """
    share = np.asarray(values, dtype=float)
    weight = np.ones(share.shape) if weights is None else np.asarray(weights, dtype=float)
    labels = np.asarray(clusters)
    known = ~np.isnan(share)
    check_parts(weight, np.where(known, share, 0.0), labels, level, names=("weights", "values", "clusters"))
    if (share[known] > 1).any():
        raise ValueError(f"`values` must be shares in [0, 1]; got {share[known].max()}. Divide by 100?")
    n_missing = int((~known).sum())
    top, bottom = sum_blocks((share * weight)[known], weight[known], labels[known])
    facts = (len(bottom), int(known.sum()), n_missing)
    nan = float("nan")
    if not len(bottom):
        return PopulationInterval(nan, nan, nan, *facts, "no known value")
    mean = float(top.sum() / bottom.sum())
    if len(bottom) < MIN_CLUSTERS:
        return PopulationInterval(mean, nan, nan, *facts, f"fewer than {MIN_CLUSTERS} clusters")
    if not 0 < mean < 1:
        return PopulationInterval(mean, nan, nan, *facts, "all values are the same bound")
    low, high = ratio_intervals(top[None], bottom, level, freedom=1.5, least=_MIN_FREEDOM_CLUSTERS)
    return PopulationInterval(mean, float(low[0]), float(high[0]), *facts, "")


def permutation_p(observed: float, null: ArrayLike) -> float:
    """How surprising a statistic is among those of relabelled data.

    Parameters
    ----------
    observed : float
        Large is surprising.
    null : array_like of float, shape (n,)
        The statistic of n random relabellings.

    Returns
    -------
    float
        (1 + number of null >= observed) / (1 + n), in (0, 1]; NaN if `observed` is. The observed labels count as one
        relabelling, so P(p <= a) <= a for every a, if labels are exchangeable; ties count against it.

    Raises
    ------
    ValueError
        If `null` is empty, not one-dimensional, or has missing values.

    References
    ----------
    Phipson and Smyth (2010), Permutation P-values should never be zero.

    Examples
    --------
    >>> permutation_p(3.0, [1.0, 2.0, 3.0, 4.0])
    0.6
    >>> permutation_p(9.0, [1.0, 2.0, 3.0, 4.0])
    0.2
    """
    drawn = np.asarray(null, dtype=float)
    if drawn.ndim != 1 or not len(drawn) or np.isnan(drawn).any():
        raise ValueError(
            f"`null` must be one-dimensional, not empty and without missing values; got shape {drawn.shape}, "
            f"{int(np.isnan(drawn).sum())} missing. Draw 999 relabellings."
        )
    if isinstance(observed, float | np.floating) and np.isnan(observed):
        return float("nan")
    check_number(observed, name="observed", within="[-inf, inf]", remedy="Give the statistic of the data.")
    slack = 1e-12 * max(abs(float(observed)), 1e-300)  # sums in another order are still ties
    return float((1 + np.sum(drawn >= observed - slack)) / (1 + len(drawn)))


def check_parts(
    top: Floats, bottom: Floats, labels: NDArray[np.generic], level: float,
    names: tuple[str, str, str] = ("numerators", "denominators", "blocks"),
) -> None:  # fmt: skip
    """Raise a ValueError, by these names, unless numbers, sizes and blocks fit together and may be taken."""
    if not top.shape == bottom.shape == labels.shape or top.ndim != 1:
        first, second, third = names
        raise ValueError(
            f"`{first}`, `{second}` and `{third}` must be one-dimensional and equally long; "
            f"got shapes {top.shape}, {bottom.shape} and {labels.shape}."
        )
    for name, values in ((names[0], top), (names[1], bottom)):
        wrong = values[~(np.isfinite(values) & (values >= 0))]
        if len(wrong):
            raise ValueError(f"`{name}` must be at least 0 and not missing; got {float(wrong[0])}.")
    check_level(level)
