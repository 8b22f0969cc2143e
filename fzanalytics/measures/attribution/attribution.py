"""What share of a local text is also in its superior's, in the centre's, in both, in neither."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_level, check_number
from fzanalytics.measures.attribution.origins import (
    MIN_WITNESSES,
    PairSpans,
    Sources,
    find_witnesses,
    sources_of,
)
from fzanalytics.measures.attribution.parts import clause_labels, intersections, part_status
from fzanalytics.measures.attribution.proxy import MIN_PROXY_CHARS, proxy_mask, proxy_rows
from fzanalytics.measures.characters import section_labels
from fzanalytics.measures.reuse.order import DocumentFacts
from fzanalytics.measures.reuse.passages import shared_texts
from fzanalytics.measures.reuse.reduced import text_characters
from fzanalytics.measures.sections import add_status, clause_resampling_interval
from fzanalytics.texts.corpus import Corpus

logger = logging.getLogger(__name__)

SetName = Literal["superior", "other superiors", "centre", "peers"]
Unit = Literal["document", "clause"]
__all__ = ["MIN_PROXY_CHARS", "PARTS", "attribution", "proxy_text_spans"]

PARTS = ("superior only", "superior and centre", "centre only", "neither")
_COLUMNS = (
    "doc_id", "part", "share", "resampling_low", "resampling_high", "n_sections", "bound_low", "bound_high", "n_chars", "status",
    "superior", "superior_held", "centre", "n_witnesses", "witnesses", "not_held", "younger", "undecided",
)  # fmt: skip

Mask = NDArray[np.bool_]


def attribution(
    corpus: Corpus,
    *,
    passages: pd.DataFrame | None = None,
    sets: Sequence[SetName] = ("superior", "centre"),
    unit: Unit = "document",
    min_witnesses: int = MIN_WITNESSES,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Share of each local text that is shared with its immediate superior, with the centre, with both, with neither.

    Parameters
    ----------
    corpus : Corpus
        Held documents of level province, prefecture, county or township get rows; national ones get none.
    passages : DataFrame, optional
        From `find_passages` over *all* pairs (a pair left out would count as sharing nothing); found
        here if None, of 20 characters or more.
    sets : sequence of {"superior", "other superiors", "centre", "peers"}
        The sets of sources; with all four, every one of their 16 intersections is a part.
    unit : "document" or "clause"
        With "clause" the parts of each clause (characters from its number to the next), and of what stands outside
        of clauses; column clause_id then follows doc_id, NA for the latter. Clauses sum to their document when weighted
        by n_chars. One clause has no sections, so its interval is NaN.
    min_witnesses : int
        The proxy is text that at least so many independent other provinces share; at least 2. With more of them asked for
        it is shorter, and more of it is the centre's (benchmarks/proxy.py).
    ignore : optional
        What is no text, neither shared nor to be shared, as in `find_passages`: spans, such as those of `find_slogans`, or
        phrases. Left out of passages given, too.
    level : float
        Nominal coverage of the interval; see `clause_resampling_interval`.

    Returns
    -------
    DataFrame, by doc_id: one row for each part, four for the two default sets, sixteen for four
        - doc_id; part: "superior only", "superior and centre", "centre only", "neither". With other sets: the sets that
          share it, no other does ("superior and peers"), or "none".
        - share in [0, 1]: text-carrying characters (letters, digits, Han, outside the brackets of those responsible)
          of the document that are in passages shared with these of the sources *at hand*, and with no other of
          them, over all of its n_chars. The shares given for a document sum to 1. NA for a part that names a
          source not at hand, and for all if none is. What it is a share of depends on status.
        - resampling_low, resampling_high: clause-resampling interval of that share over the n_sections sections that carry
          text (1 for a clause); resampling_status: what it is worth, see `borrowing_share`. How far the share rests on single
          sections, and no bound on what it can be.
        - bound_low, bound_high: what the share can be, given the text, once the sources not held are at hand (and,
          with a proxy, once the centre's own text is, *which is taken to hold all of the proxy*; see status).
        - status: what the share is, see below.
        - superior: the immediate superior's documents, held or not, NA if none is known; superior_held: whether any is.
        - centre: "held", "partly held", "proxy" or "not available"; n_witnesses: independent provinces that could witness for
          the proxy; witnesses: their documents.
        - not_held: documents of superiors and of the centre that are known but not held. younger: those that are surely
          younger than the text and so no source of it. undecided: those held and used of which neither dates nor the
          text itself tell that they came first. All of them doc_ids, separated by ";".

    Raises
    ------
    TypeError
        If `corpus` is no Corpus.
    ValueError
        If `sets` or `unit` is none of the above, or `min_witnesses` is below 2.

    Notes
    -----
    *Status*:

    - "estimated": every source that the part names or leaves out is held.
    - "lower bound by proxy": a proxy stands in for the centre, and the part is shared with the centre ("superior and
      centre", "centre only"). It is a lower bound *if all that so many other provinces share comes from the centre*:
      then the centre's own text can only add to it, and share equals bound_low. What they have from each other and from
      the language of the genre is in it too, so it may well lie above the true share.
    - "upper bound by proxy": the same, for the parts without the centre ("superior only", "neither"), which the centre's own
      text can, on the same condition, only lessen: share equals bound_high.
    - "lower bound", "upper bound": the same without any condition, where of a set further documents are known that are not
      held (not_held). "between bounds": of a part of one of two sets that are open.
    - "superior not held" (or not known, or held in a version that is younger than the text only, see younger): "centre
      only" is here *all* that is shared with the centre or its proxy, and "neither" all that is not, whether or not the
      superior has it; with a proxy the first is, on the condition above, a lower bound of what is shared with the
      centre, the second an upper bound. "neither" proper is at most that; of "centre only" proper nothing is known but
      its bounds.
    - "centre not available": neither the centre nor a proxy is at hand; "superior only" is all that is shared with
      the superior, and "neither" all that is not, whether or not the centre has it.
    - "not available": the part names a source that is not at hand, or none is. share is NA; see the bounds.
    - "other superiors not held", "peers not held": the same for these sets; the part is whether or not they have it.
    - "not applicable": the parts of the superior for a province, whose superior is the centre, and those of other
      superiors for a province or a prefecture, between which and the centre there is no other.

    The *policy* of a document is its lineage together with the year its period ends (both missing is equal, a
    missing lineage is equal to none).

    *Superior*: all documents of the same policy for the region directly above; without any, those of the same lineage from
    there where the one period or the other is not known; else those that the text itself declares (its parent_ids), of the
    nearest region above its own and below the centre, of the same lineage if there is one. What any of them shares is
    shared with the superior. One that is surely younger than the document is no source of it, and not used.

    *Centre*: the national documents of the same policy; if none is known, those that the text itself declares, of
    whatever lineage (an assessment scheme rests on the plan it assesses); those that are held and not surely younger
    are used. If only some are held, it is "partly held". If none is, the proxy: text of the document that is also in
    documents of the same policy from at least `min_witnesses` *other* provinces, in stretches of `MIN_PROXY_CHARS` or
    more text-carrying characters, one after the other, that the same provinces share. All documents of one province are
    one witness; the document's own province, and whatever it declares or is declared by, are left out; order in time
    does not matter here. The proxy grows with the number of witnesses, and with it what provinces share that is not the
    centre's: never compare proxies of different numbers of witnesses without saying so. With fewer provinces the centre
    is "not available".

    *How good the proxy is* (benchmarks/proxy.py, 104 regulations of six families whose national law is taken away; two to
    five other provinces): of two provinces or more it is at most the true share in 20 % of the texts (mean 0.44 against
    0.35), of three or more in 60 % (0.33 against 0.36). From 15 to 84 % of its characters, by family, are in the law.

    For a province the centre *is* the superior: column superior names the national documents, held or not; it is NA
    where its policy has none in the documents table and it declares none. "centre only" is what is shared with it,
    and the parts with "superior" do not apply.

    *Other superiors*: the regions of the line of command between the immediate superior and the centre, by the same
    rules; at hand only if each of them has a document that is held. *Peers*: documents of the same policy from other
    regions of the same level that are held and surely older than the document (or declared by it); it is a set of what is held,
    and grows with it. Whether an overlap is more than chance is asked of `overlap_baselines`.

    "neither" means "in no source held": text of other superiors, of peers, of older plans is in it, and so is text
    rewritten in other words. Overlap is not proof of copying, fixed phrases of the genre count in full but for the
    brackets of those responsible (`compared_texts`), and the interval says nothing about other localities.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = attribution(load_sample())
    >>> rows = table[table["doc_id"] == "shijiazhuang_city_2016"]
    >>> rows["superior"].iloc[0], rows["centre"].iloc[0], int(rows["n_witnesses"].iloc[0])
    ('hebei_province_2016', 'proxy', 2)
    >>> rows["status"].tolist()
    ['upper bound by proxy', 'lower bound by proxy', 'lower bound by proxy', 'upper bound by proxy']
    >>> round(float(rows["share"].sum()), 9)
    1.0
    """
    chosen = check_sets(sets, unit)
    _check_witnesses(min_witnesses)
    check_level(level)
    facts, spans, texts = _look_up(corpus, passages, ignore)
    paragraphs, clauses = _by_document(corpus.paragraphs), _by_document(corpus.clauses)
    none = corpus.paragraphs.head(0)
    rows: list[dict[str, object]] = []
    unused: list[str] = []
    centreless: list[str] = []
    for doc_id in facts.ids:
        if not facts.held[doc_id] or facts.level[doc_id] == 0:
            continue
        sources = sources_of(doc_id, facts, min_witnesses=min_witnesses)
        unused += [doc_id] * bool(sources.younger)
        centreless += [doc_id] * (sources.centre == "proxy" and not _names_the_centre(doc_id, facts))
        text = texts[doc_id]
        masks = set_masks(sources, text, chosen, spans)
        if unit == "document":
            blocks = section_labels(len(text), paragraphs.get(doc_id, none))
            rows += _rows(sources, masks, chosen, text_characters(text), blocks, level)
        else:
            rows += _clause_rows(sources, masks, chosen, text_characters(text), clauses.get(doc_id))
    if unused:
        logger.warning(
            "Superiors of %d documents are surely younger and not used as sources: %s.", len(unused), _some(unused)
        )
    if centreless:
        logger.warning(
            "No document of the centre is held or named for the policy of %d documents: what stands in for it is text that "
            "provinces share, which may be no more than their genre: %s.", len(centreless), _some(centreless)
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=[_COLUMNS[0], *["clause_id"] * (unit == "clause"), *_COLUMNS[1:]])
    numbers = ["share", "resampling_low", "resampling_high", "bound_low", "bound_high"]
    whole = ("n_sections", "n_chars", "n_witnesses")
    table = table.astype({**dict.fromkeys(numbers, float), **dict.fromkeys(whole, "int64"), "superior_held": bool})
    return add_status(table)


