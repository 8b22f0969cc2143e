"""What share of a local text is also in its superior's, in the centre's, in both, in neither."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.seeds import RandomState
from fzanalytics.base.tables import COLUMNS, require_columns
from fzanalytics.measures.diffusion.origins import MIN_WITNESSES, Sources, find_sources, find_witnesses
from fzanalytics.measures.inputs import compared_texts, require_corpus, require_table
from fzanalytics.measures.resampling import clause_resampling_interval, covered_characters, section_labels
from fzanalytics.measures.reuse.alignment import text_characters
from fzanalytics.measures.reuse.passages import (
    DocumentFacts,
    SharedSpans,
    find_passages,
)
from fzanalytics.texts.corpus import Corpus

PARTS = ("superior only", "superior and centre", "centre only", "neither")
#: A stretch of the proxy has at least so many text-carrying characters: shorter ones are words, not text.
MIN_PROXY_CHARS = 12

_COLUMNS = (
    "doc_id", "part", "share", "resampling_low", "resampling_high", "bound_low", "bound_high", "n_chars", "status", "superior",
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
        - share in [0, 1]: text-carrying characters (letters, digits, Han, outside the brackets of those responsible)
          of the document that are in passages shared with these of the sources *at hand*, and with no other of
          them, over all of its n_chars. The shares given for a document sum to 1. NA for a part that names a
          source not at hand, and for all if none is. What it is a share of depends on status.
        - resampling_low, resampling_high: clause-resampling interval of that share, blocks are sections; NaN if not
          estimable. How far the share rests on single sections, and no bound on what it can be.
        - bound_low, bound_high: what the share can be, given the text, once the sources not held are at hand (and,
          with a proxy, once the centre's own text is, which is taken to hold all of the proxy).
        - status: what the share is, see below.
        - superior: doc_id of the immediate superior's document, held or not, NA if none is known; superior_held.
        - centre: "held", "proxy" or "not available"; n_witnesses: independent provinces that could witness for the
          proxy; witnesses: their doc_ids, separated by ";".

    Raises
    ------
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    *Status*:

    - "estimated": every source that the part names or leaves out is held.
    - "lower bound": a proxy stands in for the centre, and the part is shared with the centre ("superior and
      centre", "centre only"). The centre's own text can only add to it: share equals bound_low.
    - "upper bound": the same, for the parts without the centre ("superior only", "neither"), which the centre's own
      text can only lessen: share equals bound_high.
    - "superior not held" (or not known): "centre only" is here *all* that is shared with the centre or its proxy, and
      "neither" all that is not, whether or not the superior has it; with a proxy the first is a lower bound of what
      is shared with the centre, the second an upper bound. "neither" proper is at most that; of "centre only" proper
      nothing is known but its bounds.
    - "centre not available": neither the centre nor a proxy is at hand; "superior only" is all that is shared with
      the superior, and "neither" all that is not, whether or not the centre has it.
    - "not available": the part names a source that is not at hand, or none is. share is NA; see the bounds.
    - "not applicable": the parts of the superior for a province, whose superior is the centre.

    The *policy* of a document is its lineage together with the year its period ends (both missing is equal, a
    missing lineage is equal to none).

    *Superior*: the document of the same policy for the region directly above; else one that the text itself declares
    (its parent_ids), of a region above its own and below the centre, of the same lineage if there is one, else of
    any, nearest first. Declared ones go first, then held ones, then by doc_id. One that is surely younger than the
    document is no source of it, and not used.

    *Centre*: the national documents of the same policy; if none is known, those that the text itself declares, of
    whatever lineage (an assessment scheme rests on the plan it assesses); those that are held and not surely younger
    are used. If none is held, the proxy: text of the document that is also in documents of the same policy from at
    least `MIN_WITNESSES` *other* provinces, in stretches of `MIN_PROXY_CHARS` or more text-carrying characters, one
    after the other, that the same provinces share. All documents of one province are one witness; the document's own
    province, and whatever it declares or is declared by, are left out; order in time does not matter here. The proxy
    is a lower bound and grows with the number of witnesses: never compare proxies of different numbers of witnesses
    without saying so. With fewer provinces the centre is "not available".

    For a province the centre *is* the superior: column superior names the national document, held or not; it is NA
    where its policy has none in the documents table and it declares none. "centre only" is what is shared with it,
    and the parts with "superior" do not apply.

    "neither" means "in no source held": text of other superiors, of peers, of older plans is in it, and so is text
    rewritten in other words. Overlap is not proof of copying, fixed phrases of the genre count in full but for the
    brackets of those responsible (`compared_texts`), and the interval says nothing about other localities.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = attribution(load_sample(), n_resamples=99)
    >>> rows = table[table["doc_id"] == "shijiazhuang_city_2016"]
    >>> rows["superior"].iloc[0], rows["centre"].iloc[0], int(rows["n_witnesses"].iloc[0])
    ('hebei_province_2016', 'proxy', 2)
    >>> rows["status"].tolist()
    ['upper bound', 'lower bound', 'lower bound', 'upper bound']
    >>> round(float(rows["share"].sum()), 9)
    1.0
    """
    facts, spans, texts = _look_up(corpus, passages)
    rows: list[dict[str, object]] = []
    for doc_id in facts.ids:
        if not facts.held[doc_id] or facts.level[doc_id] == 0:
            continue
        sources = find_sources(doc_id, facts, corpus.documents)
        text = texts[doc_id]
        masks = {name: _mask_of(doc_id, len(text), others, spans) for name, others in sources.held.items()}
        if sources.centre == "proxy":
            masks["centre"] = _proxy_mask(doc_id, text, sources.witnesses, spans)
        blocks = section_labels(len(text), corpus.paragraphs[corpus.paragraphs["doc_id"] == doc_id])
        rows += _rows(sources, masks, text_characters(text), blocks, n_resamples, random_state)
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    numbers = ["share", "resampling_low", "resampling_high", "bound_low", "bound_high"]
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
        provinces that share all of the stretch or, where they change within it, each of its characters: the
        fewest, at least `MIN_WITNESSES`), witnesses (all documents that share some of it; doc_ids, separated by ";").
        By document, in reading order. A stretch has at least `MIN_PROXY_CHARS` text-carrying characters; those
        outside the proxy end it, while punctuation, spaces and the brackets of those responsible do not. Also
        for documents whose centre is held: there it tells how much of the proxy is true.

    Raises
    ------
    TypeError
        If `corpus` is no Corpus.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> spans = proxy_text_spans(load_sample())
    >>> int(spans["n_witnesses"].min())
    2
    """
    facts, spans, texts = _look_up(corpus, passages)
    rows = []
    for doc_id in facts.ids:
        if facts.held[doc_id] and facts.level[doc_id] > 0:
            witnesses = find_witnesses(doc_id, facts)
            text = str(corpus.held.loc[corpus.held["doc_id"].astype(str) == doc_id, "text"].iloc[0])
            rows += _proxy_rows(doc_id, text, texts[doc_id], witnesses, spans)
    return pd.DataFrame(rows, columns=["doc_id", "begin", "end", "text", "n_witnesses", "witnesses"])


def _look_up(corpus: Corpus, passages: pd.DataFrame | None) -> tuple[DocumentFacts, SharedSpans, dict[str, str]]:
    """What is known of the documents, their passages, and their texts as compared."""
    texts = compared_texts(require_corpus(corpus))
    if passages is None:
        passages = find_passages(corpus)
    require_columns(require_table(passages, name="passages"), COLUMNS["passages"], name="passages")
    return DocumentFacts(corpus.documents), SharedSpans(passages), texts


def _mask_of(doc_id: str, n_chars: int, others: list[str], spans: SharedSpans) -> Mask:
    """Which characters of a document are in passages shared with at least one of the others."""
    mask = np.zeros(n_chars, dtype=bool)
    for other in others:
        mask |= covered_characters(n_chars, *spans.of(doc_id, other))
    return mask


def _province_masks(
    doc_id: str, n_chars: int, witnesses: Mapping[str, list[str]], spans: SharedSpans
) -> NDArray[np.bool_]:
    """Which characters of a document each of the provinces shares; shape (provinces, n_chars)."""
    masks = [_mask_of(doc_id, n_chars, others, spans) for others in witnesses.values()]
    return np.array(masks, dtype=bool).reshape(len(masks), n_chars)


def _proxy_mask(doc_id: str, text: str, witnesses: Mapping[str, list[str]], spans: SharedSpans) -> Mask:
    """Which text-carrying characters are in a stretch that the same `MIN_WITNESSES` provinces share."""
    places = np.flatnonzero(text_characters(text))
    masks = _province_masks(doc_id, len(text), witnesses, spans)[:, places]
    proxy = np.zeros(len(text), dtype=bool)
    for chosen in combinations(range(len(masks)), MIN_WITNESSES):
        for first, last in _runs(np.asarray(masks[list(chosen)].all(axis=0), dtype=bool)):
            if last - first >= MIN_PROXY_CHARS:
                proxy[places[first:last]] = True
    return proxy


def _runs(mask: Mask) -> list[tuple[int, int]]:
    """Begin and end of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _proxy_rows(
    doc_id: str, text: str, compared: str, witnesses: Mapping[str, list[str]], spans: SharedSpans
) -> list[tuple[object, ...]]:
    """The stretches of the proxy; `text` is shown, `compared` is what counts."""
    if len(witnesses) < MIN_WITNESSES:
        return []
    places = np.flatnonzero(text_characters(compared))
    counts = _province_masks(doc_id, len(text), witnesses, spans)[:, places].sum(axis=0)
    documents = sorted(other for others in witnesses.values() for other in others)
    shares = {other: _mask_of(doc_id, len(text), [other], spans)[places] for other in documents}
    rows: list[tuple[object, ...]] = []
    for first, last in _runs(_proxy_mask(doc_id, compared, witnesses, spans)[places]):
        begin, end = int(places[first]), int(places[last - 1]) + 1
        names = ";".join(other for other in documents if shares[other][first:last].any())
        rows.append((doc_id, begin, end, text[begin:end], int(np.min(counts[first:last])), names))
    return rows


