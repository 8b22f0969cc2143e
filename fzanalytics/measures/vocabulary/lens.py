"""One word through a lens: how often it stands where and when, in what company, in which sentences."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from fzanalytics.base.options import check_number
from fzanalytics.features.tokens import Analyzer
from fzanalytics.measures.vocabulary.collocations import collocates
from fzanalytics.measures.vocabulary.contexts import keywords_in_context
from fzanalytics.measures.vocabulary.trends import term_frequency
from fzanalytics.texts.corpus import Corpus


class TermLens(NamedTuple):
    """What `term_lens` found of one word.

    word : str. documents : `term_frequency` by doc_id, with level, region, kind and the bounds of each date. levels :
    `term_frequency` by level. collocates : see `collocates`. contexts : see `keywords_in_context`.
    """

    word: str
    documents: pd.DataFrame
    levels: pd.DataFrame
    collocates: pd.DataFrame
    contexts: pd.DataFrame

    def __repr__(self) -> str:
        """Counts and denominators."""
        count, n = int(self.documents["count"].sum()), int(self.documents["n"].sum())
        held, with_word = len(self.documents), int((self.documents["count"] > 0).sum())
        return f"TermLens({self.word}: {count} times in {n:,} characters, in {with_word} of {held} documents)"


def term_lens(
    corpus: Corpus, word: str, *, window: int = 5, context: int = 20, analyzer: Analyzer | None = None
) -> TermLens:
    """Frequency by document and level, collocates and contexts of one word.

    Parameters
    ----------
    corpus : Corpus
        Held documents take part.
    word : str
        As it is written: frequency and contexts count it inside longer words too, collocates as a word.
    window : int
        Words on either side that are its company.
    context : int
        Characters on either side in the contexts.
    analyzer : callable str -> list of str, optional
        For the collocates, see `collocates`.

    Returns
    -------
    TermLens

    Raises
    ------
    ValueError
        If the word is empty, or an option is out of its range.

    Examples
    --------
    >>> from fzanalytics import read_corpus
    >>> texts = ["一、加强网络监督，接受网络监督。\\n二、公布负面清单。", "一、完善网络监督渠道。\\n二、接受社会监督。"]
    >>> corpus = read_corpus(pd.DataFrame({"doc_id": ["a", "b"], "text": texts, "level": "county"}))
    >>> term_lens(corpus, "监督")
    TermLens(监督: 4 times in 47 characters, in 2 of 2 documents)
    """
    check_number(window, name="window", within="[1, inf)", whole=True, remedy="Take 5.")
    check_number(context, name="context", within="[0, inf)", whole=True, remedy="Take 20.")
    documents = term_frequency(corpus, word, by="doc_id")
    order = {doc_id: place for place, doc_id in enumerate(corpus.held["doc_id"])}
    documents = documents.rename(columns={"group": "doc_id"}).sort_values("doc_id", key=lambda ids: ids.map(order))
    known = [column for column in ("doc_id", "level", "region", "kind") if column in corpus.held.columns]
    return TermLens(
        word,
        documents.merge(corpus.held[known], on="doc_id", how="left"),
        term_frequency(corpus, word, by="level"),
        collocates(corpus, word, window=window, analyzer=analyzer),
        keywords_in_context(corpus, word, window=context),
    )
