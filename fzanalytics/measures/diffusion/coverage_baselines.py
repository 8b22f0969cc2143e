"""How much of a source would be covered without any borrowing: by the genre, and by others of the same policy."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.measures.attribution.pools import MAX_YEARS, Pools, baseline_reason
from fzanalytics.measures.diffusion.coverage import (
    check_source,
    check_threshold,
    match_paragraphs,
    own_passages,
    read_paragraphs,
    targets_of,
)
from fzanalytics.measures.inputs import compared_texts, require_passages
from fzanalytics.measures.resampling import check_level
from fzanalytics.measures.reuse.order import DocumentFacts
from fzanalytics.measures.reuse.passages import SharedSpans
from fzanalytics.measures.sections import add_status, clause_resampling_interval, excess_interval
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
    """What share of a source's paragraphs each target covers, and what documents cover that have no part in the pair.

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
    *Common ancestry*: adopters of the target's policy that are kin neither of the target nor of the source; what they cover
    of the source, both may have from the centre. Order in time plays no part in either. See `overlap_baselines`.

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
    others = sorted({*targets, *(name for pools in members.values() for pool in pools.values() for name in pool)})
    if ignore is not None and not isinstance(ignore, pd.DataFrame):
        ignore = list(ignore)
    if passages is None:
        passages = own_passages(corpus, source, others, ignore)
    passages = require_passages(passages, compared_texts(corpus))
    spans, sides = SharedSpans(passages), read_paragraphs(corpus, [source, *others], ignore)
    carries = np.array(sides[source].sizes) > 0
    sections = np.array(sides[source].sections, dtype=str)[carries]
    covered = {}
    for other in others:
        scores = np.array([match.score for match in match_paragraphs(sides[source], sides[other], spans)], dtype=float)
        covered[other] = (scores[carries] >= threshold).astype(float)
    rows = []
    for target, order in sorted(targets.items()):
        own, ones = covered[target], np.ones(len(sections))
        triple = clause_resampling_interval(own, ones, sections, level=level)
        row: list[object] = [target, order, *triple, len(np.unique(sections)), len(sections)]
        for name in _BASELINES:
            pool = members[target][name]
            row += [*_against(own, [covered[other] for other in pool], sections, level), len(pool)]
            row.append(baseline_reason("held", 1, len(pool)))
        rows.append(row)
    numbers = [name for name in _COLUMNS if name.endswith(("coverage", "excess", "_low", "_high"))]
    return add_status(pd.DataFrame(rows, columns=list(_COLUMNS)).astype(dict.fromkeys(numbers, float)), "coverage")


def _members(
    corpus: Corpus, source: str, targets: Iterable[str], genre: Iterable[str] | None, max_years: float
) -> dict[str, dict[str, list[str]]]:
    """Of each target the documents of either baseline."""
    facts = DocumentFacts(corpus.documents)
    pools = Pools(corpus.documents, facts, genre=genre, max_years=max_years)
    at = pools.place[source]
    unrelated = np.ones(len(facts.ids), dtype=bool)
    unrelated[[at, *pools.relatives[at]]] = False
    if genre is None:
        unrelated &= (pools.lineage != pools.lineage[at]) & (pools.lineage[at] >= 0)
    found = {}
    for target in targets:
        parts = (pools.genre_of(target) & unrelated, pools.ancestry_of(target, [source]))
        names = [[facts.ids[one] for one in np.flatnonzero(part)] for part in parts]
        found[target] = dict(zip(_BASELINES, names, strict=True))
    return found


def _against(
    own: NDArray[np.float64], pool: list[NDArray[np.float64]], sections: NDArray[np.str_], level: float
) -> tuple[float, float, float, float]:
    """Mean coverage by the documents of a pool, the excess over it, and its interval."""
    if not pool or not len(own):
        return (float("nan"),) * 4
    chance = np.mean(pool, axis=0)
    place = np.unique(sections, return_inverse=True)[1]
    sums = [np.bincount(place, part) for part in (own * (1 - chance), (1 - own) * chance, np.ones(len(own)))]
    expected = float(chance.mean())
    low, high = excess_interval(*sums, level=level)
    return expected, float(own.mean()) - expected, low, high
