"""What of a text stands in no earlier document, with as many earlier documents for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_level, check_number
from fzanalytics.measures.attribution.origins import PairSpans
from fzanalytics.measures.attribution.pools import MAX_YEARS, Pools, baseline_reason, chance_of_sharing
from fzanalytics.measures.characters import section_labels
from fzanalytics.measures.inputs import require_corpus
from fzanalytics.measures.reuse.order import DocumentFacts, order_of_documents
from fzanalytics.measures.reuse.passages import shared_texts
from fzanalytics.measures.reuse.reduced import text_characters
from fzanalytics.measures.sections import add_status, clause_resampling_interval
from fzanalytics.texts.corpus import Corpus

Ints = NDArray[np.int64]

#: Orders in which one document may be a source of another, the better known the higher. Only "declared" and "earlier" are
#: order in time; "superior" is rank, where dates do not decide.
ORDER_RANKS = {"earlier": 1, "superior": 2, "declared": 3}
_SPANS = ("source", "target", "source_begin", "source_end", "target_begin", "target_end")
_DOCUMENT = (
    "target", "novelty", "resampling_low", "resampling_high", "n_sections", "n_chars", "n_earlier", "pool_size",
    "genre_novelty", "genre_excess", "n_genre", "genre_reason",
)  # fmt: skip
_NUMBERS = ("novelty", "resampling_low", "resampling_high", "genre_novelty", "genre_excess")
_CLAUSE = ("target", "paragraph_id", "section", "novelty", "n_chars", "n_earlier", "pool_size")


def reinvention(
    corpus: Corpus,
    *,
    pool_size: int | None = None,
    passages: pd.DataFrame | None = None,
    genre: Iterable[str] | None = None,
    max_years: float = MAX_YEARS,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Share of each text that is in no earlier document.

    Parameters
    ----------
    corpus : Corpus
    pool_size : int, optional
        So many earlier documents for each text, at least 1. Without it all there are: then texts with more earlier
        documents look less new for that alone, and cannot be compared.
    passages : DataFrame, optional
        From `find_passages` over all pairs; found here if None, of 20 characters or more.
    genre, max_years
        As for `overlap_baselines`.
    ignore : optional
        What is no text, as in `find_passages`: spans, such as those of `find_slogans`, or phrases.
    level : float
        Nominal coverage of the interval; see `clause_resampling_interval`.

    Returns
    -------
    DataFrame, one row a document held
        target; novelty in [0, 1]: 1 - share of its text-carrying characters that are in passages shared with the union
        of `pool_size` earlier documents, the mean over *all* ways to draw these; NaN if there are fewer;
        resampling_low, resampling_high: clause-resampling interval over its n_sections sections; resampling_status: what it is
        worth, see `borrowing_share`; n_chars; n_earlier: documents that come
        before it: in time ("declared", "earlier") or, where dates do not decide, by rank ("superior"); pool_size: that used;
        genre_novelty: the same against as many documents of the genre, of unrelated policies and of a similar period,
        whatever their order in time; NaN if n_genre, their number, is smaller; genre_excess in [-1, 1]: genre_novelty -
        novelty, how much more earlier documents have than the genre has. It has no interval. genre_reason: why there is
        none, or that so few documents are no distribution, see `overlap_baselines`.

    Raises
    ------
    ValueError
        If `pool_size` is below 1, `max_years` or `level` is out of its range, `genre` names a document that is not held, or
        `passages` lacks a column.
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    New means in no earlier document that is *held*: with more of them it falls. Documents of all periods are in the pool. The mean over all draws needs no draw: a
    character that m of M earlier documents share is left out by a share C(M - m, k) / C(M, k) of the sets of k. The
    interval says nothing about other localities. Text in other words counts as new. Common ancestry is no baseline here: what
    comes from an ancestor is not new, whether or not it is held.

    References
    ----------
    Hurlbert (1971), The nonconcept of species diversity, equation 2 (rarefaction): the same mean over draws of one size.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = reinvention(load_sample(), pool_size=1).set_index("target")["novelty"]
    >>> bool(table["shijiazhuang_city_2016"] < table["henan_province_2021"])
    True
    """
    check_level(level)
    texts, passages = _shared_texts(corpus, pool_size, passages, ignore)
    facts = DocumentFacts(corpus.documents)
    pools, spans = Pools(corpus.documents, facts, genre=genre, max_years=max_years), PairSpans(passages, facts.ids)
    paragraphs = {str(key): part for key, part in corpus.paragraphs.groupby("doc_id", sort=False)}
    none = corpus.paragraphs.head(0)
    rows: list[tuple[object, ...]] = []
    for target, weights, carries, n_earlier, k in _left_out(corpus, texts, passages, pool_size):
        labels = section_labels(len(weights), paragraphs.get(target, none))
        tops, bottoms = np.bincount(labels, weights * carries), np.bincount(labels, carries)
        known, triple = 0 < k <= n_earlier, (np.nan,) * 3
        if known:
            triple = clause_resampling_interval(tops, bottoms, np.arange(len(tops)), level=level)
        pool = pools.genre_of(target)
        n_genre, n_chars = int(pool.sum()), int(carries.sum())
        chance = chance_of_sharing(target, len(carries), pool, k, spans) if known and n_chars else None
        expected = np.nan if chance is None else 1 - float(chance[carries].mean())
        reason = baseline_reason("held", k, n_genre) if known and n_chars else "no novelty"
        counts = (int((bottoms > 0).sum()), n_chars, n_earlier, k)
        rows.append((target, *triple, *counts, expected, expected - triple[0], n_genre, reason))
    table = pd.DataFrame(rows, columns=list(_DOCUMENT)).astype(dict.fromkeys(_NUMBERS, float))
    return add_status(table, "novelty")


