"""How evenly a word is spread over the parts of a text: a word of one document is not a word of a level.

Shape letters: P parts (documents, clauses), V vocabulary.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

Floats = NDArray[np.float64]


def juilland_d(counts: Any, sizes: ArrayLike) -> Floats:
    """Juilland's D of each word, on rates, so that parts may differ in size.

    Parameters
    ----------
    counts : array_like or sparse matrix, shape (P, V)
        Occurrences of each word in each part.
    sizes : array_like, shape (P,)
        Words of each part. Parts of size 0 are left out.

    Returns
    -------
    ndarray, shape (V,)
        1 for a word of the same rate in all parts, 0 for one that is in one part alone; NaN with fewer than two
        parts, or for a word without an occurrence.

    Notes
    -----
    With many parts all words come close to 1: compare only over the same parts.

    References
    ----------
    Juilland, Brodin and Davidovitch (1970), Frequency dictionary of French words: 1 - V / sqrt(P - 1), V the
    coefficient of variation (population form).

    Examples
    --------
    >>> juilland_d([[1, 2], [1, 0]], [10, 10]).tolist()
    [1.0, 0.0]
    """
    table, share = _checked(counts, sizes)
    n = len(share)
    if n < 2:
        return np.full(table.shape[1], np.nan)
    sizes = np.asarray(sizes, dtype=float)
    inverse = 1 / sizes[sizes > 0]
    rates = sparse.diags(inverse) @ table
    mean = np.asarray(rates.sum(axis=0)).ravel() / n
    squares = np.asarray(rates.multiply(rates).sum(axis=0)).ravel() / n
    with np.errstate(divide="ignore", invalid="ignore"):
        variation = np.sqrt(np.maximum(squares - mean**2, 0)) / mean
    return np.clip(1 - variation / np.sqrt(n - 1), 0, 1)


def deviation_of_proportions(counts: Any, sizes: ArrayLike, *, norm: bool = False) -> Floats:
    """Gries's DP of each word: half the sum of |expected share - observed share| over the parts.

    Parameters
    ----------
    counts : array_like or sparse matrix, shape (P, V)
        Occurrences of each word in each part.
    sizes : array_like, shape (P,)
        Words of each part. Parts of size 0 are left out.
    norm : bool
        Divide by its largest value, 1 - the smallest expected share.

    Returns
    -------
    ndarray, shape (V,)
        0 for a word spread as the text itself is; near 1 (normed: at most 1) for one crowded into one part. The other
        way round than `juilland_d`. NaN with fewer than two parts, or for a word without an occurrence.

    References
    ----------
    Gries (2008), Dispersions and adjusted frequencies in corpora; the norm by Lijffijt and Gries (2012), Correction
    to "Dispersions and adjusted frequencies in corpora".

    Examples
    --------
    >>> deviation_of_proportions([[1, 2], [1, 0]], [10, 10]).tolist()
    [0.0, 0.5]
    >>> deviation_of_proportions([[1, 2], [1, 0]], [10, 10], norm=True).tolist()
    [0.0, 1.0]
    """
    table, share = _checked(counts, sizes)
    if len(share) < 2:
        return np.full(table.shape[1], np.nan)
    totals = np.asarray(table.sum(axis=0)).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = (table @ sparse.diags(1 / np.where(totals > 0, totals, np.nan))).tocoo()
    expected = share[observed.row]
    # Parts without the word add their expected share; start from all of them and correct those that have it.
    deviations = np.full(table.shape[1], 1.0)
    np.add.at(deviations, observed.col, np.abs(observed.data - expected) - expected)
    deviations = np.where(totals > 0, np.clip(deviations / 2, 0, 1), np.nan)
    return deviations / (1 - share.min()) if norm else deviations


def _checked(counts: Any, sizes: ArrayLike) -> tuple[sparse.csr_matrix, Floats]:
    """Counts of the parts that have words, as CSR, and the share of each part."""
    table = sparse.csr_matrix(counts, dtype=float)
    lengths = np.asarray(sizes, dtype=float)
    if lengths.ndim != 1 or table.shape[0] != len(lengths):
        raise ValueError(
            f"`sizes` must have one number for each of the {table.shape[0]} parts; got shape {lengths.shape}."
        )
    if (lengths < 0).any() or (len(table.data) and table.data.min() < 0):
        raise ValueError(
            "`counts` and `sizes` must be at least 0; got a negative number. Give occurrences, not weights."
        )
    kept = lengths > 0
    total = lengths.sum()
    return sparse.csr_matrix(table[np.flatnonzero(kept)]), lengths[kept] / (total if total else 1.0)
