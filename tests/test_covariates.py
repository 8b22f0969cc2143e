"""Topic prevalence: the regression equals slow and foreign ones, intervals hold planted truth, and are refused where nothing can be said."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.evaluation.simulation.simulate_topics import simulate_policy_text
from fzanalytics.measures.prevalence.covariates import topic_prevalence
from fzanalytics.measures.prevalence.draws import draw_document_shares
from fzanalytics.measures.prevalence.formula import covariates_of, make_design, read_formula
from fzanalytics.measures.prevalence.regression import plan_contrasts
from fzanalytics.measures.topics.fitting import fit_topics
from fzanalytics.measures.topics.result import TopicResult

MEANS = {"province": [0.5, 0.3, 0.2], "county": [0.2, 0.3, 0.5]}


def result_of(documents, shares, n_tokens, *, posterior=True):
    """A fit of one unit a document."""
    units = pd.Index(documents["doc_id"], name="doc_id")
    topics = pd.RangeIndex(1, np.shape(shares)[1] + 1, name="topic")
    unit_topics = pd.DataFrame(np.asarray(shares, dtype=float), index=units, columns=topics)
    tokens = np.broadcast_to(n_tokens, len(units))
    table = pd.DataFrame({"doc_id": units.to_numpy(), "n_tokens": tokens}, index=units)
    weights = unit_topics.mul(table["n_tokens"] + 1, axis=0) if posterior else None
    nothing = pd.DataFrame()
    return TopicResult(
        topic_terms=nothing, unit_topics=unit_topics, document_topics=unit_topics, units=table, coherence=nothing,
        loss=pd.Series(dtype=int), empty=(), settings={"model": "lda"}, unit_weights=weights,
    )  # fmt: skip


def planted(rng, *, n_each=30, n_documents=2, between=20.0, tokens=500):
    """Jurisdictions of two levels, whose documents are alike; the documents table and the fit."""
    rows = [
        (f"{level}{place}_{i}", level, f"{level}{place}", 2015.0 + i)
        for level in MEANS
        for place in range(n_each)
        for i in range(n_documents)
    ]
    table = pd.DataFrame(rows, columns=["doc_id", "level", "region", "time"])
    places = {}
    for level in MEANS:
        for place in range(n_each):
            places[f"{level}{place}"] = rng.dirichlet(between * np.array(MEANS[level]))
    counts = np.array([rng.multinomial(tokens, places[region]) for region in table["region"]])
    return table, result_of(table, counts / tokens, tokens)


# ---------------------------------------------------------------- the regression


def slow(x, c, codes, w, alike):
    """Variances as quadratic forms and degrees of freedom, with whole matrices."""
    n, m = len(x), np.linalg.pinv(x.T @ np.diag(w) @ x)
    hat = x @ m @ x.T @ np.diag(w)
    phi = np.where(codes[:, None] == codes[None, :], alike, 0.0)
    np.fill_diagonal(phi, 1.0)
    spread = (np.eye(n) - hat) @ phi @ (np.eye(n) - hat).T
    operator = c @ m @ x.T @ np.diag(w)
    forms, freedom = [], []
    for row in operator:
        columns = []
        for code in np.unique(codes):
            own = np.flatnonzero(codes == code)
            root = np.linalg.cholesky(phi[np.ix_(own, own)]).T
            values, vectors = np.linalg.eigh(root @ spread[np.ix_(own, own)] @ root.T)
            keep = values > 1e-9
            adjust = root.T @ (vectors[:, keep] / np.sqrt(values[keep])) @ vectors[:, keep].T @ root
            column = np.zeros(n)
            column[own] = adjust @ row[own]
            columns.append((np.eye(n) - hat).T @ column)
        p = np.column_stack(columns)
        moments = p.T @ phi @ p
        forms.append(p @ p.T)
        freedom.append(np.trace(moments) ** 2 / (moments**2).sum())
    return operator, forms, np.array(freedom), phi


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.3, 0.8]), st.booleans())
def test_the_fast_regression_equals_the_slow_one(seed, alike, weighted):
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(8), rng.integers(1, 5, 8))
    x = np.column_stack([np.ones(len(codes)), rng.normal(size=len(codes)), codes % 2]).astype(float)
    w = rng.uniform(0.5, 3, len(codes)) if weighted else np.ones(len(codes))
    c = np.array([[0.0, 1.0, 0.0], [1.0, 0.5, 0.0]])
    y = rng.normal(size=(len(codes), 2))
    plan = plan_contrasts(x, c, codes, weights=w, alike=alike)
    operator, forms, freedom, phi = slow(x, c, codes, w, alike)
    assert plan.estimates(y) == pytest.approx(operator @ y)
    assert plan.variances(y) == pytest.approx(np.array([[one @ form @ one for one in y.T] for form in forms]))
    assert plan.freedom == pytest.approx(freedom)
    # if the working model holds, the expected variance is the true one
    expected = [np.trace(form @ phi) for form in forms]
    assert expected == pytest.approx([row @ phi @ row for row in operator])


@pytest.mark.parametrize("weighted", [False, True])
def test_coefficients_and_single_clusters_agree_with_statsmodels(weighted):
    import statsmodels.api as api

    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(30), rng.normal(size=30), rng.integers(0, 2, 30)])
    y, w = rng.normal(size=30), rng.uniform(0.5, 2, 30)
    foreign = api.WLS(y, x, weights=w if weighted else np.ones(30)).fit()
    plan = plan_contrasts(x, np.eye(3), range(30), weights=w if weighted else None)
    assert plan.estimates(y[:, None])[:, 0] == pytest.approx(foreign.params)
    if not weighted:
        assert plan.variances(y[:, None])[:, 0] == pytest.approx(foreign.HC2_se**2)


def test_many_clusters_come_to_what_statsmodels_clusters_give():
    import statsmodels.api as api

    rng = np.random.default_rng(6)
    codes = np.repeat(np.arange(400), 3)
    x = np.column_stack([np.ones(1200), rng.normal(size=1200), np.repeat(rng.normal(size=400), 3)])
    y = x @ [1, 2, 3] + np.repeat(rng.normal(size=400), 3) + rng.normal(size=1200)
    foreign = api.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": codes})
    plan = plan_contrasts(x, np.eye(3), codes)
    assert np.sqrt(plan.variances(y[:, None])[:, 0]) == pytest.approx(foreign.bse, rel=0.02)
    assert (plan.freedom > 100).all()


def test_two_groups_are_welch_by_hand():
    y = np.array([[1.0], [2.0], [1.5], [3.5], [2.5]])
    x = np.array([[1, 0], [1, 0], [1, 0], [1, 1], [1, 1]], dtype=float)
    plan = plan_contrasts(x, [[0, 1]], list("abcde"))
    assert plan.estimates(y)[0, 0] == pytest.approx(1.5)
    assert plan.variances(y)[0, 0] == pytest.approx(0.25 / 3 + 0.5 / 2)  # variances over sizes
    assert plan.freedom[0] == pytest.approx((1 / 3 + 1 / 2) ** 2 / (1 / (9 * 2) + 1 / (4 * 1)))


def test_what_cannot_be_known_is_told():
    x = np.array([[1, 0, 0], [1, 0, 0], [1, 0, 0], [1, 1, 1], [1, 1, 1]], dtype=float)  # two columns are one
    plan = plan_contrasts(x, [[1, 0, 0], [0, 1, 0], [0, 1, 1]], list("abcdd"))
    assert plan.estimable.tolist() == [True, False, True]
    assert np.isnan(plan.estimates(np.ones((5, 1)))[1, 0]) and np.isnan(plan.freedom[1])
    assert plan.alone.tolist()[0] is False and plan.alone.tolist()[2] is True  # group d is one cluster


def test_differences_within_clusters_rest_on_no_single_one():
    codes = np.repeat(np.arange(6), 2)
    after = np.tile([0.0, 1.0], 6)
    x = np.column_stack([np.equal.outer(codes, np.arange(6)), after]).astype(float)
    plan = plan_contrasts(x, [[0] * 6 + [1], [1, -1, 0, 0, 0, 0, 0]], codes)
    assert plan.alone.tolist() == [False, True]
    assert plan.freedom[0] == pytest.approx(5)  # a paired t test


def test_the_regression_wants_what_fits():
    with pytest.raises(ValueError, match="must fit together"):
        plan_contrasts(np.ones((3, 1)), [[1, 1]], range(3))
    with pytest.raises(ValueError, match="`weights` must be above 0"):
        plan_contrasts(np.ones((3, 1)), [[1]], range(3), weights=[1, 0, 1])
    with pytest.raises(ValueError, match="`alike` must be at least 0"):
        plan_contrasts(np.ones((3, 1)), [[1]], range(3), alike=1)


# ---------------------------------------------------------------- formulas and covariates


@pytest.mark.parametrize("formula", ["", "level +", "level * level", "a * b * c", "level - 1", "2year", "level:year"])
def test_a_formula_is_names_with_plus_and_one_star(formula):
    with pytest.raises(ValueError, match="`formula` must be names of covariates"):
        read_formula(formula)


def test_covariates_are_groups_or_numbers_and_may_be_missing():
    table = pd.DataFrame({
        "doc_id": list("abcd"), "level": ["county", None, pd.NA, np.nan], "period_end": pd.array([2020, 2025, None, 2020], dtype="Int64"),
        "budget": pd.array([1, None, 3, 4], dtype="Int64"), "joint": [True, False, True, False],
        "earliest": pd.to_datetime(["2016-01-01", None, "2016-01-01", "2016-07-02"]),
        "latest": pd.to_datetime(["2017-01-01", "2017-01-01", None, "2016-07-02"]),
    })  # fmt: skip
    found = covariates_of(table, ("level", "period", "budget", "joint", "year"))
    assert found["level"].notna().tolist() == [True, False, False, False]
    assert found["period"].dropna().tolist() == ["to 2020", "to 2025", "to 2020"]
    assert found["budget"].tolist() == pytest.approx([1, np.nan, 3, 4], nan_ok=True)
    assert found["joint"].tolist() == ["True", "False", "True", "False"]
    assert found["year"].tolist() == pytest.approx([2016.5, np.nan, np.nan, 2016 + 183 / 366], nan_ok=True)
    with pytest.raises(ValueError, match=r"`formula` must name columns of `documents`.*got 'lvl'"):
        covariates_of(table, ("lvl",))
    with pytest.raises(ValueError, match="each doc_id once; got a"):
        covariates_of(pd.concat([table, table.head(1)]), ("level",))


def test_columns_of_an_interaction_are_products():
    table = pd.DataFrame({"level": ["county", "province", "county"], "period": ["a", "a", "b"], "n": [1.0, 2.0, 6.0]})
    design = make_design(table, "level * period + n")
    assert design.groups == {"level": ("province", "county"), "period": ("a", "b")} and design.centres == {"n": 3.0}
    assert design.columns(table).tolist() == [[1, 1, 0, -2, 0], [1, 0, 0, -1, 0], [1, 1, 1, 3, 1]]


# ---------------------------------------------------------------- prevalence


@pytest.fixture(scope="module")
def study():
    return planted(np.random.default_rng(1))


def test_shares_are_means_and_effects_their_differences(study):
    table, result = study
    found = topic_prevalence(result, table, n_draws=5)
    means = result.document_topics.groupby(table["level"].to_numpy()).mean()
    for row in found.shares.to_dict("records"):
        assert row["share"] == pytest.approx(means.loc[row["level"], row["topic"]])
        assert 0 <= row["low"] < row["share"] < row["high"] <= 1
        assert (row["n_documents"], row["n_clusters"], row["scope"]) == (60, 30, "jurisdictions")
    effects = found.effects.set_index("topic")
    assert effects["difference"].to_dict() == pytest.approx((means.loc["county"] - means.loc["province"]).to_dict())
    assert effects["difference"].sum() == pytest.approx(0)  # what one topic gains the others lose
    assert effects["df"].tolist() == pytest.approx([58.0] * 3)
    assert found.settings["reference"] == {"level": "province"}
    assert "3 of 3 differences have an interval" in repr(found)


def test_the_reference_may_be_chosen(study):
    table, result = study
    found = topic_prevalence(result, table, n_draws=2)
    turned = topic_prevalence(result, table, n_draws=2, reference={"level": "county"})
    assert turned.effects[["value", "against"]].iloc[0].tolist() == ["province", "county"]
    assert turned.effects["difference"].to_numpy() == pytest.approx(-found.effects["difference"].to_numpy())
    assert turned.effects["low"].to_numpy() == pytest.approx(-found.effects["high"].to_numpy())
    assert turned.shares["level"].equals(found.shares["level"])  # still from the centre down
    assert turned.shares["share"].to_numpy() == pytest.approx(found.shares["share"].to_numpy())
    with pytest.raises(ValueError, match=r"`reference` must name groups.*level: province, county.*got level: town"):
        topic_prevalence(result, table, reference={"level": "town"})


def test_weighted_by_tokens_shares_are_those_of_the_result(sample):
    result = fit_topics(sample, model="nmf", n_topics=4)
    found = topic_prevalence(result, sample, weights="token", n_draws=2)
    levels = sample.held.set_index("doc_id")["level"]
    expected = result.shares_by(levels)
    for row in found.shares.to_dict("records"):
        assert row["share"] == pytest.approx(expected.loc[row["level"], row["topic"]])


@pytest.mark.filterwarnings("ignore:`max_iter`")
def test_of_the_bundled_corpus_nothing_is_said_of_others(sample):
    result = fit_topics(sample, n_topics=4, max_iter=5)
    found = topic_prevalence(result, sample)
    for table in (found.shares, found.effects):
        assert table[["se", "df", "low", "high"]].isna().all(axis=None)
        assert set(table["scope"]) == {"these documents"} and set(table["reason"]) == {"fewer than 30 clusters"}
        assert (table["text_low"] < table["text_high"]).all()
    inside = found.shares["share"].between(found.shares["text_low"], found.shares["text_high"])
    assert inside.mean() > 0.9
    # no two of these documents tell level and period apart in every cell
    with pytest.warns(UserWarning, match="1 documents lack topics or a covariate"):
        both = topic_prevalence(result, sample, formula="level + period")
    assert len(both.shares) == 4 * (3 + both.shares["period"].nunique())


def test_intervals_hold_what_was_planted_and_need_the_clusters():
    rng = np.random.default_rng(11)
    held, naive = [], []
    for _ in range(40):
        table, result = planted(rng, n_documents=4)
        for cluster, tally in (("region", held), ("doc_id", naive)):
            found = topic_prevalence(result, table, cluster=cluster, n_draws=2)
            truth = np.array(MEANS["county"]) - np.array(MEANS["province"])
            tally += list((found.effects["low"] <= truth) & (truth <= found.effects["high"]))
            truth = [MEANS[row.level][row.topic - 1] for row in found.shares.itertuples()]
            tally += list((found.shares["low"] <= truth) & (truth <= found.shares["high"]))
    assert 0.91 <= np.mean(held) <= 0.985
    assert np.mean(naive) < 0.85  # four documents of one place are not four witnesses


def test_composition_adds_the_error_of_shares_and_is_nothing_in_long_documents():
    ratios = {}
    for tokens in (10, 20_000):
        table, result = planted(np.random.default_rng(2), between=300.0, tokens=tokens, n_documents=1)
        plain = topic_prevalence(result, table)
        composed = topic_prevalence(result, table, uncertainty="composition")
        ratios[tokens] = (composed.effects["se"] / plain.effects["se"]).mean()
        assert composed.effects["difference"].equals(plain.effects["difference"])
    assert ratios[10] > 1.3 and ratios[20_000] == pytest.approx(1, abs=0.02)


def test_same_seed_same_tables_and_another_moves_only_the_draws(study):
    table, result = study
    one, same, other = (topic_prevalence(result, table, random_state=seed, n_draws=20) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one.shares, same.shares)
    pd.testing.assert_frame_equal(one.effects, same.effects)
    drawn = ["text_low", "text_high"]
    pd.testing.assert_frame_equal(one.effects.drop(columns=drawn), other.effects.drop(columns=drawn))
    assert not one.effects[drawn].equals(other.effects[drawn])


def test_a_trend_is_recovered_with_its_difference_between_levels():
    rng = np.random.default_rng(3)
    table, _ = planted(rng, n_documents=4)
    slope = np.where(table["level"] == "county", 0.02, -0.01)
    first = 0.4 + slope * (table["time"] - 2015) + rng.normal(0, 0.005, len(table))
    result = result_of(table, np.column_stack([first, 1 - first]), 400)
    found = topic_prevalence(result, table, formula="level * time", at={"time": [2015, 2018]}, n_draws=5)
    effects = found.effects[found.effects["topic"] == 1].set_index(["covariate", "within"])
    for within, truth in (("level: county", 0.02), ("level: province", -0.01), ("", 0.005)):
        row = effects.loc[("time", within)]
        assert row["difference"] == pytest.approx(truth, abs=0.002) and row["low"] < truth < row["high"]
    apart = effects.loc[("level * time", "+1 time")]
    assert apart["difference"] == pytest.approx(0.03, abs=0.002) and apart["value"] == "county"
    lines = found.shares[(found.shares["topic"] == 1) & found.shares["time"].notna() & found.shares["level"].notna()]
    values = lines.set_index(["level", "time"])["share"]
    assert values["county", 2018.0] == pytest.approx(0.46, abs=0.003)
    assert values["province", 2018.0] == pytest.approx(0.37, abs=0.003)
    with pytest.raises(ValueError, match="`at` must name covariates that are numbers, time; got level"):
        topic_prevalence(result, table, formula="level * time", at={"level": [1]})


def test_cells_of_two_groups_are_means_and_an_empty_cell_is_left_out(study):
    table, result = study
    wave = np.where(table["time"] > 2015, "late", "early")
    given_table = table.assign(wave=np.where(table["level"] == "county", "late", wave))
    found = topic_prevalence(result, given_table, formula="level * wave", n_draws=2)
    cells = found.shares[found.shares["level"].notna() & found.shares["wave"].notna()]
    means = result.document_topics.groupby([given_table["level"].to_numpy(), given_table["wave"].to_numpy()]).mean()
    assert len(cells) == 3 * 3  # no county wrote early
    for row in cells.to_dict("records"):
        assert row["share"] == pytest.approx(means.loc[(row["level"], row["wave"]), row["topic"]])
    averaged = found.shares[found.shares["wave"].eq("early") & found.shares["level"].isna()]
    assert averaged["share"].isna().all()
    assert set(averaged["reason"]) == {"not to be told apart in these documents"}


def test_each_group_needs_its_thirty_jurisdictions():
    """Sixty-one in all; the one group of thirty-one has an interval, the other two and every difference have none."""
    table, result = planted(np.random.default_rng(4), n_each=31, n_documents=1)
    few = table.assign(level=np.where(table["region"] == "county0", "township", table["level"]))
    two = few.assign(level=np.where(table["region"] == "county1", "township", few["level"]))
    for given_table, counties in ((few, 30), (two, 29)):
        found = topic_prevalence(result, given_table, n_draws=2)
        shares = found.shares.drop_duplicates("level").set_index("level")
        effects = found.effects.drop_duplicates("value").set_index("value")
        known = {"province": True, "county": counties == 30, "township": False}
        assert shares["low"].notna().to_dict() == known
        assert effects["low"].notna().to_dict() == {"county": counties == 30, "township": False}
        assert (shares["reason"] == "").to_dict() == known
        assert shares.loc["township", "reason"] == "fewer than 30 clusters"
        assert effects.loc["township", ["reason", "scope"]].tolist() == [
            "fewer than 30 clusters in a group", "these documents",
        ]  # fmt: skip
        assert shares.loc["county", "n_clusters"] == counties
    more = topic_prevalence(result, table, n_draws=2, min_clusters=32)
    assert set(more.shares["reason"]) == {"fewer than 32 clusters"} and more.effects["low"].isna().all()


def test_cells_and_trends_need_thirty_jurisdictions_in_each_group():
    table, result = planted(np.random.default_rng(4), n_each=30, n_documents=2)
    late = table.assign(wave=np.where(table["time"] > 2015, "late", "early"))
    gone = late[~((late["region"] == "county0") & (late["wave"] == "early"))]
    whole = topic_prevalence(result, late, formula="level * wave", n_draws=2)
    assert (whole.effects["reason"] == "").all() and (whole.shares["reason"] == "").all()
    with pytest.warns(UserWarning, match="left out"):
        less = topic_prevalence(result, gone, formula="level * wave", n_draws=2)
    cells = less.shares.drop_duplicates(["level", "wave"]).set_index(["level", "wave"])["reason"]
    assert cells["county", "early"] == "fewer than 30 clusters" and cells["county", "late"] == ""
    steps = less.effects.drop_duplicates(["covariate", "within"]).set_index(["covariate", "within"])["reason"]
    assert (
        steps["wave", "level: province"] == "" and steps["wave", "level: county"] == "fewer than 30 clusters in a group"
    )
    assert steps["level * wave", "late − early"] == "fewer than 30 clusters in a group"


def test_a_trend_that_few_jurisdictions_carry_has_no_interval():
    table, result = planted(np.random.default_rng(5), n_each=30)
    for carriers, reason in ((1, "rests on a single cluster"), (3, "fewer than 4 degrees of freedom")):
        moves = table["region"].isin([f"county{i}" for i in range(carriers)]) | (table["level"] == "province")
        times = table.assign(time=np.where(moves, table["time"], 2015.0))
        found = topic_prevalence(result, times, formula="level * time", n_draws=2)
        reasons = found.effects.drop_duplicates(["covariate", "within"]).set_index(["covariate", "within"])["reason"]
        assert reasons["time", "level: province"] == "" and reasons["time", "level: county"] == reason


def test_shares_that_do_not_differ_have_no_interval(study):
    table, _ = study
    none = result_of(table, np.tile([0.0, 1.0], (len(table), 1)), 100)
    assert set(topic_prevalence(none, table, n_draws=2).shares["reason"]) == {"the shares do not differ"}


def test_documents_without_a_covariate_are_left_out_and_named(study):
    table, result = study
    for missing in (None, np.nan, pd.NA):
        gap = table.astype({"level": object})
        gap.loc[0, "level"] = missing
        with pytest.warns(UserWarning, match="1 documents lack topics or a covariate.*province0_0"):
            found = topic_prevalence(result, gap, n_draws=2)
        assert found.left_out == ("province0_0",) and found.settings["n_documents"] == len(table) - 1
    with pytest.raises(ValueError, match="at least two documents with topics"):
        topic_prevalence(result, table.head(1))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": "words"}, "`weights` must be 'document' or 'token'"),
        ({"uncertainty": "none"}, "`uncertainty` must be 'clusters' or 'composition'"),
        ({"min_clusters": 29}, "`min_clusters` must be at least 30"),
        ({"level": 1}, "`level` must be above 0 and below 1"),
        ({"n_draws": 1}, "`n_draws` must be at least 2; got 1"),
        ({"formula": "time", "at": {"time": 2015}}, "`at` must be a list of numbers; got 2015"),
        ({"formula": "time", "at": {"time": [2015, "a"]}}, "`at` must be a number; got 'a'"),
        ({"formula": "share"}, "must not name columns of the result; got share"),
        ({"cluster": "nowhere"}, "`cluster` must be 'region', 'province', 'doc_id' or a column.*got 'nowhere'"),
    ],
)
def test_options_are_checked(study, options, message):
    with pytest.raises(ValueError, match=message):
        topic_prevalence(study[1], study[0], **options)
    with pytest.raises(TypeError, match="`documents` must be a DataFrame"):
        topic_prevalence(study[1], "documents")


def test_topics_that_do_not_come_back_are_flagged(study):
    table, result = study
    assert topic_prevalence(result, table, n_draws=2).effects["recurs"].isna().all()
    recurrence = pd.DataFrame({"topic": [1, 2, 3], "recurs": [True, False, True]})
    known = dataclasses.replace(
        result, recurrence=recurrence, topic_terms=pd.DataFrame(index=result.unit_topics.columns)
    )
    shares = topic_prevalence(known, table, n_draws=2).shares
    assert shares.groupby("topic")["recurs"].first().tolist() == [True, False, True]


# ---------------------------------------------------------------- draws


def test_draws_have_the_moments_of_the_posterior():
    table = pd.DataFrame({"doc_id": ["a"]})
    result = result_of(table, [[0.2, 0.3, 0.5]], 9)  # Dirichlet(2, 3, 5)
    draws = draw_document_shares(result, ["a"], n_draws=4000)[:, 0]
    assert draws.mean(axis=0) == pytest.approx([0.2, 0.3, 0.5], abs=0.01)
    assert draws.var(axis=0) == pytest.approx([0.16 / 11, 0.21 / 11, 0.25 / 11], rel=0.1)
    without = draw_document_shares(result_of(table, [[0.2, 0.3, 0.5]], 9, posterior=False), ["a"], n_draws=4000)
    assert np.array_equal(without[:, 0], draws)  # without words and posterior: as if each token had been seen


@pytest.mark.filterwarnings("ignore:`max_iter`")
def test_draws_of_a_fit_are_about_its_shares(sample):
    for model in ("lda", "nmf"):
        result = fit_topics(sample, model=model, n_topics=3, max_iter=5 if model == "lda" else None)
        ids = list(result.document_topics.index)
        draws = draw_document_shares(result, ids, n_draws=100)
        assert draws.sum(axis=2) == pytest.approx(np.ones((100, len(ids))))
        near = 0.01 if model == "lda" else 0.05  # of NMF the bootstrap takes off what it gets wrong
        assert draws.mean(axis=0) == pytest.approx(result.document_topics.to_numpy(), abs=near)
        assert draws.std(axis=0).min() > 0
        found = topic_prevalence(result, sample, n_draws=2)
        assert found.settings["draws"] == ("posterior" if model == "lda" else "bootstrap")


def test_the_bootstrap_takes_off_what_nmf_gets_wrong():
    errors, corrected = [], []
    for seed in range(3):
        simulation = simulate_policy_text(n_jurisdictions=6, n_paragraphs=8, random_state=seed)
        result = fit_topics(simulation.corpus, model="nmf", n_topics=4)
        order = list(simulation.match(result)["topic"] - 1)
        written = simulation.document_topics.to_numpy()
        draws = draw_document_shares(result, list(simulation.document_topics.index), n_draws=30)
        errors.append((result.document_topics.to_numpy()[:, order] - written).mean(axis=0))
        corrected.append((draws.mean(axis=0)[:, order] - written).mean(axis=0))
    assert np.abs(corrected).mean() < 0.8 * np.abs(errors).mean()
