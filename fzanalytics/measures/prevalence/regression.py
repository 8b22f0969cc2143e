"""Least squares of shares on covariates, with standard errors that know their clusters and how few they are.

Shape letters: D documents, J clusters, p columns of the design, Q contrasts, K topics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fzanalytics.base.options import check_number

Floats = NDArray[np.float64]

#: Correlation of documents of one cluster in the working model. Intervals are robust to it; with 0 they were a little too
#: narrow where clusters are of unequal size (benchmarks/covariates.py).
ALIKE = 0.3
#: Below this a number is a rounding error.
_TINY = 1e-9


@dataclass(frozen=True)
class Contrasts:
    """Linear contrasts of one regression, ready for any outcome on the same documents; see `plan_contrasts`.

    Attributes
    ----------
    operator : ndarray, shape (Q, D)
        Estimates are ``operator @ y``; NaN rows for contrasts that the design does not identify.
    freedom : ndarray, shape (Q,)
        Satterthwaite degrees of freedom; NaN where `estimable` is False.
    estimable : ndarray of bool, shape (Q,)
        Whether the design identifies the contrast.
    alone : ndarray of bool, shape (Q,)
        Whether part of the contrast rests on a single cluster, so that its variance cannot be known.
    """

    operator: Floats
    freedom: Floats
    estimable: NDArray[np.bool_]
    alone: NDArray[np.bool_]
    residual_maker: tuple[Floats, Floats]
    scores: Floats
    clusters: NDArray[np.int64]

    def estimates(self, y: ArrayLike) -> Floats:
        """The contrasts of each outcome: y of shape (D, K), result (Q, K)."""
        return np.asarray(self.operator @ np.asarray(y, dtype=float))

    def variances(self, y: ArrayLike) -> Floats:
        """CR2 variances of the contrasts of each outcome: y of shape (D, K), result (Q, K)."""
        outcome = np.asarray(y, dtype=float)
        design, projector = self.residual_maker
        residuals = outcome - design @ (projector @ outcome)
        n = int(self.clusters.max(initial=-1)) + 1
        sums = np.zeros((n, len(self.scores), outcome.shape[1]))
        np.add.at(sums, self.clusters, self.scores.T[:, :, None] * residuals[:, None, :])
        return np.asarray((sums**2).sum(axis=0))


class _Regression(NamedTuple):
    """x : (D, p), w : (D,), bread : (p, p), codes : (D,) of clusters, sums : (p, J) of weighted rows by cluster."""

    x: Floats
    w: Floats
    bread: Floats
    codes: NDArray[np.int64]
    sums: Floats
    alike: float


def plan_contrasts(
    design: ArrayLike,
    contrasts: ArrayLike,
    clusters: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    alike: float = ALIKE,
) -> Contrasts:
    """Work out once what contrasts of a weighted least squares need, whatever the outcome.

    Parameters
    ----------
    design : array_like of float, shape (D, p)
        Columns may depend on each other: contrasts that are not identified are told.
    contrasts : array_like of float, shape (Q, p)
        Each row a combination of coefficients.
    clusters : array_like, shape (D,)
        Documents of one cluster may depend on each other in any way; clusters are independent.
    weights : array_like of float, shape (D,), optional
        Above 0; default 1. They say what is estimated, not how exact an outcome is.
    alike : float
        Correlation of documents of one cluster in the working model, in [0, 1).

    Returns
    -------
    Contrasts

    Raises
    ------
    ValueError
        If shapes differ, a weight is not above 0, or `alike` is out of range.

    Notes
    -----
    Bias-reduced linearization (CR2). Working model: documents are equally spread, those of one cluster correlate by
    `alike`. Residuals of cluster j are multiplied by D' B^(-1/2) D, where D'D is the working covariance of j and B = D
    ((I - H) Phi (I - H)')_jj D', H the projection of the weighted regression, Phi the working covariance of all. If the working
    model holds, variances are exactly unbiased; otherwise much less biased than the plain sandwich. The degrees of
    freedom match the first two moments of the variance under the working model: few where few clusters carry a
    contrast, however many there are in all. With clusters of one document CR2 is HC2, whatever `alike` is.

    References
    ----------
    Bell and McCaffrey (2002), Bias reduction in standard errors for linear regression with multi-stage samples; Pustejovsky
    and Tipton (2018), Small-sample methods for cluster-robust variance estimation, equations 6 to 13.

    Examples
    --------
    Two groups of three and two, each document a cluster; the difference of means, 3 - 1.5:

    >>> design = [[1, 0], [1, 0], [1, 0], [1, 1], [1, 1]]
    >>> plan = plan_contrasts(design, [[0, 1]], range(5))
    >>> y = np.array([[1.0], [2.0], [1.5], [3.5], [2.5]])
    >>> float(plan.estimates(y)[0, 0].round(6)), float(plan.variances(y)[0, 0].round(6))
    (1.5, 0.333333)

    That is 0.25 / 3 + 0.5 / 2, as Welch has it, with the degrees of freedom of equal variances:

    >>> float(plan.freedom[0].round(3))
    2.273
    """
    x, c = np.asarray(design, dtype=float), np.atleast_2d(np.asarray(contrasts, dtype=float))
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    labels = np.asarray(clusters)
    _check(x, c, labels, w)
    check_number(alike, name="alike", within="[0, 1)", remedy=f"Take {ALIKE}.")
    codes = np.unique(labels.astype(str), return_inverse=True)[1].reshape(-1).astype(np.int64)
    # columns in units of their own, so that "nearly 0" means the same for all
    scale = np.sqrt((x**2).sum(axis=0))
    scale[scale == 0] = 1.0
    x, c = x / scale, c / scale
    bread = np.linalg.pinv(x.T @ (w[:, None] * x), rcond=1e-12, hermitian=True)
    projector = bread @ (x * w[:, None]).T
    estimable = np.abs(c - c @ projector @ x).max(axis=1, initial=0) <= 1e-6 * np.maximum(np.abs(c).max(axis=1), 1)
    operator = c @ projector
    sums = np.zeros((int(codes.max(initial=-1)) + 1, x.shape[1]))
    np.add.at(sums, codes, x * w[:, None])
    fit = _Regression(x, w, bread, codes, sums.T, alike)
    scores, alone = _adjusted_scores(fit, operator)
    freedom = np.array([_freedom(fit, row) for row in scores])
    return Contrasts(
        operator=np.where(estimable[:, None], operator, np.nan),
        freedom=np.where(estimable, freedom, np.nan),
        estimable=estimable,
        alone=alone,
        residual_maker=(x, projector),
        scores=scores,
        clusters=codes,
    )


def _check(x: Floats, c: Floats, labels: NDArray[Any], w: Floats) -> None:
    if x.ndim != 2 or c.shape[1] != x.shape[1] or not len(x) == len(labels) == len(w):
        raise ValueError(
            "`design`, `contrasts`, `clusters` and `weights` must fit together, shapes (D, p), (Q, p), (D,) and (D,); "
            f"got {x.shape}, {c.shape}, {labels.shape} and {w.shape}."
        )
    if not (np.isfinite(w) & (w > 0)).all():
        raise ValueError(f"`weights` must be above 0 and not missing; got {w.min()}. Leave such documents out.")


def _adjusted_scores(fit: _Regression, operator: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """What residuals are multiplied by, shape (Q, D), and which contrasts have a part that one cluster alone carries."""
    apart = fit.bread @ (fit.x.T @ (fit.w[:, None] ** 2 * fit.x)) @ fit.bread
    together = fit.bread @ (fit.sums @ fit.sums.T) @ fit.bread
    scores = np.zeros_like(operator)
    alone = np.zeros(len(operator), dtype=bool)
    size = np.sqrt((operator**2).sum(axis=1)) + 1e-300
    for code in range(fit.sums.shape[1]):
        rows = np.flatnonzero(fit.codes == code)
        part, ones = fit.x[rows], np.ones((len(rows), len(rows)))
        hat = part @ fit.bread @ (part * fit.w[rows][:, None]).T
        pulled = np.outer(part @ (fit.bread @ fit.sums[:, code]), np.ones(len(rows)))
        covariance = (1 - fit.alike) * (np.eye(len(rows)) - hat - hat.T + part @ apart @ part.T) + fit.alike * (
            ones - pulled - pulled.T + part @ together @ part.T
        )
        root = np.linalg.cholesky((1 - fit.alike) * np.eye(len(rows)) + fit.alike * ones).T
        values, vectors = np.linalg.eigh(root @ covariance @ root.T)
        free = values > _TINY
        roots = np.where(free, 1 / np.sqrt(np.where(free, values, 1.0)), 0.0)
        own = operator[:, rows]
        scores[:, rows] = own @ root.T @ (vectors * roots) @ vectors.T @ root
        lost = own @ root.T @ vectors[:, ~free]
        alone |= np.sqrt((lost**2).sum(axis=1)) > 1e-6 * size
    return scores, alone


def _freedom(fit: _Regression, scores: Floats) -> float:
    """Satterthwaite's degrees of freedom of one variance under the working model."""
    n = fit.sums.shape[1]
    plain, weighted = np.zeros((n, fit.x.shape[1])), np.zeros((n, fit.x.shape[1]))
    np.add.at(plain, fit.codes, fit.x * scores[:, None])
    np.add.at(weighted, fit.codes, fit.x * (fit.w * scores)[:, None])
    cross = plain @ fit.bread @ weighted.T
    apart = fit.bread @ (fit.x.T @ (fit.w[:, None] ** 2 * fit.x)) @ fit.bread
    squares = np.diag(np.bincount(fit.codes, scores**2, minlength=n))
    within = np.diag(np.bincount(fit.codes, scores, minlength=n)) - plain @ fit.bread @ fit.sums
    moments = (1 - fit.alike) * (squares - cross - cross.T + plain @ apart @ plain.T) + fit.alike * within @ within.T
    total = float((moments**2).sum())
    return float(np.trace(moments)) ** 2 / total if total > 0 else float("nan")
