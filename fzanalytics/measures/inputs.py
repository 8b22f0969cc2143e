"""What the measures are given: a corpus or its tables, and the texts as they are compared."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.structure.clauses import blank_responsibility


def require_corpus(corpus: object) -> Corpus:
    """The corpus itself, or one sentence that says what to do.

    Raises
    ------
    TypeError
        If it is anything else.

    Examples
    --------
    >>> require_corpus("corpora/plans")
    Traceback (most recent call last):
    ...
    TypeError: `corpus` must be a Corpus; got str. Read one with read_corpus.
    """
    if not isinstance(corpus, Corpus):
        raise TypeError(f"`corpus` must be a Corpus; got {type(corpus).__name__}. Read one with read_corpus.")
    return corpus


def require_table(table: object, *, name: Literal["documents", "paragraphs", "passages", "matrix"]) -> pd.DataFrame:
    """A table as it is given, or that of a corpus if the corpus is given in its place.

    Parameters
    ----------
    table : DataFrame or Corpus
    name : {"documents", "paragraphs", "passages", "matrix"}
        The name of the parameter. A corpus has documents and paragraphs, the others are found by a function.

    Raises
    ------
    TypeError
        If it is neither.

    Examples
    --------
    >>> require_table("plans", name="passages")
    Traceback (most recent call last):
    ...
    TypeError: `passages` must be a DataFrame; got str. Take what find_passages returns.
    """
    if isinstance(table, pd.DataFrame):
        return table
    if name == "documents" or name == "paragraphs":
        if isinstance(table, Corpus):
            return table.documents if name == "documents" else table.paragraphs
        remedy = f"Take corpus.{name} of a corpus read with read_corpus"
    else:
        remedy = f"Take what {'find_passages' if name == 'passages' else 'coverage_matrix'} returns"
    raise TypeError(f"`{name}` must be a DataFrame; got {type(table).__name__}. {remedy}.")


def compared_texts(documents: pd.DataFrame | Corpus) -> dict[str, str]:
    """The texts of the documents held as they are compared: without the brackets of those responsible.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        The documents table: doc_id, text, held.

    Returns
    -------
    dict of doc_id to str
        Each as long as the clean text, offsets are the same; see `blank_responsibility`. The brackets name who is
        responsible: they are a formula of the genre and differ by locality, so they are no shared text. All
        measures of shared text count them neither as shared nor as text, in numerators and in denominators.

    Examples
    --------
    >>> table = pd.DataFrame({"doc_id": ["a", "b"], "text": ["公开。（省法制办负责）", ""], "held": [True, False]})
    >>> compared_texts(table)
    {'a': '公开。         '}
    """
    table = require_table(documents, name="documents")
    held = table[table["held"].astype(bool)]
    return {
        str(doc_id): blank_responsibility(str(text)) for doc_id, text in zip(held["doc_id"], held["text"], strict=True)
    }
