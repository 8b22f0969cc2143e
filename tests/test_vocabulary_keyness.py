"""Distinctive terms: worked by hand, planted, and silent where documents are few."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from fzanalytics.measures.vocabulary.keyness import COLUMNS, distinctive_terms
from fzanalytics.measures.vocabulary.uncertainty import (
    Sides,
    jackknife_se,
    poisson_limits,
    relabelling_p,
    section_interval,
)
from fzanalytics.measures.vocabulary.units import count_pieces, group_documents
from helpers import make_corpus

POPULATION = ["low", "high", "p", "p_adjusted", "p_g2", "p_g2_adjusted"]


def words(**counts):
    return " ".join(word for word, n in counts.items() for _ in range(n))


def two_groups():
    """法治 rule of law, 市场 market, 环境 environment: the table of test_vocabulary_formulas."""
    texts = {"a": words(法治=6, 市场=3, 环境=1), "b": words(法治=2, 市场=4, 环境=4)}
    return make_corpus(texts, documents={"a": {"level": "province"}, "b": {"level": "county"}})


def population(n, *, seed=0, bursty=False):
    """n provinces and n counties of 300 words: 试点 (pilot) is planted in counties, 奇 in one county alone."""
    generator = np.random.default_rng(seed)
    texts, documents = {}, {}
    for i in range(2 * n):
        level = "county" if i % 2 else "province"
        terms = generator.choice(["法治", "市场", "环境", "监督"], size=300).tolist()
        terms += ["试点"] * int(generator.poisson(9 if level == "county" else 3))
        terms += ["奇"] * (60 if i == 1 and bursty else 0)
        texts[f"d{i}"] = " ".join(terms)
        documents[f"d{i}"] = {"level": level}
    return make_corpus(texts, documents=documents)


def compare(corpus, **options):
    options = {"analyzer": str.split, "min_count": 1, "n_resamples": 0, "n_permutations": 199, **options}
    return distinctive_terms(corpus, **options)


def row(table, group, term):
    return table[(table["group"] == group) & (table["term"] == term)].iloc[0]


def test_the_table_worked_by_hand():
    table = compare(two_groups(), alpha0=10)
    assert tuple(table.columns) == COLUMNS and table["group"].drop_duplicates().tolist() == ["province", "county"]
    first = row(table, "province", "法治")
    assert first["log_odds"] == pytest.approx(math.log(14 / 6)) and first["z"] == pytest.approx(1.2801, abs=1e-4)
    assert first[["count", "n", "count_against", "n_against"]].tolist() == [6, 10, 2, 10]
    assert first[["rate", "log_ratio", "percent_diff"]].tolist() == pytest.approx([6000, math.log2(3), 200])
    assert table[table["group"] == "county"]["log_odds"].sum() == pytest.approx(
        -table[table["group"] == "province"]["log_odds"].sum()
    )


def test_alpha0_is_one_document_unless_given():
    pd.testing.assert_frame_equal(compare(two_groups()), compare(two_groups(), alpha0=10))
    assert row(compare(two_groups(), alpha0=1000), "province", "法治")["log_odds"] < 0.1


def test_priors_of_ones_own():
    background = pd.Series({"法治": 8, "市场": 7, "环境": 5})
    pd.testing.assert_frame_equal(compare(two_groups(), prior=background), compare(two_groups()))
    flat = row(compare(two_groups(), prior="uniform", alpha0=9), "province", "法治")
    assert flat["log_odds"] == pytest.approx(math.log(9 / 10) - math.log(5 / 14))
    # a background without 环境 gives it half an occurrence, and keeps its other words in the sum
    other = row(
        compare(two_groups(), prior=pd.Series({"法治": 8, "市场": 7, "乡村": 4.5}), alpha0=20), "province", "环境"
    )
    assert other["log_odds"] == pytest.approx(math.log(1.5 / 28.5) - math.log(4.5 / 25.5))


def test_min_count_leaves_terms_out_of_the_list_and_not_of_the_sums():
    whole, short = compare(two_groups()), compare(two_groups(), min_count=6)
    assert set(short["term"]) == {"法治", "市场"}
    pd.testing.assert_frame_equal(short, whole[whole["term"] != "环境"].reset_index(drop=True))


def test_few_documents_have_no_p_value_and_no_interval(sample):
    for by in ("level", "period"):
        with pytest.warns(UserWarning) if by == "period" else _nothing():
            table = distinctive_terms(sample, by=by, n_resamples=9)
        assert table[POPULATION].isna().all(axis=None), by
        assert set(table["scope"]) == {"these documents"} and table["section_low"].notna().any()
        assert np.isfinite(table[["log_odds", "z", "g2", "chi2", "log_ratio"]].to_numpy()).all()


def _nothing():
    import contextlib

    return contextlib.nullcontext()


def test_what_is_planted_is_found_and_only_that():
    table = compare(population(30))
    county = table[table["group"] == "county"]
    assert county.iloc[0]["term"] == "试点" and set(table["scope"]) == {"jurisdictions"}
    assert county.iloc[0]["p"] == pytest.approx(1 / 200) and county.iloc[0]["low"] > 0
    assert county.iloc[0]["low"] < county.iloc[0]["log_odds"] < county.iloc[0]["high"]
    others = county[county["term"] != "试点"]
    # four shares of the rest each fall by what 试点 takes, 6 of 300 words: hardly anything
    assert (others["p_adjusted"] > 0.05).all()


def test_a_word_of_one_document_is_key_for_g2_and_not_for_jurisdictions():
    table = compare(population(30, bursty=True))
    odd = row(table, "county", "奇")
    assert odd["p_g2_adjusted"] < 1e-6 and odd["p"] > 0.4 and odd["low"] < 0
    assert odd["n_documents"] == 1 and odd["juilland_d"] == pytest.approx(0, abs=1e-6) and odd["dp_norm"] > 0.9


def test_thirty_jurisdictions_are_needed_on_either_side():
    few, enough = compare(population(29)), compare(population(30))
    assert few[POPULATION].isna().all(axis=None) and enough[POPULATION].notna().all(axis=None)
    assert set(few["scope"]) == {"these documents"} and set(few["reason"]) == {"fewer than 30 jurisdictions on a side"}
    assert set(enough["scope"]) == {"jurisdictions"} and set(enough["reason"]) == {""}
    assert set(compare(population(14))["reason"]) == {"fewer than 30 jurisdictions"}
    lopsided = pd.Series({f"d{i}": "few" if i < 2 else "many" for i in range(60)})
    assert compare(population(30), by=lopsided)[POPULATION].isna().all(axis=None)


def test_each_comparison_is_refused_by_itself():
    groups = pd.Series({f"d{i}": "few" if i < 10 else "many" if i % 2 else "more" for i in range(80)})
    table = (
        compare(population(40), by=groups, against="each")
        .groupby(["group", "against"])["p"]
        .agg(lambda p: p.notna().all())
    )
    assert table["many", "more"] and not table["few", "many"] and not table["more", "few"]


def test_documents_of_one_jurisdiction_count_once():
    corpus = population(20)
    documents = corpus.documents.assign(region=[f"{i % 12}省" for i in range(40)])
    table = compare(type(corpus)(documents, corpus.clauses, corpus.paragraphs))
    assert set(table["n_jurisdictions"]) == {12} and table["p"].isna().all()


def test_a_jurisdiction_on_both_sides_changes_places_with_itself():
    """Thirty provinces with a plan of each period; a province's own word (地0 ... 地29) is no word of a period."""
    generator = np.random.default_rng(3)
    texts, documents = {}, {}
    for i in range(30):
        for end in (2020, 2025):
            n = int(generator.poisson(8)) if end == 2025 else 1
            texts[f"{i}-{end}"] = " ".join(["监察"] * n + ["法治"] * (120 - n) + [f"地{i}"] * 50)
            documents[f"{i}-{end}"] = {"region": f"{i}省", "period_end": end}
    table = compare(make_corpus(texts, documents=documents), by="period")
    assert row(table, "to 2025", "监察")["p"] < 0.01 and row(table, "to 2025", "监察")["low"] > 0
    assert (table[table["term"].str.startswith("地")]["p"] > 0.05).all()
    assert set(table["n_jurisdictions"]) == {30}


