"""Along which lines text is shared: down and up the line of command, sideways, across."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_level
from fzanalytics.base.tables import require_columns
from fzanalytics.measures.attribution.pools import (
    BASELINE_NUMBERS,
    MAX_YEARS,
    Pools,
    baseline_reason,
    excess_limits,
    share_limits,
)
from fzanalytics.measures.characters import section_labels
from fzanalytics.measures.diffusion.lines import FLOWS, Look
from fzanalytics.measures.sections import add_status
from fzanalytics.texts.corpus import Corpus

logger = logging.getLogger(__name__)

#: A share of a union that rises with the number of sources like this (Spearman) is a count in disguise.
DISGUISED = 0.9
_MIN_TARGETS = 5

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

_FLOWS = (
    "target", "flow", "share", "resampling_low", "resampling_high", "n_sections", "share_only", "n_shared", "n_chars", "n_sources",
    "n_undecided", "best_source", "best_share", "mean_share", "genre_share", "genre_excess", "genre_excess_low",
    "genre_excess_high", "n_genre", "genre_reason", "ancestry_share", "ancestry_excess", "ancestry_excess_low",
    "ancestry_excess_high", "n_ancestry", "ancestry_reason",
)  # fmt: skip


def flows(
    corpus: Corpus,
    *,
    passages: pd.DataFrame | None = None,
    genre: Iterable[str] | None = None,
    max_years: float = MAX_YEARS,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """What each text shares with documents before it, by the line that leads from them to it.

    Parameters
    ----------
    corpus : Corpus
        D documents; those held are sources and targets.
    passages : DataFrame, optional
        From `find_passages` over *all* pairs (a pair left out would count as sharing nothing); found here if None, with
        its default of 20 characters: over whole texts, runs of 12 to 19 are mostly phrases of the genre, and would count for
        every pair. `coverage_matrix`, which sets paragraph beside paragraph, looks for 12.
    genre, max_years, ignore
        As for `overlap_baselines`.
    level : float
        Nominal coverage of the interval; see `clause_resampling_interval`.

    Returns
    -------
    DataFrame, six rows (one a flow) for each held document, by doc_id
        - target; flow: "vertical down" (from above in the line of command), "vertical up" (from below), "horizontal, same
          province", "horizontal, other province" (of one level), "diagonal" (of another level, no line of command), "own
          earlier" (of the same jurisdiction); see `flow_of`.
        - share in [0, 1]: text-carrying characters of target in passages shared with at least one source of the flow
          (n_shared) over all of them (n_chars); NaN where n_sources is 0, never 0. resampling_low,
          resampling_high: its clause-resampling interval over the n_sections sections of target, which says nothing about
          other localities; resampling_status: what it is worth, see `borrowing_share`. Flows overlap: their shares do not
          sum to anything.
        - share_only: the part of share that no source of another flow has.
        - n_sources: held documents of the same lineage, or declared by target, that come before it: in time ("declared",
          "earlier") or, only down the line of command and where dates do not decide, by rank ("superior"). n_undecided: those in that line whose order is not
          known; they are no sources. Documents of *all* periods take part: a plan of 2016 is an earlier source of one of
          2021, of its own jurisdiction ("own earlier") and of others.
        - best_source, best_share: the one that shares most; mean_share: the mean over single sources.
        - genre_share, ancestry_share, their excess with its interval, the number of documents, and genre_reason and
          ancestry_reason: as in `overlap_baselines`, for as many documents as there are sources. Sources of the flow, and
          their provinces, are not in the ancestry baseline.

    Raises
    ------
    TypeError
        If `corpus` is no Corpus.
    ValueError
        If a column of `passages` is missing, or an option is out of its range.

    Notes
    -----
    Shared with, along a line on which text could have flowed; that it did takes an excess over both baselines. For
    horizontal and diagonal flows the ancestry baseline consists of what is left of the others: younger or undated documents of
    other provinces, which may have copied the target. Their excess is rather too small than too large.

    *Periods.* An older plan of the superior is "vertical down" as the present one is, so what is shared with it may have
    come by the plan in between. For flows within one wave give the corpus of one period.

    share is of a union, so it grows with n_sources: do not compare it between targets with other numbers of sources
    (mean_share and the excess can be). No index of intensity is given: the formulas in use weight and *add up* documents,
    and we know of none whose paper we could read and whose value is not driven by their number. Where share follows
    n_sources in rank (Spearman at least 0.9 over five targets or more), a warning says that it is a count in disguise.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = flows(load_sample()).set_index(["target", "flow"])
    >>> row = table.loc[("shijiazhuang_city_2016", "vertical down")]
    >>> row["best_source"], int(row["n_sources"]), bool(row["ancestry_excess"] > 0)
    ('hebei_province_2016', 1, True)
    >>> bool(np.isnan(table.loc[("hebei_province_2016", "vertical down"), "share"]))
    True
    """
    check_level(level)
    look = Look(corpus, passages, ignore)
    pools = Pools(corpus.documents, look.facts, genre=genre, max_years=max_years)
    paragraphs = {str(doc_id): part for doc_id, part in corpus.paragraphs.groupby("doc_id", sort=False)}
    empty = corpus.paragraphs.head(0)
    rows: list[dict[str, object]] = []
    for target in look.held:
        blocks = section_labels(len(look.texts[target]), paragraphs.get(target, empty))
        rows += _of_target(target, look, pools, blocks, level)
    table = pd.DataFrame(rows, columns=list(_FLOWS))
    numbers = [name for name in _FLOWS if name.endswith(("share", "excess", "_low", "_high", "share_only"))]
    table = add_status(table.astype(dict.fromkeys(numbers, float)))
    _warn_of_counts(table)
    return table


def flow_totals(flows: pd.DataFrame) -> pd.DataFrame:
    """The shares of each flow over all texts that have a source in it.

    Parameters
    ----------
    flows : DataFrame
        As `flows` returns it.

    Returns
    -------
    DataFrame, one row a flow
        flow; share in [0, 1]: characters shared over all characters of the n_targets texts with at least one source;
        mean_sources: sources a text; n_without: texts without a source, which are in no number here; genre_excess,
        ancestry_excess: the mean over the texts with such a baseline, weighted by characters; n_genre_targets,
        n_ancestry_targets: how many these are. NaN where there is none.

    Raises
    ------
    ValueError
        If a column is missing.

    Notes
    -----
    These documents: no interval for a population is given.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "target": ["a", "b"], "flow": "diagonal", "share": [0.5, np.nan], "n_shared": [5, 0], "n_chars": [10, 30],
    ...     "n_sources": [1, 0], "genre_excess": np.nan, "ancestry_excess": [0.2, np.nan]})
    >>> flow_totals(table)[["flow", "share", "n_targets", "n_without", "ancestry_excess"]].values.tolist()
    [['diagonal', 0.5, 1, 1, 0.2]]
    """
    needed = ["flow", "share", "n_shared", "n_chars", "n_sources", "genre_excess", "ancestry_excess"]
    require_columns(_require_flows(flows), needed, name="flows")
    rows = []
    for flow, part in flows.groupby("flow", sort=False):
        there = part[part["n_sources"] > 0]
        total = int(there["n_chars"].sum())
        row: dict[str, object] = {
            "flow": flow,
            "share": int(there["n_shared"].sum()) / total if total else np.nan,
            "n_targets": len(there),
            "n_without": len(part) - len(there),
            "mean_sources": float(there["n_sources"].mean()) if len(there) else np.nan,
        }
        for name in ("genre", "ancestry"):
            known = there[there[f"{name}_excess"].notna()]
            weight = float(known["n_chars"].sum())
            row[f"{name}_excess"] = (
                float((known[f"{name}_excess"] * known["n_chars"]).sum()) / weight if weight else np.nan
            )
            row[f"n_{name}_targets"] = len(known)
        rows.append(row)
    return pd.DataFrame(rows)


def _require_flows(flows: object) -> pd.DataFrame:
    """The table of `flows`, or one sentence on what is wrong."""
    if not isinstance(flows, pd.DataFrame):
        raise TypeError(f"`flows` must be a DataFrame; got {type(flows).__name__}. Take what flows returns.")
    return flows


def _of_target(target: str, look: Look, pools: Pools, blocks: Ints, level: float) -> list[dict[str, object]]:
    carries, size = look.carries[target], look.sizes[target]
    ids = look.facts.ids
    every = look.before(target, undecided=True)
    sources = {flow: [ids[at] for at, name, order in every if name == flow and order != "unknown"] for flow in FLOWS}
    undecided = {flow: sum(name == flow and order == "unknown" for _, name, order in every) for flow in FLOWS}
    masks = {flow: look.spans.mask(target, len(carries), sources[flow]) for flow in FLOWS}
    held_by, n_sections = np.sum(list(masks.values()), axis=0), len(np.unique(blocks[carries]))
    shares = look.shares(target) / size if size else np.full(len(ids), np.nan)
    rows = []
    for flow in FLOWS:
        row: dict[str, object] = {"target": target, "flow": flow, "n_chars": size, "n_sources": len(sources[flow])}
        row["n_undecided"], row["n_shared"] = undecided[flow], int((masks[flow] & carries).sum())
        row["n_sections"] = n_sections
        status = "held" if sources[flow] else "no source"
        chances = pools.chances(target, len(carries), sources[flow], look.spans)
        for name, (_, n_pool) in chances.items():
            row[f"n_{name}"], row[f"{name}_reason"] = n_pool, baseline_reason(status, len(sources[flow]), n_pool)
        if sources[flow] and size:
            share = float((masks[flow] & carries).sum()) / size
            low, high = share_limits(masks[flow], carries, blocks, level)
            alone = masks[flow] & (held_by == 1) & carries
            single = {name: float(shares[look.place[name]]) for name in sources[flow]}
            best = min(single, key=lambda name: (-single[name], name))
            row.update(
                share=share,
                resampling_low=low,
                resampling_high=high,
                share_only=float(alone.sum()) / size,
                best_source=best,
            )
            row.update(best_share=single[best], mean_share=float(np.mean(list(single.values()))))
            for name, (chance, _) in chances.items():
                base = np.nan if chance is None else float((chance * carries).sum()) / size
                ends = excess_limits(masks[flow], chance, carries, blocks, level)
                row.update(
                    dict(zip((f"{name}_{one}" for one in BASELINE_NUMBERS), (base, share - base, *ends), strict=True))
                )
        rows.append(row)
    return rows


def _warn_of_counts(table: pd.DataFrame) -> None:
    """Say so where the share of a union does nothing but follow the number of sources."""
    for flow, part in table[table["n_sources"] > 0].groupby("flow", sort=False):
        if len(part) < _MIN_TARGETS or part["n_sources"].nunique() < 2 or part["share"].nunique() < 2:
            continue
        rho = part["share"].rank().corr(part["n_sources"].rank())
        if rho >= DISGUISED:
            logger.warning(
                "%s: share follows the number of sources (Spearman %.2f over %d texts), a count in disguise; "
                "compare mean_share or the excess.",
                flow, rho, len(part),
            )  # fmt: skip
