"""Coherence as gensim has it, and exclusivity by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fzanalytics.measures.topics.quality import (
    COHERENCE_TERMS,
    coherence_of_columns,
    coherence_scores,
    exclusivity_scores,
    quality_scores,
    top_columns,
)
from fzanalytics.measures.topics.units import TermStream


def by_gensim(topics: list[list[str]], terms: list[list[str]]) -> pd.DataFrame:
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    dictionary = Dictionary(terms)
    scores = {}
    for name, measure in (("c_v", "c_v"), ("npmi", "c_npmi")):
        model = CoherenceModel(
            topics=topics, texts=terms, dictionary=dictionary, coherence=measure, topn=COHERENCE_TERMS, processes=1
        )
        scores[name] = model.get_coherence_per_topic()
    return pd.DataFrame(scores)


# Shorter than either window, around the window of ten, and around that of 110.
@pytest.mark.parametrize("longest", [8, 10, 11, 40, 111, 250])
def test_the_numbers_are_those_of_gensim(longest: int) -> None:
    generator = np.random.default_rng(longest)
    words = np.array([f"w{number}" for number in range(25)])
    drawn = [np.minimum(generator.geometric(0.12, generator.integers(1, longest + 1)), 25) - 1 for _ in range(25)]
    terms = [words[row].tolist() for row in drawn]
    present = np.unique([word for row in terms for word in row])
    topics = [generator.permutation(present)[: generator.integers(2, 11)].tolist() for _ in range(4)]
    assert np.allclose(coherence_scores(topics, terms), by_gensim(topics, terms), rtol=0, atol=1e-12)


def test_a_word_that_comes_twice_in_a_window_counts_once() -> None:
    stream = TermStream(np.array([0, 0, 1, 1, 2]), np.array([0, 4, 5]), 3)
    # Two units, two windows: 0 and 1 are together in one of them, and are there in one.
    expected = np.log(0.5 / 0.25) / -np.log(0.5)
    assert coherence_of_columns([[0, 1]], stream).loc[0, "npmi"] == pytest.approx(expected)


def test_words_that_never_meet_have_the_lowest_npmi() -> None:
    scores = coherence_scores([["a", "x"]], [["a", "b"]] * 5 + [["x", "y"]] * 5)
    assert scores.loc[0, "npmi"] == pytest.approx(-1, abs=0.06)


def test_unknown_terms_are_refused() -> None:
    with pytest.raises(ValueError, match="`topics` must hold terms of the units; got z"):
        coherence_scores([["a", "z"]], [["a", "b"]])


def test_exclusivity_by_hand() -> None:
    topics = np.array([[0.5, 0.3, 0.2, 0.0], [0.5, 0.0, 0.2, 0.3]])
    # Of topic 1, term 0: shared half and half (rank 2.5 of 4 by share here, 4 of 4 by frequency); term 1: its own.
    frex = [1 / (0.7 / (2.5 / 4) + 0.3 / 1), 1 / (0.7 / 1 + 0.3 / (3 / 4))]
    assert exclusivity_scores(topics, n_terms=2)[0] == pytest.approx(np.mean(frex))
    assert exclusivity_scores(topics, n_terms=2)[1] == pytest.approx(np.mean(frex))
    assert np.isnan(exclusivity_scores(topics[:1])).all()


def test_exclusivity_is_bounded_and_blind_to_the_order_of_topics() -> None:
    topics = np.random.default_rng(0).dirichlet(np.full(30, 0.1), size=5)
    scores = exclusivity_scores(topics)
    assert ((scores > 0) & (scores <= 1)).all()
    assert exclusivity_scores(topics[::-1])[::-1] == pytest.approx(scores)
    same = np.tile(topics[0], (3, 1))
    assert exclusivity_scores(same).max() < scores.min()


def test_terms_without_weight_are_not_top_terms() -> None:
    topics = np.array([[0.6, 0.4, 0.0], [0.0, 0.0, 1.0]])
    assert top_columns(topics) == [[0, 1], [2]]
    scores = quality_scores(topics, TermStream(np.array([0, 1, 2]), np.array([0, 2, 3]), 3))
    assert scores["npmi"].isna().tolist() == [False, True]
    assert scores.columns.tolist() == ["c_v", "npmi", "exclusivity"]
