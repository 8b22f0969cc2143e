"""How much of one document is shared with another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_level
from fzanalytics.measures.characters import disjoint_spans, section_labels
from fzanalytics.measures.inputs import compared_texts, require_passages, require_table
from fzanalytics.measures.resampling import MIN_BLOCKS
from fzanalytics.measures.reuse.letters import leave_out
from fzanalytics.measures.reuse.order import check_pairs, order_of_documents
from fzanalytics.measures.reuse.reduced import text_characters
from fzanalytics.measures.sections import add_status, section_intervals
from fzanalytics.texts.corpus import Corpus

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_SHARE_COLUMNS = (
    "source", "target", "share", "resampling_low", "resampling_high", "n_chars", "n_target_chars", "n_sections", "order",
)  # fmt: skip
_SPANS = ("source", "target", "source_begin", "source_end", "target_begin", "target_end")


def borrowing_share(
    passages: pd.DataFrame,
    documents: pd.DataFrame | Corpus,
    *,
    paragraphs: pd.DataFrame | Corpus | None = None,
    pairs: Iterable[tuple[str, str]] | None = None,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    level: float = 0.95,
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
    ignore : optional
        What is no text, neither shared nor to be shared, as in `find_passages`: spans, such as those of `find_slogans`, or
        phrases.
    level : float
        Nominal coverage of the interval; see `clause_resampling_interval`.

    Returns
    -------
    DataFrame
        source, target, share, resampling_low, resampling_high, resampling_status, n_chars, n_target_chars, n_sections, order; one row
        for each pair of held documents, in the direction of `order_of_documents`; two rows, one in each direction, where that is "unknown".
        share in [0, 1]: text-carrying characters of target (letters, digits, Han, outside the brackets of those
        responsible) inside the union of passages shared with source (n_chars) over all of them (n_target_chars).
        Directional: a share *of the target*.
        0 if nothing is shared, NaN for an empty text. resampling_low, resampling_high: clause-resampling interval over the
        n_sections of target that carry text (NA without `paragraphs`); NaN with fewer than `MIN_BLOCKS` (5) of them, and where the share
        is 0 or 1. resampling_status: "coverage as simulated" (30 sections or more, and a share in 0.05 to 0.95, where 95 % limits hold
        planted truth in 93 to 97 % of simulations, *if sections are independent*), "coverage not estimable: ..." (limits are
        given as a description; how often such limits hold is not claimed), "not estimable: ..." (no limits), "no share"; the
        reason is named. See `interval_status`. Articles that stand in no chapter are taken five at a time (`block_of`).

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
    if paragraphs is not None:
        paragraphs = require_table(paragraphs, name="paragraphs")
    texts = leave_out(compared_texts(documents), ignore)
    passages = require_passages(passages, texts)
    order = order_of_documents(documents)
    if pairs is not None:
        wanted = {frozenset(pair) for pair in check_pairs(pairs, texts)}
        keep = [frozenset(pair) in wanted for pair in zip(order["source"], order["target"], strict=True)]
        order = order[np.array(keep, dtype=bool)].reset_index(drop=True)
    check_level(level)
    blocks = _read_blocks(texts, paragraphs)
    place = {doc_id: at for at, doc_id in enumerate(texts)}
    source, target = (order[side].map(place).to_numpy(dtype=np.int64) for side in ("source", "target"))
    turned = (order["order"] == "unknown").to_numpy(dtype=bool)
    source, target = np.r_[source, target[turned]], np.r_[target, source[turned]]
    kinds = order["order"].to_numpy(dtype=object)
    shared, low, high = _count_shared(passages, place, blocks, source, target, level)
    size = blocks.size[target]
    with np.errstate(invalid="ignore"):
        share = shared / np.where(size, size, np.nan)
    ids = np.array(list(texts), dtype=object)
    known = paragraphs is not None
    sections = [np.count_nonzero(blocks.bottoms[at]) if known else pd.NA for at in target.tolist()]
    columns = (ids[source], ids[target], share, low, high, shared, size, sections, np.r_[kinds, kinds[turned]])
    table = pd.DataFrame(dict(zip(_SHARE_COLUMNS, map(list, columns), strict=True)), columns=list(_SHARE_COLUMNS))
    table["n_sections"] = table["n_sections"].astype("Int64")
    return add_status(table.sort_values(["source", "target"], ignore_index=True))


class _Blocks(NamedTuple):
    """The texts one after the other, cut where a section begins.

    first: where each text begins; length: its characters; size: those that carry text; begins: where each stretch of
    one section begins; label: which section that is, within its text; carried: how many characters that carry text
    stand before each place; bottoms: of each text those of each section.
    """

    first: Ints
    length: Ints
    size: Ints
    begins: Ints
    label: Ints
    carried: Ints
    bottoms: list[Ints]


def _read_blocks(texts: dict[str, str], paragraphs: pd.DataFrame | None) -> _Blocks:
    groups = paragraphs.groupby("doc_id", sort=False) if paragraphs is not None else ()
    own = {str(doc_id): part for doc_id, part in groups}
    length = np.array([len(text) for text in texts.values()], dtype=np.int64)
    first = np.cumsum(length) - length
    labels, carries = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=bool)]
    bottoms = []
    for doc_id, text in texts.items():
        label = section_labels(len(text), own[doc_id]) if doc_id in own else np.zeros(len(text), dtype=np.int64)
        carry = text_characters(text)
        bottoms.append(np.bincount(label, carry, minlength=1).astype(np.int64))
        labels.append(label)
        carries.append(carry)
    label = np.concatenate(labels)
    opens = np.r_[True, label[1:] != label[:-1]][: len(label)]
    opens[first[length > 0]] = True
    begins = np.flatnonzero(opens)
    size = np.array([int(one.sum()) for one in bottoms], dtype=np.int64)
    return _Blocks(first, length, size, begins, label[begins], np.r_[0, np.cumsum(np.concatenate(carries))], bottoms)


def _count_shared(
    passages: pd.DataFrame, place: dict[str, int], blocks: _Blocks, source: Ints, target: Ints, level: float
) -> tuple[Ints, Floats, Floats]:
    """For each pair the characters of the target that are shared with the source, and the interval of their share."""
    shared = np.zeros(len(source), dtype=np.int64)
    low, high = np.full(len(source), np.nan), np.full(len(source), np.nan)
    row, begin, end = disjoint_spans(*_in_targets(passages, place, blocks, source, target))
    here = blocks.first[target[row]]
    at = np.searchsorted(blocks.begins, here + begin, side="right") - 1
    n = np.searchsorted(blocks.begins, here + end) - at
    which = np.repeat(np.arange(len(row)), n)
    at = at[which] + np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n)
    first = np.maximum(blocks.begins[at], (here + begin)[which])
    last = np.minimum(np.r_[blocks.begins, len(blocks.carried) - 1][at + 1], (here + end)[which])
    counts, row, label = blocks.carried[last] - blocks.carried[first], row[which], blocks.label[at]
    np.add.at(shared, row, counts)
    order = np.argsort(target[row], kind="stable")
    edges = np.flatnonzero(np.r_[True, np.diff(target[row][order]) != 0])[: len(order)]
    for part in np.split(order, edges[1:]) if len(order) else ():
        bottom = blocks.bottoms[int(target[row[part[0]]])]
        pairs, which = np.unique(row[part], return_inverse=True)
        cells = np.bincount(which * len(bottom) + label[part], counts[part], minlength=len(pairs) * len(bottom))
        low[pairs], high[pairs] = _intervals(cells.reshape(len(pairs), -1), bottom, level)
    return shared, low, high


def _in_targets(
    passages: pd.DataFrame, place: dict[str, int], blocks: _Blocks, source: Ints, target: Ints
) -> tuple[Ints, Ints, Ints]:
    """Each passage in the target of each pair that it belongs to: number of the pair, begin and end."""
    docs = [passages[side].astype(str).map(place).fillna(-1).to_numpy(dtype=np.int64) for side in _SPANS[:2]]
    spans = passages[[*_SPANS[2:]]].to_numpy(dtype=np.int64)
    keys = source * len(place) + target
    order = np.argsort(keys)
    parts = []
    for one, other, side in ((0, 1, 2), (1, 0, 0)):
        key = docs[one] * len(place) + docs[other]
        at = np.minimum(np.searchsorted(keys[order], key), max(len(keys) - 1, 0))
        known = (docs[one] >= 0) & (docs[other] >= 0) & (len(keys) > 0)
        rows = np.flatnonzero(known)[keys[order][at[known]] == key[known]]
        parts.append(np.column_stack([order[at[rows]], spans[rows, side : side + 2]]))
    row, begin, end = np.concatenate(parts).T
    return row, begin, end


def _intervals(tops: Ints, bottoms: Ints, level: float) -> tuple[Floats, Floats]:
    """`clause_resampling_interval` of many shares of one text, each a row of `tops`: to the last bit the same."""
    order = np.argsort(np.arange(len(bottoms)).astype(str), kind="stable")  # sums in the order of labels as text
    order = order[bottoms[order] > 0]
    top, bottom = tops[:, order], bottoms[order]
    if len(bottom) < MIN_BLOCKS:
        return np.full(len(top), np.nan), np.full(len(top), np.nan)
    return section_intervals(top, bottom, level)


class SharedSpans:
    """The passages of a table, looked up by either document."""

    def __init__(self, passages: pd.DataFrame) -> None:
        """Take the table apart by pair."""
        places = passages[[*_SPANS[2:]]].to_numpy(dtype=np.int64)
        groups = passages.groupby(["source", "target"], sort=False).indices
        self._places = {(str(source), str(target)): places[rows] for (source, target), rows in groups.items()}

    def of(self, doc_id: str, other: str) -> tuple[Ints, Ints]:
        """Begins and ends, in `doc_id`, of the passages it shares with `other`, whichever is the source."""
        pieces = self.pairs(doc_id, other)
        return pieces[:, 0], pieces[:, 1]

    def shared(self, doc_id: str, other: str) -> bool:
        """Whether there is any passage of the two."""
        return (doc_id, other) in self._places or (other, doc_id) in self._places

    def pairs(self, doc_id: str, other: str) -> Ints:
        """Passages of two documents as rows (begin, end in `doc_id`, begin, end in `other`)."""
        parts = []
        for key, order in (((other, doc_id), [2, 3, 0, 1]), ((doc_id, other), [0, 1, 2, 3])):
            if key in self._places:
                parts.append(self._places[key][:, order])
        return np.concatenate(parts) if parts else np.zeros((0, 4), dtype=np.int64)
