"""Simulated policy text: the truth is what the tables say, and topic models with their prevalence recover it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from fzanalytics.evaluation.simulation.simulate_topics import simulate_policy_text, topic_words
from fzanalytics.features.tokens import PolicyAnalyzer
from fzanalytics.measures.prevalence.covariates import topic_prevalence
from fzanalytics.measures.topics.fitting import fit_topics

GOAL = (0.1, 0.2, 0.3, 0.4)


@pytest.fixture(scope="module")
def small():
    return simulate_policy_text(n_jurisdictions=2, n_documents=2, towards=GOAL, drift=0.5, n_paragraphs=6)


@pytest.fixture(scope="module")
def study():
    """Enough jurisdictions for intervals."""
    return simulate_policy_text(n_jurisdictions=30, n_paragraphs=8, random_state=1)


def words_of(text):
    return [word for word in re.split("[，。]", text.partition(".")[2]) if word]


def test_tables_hold_the_text_and_the_truth(small):
    corpus = small.corpus
    texts = dict(zip(corpus.documents["doc_id"], corpus.documents["text"], strict=True))
    assert len(texts) == 3 * 2 * 2 and len(corpus.paragraphs) == len(corpus.clauses) == 12 * 6
    for row in corpus.paragraphs.itertuples():
        assert texts[row.doc_id][row.begin : row.end] == row.text
    assert small.topic_terms.sum(axis=1).tolist() == pytest.approx([1.0] * 4)
    assert small.unit_topics.sum(axis=1).tolist() == pytest.approx([1.0] * 72)
    assert list(small.document_topics.index) == list(texts)
    assert corpus.documents["region"].nunique() == 6  # documents of one jurisdiction are of one region
    provinces = corpus.documents["region"].str.partition("/")[0]
    assert provinces.nunique() == 6  # and no jurisdiction is in another's province
    assert (corpus.documents["dated"].dt.year == corpus.documents["period_start"]).all()
    assert "4 topics of" in repr(small) and "72 paragraphs" in repr(small)


def test_the_analyzer_gives_back_what_was_written(small):
    analyze = PolicyAnalyzer(mask=("place", "agency"))
    for text in small.corpus.paragraphs["text"]:
        assert analyze(text) == words_of(text)
    assert set(topic_words()) == set(small.topic_terms.columns) and len(topic_words()) > 600


def test_the_truth_by_level_and_period(small):
    shares = small.shares.set_index(["level", "period", "topic"])["share"]
    assert shares["province", "to 2015", 1] == 0.45
    assert shares["province", "to 2020", 1] == pytest.approx(0.5 * 0.45 + 0.5 * 0.1)
    assert shares.groupby(["level", "period"]).sum().tolist() == pytest.approx([1.0] * 6)
    many = simulate_policy_text(n_jurisdictions=300, n_paragraphs=1, paragraph_words=20, random_state=2)
    found = many.document_topics.groupby(many.corpus.documents.set_index("doc_id")["level"]).mean()
    for row in many.shares.itertuples():
        assert found.loc[row.level, row.topic] == pytest.approx(row.share, abs=0.07)


def test_words_are_of_their_topics():
    simulation = simulate_policy_text(n_jurisdictions=1, n_paragraphs=60, focus=0.05, common=0.0)
    terms = simulation.topic_terms
    own = {word: topic for topic in terms.index for word in terms.columns[terms.loc[topic] > 0]}
    for text, shares in zip(simulation.corpus.paragraphs["text"], simulation.unit_topics.to_numpy(), strict=True):
        counts = np.bincount([own[word] for word in words_of(text)], minlength=5)[1:]
        assert counts / counts.sum() == pytest.approx(shares)


def test_same_seed_same_text():
    one, same, other = (
        simulate_policy_text(n_jurisdictions=1, n_paragraphs=2, random_state=seed) for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one.corpus.documents, same.corpus.documents)
    pd.testing.assert_frame_equal(one.topic_terms, same.topic_terms)
    assert not one.corpus.documents["text"].equals(other.corpus.documents["text"])


@pytest.mark.parametrize("model", ["lda", "nmf"])
def test_planted_topics_and_their_shares_by_level_are_recovered(study, model):
    result = fit_topics(study.corpus, model=model, n_topics=4, random_state=0)
    matches = study.match(result)
    assert sorted(matches["topic"]) == [1, 2, 3, 4] and matches["cosine"].min() > 0.95
    table = study.compare(topic_prevalence(result, study.corpus), matches)
    assert len(table) == 12 and table["held"].notna().all()
    assert (table["share"] - table["truth"]).abs().max() < 0.12
    planted = study.shares.set_index(["level", "topic"])["share"]
    assert table["truth"].tolist() == [planted[key] for key in zip(table["level"], table["planted"], strict=True)]


def test_intervals_hold_the_planted_shares_by_level_over_many_fits():
    held = []
    for seed in range(6):  # the intervals of one simulation go together, so one alone shows nothing
        simulation = simulate_policy_text(n_jurisdictions=30, n_paragraphs=8, random_state=seed)
        result = fit_topics(simulation.corpus, n_topics=4, random_state=seed)
        matches = simulation.match(result)
        assert matches["cosine"].min() > 0.95
        held += simulation.compare(topic_prevalence(result, simulation.corpus, n_draws=2), matches)["held"].tolist()
    assert len(held) == 6 * 12 and np.mean(held) > 0.8  # nominal 0.95; benchmarks/covariates.py has more


def test_the_shares_of_single_documents_are_recovered(study):
    result = fit_topics(study.corpus, n_topics=4, random_state=0)
    order = study.match(result)["topic"]
    found = result.document_topics[list(order)].to_numpy()
    assert np.abs(found - study.document_topics.to_numpy()).mean() < 0.02


def test_shares_by_level_and_period_are_compared_cell_by_cell():
    simulation = simulate_policy_text(
        n_jurisdictions=30, n_documents=2, towards=GOAL, drift=0.6, n_paragraphs=4, random_state=3
    )
    result = fit_topics(simulation.corpus, n_topics=4, random_state=0)
    found = topic_prevalence(result, simulation.corpus, formula="level * period", n_draws=5)
    table = simulation.compare(found, simulation.match(result))
    cells = table[table["period"].notna()]
    assert len(cells) == 4 * 3 * 2 and len(table) == len(cells) + 12
    truth = simulation.shares.set_index(["level", "period", "topic"])["share"]
    for row in cells.itertuples():
        assert row.truth == truth[row.level, row.period, row.planted]
    averaged = table[table["period"].isna()].set_index(["level", "planted"])["truth"]
    assert averaged["county", 4] == pytest.approx((0.25 + 0.4 * 0.25 + 0.6 * 0.4) / 2)
    assert cells["held"].mean() > 0.8


def test_a_match_wants_as_many_topics_as_were_planted(study):
    with pytest.raises(ValueError, match="must have the 4 topics that were planted; got 3"):
        study.match(fit_topics(study.corpus, model="nmf", n_topics=3))
    with pytest.raises(ValueError, match=r"`found\.shares` must have the columns topic, level, share"):
        result = fit_topics(study.corpus, model="nmf", n_topics=4)
        study.compare(topic_prevalence(result, study.corpus, formula="issuer_type"), study.match(result))


def test_there_is_one_centre():
    shares = pd.DataFrame({1: [0.6, 0.3], 2: [0.4, 0.7]}, index=["national", "province"])
    documents = simulate_policy_text(shares=shares, n_jurisdictions=3, n_documents=2, n_paragraphs=1,
                                     towards=(0.5, 0.5), drift=0.1).corpus.documents  # fmt: skip
    by_level = documents.groupby("level")
    assert by_level["region"].nunique().to_dict() == {"national": 1, "province": 3}
    assert by_level.size().to_dict() == {"national": 2, "province": 6}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shares": pd.DataFrame({1: [1.0]}, index=["city"])}, "`shares` must have levels as rows"),
        ({"shares": pd.DataFrame({1: [0.6], 2: [0.6]}, index=["county"])}, "rows summing to 1"),
        ({"n_jurisdictions": {"province": 3}}, "`n_jurisdictions` of each level"),
        (
            {"shares": pd.DataFrame({1: [1.0]}, index=["national"]), "n_jurisdictions": {"national": 2}},
            "`n_jurisdictions` must have one national, there is one centre; got 2",
        ),
        ({"towards": GOAL}, "`towards` and `drift` must be given together"),
        ({"towards": (0.5, 0.5), "drift": 0.1}, "`towards` must be 4 shares"),
        ({"towards": GOAL, "drift": 0.6, "n_documents": 3}, "`drift` times the periods"),
        ({"n_paragraphs": 0}, "`n_paragraphs` must be at least 1"),
        ({"focus": 0}, "`focus` must be above 0"),
        ({"common": 1}, "`common` must be at least 0"),
        ({"n_terms": 400}, "`vocabulary` must have at least 1600 words"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        simulate_policy_text(**options)