def test_keyness_by_clause_counts_a_clause_once():
    texts = {"a": "法治 法治 法治 法治\n市场\n市场", "b": "法治\n市场 环境\n环境"}
    corpus = make_corpus(texts, documents={"b": {"level": "county"}})
    found = row(compare(corpus, unit="clause", count="units"), "province", "法治")
    assert found[["count", "n", "count_against", "n_against"]].tolist() == [1, 3, 1, 3]
    assert found["log_odds"] == pytest.approx(0)
    tokens = row(compare(corpus, unit="clause"), "province", "法治")
    assert tokens[["count", "n"]].tolist() == [4, 6] and tokens["dp"] == pytest.approx(1 - 4 / 6)
    documents = row(compare(corpus, count="units"), "county", "环境")
    assert documents[["count", "n", "count_against", "n_against"]].tolist() == [1, 1, 0, 1]


def test_groups_of_clauses():
    corpus = make_corpus({"a": "法治 监督\n市场 市场", "b": "法治\n市场"})
    ids = corpus.clauses["clause_id"]
    kinds = pd.Series(["duty", "aim", "duty", "aim"], index=ids)
    table = compare(corpus, by=kinds, unit="clause")
    assert row(table, "duty", "法治")["count"] == 2 and row(table, "aim", "市场")["count"] == 3


