"""The adoption curve from lags that are known as intervals: Turnbull's estimate, with what it leaves open."""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.special import ndtri

from fzanalytics.base.options import check_level, check_number
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.base.tables import require_columns
from fzanalytics.measures.adoption.intervals import (
    check_clock,
    check_once,
    find_bounds,
    leave_out_contradictions,
    open_rows,
)
from fzanalytics.measures.resampling import MIN_CLUSTERS, wilson_limits

logger = logging.getLogger(__name__)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Turnbull(NamedTuple):
    """An adoption curve for interval-censored lags; see `turnbull`.

    Attributes
    ----------
    intervals : DataFrame
        begin, end (days, both included; -inf and inf where open), mass: the innermost intervals and the share of
        adoptions in each; where inside one the mass lies is not known.
    curve : DataFrame
        day; adopted_low, adopted_high: bounds of the share that has adopted by the end of that day; survival_low,
        survival_high: 1 minus these, turned; n_at_risk: not known to have adopted before the day, and still followed;
        interval_low, interval_high: bootstrap interval of the two bounds together, NaN if not asked for or refused.
    censored : Series of float
        For each right-censored row the last day on which it is known not to have adopted, the day before its lower
        bound. Adopters of an open date are none of them.
    followed : Series of float
        For each row used the last day on which it can still be at risk, sorted.
    n, n_censored, n_left_out : int
        Rows used; right-censored among them (not adopted as far as is known); rows without any bound, which are left out.
    n_clusters : int
        Clusters among the rows used.
    log_likelihood : float
    gap : float
        Karush-Kuhn-Tucker gap: no other curve has a log-likelihood above this one's by more.
    n_iterations : int
    n_open : int
        Adopters among the rows used (their `status` says so) of whose date only the lower bound is known.
    n_contradictions : int
        Rows whose dates contradict what they declare, which are left out too.
    """

    intervals: pd.DataFrame
    curve: pd.DataFrame
    censored: pd.Series
    followed: pd.Series
    n: int
    n_censored: int
    n_left_out: int
    n_clusters: int
    log_likelihood: float
    gap: float
    n_iterations: int
    n_open: int = 0
    n_contradictions: int = 0

    def at_risk(self, day: float) -> int:
        """How many are not known to have adopted before a day, and are still followed on it."""
        return len(self.followed) - int(np.searchsorted(self.followed.to_numpy(), day, side="left"))


