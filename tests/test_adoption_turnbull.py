"""Turnbull's estimate: by hand, against Kaplan-Meier, against slow self-consistency, and its conditions."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.measures.adoption.timing import lag_table
from fzanalytics.measures.adoption.turnbull import MIN_CLUSTERS, _score_interval, innermost_intervals, turnbull

NAN = float("nan")


def lags(*pairs):
    return pd.DataFrame(pairs, columns=["lag_days_low", "lag_days_high"], dtype=float)


def masses(table):
    return {(row.begin, row.end): round(row.mass, 6) for row in table.intervals.itertuples()}


def membership(table, intervals):
    """A[i, j]: whether innermost interval j lies inside row i; one comparison at a time."""
    low, high = table["lag_days_low"].fillna(-np.inf), table["lag_days_high"].fillna(np.inf)
    return np.array(
        [
            [a <= begin and end <= b for begin, end in zip(intervals["begin"], intervals["end"], strict=True)]
            for a, b in zip(low, high, strict=True)
        ],
        dtype=float,
    )


def self_consistent(inside, n_steps=3000):
    """Turnbull's own algorithm, as plainly as it can be written."""
    p = np.full(inside.shape[1], 1 / inside.shape[1])
    for _ in range(n_steps):
        shares = inside * p
        p = (shares / shares.sum(axis=1, keepdims=True)).mean(axis=0)
    return p


rows = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 6), st.sampled_from(["both", "low", "high"])), min_size=1, max_size=14
).map(
    lambda drawn: lags(
        *((a if kind != "high" else NAN, a + width if kind != "low" else NAN) for a, width, kind in drawn)
    )
)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        # p for [0, 1] maximises 2 log p + log(1 - p): 2/3; the row [0, 3] tells nothing
        ([(0, 1), (0, 1), (2, 3), (0, 3)], {(0, 1): 2 / 3, (2, 3): 1 / 3}),
        ([(0, 2), (1, 3), (2, 4)], {(2, 2): 1}),  # closed: all three may be day 2
        ([(0, 1), (2, 3), (1, 2)], {(1, 1): 0.5, (2, 2): 0.5}),
        ([(7, 7)], {(7, 7): 1}),
        # Kaplan-Meier: 1/4 on day 1; of the two left after the censoring at day 1, half each
        ([(1, 1), (2, NAN), (3, 3), (4, 4)], {(1, 1): 0.25, (3, 3): 0.375, (4, 4): 0.375}),
        ([(1, 1), (5, NAN)], {(1, 1): 0.5, (5, np.inf): 0.5}),
        ([(NAN, 3), (5, 5)], {(-np.inf, 3): 0.5, (5, 5): 0.5}),
    ],
)
def test_by_hand(pairs, expected):
    result = turnbull(lags(*pairs))
    assert masses(result) == {key: round(value, 6) for key, value in expected.items()}


def test_the_curve_gives_both_bounds_and_the_number_at_risk():
    """[0, 2] and [1, 3] meet in [1, 2]: inside it the curve is anywhere between 0 and 0.5."""
    result = turnbull(lags((0, 2), (1, 3), (5, 5), (4, NAN)))
    curve = result.curve.set_index("day")
    assert curve["adopted_low"].round(6).to_dict() == {1: 0, 2: 0.5, 5: 1}
    assert curve["adopted_high"].round(6).to_dict() == {1: 0.5, 2: 0.5, 5: 1}
    assert curve["survival_low"].round(6).to_dict() == {1: 0.5, 2: 0.5, 5: 0}
    assert curve["n_at_risk"].to_dict() == {1: 4, 2: 4, 5: 1}  # known until day 3, so not there on day 5
    assert result.censored.tolist() == [3]
    assert [result.at_risk(day) for day in (0, 3, 3.5, 5, 6)] == [4, 3, 1, 1, 0]


def test_exact_and_right_censored_lags_are_kaplan_meier():
    from statsmodels.duration import survfunc as survival

    generator = np.random.default_rng(3)
    for n in (4, 30, 200):
        event, end = generator.integers(0, n, size=n), generator.integers(0, n, size=n)
        seen = event <= end
        known_until = np.minimum(event, end)
        table = lags(*zip(np.where(seen, event, end + 1), np.where(seen, event, np.nan), strict=True))
        peer = survival.SurvfuncRight(known_until, seen)
        curve = turnbull(table).curve.set_index("day")
        assert np.allclose(curve.loc[peer.surv_times, "survival_low"], peer.surv_prob, atol=1e-7)
        assert np.allclose(curve.loc[peer.surv_times, "survival_high"], peer.surv_prob, atol=1e-7)
        assert curve.loc[peer.surv_times, "n_at_risk"].tolist() == list(peer.n_risk)


