"""How much of a source is covered by documents that have no line to the target: of the genre, and of the same policy."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from fzanalytics.base.options import check_level
from fzanalytics.measures.attribution.pools import MAX_YEARS, Pools, baseline_reason, excess_limits
from fzanalytics.measures.characters import block_of
from fzanalytics.measures.diffusion.coverage import (
    check_source,
    check_threshold,
    match_paragraphs,
    own_passages,
    read_paragraphs,
    targets_of,
)
from fzanalytics.measures.inputs import compared_texts, read_ignore, require_passages
from fzanalytics.measures.reuse.order import DocumentFacts
from fzanalytics.measures.reuse.passages import SharedSpans
from fzanalytics.measures.sections import add_status, clause_resampling_interval
from fzanalytics.texts.corpus import Corpus

_BASELINES = ("genre", "ancestry")
_OF_BASELINE = ("{}_coverage", "{}_excess", "{}_excess_low", "{}_excess_high", "n_{}", "{}_reason")
_COLUMNS = (
    "target", "order", "coverage", "resampling_low", "resampling_high", "n_sections", "n_paragraphs",
    *(name.format(baseline) for baseline in _BASELINES for name in _OF_BASELINE),
)  # fmt: skip


def coverage_baselines(
    corpus: Corpus,
    source: str,
    *,
    passages: pd.DataFrame | None = None,
    threshold: float = 0.5,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    genre: Iterable[str] | None = None,
    max_years: float = MAX_YEARS,
    level: float = 0.95,
) -> pd.DataFrame:
    """What share of a source's paragraphs each target covers, and what documents cover that are kin of neither.

    Parameters
    ----------
    corpus, source, passages, threshold, ignore
        As for `coverage_matrix`; passages over *all* pairs, since a pair left out would count as sharing nothing.
    genre, max_years
        As for `overlap_baselines`.
    level : float
        Nominal coverage of the intervals; see `clause_resampling_interval`; the blocks are the sections of the source.

    Returns
    -------
    DataFrame, one row a target of `coverage_matrix`, by doc_id
        - target, order; coverage in [0, 1]: of the n_paragraphs paragraphs of the source that carry text, the share with a
          score of at least `threshold` (`coverage_curve`); resampling_low, resampling_high, n_sections, resampling_status: its
          clause-resampling interval, see `borrowing_share`.
        - genre_coverage, ancestry_coverage: the mean coverage of the source by single documents of the baseline, n_genre and
          n_ancestry of them; NaN if there is none.
        - genre_excess, ancestry_excess in [-1, 1]: coverage less that; genre_excess_low and so on: its interval
          (`excess_interval`), with the baseline taken as it is.
        - genre_reason, ancestry_reason: as in `overlap_baselines`.

    Raises
    ------
    ValueError
        If `source` is not a held document, an option is out of its range, or `genre` names a document that is not held.
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    *Genre*: documents of the target's kind and of a similar period on policies unrelated to its own and to that of the source.
    *Common ancestry*: adopters of the policy that source and target have in common, which are kin neither of the target nor of
    the source (of their provinces, or in their declared lines); what they cover of the source, both may have from the
    centre. Where the source is itself of the centre it is what all drew on, and where the two are of different policies they
    have no ancestor in common: then there is no such baseline, and ancestry_reason says so. Order in time plays no part, so
    younger documents of the pool may have copied the source, and the excess is rather too small than too large. Pools are
    matched for neither level nor length. See `overlap_baselines`.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = coverage_baselines(load_sample(), "hebei_province_2016").set_index("target")
    >>> row = table.loc["shijiazhuang_city_2016"]
    >>> int(row["n_ancestry"]), int(row["n_genre"]), row["genre_reason"]
    (2, 0, 'no such document held')
    >>> bool(row["coverage"] > row["ancestry_coverage"] > 0)
    True
    """
    check_source(corpus, source)
    check_threshold(threshold)
    check_level(level)
    targets = targets_of(corpus, source)
    members = _members(corpus, source, targets, genre, max_years)
    others = sorted({*targets, *(name for pools in members.values() for names, _ in pools.values() for name in names)})
    ignore = read_ignore(ignore)
    if passages is None:
        passages = own_passages(corpus, source, others, ignore)
    passages = require_passages(passages, compared_texts(corpus))
    spans, sides = SharedSpans(passages), read_paragraphs(corpus, [source, *others], ignore)
    carries = np.array(sides[source].sizes) > 0
    blocks = np.array([block_of(section) for section in sides[source].sections], dtype=str)[carries]
    place = np.unique(blocks, return_inverse=True)[1]
    covered = {}
    for other in others:
        scores = np.array([match.score for match in match_paragraphs(sides[source], sides[other], spans)], dtype=float)
        covered[other] = scores[carries] >= threshold
    ones = np.ones(len(place), dtype=bool)
    rows = []
    for target, order in sorted(targets.items()):
        own = covered[target]
        share, *limits = clause_resampling_interval(own, ones, place, level=level)
        row: list[object] = [target, order, share, *limits, len(np.unique(place)), len(place)]
        for name in _BASELINES:
            pool, reason = members[target][name]
            chance = np.mean([covered[other] for other in pool], axis=0) if pool and len(place) else None
            expected = np.nan if chance is None else float(chance.mean())
            row += [expected, share - expected, *excess_limits(own, chance, ones, place, level), len(pool)]
            row.append(reason or baseline_reason("held", 1, len(pool)))
        rows.append(row)
    numbers = [name for name in _COLUMNS if name.endswith(("coverage", "excess", "_low", "_high"))]
    return add_status(pd.DataFrame(rows, columns=list(_COLUMNS)).astype(dict.fromkeys(numbers, float)), "coverage")


def _members(
    corpus: Corpus, source: str, targets: Iterable[str], genre: Iterable[str] | None, max_years: float
) -> dict[str, dict[str, tuple[list[str], str]]]:
    """Of each target the documents of either baseline, and why there can be none."""
    facts = DocumentFacts(corpus.documents)
    pools = Pools(corpus.documents, facts, genre=genre, max_years=max_years)
    at = pools.place[source]
    free = np.ones(len(facts.ids), dtype=bool)
    free[[at, *pools.relatives[at]]] = False
    other_policy = (pools.lineage != pools.lineage[at]) & (pools.lineage[at] >= 0)
    found = {}
    for target in targets:
        genres = pools.genre_of(target) & free & (other_policy | (genre is not None))
        reason = _no_ancestry(pools, at, pools.place[target])
        ancestry = pools.ancestry_of(target, [source]) & free & (not reason)
        found[target] = {
            name: ([facts.ids[one] for one in np.flatnonzero(pool)], why)
            for name, pool, why in zip(_BASELINES, (genres, ancestry), ("", reason), strict=True)
        }
    return found


def _no_ancestry(pools: Pools, source: int, target: int) -> str:
    """Why no others can stand for what a source and a target have from a common ancestor."""
    if pools.lineage[source] < 0 or pools.lineage[source] != pools.lineage[target]:
        return "source and target are not known to be of one policy"
    return "the source is the common ancestor: the others drew on it, too" if pools.national[source] else ""