def _names_the_centre(doc_id: str, facts: DocumentFacts) -> bool:
    """Whether the policy of a document has a document of the centre, held or not, or the document declares one."""
    same = (other for other in facts.ids if facts.lineage[other] == facts.lineage[doc_id])
    declared = (other for other in facts.ancestors[doc_id] if other in facts.level)
    return any(facts.level[other] == 0 for other in (*same, *declared))


def check_sets(sets: Sequence[SetName], unit: str) -> tuple[str, ...]:
    """The sets in their order, or one sentence on what is wrong."""
    chosen = (sets,) if isinstance(sets, str) else tuple(sets)
    if not chosen or set(chosen) - set(get_args(SetName)) or len(set(chosen)) < len(chosen):
        raise ValueError(
            f"`sets` must be different ones of {', '.join(map(repr, get_args(SetName)))}; got {chosen!r}. "
            "Take ('superior', 'centre')."
        )
    check_unit(unit)
    return tuple(name for name in get_args(SetName) if name in chosen)


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")


def check_unit(unit: str) -> None:
    """Raise a ValueError unless it is a unit."""
    if unit not in get_args(Unit):
        raise ValueError(f"`unit` must be 'document' or 'clause'; got {unit!r}. Take 'document'.")


def _check_witnesses(min_witnesses: int) -> None:
    remedy = "One province is no witness for the centre."
    check_number(min_witnesses, name="min_witnesses", within=f"[{MIN_WITNESSES}, inf)", whole=True, remedy=remedy)


