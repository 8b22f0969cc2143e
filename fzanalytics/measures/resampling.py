"""How far a share rests on single sections of one document."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from fzanalytics.base.seeds import RandomState, make_generator

#: With fewer sections than this an interval is not estimable.
MIN_BLOCKS = 5


def clause_resampling_interval(
    numerators: ArrayLike,
    denominators: ArrayLike,
    blocks: ArrayLike,
    *,
    n_resamples: int = 999,
    level: float = 0.95,
    random_state: RandomState = 0,
) -> tuple[float, float, float]:
    """A share, and the interval it moves in when the sections of its document are drawn anew.

    The clause-resampling interval: C clauses (or paragraphs) are taken together by block, the blocks are drawn
    with replacement, as many as there are, and the share is the ratio of the two sums in each draw.

    Parameters
    ----------
    numerators, denominators : array_like of float, shape (C,)
        The share is sum(numerators) / sum(denominators); e.g. characters shared and characters of each clause.
    blocks : array_like, shape (C,)
        What is drawn as one, e.g. the （一） section of each clause.
    n_resamples : int
        Draws, at least 1.
    level : float
        Share of the draws inside the interval, in (0, 1).
    random_state : int, Generator or None
        Same int, same interval.

    Returns
    -------
    share, low, high : float
        NaN, NaN, NaN if the denominators sum to 0. low and high are percentiles of the draws. They are NaN (not
        estimable) with fewer than `MIN_BLOCKS` blocks of a positive denominator, and where the share is 0 or 1
        exactly, since no draw can then differ. NumPy's linear percentiles.

    Raises
    ------
    ValueError
        If the shapes differ, a number is negative or missing, or an option is out of its range.

    Notes
    -----
    It says how far the share rests on single sections of this text. It says nothing about other localities,
    other documents or another sample: the clauses of one document are not a random sample of anything, and this
    is no confidence interval for a population. Few blocks make it too narrow.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13 (percentile interval); here with
    whole sections as the unit drawn, and of a ratio.

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
    _check(top, bottom, labels, n_resamples, level)
    total = float(np.sum(bottom))
    if total == 0:
        return float("nan"), float("nan"), float("nan")
    share = float(np.sum(top)) / total
    place = np.unique(labels.astype(str), return_inverse=True)[1]
    top, bottom = np.bincount(place, weights=top), np.bincount(place, weights=bottom)
    top, bottom = top[bottom > 0], bottom[bottom > 0]
    if len(bottom) < MIN_BLOCKS or share in (0.0, 1.0):
        return share, float("nan"), float("nan")
    generator = make_generator(random_state, "clause resampling")
    drawn = generator.integers(len(bottom), size=(n_resamples, len(bottom)))
    shares = np.divide(np.sum(top[drawn], axis=1), np.sum(bottom[drawn], axis=1))
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2])
    return share, float(low), float(high)


def _check(
    top: NDArray[np.float64], bottom: NDArray[np.float64], labels: NDArray[np.generic], n: int, level: float
) -> None:
    if not top.shape == bottom.shape == labels.shape or top.ndim != 1:
        raise ValueError(
            f"`numerators`, `denominators` and `blocks` must be one-dimensional and equally long; "
            f"got shapes {top.shape}, {bottom.shape} and {labels.shape}."
        )
    for name, values in (("numerators", top), ("denominators", bottom)):
        wrong = values[~(np.isfinite(values) & (values >= 0))]
        if len(wrong):
            raise ValueError(f"`{name}` must be at least 0 and not missing; got {float(wrong[0])}.")
    if n < 1:
        raise ValueError(f"`n_resamples` must be at least 1; got {n}. Take 999.")
    if not 0 < level < 1:
        raise ValueError(f"`level` must be above 0 and below 1; got {level}. Take 0.95.")


def section_labels(n_chars: int, paragraphs: pd.DataFrame) -> NDArray[np.int64]:
    """The block of each character of one document: its section, for resampling.

    Parameters
    ----------
    n_chars : int
        Characters of the document.
    paragraphs : DataFrame
        The paragraphs of this document: begin, end, section.

    Returns
    -------
    ndarray of int, shape (n_chars,)
        Sections are numbered from 1 in the order of their labels; 0 is all text outside of paragraphs.

    Examples
    --------
    >>> table = pd.DataFrame({"begin": [1, 3], "end": [3, 4], "section": ["（一）", "（二）"]})
    >>> section_labels(5, table).tolist()
    [0, 1, 1, 2, 0]
    """
    labels = np.zeros(n_chars, dtype=np.int64)
    codes = pd.factorize(paragraphs["section"].fillna("").astype(str), sort=True)[0] + 1
    for begin, end, code in zip(paragraphs["begin"], paragraphs["end"], codes, strict=True):
        labels[int(begin) : int(end)] = code
    return labels


def covered_characters(n_chars: int, begins: ArrayLike, ends: ArrayLike) -> NDArray[np.bool_]:
    """Which characters of a text lie in at least one of the spans.

    Parameters
    ----------
    n_chars : int
        Characters of the text.
    begins, ends : array_like of int
        Half-open spans; they may overlap.

    Returns
    -------
    ndarray of bool, shape (n_chars,)

    Raises
    ------
    ValueError
        If a span is not within the text.

    Examples
    --------
    >>> covered_characters(5, [0, 1], [2, 3]).tolist()
    [True, True, True, False, False]
    """
    first, last = np.asarray(begins, dtype=np.int64), np.asarray(ends, dtype=np.int64)
    wrong = (first < 0) | (last < first) | (last > n_chars)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"`passages` must lie within their texts; got {first[at]} to {last[at]} in a text of {n_chars} "
            f"characters. Find the passages again with this corpus."
        )
    steps = np.zeros(n_chars + 1, dtype=np.int64)
    np.add.at(steps, first, 1)
    np.add.at(steps, last, -1)
    return np.cumsum(steps[:-1]) > 0
