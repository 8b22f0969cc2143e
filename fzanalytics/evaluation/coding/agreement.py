"""How far two coders agree on pairs, beyond chance."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from fzanalytics.base.options import check_level
from fzanalytics.base.tables import require_columns
from fzanalytics.evaluation.coding.sheets import CLASSES
from fzanalytics.evaluation.coding.weights import SamplingWeights, sampling_weights

Floats = NDArray[np.float64]


class CodingAgreement(NamedTuple):
    """What `coding_agreement` gives.

    Attributes
    ----------
    kappa : DataFrame
        weighting ("none", "linear", "quadratic"), n, observed, expected, kappa, error (standard error), low, high.
    classes : DataFrame
        code, n_a, n_b, n_both, agreement, kappa, error, low, high: each class against all others.
    confusion : DataFrame
        Pairs by class of the first coder (rows) and of the second (columns).
    """

    kappa: pd.DataFrame
    classes: pd.DataFrame
    confusion: pd.DataFrame


def coding_agreement(
    codes_a: pd.DataFrame,
    codes_b: pd.DataFrame,
    *,
    design: pd.DataFrame | None = None,
    classes: Sequence[str] = CLASSES,
    level: float = 0.95,
) -> CodingAgreement:
    """Cohen's kappa of two coders who did not see each other's codes.

    Parameters
    ----------
    codes_a, codes_b : DataFrame
        pair_id, code, from `read_codes`. Only pairs that both have coded count.
    design : DataFrame, optional
        pair_id, stratum, n_stratum, from `draw_pairs`. Without it kappa is that of the pairs coded; with it, of all
        pairs of the corpus, in which nearly all are unrelated: the two differ, so say which is given.
    classes : sequence of str
        The classes in their order, on which linear and quadratic weights rest.
    level : float
        Of the intervals, in (0, 1).

    Returns
    -------
    CodingAgreement
        kappa in [-1, 1]: 1 is full agreement, 0 what two coders reach who give classes at random in their own shares;
        NaN if that is full agreement already. Weights of two classes k steps apart among K: 1 - k / (K - 1)
        (linear), 1 - (k / (K - 1))² (quadratic). agreement of a class: 2 n_both / (n_a + n_b). The confusion table
        and the counts are always of the pairs coded, unweighted.

    Raises
    ------
    ValueError
        If no pair was coded by both, a code is no class, or a pair comes twice.

    Warns
    -----
    UserWarning
        If pairs were coded by one only; it counts them.

    Notes
    -----
    Intervals rest on the large-sample variance of Fleiss, Cohen and Everitt, in its linearised form, which takes the
    strata where there is a design, and on Student's t with the degrees of freedom of that variance (Satterthwaite); NaN
    (not estimable) where kappa is 1 or the codes show no variance. They speak of
    other pairs of these documents, not of other coders or documents. The order of the five classes is one of likeness;
    "slogan only" and "same subject" are near each other on it but differ in kind, so report the unweighted kappa first.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20, 37-46; Cohen (1968), Psychological Bulletin 70,
    213-220 (weights). Fleiss, Cohen and Everitt (1969), Large sample standard errors of kappa and weighted kappa,
    Psychological Bulletin 72, 323-327. Agreement of a class: Spitzer and Fleiss (1974), British Journal of
    Psychiatry 125, 341-347.

    Examples
    --------
    >>> ids = [f"p{number}" for number in range(8)]
    >>> one = pd.DataFrame({"pair_id": ids, "code": ["same"] * 4 + ["unrelated"] * 4})
    >>> other = pd.DataFrame({"pair_id": ids, "code": ["same"] * 3 + ["adapted"] + ["unrelated"] * 4})
    >>> agreement = coding_agreement(one, other)
    >>> agreement.kappa[["weighting", "observed", "expected", "kappa"]].round(3).values.tolist()  # doctest: +NORMALIZE_WHITESPACE
    [['none', 0.875, 0.438, 0.778], ['linear', 0.969, 0.5, 0.938], ['quadratic', 0.992, 0.523, 0.984]]
    """
    check_level(level)
    table = _both(codes_a, codes_b, classes)
    weights = sampling_weights(table.index.tolist(), design)
    place = {name: number for number, name in enumerate(classes)}
    a, b = (table[side].map(place).to_numpy(dtype=np.int64) for side in ("a", "b"))
    steps = np.abs(np.subtract.outer(np.arange(len(classes)), np.arange(len(classes)))) / max(1, len(classes) - 1)
    rows = []
    for name, credit in (("none", (steps == 0).astype(float)), ("linear", 1 - steps), ("quadratic", 1 - steps**2)):
        rows.append((name, len(table), *_kappa(a, b, credit, weights, level)))
    kappa = pd.DataFrame(rows, columns=["weighting", "n", "observed", "expected", "kappa", "error", "low", "high"])
    return CodingAgreement(kappa, _by_class(a, b, classes, weights, level), _confusion(table, classes))


def _both(codes_a: pd.DataFrame, codes_b: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    one, other = (codes_of(codes, classes, name) for codes, name in ((codes_a, "codes_a"), (codes_b, "codes_b")))
    table = pd.concat([one.rename("a"), other.rename("b")], axis=1, join="inner").sort_index()
    lost = len(one.index.union(other.index)) - len(table)
    if table.empty:
        raise ValueError("`codes_a` and `codes_b` must have pairs in common; got none. Compare codes of one sample.")
    if lost:
        warnings.warn(f"{lost} pairs were coded by one coder only and are left out.", stacklevel=3)
    return table


def codes_of(codes: pd.DataFrame, classes: Sequence[str], name: str) -> pd.Series:
    """The codes that were given, by pair_id; NA are left out.

    Raises
    ------
    ValueError
        If a code is no class, or a pair comes twice.
    """
    require_columns(codes, ("pair_id", "code"), name=name)
    given = codes.dropna(subset=["code"])
    series = given.assign(pair_id=given["pair_id"].astype(str)).set_index("pair_id")["code"].astype(str)
    faults = [f"{pair}: {code!r}" for pair, code in series.items() if code not in classes]
    faults += [f"{pair} comes twice" for pair in series.index[series.index.duplicated()]]
    if faults:
        raise ValueError(
            f"`{name}` must have each pair once, with a code of {', '.join(classes)}; got {'; '.join(faults[:10])}. "
            "Read the sheet with read_codes."
        )
    return series


def _kappa(
    a: NDArray[np.int64], b: NDArray[np.int64], credit: Floats, weights: SamplingWeights, level: float
) -> tuple[float, float, float, float, float, float]:
    """Observed and expected credit, kappa and its interval."""
    share = weights.weight / weights.weight.sum()
    first, second = (np.bincount(side, weights=share, minlength=len(credit)) for side in (a, b))
    observed, expected = float(share @ credit[a, b]), float(first @ credit @ second)
    if 1 - expected < 1e-12:
        return observed, expected, math.nan, math.nan, math.nan, math.nan
    kappa = (observed - expected) / (1 - expected)
    # by how much kappa moves with the share of each pair
    chance = (credit @ second)[a] + (first @ credit)[b] - 2 * expected
    influence = (credit[a, b] - observed) / (1 - expected) - (1 - observed) / (1 - expected) ** 2 * chance
    variance = weights.variance(influence / float(weights.weight.sum()))
    if observed > 1 - 1e-12 or variance.value < 1e-18:
        return observed, expected, kappa, math.nan, math.nan, math.nan
    error = math.sqrt(variance.value)
    reach = float(student.ppf((1 + level) / 2, variance.degrees)) * error
    return observed, expected, kappa, error, max(-1.0, kappa - reach), min(1.0, kappa + reach)


def _by_class(
    a: NDArray[np.int64], b: NDArray[np.int64], classes: Sequence[str], weights: SamplingWeights, level: float
) -> pd.DataFrame:
    rows = []
    for number, name in enumerate(classes):
        one, other = (a == number).astype(np.int64), (b == number).astype(np.int64)
        n_a, n_b, n_both = int(one.sum()), int(other.sum()), int((one & other).sum())
        agreement = 2 * n_both / (n_a + n_b) if n_a + n_b else math.nan
        rows.append((name, n_a, n_b, n_both, agreement, *_kappa(one, other, np.eye(2), weights, level)[2:]))
    return pd.DataFrame(rows, columns=["code", "n_a", "n_b", "n_both", "agreement", "kappa", "error", "low", "high"])


def _confusion(table: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    counts = pd.crosstab(table["a"], table["b"]).reindex(index=list(classes), columns=list(classes), fill_value=0)
    return counts.rename_axis(index="codes_a", columns="codes_b").astype("int64")
