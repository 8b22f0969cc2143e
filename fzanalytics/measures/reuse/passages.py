"""Which passages the documents of a corpus share, and who came first."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.seeds import RandomState
from fzanalytics.base.tables import COLUMNS, LEVELS, require_columns
from fzanalytics.measures.inputs import compared_texts, require_corpus, require_table
from fzanalytics.measures.resampling import clause_resampling_interval, covered_characters, section_labels
from fzanalytics.measures.reuse.alignment import AlignedPassage, align_pair, text_characters
from fzanalytics.texts.corpus import Corpus

logger = logging.getLogger(__name__)

#: A passage holds an unbroken run of so many characters.
SEED_CHARS = 8

_ORDER_COLUMNS = ("doc_id", "level", "region", "lineage", "earliest", "latest", "period_end", "parent_ids", "held")
_SHARE_COLUMNS = ("source", "target", "share", "low", "high", "n_chars", "n_target_chars", "order")


def order_of_documents(documents: pd.DataFrame | Corpus, *, held_only: bool = True) -> pd.DataFrame:
    """Which of two documents came first, and how that is known.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        The documents table, rows that are not held included: the line of declared superiors runs through them.
    held_only : bool
        Pairs of documents that are held only, or of all rows.

    Returns
    -------
    DataFrame, D * (D - 1) / 2 rows
        source, target, order; sorted by source and target, the same for every order of rows. order is the first
        of these that holds, with source the earlier or higher one:

        - "declared": target names source in its parent_ids, itself or through documents that are named in turn
          (held or not), and source is not surely younger than target;
        - "earlier": source.latest < target.earliest;
        - "superior": source's region is in the line of command above target's ("全国" is above all, "甘肃省" above
          "甘肃省/甘南藏族自治州"), both are of one lineage, and their periods, if both are known, end in one year;
        - "unknown": the dates do not decide. source is then the one of the higher level, then of the smaller
          doc_id. This is a place in a table and no direction.

    Notes
    -----
    Order in time is no proof that anything was drawn from the earlier text.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"doc_id": ["county", "province"], "level": ["county", "province"], "held": True,
    ...      "region": ["甘肃省/甘南藏族自治州/夏河县", "河北省"], "lineage": "法治政府建设",
    ...      "earliest": pd.to_datetime(["2017-10-18", "2016-01-01"]), "latest": pd.to_datetime([None, "2016-12-31"]),
    ...      "period_end": 2020, "parent_ids": None})
    >>> order_of_documents(table).values.tolist()
    [['province', 'county', 'earlier']]
    """
    documents = require_table(documents, name="documents")
    require_columns(documents, _ORDER_COLUMNS, name="documents")
    facts = DocumentFacts(documents)
    ids = facts.ids if not held_only else [doc_id for doc_id in facts.ids if facts.held[doc_id]]
    rows = [facts.order(a, b) for place, a in enumerate(ids) for b in ids[place + 1 :]]
    table = pd.DataFrame(rows, columns=["source", "target", "order"], dtype=str)
    return table.sort_values(["source", "target"], ignore_index=True)


class DocumentFacts:
    """What order needs to know of each document, looked up once."""

    def __init__(self, documents: pd.DataFrame) -> None:
        """Take the documents table, rows that are not held included."""
        self.ids = sorted(documents["doc_id"].astype(str))
        table = documents.assign(doc_id=documents["doc_id"].astype(str)).set_index("doc_id")
        self.held = table["held"].astype(bool).to_dict()
        self.earliest = _days(table["earliest"])
        self.latest = _days(table["latest"])
        self.lineage = _known(table["lineage"])
        self.period = _known(table["period_end"])
        levels = {level: rank for rank, level in enumerate(LEVELS)}
        self.level = {doc_id: levels.get(level, len(LEVELS)) for doc_id, level in table["level"].items()}
        self.region = {
            doc_id: "全国" if self.level[doc_id] == 0 else region for doc_id, region in _known(table["region"]).items()
        }
        parents = {doc_id: split_ids(value) for doc_id, value in table["parent_ids"].items()}
        self.ancestors = {doc_id: _ancestors(doc_id, parents) for doc_id in self.ids}

    def order(self, a: str, b: str) -> tuple[str, str, str]:
        """(source, target, order) of two documents."""
        if self._declared(a, b) != self._declared(b, a):
            return (a, b, "declared") if self._declared(a, b) else (b, a, "declared")
        if self.before(a, b) or self.before(b, a):
            return (a, b, "earlier") if self.before(a, b) else (b, a, "earlier")
        if self._superior(a, b) or self._superior(b, a):
            return (a, b, "superior") if self._superior(a, b) else (b, a, "superior")
        first, second = sorted([a, b], key=lambda doc_id: (self.level[doc_id], doc_id))
        return first, second, "unknown"

    def before(self, a: str, b: str) -> bool:
        """Whether a is surely older than b (a missing date, NaN, decides nothing)."""
        return self.latest[a] < self.earliest[b]

    def _declared(self, a: str, b: str) -> bool:
        return a in self.ancestors[b] and not self.before(b, a)

    def _superior(self, a: str, b: str) -> bool:
        same = self.lineage[a] is not None and self.lineage[a] == self.lineage[b]
        periods = {self.period[a], self.period[b]} - {None}
        return same and len(periods) < 2 and is_above(self.region[a], self.region[b])


def is_above(region: str | None, other: str | None) -> bool:
    """Whether one region is in the line of command above another; unknown regions are above and below nothing.

    Examples
    --------
    >>> is_above("甘肃省", "甘肃省/甘南藏族自治州/夏河县"), is_above("甘肃省", "甘肃省"), is_above("全国", "甘肃省")
    (True, False, True)
    """
    if region is None or other is None or region == other:
        return False
    return region == "全国" or other.startswith(region + "/")


def split_ids(value: object) -> list[str]:
    """The doc_ids in a cell such as "a;b", none if it is missing.

    Examples
    --------
    >>> split_ids("a; b"), split_ids(None)
    (['a', 'b'], [])
    """
    if not isinstance(value, str):
        return []
    return [part.strip() for part in value.split(";") if part.strip()]


def _days(dates: pd.Series) -> dict[str, float]:
    days = pd.to_datetime(dates)
    return ((days - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)).astype(float).to_dict()


def _known(values: pd.Series) -> dict[str, Any]:
    return {key: None if pd.isna(value) else value for key, value in values.items()}


def _ancestors(doc_id: str, parents: dict[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    queue = list(parents[doc_id])
    while queue:
        parent = queue.pop()
        if parent not in seen:
            seen.add(parent)
            queue.extend(parents.get(parent, []))
    return seen - {doc_id}


def find_passages(
    corpus: Corpus,
    *,
    min_chars: int = 20,
    min_identity: float = 0.7,
    pairs: Iterable[tuple[str, str]] | None = None,
    n_jobs: int = 1,
    progress: bool = False,
) -> pd.DataFrame:
    """All passages that documents of a corpus share, with offsets in both and the order of the two.

    Parameters
    ----------
    corpus : Corpus
        D documents of which the held ones are aligned, each with each.
    min_chars : int
        Fewest matched characters of a passage, at least `SEED_CHARS` (8). Punctuation and spaces do not count, nor do
        the brackets of those responsible.
    min_identity : float
        Least identity of a passage, in (0, 1].
    pairs : iterable of (doc_id, doc_id), optional
        Only these pairs. Which of the two is the source follows from dates and levels all the same.
    n_jobs : int
        Processes (joblib); -1 for all cores. The result is the same for every number.
    progress : bool
        Show a bar.

    Returns
    -------
    DataFrame, P rows
        source, target, source_begin, source_end, target_begin, target_end: offsets in characters, half-open, into
        the clean texts; n_chars: matched characters; identity in (0, 1]: see `align_pair`; order: see
        `order_of_documents`; where it is "unknown", source and target are no direction. Sorted by source, target
        and places. The same for every order of the documents.

    Raises
    ------
    ValueError
        If an option is out of its range, or a pair names a document that is not held.
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    A passage is text that two documents share. That one drew it from the other takes order in time and a
    baseline: both may have it from a third, and formulas of the genre are shared by all. The definition is that
    of `align_pair` with `seed_chars` = `SEED_CHARS`.

    The brackets that name those responsible （省法制办负责） are no shared text (`compared_texts`): they are blank in
    both texts before these are aligned. A passage runs on behind such a bracket only if the two texts do; its
    span then holds the bracket, which counts in neither n_chars nor identity.

    Examples
    --------
    >>> from fzanalytics.base.tables import empty_table
    >>> texts = ["甲省。各级政府应当依法公开重大行政决策，广泛听取意见。", "乙市：各级政府应当依法公开重大行政决策广泛听取意见！"]
    >>> documents = pd.DataFrame(
    ...     {"doc_id": ["a", "b"], "text": texts, "level": ["province", "prefecture"], "region": ["甲省", "乙省/乙市"],
    ...      "lineage": "l", "earliest": pd.NaT, "latest": pd.NaT, "period_end": 2020, "parent_ids": None, "held": True})
    >>> corpus = Corpus(documents, empty_table("clauses"), empty_table("paragraphs"))
    >>> find_passages(corpus).astype(object).values.tolist()
    [['a', 'b', 3, 26, 3, 25, 22, 1.0, 'unknown']]
    """
    from joblib import Parallel, delayed
    from tqdm.auto import tqdm

    texts = compared_texts(require_corpus(corpus))
    _check_min_chars(min_chars)
    order = order_of_documents(corpus.documents)
    if pairs is not None:
        order = _only(order, pairs, texts)
    align = partial(align_pair, min_chars=min_chars, min_identity=min_identity, seed_chars=SEED_CHARS)
    align("", "")  # options out of range are told at once
    work = [(str(s), str(t), str(o)) for s, t, o in order.itertuples(index=False)]
    found = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(align)(texts[source], texts[target]) for source, target, _ in work
    )
    return _passage_table(work, tqdm(found, total=len(work), desc="find_passages", disable=not progress))


def _check_min_chars(min_chars: int) -> None:
    if min_chars < SEED_CHARS:
        raise ValueError(
            f"`min_chars` must be at least {SEED_CHARS}, the length of the unbroken run that every passage holds; "
            f"got {min_chars}. Take 20, or 12 for short clauses."
        )


def _passage_table(work: list[tuple[str, str, str]], found: Iterable[list[AlignedPassage]]) -> pd.DataFrame:
    rows = [
        (source, target, p.a_begin, p.a_end, p.b_begin, p.b_end, p.n_chars, p.identity, order)
        for (source, target, order), passages in zip(work, found, strict=True)
        for p in passages
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS["passages"]))
    whole = ["source_begin", "source_end", "target_begin", "target_end", "n_chars"]
    return table.astype(
        {**dict.fromkeys(["source", "target", "order"], str), **dict.fromkeys(whole, "int64"), "identity": float}
    )


def _only(order: pd.DataFrame, pairs: Iterable[tuple[str, str]], texts: dict[str, str]) -> pd.DataFrame:
    """The rows of `order` for the given pairs, each once."""
    wanted: set[frozenset[str]] = set()
    faults: list[str] = []
    for pair in pairs:
        if isinstance(pair, str) or len(tuple(pair)) != 2 or len(set(pair)) != 2:
            faults.append(repr(pair))
        elif missing := [doc_id for doc_id in pair if doc_id not in texts]:
            faults.append(f"{tuple(pair)!r} ({', '.join(map(repr, missing))} not held)")
        else:
            wanted.add(frozenset(pair))
    if faults:
        raise ValueError(
            f"`pairs` must be pairs of two different held documents; got {'; '.join(faults)}. "
            f"Held are: {', '.join(sorted(texts))}."
        )
    keep = [frozenset(pair) in wanted for pair in zip(order["source"], order["target"], strict=True)]
    return order[np.array(keep, dtype=bool)].reset_index(drop=True)


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
    >>> passages = pd.DataFrame([("a", "b", 0, 2, 0, 2, 2, 1.0, "earlier")], columns=list(COLUMNS["passages"]))
    >>> borrowing_share(passages, documents)[["source", "target", "share", "n_chars"]].values.tolist()
    [['a', 'b', 0.5, 2]]
    """
    require_columns(require_table(passages, name="passages"), COLUMNS["passages"], name="passages")
    if paragraphs is not None:
        paragraphs = require_table(paragraphs, name="paragraphs")
    texts = compared_texts(documents)
    order = order_of_documents(documents)
    if pairs is not None:
        order = _only(order, pairs, texts)
    carries = {doc_id: text_characters(text) for doc_id, text in texts.items()}
    blocks = {doc_id: _blocks(doc_id, len(text), paragraphs) for doc_id, text in texts.items()}
    spans = SharedSpans(passages)
    rows = []
    for source, target, kind in _both_ways(order):
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
        self._groups = {
            (str(source), str(target)): group
            for (source, target), group in passages.groupby(["source", "target"], sort=False)
        }

    def of(self, doc_id: str, other: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Begins and ends, in `doc_id`, of the passages it shares with `other`, whichever is the source."""
        pieces = self.pairs(doc_id, other)
        return pieces[:, 0], pieces[:, 1]

    def pairs(self, doc_id: str, other: str) -> NDArray[np.int64]:
        """Passages of two documents as rows (begin, end in `doc_id`, begin, end in `other`)."""
        here, there = ["target_begin", "target_end"], ["source_begin", "source_end"]
        parts = []
        for key, columns in (((other, doc_id), [*here, *there]), ((doc_id, other), [*there, *here])):
            if key in self._groups:
                parts.append(self._groups[key][columns].to_numpy(dtype=np.int64))
        return np.concatenate(parts) if parts else np.zeros((0, 4), dtype=np.int64)
