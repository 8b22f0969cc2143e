"""The clause-resampling interval and the helpers around it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzanalytics.measures.resampling import (
    MIN_BLOCKS,
    clause_resampling_interval,
    covered_characters,
    section_labels,
)


def test_ratio_of_sums_not_mean_of_ratios():
    """1 of 10 and 90 of 90 characters: 91 of 100, while the mean of 0.1 and 1 is 0.55."""
    assert clause_resampling_interval([1, 90], [10, 90], ["a", "b"])[0] == pytest.approx(0.91)


def test_interval_by_brute_force():
    tops, bottoms = np.array([0, 10, 20, 30, 40, 50, 5]), np.array([100, 100, 50, 100, 40, 100, 7])
    share, low, high = clause_resampling_interval(tops, bottoms, list("abcdefg"), n_resamples=20_000)
    rng = np.random.default_rng(12345)
    draws = []
    for _ in range(20_000):
        index = rng.integers(0, 7, 7)
        draws.append(tops[index].sum() / bottoms[index].sum())
    assert share == pytest.approx(155 / 497)
    assert (low, high) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975])), abs=0.01)


def test_clauses_of_one_block_move_together():
    """Ten sections of ten clauses, all shared or none: drawn by clause the interval would be far narrower."""
    tops = np.repeat([0, 1] * 5, 10)
    by_section = clause_resampling_interval(tops, np.ones(100), np.repeat(np.arange(10), 10))
    by_clause = clause_resampling_interval(tops, np.ones(100), np.arange(100))
    assert by_section[2] - by_section[1] > 2 * (by_clause[2] - by_clause[1])


def test_order_of_clauses_does_not_matter():
    tops, bottoms, blocks = np.arange(12), np.full(12, 20), np.array(list("aabbccddeeff"))
    shuffled = np.random.default_rng(1).permutation(12)
    once = clause_resampling_interval(tops, bottoms, blocks)
    assert once == clause_resampling_interval(tops[shuffled], bottoms[shuffled], blocks[shuffled])
    assert once != clause_resampling_interval(tops, bottoms, blocks, random_state=1)


def test_wider_level_wider_interval():
    args = (np.arange(8), np.full(8, 10), np.arange(8))
    narrow, wide = clause_resampling_interval(*args, level=0.5), clause_resampling_interval(*args, level=0.99)
    assert wide[1] < narrow[1] < narrow[2] < wide[2]


@pytest.mark.parametrize(
    ("tops", "bottoms", "blocks", "share"),
    [
        ([1, 2, 3, 4], [5, 5, 5, 5], list("abcd"), 0.5),  # four blocks
        ([1, 2, 3, 4, 0], [5, 5, 5, 5, 0], list("abcde"), 0.5),  # a fifth block without text
        ([0] * 9, [5] * 9, list("abcdefghi"), 0.0),  # nothing shared: no draw can differ
        ([5] * 9, [5] * 9, list("abcdefghi"), 1.0),
    ],
)
def test_not_estimable(tops, bottoms, blocks, share):
    result = clause_resampling_interval(tops, bottoms, blocks)
    assert result[0] == share
    assert np.isnan(result[1:]).all()


def test_five_blocks_are_enough():
    assert MIN_BLOCKS == 5
    assert np.isfinite(clause_resampling_interval([1, 2, 3, 4, 0], [5] * 5, list("abcde"))).all()


def test_no_text_is_no_share():
    assert np.isnan(clause_resampling_interval([], [], [])).all()
    assert np.isnan(clause_resampling_interval([0], [0], ["a"])).all()


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 7)), min_size=1, max_size=30),
    st.integers(0, 99),
)
def test_bounds(clauses, seed):
    tops, extra, blocks = map(np.array, zip(*clauses, strict=True))
    share, low, high = clause_resampling_interval(tops, tops + extra, blocks, n_resamples=50, random_state=seed)
    if not np.isnan(share):
        assert 0 <= share <= 1
    if not np.isnan(low):
        assert 0 <= low <= high <= 1


@pytest.mark.parametrize(
    ("args", "options", "message"),
    [
        (([1], [1, 2], ["a", "b"]), {}, "must be one-dimensional and equally long"),
        (([-1], [1], ["a"]), {}, "`numerators` must be at least 0"),
        (([1], [np.nan], ["a"]), {}, "`denominators` must be at least 0 and not missing"),
        (([1], [1], ["a"]), {"n_resamples": 0}, "`n_resamples` must be at least 1; got 0"),
        (([1], [1], ["a"]), {"level": 1.0}, "`level` must be above 0 and below 1; got 1.0"),
    ],
)
def test_wrong_input(args, options, message):
    with pytest.raises(ValueError, match=message):
        clause_resampling_interval(*args, **options)


def test_section_labels_without_paragraphs():
    empty = pd.DataFrame({"begin": [], "end": [], "section": []})
    assert section_labels(3, empty).tolist() == [0, 0, 0]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=8))
def test_covered_characters_equals_a_set(spans):
    spans = [(min(span), max(span)) for span in spans]
    expected = {place for begin, end in spans for place in range(begin, end)}
    begins, ends = [begin for begin, _ in spans], [end for _, end in spans]
    assert set(np.flatnonzero(covered_characters(20, begins, ends)).tolist()) == expected


def test_a_span_outside_its_text():
    with pytest.raises(ValueError, match="`passages` must lie within their texts; got 3 to 9 in a text of 5"):
        covered_characters(5, [0, 3], [2, 9])
