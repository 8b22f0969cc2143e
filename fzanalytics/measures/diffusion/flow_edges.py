"""What each text shares with each single document before it, along which line."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_level
from fzanalytics.measures.attribution.pools import (
    BASELINE_NUMBERS,
    MAX_YEARS,
    Pools,
    baseline_reason,
    excess_limits,
    share_limits,
)
from fzanalytics.measures.characters import section_labels
from fzanalytics.measures.diffusion.lines import Look
from fzanalytics.measures.sections import add_status
from fzanalytics.texts.corpus import Corpus

Ints = NDArray[np.int64]

_EDGES = (
    "source", "target", "flow", "order", "share", "resampling_low", "resampling_high", "n_sections", "n_shared", "n_target_chars",
    "genre_share", "genre_excess", "genre_excess_low", "genre_excess_high", "n_genre", "genre_reason",
    "ancestry_share", "ancestry_excess", "ancestry_excess_low", "ancestry_excess_high", "n_ancestry", "ancestry_reason",
)  # fmt: skip


def flow_edges(
    corpus: Corpus,
    *,
    passages: pd.DataFrame | None = None,
    genre: Iterable[str] | None = None,
    max_years: float = MAX_YEARS,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    intervals: bool = False,
    level: float = 0.95,
) -> pd.DataFrame:
    """Every pair of a text and a document before it, with what it shares and what others without kin share.

    Parameters
    ----------
    corpus, passages, genre, max_years, ignore
        As for `flows`.
    intervals : bool
        Give the clause-resampling intervals of each share and excess, which takes time with many pairs.
    level : float
        Its nominal coverage; see `clause_resampling_interval`.

    Returns
    -------
    DataFrame, one row a pair of held documents of one lineage, or one that declares the other
        source, target, flow, order: see `flows` and `order_of_documents`. Where order is "unknown", neither is known to
        come first, and the pair stands twice, once in each direction. share in [0, 1] of the target: n_shared of
        n_target_chars; resampling_low, resampling_high, n_sections, resampling_status ("not asked for" without `intervals`).
        genre_share, ancestry_share: mean share of the target with single documents of the baseline: of the genre, and of the
        same policy without kin (neither the source nor its province), n_genre and n_ancestry of them; genre_excess and
        so on: share less that; genre_excess_low, genre_excess_high: its interval (`excess_interval`); genre_reason,
        ancestry_reason: as in `overlap_baselines`. Sorted by target and source.

    Raises
    ------
    TypeError
        If `corpus` is no Corpus.
    ValueError
        If a column of `passages` is missing, an option is out of its range, or `genre` names a document that is not held.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> edges = flow_edges(load_sample())
    >>> edges.loc[edges["order"] == "declared", ["source", "target", "flow"]].values.tolist()
    [['hebei_province_2016', 'shijiazhuang_city_2016', 'vertical down']]
    """
    check_level(level)
    look = Look(corpus, passages, ignore)
    pools = Pools(corpus.documents, look.facts, genre=genre, max_years=max_years)
    paragraphs = {str(doc_id): part for doc_id, part in corpus.paragraphs.groupby("doc_id", sort=False)}
    empty = corpus.paragraphs.head(0)
    rows: list[tuple[object, ...]] = []
    for target in look.held:
        shares, size = look.shares(target), look.sizes[target]
        means = _Means(target, shares, pools)
        blocks = section_labels(len(look.texts[target]), paragraphs.get(target, empty))
        n_sections = len(np.unique(blocks[look.carries[target]]))
        for at, flow, order in look.before(target, undecided=True):
            share = shares[at] / size if size else np.nan
            limits = _limits(look, pools, target, at, blocks, level) if intervals else [np.nan] * 6
            row = [look.facts.ids[at], target, flow, order, share, *limits[:2], n_sections, int(shares[at]), size]
            for (total, n), ends in zip(means.of(at), (limits[2:4], limits[4:]), strict=True):
                base = total / n / size if n and size else np.nan
                row += [base, share - base, *ends, n, baseline_reason("held", 1, n)]
            rows.append(tuple(row))
    table = pd.DataFrame(rows, columns=list(_EDGES)).sort_values(["target", "source"], ignore_index=True)
    bases = [f"{baseline}_{number}" for baseline in ("genre", "ancestry") for number in BASELINE_NUMBERS]
    table = add_status(table.astype(dict.fromkeys(["share", "resampling_low", "resampling_high", *bases], float)))
    return table if intervals else table.assign(resampling_status="not asked for")


class _Means:
    """What a target shares with the documents of either baseline: sums over them, and how many they are, for each source."""

    def __init__(self, target: str, shares: NDArray[np.float64], pools: Pools) -> None:
        self._shares, self._pools = shares, pools
        self._genre, kin = pools.genre_of(target), pools.ancestry_of(target)
        n_provinces = pools.province.max() + 2
        self._sums = np.bincount(pools.province[kin] + 1, shares[kin], minlength=n_provinces)
        self._numbers = np.bincount(pools.province[kin] + 1, minlength=n_provinces)

    def of(self, source: int) -> list[tuple[float, int]]:
        """Of the genre without the source, of the ancestry without the source and its province."""
        pools, own = self._pools, self._genre[source]
        n_genre = int(self._genre.sum()) - int(own)
        genre = float(self._shares[self._genre].sum()) - own * float(self._shares[source])
        at = pools.province[source] + 1
        kin = (self._sums[at], self._numbers[at]) if at > 0 and not pools.national[source] else (0.0, 0)
        return [(genre, n_genre), (float(self._sums.sum() - kin[0]), int(self._numbers.sum() - kin[1]))]


def _limits(look: Look, pools: Pools, target: str, source: int, blocks: Ints, level: float) -> list[float]:
    """The intervals of what a target shares with a source, and of its excess over either baseline."""
    name, carries = look.facts.ids[source], look.carries[target]
    mask = look.spans.mask(target, len(blocks), [name])
    limits = [*share_limits(mask, carries, blocks, level)]
    for chance, _ in pools.chances(target, len(blocks), [name], look.spans).values():
        limits += excess_limits(mask, chance, carries, blocks, level)
    return limits