def turnbull(
    intervals: pd.DataFrame,
    *,
    low: str = "lag_days_low",
    high: str = "lag_days_high",
    cluster: str | None = None,
    n_resamples: int = 0,
    level: float = 0.95,
    tolerance: float = 1e-8,
    max_iterations: int = 500,
    random_state: RandomState = 0,
) -> Turnbull:
    """The share that has adopted by each day, where lags are known only to lie between two days.

    The nonparametric maximum likelihood estimate for interval-censored data. No shape is assumed. The mass of each
    innermost interval is determined, its course inside is not, so the curve is given as two bounds that part there.

    Parameters
    ----------
    intervals : DataFrame
        One row a jurisdiction: the rows of one clock of `lag_table(..., lineage=...)`, as in
        ``lags[lags["since_centre"]]``. If there are such columns: of since_centre and since_superior one must be true in
        every row; rows with a true contradiction are left out, counted and warned of; status tells an adopter of an
        open date ("adopted") from a jurisdiction that had not adopted; region (or target, where that is missing) names
        the jurisdiction, and of the rows used none may have the name of another.
    low, high : str
        Columns of the bounds, both included. Equal: exact. NaN in `high`: right-censored, at `low` not yet past. NaN
        in `low`: adopted by `high`. NaN in both: no information; left out, counted and warned of.
    cluster : str, optional
        Column of the clusters to resample, e.g. the province; rows in which it is missing are one cluster. Without it
        each row is one.
    n_resamples : int
        Bootstrap draws of whole clusters, 0 for none. With fewer than `MIN_CLUSTERS` clusters it is refused: NaN.
    level : float
        Of the bootstrap interval, in (0, 1).
    tolerance : float
        The log-likelihood is this near to its highest, relative to the number of rows.
    max_iterations : int
        After these a warning tells the gap that is left.
    random_state : int, Generator or None
        Same int, same interval.

    Returns
    -------
    Turnbull

    Raises
    ------
    TypeError
        If `intervals` is no table.
    ValueError
        If a column is missing, the rows are of several clocks, a bound is not a number, low is above high (all such rows
        at once), no row is left, a jurisdiction is in several rows, or an option is out of its range.

    Notes
    -----
    Those of unknown status are left out: the curve is that of the others, and speaks for all only if not knowing has
    nothing to do with adopting. Without known non-adopters the curve reaches 1 by construction: it is the curve of
    adopters, whether or not the date of one is open above, and a warning says so. A row that is open above and has no
    status counts as one that had not adopted. What `lag_table` times is the first *known* document. The day on which a date is known to end must not depend on
    the lag itself.

    A jurisdiction counts once. `lag_table` with `lineage` times its first adoption, of however many documents; without
    it there is a row for each document and each that it declares, and a jurisdiction that is in several is refused:
    which of them is its adoption cannot be told from the rows. Where rows are to count one by one (several policies in
    one curve) leave out the columns region and target, and name a `cluster`.

    The bootstrap interval is that of a population of clusters from which these are a sample: Wilson's score interval
    for the number of independent rows that the bootstrap variance is worth (after Korn and Graubard 1998, who take
    the exact interval), since percentiles of the draws are too short near 0 and 1. It is for one day, not
    for the whole curve. With lags that are known
    only as wide intervals the estimate converges slowly and the plain bootstrap is not consistent (Sen and Xu 2015):
    read it as a rough width there.

    References
    ----------
    Turnbull (1976), The empirical distribution function with arbitrarily grouped, censored and truncated data, JRSS B
    38; Peto (1973), Experimental survival curves for interval-censored data, JRSS C 22 (innermost intervals; closed
    here, since lags are whole days); Gentleman and Geyer (1994), Maximum likelihood for interval censored data,
    Biometrika 81 (the conditions); Wang (2007), On fast computation of the non-parametric maximum likelihood
    estimate of a mixing distribution, JRSS B 69 (the Newton steps, here between steps of self-consistency). Sen and
    Xu (2015), Model based bootstrap methods for interval censored data, CSDA 81. Korn and Graubard
    (1998), Confidence intervals for proportions with small expected number of positive counts estimated from survey
    data, Survey Methodology 24.

    Examples
    --------
    Adopted between day 0 and 2, between 1 and 3, on day 5; one had not by day 3 (so from 4 on):

    >>> lags = pd.DataFrame({"lag_days_low": [0, 1, 5, 4], "lag_days_high": [2, 3, 5, float("nan")]})
    >>> result = turnbull(lags)
    >>> result.intervals.round(3).values.tolist()
    [[1.0, 2.0, 0.5], [5.0, 5.0, 0.5]]
    >>> result.curve[["day", "adopted_low", "adopted_high", "n_at_risk"]].round(3).values.tolist()
    [[1.0, 0.0, 0.5, 4.0], [2.0, 0.5, 0.5, 4.0], [5.0, 1.0, 1.0, 1.0]]
    """
    _check_options(n_resamples, level, tolerance, max_iterations)
    make_generator(random_state)
    require_columns(intervals, [low, high, *([cluster] if cluster else [])], name="intervals")
    check_clock(intervals)
    n_given, intervals = len(intervals), leave_out_contradictions(intervals)
    begins, ends, used = find_bounds(intervals, low, high)
    check_once(intervals[used])
    fitted = _fit(begins, ends, np.ones(len(begins)), tolerance, max_iterations)
    if fitted.gap > tolerance * len(begins):
        logger.warning("Turnbull's estimate has not converged; its gap is %.2g. Raise `max_iterations`.", fitted.gap)
    is_open, censored = open_rows(intervals, ends, used)
    labels = pd.factorize(intervals[cluster][used] if cluster else pd.Series(range(len(begins))), use_na_sentinel=False)
    n_clusters = len(labels[1])
    days = np.unique(np.concatenate([fitted.lefts, fitted.rights]))
    days = days[np.isfinite(days)]
    draws = _draws(begins, ends, labels[0], n_clusters, days, n_resamples, tolerance, max_iterations, random_state)
    return Turnbull(
        intervals=pd.DataFrame({"begin": fitted.lefts, "end": fitted.rights, "mass": fitted.masses}),
        curve=_curve(fitted, days, begins, ends, draws, n_clusters, level),
        censored=pd.Series(np.sort(begins[censored] - 1), name="day"),
        followed=pd.Series(np.sort(_followed(begins, ends)), name="day"),
        n=len(begins),
        n_censored=int(censored.sum()),
        n_left_out=len(intervals) - len(begins),
        n_clusters=n_clusters,
        log_likelihood=fitted.log_likelihood,
        gap=fitted.gap,
        n_iterations=fitted.n_iterations,
        n_open=int(is_open.sum()),
        n_contradictions=n_given - len(intervals),
    )