@settings(max_examples=80, deadline=None)
@given(rows)
def test_conditions_hold_and_self_consistency_gets_no_further(table):
    result = turnbull(table)
    p = result.intervals["mass"].to_numpy()
    assert p.min() >= 0 and p.sum() == pytest.approx(1)
    inside = membership(table, result.intervals)
    fitted = inside @ p
    slopes = (inside / fitted[:, None]).sum(axis=0)
    assert slopes.max() <= len(table) * (1 + 1e-6)  # none would gain
    assert np.allclose(slopes[p > 1e-5], len(table), atol=1e-2)  # those with mass are level
    assert result.log_likelihood == pytest.approx(np.log(fitted).sum(), abs=1e-6)
    slow = self_consistent(inside, n_steps=300)
    assert np.log(inside @ slow).sum() <= result.log_likelihood + 1e-6 * len(table)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_the_curve_rises_between_its_bounds_and_order_does_not_matter(table):
    curve = turnbull(table).curve
    assert (curve["adopted_low"] <= curve["adopted_high"] + 1e-12).all()
    for column in ("adopted_low", "adopted_high"):
        assert curve[column].is_monotonic_increasing and curve[column].between(0, 1).all()
    assert curve["n_at_risk"].is_monotonic_decreasing
    turned = turnbull(table.iloc[::-1]).curve
    pd.testing.assert_frame_equal(curve, turned, atol=1e-5)


def test_slow_self_consistency_comes_to_the_same_masses():
    generator = np.random.default_rng(0)
    begin = generator.integers(0, 60, size=40)
    table = lags(*zip(begin, begin + generator.integers(0, 25, size=40), strict=True))
    result = turnbull(table)
    slow = self_consistent(membership(table, result.intervals), n_steps=20000)
    assert np.allclose(slow, result.intervals["mass"], atol=2e-3)


def test_innermost_intervals_by_definition():
    generator = np.random.default_rng(1)
    for _ in range(50):
        begin = generator.integers(0, 10, size=6).astype(float)
        end = begin + generator.integers(0, 5, size=6)
        slow = sorted(
            {
                (a, b)
                for a in begin
                for b in end
                if a <= b and not any(a < x <= b for x in begin) and not any(a <= y < b for y in end)
            }
        )
        assert list(zip(*innermost_intervals(begin, end), strict=True)) == slow


def test_a_planted_curve_is_found():
    """Lags drawn evenly from 0 to 999, dates known to within 60 days, followed to day 800."""
    generator = np.random.default_rng(5)
    lag = generator.integers(0, 1000, size=600)
    low, high = lag - generator.integers(0, 60, size=600), (lag + generator.integers(0, 60, size=600)).astype(float)
    low, high = np.where(lag > 800, 801, low), np.where(lag > 800, np.nan, high)
    curve = turnbull(lags(*zip(low, high, strict=True))).curve
    for day in (200, 500, 750):
        row = curve[curve["day"] <= day].iloc[-1]
        assert row["adopted_low"] == pytest.approx(day / 1000, abs=0.06)


def test_what_is_left_out_is_told(caplog):
    with caplog.at_level(logging.WARNING):
        result = turnbull(lags((1, 1), (NAN, NAN), (3, NAN), (-np.inf, np.inf)))
    assert (result.n, result.n_censored, result.n_left_out) == (2, 1, 2)
    assert "2 of 4 rows have no bound" in caplog.text
    assert "by construction" not in caplog.text


def test_a_curve_of_adopters_is_named_so(caplog):
    with caplog.at_level(logging.WARNING):
        result = turnbull(lags((1, 1), (4, 9)))
    assert result.n_censored == 0
    assert "curve of adopters, and reaches 1 by construction" in caplog.text


def test_an_adopter_of_an_open_date_is_no_known_non_adopter(caplog):
    table = lags((1, 1), (4, 9), (7, NAN)).assign(status="adopted")
    with caplog.at_level(logging.WARNING):
        result = turnbull(table)
    assert (result.n, result.n_censored, result.n_open) == (3, 0, 1) and result.censored.empty
    assert "curve of adopters, and reaches 1 by construction (1 of them" in caplog.text
    caplog.clear()
    known = turnbull(table.assign(status=["adopted", "adopted", "known non-adopter"]))
    assert (known.n_censored, known.n_open) == (1, 0) and "by construction" not in caplog.text
    pd.testing.assert_frame_equal(known.curve, result.curve)


def clocks(*flags):
    return pd.DataFrame(flags, columns=["since_centre", "since_superior"]).astype("boolean")