def test_groups_by_name_function_and_pairs(sample):
    by = group_documents(sample, lambda document: document["level"] == "province")
    assert set(by) == {"True", "False"}
    table = distinctive_terms(sample, against="each", n_resamples=0)
    assert {tuple(pair) for pair in table[["group", "against"]].drop_duplicates().to_numpy()} == {
        (one, other)
        for one in ("province", "prefecture", "county")
        for other in ("province", "prefecture", "county")
        if one != other
    }
    years = group_documents(sample, "year")
    assert years["xiahe_county_2017"] == "2017–" and years["henan_province_2021"] == "2021–2022"
    assert set(group_documents(sample, "province")) == {"河北省", "河南省", "广东省", "甘肃省"}


def test_documents_of_no_group_are_named():
    corpus = two_groups()
    documents = corpus.documents.assign(kind=["方案", "规划"])
    documents.loc[len(documents)] = {**documents.iloc[0].to_dict(), "doc_id": "c", "kind": pd.NA}
    with pytest.warns(UserWarning, match="1 documents are of no group and left out: c"):
        table = compare(type(corpus)(documents, corpus.clauses, corpus.paragraphs), by="kind")
    assert set(table["group"]) == {"方案", "规划"} and table["n"].max() == 10


def test_words_are_those_of_the_whole_text(sample):
    from fzanalytics import count_matrix

    pieces = count_pieces(sample)
    whole = count_matrix(sample.held["text"])
    assert pieces.vocabulary.tolist() == whole.vocabulary.tolist()
    for place, doc_id in enumerate(sample.held["doc_id"]):
        rows = np.flatnonzero(pieces.table["doc_id"] == doc_id)
        assert (pieces.counts[rows].sum(axis=0) == whole.matrix[place].toarray()).all()