def clause_novelty(
    corpus: Corpus,
    *,
    unit: Literal["paragraph", "clause"] = "paragraph",
    pool_size: int | None = None,
    passages: pd.DataFrame | None = None,
    ignore: pd.DataFrame | Iterable[object] | None = None,
) -> pd.DataFrame:
    """Share of each paragraph, or clause, that is in no earlier document.

    Parameters
    ----------
    corpus, pool_size, passages, ignore
        As for `reinvention`.
    unit : "paragraph" or "clause"
        Paragraphs carry a number or a responsibility bracket of their own; a clause has its own text, and not that of
        clauses below it.

    Returns
    -------
    DataFrame, one row a paragraph or clause
        target, paragraph_id (or clause_id), section (or path), novelty (see `reinvention`; NaN without text, too), n_chars,
        n_earlier, pool_size. In reading order.

    Raises
    ------
    ValueError
        If `unit` is neither, or as for `reinvention`.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = clause_novelty(load_sample(), pool_size=1)
    >>> bool(table["novelty"].dropna().between(0, 1).all())
    True
    """
    if unit not in ("paragraph", "clause"):
        raise ValueError(f"`unit` must be 'paragraph' or 'clause'; got {unit!r}. For documents take reinvention.")
    table = require_corpus(corpus).paragraphs if unit == "paragraph" else corpus.clauses
    section = "section" if unit == "paragraph" else "path"
    parts = {str(key): part.sort_values(["begin", "end"]) for key, part in table.groupby("doc_id", sort=False)}
    rows: list[tuple[object, ...]] = []
    texts, passages = _shared_texts(corpus, pool_size, passages, ignore)
    for target, weights, carries, n_earlier, k in _left_out(corpus, texts, passages, pool_size):
        new, all_ = np.r_[0.0, np.cumsum(weights * carries)], np.r_[0, np.cumsum(carries)]
        for one in parts.get(target, table.iloc[:0])[[f"{unit}_id", section, "begin", "end"]].itertuples(index=False):
            begin, end = int(one.begin), int(one.end)
            n_chars = int(all_[end] - all_[begin])
            known = n_chars > 0 and 0 < k <= n_earlier
            share = float(np.clip((new[end] - new[begin]) / n_chars, 0, 1)) if known else np.nan
            rows.append((target, one[0], one[1], share, n_chars, n_earlier, k))
    found = pd.DataFrame(rows, columns=list(_CLAUSE))
    return found if unit == "paragraph" else found.rename(columns={"paragraph_id": "clause_id", "section": "path"})


_Rows = list[tuple[str, NDArray[np.float64], NDArray[np.bool_], int, int]]


def _shared_texts(
    corpus: Corpus, pool_size: int | None, passages: pd.DataFrame | None, ignore: pd.DataFrame | Iterable[object] | None
) -> tuple[dict[str, str], pd.DataFrame]:
    require_corpus(corpus)
    remedy = "Take None for all earlier documents."
    check_number(pool_size, name="pool_size", within="[1, inf)", whole=True, optional=True, remedy=remedy)
    return shared_texts(corpus, passages, ignore)


def _left_out(corpus: Corpus, texts: dict[str, str], passages: pd.DataFrame, pool_size: int | None) -> _Rows:
    """For each document and character the share of pools that do not have it; which characters count; M and k."""
    ids = list(texts)
    allowed = allowed_sources(corpus, ids)
    n_earlier = np.sum(allowed != 0, axis=1)
    holders = _count_holders(shared_pieces(passages, ids, allowed), [len(text) for text in texts.values()], ids)
    rows: _Rows = []
    for target, m, n_holders in zip(ids, n_earlier.tolist(), holders, strict=True):
        k = m if pool_size is None else pool_size
        rows.append((target, _missed(m, k)[n_holders], text_characters(texts[target]), m, k))
    return rows