def set_masks(sources: Sources, text: str, sets: Sequence[str], spans: PairSpans) -> dict[str, Mask]:
    """Which characters of a document each set at hand shares; the proxy stands in for the centre."""
    held = {name: sources.held[name] for name in sets if name in sources.held}
    masks = {name: spans.mask(sources.doc_id, len(text), others) for name, others in held.items()}
    if sources.centre == "proxy" and "centre" in sets:
        masks["centre"] = proxy_mask(sources.doc_id, text, sources.witnesses, spans, sources.min_witnesses)
    return masks


def _by_document(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(doc_id): part for doc_id, part in table.groupby("doc_id", sort=False)}


def proxy_text_spans(
    corpus: Corpus,
    *,
    passages: pd.DataFrame | None = None,
    min_witnesses: int = MIN_WITNESSES,
    ignore: pd.DataFrame | Iterable[object] | None = None,
) -> pd.DataFrame:
    """The stretches of each local text that stand in for the centre's text, each with its witnesses.

    Parameters
    ----------
    corpus : Corpus
        As for `attribution`.
    passages : DataFrame, optional
        As for `attribution`.
    min_witnesses, ignore
        As for `attribution`.

    Returns
    -------
    DataFrame
        doc_id, begin, end (characters, half-open, into the clean text), text, n_witnesses (independent other
        provinces that share all of the stretch or, where they change within it, each of its characters: the
        fewest, at least `min_witnesses`), witnesses (all documents that share some of it; doc_ids, separated by ";").
        By document, in reading order. A stretch has at least `MIN_PROXY_CHARS` text-carrying characters; those
        outside the proxy end it, while punctuation, spaces and the brackets of those responsible do not. Also
        for documents whose centre is held: there it tells how much of the proxy is true.

    Raises
    ------
    TypeError
        If `corpus` is no Corpus.
    ValueError
        If `min_witnesses` is below 2.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> spans = proxy_text_spans(load_sample())
    >>> int(spans["n_witnesses"].min())
    2
    """
    _check_witnesses(min_witnesses)
    facts, spans, texts = _look_up(corpus, passages, ignore)
    held = corpus.held
    written = dict(zip(held["doc_id"].astype(str), held["text"].astype(str), strict=True))
    rows = []
    for doc_id in facts.ids:
        if facts.held[doc_id] and facts.level[doc_id] > 0:
            witnesses = find_witnesses(doc_id, facts)
            rows += proxy_rows(doc_id, written[doc_id], texts[doc_id], witnesses, spans, min_witnesses)
    return pd.DataFrame(rows, columns=["doc_id", "begin", "end", "text", "n_witnesses", "witnesses"])


