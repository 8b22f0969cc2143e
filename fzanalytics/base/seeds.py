"""One place where integer seeds come from, so that a run can be repeated to the byte."""

from __future__ import annotations

import zlib

import numpy as np

RandomState = int | np.random.Generator | None


def make_generator(random_state: RandomState, *labels: str | int) -> np.random.Generator:
    """A generator of its own for one purpose.

    Parameters
    ----------
    random_state : int, Generator or None
        An int gives the same generator for the same labels, whatever else has been drawn before;
        a Generator is used as it is (and moves on); None draws fresh entropy.
    *labels : str or int
        What the numbers are for, so that two purposes with one seed do not share a stream.

    Examples
    --------
    >>> int(make_generator(0, "intervals").integers(100)) == int(make_generator(0, "intervals").integers(100))
    True
    """
    if isinstance(random_state, np.random.Generator):
        return random_state
    if random_state is None:
        return np.random.default_rng()
    if isinstance(random_state, bool) or not isinstance(random_state, int | np.integer) or random_state < 0:
        raise ValueError(
            f"`random_state` must be a whole number of at least 0, a numpy Generator or None; got {random_state!r}."
        )
    words = [zlib.crc32(str(label).encode("utf-8")) for label in labels]
    return np.random.default_rng([int(random_state), *words])


def integer_seed(random_state: RandomState, *labels: str | int) -> int:
    """A seed for libraries that take an int (scikit-learn, gensim), in [0, 2**31 - 1).

    Examples
    --------
    >>> integer_seed(0, "lda", 8) == integer_seed(0, "lda", 8) != integer_seed(1, "lda", 8)
    True
    """
    return int(make_generator(random_state, *labels).integers(2**31 - 1))
