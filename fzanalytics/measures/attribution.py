"""What share of a local text is also in its superior's, in the centre's, in both, in neither."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.seeds import RandomState
from fzanalytics.measures.alignment import text_characters
from fzanalytics.measures.passages import (
    DocumentFacts,
    SharedSpans,
    find_passages,
    is_above,
    split_ids,
)
from fzanalytics.measures.resampling import clause_resampling_interval, covered_characters, section_labels
from fzanalytics.texts.corpus import Corpus

logger = logging.getLogger(__name__)

PARTS = ("superior only", "superior and centre", "centre only", "neither")
#: A stretch is in the proxy for the centre if documents of so many other provinces share it.
MIN_WITNESSES = 2

_COLUMNS = (
    "doc_id", "part", "share", "low", "high", "bound_low", "bound_high", "n_chars", "status", "superior",
    "superior_held", "centre", "n_witnesses", "witnesses",
)  # fmt: skip

Mask = NDArray[np.bool_]


def attribution(
    corpus: Corpus,
    *,
    passages: pd.DataFrame | None = None,
    n_resamples: int = 999,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """Share of each local text that is shared with its immediate superior, with the centre, with both, with neither.

    Parameters
    ----------
    corpus : Corpus
        Held documents of level province, prefecture, county or township get rows; national ones get none.
    passages : DataFrame, optional
        From `find_passages` over *all* pairs (a pair left out would count as sharing nothing); found here if None.
    n_resamples, random_state
        See `clause_resampling_interval`.

    Returns
    -------
    DataFrame, four rows (one for each part) for each document, by doc_id
        - doc_id; part: "superior only", "superior and centre", "centre only", "neither".
        - share in [0, 1]: text-carrying characters (letters, digits, Han) of the document that are in passages
          shared with these of the sources *held*, and with no other of them, over all of its n_chars. The shares
          that are estimated sum to 1. NA for a part that names a source not held, and for all if none is held.
        - low, high: clause-resampling interval, blocks are sections; NaN if not estimable.
        - bound_low, bound_high: what the share can be, given the text, once the sources not held are at hand (and,
          with a proxy, once the centre's own text is, which is taken to hold all of the proxy).
        - status: "estimated", "not available" (see the bounds) or "not applicable" (the parts of the superior for a
          province, whose superior is the centre).
        - superior: doc_id of the immediate superior's document, held or not, NA if none is known; superior_held.
        - centre: "held", "proxy" or "not available"; n_witnesses: independent provinces that could witness for the
          proxy; witnesses: their doc_ids, separated by ";".

    Notes
    -----
    The *policy* of a document is its lineage together with the year its period ends (both missing is equal, a
    missing lineage is equal to none).

    *Superior*: the document of the same policy for the region directly above; else one of the same lineage that
    the text itself declares, nearest first, below the centre. Declared ones go first, then held ones, then by
    doc_id. One that is surely younger than the document is no source of it, and not used.

    *Centre*: a national document of the same policy that is held and not surely younger. Else the proxy: text of
    the document that is also in documents of the same policy from at least `MIN_WITNESSES` *other* provinces. All
    documents of one province are one witness; the document's own province, and whatever it declares or is declared
    by, are left out; order in time does not matter here. The proxy is a lower bound and grows with the number of
    witnesses: never compare proxies of different numbers of witnesses without saying so. With fewer provinces the
    centre is "not available".

    For a province the centre *is* the superior: column superior names the national document, "centre only" is what
    is shared with it, and the parts with "superior" do not apply.

    "neither" means "in no source held": text of other superiors, of peers, of older plans is in it, and so is text
    rewritten in other words. Where one of the two sources is not held, "centre only" (or "superior only") is what is
    shared with the other, whether or not the missing one has it too: read it with its bounds. Overlap is not proof
    of copying, fixed phrases of the genre count in full, and the interval says nothing about other localities.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = attribution(load_sample(), n_resamples=99)
    >>> rows = table[table["doc_id"] == "shijiazhuang_city_2016"]
    >>> rows["superior"].iloc[0], rows["centre"].iloc[0], int(rows["n_witnesses"].iloc[0])
    ('hebei_province_2016', 'proxy', 2)
    >>> round(float(rows["share"].sum()), 9)
    1.0
    """
    if passages is None:
        passages = find_passages(corpus)
    facts, spans = DocumentFacts(corpus.documents), SharedSpans(passages)
    texts = dict(zip(corpus.documents["doc_id"].astype(str), corpus.documents["text"], strict=True))
    rows: list[dict[str, object]] = []
    for doc_id in facts.ids:
        if not facts.held[doc_id] or facts.level[doc_id] == 0:
            continue
        sources = _find_sources(doc_id, facts, corpus.documents)
        text = str(texts[doc_id])
        masks = {name: _mask_of(doc_id, len(text), others, spans) for name, others in sources.held.items()}
        if sources.centre == "proxy":
            masks["centre"] = _witness_counts(doc_id, len(text), sources.witnesses, spans) >= MIN_WITNESSES
        blocks = section_labels(len(text), corpus.paragraphs[corpus.paragraphs["doc_id"] == doc_id])
        rows += _rows(sources, masks, text_characters(text), blocks, n_resamples, random_state)
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    numbers = ["share", "low", "high", "bound_low", "bound_high"]
    return table.astype(
        {**dict.fromkeys(numbers, float), "n_chars": "int64", "n_witnesses": "int64", "superior_held": bool}
    )


def proxy_text_spans(corpus: Corpus, *, passages: pd.DataFrame | None = None) -> pd.DataFrame:
    """The stretches of each local text that stand in for the centre's text, each with its witnesses.

    Parameters
    ----------
    corpus : Corpus
        As for `attribution`.
    passages : DataFrame, optional
        As for `attribution`.

    Returns
    -------
    DataFrame
        doc_id, begin, end (characters, half-open, into the clean text), text, n_witnesses (independent other
        provinces that share the stretch, at least `MIN_WITNESSES`), witnesses (doc_ids, separated by ";"). By
        document, in reading order; a stretch ends where its witnesses change, and is not listed if it carries no
        text. Also for documents whose centre is held: there it tells how much of the proxy is true.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> spans = proxy_text_spans(load_sample())
    >>> int(spans["n_witnesses"].min())
    2
    """
    if passages is None:
        passages = find_passages(corpus)
    facts, spans = DocumentFacts(corpus.documents), SharedSpans(passages)
    texts = dict(zip(corpus.documents["doc_id"].astype(str), corpus.documents["text"], strict=True))
    rows = []
    for doc_id in facts.ids:
        if facts.held[doc_id] and facts.level[doc_id] > 0:
            witnesses = _find_witnesses(doc_id, facts)
            rows += _proxy_rows(doc_id, str(texts[doc_id]), witnesses, spans)
    return pd.DataFrame(rows, columns=["doc_id", "begin", "end", "text", "n_witnesses", "witnesses"])


@dataclass(frozen=True)
class _Sources:
    """Where the text of a document may come from, and what of it is at hand.

    `held` maps the name of a set of documents to those held; further sets (other superiors, earlier peers) join
    here. A set that is not in it is not held.
    """

    doc_id: str
    superior: str | None
    superior_held: bool
    superior_is_centre: bool
    centre: Literal["held", "proxy", "not available"]
    witnesses: Mapping[str, list[str]]
    held: Mapping[str, list[str]]


def _find_sources(doc_id: str, facts: DocumentFacts, documents: pd.DataFrame) -> _Sources:
    cells = documents.loc[documents["doc_id"].astype(str) == doc_id, "parent_ids"]
    declared = split_ids(cells.iloc[0])
    witnesses = _find_witnesses(doc_id, facts)
    national = [other for other in _same_policy(doc_id, facts) if facts.level[other] == 0]
    national = _usable(doc_id, national, declared, facts)
    national_held = [other for other in national if facts.held[other]]
    is_province = _direct_superior(facts.region[doc_id]) == "全国"
    superior = _find_superior(doc_id, declared, facts) if not is_province else None
    if is_province and national:
        superior = national_held[0] if national_held else national[0]
    held: dict[str, list[str]] = {}
    if superior is not None and facts.held[superior] and not is_province:
        held["superior"] = [superior]
    if national_held:
        held["centre"] = national_held
    proxy: Literal["proxy", "not available"] = "proxy" if len(witnesses) >= MIN_WITNESSES else "not available"
    return _Sources(
        doc_id=doc_id,
        superior=superior,
        superior_held=superior is not None and facts.held[superior],
        superior_is_centre=is_province,
        centre="held" if national_held else proxy,
        witnesses=witnesses,
        held=held,
    )


def _same_policy(doc_id: str, facts: DocumentFacts) -> list[str]:
    """Other documents of the same lineage and period."""
    policy = (facts.lineage[doc_id], facts.period[doc_id])
    if policy[0] is None:
        return []
    return [other for other in facts.ids if other != doc_id and (facts.lineage[other], facts.period[other]) == policy]


def _usable(doc_id: str, others: list[str], declared: list[str], facts: DocumentFacts) -> list[str]:
    """Those not surely younger; declared ones first, then held ones, then by doc_id."""
    usable = [other for other in others if not facts.before(doc_id, other)]
    if len(usable) < len(others):
        logger.warning("%s: a superior that is surely younger is not used as a source.", doc_id)
    return sorted(usable, key=lambda other: (other not in declared, not facts.held[other], other))


def _direct_superior(region: str | None) -> str | None:
    """The region directly above; None if the region is unknown."""
    if region is None or region == "全国":
        return None
    return region.rsplit("/", 1)[0] if "/" in region else "全国"


def _find_superior(doc_id: str, declared: list[str], facts: DocumentFacts) -> str | None:
    region = facts.region[doc_id]
    direct = [other for other in _same_policy(doc_id, facts) if facts.region[other] == _direct_superior(region)]
    if region is not None and (usable := _usable(doc_id, direct, declared, facts)):
        return usable[0]
    named = [
        other
        for other in declared
        if other in facts.region
        and facts.level[other] > 0
        and is_above(facts.region[other], region)
        and facts.lineage[other] == facts.lineage[doc_id] is not None
    ]
    usable = _usable(doc_id, named, declared, facts)
    return max(usable, key=lambda other: len(facts.region[other].split("/")), default=None)


def _find_witnesses(doc_id: str, facts: DocumentFacts) -> dict[str, list[str]]:
    """Held documents of the same policy by province, without the document's own province and line."""
    if facts.region[doc_id] is None:
        return {}
    own = facts.region[doc_id].split("/")[0]
    witnesses: dict[str, list[str]] = {}
    for other in _same_policy(doc_id, facts):
        in_line = other in facts.ancestors[doc_id] or doc_id in facts.ancestors[other]
        if facts.region[other] is None or facts.level[other] == 0 or not facts.held[other] or in_line:
            continue
        province = facts.region[other].split("/")[0]
        if province != own:
            witnesses.setdefault(province, []).append(other)
    return dict(sorted(witnesses.items()))


def _mask_of(doc_id: str, n_chars: int, others: list[str], spans: SharedSpans) -> Mask:
    """Which characters of a document are in passages shared with at least one of the others."""
    mask = np.zeros(n_chars, dtype=bool)
    for other in others:
        mask |= covered_characters(n_chars, *spans.of(doc_id, other))
    return mask


def _witness_counts(
    doc_id: str, n_chars: int, witnesses: Mapping[str, list[str]], spans: SharedSpans
) -> NDArray[np.int64]:
    """For each character of a document the number of provinces that share it."""
    counts = np.zeros(n_chars, dtype=np.int64)
    for others in witnesses.values():
        counts += _mask_of(doc_id, n_chars, others, spans)
    return counts


def _proxy_rows(
    doc_id: str, text: str, witnesses: Mapping[str, list[str]], spans: SharedSpans
) -> list[tuple[object, ...]]:
    if len(witnesses) < MIN_WITNESSES or not text:
        return []
    provinces = [(province, other) for province, others in witnesses.items() for other in others]
    masks = np.array([_mask_of(doc_id, len(text), [other], spans) for _, other in provinces])
    counts = _witness_counts(doc_id, len(text), witnesses, spans)
    changes = np.flatnonzero((masks[:, 1:] != masks[:, :-1]).any(axis=0)) + 1
    borders = [0, *changes.tolist(), len(text)]
    rows: list[tuple[object, ...]] = []
    for begin, end in pairwise(borders):
        if counts[begin] >= MIN_WITNESSES and text_characters(text[begin:end]).any():
            names = sorted(other for row, (_, other) in enumerate(provinces) if masks[row, begin])
            rows.append((doc_id, begin, end, text[begin:end], int(counts[begin]), ";".join(names)))
    return rows


def _rows(
    sources: _Sources,
    masks: Mapping[str, Mask],
    carries: Mask,
    blocks: NDArray[np.int64],
    n_resamples: int,
    random_state: RandomState,
) -> list[dict[str, object]]:
    size = int(carries.sum())
    parts = _intersections(masks, carries)
    bounds = _bounds(sources, masks, carries)
    names = sorted(other for others in sources.witnesses.values() for other in others)
    rows = []
    for part in PARTS:
        status = _status(part, sources, masks)
        share, low, high = float("nan"), float("nan"), float("nan")
        if status == "estimated":
            tops, bottoms = np.bincount(blocks, parts[part]), np.bincount(blocks, carries)
            share, low, high = clause_resampling_interval(
                tops, bottoms, np.arange(len(tops)), n_resamples=n_resamples, random_state=random_state
            )
        bound_low, bound_high = bounds[part] if status != "not applicable" else (float("nan"), float("nan"))
        rows.append(
            {
                "doc_id": sources.doc_id, "part": part, "share": share, "low": low, "high": high,
                "bound_low": bound_low, "bound_high": bound_high, "n_chars": size, "status": status,
                "superior": sources.superior if sources.superior is not None else pd.NA,
                "superior_held": sources.superior_held, "centre": sources.centre,
                "n_witnesses": len(sources.witnesses), "witnesses": ";".join(names),
            }
        )  # fmt: skip
    return rows


def _status(part: str, sources: _Sources, masks: Mapping[str, Mask]) -> str:
    if sources.superior_is_centre and "superior" in part:
        return "not applicable"
    missing = [name for name in ("superior", "centre") if name not in masks and name in part]
    return "not available" if missing or not masks else "estimated"


def _intersections(masks: Mapping[str, Mask], carries: Mask) -> dict[str, Mask]:
    """The four parts of the text, a set that is not held being taken for empty (its own parts are never shown)."""
    nothing = np.zeros_like(carries)
    superior, centre = masks.get("superior", nothing), masks.get("centre", nothing)
    found = (superior & ~centre, superior & centre, centre & ~superior, ~superior & ~centre)
    return {part: mask & carries for part, mask in zip(PARTS, found, strict=True)}


def _bounds(sources: _Sources, masks: Mapping[str, Mask], carries: Mask) -> dict[str, tuple[float, float]]:
    """The least and the greatest share of each part.

    A set that is held is known; one that is not lies between nothing and everything; the centre for which a
    proxy stands in, between the proxy and everything.
    """
    size = int(carries.sum())
    nothing, everything = np.zeros_like(carries), carries
    least_s = masks.get("superior", nothing)
    most_s = least_s if "superior" in masks or sources.superior_is_centre else everything
    least_c = masks.get("centre", nothing)
    most_c = least_c if sources.centre == "held" else everything
    limits = (
        (least_s & ~most_c, most_s & ~least_c),
        (least_s & least_c, most_s & most_c),
        (least_c & ~most_s, most_c & ~least_s),
        (~most_s & ~most_c, ~least_s & ~least_c),
    )
    if not size:
        return dict.fromkeys(PARTS, (float("nan"), float("nan")))
    return {
        part: (float((low & carries).sum() / size), float((high & carries).sum() / size))
        for part, (low, high) in zip(PARTS, limits, strict=True)
    }
