"""Intervals that say how far a number rests on single sections of one document, and what each is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from fzanalytics.measures.resampling import MIN_BLOCKS, check_parts, ratio_intervals, sum_blocks

#: That an interval covers at its level is claimed from so many sections on, for shares in this range.
JUDGED_BLOCKS = 30
JUDGED_SHARES = (0.05, 0.95)
#: The least degrees of freedom where few sections hold most of the text.
_MIN_FREEDOM_UNEVEN = 3.0

Floats = NDArray[np.float64]


def clause_resampling_interval(
    numerators: ArrayLike,
    denominators: ArrayLike,
    blocks: ArrayLike,
    *,
    level: float = 0.95,
) -> tuple[float, float, float]:
    """A share, and the interval in which it would lie with other sections of the same kind.

    The clause-resampling interval: C clauses (or paragraphs) are taken together by block, each block is left out
    once (the jackknife), and the share is the ratio of the two sums.

    Parameters
    ----------
    numerators, denominators : array_like of float, shape (C,)
        The share is sum(numerators) / sum(denominators); e.g. characters shared and characters of each clause.
    blocks : array_like, shape (C,)
        What is left out as one, e.g. the （一） section of each clause.
    level : float
        Nominal coverage, in (0, 1).

    Returns
    -------
    share, low, high : float
        NaN, NaN, NaN if the denominators sum to 0. low and high are NaN (not estimable) with fewer than `MIN_BLOCKS`
        blocks of a positive denominator, and where the share is 0 or 1 exactly, since the blocks then do not
        differ. Else low <= share <= high, all within [0, 1].

    Raises
    ------
    ValueError
        If the shapes differ, a number is negative or missing, or an option is out of its range.

    Notes
    -----
    *Estimand*: the ratio of expectations E(numerator) / E(denominator) of a section, if the B sections at hand were
    independent draws from one source of sections. It says how far the share rests on single sections of this text.
    It says nothing about other localities, other documents or another sample: the sections of a document are no
    random sample of anything, and this is no confidence interval for a population. Where neighbouring sections are alike,
    they are not independent, and the interval is too narrow (benchmarks/intervals.py --only neighbours): articles, which
    are copied in runs, are therefore taken five at a time (`block_of`).

    *Formula*: with p the share, p_i the share without block i, and V = (B - 1) / B * sum((p_i - mean p_i) ** 2), the
    effective number of trials is n = p (1 - p) / V, and the interval is Wilson's for p of n with Student's t in place of
    the normal quantile. t has 3 B / (kurtosis of p_i) degrees of freedom, at least 4 and at most B - 1: about B where
    the blocks are like draws from a normal distribution, fewer where few blocks make up the variance. Nor has it more than
    the effective number of blocks less 1, (sum of denominators)² / (sum of their squares) - 1, or 3 if that is less: where
    two sections hold most of the text, there are hardly more than two.

    *Coverage* (benchmarks/intervals.py --only sections --n 5000) at level 0.95, in 5,000 simulations of each of 70 designs
    with a truth in 0.05 to 0.95 and 30 or 60 blocks: 93.8 to 96.8 %. (With 1,000 simulations one to four of the designs, not
    always the same, are found outside of 93 to 97 % by chance.) With 12 blocks 94.3 to 97.6 %. Blocks there are of 2 to 8 clauses.

    Sections of real documents are less even: with sizes log-normal, of standard deviation 1.2 (--only uneven, 1,000
    simulations a design, truths 0.1, 0.2, 0.5), and clauses of a section alike by 0.2 at most, 94.5 to 97.2 % with 7
    sections, 94.0 to 97.4 % with 14, 95.2 to 96.3 % with 30. Where clauses of a section are alike by 0.5, 90.0 to 96.0 %, with
    30 and 60 sections too: it is too narrow there for a small share. So below 30 sections, and for shares beyond 0.05 to
    0.95, tables say that the coverage is not estimable (`interval_status`).

    Percentiles of sections drawn with replacement covered 83 to 95 % in the same 70 designs, mostly below 93 %.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 11 (jackknife), here with whole sections
    left out, and of a ratio. Wilson (1927), Probable inference, the law of succession, and statistical inference. Korn and
    Graubard (1998), Confidence intervals for proportions with small expected number of positive counts estimated from
    survey data (on the effective number of trials). Künsch (1989), The jackknife and the bootstrap for general stationary
    observations (neighbours left out together). The degrees of freedom are our own.

    Examples
    --------
    Six sections of 100 characters each, of which 0 to 50 are shared:

    >>> share, low, high = clause_resampling_interval([0, 10, 20, 30, 40, 50], [100] * 6, list("abcdef"))
    >>> share, low < share < high
    (0.25, True)
    >>> clause_resampling_interval([1, 2], [4, 4], ["a", "b"])
    (0.375, nan, nan)
    """
    top, bottom = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    labels = np.asarray(blocks)
    check_parts(top, bottom, labels, level)
    total = float(np.sum(bottom))
    if total == 0:
        return float("nan"), float("nan"), float("nan")
    share = float(np.sum(top)) / total
    top, bottom = sum_blocks(top, bottom, labels)
    if len(bottom) < MIN_BLOCKS or not 0 < share < 1:
        return share, float("nan"), float("nan")
    low, high = section_intervals(top[None], bottom, level)
    return share, float(low[0]), float(high[0])


def section_intervals(tops: ArrayLike, bottoms: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """The clause-resampling intervals of N ratios over the same B sections; see `clause_resampling_interval`.

    Parameters
    ----------
    tops : array_like of float, shape (N, B)
    bottoms : array_like of float, shape (B,)
        Above 0.
    level : float

    Returns
    -------
    low, high : ndarray, shape (N,)

    Examples
    --------
    >>> even = section_intervals([[0, 10, 20, 30, 40, 50]], [100] * 6, 0.95)
    >>> uneven = section_intervals([[0, 10, 20, 30, 40, 500]], [100] * 5 + [1000], 0.95)
    >>> bool(even[1] - even[0] < uneven[1] - uneven[0])
    True
    """
    sizes = np.asarray(bottoms, dtype=float)
    effective = float(sizes.sum() ** 2 / (sizes**2).sum())
    return ratio_intervals(tops, sizes, level, most=max(effective - 1, _MIN_FREEDOM_UNEVEN))


def excess_interval(
    above: ArrayLike, below: ArrayLike, denominators: ArrayLike, *, level: float = 0.95
) -> tuple[float, float]:
    """The clause-resampling interval of a share less what is expected of it.

    Parameters
    ----------
    above, below : array_like of float, shape (B,)
        Of each section what is shared beyond what is expected, and what falls short of it, summed over its characters (or
        paragraphs): sum(shared * (1 - expected)) and sum((1 - shared) * expected). The excess is
        (sum(above) - sum(below)) / sum(denominators).
    denominators : array_like of float, shape (B,)
        Characters (or paragraphs) of each section.
    level : float
        Nominal coverage, in (0, 1).

    Returns
    -------
    low, high : float
        In [-1, 1], around the excess; NaN with fewer than `MIN_BLOCKS` sections of a positive denominator, and where `above`
        is 0 everywhere: where nothing is shared beyond what is expected, sections do not tell how much might be.

    Raises
    ------
    ValueError
        If the shapes differ, a number is negative or missing, the parts are more than the whole, or `level` is out of range.

    Notes
    -----
    *Estimand*: as in `clause_resampling_interval`, of the excess. What is expected is taken as it is: that other documents
    would give another baseline is in no interval.

    *Formula*: the limits of the two parts, l and u, are put together with the correlation r of their jackknife values:
    excess - sqrt((a - l_a)² + (u_b - b)² - 2 r (a - l_a)(u_b - b)), and the same upwards (MOVER). Where nothing falls short
    of what is expected, that part has no spread. Taking the excess apart by character makes both parts shares, so that a
    small one keeps its skewed limits.

    *Coverage* (benchmarks/intervals.py --only excess --n 5000) at level 0.95: 93.7 to 96.0 % in each of 114 designs with 30 or 60
    sections, shares of 0.05 to 0.95, and an expected share of three tenths of that, or of all of it. With 12 sections 88.6 to
    96.3 %.

    References
    ----------
    Zou and Donner (2008), Construction of confidence limits about effect measures: a general approach, Statistics in
    Medicine 27, 1693-1702; for correlated parts Zou (2007), Toward using confidence intervals to compare correlations,
    Psychological Methods 12, 399-413.

    Examples
    --------
    >>> low, high = excess_interval([0, 10, 20, 30, 40, 50], [0, 0, 5, 0, 0, 5], [100] * 6)
    >>> bool(0 < low < 140 / 600 < high)
    True
    """
    parts, sizes = [np.asarray(one, dtype=float) for one in (above, below)], np.asarray(denominators, dtype=float)
    blocks = np.arange(sizes.size)
    for name, part in zip(("above", "below"), parts, strict=True):
        check_parts(part, sizes, blocks, level, names=(name, "denominators", "sections"))
    if (sum(parts) > sizes * (1 + 1e-9)).any():
        raise ValueError("`above` and `below` must not be more than `denominators` together: they are parts of it.")
    keep = sizes > 0
    both, sizes = np.array(parts)[:, keep], sizes[keep]
    if len(sizes) < MIN_BLOCKS or not both[0].any():
        return float("nan"), float("nan")
    shares = both.sum(axis=1) / sizes.sum()
    low, high = (np.where(np.isnan(side), shares, side) for side in section_intervals(both, sizes, level))
    without = (both.sum(axis=1)[:, None] - both) / (sizes.sum() - sizes)
    spread = without - without.mean(axis=1)[:, None]
    scale = float(np.sqrt(np.prod((spread**2).sum(axis=1))))
    r = float(np.clip((spread[0] @ spread[1]) / scale, -1, 1)) if scale > 1e-15 else 0.0
    (a, b), (a_low, b_low), (a_high, b_high) = shares, low, high
    excess = a - b
    down, up = _combined(a - a_low, b_high - b, r), _combined(a_high - a, b - b_low, r)
    return float(max(excess - down, -1.0)), float(min(excess + up, 1.0))


def _combined(one: float, other: float, r: float) -> float:
    return float(np.sqrt(max(one**2 + other**2 - 2 * r * one * other, 0.0)))


def interval_status(shares: ArrayLike, n_sections: ArrayLike) -> NDArray[np.object_]:
    """What the clause-resampling interval of each share is worth.

    Parameters
    ----------
    shares : array_like of float, shape (n,)
        NaN where there is none.
    n_sections : array_like of int, shape (n,) or ()
        Sections that carry text; NaN or below 0 where they are not known.

    Returns
    -------
    ndarray of str, shape (n,)
        - "coverage as simulated": of simulations of a truth of 0.05 to 0.95 with 30 independent sections or more, 95 % limits
          hold it in 93 to 97 % (`clause_resampling_interval`). It is a statement on all such texts, and not on those whose
          share happened to fall in that range: of many small shares those marked so are the lucky ones.
        - "coverage not estimable: fewer than 30 sections", "coverage not estimable: share beyond 0.05 to 0.95": limits are
          given, as a description of how far the share rests on single sections; how often such limits hold is not claimed.
        - "not estimable: fewer than 5 sections", "not estimable: share is 0 or 1", "not estimable: sections not given": no
          limits. "not estimable: sections do not differ" (`add_status`): both limits are the share.
        - "no share": there is nothing to have an interval.

    Examples
    --------
    >>> interval_status([0.4, 0.4, 0.4, 0.01, 1.0], [40, 12, 3, 40, 40]).tolist()[:2]
    ['coverage as simulated', 'coverage not estimable: fewer than 30 sections']
    """
    share, n = np.broadcast_arrays(np.asarray(shares, dtype=float), np.asarray(n_sections, dtype=float))
    least, most = JUDGED_SHARES
    return np.select(
        [np.isnan(share), np.isnan(n) | (n < 0), n < MIN_BLOCKS, (share <= 0) | (share >= 1), n < JUDGED_BLOCKS, (share < least) | (share > most)],
        [
            "no share", "not estimable: sections not given", f"not estimable: fewer than {MIN_BLOCKS} sections",
            "not estimable: share is 0 or 1", f"coverage not estimable: fewer than {JUDGED_BLOCKS} sections",
            f"coverage not estimable: share beyond {least} to {most}",
        ],
        "coverage as simulated",
    ).astype(object)  # fmt: skip


def add_status(table: pd.DataFrame, share: str = "share") -> pd.DataFrame:
    """A table with resampling_low, resampling_high and n_sections, and behind them resampling_status: what the limits are worth.

    Examples
    --------
    >>> table = pd.DataFrame({"share": [0.4], "resampling_low": [0.3], "resampling_high": [0.5], "n_sections": [12]})
    >>> add_status(table).columns.tolist()
    ['share', 'resampling_low', 'resampling_high', 'resampling_status', 'n_sections']
    """
    sections = pd.to_numeric(table["n_sections"]).astype("Float64").fillna(-1).to_numpy(dtype=float)
    status = interval_status(table[share].to_numpy(dtype=float), sections)
    status[(table["resampling_low"] == table["resampling_high"]).to_numpy()] = "not estimable: sections do not differ"
    table.insert(table.columns.get_loc("resampling_high") + 1, "resampling_status", status)
    return table