@pytest.mark.parametrize(
    ("flags", "fits"),
    [
        ([(True, True), (True, True)], True),  # provinces: both clocks are one
        ([(True, True), (True, False)], True),
        ([(False, True), (True, True)], True),
        ([(True, False), (False, True)], False),
        ([(True, None), (False, True)], False),
        ([(True, True), (False, False)], False),  # since a grandparent
    ],
)
def test_one_clock_at_a_time(flags, fits):
    table = lags((1, 1), (2, 2)).join(clocks(*flags))
    if fits:
        assert turnbull(table).n == 2
        return
    with pytest.raises(ValueError, match=r"^`intervals` must have one clock.*since_centre and \d rows since_superior"):
        turnbull(table)
    assert turnbull(table[table["since_centre"]]).n == 1


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"region": ["甲省", "乙省", "甲省"]}, r"1 in several rows: 甲省 \(2 rows\)"),
        ({"region": ["石家庄市", "河北省", "河北省/石家庄市"]}, r"1 in several rows: 河北省/石家庄市 \(2 rows\)"),
        ({"region": "甲省", "source": ["a", "b", "c"]}, r"甲省 \(3 rows\)"),  # one document that declares three
        ({"region": [pd.NA, "甲省", pd.NA], "target": ["a", "b", "a"]}, r"1 in several rows: a \(2 rows\)"),
        ({"target": ["a", "b", "a"]}, r"1 in several rows: a \(2 rows\)"),
    ],
)
def test_a_jurisdiction_counts_once(columns, told):
    table = lags((1, 1), (2, 2), (4, NAN)).assign(**columns)
    with pytest.raises(ValueError, match=rf"^`intervals` must have each jurisdiction once; got .*{told}.*lineage="):
        turnbull(table)


@pytest.mark.parametrize(
    "columns",
    [
        {"region": ["甲省", "乙省", "丙省"], "target": ["a", "b", pd.NA]},
        {"region": [pd.NA, pd.NA, "甲省"], "target": ["a", "b", pd.NA]},
        {"region": [None, None, None]},  # nothing is known of whose rows these are
        {"region": ["甲省", "甲省", "乙省"], "contradiction": [True, False, False]},  # the first is left out
        {"target": [pd.NA, pd.NA, pd.NA]},
        {"province": "甲省"},
    ],
)
def test_rows_of_different_or_unknown_jurisdictions(columns):
    table = lags((1, 1), (2, 2), (4, NAN)).assign(**columns)
    assert turnbull(table).n == 3 - sum(columns.get("contradiction", ()))
    again = turnbull(pd.concat([table, table.assign(lag_days_low=NAN, lag_days_high=NAN)]))
    assert again.n == again.n_left_out == turnbull(table).n  # a row without a bound is no second one


def test_the_first_adoption_of_each_jurisdiction_is_what_lag_table_gives(sample):
    """Henan stands in four rows of the documents with what they declare: two documents, one of which declares three."""
    pairs = lag_table(sample)
    with pytest.raises(ValueError, match=r"got 1 in several rows: 河南省 \(4 rows\)\. Take the rows of lag_table"):
        turnbull(pairs[pairs["since_centre"]])
    for clock in ("since_centre", "since_superior"):
        lagged = lag_table(sample, lineage="法治政府建设", roster="provinces")
        found = turnbull(lagged[lagged[clock].fillna(False)])
        assert found.n + found.n_left_out == 31


def test_contradictions_are_left_out_and_told(caplog):
    table = lags((1, 1), (NAN, -5), (3, NAN)).assign(contradiction=[False, True, False])
    with caplog.at_level(logging.WARNING):
        result = turnbull(table)
    assert (result.n, result.n_contradictions, result.n_left_out) == (2, 1, 0)
    assert "1 of 3 rows contradict what they declare and are left out" in caplog.text
    assert result.curve["day"].min() == 1


def test_no_population_interval_below_thirty_clusters(caplog):
    table = lags(*((day, day) for day in range(60))).assign(province=np.arange(60) % (MIN_CLUSTERS - 1))
    with caplog.at_level(logging.WARNING):
        result = turnbull(table, cluster="province", n_resamples=20)
    assert result.n_clusters == MIN_CLUSTERS - 1
    assert result.curve[["interval_low", "interval_high"]].isna().all(axis=None)
    assert "29 clusters are fewer than 30" in caplog.text