def _check_options(n_resamples: int, level: float, tolerance: float, max_iterations: int) -> None:
    none = "Take 999, or 0 for no interval."
    check_number(n_resamples, name="n_resamples", within="[0, inf)", whole=True, remedy=none)
    check_level(level)
    check_number(tolerance, name="tolerance", within="(0, 1)", remedy="Take 1e-8.")
    check_number(max_iterations, name="max_iterations", within="[1, inf)", whole=True, remedy="Take 500.")


class _Fit(NamedTuple):
    lefts: Floats
    rights: Floats
    masses: Floats
    log_likelihood: float
    gap: float
    n_iterations: int


def innermost_intervals(begins: Floats, ends: Floats) -> tuple[Floats, Floats]:
    """The intervals [q, p] where q begins one of the closed intervals, p ends one, and nothing begins or ends between.

    Examples
    --------
    >>> innermost_intervals(np.array([0.0, 1.0, 5.0]), np.array([2.0, 3.0, 5.0]))
    (array([1., 5.]), array([2., 5.]))
    """
    days = np.concatenate([begins, ends])
    is_end = np.repeat([0, 1], [len(begins), len(ends)])
    order = np.lexsort((is_end, days))
    days, is_end = days[order], is_end[order]
    at = np.flatnonzero((is_end[:-1] == 0) & (is_end[1:] == 1))
    return days[at], days[at + 1]


def _fit(begins: Floats, ends: Floats, weights: Floats, tolerance: float, max_iterations: int) -> _Fit:
    """The masses of highest likelihood: Newton steps on few intervals, each after a step of self-consistency."""
    lefts, rights = innermost_intervals(begins, ends)
    pairs, place = np.unique(np.column_stack([begins, ends]), axis=0, return_inverse=True)
    counts = np.bincount(place.ravel(), weights=weights).astype(np.float64)
    first = np.searchsorted(lefts, pairs[:, 0], side="left")
    last = np.searchsorted(rights, pairs[:, 1], side="right") - 1
    total = float(counts.sum())
    masses = _stabbing(first, last, len(lefts))
    value, steps = _log_likelihood(masses, first, last, counts), 0
    while True:
        slopes = _slopes(masses, first, last, counts)
        gap = max(float(slopes.max() - total), 0.0)
        if gap <= tolerance * total or steps >= max_iterations:
            break
        steps += 1
        masses = masses * slopes / total
        value = _log_likelihood(masses, first, last, counts)
        slopes = _slopes(masses, first, last, counts)
        masses, value = _newton(masses, value, slopes, first, last, counts)
    masses = np.where(masses > 1e-12, masses, 0.0)
    masses = masses / masses.sum()
    return _Fit(lefts, rights, masses, value, gap, steps)


def _stabbing(first: Ints, last: Ints, n: int) -> Floats:
    """Equal masses on the fewest innermost intervals that every row has one of."""
    chosen: list[int] = []
    for at in np.lexsort((first, last)):
        if not chosen or first[at] > chosen[-1]:
            chosen.append(int(last[at]))
    masses = np.zeros(n)
    masses[chosen] = 1 / len(chosen)
    return masses


def _within(masses: Floats, first: Ints, last: Ints) -> Floats:
    sums = np.concatenate([[0.0], np.cumsum(masses)])
    return np.maximum(sums[last + 1] - sums[first], 1e-300)


def _log_likelihood(masses: Floats, first: Ints, last: Ints, counts: Floats) -> float:
    return float(np.sum(counts * np.log(_within(masses, first, last))))


def _slopes(masses: Floats, first: Ints, last: Ints, counts: Floats) -> Floats:
    """The derivative of the log-likelihood by each mass; at the best none is above the number of rows."""
    shares = counts / _within(masses, first, last)
    changes = np.zeros(len(masses) + 1)
    np.add.at(changes, first, shares)
    np.add.at(changes, last + 1, -shares)
    return np.cumsum(changes)[:-1]