def _count_holders(pieces: Pieces, sizes: list[int], ids: list[str]) -> list[Ints]:
    """How many earlier documents share each character of each text."""
    length = np.array(sizes, dtype=np.int64)
    start = np.cumsum(length + 1) - length - 1
    steps = np.bincount(start[pieces.target] + pieces.begin, minlength=int(length.sum()) + len(length))
    steps -= np.bincount(start[pieces.target] + pieces.end, minlength=len(steps))
    counts = np.cumsum(steps)
    return [counts[at : at + size] for at, size in zip(start.tolist(), sizes, strict=True)]


def _missed(n_all: int, k: int) -> NDArray[np.float64]:
    """For m = 0 .. n_all the share of the sets of k of n_all that hold none of m: C(n_all - m, k) / C(n_all, k)."""
    if k > n_all:
        return np.full(n_all + 1, np.nan)
    shares = np.ones(n_all + 1)
    for m in range(n_all):
        shares[m + 1] = shares[m] * max(n_all - m - k, 0) / (n_all - m)
    return shares


def allowed_sources(corpus: Corpus, ids: list[str], source: str | None = None) -> NDArray[np.int8]:
    """Which documents may be a source of which, by the order of the two.

    Parameters
    ----------
    corpus : Corpus
    ids : list of str
        The D documents held.
    source : str, optional
        Only this one may be; then documents of unknown order to it are targets too.

    Returns
    -------
    ndarray of int, shape (D, D)
        Target by source: a rank of `ORDER_RANKS`, -1 for an unknown order, 0 where it is no source.
    """
    place = {doc_id: at for at, doc_id in enumerate(ids)}
    order = order_of_documents(corpus.documents)
    allowed = np.zeros((len(ids), len(ids)), dtype=np.int8)
    sources, targets = (order[side].map(place).to_numpy(dtype=np.int64) for side in ("source", "target"))
    allowed[targets, sources] = order["order"].map(ORDER_RANKS).fillna(0).to_numpy(dtype=np.int8)
    if source is None:
        return allowed
    only = np.zeros_like(allowed)
    at = place[source]
    unknown = (order["order"] == "unknown").to_numpy()
    only[:, at] = allowed[:, at]
    for here, there in ((sources, targets), (targets, sources)):
        only[there[unknown & (here == at)], at] = -1
    return only


class Pieces(NamedTuple):
    """Stretches of targets that a source shares, without overlap for one pair; their passages, and its place in the source."""

    target: Ints
    source: Ints
    begin: Ints
    end: Ints
    other_begin: Ints
    other_end: Ints
    passage: Ints


def shared_pieces(passages: pd.DataFrame, ids: list[str], allowed: NDArray[np.int8]) -> Pieces:
    """The union of the passages of each target and allowed source, whichever way round the table has them.

    Parameters
    ----------
    passages : DataFrame, P rows
    ids : list of str
        The documents, by number.
    allowed : ndarray of int, shape (D, D)
        From `allowed_sources`.

    Returns
    -------
    Pieces
        Sorted by target, source and begin.
    """
    place = {name: at for at, name in enumerate(ids)}
    docs = {side: passages[side].astype(str).map(place).fillna(-1).to_numpy(dtype=np.int64) for side in _SPANS[:2]}
    parts = []
    for here, there in (("target", "source"), ("source", "target")):
        known = np.flatnonzero((docs[here] >= 0) & (docs[there] >= 0))
        rows = known[allowed[docs[here][known], docs[there][known]] != 0]
        spans = passages[[f"{here}_begin", f"{here}_end", f"{there}_begin", f"{there}_end"]].to_numpy(np.int64)[rows]
        parts.append(np.column_stack([docs[here][rows], docs[there][rows], spans, rows]))
    table = np.concatenate(parts)
    table = table[np.lexsort((-table[:, 3], table[:, 2], table[:, 1], table[:, 0]))]
    if len(table):
        pair = np.cumsum(np.r_[0, (np.diff(table[:, 0]) != 0) | (np.diff(table[:, 1]) != 0)])
        shift = pair * (1 << 32)
        reached = np.r_[0, np.maximum.accumulate(table[:, 3] + shift)[:-1]] - shift
        table[:, 2] = np.maximum(table[:, 2], reached)
    return Pieces(*table[table[:, 2] < table[:, 3]].T)
