"""Dispersion, by the worked example of Gries (2008)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from fzanalytics.measures.vocabulary.dispersion import deviation_of_proportions, juilland_d

# Gries (2008), the corpus of 50 letters in five parts of 9, 10, 10, 10 and 11
PARTS = ["bamnibeup", "basatbewqn", "bcagabesta", "baghabeaat", "bahaabeaxat"]
SIZES = [len(part) for part in PARTS]
LETTERS = sorted(set("".join(PARTS)))
COUNTS = np.array([[part.count(letter) for letter in LETTERS] for part in PARTS])

TABLES = st.integers(1, 6).flatmap(
    lambda n: st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 50)), min_size=n, max_size=n)
)


def of(letter, values):
    return float(values[LETTERS.index(letter)])


def test_the_corpus_of_gries():
    assert SIZES == [9, 10, 10, 10, 11]
    assert COUNTS[:, LETTERS.index("a")].tolist() == [1, 2, 3, 4, 5]
    # the values he gives for the word a
    assert of("a", deviation_of_proportions(COUNTS, SIZES)) == pytest.approx(0.18, abs=0.005)
    assert of("a", juilland_d(COUNTS, SIZES)) == pytest.approx(0.785, abs=0.0005)
    # x stands once, in the last part: 1 - 11/50, which is as far as it goes for that part
    assert of("x", deviation_of_proportions(COUNTS, SIZES)) == pytest.approx(0.78)
    assert of("x", juilland_d(COUNTS, SIZES)) == pytest.approx(0)


def test_the_norm_reaches_one_in_the_smallest_part_alone():
    counts = [[3, 0], [0, 1], [0, 1]]
    assert deviation_of_proportions(counts, [10, 20, 20], norm=True).tolist()[0] == pytest.approx(1)
    assert deviation_of_proportions(counts, [10, 20, 20])[0] == pytest.approx(0.8)


def slow_dp(counts, sizes):
    total, n = sum(counts), sum(sizes)
    return sum(abs(size / n - count / total) for count, size in zip(counts, sizes, strict=True)) / 2


def slow_d(counts, sizes):
    rates = [count / size for count, size in zip(counts, sizes, strict=True) if size]
    return 1 - np.std(rates) / np.mean(rates) / np.sqrt(len(rates) - 1)


@given(TABLES)
def test_fast_is_slow(rows):
    table = np.array(rows)
    counts, sizes = table[:, :2], table[:, :2].sum(axis=1) + table[:, 2]
    for matrix in (counts, sparse.csr_matrix(counts)):
        dp, d = deviation_of_proportions(matrix, sizes), juilland_d(matrix, sizes)
        for column in range(2):
            if (sizes > 0).sum() < 2 or not counts[:, column].sum():
                assert np.isnan(dp[column]) and np.isnan(d[column])
            else:
                assert dp[column] == pytest.approx(slow_dp(counts[:, column], sizes), abs=1e-9)
                assert d[column] == pytest.approx(slow_d(counts[:, column], sizes), abs=1e-6)
                assert 0 <= dp[column] <= 1 and 0 <= d[column] <= 1


def test_faults():
    with pytest.raises(ValueError, match="one number for each of the 2 parts"):
        juilland_d([[1], [2]], [10])
    with pytest.raises(ValueError, match="at least 0"):
        deviation_of_proportions([[-1], [2]], [10, 10])