def _newton(
    masses: Floats, value: float, slopes: Floats, first: Ints, last: Ints, counts: Floats
) -> tuple[Floats, float]:
    """A Newton step on the intervals that hold mass and the steepest between them, cut until it climbs; if it does
    not, one towards the steepest of all."""
    support = np.flatnonzero(masses > 1e-12)
    edges = np.concatenate([[0], support, [len(masses) - 1]])
    steepest = [int(a + np.argmax(slopes[a : b + 1])) for a, b in pairwise(edges)]
    columns = np.unique(np.concatenate([support, steepest]))
    inside = (first[:, None] <= columns) & (columns <= last[:, None])
    scaled = inside / _within(masses, first, last)[:, None]
    root = np.sqrt(counts)
    system = np.vstack([root[:, None] * (scaled - 2.0), np.ones(len(columns))])
    goals = []
    try:
        solved = nnls(system, np.concatenate([np.zeros(len(first)), [1.0]]))[0]
        if solved.sum() > 0:
            goals.append((columns, solved / solved.sum()))
    except RuntimeError:  # the solver gave up
        pass
    goals.append((np.array([np.argmax(slopes)]), np.ones(1)))
    for places, shares in goals:
        goal = np.zeros_like(masses)
        goal[places] = shares
        for step in 0.5 ** np.arange(0, 30):
            tried = masses + step * (goal - masses)
            reached = _log_likelihood(tried, first, last, counts)
            if reached > value:
                return tried, reached
    return masses, value


def _adopted(fitted: _Fit, days: Floats) -> tuple[Floats, Floats]:
    """The bounds of the share that has adopted by the end of each day."""
    sums = np.concatenate([[0.0], np.cumsum(fitted.masses)])
    low = sums[np.searchsorted(fitted.rights, days, side="right")]
    high = sums[np.searchsorted(fitted.lefts, days, side="right")]
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def _draws(
    begins: Floats,
    ends: Floats,
    labels: Ints,
    n_clusters: int,
    days: Floats,
    n_resamples: int,
    tolerance: float,
    max_iterations: int,
    random_state: RandomState,
) -> tuple[Floats, Floats] | None:
    """The two bounds of the curve in each draw of whole clusters; None if refused."""
    if n_resamples == 0:
        return None
    if n_clusters < MIN_CLUSTERS:
        logger.warning("%d clusters are fewer than %d: no population interval is given.", n_clusters, MIN_CLUSTERS)
        return None
    generator = make_generator(random_state, "turnbull")
    low, high = np.empty((n_resamples, len(days))), np.empty((n_resamples, len(days)))
    for draw in range(n_resamples):
        times = np.bincount(generator.integers(n_clusters, size=n_clusters), minlength=n_clusters)
        weights = times[labels].astype(float)
        drawn = weights > 0
        fitted = _fit(begins[drawn], ends[drawn], weights[drawn], max(tolerance, 1e-6), max_iterations)
        low[draw], high[draw] = _adopted(fitted, days)
    return low, high


def _followed(begins: Floats, ends: Floats) -> Floats:
    """The last day on which each row can be at risk and is known of; days are whole, so the bound itself is one later."""
    return np.where(np.isinf(ends), begins - 1, ends)


def _curve(
    fitted: _Fit,
    days: Floats,
    begins: Floats,
    ends: Floats,
    draws: tuple[Floats, Floats] | None,
    n_clusters: int,
    level: float,
) -> pd.DataFrame:
    low, high = _adopted(fitted, days)
    followed = _followed(begins, ends)
    n_at_risk = len(followed) - np.searchsorted(np.sort(followed), days, side="left")
    table = pd.DataFrame(
        {
            "day": days,
            "adopted_low": low,
            "adopted_high": high,
            "survival_low": 1 - high,
            "survival_high": 1 - low,
            "n_at_risk": n_at_risk,
            "interval_low": np.nan,
            "interval_high": np.nan,
        }
    )
    if draws is not None:
        table["interval_low"] = _score_interval(low, draws[0], len(begins), n_clusters, level)[0]
        table["interval_high"] = _score_interval(high, draws[1], len(begins), n_clusters, level)[1]
    return table


def _score_interval(shares: Floats, draws: Floats, n: int, n_clusters: int, level: float) -> tuple[Floats, Floats]:
    """Wilson's interval with the number of rows that the bootstrap variance is worth, at most all of them.

    The percentiles of the draws miss shares near 0 and 1: where all draws are alike they have no width.
    """
    inner = (shares > 1e-9) & (shares < 1 - 1e-9)
    variance = np.maximum(draws.var(axis=0) * n_clusters / (n_clusters - 1), 1e-12)
    worth = np.where(inner, np.minimum(shares * (1 - shares) / variance, n), n_clusters)
    return wilson_limits(shares, ndtri((1 + level) / 2) ** 2 / worth)
