"""Formulas of keyness, by worked examples, peers and properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fzanalytics.measures.vocabulary.formulas import (
    adjust_p,
    keyness_chi2,
    keyness_g2,
    log_odds_ratio,
    log_ratio,
    percent_difference,
)

TABLES = st.tuples(*[st.integers(0, 500)] * 2, *[st.integers(1, 5000)] * 2).map(
    lambda one: (one[0], one[0] + one[2], one[1], one[1] + one[3])
)


def test_monroe_on_a_table_of_two_groups_and_three_words():
    # counts 6 3 1 and 2 4 4; prior: the 8 7 5 of both, worth alpha0 = 10 words, so 4, 3.5 and 2.5
    found = log_odds_ratio([6, 3, 1], 10, [2, 4, 4], 10, [4, 3.5, 2.5], 10)
    # equation 16 for the first: log(10/(20 - 10)) - log(6/(20 - 6)); 19: 1/10 + 1/10 + 1/6 + 1/14
    assert found.log_odds[0] == pytest.approx(math.log(14 / 6))
    assert found.se[0] == pytest.approx(math.sqrt(1 / 10 + 1 / 10 + 1 / 6 + 1 / 14))
    assert found.z[0] == pytest.approx(1.2801, abs=1e-4)
    assert found.log_odds[1] == pytest.approx(math.log(6.5 / 13.5) - math.log(7.5 / 12.5))
    assert found.log_odds[2] == pytest.approx(math.log(3.5 / 16.5) - math.log(6.5 / 13.5))


def test_a_stronger_prior_draws_towards_no_difference():
    values = [float(log_odds_ratio(5, 100, 0, 100, 0.02 * alpha0, alpha0).log_odds) for alpha0 in (10, 100, 1000)]
    assert values == sorted(values, reverse=True) and values[-1] < 0.25 * values[0] and values[-1] > 0


@given(TABLES)
def test_log_odds_change_sign_with_the_sides(table):
    a, n, b, m = table
    one, other = log_odds_ratio(a, n, b, m, 2, 50), log_odds_ratio(b, m, a, n, 2, 50)
    assert float(one.log_odds) == pytest.approx(-float(other.log_odds))
    assert float(one.se) == pytest.approx(float(other.se))


def test_a_prior_must_be_above_nothing_and_below_everything():
    for prior in (0, 10, -1, float("nan")):
        with pytest.raises(ValueError, match="`prior` must be above 0 and below alpha0 = 10"):
            log_odds_ratio([1], 5, [1], 5, [prior], 10)


def test_keyness_is_that_of_the_two_cells_of_rayson_for_rare_words():
    # Rayson and Garside (2000): E1 = c(a+b)/(c+d); G2 = 2(a ln(a/E1) + b ln(b/E2)), the cells of the word alone
    a, b, c, d = 120, 60, 1_000_000, 1_000_000
    first, second = c * (a + b) / (c + d), d * (a + b) / (c + d)
    rayson = 2 * (a * math.log(a / first) + b * math.log(b / second))
    assert rayson == pytest.approx(20.39, abs=0.01)
    assert float(keyness_g2(a, c, b, d)) == pytest.approx(rayson, rel=1e-3)
    assert float(keyness_g2(a, c, b, d)) > rayson


@given(TABLES)
def test_keyness_is_scipys(table):
    a, n, b, m = table
    if a + b == 0 or a + b == n + m:
        assert keyness_g2(*table) == keyness_chi2(*table) == 0
        return
    cells = [[a, n - a], [b, m - b]]
    for found, power in ((keyness_g2(*table), "log-likelihood"), (keyness_chi2(*table), "pearson")):
        peer = stats.chi2_contingency(cells, correction=False, lambda_=power).statistic
        assert float(found) == pytest.approx(peer, abs=1e-8, rel=1e-8)


@given(TABLES)
def test_keyness_is_at_least_nothing_and_the_same_from_both_sides(table):
    a, n, b, m = table
    assert float(keyness_g2(*table)) >= 0
    assert float(keyness_g2(*table)) == pytest.approx(float(keyness_g2(b, m, a, n)), abs=1e-9)
    assert float(keyness_chi2(a, n, a, n)) == pytest.approx(0, abs=1e-9)


def test_keyness_refuses_more_words_than_there_are():
    with pytest.raises(ValueError, match="at most `total`"):
        keyness_g2([1, 9], 5, [1, 1], 5)


def test_effect_sizes():
    assert log_ratio([40, 10, 0], 1000, [10, 40, 4], 1000).tolist() == [2, -2, -3]
    assert percent_difference([40, 10, 0], 1000, [10, 40, 4], 1000).tolist() == [300, -75, -100]
    assert np.isnan(percent_difference(3, 10, 0, 10)) and np.isnan(log_ratio(1, 10, 0, 0))


def test_the_correction_is_scipys_and_leaves_gaps_alone():
    p = np.random.default_rng(0).random(50) ** 3
    assert adjust_p(p) == pytest.approx(stats.false_discovery_control(p))
    with_gaps = np.insert(p, [3, 20], np.nan)
    assert adjust_p(with_gaps)[~np.isnan(with_gaps)] == pytest.approx(adjust_p(p))
    assert np.isnan(adjust_p(with_gaps)).sum() == 2 and np.isnan(adjust_p([np.nan])).all()


def test_the_correction_by_hand():
    # Benjamini and Hochberg: p(i) m / i, then the least of it and all above
    assert adjust_p([0.01, 0.02, 0.03, 0.5]).tolist() == pytest.approx([0.04, 0.04, 0.04, 0.5])
    with pytest.raises(ValueError, match="`p` must be in"):
        adjust_p([0.5, 1.5])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_corrected_values_are_no_smaller_and_in_the_same_order(p):
    adjusted = adjust_p(p)
    assert (adjusted >= np.array(p) - 1e-12).all() and (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()
