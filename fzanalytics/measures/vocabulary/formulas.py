"""How far a word belongs to one text rather than another: formulas on counts, one word or all at once.

Every function takes counts of words in a group and in what it is compared with, as numbers or arrays of shape (V,),
and the totals of both. Direction: positive where the word is more frequent in the group.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

Floats = NDArray[np.float64]


class LogOdds(NamedTuple):
    """log_odds and its standard error se, both in natural logs, and z = log_odds / se; each of shape (V,)."""

    log_odds: Any
    se: Any
    z: Any


def log_odds_ratio(
    count: ArrayLike,
    total: ArrayLike,
    count_against: ArrayLike,
    total_against: ArrayLike,
    prior: ArrayLike,
    alpha0: float,
) -> LogOdds:
    """Log-odds ratio of words with an informative Dirichlet prior.

    Parameters
    ----------
    count, count_against : array_like, shape (V,)
        Occurrences y of each word in the group i and in what it is compared with, j.
    total, total_against : float
        All words of each, n.
    prior : array_like, shape (V,)
        Occurrences of each word that are imagined beforehand in both, alpha_w, above 0.
    alpha0 : float
        Their sum over the whole vocabulary.

    Returns
    -------
    LogOdds
        log_odds, any real number; above 0: the word is likelier in the group. se and z as if each word were drawn
        independently: words come in bursts, so z ranks terms and is no test.

    Raises
    ------
    ValueError
        If a prior is not above 0, or is more than alpha0 allows.

    References
    ----------
    Monroe, Colaresi and Quinn (2008), Fightin' Words, Political Analysis 16(4): equations 16 (delta), 19 (variance,
    all four terms; 20 is its approximation with two) and 22 (zeta).

    Examples
    --------
    A word 3 times of 10 in the group and once of 10 elsewhere, with a prior of 1 in 5: log(4/11) - log(2/13).

    >>> found = log_odds_ratio(3, 10, 1, 10, 1, 5)
    >>> round(float(found.log_odds), 4), round(float(found.z), 4)
    (0.8602, 0.8979)
    """
    alpha = np.asarray(prior, dtype=float)
    if (~(alpha > 0)).any() or (alpha >= alpha0).any():
        raise ValueError(
            f"`prior` must be above 0 and below alpha0 = {alpha0:g} for every word; got {float(alpha.min(initial=np.inf)):g} "
            f"to {float(alpha.max(initial=0)):g}. Take counts of a larger background."
        )
    ours = np.asarray(count, dtype=float) + alpha
    theirs = np.asarray(count_against, dtype=float) + alpha
    rest = np.asarray(total, dtype=float) + alpha0 - ours
    others = np.asarray(total_against, dtype=float) + alpha0 - theirs
    delta = np.log(ours / rest) - np.log(theirs / others)
    se = np.sqrt(1 / ours + 1 / rest + 1 / theirs + 1 / others)
    return LogOdds(delta, se, delta / se)


def keyness_g2(count: ArrayLike, total: ArrayLike, count_against: ArrayLike, total_against: ArrayLike) -> Any:
    """Log-likelihood ratio of the table word / other words by group / comparison.

    Returns
    -------
    float or ndarray, shape (V,)
        At least 0, in units of twice a natural log; 0 for equal rates. Without direction: see `log_ratio`.

    Notes
    -----
    All four cells of the table. The two cells of the word alone, as in Rayson and Garside's calculator, give a little
    less for a rare word and much less for a frequent one.

    References
    ----------
    Dunning (1993), Accurate methods for the statistics of surprise and coincidence; Rayson and Garside (2000),
    Comparing corpora using frequency profiling.

    Examples
    --------
    >>> round(float(keyness_g2(20, 1000, 10, 1000)), 4)
    3.4487
    """
    observed, expected = _cells(count, total, count_against, total_against)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = xlogy(observed, np.where(expected > 0, observed / expected, 1.0))
    return np.maximum(2 * parts.sum(axis=0), 0.0)


def keyness_chi2(count: ArrayLike, total: ArrayLike, count_against: ArrayLike, total_against: ArrayLike) -> Any:
    """Pearson's chi-square of the same table, without Yates' correction.

    Returns
    -------
    float or ndarray, shape (V,)
        At least 0; 0 for equal rates. Unreliable where an expected count is below 5.

    Examples
    --------
    >>> round(float(keyness_chi2(20, 1000, 10, 1000)), 4)
    3.3841
    """
    observed, expected = _cells(count, total, count_against, total_against)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(expected > 0, (observed - expected) ** 2 / expected, 0.0)
    return parts.sum(axis=0)


def _cells(a: ArrayLike, n: ArrayLike, b: ArrayLike, m: ArrayLike) -> tuple[Floats, Floats]:
    """Observed and expected counts of the four cells, each of shape (4, ...)."""
    a, b, n, m = (np.asarray(one, dtype=float) for one in np.broadcast_arrays(a, b, n, m))
    wrong = (a < 0) | (b < 0) | (a > n) | (b > m)
    if wrong.any():
        raise ValueError("`count` must be at least 0 and at most `total`, on both sides. Check which total is whose.")
    everything = n + m
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(everything > 0, (a + b) / everything, 0.0)
    observed = np.stack([a, n - a, b, m - b])
    return observed, np.stack([n * share, n * (1 - share), m * share, m * (1 - share)])


def log_ratio(count: ArrayLike, total: ArrayLike, count_against: ArrayLike, total_against: ArrayLike) -> Any:
    """Binary log of the ratio of two rates: 1 is twice as frequent, -1 half as frequent.

    Returns
    -------
    float or ndarray, shape (V,)
        A count of 0 is taken as half an occurrence, so that the ratio is finite. NaN where a total is 0.

    References
    ----------
    Hardie (2014), Log Ratio: an informal introduction.

    Examples
    --------
    >>> float(log_ratio(20, 1000, 10, 1000)), float(log_ratio(8, 1000, 0, 1000))
    (1.0, 4.0)
    """
    a, n, b, m = (np.asarray(one, dtype=float) for one in (count, total, count_against, total_against))
    with np.errstate(divide="ignore", invalid="ignore"):
        return (
            np.log2(np.where(a > 0, a, 0.5) / n) - np.log2(np.where(b > 0, b, 0.5) / m) + np.where(n * m > 0, 0, np.nan)
        )


def percent_difference(count: ArrayLike, total: ArrayLike, count_against: ArrayLike, total_against: ArrayLike) -> Any:
    """%DIFF: by how many per cent the rate in the group is above that of the comparison.

    Returns
    -------
    float or ndarray, shape (V,)
        At least -100; NaN where the comparison does not have the word, since nothing is a per cent of 0.

    References
    ----------
    Gabrielatos and Marchi (2012), Keyness: appropriate metrics and practical issues.

    Examples
    --------
    >>> float(percent_difference(20, 1000, 10, 1000)), float(percent_difference(2, 1000, 0, 1000))
    (100.0, nan)
    """
    a, n, b, m = (np.asarray(one, dtype=float) for one in (count, total, count_against, total_against))
    with np.errstate(divide="ignore", invalid="ignore"):
        ours, theirs = a / n, b / m
        return np.where(theirs > 0, 100 * (ours - theirs) / theirs, np.nan)


def adjust_p(p: ArrayLike) -> Floats:
    """p-values corrected for many tests, by Benjamini and Hochberg's rule.

    Parameters
    ----------
    p : array_like, shape (V,)
        p-values; NaN ones are no tests and stay NaN.

    Returns
    -------
    ndarray, shape (V,)
        In [0, 1], at least as large as `p`. Those at most q, taken together, hold a share of false finds of at most q in
        the mean, if the tests are independent or positively dependent.

    References
    ----------
    Benjamini and Hochberg (1995), Controlling the false discovery rate.

    Examples
    --------
    >>> adjust_p([0.01, 0.04, 0.03, float("nan")]).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    given = np.asarray(p, dtype=float)
    adjusted = np.full(given.shape, np.nan)
    known = np.flatnonzero(~np.isnan(given))
    if not len(known):
        return adjusted
    if (given[known] < 0).any() or (given[known] > 1).any():
        raise ValueError(
            f"`p` must be in [0, 1]; got {given[known].min():g} to {given[known].max():g}. Give p-values, not scores."
        )
    order = known[np.argsort(given[known], kind="stable")]
    scaled = given[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted
