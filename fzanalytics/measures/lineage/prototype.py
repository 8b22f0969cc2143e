"""The lost original, rebuilt from its descendants: what independent lines share, with witnesses and confidence.

Sentences of all descendants are grouped with their variants (`fzanalytics.measures.lineage.consensus`); a group counts
by the independent lines that have it, in a variant or in runs of letters anywhere (`proto_votes`), and a line is a
province with all below it: two prefectures of one province are one witness. Those come in first whose witnesses are
farthest apart (`proto_kin`). The wording is that of the variant which holds most of what the lines share, without what
is its own; the order is that on which most lines agree.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fzanalytics.base.options import check_number
from fzanalytics.base.tables import empty_table, make_table, type_documents
from fzanalytics.measures.inputs import compared_texts, read_day, require_table
from fzanalytics.measures.lineage.consensus import Group, group_units
from fzanalytics.measures.lineage.proto_kin import find_spreads
from fzanalytics.measures.lineage.proto_text import Stretch, lay_out_text, order_stretches, stretch_rows, word_stretch
from fzanalytics.measures.lineage.proto_units import Unit, compare_units, letters_of, read_units
from fzanalytics.measures.reuse.letters import leave_out
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.regions import NATION, province_of
from fzanalytics.texts.structure.clauses import find_clauses, find_paragraphs

logger = logging.getLogger(__name__)

#: Every rebuilt text bears this in its title.
LABEL = "（重构文本）"
#: Letters of the runs by which text that is there already is known again.
_TWICE_GRAM = 6
#: A sentence with variants in one line only is left out if more than this of it is there already; any sentence if one
#: other says more than `_SAME_SHARE` of it, unless documents of two lines have both, so that it was said twice.
_TWICE_SHARE = 0.5
_SAME_SHARE = 0.7
#: A sentence of up to so many letters may be the lead of a clause.
_LEAD = 11
_TWICE = "said already by another stretch"
#: Groups come in, those with the witnesses farthest apart first, until the text is `SHORTEST` times as long as the median
#: witness; after that only those with at least the confidence `LIKELIER`, until it is `LONGEST` times as long.
SHORTEST = 0.85
LIKELIER = 0.45
LONGEST = 2.0
_DROPPED = ("doc_id", "text", "n_witnesses", "confidence", "reason")


@dataclass(frozen=True)
class Prototype:
    """A rebuilt ancestor.

    Attributes
    ----------
    document : Corpus
        Of one document like any other: `document.documents.loc[0, "text"]`, with its clauses. Its title bears （重构文本）;
        it has no number, no date and no issuer.
    stretches : DataFrame
        One row a sentence or heading of the text, in its order: begin, end (characters of the text, half-open), text, kind
        (sentence / heading / section), n_witnesses (independent lines, of `n_lines`), lines (their names), witnesses (doc_ids
        that have a variant of it, or a third of its letters elsewhere in runs of eight; both joined by ";"), confidence in
        [0, 1], variants (other wordings, joined by "｜"). confidence is the mean over its letters, those that come in, of
        1 - `doubt_of`: it grows with the lines that have the letter, in a variant or in a run of letters anywhere, falls
        with those that have not, and is higher in documents and among sentences of which much is shared; an order of
        trust, and no probability for a family unlike those it was set on.
    dropped : DataFrame
        doc_id, text, n_witnesses, confidence, reason: what did not come in, one row a group of variants.
    n_lines : int
        Independent lines among the witnesses.
    before : Timestamp or NaT
        What names anything younger was left out.
    """

    document: Corpus
    stretches: pd.DataFrame
    dropped: pd.DataFrame
    n_lines: int
    before: pd.Timestamp

    @property
    def text(self) -> str:
        """The rebuilt text."""
        return str(self.document.documents.loc[0, "text"])

    def __repr__(self) -> str:
        return (
            f"Prototype {self.document.documents.loc[0, 'title']}: {len(self.text):,} characters in {len(self.stretches)} "
            f"stretches, from {self.n_lines} independent lines; {len(self.dropped)} groups left out"
        )


def reconstruct(
    documents: pd.DataFrame | Corpus,
    *,
    doc_ids: Sequence[str] | None = None,
    lineage: str | None = None,
    min_witnesses: int = 2,
    before: str | pd.Timestamp | None = None,
    title: str = "共同祖本",
    ignore: pd.DataFrame | Iterable[object] | None = None,
    progress: bool = False,
) -> Prototype:
    """Rebuild the common ancestor of documents from what independent lines among them share.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        The documents table: doc_id, text, region, and level, held, lineage, latest if it has them. Of a corpus the
        clauses are used as they are.
    doc_ids : sequence of str, optional
        The descendants; all held documents below the national level if None, which must be of one policy then.
    lineage : str, optional
        Only documents of this policy.
    min_witnesses : int
        A sentence needs so many independent lines that have it, or a third of it, at least 1. With 1, sentences of one
        line fill the text up to 0.85 times the length of the median witness where what is shared does not; no other
        line bears them out, so most may be local.
    before : str or Timestamp, optional
        Sentences that name what is younger are left out. Without it the latest date of the oldest witness, if known.
    title : str
        Of the ancestor, if known; （重构文本） is added. If it ends in 法, 条例, 办法 or 规定, the text calls itself so (本法).
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        What is no text, as in `find_passages`: spans, such as those of `find_slogans`, or phrases. It is blank before
        sentences are read, so that it is in no variant and bears nothing out.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Prototype
        The same for every order of the documents.

    Raises
    ------
    ValueError
        If `min_witnesses` is below 1, a document is unknown or not held, no document is of `lineage`, fewer than two
        independent lines are left, or the documents are of several policies and neither `doc_ids` nor `lineage`
        chooses, or `ignore` holds what is not in the texts.

    Notes
    -----
    *Lines.* A province with all its prefectures and counties is one line. Documents without a region are one line together.

    *Selection.* Groups come in by falling spread of their witnesses (`proto_kin`: what documents have that share little
    else comes before what kin have) until the text is 0.85 times as long as the median witness; after that only those
    with a confidence of 0.45 or more, until it is twice as long. So the text is never much longer than that, whatever
    `min_witnesses`. Of a sentence those phrases come in, between commas, that are at least half as sure as its surest one
    and of which several lines have a third. What another stretch says already is left out, unless documents of two lines
    have both. The length of the lost text is not known: where it was much shorter or longer than its
    descendants, precision or recall is the lower for it.

    *Names.* References to own articles lose their numbers, 本市 and 本省 give way to national counterparts
    (`national_wording`), the day of coming into force becomes 〔日期〕; other names of places and agencies that one line alone
    has become 〔地名〕 and 〔机关〕.

    *What it cannot show.* Text that provinces took from each other, or from another national document, is shared as well
    and looks the same. What every line rewrote is lost. Numbers of chapters and articles are new.

    References
    ----------
    Maas (1957), Textkritik: agreement of independent witnesses against kin; here by votes, without a stemma.
    Rao (1982), Diversity and dissimilarity coefficients: the spread of the witnesses.

    Examples
    --------
    >>> texts = ["一、任务\\n1.公开。各级政府应当依法公开重大行政决策。冀南设立公开日活动。", "一、任务\\n1.公开。各级政府应当依法公开重大行政决策，广泛听取意见。",
    ...          "一、任务\\n1.公开。各级政府应当依法公开重大行政决策，广泛听取意见。"]
    >>> table = pd.DataFrame({"doc_id": ["a", "b", "c"], "text": texts, "region": ["河北省", "甘肃省", "甘肃省/兰州市"]})
    >>> rebuilt = reconstruct(table, title="某纲要")
    >>> rebuilt.stretches[["text", "n_witnesses"]].values.tolist()
    [['任务', 2], ['各级政府应当依法公开重大行政决策。', 2]]
    >>> rebuilt.document.documents.loc[0, "title"]
    '某纲要（重构文本）'
    """
    check_number(min_witnesses, name="min_witnesses", within="[1, inf)", whole=True, remedy="Take 2.")
    clauses = documents.clauses.sort_values(["doc_id", "begin"]) if isinstance(documents, Corpus) else None
    table = require_table(documents, name="documents")
    chosen = _choose(table, doc_ids, lineage)
    if doc_ids is None and lineage is None:
        _require_one_policy(chosen)
    line_of = {doc_id: _line(region) for doc_id, region in zip(chosen["doc_id"], chosen["region"], strict=True)}
    lines = sorted(set(line_of.values()))
    if len(lines) < 2:
        raise ValueError(
            f"`documents` must hold at least two independent lines (provinces); got {', '.join(lines) or 'none'}. "
            "Add documents of other provinces."
        )
    bound = read_day(before, name="before") if before is not None else _oldest(chosen)
    numbers = {doc_id: lines.index(line) for doc_id, line in line_of.items()}
    told, clauses = (chosen, clauses) if ignore is None else _leave_out(table, chosen, clauses, ignore)
    units, young = read_units(told, numbers, clauses=clauses, before=bound, own_name=_own_name(title))
    groups = group_units(units, compare_units(units), progress=progress)
    length = float(np.median([len(letters_of(text)) for text in told["text"]]))
    stretches, left = _select(units, groups, min_witnesses, length)
    statute = _is_statute(chosen)
    order = order_stretches([groups[stretch.group] for stretch in stretches], units)
    stretches = [stretches[k] for k in order]
    full = title + LABEL
    text, spans = lay_out_text(stretches, groups, units, full, statute=statute)
    ids = chosen["doc_id"].tolist()
    return Prototype(
        document=_as_corpus(text, full, chosen),
        stretches=stretch_rows(text, spans, groups, units, ids, lines),
        dropped=_dropped(left, young, groups, units, ids),
        n_lines=len(lines),
        before=bound if bound is not None else pd.NaT,
    )


def _choose(table: pd.DataFrame, doc_ids: Sequence[str] | None, lineage: str | None) -> pd.DataFrame:
    """The descendants, sorted by doc_id."""
    missing = [column for column in ("doc_id", "text", "region") if column not in table.columns]
    if missing:
        raise ValueError(f"`documents` must have the columns doc_id, text, region; missing: {', '.join(missing)}.")
    table = table.assign(doc_id=table["doc_id"].astype(str))
    held = table["held"].astype(bool) if "held" in table.columns else table["text"].notna()
    keep = held & (table["text"].astype(str).str.strip() != "")
    if doc_ids is not None:
        doc_ids = [doc_ids] if isinstance(doc_ids, str) else doc_ids
        unknown = sorted(set(map(str, doc_ids)) - set(table.loc[keep, "doc_id"]))
        if unknown:
            raise ValueError(f"`doc_ids` must name documents that are held; got {', '.join(unknown)}.")
        keep &= table["doc_id"].isin(list(map(str, doc_ids)))
    elif "level" in table.columns:
        keep &= table["level"].astype(object).fillna("") != "national"
    if lineage is not None:
        policies = (
            table["lineage"].astype(object).fillna("") if "lineage" in table.columns else pd.Series("", table.index)
        )
        if not (keep & (policies == lineage)).any():
            known = ", ".join(sorted(set(policies[keep]) - {""})) or "none"
            raise ValueError(f"`lineage` must be a policy of held documents; got {lineage!r}. There are: {known}.")
        keep &= policies == lineage
    return table[keep].sort_values("doc_id").reset_index(drop=True)


def _leave_out(
    table: pd.DataFrame, chosen: pd.DataFrame, clauses: pd.DataFrame | None, ignore: pd.DataFrame | Iterable[object]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The documents and their clauses with blanks for what is no text; the clauses are those of the texts as they are."""
    held = table if "held" in table.columns else table.assign(held=table["text"].notna())
    compared = compared_texts(held)
    left = leave_out(compared, ignore)
    texts = {
        doc_id: "".join(
            " " if new != old else letter for letter, old, new in zip(text, compared[doc_id], left[doc_id], strict=True)
        )
        for doc_id, text in zip(chosen["doc_id"], chosen["text"], strict=True)
    }
    parts = [] if clauses is None else [clauses[clauses["doc_id"].isin(texts)]]
    known = {doc_id for part in parts for doc_id in part["doc_id"]}
    parts += [find_clauses(*one) for one in zip(chosen["doc_id"], chosen["text"], strict=True) if one[0] not in known]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    rows = [(str(row.heading), str(row.text), texts[row.doc_id], row.end) for row in found.itertuples(index=False)]
    own = [text[end - len(old) : end] for _, old, text, end in rows]
    heads = [
        new[: len(head)].strip() if old.startswith(head) else head
        for new, (head, old, _, _) in zip(own, rows, strict=True)
    ]
    return chosen.assign(text=chosen["doc_id"].map(texts)), found.assign(text=own, heading=heads)


def _require_one_policy(chosen: pd.DataFrame) -> None:
    policies = sorted(set(chosen["lineage"].dropna().astype(str)) - {""}) if "lineage" in chosen.columns else []
    if len(policies) > 1:
        raise ValueError(
            f"`documents` must be of one policy to have one ancestor; got {len(policies)}: {', '.join(policies[:5])}. "
            "Name one with `lineage`, or the descendants with `doc_ids`."
        )


def _line(region: object) -> str:
    return province_of(region) or "（不明）"


def _oldest(chosen: pd.DataFrame) -> pd.Timestamp | None:
    """The latest day on which the oldest witness can have been written."""
    if "latest" not in chosen.columns:
        return None
    latest = pd.to_datetime(chosen["latest"], errors="coerce").min()
    return None if pd.isna(latest) else pd.Timestamp(latest)


def _own_name(title: str) -> str:
    return next((f"本{kind}" for kind in ("条例", "办法", "规定", "法") if title.endswith(kind)), "")


def _is_statute(chosen: pd.DataFrame) -> bool:
    return bool(np.mean([text.count("条　") + text.count("条 ") > 10 for text in chosen["text"]]) > 0.5)


def _select(
    units: Sequence[Unit], groups: Sequence[Group], min_witnesses: int, length: float
) -> tuple[list[Stretch], list[tuple[int, str]]]:
    """The stretches that come in, and (number of the group, reason) of the others."""
    left: list[tuple[int, str]] = []
    ranked: list[tuple[float, float, str, int]] = []
    spreads = find_spreads(units, groups)
    for k, group in enumerate(groups):
        least = min_witnesses if units[group.base].kind == "sentence" else max(2, min_witnesses)
        if group.n_lines < least:
            left.append((k, "too few witnesses"))
        else:
            ranked.append((-round(spreads[k], 9), -round(group.confidence, 9), units[group.base].letters, k))
    size = 0
    seen: set[str] = set()
    stretches: list[Stretch] = []
    for *_, k in sorted(ranked):
        if size >= (SHORTEST if groups[k].confidence < LIKELIER else LONGEST) * length:
            left.append((k, "the text is long enough without it"))
            continue
        text = word_stretch(units[groups[k].base], groups[k])
        grams = _grams(text)
        if not letters_of(text):
            left.append((k, "its witnesses share no words in their order"))
        elif _is_lone(groups[k], units) and len(grams & seen) > _TWICE_SHARE * len(grams):
            left.append((k, _TWICE))
        else:
            stretches.append(Stretch(k, text, units[groups[k].base].kind))
            seen |= grams
            size += len(letters_of(text))
    twice = _said_twice(stretches, groups, units)
    left += [(k, _TWICE) for k in sorted(twice)]
    return [stretch for stretch in stretches if stretch.group not in twice], left


def _grams(text: str) -> set[str]:
    letters = letters_of(text)
    return {letters[i : i + _TWICE_GRAM] for i in range(len(letters) - _TWICE_GRAM + 1)}


def _is_lone(group: Group, units: Sequence[Unit]) -> bool:
    """Whether variants of the whole stand in one line only."""
    return len({units[m].line for m in group.members}) < 2


def _said_twice(stretches: Sequence[Stretch], groups: Sequence[Group], units: Sequence[Unit]) -> set[int]:
    """Groups of sentences that a longer one, in as many lines, says, too, and no documents of two lines have beside it.

    Leads of clauses stay (加强合法性审查。).
    """
    docs = {
        stretch.group: {units[m].doc: units[m].line for m in groups[stretch.group].members} for stretch in stretches
    }
    sentences = [(stretch.group, _grams(stretch.text)) for stretch in stretches if stretch.kind == "sentence"]
    kept: list[tuple[int, set[str]]] = []
    twice: set[int] = set()
    for k, grams in sorted(sentences, key=lambda one: -len(one[1])):
        lead = len(grams) + _TWICE_GRAM - 1 <= _LEAD
        for other, longer in () if lead else kept:
            both = docs[k].keys() & docs[other].keys()
            if (
                len(grams & longer) > _SAME_SHARE * len(grams)
                and len(set(docs[other].values())) >= len(set(docs[k].values()))
                and len({docs[k][doc] for doc in both}) < 2
            ):
                twice.add(k)
                break
        else:
            kept.append((k, grams))
    return twice


def _dropped(
    left: Sequence[tuple[int, str]],
    young: Sequence[tuple[str, str, str]],
    groups: Sequence[Group],
    units: Sequence[Unit],
    ids: Sequence[str],
) -> pd.DataFrame:
    rows: list[dict[str, object]] = [
        {"doc_id": doc_id, "text": text, "n_witnesses": pd.NA, "confidence": 0.0, "reason": f"too young: {reason}"}
        for doc_id, text, reason in young
    ]
    for k, reason in left:
        base = units[groups[k].base]
        rows.append(
            {
                "doc_id": ids[base.doc],
                "text": base.text,
                "n_witnesses": groups[k].n_lines,
                "confidence": round(groups[k].confidence, 4),
                "reason": reason,
            }
        )
    table = pd.DataFrame(rows, columns=list(_DROPPED))
    return table.sort_values(
        ["reason", "confidence", "doc_id", "text"], ascending=[True, False, True, True]
    ).reset_index(drop=True)


def _as_corpus(text: str, title: str, chosen: pd.DataFrame) -> Corpus:
    """The rebuilt text as a corpus of one document, without number, date or issuer."""
    lineages = set(chosen["lineage"].dropna()) if "lineage" in chosen.columns else set()
    row: dict[str, object] = {
        "doc_id": "prototype",
        "title": title,
        "level": "national",
        "region": NATION,
        "region_code": "000000",
        "lineage": lineages.pop() if len(lineages) == 1 else pd.NA,
        "held": True,
        "text": text,
        "n_chars": len(text),
    }
    documents = type_documents(make_table("documents", [row]))
    clauses = find_clauses("prototype", text)
    paragraphs = find_paragraphs("prototype", text, clauses)
    return Corpus(documents, clauses, paragraphs, empty_table("mentions"))
