"""Runs of characters as numbers, so that sets of them can be sorted and counted over a whole corpus."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Grams = NDArray[np.uint64]


def number_grams(codes: NDArray[np.int64], n: int) -> Grams:
    """Every run of `n` characters as one number.

    Parameters
    ----------
    codes : ndarray of int, shape (m,)
        Code points, as `reduce_text` gives them.
    n : int
        At least 1.

    Returns
    -------
    ndarray of uint64, shape (max(m - n + 1, 0),)
        Equal runs have equal numbers, in every text; two different runs have the same one with chance 2**-64.

    Examples
    --------
    >>> numbers = number_grams(np.array([1, 2, 3, 1, 2]), 2)
    >>> bool(numbers[0] == numbers[3]), len(np.unique(numbers))
    (True, 3)
    """
    count = max(len(codes) - n + 1, 0)
    wide = codes.astype(np.uint64)
    mixed = np.zeros(count, dtype=np.uint64)
    for shift in range(n):
        mixed = (mixed ^ wide[shift : shift + count]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed
