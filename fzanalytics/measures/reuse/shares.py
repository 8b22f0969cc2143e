"""How much of one document is shared with another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.seeds import RandomState
from fzanalytics.base.tables import require_columns
from fzanalytics.measures.inputs import compared_texts, require_table
from fzanalytics.measures.resampling import clause_resampling_interval, covered_characters, section_labels
from fzanalytics.measures.reuse.order import check_pairs, order_of_documents
from fzanalytics.measures.reuse.reduced import text_characters
from fzanalytics.texts.corpus import Corpus

_SHARE_COLUMNS = ("source", "target", "share", "low", "high", "n_chars", "n_target_chars", "order")
_SPANS = ("source", "target", "source_begin", "source_end", "target_begin", "target_end")


def borrowing_share(
    passages: pd.DataFrame,
    documents: pd.DataFrame | Corpus,
    *,
    paragraphs: pd.DataFrame | Corpus | None = None,
    pairs: Iterable[tuple[str, str]] | None = None,
    n_resamples: int = 999,
    level: float = 0.95,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """Share of each document that is shared with an earlier or higher one.

    Parameters
    ----------
    passages : DataFrame, P rows
        From `find_passages`.
    documents : DataFrame, D rows, or Corpus
        The documents table, rows that are not held included.
    paragraphs : DataFrame or Corpus, optional
        The paragraphs table; with it an interval is given, blocks being its sections (text outside of paragraphs
        is one block).
    pairs : iterable of (doc_id, doc_id), optional
        The pairs that were aligned, if not all of them were: a pair that was never looked at must not get a 0.
    n_resamples, level, random_state
        See `clause_resampling_interval`.

    Returns
    -------
    DataFrame
        source, target, share, low, high, n_chars, n_target_chars, order; one row for each pair of held documents,
        in the direction of `order_of_documents`; two rows, one in each direction, where that is "unknown".
        share in [0, 1]: text-carrying characters of target (letters, digits, Han, outside the brackets of those
        responsible) inside the union of passages shared with source (n_chars) over all of them (n_target_chars).
        Directional: a share *of the target*.
        0 if nothing is shared, NaN for an empty text. low and high: clause-resampling interval, NaN if not
        estimable or without `paragraphs`.

    Raises
    ------
    ValueError
        If a column is missing, or a passage ends after its text.
    TypeError
        If a table is no table.

    Notes
    -----
    It says how much of the target is *shared with* the source. "Drawn from" it may be called only where the order
    is "declared" or "earlier" and the share exceeds a baseline: text that both have from a third document
    counts in full. Characters between the runs of a passage (edits) count as shared; `min_identity` bounds them.
    The brackets that name those responsible count nowhere (`compared_texts`).

    Examples
    --------
    >>> documents = pd.DataFrame(
    ...     {"doc_id": ["a", "b"], "text": ["依法行政，公开。", "依法行政"], "level": "province", "region": ["甲省", "乙省"],
    ...      "lineage": "l", "earliest": pd.to_datetime(["2016", "2017"]), "latest": pd.to_datetime(["2016", "2017"]),
    ...      "period_end": 2020, "parent_ids": None, "held": True})
    >>> columns = ["source", "target", "source_begin", "source_end", "target_begin", "target_end"]
    >>> passages = pd.DataFrame([("a", "b", 0, 2, 0, 2)], columns=columns)
    >>> borrowing_share(passages, documents)[["source", "target", "share", "n_chars"]].values.tolist()
    [['a', 'b', 0.5, 2]]
    """
    require_columns(require_table(passages, name="passages"), _SPANS, name="passages")
    if paragraphs is not None:
        paragraphs = require_table(paragraphs, name="paragraphs")
    texts = compared_texts(documents)
    order = order_of_documents(documents)
    if pairs is not None:
        wanted = {frozenset(pair) for pair in check_pairs(pairs, texts)}
        keep = [frozenset(pair) in wanted for pair in zip(order["source"], order["target"], strict=True)]
        order = order[np.array(keep, dtype=bool)].reset_index(drop=True)
    carries = {doc_id: text_characters(text) for doc_id, text in texts.items()}
    blocks = {doc_id: _blocks(doc_id, len(text), paragraphs) for doc_id, text in texts.items()}
    spans = SharedSpans(passages)
    sizes = {doc_id: int(mask.sum()) for doc_id, mask in carries.items()}
    rows: list[tuple[object, ...]] = []
    for source, target, kind in _both_ways(order):
        if not spans.shared(target, source):  # most pairs of many documents share nothing
            rows.append((source, target, 0.0 if sizes[target] else np.nan, np.nan, np.nan, 0, sizes[target], kind))
            continue
        shared = covered_characters(len(texts[target]), *spans.of(target, source)) & carries[target]
        tops, bottoms = np.bincount(blocks[target], shared), np.bincount(blocks[target], carries[target])
        triple = clause_resampling_interval(
            tops, bottoms, np.arange(len(tops)),
            n_resamples=n_resamples, level=level, random_state=random_state,
        )  # fmt: skip
        rows.append((source, target, *triple, int(shared.sum()), int(carries[target].sum()), kind))
    return pd.DataFrame(rows, columns=list(_SHARE_COLUMNS)).sort_values(["source", "target"], ignore_index=True)


def _both_ways(order: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    for source, target, kind in order.itertuples(index=False):
        yield source, target, kind
        if kind == "unknown":
            yield target, source, kind


def _blocks(doc_id: str, n_chars: int, paragraphs: pd.DataFrame | None) -> NDArray[np.int64]:
    if paragraphs is None:
        return np.zeros(n_chars, dtype=np.int64)
    return section_labels(n_chars, paragraphs[paragraphs["doc_id"] == doc_id])


class SharedSpans:
    """The passages of a table, looked up by either document."""

    def __init__(self, passages: pd.DataFrame) -> None:
        """Take the table apart by pair."""
        places = passages[[*_SPANS[2:]]].to_numpy(dtype=np.int64)
        groups = passages.groupby(["source", "target"], sort=False).indices
        self._places = {(str(source), str(target)): places[rows] for (source, target), rows in groups.items()}

    def of(self, doc_id: str, other: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Begins and ends, in `doc_id`, of the passages it shares with `other`, whichever is the source."""
        pieces = self.pairs(doc_id, other)
        return pieces[:, 0], pieces[:, 1]

    def shared(self, doc_id: str, other: str) -> bool:
        """Whether there is any passage of the two."""
        return (doc_id, other) in self._places or (other, doc_id) in self._places

    def pairs(self, doc_id: str, other: str) -> NDArray[np.int64]:
        """Passages of two documents as rows (begin, end in `doc_id`, begin, end in `other`)."""
        parts = []
        for key, order in (((other, doc_id), [2, 3, 0, 1]), ((doc_id, other), [0, 1, 2, 3])):
            if key in self._places:
                parts.append(self._places[key][:, order])
        return np.concatenate(parts) if parts else np.zeros((0, 4), dtype=np.int64)
