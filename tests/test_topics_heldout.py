"""Held-out text: what is fitted is not scored, halves are halves, planted topics foretell better than none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from test_topics import MODELS, planted_corpus, split

from fzanalytics.measures.topics.heldout import (
    FLOOR,
    HeldOut,
    heldout_perplexity,
    score_completion,
    score_unigram,
    split_units,
)

COUNTS = st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=5, max_size=15)


@given(COUNTS, st.integers(0, 9))
@settings(max_examples=50, deadline=None)
def test_halves_add_up_and_differ_by_one_at_most(rows: list[list[int]], seed: int) -> None:
    counts = sparse.csr_matrix(np.array([[*row, 2] for row in rows]))
    documents = pd.Series(["d"] * len(rows))
    held = split_units(counts, documents, share=0.5, hold_out="unit", generator=np.random.default_rng(seed))
    first, second = (np.asarray(half.sum(axis=1)).ravel() for half in (held.first, held.second))
    assert set(first - second) <= {0, 1}
    whole = (held.first + held.second).toarray()
    left = [row for row in range(len(rows)) if row not in set(held.train)]
    assert sorted(whole.tolist()) == sorted(counts[left].toarray().tolist())
    assert len(left) == max(1, round(len(rows) / 2))


def test_whole_documents_are_held_out() -> None:
    counts = sparse.csr_matrix(np.full((12, 3), 2))
    documents = pd.Series(list("aaabbbcccddd"))
    held = split_units(counts, documents, share=0.25, hold_out="document", generator=np.random.default_rng(0))
    out = documents[~np.isin(np.arange(12), held.train)]
    assert len(out) == 3 and len(set(out)) == 1


def test_the_score_by_hand() -> None:
    half = sparse.csr_matrix(np.array([[0, 0]]))
    second = sparse.csr_matrix(np.array([[3, 1]]))
    background = np.array([0.5, 0.5])
    held = HeldOut(np.array([0]), half, second, background)
    # Nothing is known of the unit, so both topics have half of it.
    mixed = (1 - FLOOR) * np.array([0.6, 0.4]) + FLOOR * background
    expected = (3 * np.log(mixed[0]) + np.log(mixed[1])) / 4
    assert score_completion(np.array([[0.9, 0.1], [0.3, 0.7]]), None, held) == pytest.approx(expected)
    assert score_unigram(held) == pytest.approx(np.log(0.5))


@pytest.mark.parametrize(("model", "backend"), MODELS)
def test_planted_topics_foretell_better_than_none(model: str, backend: str) -> None:
    corpus, _ = planted_corpus()
    found = heldout_perplexity(corpus, n_topics=3, model=model, backend=backend, analyzer=split, max_df=1.0)  # type: ignore[arg-type]
    # Nine tokens in ten are of eight terms, the tenth of 24: a model that knows all has a perplexity of about 11.
    assert 9 < found["perplexity"] < 14
    assert 22 < found["perplexity_unigram"] < 26
    assert found["log_likelihood"] == pytest.approx(-np.log(found["perplexity"]))
    assert (found["n_units"], found["n_tokens"]) == (12, 12 * 20)


def test_too_few_topics_foretell_worse() -> None:
    corpus, _ = planted_corpus(n_documents=3, n_units=20)
    two, three = (
        heldout_perplexity(corpus, n_topics=number, analyzer=split, max_df=1.0)["perplexity"] for number in (2, 3)
    )
    assert three < two


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"share": 0}, r"`share` of units held out must be in \(0, 0.5\]; got 0"),
        ({"hold_out": "page"}, "`hold_out` must be 'unit' or 'document'; got 'page'"),
        ({"hold_out": "document"}, "`hold_out` 'document' must have at least 3 documents with terms; got 2"),
        ({"seed_words": {"a": ["a1"]}, "model": "nmf"}, "`seed_words` must be used with 'lda' by 'em' or by 'gensim'"),
    ],
)
def test_bad_options(options: dict[str, object], message: str) -> None:
    corpus, _ = planted_corpus(n_documents=2, n_units=5)
    with pytest.raises(ValueError, match=message):
        heldout_perplexity(corpus, n_topics=2, analyzer=split, max_df=1.0, **options)  # type: ignore[arg-type]
