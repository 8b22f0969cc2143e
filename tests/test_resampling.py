"""Intervals for shares over sections and over jurisdictions, permutation p-values, and the helpers around them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fzanalytics.measures.characters import block_of, covered_characters, covered_spans, section_labels
from fzanalytics.measures.resampling import (
    MIN_BLOCKS,
    MIN_CLUSTERS,
    jackknife_spread,
    permutation_p,
    population_interval,
    wilson_limits,
)
from fzanalytics.measures.sections import add_status, clause_resampling_interval, excess_interval, interval_status


def test_ratio_of_sums_not_mean_of_ratios():
    """1 of 10 and 90 of 90 characters: 91 of 100, while the mean of 0.1 and 1 is 0.55."""
    assert clause_resampling_interval([1, 90], [10, 90], ["a", "b"])[0] == pytest.approx(0.91)


def test_interval_by_brute_force():
    """The formula of the docstring, one block after the other."""
    tops, bottoms = [0, 10, 20, 30, 40, 50, 5], [100, 100, 50, 100, 40, 100, 7]
    share = sum(tops) / sum(bottoms)
    without = [
        sum(t for j, t in enumerate(tops) if j != i) / sum(b for j, b in enumerate(bottoms) if j != i) for i in range(7)
    ]
    mean = sum(without) / 7
    squares = sum((one - mean) ** 2 for one in without)
    kurtosis = 7 * sum((one - mean) ** 4 for one in without) / squares**2
    trials = share * (1 - share) / (6 / 7 * squares)
    effective = sum(bottoms) ** 2 / sum(one**2 for one in bottoms)
    t = stats.t.ppf(0.975, min(max(3 * 7 / kurtosis, 4), 6, max(effective - 1, 3)))
    # Wilson: where the distance to the truth is t standard errors of that truth
    a, b, c = 1 + t**2 / trials, -(2 * share + t**2 / trials), share**2
    low, high = ((-b + sign * math.sqrt(b**2 - 4 * a * c)) / (2 * a) for sign in (-1, 1))
    found = clause_resampling_interval(tops, bottoms, list("abcdefg"))
    assert found == pytest.approx((155 / 497, low, high))


def test_uneven_sections_count_for_fewer():
    """Coverage of 14 sections of log-normal size, whose clauses are alike, in 2,000 simulations; without it 91 to 93 %."""
    rng, held = np.random.default_rng(5), []
    for _ in range(2000):
        clauses = np.maximum(1, np.round(6 * np.exp(rng.normal(0, 1.2, 14)))).astype(int)
        place = np.repeat(np.arange(14), clauses)
        shared = rng.random(len(place)) < rng.beta(4 * 0.2, 4 * 0.8, 14)[place]
        _, low, high = clause_resampling_interval(shared, np.ones(len(place)), place)
        if not np.isnan(low):
            held.append(low <= 0.2 <= high)
    assert 0.935 < np.mean(held) < 0.975


def test_many_blocks_as_with_the_normal_distribution():
    """400 equal blocks: on the plain scale, the usual standard error of a mean."""
    shares = np.random.default_rng(3).uniform(0.3, 0.7, 400)
    share, low, high = clause_resampling_interval(shares * 50, np.full(400, 50), np.arange(400))
    error = shares.std(ddof=1) / 20
    assert (share - low, high - share) == pytest.approx((1.966 * error, 1.966 * error), rel=0.01)


def test_blocks_that_are_all_alike_leave_no_doubt():
    assert clause_resampling_interval([5] * 8, [10] * 8, range(8)) == pytest.approx((0.5, 0.5, 0.5))


def test_mirror():
    """What is not shared has the mirrored interval."""
    tops, bottoms = np.array([0, 10, 20, 30, 40, 50]), np.full(6, 60)
    share, low, high = clause_resampling_interval(tops, bottoms, range(6))
    assert clause_resampling_interval(bottoms - tops, bottoms, range(6)) == pytest.approx(
        (1 - share, 1 - high, 1 - low)
    )


@given(st.integers(1, 60), st.integers(0, 60), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_limits_are_those_of_scipy(more, right, level):
    expected = stats.binomtest(right, right + more).proportion_ci(level, method="wilson")
    quantile = stats.norm.ppf((1 + level) / 2)
    low, high = wilson_limits([right / (right + more)], [quantile**2 / (right + more)])
    assert (low[0], high[0]) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_spread_without_one_block_is_worked_out_for_each_column():
    """Deviations 1, -1, 0, 0, 0: squares sum to 2, so do their squares; 5 / (5 * 2 / 4) * 3 = 6, at most 4."""
    variance, degrees = jackknife_spread(np.array([[1.0, 7.0], [-1, 7], [0, 7], [0, 7], [0, 7]]), least=1)
    assert variance.tolist() == [1.6, 0] and degrees.tolist() == [4, 4]
    # 7 blocks, one of which is apart: squares sum to 6/7, kurtosis 7 * 222/343 / (36/49)
    variance, degrees = jackknife_spread(np.array([1.0, 0, 0, 0, 0, 0, 0]), least=1)
    fourth = (6 / 7) ** 4 + 6 / 7**4
    assert float(variance) == pytest.approx(6 / 7 * 6 / 7)
    assert float(degrees) == pytest.approx(3 * 7 / (7 * fourth / (6 / 7) ** 2))


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
    st.sampled_from([0.5, 0.8, 0.95, 0.999]),
)
def test_bounds(clauses, level):
    tops, extra, blocks = map(np.array, zip(*clauses, strict=True))
    share, low, high = clause_resampling_interval(tops, tops + extra, blocks, level=level)
    if not np.isnan(share):
        assert 0 <= share <= 1
    if not np.isnan(low):
        assert 0 <= low <= share <= high <= 1


@pytest.mark.parametrize(
    ("args", "options", "message"),
    [
        (([1], [1, 2], ["a", "b"]), {}, "must be one-dimensional and equally long"),
        (([-1], [1], ["a"]), {}, "`numerators` must be at least 0"),
        (([1], [np.nan], ["a"]), {}, "`denominators` must be at least 0 and not missing"),
        (([1], [1], ["a"]), {"level": 1.0}, "`level` must be above 0 and below 1; got 1.0"),
    ],
)
def test_wrong_input(args, options, message):
    with pytest.raises(ValueError, match=message):
        clause_resampling_interval(*args, **options)


def hits(make, interval, truth, n=1000, seed=0):
    """Share of n simulations whose interval holds the truth, among those that have one; and how many have none."""
    rng = np.random.default_rng(seed)
    found = [interval(*make(rng)) for _ in range(n)]
    known = [(low, high) for low, high in found if not np.isnan(low)]
    return np.mean([low <= truth <= high for low, high in known]), n - len(known)


def sections(n_blocks, truth, likeness):
    """Blocks of 2 to 8 clauses of 10 to 150 characters; clauses of one block are alike (intra-class correlation)."""

    def make(rng):
        blocks = np.repeat(np.arange(n_blocks), rng.integers(2, 9, n_blocks))
        sizes = rng.integers(10, 150, len(blocks))
        a = 1 / likeness - 1
        rates = rng.beta(truth * a, (1 - truth) * a, n_blocks)
        return sizes * (rng.random(len(blocks)) < rates[blocks]), sizes, blocks

    return make


def test_an_excess_over_nothing_has_the_interval_of_the_share():
    tops, sizes = [0, 10, 20, 30, 40, 50, 5], [100, 100, 50, 100, 40, 100, 7]
    assert excess_interval(tops, [0] * 7, sizes) == pytest.approx(clause_resampling_interval(tops, sizes, range(7))[1:])
    assert np.isnan(excess_interval([0] * 7, tops, sizes)).all()  # nothing is shared


def test_an_excess_turned_round_is_its_opposite():
    rng = np.random.default_rng(5)
    one, other = rng.integers(0, 40, (2, 12))
    low, high = excess_interval(one, other, [100] * 12)
    assert excess_interval(other, one, [100] * 12) == pytest.approx((-high, -low))
    assert low < (one.sum() - other.sum()) / 1200 < high


def test_an_excess_without_sections_or_without_parts_has_no_interval():
    assert np.isnan(excess_interval([1, 2], [0, 1], [5, 5])).all()
    assert np.isnan(excess_interval([1, 1, 1, 1, 0], [0] * 5, [9, 9, 9, 9, 0])).all()  # a section without text is none
    assert np.isnan(excess_interval([0] * 9, [0] * 9, [5] * 9)).all()


@pytest.mark.parametrize(
    ("above", "below", "sizes", "message"),
    [
        ([200] * 6, [0] * 6, [100] * 6, "must not be more than `denominators` together"),
        ([60] * 6, [50] * 6, [100] * 6, "must not be more than `denominators` together"),
        ([-1] * 6, [0] * 6, [100] * 6, "`above` must be at least 0 and not missing"),
        ([1] * 6, [np.nan] * 6, [100] * 6, "`below` must be at least 0 and not missing"),
        (
            [1] * 6,
            [0] * 5,
            [100] * 6,
            "`below`, `denominators` and `sections` must be one-dimensional and equally long",
        ),
    ],
)
def test_wrong_parts_of_an_excess(above, below, sizes, message):
    with pytest.raises(ValueError, match=message):
        excess_interval(above, below, sizes)


def test_articles_without_chapters_are_taken_five_at_a_time():
    names = ["一/（三）", "第三章", "第一条", "第五条", "第六条", "第十条之二", "第十一条", "第 条", ""]
    blocks = [block_of(name) for name in names]
    assert blocks == ["一/（三）", "第三章", "第1—5条", "第1—5条", "第6—10条", "第6—10条", "第11—15条", "第 条", ""]
    paragraphs = pd.DataFrame({"begin": range(7), "end": range(1, 8), "section": [f"第{n}条" for n in range(1, 8)]})
    assert section_labels(8, paragraphs).tolist() == [1] * 5 + [2] * 2 + [0]


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("truth", [0.1, 0.5])
def test_excess_covers_what_was_planted(truth, nested):
    """What is expected lies in what is shared (the genre's words are in both), or falls where it will."""
    expected = 0.3 * truth

    def make(rng):
        shared, sizes, blocks = sections(40, truth, 0.2)(rng)
        is_shared = shared > 0
        if nested:
            chance = is_shared * rng.beta(0.6, 1.4, len(sizes))
        else:
            chance = rng.beta(expected, 1 - expected, len(sizes))
        parts = (is_shared * (1 - chance), ~is_shared * chance, np.ones(len(sizes)))
        return [np.bincount(blocks, part * sizes) for part in parts]

    share, _ = hits(make, excess_interval, truth - expected, seed=21)
    assert 0.93 <= share <= 0.97


def test_status_tells_what_an_interval_is_worth():
    cases = {
        (0.4, 40): "coverage as simulated",
        (0.05, 30): "coverage as simulated",
        (0.4, 29): "coverage not estimable: fewer than 30 sections",
        (0.04, 40): "coverage not estimable: share beyond 0.05 to 0.95",
        (0.4, 4): "not estimable: fewer than 5 sections",
        (0.0, 40): "not estimable: share is 0 or 1",
        (1.0, 12): "not estimable: share is 0 or 1",
        (0.4, -1): "not estimable: sections not given",
        (0.4, np.nan): "not estimable: sections not given",
        (np.nan, 40): "no share",
    }
    assert interval_status(*zip(*cases, strict=True)).tolist() == list(cases.values())


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_there_are_limits_where_the_status_says_so(n_blocks, seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(0, 9, n_blocks)
    tops = np.minimum(rng.integers(0, 9, n_blocks), sizes) * rng.integers(0, 2)
    share, low, high = clause_resampling_interval(tops, sizes, range(n_blocks))
    table = pd.DataFrame(
        {"share": [share], "resampling_low": low, "resampling_high": high, "n_sections": (sizes > 0).sum()}
    )
    status = add_status(table)["resampling_status"].iloc[0]
    if status == "not estimable: sections do not differ":
        assert low == share == high
        return
    assert np.isfinite([low, high]).all() == status.startswith("coverage")


@pytest.mark.parametrize("truth", [0.1, 0.5, 0.85])
def test_coverage_of_planted_truth(truth):
    """93 to 97 % (benchmarks/intervals.py has the whole grid); a binomial error of 0.7 % at 1,000 is allowed for."""
    share, none = hits(
        sections(30, truth, 0.3), lambda *clauses: clause_resampling_interval(*clauses)[1:], truth, seed=11
    )
    assert 0.93 <= share <= 0.97
    assert none <= 10


def test_coverage_over_jurisdictions():
    def make(rng):
        provinces = np.repeat(np.arange(40), rng.integers(1, 9, 40))
        values = rng.beta(6 * 0.3, 6 * 0.7, 40)[provinces] * rng.uniform(0.8, 1.2, len(provinces))
        return np.minimum(values, 1), rng.integers(2000, 9000, len(provinces)), provinces

    share, none = hits(make, lambda *given: population_interval(*given)[1:3], 0.3, seed=12)
    assert 0.92 <= share <= 0.97
    assert none == 0


def test_population_interval_refuses():
    shares = np.linspace(0.1, 0.5, 60)
    few = population_interval(shares, None, np.arange(60) % (MIN_CLUSTERS - 1))
    assert few.share == pytest.approx(0.3)
    assert np.isnan([few.low, few.high]).all()
    assert (few.n_clusters, few.n_values, few.reason) == (29, 60, "fewer than 30 clusters")
    assert population_interval(shares, None, np.arange(60) % MIN_CLUSTERS).reason == ""
    none = population_interval([np.nan, 0.2], [1, 0], ["a", "b"])
    assert np.isnan(none.share)
    assert (none.n_missing, none.reason) == (1, "no known value")
    assert population_interval([0.0] * 40, None, range(40)).reason == "all values are the same bound"


def test_population_interval_leaves_out_what_is_not_known():
    """A source that is not held is no 0."""
    shares = np.tile([0.2, 0.4], 20)
    with_gaps = np.r_[shares, [np.nan] * 5]
    found = population_interval(with_gaps, None, range(45))
    assert found[:5] == pytest.approx(population_interval(shares, None, range(40))[:5])
    assert found.n_missing == 5


def test_population_interval_weighs_and_clusters():
    shares, weights = np.tile([0.2, 0.8], 20), np.tile([3.0, 1.0], 20)
    assert population_interval(shares, weights, range(40)).share == pytest.approx(0.35)
    apart = population_interval(np.repeat(shares, 10), None, np.arange(400))
    together = population_interval(np.repeat(shares, 10), None, np.repeat(np.arange(40), 10))
    assert together.high - together.low > 2.5 * (apart.high - apart.low)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (([20.0], None, ["a"]), r"`values` must be shares in \[0, 1\]; got 20.0"),
        (([0.1], [-1.0], ["a"]), "`weights` must be at least 0 and not missing; got -1.0"),
        (([0.1, 0.2], None, ["a"]), "`weights`, `values` and `clusters` must be one-dimensional and equally long"),
    ],
)
def test_wrong_population(args, message):
    with pytest.raises(ValueError, match=message):
        population_interval(*args)


