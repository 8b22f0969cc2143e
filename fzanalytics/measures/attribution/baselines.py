"""How much overlap is to be had without any borrowing: from the genre, and from a common ancestor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_level
from fzanalytics.measures.attribution.attribution import SetName, Unit, check_sets, set_masks
from fzanalytics.measures.attribution.origins import PairSpans, Sources, sources_of
from fzanalytics.measures.attribution.parts import clause_labels
from fzanalytics.measures.attribution.pools import (
    BASELINE_NUMBERS,
    MAX_YEARS,
    Pools,
    baseline_reason,
    excess_limits,
    share_limits,
)
from fzanalytics.measures.characters import section_labels
from fzanalytics.measures.inputs import require_corpus
from fzanalytics.measures.reuse.order import DocumentFacts
from fzanalytics.measures.reuse.passages import shared_texts
from fzanalytics.measures.reuse.reduced import text_characters
from fzanalytics.measures.sections import add_status
from fzanalytics.texts.corpus import Corpus

_COLUMNS = (
    "doc_id", "set", "status", "share", "resampling_low", "resampling_high", "n_sections", "n_sources", "n_chars", "genre_share",
    "genre_excess", "genre_excess_low", "genre_excess_high", "n_genre", "genre_reason", "ancestry_share", "ancestry_excess",
    "ancestry_excess_low", "ancestry_excess_high", "n_ancestry", "ancestry_reason",
)  # fmt: skip
_BASELINES = [f"{baseline}_{number}" for baseline in ("genre", "ancestry") for number in BASELINE_NUMBERS]
_NUMBERS = ("share", "resampling_low", "resampling_high", *_BASELINES)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def overlap_baselines(
    corpus: Corpus,
    *,
    passages: pd.DataFrame | None = None,
    sets: Sequence[SetName] = ("superior", "other superiors", "centre", "peers"),
    unit: Unit = "document",
    genre: Iterable[str] | None = None,
    max_years: float = MAX_YEARS,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """What each text shares with each set of its sources, and what it shares with as many documents that are none.

    Parameters
    ----------
    corpus : Corpus
        Held documents below the national level get rows.
    passages : DataFrame, optional
        From `find_passages` over *all* pairs; found here if None.
    sets, unit
        As for `attribution`.
    genre : iterable of doc_id, optional
        Documents to take for the genre baseline, in place of the rule below (relatives are left out even so).
    max_years : float
        Documents of a similar period are at most so many years apart, at least 0.
    ignore : optional
        As for `attribution`.
    level : float
        Nominal coverage of the intervals; see `clause_resampling_interval`.

    Returns
    -------
    DataFrame, one row a document and set (and clause, with unit="clause": clause_id follows doc_id, NA outside clauses)
        - doc_id, set; status: "held", "partly held" (others of the set are known but not held, and can only add),
          "proxy" (text of independent provinces stands in for the centre), "not held", "not applicable" (there is no
          such source; see `attribution`).
        - share in [0, 1]: text-carrying characters shared with at least one of the set's n_sources documents, over all
          n_chars; NaN if none is at hand. It is *all* that is shared with the set, whether or not others have it too.
        - resampling_low, resampling_high, resampling_status, n_sections: its clause-resampling interval, see
          `borrowing_share`; a clause has none.
        - genre_share, ancestry_share: the same, expected of as many documents drawn at random from the baseline; NaN if
          it has fewer documents than the set, and for a proxy, which is made of the same documents.
        - genre_excess, ancestry_excess in [-1, 1]: share less that; genre_excess_low and so on: its clause-resampling interval
          (`excess_interval`). It has none where the share has none, nor where nothing is shared beyond what is
          expected; resampling_status is that of the share. The baseline is taken as it is: what other documents in
          it would give is in no interval.
        - n_genre, n_ancestry: documents in the baselines, 0 where none is held.
        - genre_reason, ancestry_reason: why the baseline is NaN, or, where it has fewer than `MIN_POOL` (3) documents, or
          fewer than two more than the set, that it is no distribution; "" where there is nothing to say.

    Raises
    ------
    ValueError
        If `sets`, `unit`, `max_years` or `level` is out of its range, `genre` names a document that is not held, or `passages`
        or `ignore` are not of these texts.
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    *Genre*: held documents of the same kind (实施方案, 条例, ...) on an unrelated policy (both lineages known and
    different, neither declares the other) of a similar period. A year is that of the dates, or else of the period; where
    it is unknown on either side, the document is not in the baseline. What is shared with them is formula.

    *Common ancestry*: held documents of the same policy (lineage and end of period) that are no kin of the text: of
    another province, not national, and not in its declared line; and that are no kin of the set: none of its
    documents, nor of their provinces. What is shared with them both sides may have from the centre. Order in time
    plays no part, so one of them may itself have copied the text: the excess is rather too small than too large. For the
    set "centre" it says how much more a text shares with the centre than with others who had the same centre.

    Of a baseline of N documents of which c share a character, the chance that at least one of k drawn does is
    1 - C(N-c, k) / C(N, k); so a set of k documents is held against k others, at a fixed pool size. Documents are not
    matched for length: a longer one has more to share. `baseline_documents` lists them.

    On the bundled corpus n_genre is 0 and the genre baseline NaN: all its plans are of one policy, and the one
    document of another, Henan's assessment scheme (考核方案), is of another kind. `genre=["henan_province_2021#2"]`
    takes this one document for the genre, and one document is no distribution: genre_reason says so.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = overlap_baselines(load_sample(), sets=["superior"])
    >>> row = table[table["doc_id"] == "shijiazhuang_city_2016"].iloc[0]
    >>> row["status"], int(row["n_genre"]), int(row["n_ancestry"])
    ('held', 0, 2)
    >>> bool(row["share"] > row["ancestry_share"] > 0), bool(np.isnan(row["genre_share"]))
    (True, True)
    """
    chosen = check_sets(sets, unit)
    check_level(level)
    texts, passages = shared_texts(corpus, passages, ignore)
    facts = DocumentFacts(corpus.documents)
    spans = PairSpans(passages, facts.ids)
    pools = Pools(corpus.documents, facts, genre=genre, max_years=max_years)
    clauses = {str(doc_id): part for doc_id, part in corpus.clauses.groupby("doc_id", sort=False)}
    paragraphs = {str(doc_id): part for doc_id, part in corpus.paragraphs.groupby("doc_id", sort=False)}
    none = corpus.paragraphs.head(0)
    parts: list[dict[str, Sequence[object]]] = []
    for doc_id in facts.ids:
        if not facts.held[doc_id] or facts.level[doc_id] == 0:
            continue
        text = texts[doc_id]
        if unit == "clause":
            names, labels = clause_labels(len(text), clauses.get(doc_id))
            blocks = None
        else:
            names, labels = [pd.NA], np.zeros(len(text), dtype=np.int64)
            blocks = section_labels(len(text), paragraphs.get(doc_id, none))
        look = _Text(doc_id, text_characters(text), names, labels, blocks)
        sources = sources_of(doc_id, facts)
        parts += _of_document(look, sources, set_masks(sources, text, chosen, spans), chosen, spans, pools, level)
    columns = [_COLUMNS[0], *["clause_id"] * (unit == "clause"), *_COLUMNS[1:]]
    table = pd.DataFrame({name: [value for part in parts for value in part[name]] for name in columns})
    return add_status(table.astype(dict.fromkeys(_NUMBERS, float)))


class _Text(NamedTuple):
    """A text by character: which carry text, the unit of each, and its section (None for clauses, which have none)."""

    doc_id: str
    carries: Mask
    names: list[object]
    labels: NDArray[np.int64]
    blocks: NDArray[np.int64] | None


def _of_document(
    text: _Text, sources: Sources, masks: Mapping[str, Mask], sets: Sequence[str], spans: PairSpans, pools: Pools, level: float
) -> list[dict[str, Sequence[object]]]:  # fmt: skip
    """The columns of one document, for each set."""
    sizes = np.bincount(text.labels, text.carries, minlength=len(text.names)).astype(float)
    begin = 0 if len(text.names) == 1 or sizes[0] else 1  # the text outside of all clauses, if there is any
    n, n_sections = len(text.names) - begin, 1 if text.blocks is None else len(np.unique(text.blocks[text.carries]))
    parts = []
    for name in sets:
        held = sources.held.get(name, [])
        proxy = name == "centre" and sources.centre == "proxy"
        at_hand = "partly held" if name in sources.partly else "held"
        status = at_hand if held else "not applicable" if name in sources.without else "proxy" if proxy else "not held"
        witnesses = [other for others in sources.witnesses.values() for other in others] if proxy else []
        mask = masks.get(name)
        share = unit_share(None if mask is None else mask.astype(float), text.carries, text.labels, sizes)
        low, high = share_limits(mask, text.carries, text.blocks, level)
        columns: dict[str, Sequence[object]] = {
            "doc_id": [text.doc_id] * n, "clause_id": text.names[begin:], "set": [name] * n, "status": [status] * n,
            "n_sources": [len(held) or len(witnesses)] * n, "n_chars": sizes[begin:].astype(np.int64).tolist(),
            "share": share[begin:].tolist(), "resampling_low": [low] * n, "resampling_high": [high] * n,
            "n_sections": [n_sections] * n,
        }  # fmt: skip
        for baseline, (chance, n_pool) in pools.chances(text.doc_id, len(text.carries), held, spans).items():
            expected = unit_share(chance, text.carries, text.labels, sizes)
            low, high = excess_limits(mask, chance, text.carries, text.blocks, level)
            columns[f"{baseline}_share"] = expected[begin:].tolist()
            columns[f"{baseline}_excess"] = (share - expected)[begin:].tolist()
            columns[f"{baseline}_excess_low"], columns[f"{baseline}_excess_high"] = [low] * n, [high] * n
            columns[f"n_{baseline}"] = [n_pool] * n
            columns[f"{baseline}_reason"] = [baseline_reason(status, len(held), n_pool)] * n
        parts.append(columns)
    return parts


def unit_share(chance: Floats | None, carries: Mask, labels: NDArray[np.int64], sizes: Floats) -> Floats:
    """Share of each unit, given by character how surely it is shared; NaN if that is unknown or the unit is empty."""
    share = np.full(len(sizes), np.nan)
    if chance is None:
        return share
    tops = np.bincount(labels, chance * carries, minlength=len(sizes))
    return np.divide(tops, sizes, out=share, where=sizes > 0)


def baseline_documents(
    corpus: Corpus, *, genre: Iterable[str] | None = None, max_years: float = MAX_YEARS
) -> pd.DataFrame:
    """Which documents the overlap of each text is held against.

    Parameters
    ----------
    corpus : Corpus
    genre, max_years
        As for `overlap_baselines`.

    Returns
    -------
    DataFrame
        doc_id; baseline: "genre" or "ancestry"; document, lineage, region, kind: one row for each document of each
        baseline, for held documents below the national level. For the ancestry baseline the kin of the set are left out
        on top of that.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = baseline_documents(load_sample())
    >>> table.loc[table["doc_id"] == "hebei_province_2016", ["baseline", "document"]].values.tolist()
    [['ancestry', 'qingyuan_city_2017'], ['ancestry', 'xiahe_county_2017']]
    """
    documents = require_corpus(corpus).documents
    facts = DocumentFacts(documents)
    pools = Pools(documents, facts, genre=genre, max_years=max_years)
    rows = []
    for doc_id in facts.ids:
        if facts.held[doc_id] and facts.level[doc_id] > 0:
            for name, pool in (("genre", pools.genre_of(doc_id)), ("ancestry", pools.ancestry_of(doc_id))):
                rows += [(doc_id, name, facts.ids[at]) for at in np.flatnonzero(pool)]
    table = pd.DataFrame(rows, columns=["doc_id", "baseline", "document"])
    known = documents[["doc_id", "lineage", "region", "kind"]].rename(columns={"doc_id": "document"})
    return table.merge(known, on="document", how="left")