def _look_up(
    corpus: Corpus, passages: pd.DataFrame | None, ignore: pd.DataFrame | Iterable[object] | None
) -> tuple[DocumentFacts, PairSpans, dict[str, str]]:
    """What is known of the documents, their passages, and their texts as compared."""
    texts, passages = shared_texts(corpus, passages, ignore)
    facts = DocumentFacts(corpus.documents)
    return facts, PairSpans(passages, facts.ids), texts


def _rows(
    sources: Sources,
    masks: Mapping[str, Mask],
    sets: Sequence[str],
    carries: Mask,
    blocks: NDArray[np.int64],
    level: float,
) -> list[dict[str, object]]:
    size, n_sections = int(carries.sum()), len(np.unique(blocks[carries]))
    facts = _facts(sources)
    rows = []
    for part, names, mask, least, most in intersections(sources, masks, sets, carries):
        status = part_status(names, sets, sources, masks)
        share, low, high = float("nan"), float("nan"), float("nan")
        if status not in ("not available", "not applicable"):
            tops, bottoms = np.bincount(blocks, mask), np.bincount(blocks, carries)
            share, low, high = clause_resampling_interval(tops, bottoms, np.arange(len(tops)), level=level)
        bounds = (float("nan"), float("nan"))
        if size and status != "not applicable":
            bounds = (float(least.sum() / size), float(most.sum() / size))
        rows.append(
            {
                "doc_id": sources.doc_id, "part": part, "share": share, "resampling_low": low, "resampling_high": high,
                "n_sections": n_sections, "bound_low": bounds[0], "bound_high": bounds[1], "n_chars": size, "status": status, **facts,
            }
        )  # fmt: skip
    return rows


def _clause_rows(
    sources: Sources, masks: Mapping[str, Mask], sets: Sequence[str], carries: Mask, clauses: pd.DataFrame | None
) -> list[dict[str, object]]:
    names, labels = clause_labels(len(carries), clauses)
    sizes = np.bincount(labels, carries, minlength=len(names))
    facts, nan = _facts(sources), np.full(len(names), np.nan)
    table: list[dict[str, object]] = []
    columns = []
    for part, included, *found in intersections(sources, masks, sets, carries):
        status = part_status(included, sets, sources, masks)
        sums = [np.bincount(labels, mask, minlength=len(names)) for mask in found]
        share, low, high = (np.divide(top, sizes, out=nan.copy(), where=sizes > 0) for top in sums)
        if status in ("not available", "not applicable"):
            share = nan
        columns.append((part, status, share, *((nan, nan) if status == "not applicable" else (low, high))))
    for at in [*range(1, len(names)), 0]:
        if not at and not sizes[0]:
            continue
        for part, status, share, low, high in columns:
            table.append(
                {
                    "doc_id": sources.doc_id, "clause_id": names[at], "part": part, "share": share[at],
                    "resampling_low": np.nan, "resampling_high": np.nan, "n_sections": 1, "bound_low": low[at],
                    "bound_high": high[at], "n_chars": int(sizes[at]), "status": status, **facts,
                }
            )  # fmt: skip
    return table


def _facts(sources: Sources) -> dict[str, object]:
    names = sorted(other for others in sources.witnesses.values() for other in others)
    return {
        "superior": ";".join(sources.superiors) or pd.NA, "superior_held": sources.superior_held, "centre": sources.centre,
        "n_witnesses": len(sources.witnesses), "witnesses": ";".join(names), "not_held": ";".join(sources.not_held),
        "younger": ";".join(sources.younger), "undecided": ";".join(sources.undecided),
    }  # fmt: skip