def test_permutation_p_is_valid_on_the_null():
    """Two groups of one distribution: P(p <= a) <= a; with 19 relabellings p falls on 20 equally likely places."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(2000):
        values = rng.poisson(2.0, 12)  # with ties

        def gap(order, values=values):
            return values[order[:6]].mean() - values[order[6:]].mean()

        found.append(permutation_p(gap(np.arange(12)), [gap(rng.permutation(12)) for _ in range(19)]))
    for a in (0.05, 0.1, 0.25, 0.5):
        assert np.mean(np.array(found) <= a) <= a + 3 * (a * (1 - a) / 2000) ** 0.5
    # without ties it is exact
    free = [permutation_p(rng.random(), rng.random(19)) for _ in range(2000)]
    assert np.mean(np.array(free) <= 0.1) == pytest.approx(0.1, abs=0.02)


def test_permutation_p_bounds():
    assert permutation_p(5, [1, 2, 3]) == 0.25  # never 0
    assert permutation_p(0, [1, 2, 3]) == 1.0
    assert permutation_p(2, [2, 2, 2]) == 1.0  # ties count against it
    assert permutation_p(0.3, [0.1 + 0.2]) == permutation_p(0.1 + 0.2, [0.3]) == 1.0  # as do sums in another order
    assert np.isnan(permutation_p(np.nan, [1.0]))
    with pytest.raises(ValueError, match="`null` must be one-dimensional, not empty"):
        permutation_p(1.0, [])
    with pytest.raises(ValueError, match="1 missing"):
        permutation_p(1.0, [np.nan, 1.0])


def test_section_labels_without_paragraphs():
    empty = pd.DataFrame({"begin": [], "end": [], "section": []})
    assert section_labels(3, empty).tolist() == [0, 0, 0]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=8))
def test_covered_characters_equals_a_set(spans):
    spans = [(min(span), max(span)) for span in spans]
    expected = {place for begin, end in spans for place in range(begin, end)}
    begins, ends = [begin for begin, _ in spans], [end for _, end in spans]
    mask = covered_characters(20, begins, ends)
    assert set(np.flatnonzero(mask).tolist()) == expected
    runs = covered_spans(mask)
    assert [place for begin, end in runs for place in range(begin, end)] == sorted(expected)
    assert all(end < begin for (_, end), (begin, _) in pairwise(runs))  # no two runs touch


def test_a_span_outside_its_text():
    with pytest.raises(ValueError, match="`passages` must lie within their texts; got 3 to 9 in a text of 5"):
        covered_characters(5, [0, 3], [2, 9])
