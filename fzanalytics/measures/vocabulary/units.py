"""What vocabulary is counted in, and by what it is compared: pieces of text, groups of documents, sections, jurisdictions.

Shape letters: D documents, C units (documents, clauses or paragraphs), R pieces of text, V vocabulary.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from fzanalytics.base.tables import LEVELS, require_columns
from fzanalytics.features.matrices import counts_of_terms
from fzanalytics.features.tokens import Analyzer, PolicyAnalyzer
from fzanalytics.measures.characters import section_labels
from fzanalytics.measures.inputs import require_corpus
from fzanalytics.measures.similarity import Unit, unit_texts
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.regions import province_of

Groups: TypeAlias = str | pd.Series | Mapping[str, object] | Callable[[pd.Series], object]

#: What a table is about where there are fewer jurisdictions than `MIN_CLUSTERS`, and where there are as many.
THESE_DOCUMENTS = "these documents"
JURISDICTIONS = "jurisdictions"


class Pieces(NamedTuple):
    """Counts of terms in the smallest stretches that anything here is resampled by.

    counts : CSR of int, shape (R, V); vocabulary : shape (V,), sorted; table : DataFrame, R rows: doc_id, unit_id
    (the document, clause or paragraph), block (the section of the document, a number that no other section has).
    """

    counts: sparse.csr_matrix
    vocabulary: NDArray[Any]
    table: pd.DataFrame


def count_pieces(corpus: Corpus, *, unit: Unit = "document", analyzer: Analyzer | None = None) -> Pieces:
    """Count the terms of the units of a corpus, section by section.

    Parameters
    ----------
    corpus : Corpus
        Held documents take part.
    unit : "document", "clause" or "paragraph"
        A document is cut into its sections; a clause or paragraph is one piece.
    analyzer : callable str -> list of str, optional
        Default: `PolicyAnalyzer()`.

    Returns
    -------
    Pieces

    Raises
    ------
    TypeError
        If `corpus` is no corpus.
    ValueError
        If `unit` is none of these, or no text has a term.

    Examples
    --------
    >>> from fzanalytics import read_corpus
    >>> texts = ["一、加强网络监督，接受网络监督。\\n二、公布负面清单。", "一、完善网络监督渠道。\\n二、接受社会监督。"]
    >>> corpus = read_corpus(pd.DataFrame({"doc_id": ["a", "b"], "text": texts}))
    >>> pieces = count_pieces(corpus, unit="clause")
    >>> pieces.vocabulary.tolist(), pieces.counts.shape
    (['渠道', '监督', '社会监督', '网络', '负面清单'], (4, 5))
    >>> pieces.table["unit_id"].tolist()
    ['a#一', 'a#二', 'b#一', 'b#二']
    """
    analyze = PolicyAnalyzer() if analyzer is None else analyzer
    texts = unit_texts(require_corpus(corpus), unit)  # checks the unit
    rows = list(_sections_of(corpus)) if unit == "document" else list(_units_of(corpus, unit, texts))
    counts, vocabulary = counts_of_terms([analyze(text) for *_, text in rows])
    table = pd.DataFrame([row[:3] for row in rows], columns=["doc_id", "unit_id", "block"])
    table["block"] = pd.factorize(table["doc_id"] + "\0" + table["block"].astype(str))[0]
    return Pieces(counts, vocabulary, table)


def _labels_of(corpus: Corpus) -> Iterator[tuple[str, str, NDArray[np.int64]]]:
    """doc_id, text and the section of each character, of each held document."""
    paragraphs = dict(list(corpus.paragraphs.groupby("doc_id")))
    none = corpus.paragraphs.iloc[:0]
    for doc_id, text in zip(corpus.held["doc_id"], corpus.held["text"], strict=True):
        yield str(doc_id), str(text), section_labels(len(text), paragraphs.get(doc_id, none))


def _sections_of(corpus: Corpus) -> Iterator[tuple[str, str, int, str]]:
    """Every document cut into sections, at line ends, so that words are those of the whole text."""
    for doc_id, text, labels in _labels_of(corpus):
        parts: dict[int, list[str]] = {}
        begin = 0
        for line in text.splitlines(keepends=True):
            label = int(labels[begin])
            parts.setdefault(label, []).append(line)
            begin += len(line)
        for label, lines in (parts or {0: [""]}).items():
            yield doc_id, doc_id, label, "".join(lines)


def _units_of(corpus: Corpus, unit: Unit, texts: pd.Series) -> Iterator[tuple[str, str, int, str]]:
    labels = {doc_id: one for doc_id, _, one in _labels_of(corpus)}
    table = corpus.paragraphs if unit == "paragraph" else corpus.clauses
    table = table[table["doc_id"].isin(labels)]
    for doc_id, begin, unit_id, text in zip(table["doc_id"], table["begin"], texts.index, texts, strict=True):
        own = labels[str(doc_id)]
        yield str(doc_id), str(unit_id), int(own[begin]) if begin < len(own) else 0, str(text)


def group_documents(corpus: Corpus, by: Groups) -> pd.Series:
    """The group of each held document.

    Parameters
    ----------
    corpus : Corpus
    by : str, Series, mapping or callable
        "level", "region", "province" (the first part of the region), "period" (the year in which the plan ends),
        "year" (of issue), "doc_id" or any other column of the documents table; a Series or mapping of doc_id to
        group; or a function of a row of the documents table. Dates are bounds: a document whose bounds lie in two years
        is of the group "2016–2017", one with an open bound of "2016–" or "–2016", one without any of "undated".

    Returns
    -------
    Series, shape (D,)
        Group by doc_id, as text; missing where it is not known.

    Raises
    ------
    ValueError
        If `by` is a str that is neither of these nor a column.

    Examples
    --------
    >>> from fzanalytics import read_corpus
    >>> table = pd.DataFrame({"doc_id": ["a", "b"], "text": "加强监督。", "dated": ["2016-05-01", None]})
    >>> group_documents(read_corpus(table), "year").to_dict()
    {'a': '2016', 'b': 'undated'}
    """
    return group_table(require_corpus(corpus).held, by)


def group_table(documents: pd.DataFrame, by: Groups) -> pd.Series:
    """The group of each row of a documents table, held or not; see `group_documents`."""
    if isinstance(by, str):
        values = _values_by_name(documents, by)
    elif callable(by):
        values = [by(row) for _, row in documents.iterrows()]
    else:
        given = dict(by.items())
        values = [given.get(doc_id) for doc_id in documents["doc_id"]]
    texts = [None if value is None or pd.isna(value) else str(value) for value in values]  # type: ignore[call-overload]
    return pd.Series(texts, index=pd.Index(documents["doc_id"].astype(str)), dtype=object, name="group")


def _values_by_name(held: pd.DataFrame, by: str) -> list[object]:
    if by == "year":
        require_columns(held, ("earliest", "latest"), name="documents")
        years: list[object] = [_years(*bounds) for bounds in zip(held["earliest"], held["latest"], strict=True)]
        if spans := sum("–" in str(year) for year in years):
            message = (
                f"{spans} of {len(years)} documents have bounds and no year of their own: "
                "groups such as 2016–2018 or 2016– are not years."
            )
            warnings.warn(message, UserWarning, stacklevel=4)
        return years
    if by == "period":
        require_columns(held, ("period_end",), name="documents")
        return [None if pd.isna(end) else f"to {int(end)}" for end in held["period_end"]]
    if by == "province":
        require_columns(held, ("region",), name="documents")
        return [province_of(region) or None for region in held["region"]]
    if by not in held.columns:
        raise ValueError(
            f"`by` must be 'level', 'region', 'province', 'period', 'year' or a column of the documents; got {by!r}. "
            "A Series of groups by doc_id, or a function of a row, will do too."
        )
    return held[by].tolist()


def _years(earliest: object, latest: object) -> str:
    first, last = ("" if pd.isna(bound) else str(pd.Timestamp(bound).year) for bound in (earliest, latest))  # type: ignore[call-overload,arg-type]
    if not first and not last:
        return "undated"
    return first if first == last else f"{first}–{last}"


def group_pieces(corpus: Corpus, pieces: Pieces, by: Groups) -> pd.Series:
    """The group of each piece, shape (R,): that of its document, or of its unit if a Series is labelled by units."""
    if not isinstance(by, str) and not callable(by):
        given = dict(by.items())
        known = [str(one) in given for one in pieces.table["unit_id"]]
        documents = set(corpus.held["doc_id"].astype(str))
        if any(known) and not documents & set(map(str, given)):
            values = [given.get(one) for one in pieces.table["unit_id"]]
            return pd.Series([None if pd.isna(one) else str(one) for one in values], dtype=object)  # type: ignore[call-overload]
    groups = pieces.table["doc_id"].map(group_documents(corpus, by).to_dict()).astype(object)
    return groups.where(groups.notna(), None)


def warn_left_out(groups: pd.Series, documents: pd.Series) -> list[str]:
    """Name the documents of which nothing is in a group; say so in a warning."""
    kept = set(documents[groups.notna().to_numpy()])
    left_out = [one for one in dict.fromkeys(documents) if one not in kept]
    if left_out:
        shown = ", ".join(left_out[:5]) + (" ..." if len(left_out) > 5 else "")
        warnings.warn(f"{len(left_out)} documents are of no group and left out: {shown}.", stacklevel=4)
    return left_out


def order_groups(groups: pd.Series) -> list[str]:
    """Groups from the centre down if they are levels, else sorted.

    Examples
    --------
    >>> order_groups(pd.Series(["county", None, "province"])), order_groups(pd.Series(["b", "a"]))
    (['province', 'county'], ['a', 'b'])
    """
    found = set(groups.dropna())
    ranks = {level: rank for rank, level in enumerate(LEVELS)}
    return sorted(found, key=lambda one: (ranks.get(one, len(ranks)), one))


def jurisdictions_of(corpus: Corpus) -> pd.Series:
    """The jurisdiction of each held document, by doc_id: its region. Documents of unknown region count as one together.

    Examples
    --------
    >>> from fzanalytics import read_corpus
    >>> table = pd.DataFrame({"doc_id": ["a", "b"], "text": "加强监督。", "region": ["河北省/石家庄市", None]})
    >>> jurisdictions_of(read_corpus(table)).to_dict()
    {'a': '河北省/石家庄市', 'b': '?'}
    """
    held = corpus.held
    names = held["region"].astype(object).where(held["region"].notna(), "?")
    return pd.Series(names.astype(str).to_numpy(), index=pd.Index(held["doc_id"].astype(str)), name="jurisdiction")


def sum_rows(counts: sparse.csr_matrix, codes: NDArray[np.int64], n: int) -> sparse.csr_matrix:
    """Rows of a matrix added up by code, shape (n, V)."""
    rows = np.arange(counts.shape[0])
    adder = sparse.csr_matrix((np.ones(len(rows), dtype=np.int64), (codes, rows)), shape=(n, counts.shape[0]))
    return sparse.csr_matrix(adder @ counts)