def test_the_bootstrap_repeats_and_holds_the_curve():
    generator = np.random.default_rng(2)
    day = generator.integers(0, 300, size=80)
    table = lags(*((d, d if d < 200 else NAN) for d in day))
    one, two = (turnbull(table, n_resamples=60, random_state=4).curve for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(turnbull(table, n_resamples=60, random_state=5).curve)
    middle = one[(one["adopted_low"] > 0.2) & (one["adopted_high"] < 0.8)]
    assert len(middle) > 10
    assert (middle["interval_low"] < middle["adopted_low"]).all()
    assert (middle["adopted_high"] < middle["interval_high"]).all()


def test_clusters_are_drawn_whole():
    """Three alike rows in each of 40 clusters are worth one: wider than 120 rows of their own."""
    day = np.repeat(np.random.default_rng(6).integers(0, 300, size=40), 3)
    table = lags(*zip(day, day, strict=True)).assign(province=np.repeat(np.arange(40), 3))
    width = {}
    for cluster in (None, "province"):
        curve = turnbull(table, cluster=cluster, n_resamples=200).curve
        width[cluster] = (curve["interval_high"] - curve["interval_low"]).mean()
    assert width["province"] == pytest.approx(np.sqrt(3) * width[None], rel=0.25)


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (lags((3, 1), (2, 1)), {}, r"must not be above .* in the rows 0, 1\."),
        (lags((NAN, NAN)), {}, r"`intervals` must have a row with a bound; got 1 rows, none with one"),
        (lags((1, 2)), {"n_resamples": -1}, r"`n_resamples` must be at least 0; got -1"),
        (lags((1, 2)), {"level": 1}, r"`level` must be above 0 and below 1; got 1"),
        (lags((1, 2)), {"tolerance": 0}, r"`tolerance` must be above 0"),
        (lags((1, 2)), {"max_iterations": 0}, r"`max_iterations` must be at least 1"),
        (lags((1, 2)), {"cluster": "province"}, r"`intervals` must have the columns .*missing: province"),
        (lags((1, 2)).astype(str).replace("1.0", "早"), {}, r"must be numbers of days"),
    ],
)
def test_errors(table, options, message):
    with pytest.raises(ValueError, match=message):
        turnbull(table, **options)


def test_a_gap_that_is_left_is_told(caplog):
    generator = np.random.default_rng(0)
    begin = generator.integers(0, 400, size=200)
    table = lags(*zip(begin, begin + generator.integers(0, 200, size=200), strict=True))
    with caplog.at_level(logging.WARNING):
        result = turnbull(table, max_iterations=1)
    assert result.gap > 1e-8 * 200 and "has not converged" in caplog.text
    assert turnbull(table).gap <= 1e-8 * 200


def test_the_input_is_not_changed():
    table = lags((1, NAN), (NAN, 4))
    before = table.copy()
    turnbull(table)
    pd.testing.assert_frame_equal(table, before)


def test_the_interval_of_a_plain_share_is_wilsons():
    """Forty exact lags: the share by a day is binomial, and near 1 the interval keeps its width."""
    from statsmodels.stats import proportion as proportion

    curve = turnbull(lags(*((day, day) for day in range(40))), n_resamples=500).curve.set_index("day")
    for day in (3, 19, 34):
        low, high = proportion.proportion_confint(day + 1, 40, method="wilson")
        assert curve.loc[day, "interval_low"] == pytest.approx(low, abs=0.02)
        assert curve.loc[day, "interval_high"] == pytest.approx(high, abs=0.02)
    assert curve.loc[39, "interval_low"] == pytest.approx(40 / (40 + 1.96**2), abs=1e-4)
    assert curve.loc[39, "interval_high"] == 1


@pytest.mark.parametrize(("n_clusters", "n_each"), [(30, 1), (30, 4), (60, 3)])
def test_intervals_cover_a_planted_share(n_clusters, n_each):
    """Exact lags, alike within clusters; the estimate is then a share, and its draws are sums: 400 samples at once.

    The estimand is the share of the population of clusters that has adopted by a day.
    """
    generator = np.random.default_rng(11)
    truth = np.array([0.05, 0.2, 0.5, 0.8, 0.95])
    covered = np.zeros(len(truth))
    for _ in range(400):
        common = np.repeat(generator.random(n_clusters), n_each)
        own = generator.random(n_clusters * n_each)
        place = np.where(generator.random(n_clusters * n_each) < 0.4, common, own)  # even from 0 to 1
        by_then = (place[:, None] <= truth).reshape(n_clusters, n_each, -1).mean(axis=1)
        draws = generator.multinomial(n_clusters, np.ones(n_clusters) / n_clusters, size=150) @ by_then / n_clusters
        low, high = _score_interval(by_then.mean(axis=0), draws, n_clusters * n_each, n_clusters, 0.95)
        covered += (low <= truth) & (truth <= high)
    assert (covered / 400 > 0.905).all() and 0.93 < covered.mean() / 400 < 0.97
