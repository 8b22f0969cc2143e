"""What a topic model sees: units cut into terms, the vocabulary, and what did not get so far.

Shape letters: D documents, C units (paragraphs, clauses, passages or documents), V vocabulary.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from fzanalytics.base.options import check_number
from fzanalytics.base.tables import require_columns
from fzanalytics.features.matrices import counts_of_terms
from fzanalytics.features.tokens import Analyzer, PolicyAnalyzer
from fzanalytics.measures.inputs import require_corpus
from fzanalytics.measures.similarity import unit_texts
from fzanalytics.texts.corpus import Corpus

TopicUnit = Literal["document", "paragraph", "clause", "passage"]


class TopicUnits(NamedTuple):
    """What a topic model sees: the units that have a term in the vocabulary, and what did not get so far.

    counts : CSR, shape (C, V); vocabulary : shape (V,); terms : of each unit, in order, those of the vocabulary;
    documents : doc_id by unit; loss : numbers, see `prepare_units`; empty : the units without a term.
    """

    counts: sparse.csr_matrix
    vocabulary: np.ndarray[Any, Any]
    terms: list[list[str]]
    documents: pd.Series
    loss: pd.Series
    empty: tuple[str, ...]


class TermStream(NamedTuple):
    """The terms of all units one after the other, as columns of the vocabulary; unit i is columns[bounds[i]:bounds[i + 1]]."""

    columns: np.ndarray[Any, Any]
    bounds: np.ndarray[Any, Any]
    n_terms: int


def prepare_units(
    corpus: Corpus,
    *,
    unit: TopicUnit,
    analyzer: Analyzer,
    min_df: int,
    max_df: float,
    passages: pd.DataFrame | None = None,
) -> TopicUnits:
    """Cut the units of a corpus into terms and choose the vocabulary.

    Parameters
    ----------
    corpus : Corpus
        Held documents take part.
    unit : "document", "paragraph", "clause" or "passage"
        What a topic mixture is estimated for.
    analyzer : callable str -> list of str
        Text to terms; a `PolicyAnalyzer` also reports what it left out.
    min_df : int
        Terms in fewer units are dropped.
    max_df : float
        Terms in a larger share of the units are dropped; in (0, 1].
    passages : DataFrame, optional
        For unit "passage", see `passage_texts`.

    Returns
    -------
    TopicUnits
        Its `loss` counts units (n_units, n_empty_units), words and what became of them (n_words = n_short + n_stopped
        + n_masked + n_rare + n_common + n_tokens) and types (n_types_seen = n_types_rare + n_types_common + n_types).

    Raises
    ------
    TypeError
        If `corpus` is none.
    ValueError
        If an option is out of range, or no term is left.
    """
    check_number(min_df, name="min_df", whole=True, remedy="It is a number of units, at least 1, such as 2.")
    check_number(max_df, name="max_df", remedy="It is a share of the units, in (0, 1], such as 0.5.")
    if min_df < 1 or not 0 < max_df <= 1:
        raise ValueError(
            f"`min_df` must be at least 1 and `max_df` in (0, 1]; got {min_df!r} and {max_df!r}. "
            "The first is a number of units, the second a share of them."
        )
    table = _table_of_units(require_corpus(corpus), unit, passages)
    texts = table["text"]
    terms, loss = _terms_of(texts.tolist(), analyzer)
    counts, vocabulary = counts_of_terms(terms)
    frequency = counts.getnnz(axis=0)
    totals = np.asarray(counts.sum(axis=0)).ravel()
    common = frequency > max_df * len(texts)
    rare = ~common & (frequency < min_df)
    kept = ~(common | rare)
    if not kept.any():
        raise ValueError(
            f"`min_df` and `max_df` must leave at least one term; got {min_df} and {max_df} for {len(texts)} units "
            f"({int(rare.sum())} terms too rare, {int(common.sum())} too common). Lower `min_df` or raise `max_df`."
        )
    counts = sparse.csr_matrix(counts[:, kept])
    filled = counts.getnnz(axis=1) > 0
    loss |= {
        "n_units": len(texts),
        "n_empty_units": int((~filled).sum()),
        "n_rare": int(totals[rare].sum()),
        "n_common": int(totals[common].sum()),
        "n_tokens": int(totals[kept].sum()),
        "n_types_seen": len(vocabulary),
        "n_types_rare": int(rare.sum()),
        "n_types_common": int(common.sum()),
        "n_types": int(kept.sum()),
    }
    known = set(vocabulary[kept])
    return TopicUnits(
        counts=sparse.csr_matrix(counts[filled]),
        vocabulary=vocabulary[kept],
        terms=[[term for term in row if term in known] for row, full in zip(terms, filled, strict=True) if full],
        documents=table["doc_id"][filled],
        loss=pd.Series(loss, name="count", dtype=int),
        empty=tuple(map(str, texts.index[~filled])),
    )


def passage_texts(corpus: Corpus, passages: pd.DataFrame) -> pd.DataFrame:
    """The stretches of each document that passages cover, each once, as units of a topic model.

    Parameters
    ----------
    corpus : Corpus
    passages : DataFrame
        Columns target, target_begin, target_end, as `find_passages` gives. Stretches of one target that overlap are
        one unit, or text that is shared with several sources would count several times.

    Returns
    -------
    DataFrame indexed by passage_id ("{doc_id}:{begin}-{end}")
        doc_id (the target) and text, in order of the documents and of the text.

    Raises
    ------
    ValueError
        If a column is missing, there is no passage, or one is of a document that is not held or ends after its text.
    """
    require_columns(passages, ("target", "target_begin", "target_end"), name="passages")
    texts = dict(zip(corpus.held["doc_id"], corpus.held["text"], strict=True))
    _check_passages(passages, texts)
    rows: list[tuple[str, int, int]] = []
    order = {doc_id: position for position, doc_id in enumerate(texts)}
    spans = sorted(
        set(
            zip(
                passages["target"].map(order),
                passages["target_begin"].astype(int),
                passages["target_end"].astype(int),
                strict=True,
            )
        )
    )
    names = list(texts)
    for position, begin, end in spans:
        doc_id = names[position]
        if rows and rows[-1][0] == doc_id and begin < rows[-1][2]:
            rows[-1] = (doc_id, rows[-1][1], max(end, rows[-1][2]))
        else:
            rows.append((doc_id, begin, end))
    index = pd.Index([f"{doc_id}:{begin}-{end}" for doc_id, begin, end in rows], name="passage_id")
    cut = [(doc_id, texts[doc_id][begin:end]) for doc_id, begin, end in rows]
    return pd.DataFrame(cut, columns=["doc_id", "text"], index=index)


def stream_of_terms(units: TopicUnits) -> TermStream:
    """The terms of the units as one array, for counting windows."""
    column = {term: position for position, term in enumerate(units.vocabulary)}
    columns = np.fromiter((column[term] for row in units.terms for term in row), dtype=np.int32)
    bounds = np.concatenate([[0], np.cumsum([len(row) for row in units.terms])]).astype(np.int64)
    return TermStream(columns, bounds, len(units.vocabulary))


def fingerprint(units: TopicUnits, stream: TermStream) -> str:
    """SHA-256 of all that a fit depends on: counts, vocabulary, the order of terms, and the documents of the units."""
    whole = hashlib.sha256()
    whole.update("\n".join(map(str, units.vocabulary)).encode("utf-8"))
    codes, _ = pd.factorize(units.documents)
    for array in (units.counts.indptr, units.counts.indices, units.counts.data, stream.columns, stream.bounds, codes):
        whole.update(b"|")
        whole.update(np.ascontiguousarray(array, dtype="<i8").tobytes())
    return whole.hexdigest()


def _check_passages(passages: pd.DataFrame, texts: dict[str, str]) -> None:
    if passages.empty:
        raise ValueError("`passages` must have at least one row; got none. Ask `find_passages` for shorter ones.")
    unknown = sorted(set(map(str, passages["target"])) - set(texts))
    if unknown:
        raise ValueError(
            f"`passages` must be of held documents of `corpus`; got {', '.join(unknown[:5])}. Find them in this corpus."
        )
    ends = passages["target"].map({doc_id: len(text) for doc_id, text in texts.items()})
    wrong = (passages["target_begin"] < 0) | (passages["target_end"] > ends)
    if wrong.any():
        raise ValueError(
            f"`passages` must end within the text of their target; got {int(wrong.sum())} that do not. "
            "Find them in this corpus."
        )


def _table_of_units(corpus: Corpus, unit: TopicUnit, passages: pd.DataFrame | None) -> pd.DataFrame:
    """Columns doc_id and text of the units, indexed by their ids."""
    if (unit == "passage") != (passages is not None):
        raise ValueError(
            f"`passages` must be given for unit 'passage' and for no other; got unit {unit!r} "
            f"{'without' if passages is None else 'with'} passages. Use `find_passages`."
        )
    if passages is not None:
        return passage_texts(corpus, passages)
    if unit not in ("document", "paragraph", "clause"):
        raise ValueError(
            f"`unit` must be 'document', 'paragraph', 'clause' or 'passage'; got {unit!r}. Choose one of these."
        )
    texts = unit_texts(corpus, unit)  # type: ignore[arg-type]
    if unit == "document":
        owners = pd.Series(texts.index, index=texts.index)
    else:
        table = corpus.paragraphs if unit == "paragraph" else corpus.clauses
        held = table["doc_id"].isin(corpus.held["doc_id"])
        owners = table.loc[held, "doc_id"].set_axis(texts.index)
    return pd.DataFrame({"doc_id": owners, "text": texts}).set_axis(texts.index)


def _terms_of(texts: list[str], analyzer: Analyzer) -> tuple[list[list[str]], dict[str, int]]:
    """Terms of each text, and what the analyzer left out where it can tell."""
    if not isinstance(analyzer, PolicyAnalyzer):
        terms = [list(analyzer(text)) for text in texts]
        return terms, {"n_words": sum(map(len, terms)), "n_short": 0, "n_stopped": 0, "n_masked": 0}
    analyses = [analyzer.analyze(text) for text in texts]
    names = ("n_words", "n_short", "n_stopped", "n_masked")
    sums = {name: sum(getattr(analysis, name) for analysis in analyses) for name in names}
    return [analysis.terms for analysis in analyses], sums