def _rows(
    sources: Sources,
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
        if status not in ("not available", "not applicable"):
            tops, bottoms = np.bincount(blocks, parts[part]), np.bincount(blocks, carries)
            share, low, high = clause_resampling_interval(
                tops, bottoms, np.arange(len(tops)), n_resamples=n_resamples, random_state=random_state
            )
        bound_low, bound_high = bounds[part] if status != "not applicable" else (float("nan"), float("nan"))
        rows.append(
            {
                "doc_id": sources.doc_id, "part": part, "share": share, "resampling_low": low, "resampling_high": high,
                "bound_low": bound_low, "bound_high": bound_high, "n_chars": size, "status": status,
                "superior": sources.superior if sources.superior is not None else pd.NA,
                "superior_held": sources.superior_held, "centre": sources.centre,
                "n_witnesses": len(sources.witnesses), "witnesses": ";".join(names),
            }
        )  # fmt: skip
    return rows


def _status(part: str, sources: Sources, masks: Mapping[str, Mask]) -> str:
    if sources.superior_is_centre and "superior" in part:
        return "not applicable"
    if not masks or any(name in part and name not in masks for name in ("superior", "centre")):
        return "not available"
    if "superior" not in masks and not sources.superior_is_centre:
        return "superior not held"
    if "centre" not in masks:
        return "centre not available"
    if sources.centre == "proxy":
        return "lower bound" if "centre" in part else "upper bound"
    return "estimated"


def _intersections(masks: Mapping[str, Mask], carries: Mask) -> dict[str, Mask]:
    """The four parts of the text, a set that is not held being taken for empty (its own parts are never shown)."""
    nothing = np.zeros_like(carries)
    superior, centre = masks.get("superior", nothing), masks.get("centre", nothing)
    found = (superior & ~centre, superior & centre, centre & ~superior, ~superior & ~centre)
    return {part: mask & carries for part, mask in zip(PARTS, found, strict=True)}


def _bounds(sources: Sources, masks: Mapping[str, Mask], carries: Mask) -> dict[str, tuple[float, float]]:
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