def test_the_same_seed_gives_the_same_table(sample):
    small = make_corpus(
        {"a": sample.held["text"].iloc[0], "b": sample.held["text"].iloc[5]}, documents={"b": {"level": "county"}}
    )
    first, second = (distinctive_terms(small, n_resamples=19, random_state=4) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    other = distinctive_terms(small, n_resamples=499, random_state=5)  # nothing is drawn: the interval is the same
    pd.testing.assert_frame_equal(first[["section_low", "section_high"]], other[["section_low", "section_high"]])
    left_out = distinctive_terms(small, n_resamples=0)
    assert left_out["section_low"].isna().all() and first["section_low"].notna().any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "nonsense"}, "`by` must be 'level', 'region'"),
        ({"by": "lineage"}, "`by` must give at least two groups; got 法治政府建设"),
        ({"against": "all"}, "`against` must be 'rest' or 'each'"),
        ({"count": "words"}, "`count` must be 'tokens' or 'units'"),
        ({"prior": "flat"}, "`prior` must be 'background', 'uniform' or a Series"),
        ({"alpha0": 0}, "`alpha0` must be above 0; got 0"),
        ({"min_count": 99}, "`min_count` must leave at least one term; got 99, the most frequent has 8"),
        ({"min_count": 0}, "`min_count` must be at least 1"),
        ({"level": 95}, "`level` must be above 0 and below 1"),
        ({"unit": "sentence"}, "`unit` must be"),
    ],
)
def test_faults(options, message):
    with pytest.raises(ValueError, match=message):
        compare(two_groups(), **options)


# ---------------------------------------------------------------- intervals and permutations


def difference(part, a, n, b, m):
    return a / n - b / m


def sides(generator, n, words, *, shift=0.0):
    """Counts of two sides of n jurisdictions whose rates vary, in 1,000 words each."""
    rates = generator.gamma(4, 0.01, size=(2, n, words))
    counts = generator.poisson(1000 * rates * np.array([1 + shift, 1])[:, None, None])
    totals = np.full(n, 1000.0)
    return Sides(sparse.csr_matrix(counts[0]), totals, sparse.csr_matrix(counts[1]), totals)


def joint(one):
    """A row a jurisdiction, with the other side empty."""
    n, empty = len(one.totals), sparse.csr_matrix(one.counts.shape, dtype=int)
    return Sides(
        sparse.vstack([one.counts, empty], format="csr"),
        np.concatenate([one.totals, np.zeros(n)]),
        sparse.vstack([empty, one.counts_against], format="csr"),
        np.concatenate([np.zeros(n), one.totals_against]),
    )


def test_the_jackknife_of_a_mean_is_its_standard_error():
    one = sides(np.random.default_rng(1), 40, 3)
    rates = one.counts.toarray() / 1000, one.counts_against.toarray() / 1000
    expected = np.sqrt(sum(np.var(rate, axis=0, ddof=1) / 40 for rate in rates))
    assert jackknife_se(joint(one), difference) == pytest.approx(expected, rel=0.03)


def test_intervals_of_jurisdictions_hold_the_truth_as_often_as_they_say():
    from scipy import stats

    from fzanalytics.measures.vocabulary.formulas import log_odds_ratio

    def statistic(part, a, n, b, m):
        return log_odds_ratio(a, n, b, m, 40.0, 1000.0).log_odds

    one = sides(np.random.default_rng(2), 20, 1500)
    se = jackknife_se(joint(one), statistic)
    counts = [np.asarray(side.sum(axis=0), dtype=float).ravel() for side in (one.counts, one.counts_against)]
    found = log_odds_ratio(counts[0], 20_000, counts[1], 20_000, 40.0, 1000.0)
    held = np.abs(found.log_odds) <= stats.t.ppf(0.975, 19) * se
    assert 0.935 <= held.mean() <= 0.975
    # words as independent draws, which is what z says: as a test it would be far too sure
    assert (np.abs(found.z) <= 1.96).mean() < 0.8


def test_permutations_reject_as_often_as_they_say_and_find_a_difference():
    generator = np.random.default_rng(3)
    for shift, least, most in ((0.0, 0.03, 0.07), (1.0, 0.9, 1.0)):
        one = sides(generator, 15, 800, shift=shift)
        counts = sparse.vstack([one.counts, one.counts_against], format="csr")
        labels = np.arange(30) < 15
        p = relabelling_p(
            counts, np.full(30, 1000.0), labels, np.zeros(30), difference, n_permutations=199, generator=generator
        )
        assert least <= (p <= 0.05).mean() <= most and p.min() >= 1 / 200


