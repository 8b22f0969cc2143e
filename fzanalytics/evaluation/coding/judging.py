"""How far a measure agrees with people's codes: precision and recall over all pairs of the documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_level, check_list
from fzanalytics.evaluation.coding.agreement import codes_of
from fzanalytics.evaluation.coding.sheets import CLASSES
from fzanalytics.evaluation.coding.weights import SamplingWeights, most_unseen, sampling_weights, share_interval

_COLUMNS = (
    "threshold", "n_coded", "n_positive", "n_flagged", "n_hits", "positives", "flagged", "precision",
    "precision_low", "precision_high", "recall", "recall_low", "recall_high", "recall_floor", "f1", "f1_low", "f1_high",
)  # fmt: skip


def judge_measure(
    codes: pd.DataFrame,
    scores: pd.Series,
    *,
    design: pd.DataFrame | None = None,
    positive: Sequence[str] = ("same", "adapted"),
    thresholds: Sequence[float] | None = None,
    classes: Sequence[str] = CLASSES,
    level: float = 0.95,
) -> pd.DataFrame:
    """Precision, recall and F1 of a measure against codes, at each threshold.

    Parameters
    ----------
    codes : DataFrame
        pair_id, code, from `read_codes`; pairs without a code take no part.
    scores : Series of float, indexed by pair_id
        A column of `pair_scores`, or any score that is higher for pairs more alike. NaN is never at a threshold.
    design : DataFrame, optional
        pair_id, stratum, n_stratum, from `draw_pairs`: then all shares are of all pairs of the documents. Without it,
        of the pairs coded: of a stratified sample that is no estimate of anything.
    positive : sequence of str
        The classes that the measure ought to find.
    thresholds : sequence of float, optional
        A pair is flagged if its score is at least this. None gives the whole precision-recall curve: every score
        that a coded pair has.
    level : float
        Of the intervals, in (0, 1).

    Returns
    -------
    DataFrame, one row a threshold, rising
        threshold; n_coded, n_positive, n_flagged, n_hits (flagged and positive): pairs coded; positives, flagged: the
        pairs of the population that these stand for; precision: share of flagged pairs that are positive; recall: share
        of positive pairs that are flagged; f1: their harmonic mean; each in [0, 1] with low and high; NaN without
        flagged or positive pairs. recall_floor: recall if strata in which no coded pair is a missed positive hold as
        many of them as the sample allows, at `level` (`most_unseen`).

    Raises
    ------
    ValueError
        If a coded pair has no score, a code or positive class is no class, or level is out of its range.

    Notes
    -----
    Estimates weigh each pair by what it stands for (Horvitz and Thompson); variances are those of ratios of totals in a
    stratified sample, linearised (Cochran 1977, chapters 5 and 6), intervals those of `share_interval`, that of F1
    through the share of hits among pairs flagged or positive. They hold for the pairs of these documents, by this
    coder; other documents may differ.

    *Recall is the weak side.* Most pairs are in the strata of the least alike, of which few are coded and none may be
    positive; the interval of recall takes that as certain. recall_floor does not: where it is far below recall, the
    sample is too small to tell, and more pairs of those strata must be coded. In planted populations the intervals
    keep to their level (tests/test_coding.py), but where a large stratum holds a few positives of which the sample
    shows none, that of recall falls well below it, and recall_floor holds.

    One threshold is one choice: show the curve, and choose no threshold by the codes that it is then judged by.

    References
    ----------
    Horvitz and Thompson (1952), Journal of the American Statistical Association 47, 663-685.

    Examples
    --------
    Of two strata, one of 4 pairs and one of 100, two pairs each are coded:

    >>> design = pd.DataFrame({"pair_id": list("abcd"), "stratum": list("xxyy"), "n_stratum": [4, 4, 100, 100]})
    >>> codes = pd.DataFrame({"pair_id": list("abcd"), "code": ["same", "unrelated", "same", "unrelated"]})
    >>> scores = pd.Series({"a": 0.9, "b": 0.7, "c": 0.2, "d": 0.1})
    >>> table = judge_measure(codes, scores, design=design, thresholds=[0.5])
    >>> table[["n_flagged", "n_hits", "positives", "precision", "recall"]].round(3).values.tolist()
    [[2.0, 1.0, 52.0, 0.5, 0.038]]
    """
    check_level(level)
    remedy = "Leave them out for the whole curve."
    chosen = (
        None if thresholds is None else check_list(thresholds, name="thresholds", within="[-inf, inf]", remedy=remedy)
    )
    unknown = [name for name in positive if name not in classes]
    if unknown or not positive:
        raise ValueError(f"`positive` must be of {', '.join(classes)}; got {tuple(positive)}. Name at least one.")
    given = codes_of(codes, classes, "codes").sort_index()
    score = _scores_of(scores, given.index)
    weights = sampling_weights(given.index.tolist(), design)
    is_positive = given.isin(list(positive)).to_numpy(dtype=bool)
    cuts = np.unique(score[~np.isnan(score)] if chosen is None else np.asarray(chosen, dtype=float))
    rows = [(float(cut), *_row(is_positive, score >= cut, weights, design, given.index, level)) for cut in cuts]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def class_shares(
    codes: pd.DataFrame, *, design: pd.DataFrame | None = None, classes: Sequence[str] = CLASSES, level: float = 0.95
) -> pd.DataFrame:
    """How many pairs of the documents are of each class.

    Parameters
    ----------
    codes, design, classes, level
        See `judge_measure`.

    Returns
    -------
    DataFrame, one row a class
        code, n (pairs coded so), share of all pairs in [0, 1], low, high; most: the share if the strata in which no
        coded pair is of the class hold as many of it as the sample allows, at `level` (`most_unseen`), without a
        design as high. Of these documents only.

    Notes
    -----
    low and high take a stratum that shows none of a class to hold none: for a rare class read most.

    Examples
    --------
    >>> codes = pd.DataFrame({"pair_id": list("abcd"), "code": ["same", "unrelated", "unrelated", "unrelated"]})
    >>> class_shares(codes)[["code", "n", "share"]].values.tolist()[0]
    ['same', 1, 0.25]
    """
    check_level(level)
    given = codes_of(codes, classes, "codes").sort_index()
    if given.empty:
        raise ValueError("`codes` must have at least one pair with a code; got none. Fill the sheet in.")
    weights = sampling_weights(given.index.tolist(), design)
    everything = np.ones(len(given), dtype=bool)
    rows = []
    for name in classes:
        inside = (given == name).to_numpy(dtype=bool)
        share, low, high = _share(inside, everything, weights, level, capped=design is None)
        unseen = _unseen(inside, design, given.index, level) / float(weights.weight.sum())
        rows.append((name, int(inside.sum()), share, low, high, max(high, share + unseen)))
    return pd.DataFrame(rows, columns=["code", "n", "share", "low", "high", "most"])


def _scores_of(scores: pd.Series, ids: pd.Index) -> NDArray[np.float64]:
    by_id = scores.set_axis(scores.index.astype(str))
    missing = ids.difference(by_id.index)
    if len(missing) or by_id.index.duplicated().any():
        raise ValueError(
            f"`scores` must have each coded pair once, by pair_id; {len(missing)} are missing: "
            f"{', '.join(missing[:10]) or 'none, but some come twice'}. Take a column of pair_scores."
        )
    return by_id.loc[ids].to_numpy(dtype=float)


def _row(
    positive: NDArray[np.bool_],
    flagged: NDArray[np.bool_],
    weights: SamplingWeights,
    design: pd.DataFrame | None,
    ids: pd.Index,
    level: float,
) -> tuple[float, ...]:
    """All figures at one threshold."""
    hits, either = positive & flagged, positive | flagged
    totals = [float(weights.weight[mask].sum()) for mask in (positive, flagged)]
    precision, recall = (_share(hits, mask, weights, level) for mask in (flagged, positive))
    jaccard = _share(hits, either, weights, level)
    # F1 = 2 J / (1 + J), which rises with J
    f1 = [2 * value / (1 + value) for value in jaccard]
    floor = float("nan")
    if positive.any():
        unseen = _unseen(positive & ~flagged, design, ids, level)
        floor = float(weights.weight[hits].sum()) / (totals[0] + unseen)
    counts = [int(mask.sum()) for mask in (positive, flagged, hits)]
    return (len(positive), *counts, *totals, *precision, *recall, floor, *f1)


def _share(
    part: NDArray[np.bool_], whole: NDArray[np.bool_], weights: SamplingWeights, level: float, *, capped: bool = True
) -> tuple[float, float, float]:
    """Weighted share of `part` in `whole`, which holds it, and its interval."""
    total = float(weights.weight[whole].sum())
    if total == 0:
        return float("nan"), float("nan"), float("nan")
    share = float(weights.weight[part].sum()) / total
    variance = weights.variance(np.where(whole, part - share, 0.0) / total)
    if (weights.fraction >= 1).all():  # every pair of the population is coded
        return share, share, share
    return share, *share_interval(share, variance, int(whole.sum()), level, capped=capped)


def _unseen(seen: NDArray[np.bool_], design: pd.DataFrame | None, ids: pd.Index, level: float) -> float:
    """Most pairs of a kind that strata in which the sample shows none of it may hold."""
    if design is None:
        return 0.0
    table = design.assign(pair_id=design["pair_id"].astype(str)).set_index("pair_id").loc[ids, ["stratum", "n_stratum"]]
    groups = (
        table.assign(seen=seen)
        .groupby("stratum")
        .agg(size=("n_stratum", "first"), coded=("seen", "size"), seen=("seen", "sum"))
    )
    none = groups[groups["seen"] == 0]
    return most_unseen(none["size"].tolist(), none["coded"].tolist(), level)
