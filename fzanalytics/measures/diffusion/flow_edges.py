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
    chance_of_sharing,
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
    "ancestry_share", "ancestry_excess", "ancestry_excess_low", "ancestry_excess_high", "n_ancestry", "ancestry_reason",
)  # fmt: skip


def flow_edges(
    corpus: Corpus,
    *,
    passages: pd.DataFrame | None = None,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    intervals: bool = False,
    level: float = 0.95,
) -> pd.DataFrame:
    """Every pair of a text and a document before it, with what it shares and what others without kin share.

    Parameters
    ----------
    corpus, passages, ignore
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
        ancestry_share: mean share of the target with single documents of the ancestry baseline (without the source and its
        province), of which there are n_ancestry; ancestry_excess: share less that; ancestry_excess_low,
        ancestry_excess_high: its interval (`excess_interval`); ancestry_reason: as in `overlap_baselines`. A genre baseline is
        in `flows` and `overlap_baselines` only. Sorted by target and source.

    Raises
    ------
    TypeError
        If `corpus` is no Corpus.
    ValueError
        If a column of `passages` is missing, or `level` is out of its range.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> edges = flow_edges(load_sample())
    >>> edges.loc[edges["order"] == "declared", ["source", "target", "flow"]].values.tolist()
    [['hebei_province_2016', 'shijiazhuang_city_2016', 'vertical down']]
    """
    check_level(level)
    look = Look(corpus, passages, ignore)
    pools = Pools(corpus.documents, look.facts, genre=None, max_years=MAX_YEARS)
    paragraphs = {str(doc_id): part for doc_id, part in corpus.paragraphs.groupby("doc_id", sort=False)}
    empty = corpus.paragraphs.head(0)
    rows: list[tuple[object, ...]] = []
    for target in look.held:
        shares, size = look.shares(target), look.sizes[target]
        pool = pools.ancestry_of(target)
        sums = np.bincount(pools.province[pool] + 1, shares[pool], minlength=pools.province.max() + 2)
        numbers = np.bincount(pools.province[pool] + 1, minlength=pools.province.max() + 2)
        blocks = section_labels(len(look.texts[target]), paragraphs.get(target, empty))
        n_sections = len(np.unique(blocks[look.carries[target]]))
        for at, flow, order in look.before(target, undecided=True):
            source, kin = look.facts.ids[at], pools.province[at] + 1
            own = (sums[kin], numbers[kin]) if kin > 0 and not pools.national[at] else (0.0, 0)
            n = int(numbers.sum() - own[1])
            mean = (sums.sum() - own[0]) / n if n else np.nan
            limits = [np.nan] * 4
            if intervals:
                limits = _limits(look, pools, target, source, blocks, level)
            share = shares[at] / size if size else np.nan
            base = mean / size if size else np.nan
            counts = (n_sections, int(shares[at]), size)
            reason = baseline_reason("held", 1, n)
            rows.append(
                (source, target, flow, order, share, *limits[:2], *counts, base, share - base, *limits[2:], n, reason)
            )
    table = pd.DataFrame(rows, columns=list(_EDGES)).sort_values(["target", "source"], ignore_index=True)
    columns = ["share", "resampling_low", "resampling_high", *(f"ancestry_{name}" for name in BASELINE_NUMBERS)]
    table = add_status(table.astype(dict.fromkeys(columns, float)))
    return table if intervals else table.assign(resampling_status="not asked for")


def _limits(look: Look, pools: Pools, target: str, source: str, blocks: Ints, level: float) -> list[float]:
    """The intervals of what a target shares with a source, and of its excess over common ancestry."""
    mask, others = look.spans.mask(target, len(blocks), [source]), pools.ancestry_of(target, [source])
    chance = chance_of_sharing(target, len(blocks), others, 1, look.spans)
    carries = look.carries[target]
    return [*share_limits(mask, carries, blocks, level), *excess_limits(mask, chance, carries, blocks, level)]