def test_labels_stay_within_their_strata():
    counts = sparse.csr_matrix([[9], [9], [0], [0]])
    labels = np.array([True, True, False, False])
    common = {"n_permutations": 99, "generator": np.random.default_rng(0)}
    free = relabelling_p(counts, np.full(4, 10.0), labels, np.zeros(4), difference, **common)
    bound = relabelling_p(counts, np.full(4, 10.0), labels, np.array([1, 1, 2, 2]), difference, **common)
    assert free[0] < 0.6 and np.isnan(bound[0])


def test_what_rests_on_one_section_has_a_wide_interval():
    even = sparse.csr_matrix(np.full((10, 1), 4))
    single = sparse.csr_matrix(np.array([40] + [0] * 9)[:, None])
    totals, other = np.full(10, 100.0), sparse.csr_matrix(np.full((10, 1), 2))
    widths = []
    for counts in (even, single):
        low, high = section_interval(Sides(counts, totals, other, totals), difference, level=0.95)
        widths.append(float(high[0] - low[0]))
    assert widths[0] == pytest.approx(0, abs=1e-12) and widths[1] > 0.05


def test_the_section_interval_by_hand():
    """Rates of five sections 1 to 5 %, mean 3, standard error sqrt(2.5 / 5); nothing varies on the other side.

    Deviations of the values without one section are -2 .. 2 quarters of a percent, of kurtosis 1.7, so that t has the
    4 degrees of freedom of five sections.
    """
    counts, totals = sparse.csr_matrix(np.arange(1, 6)[:, None]), np.full(5, 100.0)
    sides_ = Sides(counts, totals, sparse.csr_matrix(np.ones((5, 1), dtype=int)), totals)
    low, high = section_interval(sides_, difference, level=0.95)
    margin = 2.7764 * (2.5 / 5) ** 0.5 / 100
    assert low[0] == pytest.approx(0.02 - margin, abs=1e-5) and high[0] == pytest.approx(0.02 + margin, abs=1e-5)


@pytest.mark.parametrize("n", [12, 30])
def test_section_intervals_hold_the_truth(n):
    """4,000 words, each a simulation: sections of 40 to 400 words, each with a rate of its own, 2 % against 1 %."""
    generator = np.random.default_rng(n)
    sides_, count = [], 4000
    for rate in (0.02, 0.01):
        totals = generator.integers(40, 400, n).astype(float)
        rates = rate * generator.gamma(4, 0.25, (n, count))
        sides_ += [sparse.csr_matrix(generator.poisson(rates * totals[:, None])), totals]
    alpha = 1e-6

    def log_odds(part, a, n, b, m):
        return np.log((a + alpha) / (n - a)) - np.log((b + alpha) / (m - b))

    low, high = section_interval(Sides(*sides_), log_odds, level=0.95)
    truth = np.log(0.02 / 0.98) - np.log(0.01 / 0.99)
    assert 0.93 <= np.mean((low <= truth) & (truth <= high)) <= 0.97


def test_poisson_limits():
    low, high = poisson_limits([0, 4, 4], [1, 1, 0])
    assert low[0] == 0 and 0 < high[0] < 4 and low[1] < 4 < high[1] and np.isnan(high[2])
    # they hold the truth in about 95 of 100 texts
    counts = np.random.default_rng(0).poisson(7.0, size=4000)
    low, high = poisson_limits(counts, np.ones(4000))
    assert 0.93 <= np.mean((low <= 7) & (high >= 7)) <= 0.97
    with pytest.raises(ValueError, match="`count` must be at least 0"):
        poisson_limits([-1], [1])


# ---------------------------------------------------------------- real levels


def test_a_family_of_laws_has_words_of_its_levels(real_data):
    import fzanalytics as fz

    family = fz.fetch_law_family("air", path=real_data / "law_families")
    table = distinctive_terms(family, n_resamples=0, n_permutations=0)
    # 本法 (this law) is how the national law names itself: in no regulation below it
    assert row(table, "national", "本法")["count_against"] == 0 and set(table["scope"]) == {"these documents"}
    # five provinces and one centre: too few for an interval, whatever the sum of jurisdictions
    assert table[["low", "high"]].isna().all(axis=None)
