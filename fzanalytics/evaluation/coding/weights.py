"""Totals of a stratified sample, and how far they may be off."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import beta, norm
from scipy.stats import t as student

from fzanalytics.base.tables import require_columns

Floats = NDArray[np.float64]


class Variance(NamedTuple):
    """A variance, and the degrees of freedom that it is worth (Satterthwaite)."""

    value: float
    degrees: float


class SamplingWeights(NamedTuple):
    """What each of n coded pairs stands for.

    Attributes
    ----------
    weight : ndarray of float, shape (n,)
        Pairs of the population.
    stratum : ndarray of int, shape (n,)
        Numbers of the strata as variances take them: those of a single coded pair are joined.
    fraction : ndarray of float, shape (n,)
        Share of its stratum that is coded; 0 for a sample without a design.
    """

    weight: Floats
    stratum: NDArray[np.int64]
    fraction: Floats

    def variance(self, values: Floats) -> Variance:
        """Of the weighted total of values, one a pair; by strata, with the correction for finite populations."""
        z, variance, unsure = self.weight * values, 0.0, 0.0
        for number in np.unique(self.stratum):
            inside = self.stratum == number
            n = int(inside.sum())
            away = z[inside] - z[inside].mean()
            second, fourth = float((away**2).mean()), float((away**4).mean())
            if n > 1 and second > 0:
                own = (1 - float(self.fraction[inside].mean())) * n * n / (n - 1) * second
                variance += own
                # relative variance of the variance itself: large where it rests on a few pairs far off
                unsure += own**2 * max(fourth / second**2 - (n - 3) / (n - 1), 1e-9) / n
        return Variance(variance, max(1.0, 2 * variance**2 / unsure) if unsure > 0 else float("inf"))


def sampling_weights(pair_ids: Sequence[str], design: pd.DataFrame | None) -> SamplingWeights:
    """The weights of the pairs that are coded, within their strata.

    Parameters
    ----------
    pair_ids : sequence of str
        The pairs with a code; fewer than were drawn if some cells are empty.
    design : DataFrame or None
        pair_id, stratum, n_stratum, from `draw_pairs`. None: a plain random sample of a large population, weights 1.

    Returns
    -------
    SamplingWeights
        Weight = n_stratum / coded pairs of the stratum: missing codes are taken to be missing at random within it.

    Raises
    ------
    ValueError
        If a pair has no row in the design.

    Warns
    -----
    UserWarning
        If a stratum has no coded pair at all: its part of the population is left out.

    References
    ----------
    Cochran (1977), Sampling Techniques, 3rd edition, section 5A.12 (joined strata); chapter 5.

    Examples
    --------
    >>> design = pd.DataFrame({"pair_id": ["a", "b", "c"], "stratum": ["x", "x", "y"], "n_stratum": [10, 10, 1]})
    >>> sampling_weights(["a", "b", "c"], design).weight.tolist()
    [5.0, 5.0, 1.0]
    """
    ids = pd.Index([str(one) for one in pair_ids])
    if design is None:
        return SamplingWeights(np.ones(len(ids)), np.zeros(len(ids), dtype=np.int64), np.zeros(len(ids)))
    require_columns(design, ("pair_id", "stratum", "n_stratum"), name="design")
    table = design.assign(pair_id=design["pair_id"].astype(str)).set_index("pair_id")
    missing = ids.difference(table.index)
    if len(missing):
        raise ValueError(
            f"`design` must have every coded pair; {len(missing)} are missing: {', '.join(missing[:10])}. Take the "
            "table that the sheet was written from."
        )
    rows = table.loc[ids]
    left_out = table[~table["stratum"].isin(rows["stratum"])].drop_duplicates("stratum")
    if len(left_out):
        warnings.warn(
            f"{len(left_out)} strata have no coded pair; their {left_out['n_stratum'].sum()} pairs of the population "
            f"are left out: {', '.join(left_out['stratum'].astype(str))}.",
            stacklevel=3,
        )
    n_coded = rows.groupby("stratum")["n_stratum"].transform("size").to_numpy(dtype=float)
    size = rows["n_stratum"].to_numpy(dtype=float)
    return SamplingWeights(size / n_coded, _joined(rows["stratum"].astype(str).to_numpy(), size), n_coded / size)


def _joined(strata: NDArray[np.object_], sizes: Floats) -> NDArray[np.int64]:
    """Strata by number; those of one coded pair out of several are joined, the last of them with any other."""
    numbers = np.unique(strata, return_inverse=True)[1].astype(np.int64)
    counts = np.bincount(numbers)
    alone = (counts[numbers] == 1) & (sizes > 1)
    if alone.any():
        numbers[alone] = len(counts)
        if alone.sum() == 1 and len(numbers) > 1:
            numbers[alone] = numbers[~alone][0]
    return numbers


def share_interval(
    share: float, variance: Variance, n: int, level: float, *, capped: bool = True
) -> tuple[float, float]:
    """Interval of a share of a survey, in [0, 1].

    Parameters
    ----------
    share : float
        The estimate.
    variance : Variance
        Of the estimate; see `SamplingWeights.variance`.
    n : int
        Pairs that it rests on (its denominator), unweighted.
    level : float
        Share of samples in which the interval holds the truth, in (0, 1).
    capped : bool
        Whether the sample counts for n pairs at most, even where its strata make it worth more.

    Notes
    -----
    The interval of Clopper and Pearson for the effective number of pairs, share (1 - share) / variance, as Korn and
    Graubard propose, with Student's t for the degrees of freedom of the variance, which are few where it rests on a
    few pairs of large weight (Satterthwaite; from the fourth moments); for a share of 0 or 1, n itself, since the
    sample then shows no variance. NaN where n is 0.

    References
    ----------
    Korn and Graubard (1998), Confidence intervals for proportions with small expected number of positive counts
    estimated from survey data, Survey Methodology 24, 193-201. Satterthwaite (1946), An approximate distribution of
    estimates of variance components, Biometrics Bulletin 2, 110-114.

    Examples
    --------
    >>> [round(end, 3) for end in share_interval(0.5, Variance(0.5 * 0.5 / 10, math.inf), 10, 0.95)]
    [0.187, 0.813]
    """
    if not n or np.isnan(share):
        return math.nan, math.nan
    inner = 1e-12 < share < 1 - 1e-12
    tail, effective = (1 - level) / 2, float(n)
    if inner and variance.value > 0:
        effective = share * (1 - share) / variance.value
        effective = min(float(n), effective) if capped else effective
        effective *= float(norm.ppf(tail) / student.ppf(tail, variance.degrees)) ** 2
    hits = share * effective
    low = 0.0 if share < 1e-12 else float(beta.ppf(tail, hits, effective - hits + 1))
    high = 1.0 if share > 1 - 1e-12 else float(beta.ppf(1 - tail, hits + 1, effective - hits))
    return low, high


def most_unseen(sizes: Sequence[int], n_coded: Sequence[int], level: float) -> float:
    """How many pairs of a kind may be in strata of which none was seen in the sample.

    The upper bound, at `level`, of the sum over strata of size times rate, where n_coded draws from each have shown
    none: the largest sum whose chance of showing none is still 1 - level. For one stratum it is the exact form of the
    rule of three.

    Examples
    --------
    >>> round(most_unseen([1000], [10], 0.95)), round(most_unseen([1000], [300], 0.95))
    (259, 10)
    """
    pairs = [(float(size), float(n)) for size, n in zip(sizes, n_coded, strict=True) if size > n]
    if not pairs:
        return 0.0
    size, n = np.array(pairs).T
    low, high = -800.0, float(np.log(size / n).max())
    for _ in range(200):  # halves the gap; the chance of seeing none rises with the multiplier
        middle = (low + high) / 2
        chance = float((n * np.minimum(0.0, middle + np.log(n / size))).sum())
        low, high = (middle, high) if chance < np.log(1 - level) else (low, middle)
    rate = 1 - np.exp(np.minimum(0.0, high + np.log(n / size)))
    return float((size * rate).sum())
