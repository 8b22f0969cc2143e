"""What the measures accept, what they say of all else, and the texts as they are compared."""

from __future__ import annotations

import pandas as pd
import pytest

from fzanalytics.measures.inputs import compared_texts, require_corpus, require_table
from helpers import make_corpus


def test_a_corpus_is_handed_through():
    corpus = make_corpus({"a": "文"})
    assert require_corpus(corpus) is corpus
    assert require_table(corpus, name="documents") is corpus.documents
    assert require_table(corpus, name="paragraphs") is corpus.paragraphs
    assert require_table(corpus.documents, name="documents") is corpus.documents


@pytest.mark.parametrize("given", ["corpora/plans", 3, None, [], pd.DataFrame()])
def test_what_is_no_corpus(given):
    kind = type(given).__name__
    with pytest.raises(TypeError, match=rf"^`corpus` must be a Corpus; got {kind}\. Read one with read_corpus\.$"):
        require_corpus(given)


@pytest.mark.parametrize(
    ("given", "name", "message"),
    [
        ("x", "documents", "`documents` must be a DataFrame; got str. Take corpus.documents of a corpus read with rea"),
        (None, "paragraphs", "`paragraphs` must be a DataFrame; got NoneType. Take corpus.paragraphs of a corpus read"),
        (make_corpus({"a": "文"}), "passages", "`passages` must be a DataFrame; got Corpus. Take what find_passages r"),
        ([], "matrix", "`matrix` must be a DataFrame; got list. Take what coverage_matrix returns."),
    ],
)
def test_what_is_no_table(given, name, message):
    with pytest.raises(TypeError) as caught:
        require_table(given, name=name)
    assert str(caught.value).startswith(message)


def test_compared_texts_are_those_held_without_brackets():
    text = "落实（含备案）。（省法制办负责）\n公开。"
    corpus = make_corpus({"a": text, "b": ""}, documents={"n": {"level": "national"}})
    before = corpus.documents.copy()
    expected = {"a": "落实（含备案）。" + " " * 8 + "\n公开。", "b": ""}
    assert compared_texts(corpus) == compared_texts(corpus.documents) == expected
    pd.testing.assert_frame_equal(corpus.documents, before)
